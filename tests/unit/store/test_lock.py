"""Locks between processes."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from axtui.base.records import digest
from axtui.store import layout
from axtui.store.lock import KeyLocks, describe_owner, is_owned, write_owner
from tests.unit.store.jobs import make_workdir, start_job

ONE, TWO = digest(b"1"), digest(b"2")


class Child:
    """A forked process that does one thing, says so, and stays until it is killed."""

    def __init__(self, work: Callable[[], object]) -> None:
        read_end, write_end = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.write(write_end, repr(work()).encode())
                signal.pause()
            finally:
                os._exit(1)
        os.close(write_end)
        self.said = os.read(read_end, 1000).decode()
        os.close(read_end)

    def kill(self) -> None:
        """End it at once."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def test_one_process_holds_a_key(tmp_path: Path) -> None:
    """A key that another process holds cannot be had until that process ends; other keys are free."""
    locks = KeyLocks(tmp_path)
    child = Child(lambda: KeyLocks(tmp_path).acquire(ONE) or os._exit(2))
    held = child.said

    first, second = locks.acquire(ONE), locks.acquire(TWO)
    child.kill()

    assert (held, first, second) == ("True", False, True)
    assert locks.acquire(ONE)


def test_a_released_key_can_be_had(tmp_path: Path) -> None:
    """What one gives back another can take."""
    mine, other = KeyLocks(tmp_path), KeyLocks(tmp_path)
    assert mine.acquire(ONE)
    assert not other.acquire(ONE)

    mine.release(ONE)

    assert other.acquire(ONE)


def test_a_replaced_lock_file_is_noticed(tmp_path: Path) -> None:
    """Whoever comes later uses the file that is there now, as everybody else does."""
    mine = KeyLocks(tmp_path)
    assert mine.acquire(ONE)
    (tmp_path / layout.LOCKS).unlink()
    other = KeyLocks(tmp_path)
    assert other.acquire(TWO)

    assert not mine.acquire(TWO)


def test_a_lock_file_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    """A link in its place is not followed, a directory not opened."""
    (tmp_path / layout.LOCKS).symlink_to(tmp_path / "elsewhere")

    with pytest.raises(OSError, match=r"\.locks"):
        KeyLocks(tmp_path).acquire(ONE)


def test_children_do_not_keep_a_lock(tmp_path: Path) -> None:
    """The descriptors are closed when a process is replaced by another program."""
    locks = KeyLocks(tmp_path)
    locks.acquire(ONE)
    directory = start_job(make_workdir(tmp_path), 1)
    owner = write_owner(directory, "1-1")

    assert not os.get_inheritable(locks._fd)
    assert not os.get_inheritable(owner)


def test_a_job_is_owned_while_its_engine_lives(tmp_path: Path) -> None:
    """The owner is known by a lock and not by a process number that may be somebody else's by now."""
    directory = start_job(make_workdir(tmp_path), 1)
    child = Child(lambda: write_owner(directory, "1-1") > 0)

    owned = is_owned(directory)
    told = describe_owner(directory)
    child.kill()

    assert owned
    assert told == f"pid {child.pid} on {os.uname().nodename}"
    assert not is_owned(directory)


def test_without_an_owner_file_nobody_owns(tmp_path: Path) -> None:
    """A directory without one, or with one that says nothing, is nobody's."""
    directory = start_job(make_workdir(tmp_path), 1)

    assert not is_owned(directory)
    assert describe_owner(directory) == "somebody"
    (directory / layout.OWNER).write_text("garbage")
    assert not is_owned(directory)
    assert describe_owner(directory) == "somebody"


def test_a_job_has_one_owner(tmp_path: Path) -> None:
    """The owner file of a job is made once."""
    directory = start_job(make_workdir(tmp_path), 1)
    os.close(write_owner(directory, "1-1"))

    with pytest.raises(FileExistsError):
        write_owner(directory, "2-2")
