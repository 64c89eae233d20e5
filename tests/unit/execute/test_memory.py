"""A limit of memory: a process is held to it, who runs into it has an error that says so, all are measured."""

from __future__ import annotations

import os
import signal

import pytest

from axtui.base.records import Record
from axtui.execute.failure import PartFailedError, describe_exception
from axtui.execute.memory import hold_memory, let_go_of_memory, takes_more
from axtui.execute.slices import run_slices

_ROOM = 50_000_000


def taken() -> int:
    """Return a limit that this process has not reached, within a few MB of what it takes."""
    nbytes = 1_000_000
    while takes_more(os.getpid(), nbytes):
        nbytes += 1_000_000
    return nbytes


def test_who_takes_more_than_its_limit_is_told() -> None:
    """What fits is had; what does not is a MemoryError that names the limit."""

    def work(sliceno: int) -> Record:
        hold_memory(taken() + _ROOM)
        fits = len(bytearray(_ROOM // 2))
        return {"fits": fits, "too much": len(bytearray(2 * _ROOM))}

    with pytest.raises(PartFailedError, match=r"needed more than its limit of [0-9.]+ MB: MemoryError"):
        run_slices(1, work, 1)


def test_a_limit_below_what_is_taken_already_is_told() -> None:
    """It says how much that is, rather than to fail anywhere."""

    def work(sliceno: int) -> Record:
        hold_memory(1_000_000)
        return {}

    with pytest.raises(PartFailedError, match=r"limit of 1 MB: MemoryError: .* MB are taken before it begins"):
        run_slices(1, work, 1)


def test_what_failed_can_be_told_although_memory_is_short() -> None:
    """The limit is gone while a failure is described, and a limit that is not set is not named."""

    def work(sliceno: int) -> Record:
        hold_memory(taken() + _ROOM)
        let_go_of_memory()
        return {"length": len(bytearray(2 * _ROOM))}

    (said,) = run_slices(1, work, 1)
    plain = describe_exception("synthesis", MemoryError())

    assert said == {"length": 2 * _ROOM}
    assert plain.message == "out of memory: MemoryError"


def test_descendants_count_and_what_is_shared_counts_once() -> None:
    """A child's own pages are added to those of its parent; pages that both have are not added twice."""
    shared = bytearray(b"x") * _ROOM
    before = taken()
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        own = bytearray(b"y") * (2 * _ROOM)
        os.write(write_end, own[:1])
        signal.pause()
    os.read(read_end, 1)

    try:
        assert takes_more(os.getpid(), before + _ROOM)
        assert not takes_more(os.getpid(), before + 3 * _ROOM)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(read_end)
        os.close(write_end)
    assert len(shared) == _ROOM
