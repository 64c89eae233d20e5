"""How a slice may end, and what else may go wrong around it: each cause is told at once, and nothing is left."""

from __future__ import annotations

import errno
import os
import signal

import pytest

from axtui.base.records import Record
from axtui.execute import slices
from axtui.execute.failure import PartFailedError
from axtui.execute.process import find_descendants
from axtui.execute.slices import run_slices


def wait_for_ever(sliceno: int) -> Record:
    """Be a slice that never ends of itself."""
    signal.pause()
    return {}


def test_a_slice_that_cannot_be_started_ends_those_that_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has no process left, the slice that has none is named; slice 0 waits for ever, and is ended."""
    fork = os.fork
    left = [1]

    def fork_once() -> int:
        if not left:
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        left.pop()
        return fork()

    monkeypatch.setattr(os, "fork", fork_once)

    with pytest.raises(PartFailedError, match=r"^cannot start slice 1: Resource temporarily unavailable$"):
        run_slices(3, wait_for_ever, 3)

    assert find_descendants() == []


def test_a_failure_is_told_while_others_run() -> None:
    """A slice that is killed ends the analysis though the others would never end: the event counts, not a time."""

    def work(sliceno: int) -> Record:
        if sliceno == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return wait_for_ever(sliceno)

    with pytest.raises(PartFailedError, match=r"^slice 1 killed by signal 9 \(SIGKILL\)$"):
        run_slices(3, work, 3)

    assert find_descendants() == []


def test_a_slice_that_the_kernel_ended_for_want_of_memory_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told from any other SIGKILL by the kernel's own count of such ends."""
    counts = iter([7, 8])
    monkeypatch.setattr(slices, "oom_kills", lambda: next(counts))

    with pytest.raises(PartFailedError, match=r"^slice 0 out of memory: killed by the kernel$"):
        run_slices(1, lambda _: os.kill(os.getpid(), signal.SIGKILL), 1)  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize("keep", [b"", b'{"done": {}}', b'{"done": {}} 0123\n'])
def test_a_message_that_is_not_whole_is_none(monkeypatch: pytest.MonkeyPatch, keep: bytes) -> None:
    """Exit status 0 alone is no success: the result must have arrived, with its digest."""
    monkeypatch.setattr(slices, "write_all", lambda fd, data: os.write(fd, keep))

    with pytest.raises(PartFailedError, match=r"^slice 0 ended with exit status 0 before it had finished$"):
        run_slices(1, lambda _: {}, 1)


def test_a_whole_message_is_no_success_where_the_end_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that said it was done and then died of a signal has failed."""
    monkeypatch.setattr(slices, "exit_now", lambda _: os.kill(os.getpid(), signal.SIGKILL))

    with pytest.raises(PartFailedError, match=r"^slice 0 killed by signal 9"):
        run_slices(1, lambda _: {}, 1)


def test_what_a_slice_does_to_itself_is_its_own() -> None:
    """Closed streams, another directory, another umask: the parent and the slices after it know nothing of that."""
    before = (os.getcwd(), os.umask(0o22))
    os.umask(before[1])

    def work(sliceno: int) -> Record:
        found = {"umask": os.umask(0), "directory": os.getcwd(), "open": os.fstat(1).st_ino > 0}
        os.closerange(0, 3)
        os.chdir("/")
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        return found

    said = run_slices(2, work, 1)

    assert said == [{"umask": before[1], "directory": before[0], "open": True}] * 2
