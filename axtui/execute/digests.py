"""The engine's end of the digester: forks it when it is needed, and says so where it is killed."""

from __future__ import annotations

import os
import socket

from axtui.base.errors import RecordError
from axtui.base.wire import Message, Wire, WireClosedError
from axtui.execute.digester import run_digester
from axtui.execute.executor import FileDigested, Loop, Reporter
from axtui.execute.process import describe_end


class Digests:
    """Files that are being read. `pid` is the process that reads them, 0 while there is none."""

    def __init__(self, loop: Loop, report: Reporter) -> None:
        self._loop = loop
        self._report = report
        self._wire: Wire | None = None
        self._open: set[int] = set()
        self._is_blocked = False
        self.pid = 0

    def ask(self, number: int, path: str) -> None:
        """Have a file read."""
        wire = self._wire or self._fork()
        self._open.add(number)
        wire.queue({"digest": path, "number": number})
        if not self._is_blocked:
            self._flush(wire)

    def _fork(self) -> Wire:
        ours, theirs = socket.socketpair()
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            run_digester(theirs, parent)
        theirs.close()
        self._wire = wire = Wire(ours)
        pid, pidfd = self.pid, os.pidfd_open(self.pid)
        self._loop.add_reader(wire.fileno(), lambda: self._read(wire))
        self._loop.add_reader(pidfd, lambda: self._reap(wire, pid, pidfd))
        return wire

    def _flush(self, wire: Wire) -> None:
        try:
            is_blocked = not wire.flush()
        except WireClosedError:
            return  # it has ended, and will be reaped
        if is_blocked != self._is_blocked:
            self._is_blocked = is_blocked
            on_write = (lambda: self._flush(wire)) if is_blocked else None
            self._loop.want_write(wire.fileno(), lambda: self._read(wire), on_write)

    def _read(self, wire: Wire) -> None:
        try:
            messages = wire.poll()
        except (WireClosedError, RecordError):
            self._loop.remove_reader(wire.fileno())
            return
        for message in messages:
            self._take(message)

    def _take(self, message: Message) -> None:
        number = int(message["number"])
        self._open.discard(number)
        self._report(FileDigested(number, message["digest"], message["error"]))

    def _reap(self, wire: Wire, pid: int, pidfd: int) -> None:
        """Fail what it was reading; the next file has a new process."""
        self._read(wire)
        self._loop.remove_reader(pidfd)
        self._loop.remove_reader(wire.fileno())
        os.close(pidfd)
        _, status = os.waitpid(pid, 0)
        wire.close()
        self.pid, self._wire, self._is_blocked = 0, None, False
        code = os.waitstatus_to_exitcode(status)
        reason = f"the process that read it {'was ' if code < 0 else ''}{describe_end(code)}"
        lost, self._open = self._open, set()
        for number in sorted(lost):
            self._report(FileDigested(number, "", reason))
