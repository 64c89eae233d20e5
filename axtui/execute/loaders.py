"""The engine's loaders: one a method version, forked, asked for job processes, and reaped.

A loader is asked for a process, which gets one end of a wire; the order for a job goes over that wire, so that one
that was forked ahead starts at once. That a process has ended is said by its loader, or by the loader's own end.
"""

from __future__ import annotations

import itertools
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from axtui.base.errors import RecordError
from axtui.base.records import Record, parse_record
from axtui.base.wire import Wire, WireClosedError
from axtui.execute.bases import Base, Bases
from axtui.execute.executor import Loop, MethodDescribed, MethodFailed, Reporter
from axtui.execute.failure import parse_failure, plain_failure
from axtui.execute.light import is_light
from axtui.execute.loader import PACKET_NBYTES, run_loader
from axtui.execute.process import describe_end
from axtui.method.description import parse_description
from axtui.method.opened import Stamp, stamp_of
from axtui.method.snapshot import Snapshot
from axtui.method.sources import Sources
from axtui.project.config import Project

MOST_LOADERS = 48
IMPORT_SECONDS = 60.0
_STARTS_BEFORE_SPARE = 2
"""A method that ran so often is likely to run again soon."""
_MOST_SPARES = 4

JobEnded = Callable[[str, int, str], None]
"""A job's process has ended: the job, the code as `os.waitstatus_to_exitcode` gives it, a reason if it says none."""


@dataclass
class _Loader:
    method: str
    content: str
    channel: socket.socket
    is_light: bool
    pid: int = 0
    """0 as long as its base is not ready, and after it was reaped."""
    pidfd: int = -1
    is_ready: bool = False
    is_leaving: bool = False
    jobs: dict[int, str] = field(default_factory=dict)
    """The job of each process that has one, by the number that the process was asked for under."""
    spares: dict[int, socket.socket] = field(default_factory=dict)
    """Our end of the wire of each process that waits for a job."""
    starts: int = 0


@dataclass(frozen=True)
class _Found:
    """Modules that an import found under computed names, with their digests, and files it opened, with their stamps."""

    observed: dict[str, str]
    opened: dict[str, Stamp]

    def holds(self, sources: Sources) -> bool:
        """Tell whether all of it is what it was."""
        return all(getattr(sources.find(name), "digest", "") == found for name, found in self.observed.items()) and all(
            stamp_of(path) == stamp for path, stamp in self.opened.items()
        )


