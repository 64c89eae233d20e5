"""The executor that forks: loaders and scripts from the engine, jobs from loaders.

A job's process is asked of its loader, which gets one end of a wire for it; the job's order and messages go over that
wire, so that a process that was forked ahead starts at once. That it ended comes from whoever reaped it. A job has
succeeded when its message arrives that its commit record is on the disk, by when it has ended all that it started; a
job that ends without this message has failed, whatever its exit status.
"""

from __future__ import annotations

import itertools
import os
import signal
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from axtui.base import clock
from axtui.base.errors import RecordError
from axtui.base.records import Record, parse_record
from axtui.base.wire import Message, Wire, WireClosedError
from axtui.execute.digests import Digests
from axtui.execute.executor import JobCommitted, JobLost, JobSaid, Loop, MethodDescribed, MethodFailed, Reporter
from axtui.execute.failure import parse_failure, plain_failure
from axtui.execute.light import LightBase, is_light
from axtui.execute.loader import PACKET_NBYTES, run_loader
from axtui.execute.process import describe_end, end_descendants, oom_kills
from axtui.execute.script import run_script
from axtui.execute.watchdog import Watchdog
from axtui.method.description import parse_description
from axtui.method.opened import Stamp, stamp_of
from axtui.method.snapshot import Snapshot
from axtui.method.sources import Sources
from axtui.project.config import Project
from axtui.project.limits import Limits
from axtui.store import layout
from axtui.store.commit import write_error

MOST_LOADERS = 48
IMPORT_SECONDS = 60.0
TERM_SECONDS = 2.0
_STARTS_BEFORE_SPARE = 2
"""A method that ran so often is likely to run again soon."""
_MOST_SPARES = 4
_OOM_SECONDS = 1.0
"""So old may the count of processes killed for want of memory be that a job starts from."""


@dataclass
class _Loader:
    method: str
    content: str
    pid: int
    pidfd: int
    channel: socket.socket
    is_light: bool
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


@dataclass
class _Running:
    directory: Path
    wire: Wire
    signal: Callable[[int], None]
    began: float
    oom_before: int
    is_blocked: bool = False
    """Whether answers wait for it to read those before."""
    last: Message = field(default_factory=dict)
    """Its closing message, "committed" or "failed", once it came."""
    broken_limit: str = ""
    """Why the watchdog stops it."""


