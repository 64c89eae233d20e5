"""The executor that forks: loaders and scripts from the engine, jobs from loaders.

What a job says comes over its wire; that its process ended comes from whoever reaped it. A job has succeeded when its
message arrives that its commit record is on the disk, by when it has ended all that it started; a job that ends without
this message has failed, whatever its exit status.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from axtui.base import clock
from axtui.base.errors import RecordError
from axtui.base.wire import Message, Wire, WireClosedError
from axtui.execute.bases import Bases
from axtui.execute.digests import Digests
from axtui.execute.executor import JobCommitted, JobLost, JobSaid, Loop, Reporter
from axtui.execute.failure import parse_failure, plain_failure
from axtui.execute.loaders import Loaders
from axtui.execute.output_watch import OutputWatch
from axtui.execute.process import describe_end, end_descendants, oom_kills
from axtui.execute.script import run_script
from axtui.execute.watchdog import Watchdog
from axtui.method.snapshot import Snapshot
from axtui.method.sources import Sources
from axtui.project.config import Project
from axtui.project.limits import Limits
from axtui.store import layout
from axtui.store.commit import write_error

TERM_SECONDS = 2.0
_OOM_SECONDS = 1.0
"""So old may the count of processes killed for want of memory be that a job starts from."""


@dataclass
class _Running:
    directory: Path
    wire: Wire
    signal: Callable[[int], None]
    began: float
    oom_before: int
    script: str = ""
    """The module of the script that it is; "" for a job."""
    is_blocked: bool = False
    """Whether answers wait for it to read those before."""
    last: Message = field(default_factory=dict)
    """Its closing message, "committed" or "failed", once it came."""
    broken_limit: str = ""
    """Why the watchdog stops it."""


class ForkingExecutor:
    """Runs methods and scripts in forked processes; see `execute.executor.Executor`."""

    def __init__(
        self, loop: Loop, report: Reporter, project: Project, sources: Sources, bases: Bases | None = None
    ) -> None:
        self._loop = loop
        self._report = report
        self._project = project
        self._sources = sources
        self._bases = bases or Bases(project)
        self._loaders = Loaders(loop, report, project, sources, self._end, self._bases)
        self._jobs: dict[str, _Running] = {}
        self._scripts: dict[int, str] = {}
        self._heavy_scripts: set[str] = set()
        """Scripts that have imported the data libraries themselves."""
        self._digests = Digests(loop, report)
        self._watchdog = Watchdog(loop, self._stop_for)
        self._output_watch = OutputWatch(loop)
        self._oom = (-_OOM_SECONDS, 0)
        """When the count of processes killed for want of memory was read, and what it was."""

    def describe(self, method: str, module: str, snapshot: Snapshot) -> None:
        """Import a method, once more if need be, and report what it declares; the loader stays for its jobs."""
        self._loaders.describe(method, snapshot)

    def digest(self, number: int, path: str) -> None:
        """Read a file in a process of its own and report its digest under this number."""
        self._digests.ask(number, path)

    def is_described(self, method: str, snapshot: Snapshot) -> bool:
        """Tell whether what was reported of a method still holds."""
        return self._loaders.is_described(method, snapshot)

    def start_job(self, directory: Path, method: str, snapshot: Snapshot, limits: Limits) -> None:
        """Run a job whose directory holds its setup; one that does not keep its limits is stopped, and lost."""
        wire, signal_it = self._loaders.start_job(directory, method, snapshot)
        self._add(directory, wire, signal_it)
        self._watchdog.begin(directory.name, limits)

    def start_script(self, directory: Path, snapshot: Snapshot, environment: Mapping[str, str] | None = None) -> None:
        """Run a build script whose directory holds its setup, in the environment of whoever asked for it."""
        ours, theirs = socket.socketpair()
        data = self._bases.data
        is_heavy = snapshot.module in self._heavy_scripts and data.is_ready
        pid = data.fork_script(theirs, directory, snapshot, environment) if is_heavy else 0
        if not pid:
            parent = os.getpid()
            pid = os.fork()
            if pid == 0:
                run_script(directory, theirs, parent, snapshot, self._sources, self._project, environment)
        theirs.close()
        pidfd = os.pidfd_open(pid)
        self._scripts[pid] = directory.name
        self._add(directory, Wire(ours), lambda signum: os.kill(pid, signum), snapshot.module)
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

    def _add(self, directory: Path, wire: Wire, signal_it: Callable[[int], None], script: str = "") -> None:
        jobid = directory.name
        now = clock.monotonic()
        if now - self._oom[0] >= _OOM_SECONDS:
            self._oom = (now, oom_kills())
        self._jobs[jobid] = _Running(directory, wire, signal_it, now, self._oom[1], script)
        self._loop.add_reader(wire.fileno(), lambda: self._read(jobid))
        self._output_watch.begin(directory)

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
        """Fork what imports the data libraries from the data base the next time."""
        script = self._jobs[jobid].script
        if script:
            self._heavy_scripts.add(script)
        else:
            self._loaders.take_heavy(jobid)

    def _end(self, jobid: str, code: int, reason: str) -> None:
        running = self._jobs[jobid]
        self._read(jobid)
        self._loop.remove_reader(running.wire.fileno())
        running.wire.close()
        del self._jobs[jobid]
        self._watchdog.end(jobid)
        self._output_watch.end(jobid)
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
        end_descendants({*self._loaders.pids(), *self._scripts, self._digests.pid})

    def _reap_script(self, pid: int, pidfd: int) -> None:
        self._loop.remove_reader(pidfd)
        os.close(pidfd)
        _, status = os.waitpid(pid, 0)
        self._end(self._scripts.pop(pid), os.waitstatus_to_exitcode(status), "")
