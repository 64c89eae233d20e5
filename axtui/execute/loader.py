"""The loader: a process that has imported one method from one snapshot, and forks a job process for each job of it.

It is forked from the engine, has one thread, holds no lock of the engine, and dies with it. Messages are JSON, one a
packet: it says `described` or `broken` once, then `ended` for each job; it takes `start` (with the job's end of its
wire) and `signal`.
"""

from __future__ import annotations

import gc
import importlib
import os
import select
import signal
import socket
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import ModuleType

from axtui.base.records import format_record, parse_record
from axtui.base.wire import Message, Wire
from axtui.execute.failure import describe_exception
from axtui.execute.job import JobProcess
from axtui.execute.process import begin_child, exit_now
from axtui.execute.stages import set_threads, warm_up
from axtui.method.description import describe_method, format_description
from axtui.method.hook import SnapshotFinder, install
from axtui.method.snapshot import Snapshot
from axtui.method.sources import Sources
from axtui.project.config import Project

PACKET_NBYTES = 1 << 18
_STARTS_BEFORE_SPARE = 2
"""A method that ran so often is likely to run again soon."""


def run_loader(
    channel: socket.socket, parent: int, method: str, snapshot: Snapshot, sources: Sources, project: Project
) -> None:
    """Be a loader, and never return."""
    try:
        begin_child(parent, f"load {method}", [channel.fileno()])
        _redirect(project)
        set_threads(os.cpu_count() or 1, project.slices)
        finder = install(snapshot, sources)
        module = _import(channel, finder, method, snapshot.module)
        if module is not None:
            warm_up(module)
            gc.freeze()
            _Loader(channel, module, finder, project).serve()
    except Exception:  # a mistake of our own; the jobs fail with the loader, and this says why
        traceback.print_exc()
    finally:
        exit_now(0)


def _redirect(project: Project) -> None:
    """Send what imports print to a file of the project; the loader has no terminal."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    target = os.open(project.private / "imports.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.close(target)


def _import(channel: socket.socket, finder: SnapshotFinder, method: str, name: str) -> ModuleType | None:
    try:
        module = importlib.import_module(name)
        description = describe_method(method, module)
        observed = {name: source.digest for name, source in finder.observed.items()}
        channel.send(format_record({"described": format_description(description), "observed": observed}))
        return module
    except BaseException as error:  # whatever an import raises concerns this method alone
        failure = describe_exception("import", error)
        record = {**failure.to_record(), "traceback": failure.traceback[-(PACKET_NBYTES // 8) :]}
        channel.send(format_record({"broken": record}))
        return None


class _Loader:
    def __init__(self, channel: socket.socket, module: ModuleType, finder: SnapshotFinder, project: Project) -> None:
        self._channel = channel
        self._module = module
        self._finder = finder
        self._project = project
        self._jobs: dict[int, tuple[str, int]] = {}
        """The job and process of each pidfd."""
        self._spare: tuple[int, socket.socket] | None = None
        self._starts = 0

    def serve(self) -> None:
        poll = select.poll()
        poll.register(self._channel, select.POLLIN)
        while True:
            for fd, _ in poll.poll():
                if fd == self._channel.fileno():
                    pidfd = self._take_order()
                    if pidfd is not None:
                        poll.register(pidfd, select.POLLIN)
                else:
                    poll.unregister(fd)
                    self._reap(fd)

    def _take_order(self) -> int | None:
        data, fds, _, _ = socket.recv_fds(self._channel, PACKET_NBYTES, 1)
        if not data:
            exit_now(0)
        order = parse_record(data)
        if "start" in order:
            return self._start(Path(order["start"]), fds[0])
        self._signal(str(order["signal"]), int(order["number"]))
        return None

    def _start(self, directory: Path, fd: int) -> int | None:
        try:
            pid = self._wake_spare(directory, fd) or self._fork(directory, fd)
            self._starts += 1
            if self._starts >= _STARTS_BEFORE_SPARE:
                self._make_spare()
        except OSError as error:
            self._say({"ended": directory.name, "code": 1, "reason": f"cannot start the job: {error.strerror}"})
            return None
        finally:
            os.close(fd)
        pidfd = os.pidfd_open(pid)
        self._jobs[pidfd] = (directory.name, pid)
        return pidfd

    def _fork(self, directory: Path, fd: int) -> int:
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._be_job(parent, [fd], lambda: (directory, fd))
        return pid

    def _make_spare(self) -> None:
        """Fork the process of the next job ahead of time, so that it starts at once."""
        parent = os.getpid()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid == 0:
            self._be_job(parent, [theirs.fileno()], lambda: _wait_for_order(theirs))
        theirs.close()
        self._spare = (pid, ours)

    def _wake_spare(self, directory: Path, fd: int) -> int:
        """Hand a job to the spare process. Return its number, 0 where there is none or it has died."""
        if self._spare is None:
            return 0
        (pid, channel), self._spare = self._spare, None
        try:
            socket.send_fds(channel, [os.fsencode(directory)], [fd])
        except OSError:
            os.waitpid(pid, 0)
            return 0
        finally:
            channel.close()
        return pid

    def _be_job(self, parent: int, keep: list[int], order: Callable[[], tuple[Path, int]]) -> None:
        """Be a job process, and never return."""
        code = 1
        try:
            begin_child(parent, "job", keep)
            directory, fd = order()
            wire = Wire(socket.socket(fileno=fd))
            job = JobProcess(directory, wire, self._project, self._finder)
            code = job.run(lambda process: process.run_method(self._module))
        finally:
            exit_now(code)

    def _signal(self, jobid: str, number: int) -> None:
        for running, pid in self._jobs.values():
            if running == jobid:
                with suppress(ProcessLookupError):
                    os.killpg(pid, number)
                with suppress(ProcessLookupError):
                    os.kill(pid, number)

    def _reap(self, pidfd: int) -> None:
        """End what is left of a job's process group while its leader still holds the number, then reap the leader."""
        jobid, pid = self._jobs.pop(pidfd)
        os.close(pidfd)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        self._say({"ended": jobid, "code": os.waitstatus_to_exitcode(status), "reason": ""})

    def _say(self, message: Message) -> None:
        self._channel.send(format_record(message))


def _wait_for_order(channel: socket.socket) -> tuple[Path, int]:
    data, fds, _, _ = socket.recv_fds(channel, PACKET_NBYTES, 1)
    if not data:
        exit_now(0)
    channel.close()
    return Path(os.fsdecode(data)), fds[0]