class ForkingExecutor:
    """Runs methods and scripts in forked processes; see `execute.executor.Executor`."""

    def __init__(self, loop: Loop, report: Reporter, project: Project, sources: Sources) -> None:
        self._loop = loop
        self._report = report
        self._project = project
        self._sources = sources
        self._loaders: dict[tuple[str, str], _Loader] = {}
        self._jobs: dict[str, _Running] = {}
        self._scripts: dict[int, str] = {}
        self._digests = Digests(loop, report)
        self._watchdog = Watchdog(loop, self._stop_for)
        self._light = LightBase(self._run_loader)
        self._heavy: set[str] = set()
        """Methods that were thought to be light, and are not."""
        self._numbers = itertools.count(1)
        self._oom = (-_OOM_SECONDS, 0)
        """When the count of processes killed for want of memory was read, and what it was."""
        self._found: dict[tuple[str, str], _Found] = {}
        """What the import of each method version found besides its snapshot, where it found anything."""

    def describe(self, method: str, module: str, snapshot: Snapshot) -> None:
        """Import a method, once more if need be, and report what it declares; the loader stays for its jobs."""
        known = self._loaders.get((method, snapshot.content))
        if known is not None and known.is_ready:
            self._dismiss(self._loaders.pop((method, snapshot.content)))
        self._loader(method, snapshot)

    def digest(self, number: int, path: str) -> None:
        """Read a file in a process of its own and report its digest under this number."""
        self._digests.ask(number, path)

    def is_described(self, method: str, snapshot: Snapshot) -> bool:
        """Tell whether what was reported of a method still holds."""
        found = self._found.get((method, snapshot.content))
        return found is None or found.holds(self._sources)

    def start_job(self, directory: Path, method: str, snapshot: Snapshot, limits: Limits) -> None:
        """Run a job whose directory holds its setup; one that does not keep its limits is stopped, and lost."""
        loader = self._loader(method, snapshot)
        number, wire = self._take_process(loader, directory)
        loader.jobs[number] = directory.name
        loader.starts += 1
        self._add(directory, wire, lambda signum: self._signal_job(loader, number, signum))
        self._watchdog.begin(directory.name, limits)
        if loader.starts >= _STARTS_BEFORE_SPARE:
            self._keep_spares(loader)

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

    def start_script(self, directory: Path, snapshot: Snapshot, environment: Mapping[str, str] | None = None) -> None:
        """Run a build script whose directory holds its setup, in the environment of whoever asked for it."""
        ours, theirs = socket.socketpair()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            run_script(directory, theirs, parent, snapshot, self._sources, self._project, environment)
        theirs.close()
        pidfd = os.pidfd_open(pid)
        self._scripts[pid] = directory.name
        self._add(directory, Wire(ours), lambda signum: os.kill(pid, signum))
        self._loop.add_reader(pidfd, lambda: self._reap_script(pid, pidfd))

    def answer(self, jobid: str, message: Message) -> None:
        """Answer a request of a running job or script; what it does not read now is sent when it does."""
        running = self._jobs.get(jobid)
        if running is not None:
            running.wire.queue(message)
            if not running.is_blocked:
                self._flush(jobid)

    def stop(self, jobid: str, hard: bool) -> None:
        """Stop a running job or script: TERM, and KILL after two seconds or at once if `hard`."""
        running = self._jobs.get(jobid)
        if running is None:
            return
        with suppress(ProcessLookupError):
            running.signal(signal.SIGKILL if hard else signal.SIGTERM)
        if not hard:
            self._loop.call_later(TERM_SECONDS, lambda: self._stop_hard(jobid, running))

    def _stop_for(self, jobid: str, reason: str, hard: bool) -> None:
        self._jobs[jobid].broken_limit = reason
        self.stop(jobid, hard)

    def close(self) -> None:
        """End every process of this executor and reap it."""
        for running in self._jobs.values():
            with suppress(ProcessLookupError, OSError):
                running.signal(signal.SIGKILL)
        end_descendants()

    def _stop_hard(self, jobid: str, running: _Running) -> None:
        if self._jobs.get(jobid) is running:
            self.stop(jobid, hard=True)

    def _add(self, directory: Path, wire: Wire, signal_it: Callable[[int], None]) -> None:
        jobid = directory.name
        now = clock.monotonic()
        if now - self._oom[0] >= _OOM_SECONDS:
            self._oom = (now, oom_kills())
        self._jobs[jobid] = _Running(directory, wire, signal_it, now, self._oom[1])
        self._loop.add_reader(wire.fileno(), lambda: self._read(jobid))

    def _read(self, jobid: str) -> None:
        """Take what a job says; that its wire is closed says nothing yet, for anybody may have closed it."""
        running = self._jobs.get(jobid)
        if running is None:
            return
        try:
            messages = running.wire.poll()
        except (WireClosedError, RecordError):
            self._loop.remove_reader(running.wire.fileno())
            return
        for message in messages:
            if message.get("say") in ("committed", "failed"):
                running.last = message
                self._acknowledge(jobid, message)
            elif message.get("say") == "began":
                self._watchdog.know(jobid, message["pid"])
            else:
                self._report(JobSaid(jobid, message))

    def _flush(self, jobid: str) -> None:
        running = self._jobs[jobid]
        with suppress(WireClosedError):
            is_blocked = not running.wire.flush()
            if is_blocked != running.is_blocked:
                running.is_blocked = is_blocked
                on_write = (lambda: self._flush(jobid)) if is_blocked else None
                self._loop.want_write(running.wire.fileno(), lambda: self._read(jobid), on_write)

    def _acknowledge(self, jobid: str, message: Message) -> None:
        """Report a job whose commit record is on the disk: it is finished, though its process has still to exit."""
        if message["say"] == "committed":
            if message.get("heavy"):
                self._take_heavy(jobid)
            self._report(JobCommitted(jobid, message["seconds"], message["output"], tuple(message["notes"])))

    def _take_heavy(self, jobid: str) -> None:
        """Fork the next loader of a method from the engine, for its jobs import the data libraries themselves."""
        loader = next((each for each in self._loaders.values() if jobid in each.jobs.values()), None)
        if loader is not None and loader.is_light:
            self._heavy.add(loader.method)
            self._forget(loader)
            self._dismiss(loader)

    def _end(self, jobid: str, code: int, reason: str) -> None:
        running = self._jobs[jobid]
        self._read(jobid)
        self._loop.remove_reader(running.wire.fileno())
        running.wire.close()
        del self._jobs[jobid]
        self._watchdog.end(jobid)
        if running.last.get("say") != "committed":
            self._end_adopted()
            self._report(self._lost(jobid, running, code, reason))

    def _lost(self, jobid: str, running: _Running, code: int, reason: str) -> JobLost:
        if running.last.get("say") == "failed" and not running.broken_limit:
            return JobLost(jobid, running.last["seconds"], parse_failure(running.last))
        seconds = clock.monotonic() - running.began
        if not reason:
            reason = (
                f"the job process was {describe_end(code)}" if code < 0 else f"the job process {describe_end(code)}"
            )
        if code == -signal.SIGKILL and oom_kills() > running.oom_before:
            reason = "out of memory: the job process was killed by the kernel"
        if running.broken_limit:
            (running.directory / layout.ERROR).unlink(missing_ok=True)  # it may have called its being stopped a failure
        failure = plain_failure("launcher", running.broken_limit or reason)
        write_error(running.directory, {**failure.to_record(), "seconds": seconds, "notes": []})
        return JobLost(jobid, seconds, failure)

    def _end_adopted(self) -> None:
        """End processes whose job died before it could: they have become the engine's children."""
        loaders = (loader.pid for loader in self._loaders.values())
        end_descendants({*loaders, *self._scripts, self._light.pid, self._digests.pid})

    def _reap_script(self, pid: int, pidfd: int) -> None:
        self._loop.remove_reader(pidfd)
        os.close(pidfd)
        _, status = os.waitpid(pid, 0)
        self._end(self._scripts.pop(pid), os.waitstatus_to_exitcode(status), "")

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
        may_be_light = method not in self._heavy and is_light(snapshot)
        light = self._light.fork_loader(theirs, method, snapshot) if may_be_light else 0
        pid = light
        if not pid:
            parent = os.getpid()
            pid = os.fork()
            if pid == 0:
                self._run_loader(theirs, parent, method, snapshot)
        theirs.close()
        loader = _Loader(method, snapshot.content, pid, os.pidfd_open(pid), ours, bool(light))
        self._loop.add_reader(ours.fileno(), lambda: self._hear(loader))
        self._loop.add_reader(loader.pidfd, lambda: self._reap_loader(loader))
        self._loop.call_later(IMPORT_SECONDS, lambda: self._end_slow_import(loader))
        return loader

    def _run_loader(self, channel: socket.socket, parent: int, method: str, snapshot: Snapshot) -> None:
        run_loader(channel, parent, method, snapshot, self._sources, self._project)

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
            self._end(jobid, code, reason)
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
            self._end(jobid, code or 1, f"the loader of {loader.method} was {describe_end(code)}")

    def _forget(self, loader: _Loader) -> None:
        key = (loader.method, loader.content)
        if self._loaders.get(key) is loader:
            del self._loaders[key]
