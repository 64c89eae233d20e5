"""Running analysis: one forked process a slice, each of which must say that it is done, whole, and exit 0.

A slice that ends in any other way has failed at once, and the others are stopped. Nothing here waits for the end of
something that a grandchild could hold open: a slice is over when it is reaped.
"""

from __future__ import annotations

import os
import select
import signal
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from axtui.base.errors import RecordError
from axtui.base.files import write_all
from axtui.base.records import Record, digest, format_record, parse_record
from axtui.execute.failure import PartFailedError, describe_exception, parse_failure, plain_failure
from axtui.execute.process import begin_child, describe_end, exit_now, oom_kills


@dataclass
class _Slice:
    sliceno: int
    pid: int
    pipe: int
    data: bytearray


def run_slices(slices: int, work: Callable[[int], Record], at_once: int) -> list[Record]:
    """Fork a process a slice, and return what each said at its end, in slice order.

    Args:
        slices: How many.
        work: Called in each process with its slice number; what it returns is sent back as JSON.
        at_once: At most so many run at a time.

    Raises:
        PartFailedError: A slice failed, was killed, or could not be started; the others have been stopped.
    """
    group = _Group(work)
    try:
        return group.run(slices, at_once)
    finally:
        group.stop()


class _Group:
    """The slices that run."""

    def __init__(self, work: Callable[[int], Record]) -> None:
        self._work = work
        self._oom_before = oom_kills()
        self._poll = select.poll()
        self._pipes: dict[int, _Slice] = {}
        self._pidfds: dict[int, _Slice] = {}

    def run(self, slices: int, at_once: int) -> list[Record]:
        results: list[Record] = [{} for _ in range(slices)]
        waiting = deque(range(slices))
        while waiting or self._pidfds:
            while waiting and len(self._pidfds) < at_once:
                self._start(waiting.popleft())
            for fd, _ in self._poll.poll():
                if fd in self._pidfds:
                    each = self._forget(fd)
                    results[each.sliceno] = _end(each, self._oom_before)
                elif fd in self._pipes and not _drain(self._pipes[fd]):
                    self._poll.unregister(fd)
        return results

    def stop(self) -> None:
        """Kill and reap those that still run."""
        for fd in list(self._pidfds):
            each = self._pidfds[fd]
            with suppress(ProcessLookupError):
                os.kill(each.pid, signal.SIGKILL)
            self._forget(fd)
            with suppress(ChildProcessError):
                os.waitpid(each.pid, 0)

    def _start(self, sliceno: int) -> None:
        each = _fork(sliceno, self._work)
        os.set_blocking(each.pipe, False)
        pidfd = os.pidfd_open(each.pid)
        self._pipes[each.pipe] = self._pidfds[pidfd] = each
        self._poll.register(each.pipe, select.POLLIN)
        self._poll.register(pidfd, select.POLLIN)

    def _forget(self, pidfd: int) -> _Slice:
        """Take what a slice has said that has ended, and close what is open for it."""
        each = self._pidfds.pop(pidfd)
        _drain(each)
        del self._pipes[each.pipe]
        self._poll.unregister(pidfd)
        with suppress(KeyError):
            self._poll.unregister(each.pipe)
        os.close(pidfd)
        os.close(each.pipe)
        return each


def _fork(sliceno: int, work: Callable[[int], Record]) -> _Slice:
    read_end, write_end = os.pipe()
    parent = os.getpid()
    try:
        pid = os.fork()
    except OSError as error:
        os.close(read_end)
        os.close(write_end)
        message = f"cannot start slice {sliceno}: {error.strerror}"
        raise PartFailedError(plain_failure(f"analysis({sliceno})", message)) from None
    if pid == 0:
        _run_child(sliceno, work, parent, write_end)
    os.close(write_end)
    return _Slice(sliceno, pid, read_end, bytearray())


def _run_child(sliceno: int, work: Callable[[int], Record], parent: int, pipe: int) -> None:
    code = 1
    try:
        begin_child(parent, f"slice {sliceno}", [pipe])
        try:
            message: Record = {"done": work(sliceno)}
            code = 0
        except BaseException as error:  # whatever the user's code raises is told, and the process ends here
            message = {"failed": describe_exception(f"analysis({sliceno})", error).to_record()}
        line = format_record(message)
        write_all(pipe, line + b" " + digest(line).encode("ascii") + b"\n")
    finally:
        exit_now(code)


def _drain(each: _Slice) -> bool:
    """Take what the pipe holds. Return whether more can come."""
    while True:
        try:
            data = os.read(each.pipe, 1 << 16)
        except BlockingIOError:
            return True
        if not data:
            return False
        each.data += data


def _end(each: _Slice, oom_before: int) -> Record:
    _, status = os.waitpid(each.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    message = _parse(bytes(each.data))
    if "failed" in message:
        raise PartFailedError(parse_failure(message["failed"]))
    if code == 0 and "done" in message:
        return dict(message["done"])
    reason = f"slice {each.sliceno} {describe_end(code)}"
    if code == -signal.SIGKILL and oom_kills() > oom_before:
        reason = f"slice {each.sliceno} out of memory: killed by the kernel"
    raise PartFailedError(plain_failure("launcher", reason))


def _parse(data: bytes) -> dict[str, Any]:
    """Read a slice's message; what is cut short or altered is no message."""
    line, _, rest = data.rpartition(b" ")
    if rest != digest(line).encode("ascii") + b"\n":
        return {}
    try:
        return parse_record(line)
    except RecordError:
        return {}