class Loaders:
    """Every loader of an engine, by method and content."""

    def __init__(
        self,
        loop: Loop,
        report: Reporter,
        project: Project,
        sources: Sources,
        job_ended: JobEnded,
        bases: Bases,
    ) -> None:
        self._loop = loop
        self._report = report
        self._project = project
        self._sources = sources
        self._job_ended = job_ended
        self._loaders: dict[tuple[str, str], _Loader] = {}
        self._bases = bases
        bases.watch(loop)
        self._heavy: set[str] = set()
        """Methods that were thought to be light, and are not."""
        self._numbers = itertools.count(1)
        self._found: dict[tuple[str, str], _Found] = {}
        """What the import of each method version found besides its snapshot, where it found anything."""

    def pids(self) -> set[int]:
        """Return the process of every loader, and of the base that is our child."""
        return {self._bases.pid, *(loader.pid for loader in self._loaders.values())}

    def describe(self, method: str, snapshot: Snapshot) -> None:
        """Import a method, once more if need be, and report what it declares; the loader stays for its jobs."""
        known = self._loaders.get((method, snapshot.content))
        if known is not None and known.is_ready:
            self._dismiss(self._loaders.pop((method, snapshot.content)))
        self._loader(method, snapshot)

    def is_described(self, method: str, snapshot: Snapshot) -> bool:
        """Tell whether what was reported of a method still holds."""
        found = self._found.get((method, snapshot.content))
        return found is None or found.holds(self._sources)

    def start_job(self, directory: Path, method: str, snapshot: Snapshot) -> tuple[Wire, Callable[[int], None]]:
        """Have a process run a job whose directory holds its setup; return our end of its wire, and what signals it."""
        loader = self._loader(method, snapshot)
        number, wire = self._take_process(loader, directory)
        loader.jobs[number] = directory.name
        loader.starts += 1
        if loader.starts >= _STARTS_BEFORE_SPARE:
            self._keep_spares(loader)
        return wire, lambda signum: self._signal_job(loader, number, signum)

    def take_heavy(self, jobid: str) -> None:
        """Fork the next loader of a method from the data base, for its jobs import the data libraries themselves."""
        loader = next((each for each in self._loaders.values() if jobid in each.jobs.values()), None)
        if loader is not None and loader.is_light:
            self._heavy.add(loader.method)
            self._forget(loader)
            self._dismiss(loader)

    def _take_process(self, loader: _Loader, directory: Path) -> tuple[int, Wire]:
        """Give the order for a job to a process that waits for one, or to a new one where none does."""
        while loader.spares:
            number = next(iter(loader.spares))
            wire = Wire(loader.spares.pop(number))
            with suppress(WireClosedError):  # somebody killed it
                wire.send({"directory": str(directory)})
                return number, wire
            wire.close()
        number, connection = self._ask_for_process(loader)
        wire = Wire(connection)
        with suppress(WireClosedError):  # its loader is dead, and will be reaped
            wire.send({"directory": str(directory)})
        return number, wire

    def _keep_spares(self, loader: _Loader) -> None:
        """Have as many processes waiting as run now, for so many may end and be followed by others at once."""
        while len(loader.spares) < min(len(loader.jobs), _MOST_SPARES):
            number, connection = self._ask_for_process(loader)
            loader.spares[number] = connection

    def _ask_for_process(self, loader: _Loader) -> tuple[int, socket.socket]:
        number = next(self._numbers)
        ours, theirs = socket.socketpair()
        with suppress(OSError):
            socket.send_fds(loader.channel, [b"fork %d" % number], [theirs.fileno()])
        theirs.close()
        return number, ours

    def _signal_job(self, loader: _Loader, number: int, signum: int) -> None:
        with suppress(OSError):
            loader.channel.send(b"signal %d %d" % (number, signum))

    def _loader(self, method: str, snapshot: Snapshot) -> _Loader:
        key = (method, snapshot.content)
        loader = self._loaders.pop(key, None)
        if loader is not None and loader.is_ready and not self.is_described(method, snapshot):
            self._dismiss(loader)
            loader = None
        loader = loader or self._fork_loader(method, snapshot)
        self._loaders[key] = loader
        self._retire()
        return loader

    def _fork_loader(self, method: str, snapshot: Snapshot) -> _Loader:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, PACKET_NBYTES)
        loader = _Loader(method, snapshot.content, ours, method not in self._heavy and is_light(snapshot))
        self._loop.add_reader(ours.fileno(), lambda: self._hear(loader))
        base = self._bases.light if loader.is_light else self._bases.data
        base.when_ready(lambda: self._begin_loader(loader, base, theirs, snapshot))
        return loader

    def _begin_loader(self, loader: _Loader, base: Base, channel: socket.socket, snapshot: Snapshot) -> None:
        """Fork a loader from its base, or from this process where that is not there."""
        loader.pid = base.fork_loader(channel, loader.method, snapshot)
        if not loader.pid:
            parent = os.getpid()
            loader.pid = os.fork()
            if loader.pid == 0:
                run_loader(channel, parent, loader.method, snapshot, self._sources, self._project)
        channel.close()
        loader.pidfd = os.pidfd_open(loader.pid)
        self._loop.add_reader(loader.pidfd, lambda: self._reap_loader(loader))
        self._loop.call_later(IMPORT_SECONDS, lambda: self._end_slow_import(loader))

    def _end_slow_import(self, loader: _Loader) -> None:
        if not loader.is_ready and loader.pid:
            os.kill(loader.pid, signal.SIGKILL)

    def _retire(self) -> None:
        """End loaders that were not used for longest; a busy one stays."""
        for key in list(self._loaders)[:-MOST_LOADERS]:
            if not self._loaders[key].jobs and self._loaders[key].is_ready:
                self._dismiss(self._loaders.pop(key))

    def _dismiss(self, loader: _Loader) -> None:
        """Give a loader no more jobs; it leaves when its last one has ended. Until it is reaped it is one of ours."""
        if not loader.is_leaving:
            loader.is_leaving = True
            loader.content = f"{loader.content} {loader.pid}"
        self._loaders[(loader.method, loader.content)] = loader
        if not loader.jobs:
            with suppress(OSError):
                loader.channel.shutdown(socket.SHUT_RDWR)

    def _hear(self, loader: _Loader) -> None:
        try:
            data = loader.channel.recv(PACKET_NBYTES, socket.MSG_DONTWAIT)
            message = parse_record(data) if data else {}
        except (OSError, RecordError):
            message = {}
        if not message:
            self._loop.remove_reader(loader.channel.fileno())
            return
        self._take(loader, message)

    def _take(self, loader: _Loader, message: Record) -> None:
        if "described" in message:
            loader.is_ready = True
            self._note_found(loader, message)
            description = parse_description(message["described"])
            self._report(MethodDescribed(loader.method, loader.content, description))
        elif "broken" in message:
            loader.is_ready = True
            self._forget(loader)
            self._report(MethodFailed(loader.method, loader.content, parse_failure(message["broken"])))
        else:
            self._take_end(loader, int(message["ended"]), int(message["code"]), str(message["reason"]))

    def _take_end(self, loader: _Loader, number: int, code: int, reason: str) -> None:
        spare = loader.spares.pop(number, None)
        if spare is not None:
            spare.close()
        jobid = loader.jobs.pop(number, None)
        if jobid is not None:
            self._job_ended(jobid, code, reason)
        if loader.is_leaving:
            self._dismiss(loader)

    def _note_found(self, loader: _Loader, message: Record) -> None:
        """Remember what an import found besides its snapshot, for this and every later loader of the same bytes."""
        opened = {path: (int(stamp[0]), int(stamp[1])) for path, stamp in message["opened"].items()}
        found = _Found(dict(message["observed"]), opened)
        content = loader.content.partition(" ")[0]
        self._found.pop((loader.method, content), None)
        if found.observed or found.opened:
            self._found[loader.method, content] = found

    def _reap_loader(self, loader: _Loader) -> None:
        while loader.jobs:
            before = len(loader.jobs)
            self._hear(loader)
            if len(loader.jobs) == before:
                break
        self._loop.remove_reader(loader.pidfd)
        self._loop.remove_reader(loader.channel.fileno())
        os.close(loader.pidfd)
        _, status = os.waitpid(loader.pid, 0)
        loader.channel.close()
        loader.pid = 0
        self._forget(loader)
        code = os.waitstatus_to_exitcode(status)
        if not loader.is_ready:
            reason = f"its import {describe_end(code)}" if code >= 0 else f"its import was {describe_end(code)}"
            self._report(MethodFailed(loader.method, loader.content, plain_failure("import", reason)))
        for spare in loader.spares.values():
            spare.close()
        for jobid in loader.jobs.values():
            self._job_ended(jobid, code or 1, f"the loader of {loader.method} was {describe_end(code)}")

    def _forget(self, loader: _Loader) -> None:
        key = (loader.method, loader.content)
        if self._loaders.get(key) is loader:
            del self._loaders[key]
