"""The loader: a process that has imported one method from one snapshot, and forks a job process for each job of it.

It is forked from the engine or from its light base, is the engine's child, has one thread, holds no lock of the engine,
and dies with it. One packet is one message. It says, in JSON, `described` or `broken` once, then `ended` for each
process. It takes `fork N` (with the process's end of a wire) and `signal N NUMBER`. A process waits on its wire for the
order to run a job, so that it may be forked ahead.
"""

from __future__ import annotations

import gc
import importlib
import os
import select
import signal
import socket
import traceback
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from axtui.base.records import format_record
from axtui.base.wire import Message, Wire, WireClosedError
from axtui.execute.failure import describe_exception
from axtui.execute.job import JobProcess
from axtui.execute.pages import WrittenPages
from axtui.execute.process import begin_child, exit_now
from axtui.execute.stages import set_threads, warm_up
from axtui.method.description import Description, describe_method, format_description
from axtui.method.hook import SnapshotFinder, install
from axtui.method.opened import Stamp, stamp_then
from axtui.method.packages import imported_versions
from axtui.method.snapshot import Snapshot
from axtui.method.sources import Sources
from axtui.project.config import Project

PACKET_NBYTES = 1 << 18
_ORDER_NBYTES = 100


def run_loader(
    channel: socket.socket, parent: int, method: str, snapshot: Snapshot, sources: Sources, project: Project
) -> None:
    """Be a loader, and never return."""
    try:
        begin_child(parent, f"load {method}", [channel.fileno()])
        _redirect(project)
        set_threads(os.cpu_count() or 1, project.slices)
        finder = install(snapshot, sources)
        outside = (*project.workdirs.values(), project.private)
        finder.opened.watch((project.root, project.input_directory), outside)
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
        finder.claim()
        module = importlib.import_module(name)
        described = describe_method(method, module)
        description = replace(described, versions=imported_versions(finder.absent))
        observed = {name: source.digest for name, source in finder.observed.items()}
        opened = _opened(finder, description)
        told = {"described": format_description(description), "observed": observed, "opened": opened}
        channel.send(format_record(told))
        return module
    except BaseException as error:  # whatever an import raises concerns this method alone
        failure = describe_exception("import", error)
        record = {**failure.to_record(), "traceback": failure.traceback[-(PACKET_NBYTES // 8) :]}
        channel.send(format_record({"broken": record}))
        return None


def _opened(finder: SnapshotFinder, description: Description) -> dict[str, Stamp]:
    """Return the files that were opened by the import, with what stat is to say of them as long as it holds."""
    known = finder.accounted(description.extra_files)
    paths = [path for path in finder.opened.read if finder.opened.counts(path) and os.path.realpath(path) not in known]
    return {path: stamp_then(finder.opened.read[path]) for path in paths}


class _Loader:
    def __init__(self, channel: socket.socket, module: ModuleType, finder: SnapshotFinder, project: Project) -> None:
        self._channel = channel
        self._module = module
        self._finder = finder
        self._project = project
        self._pages = WrittenPages()
        self._processes: dict[int, tuple[int, int]] = {}
        """The engine's number and the process id of each pidfd."""

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
        data, fds, _, _ = socket.recv_fds(self._channel, _ORDER_NBYTES, 1)
        if not data:
            exit_now(0)
        word, *numbers = data.split()
        if word == b"fork":
            return self._fork(int(numbers[0]), fds[0])
        self._signal(int(numbers[0]), int(numbers[1]))
        return None

    def _fork(self, number: int, fd: int) -> int | None:
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            os.close(fd)
            self._say({"ended": number, "code": 1, "reason": f"cannot start the job: {error.strerror}"})
            return None
        if pid == 0:
            self._be_job(parent, fd)
        os.close(fd)
        pidfd = os.pidfd_open(pid)
        self._processes[pidfd] = (number, pid)
        return pidfd

    def _be_job(self, parent: int, fd: int) -> None:
        """Be a job process, and never return; one that is never given a job leaves when its wire is closed."""
        code = 1
        try:
            is_first = self._pages.copy_or_watch()
            begin_child(parent, "job", [fd])
            wire = Wire(socket.socket(fileno=fd))
            try:
                directory = Path(wire.receive()["directory"])
            except WireClosedError:
                exit_now(0)
            job = JobProcess(directory, wire, self._project, self._finder)
            code = job.run(lambda process: process.run_method(self._module))
            if is_first:
                self._pages.tell()
        finally:
            exit_now(code)

    def _signal(self, number: int, signum: int) -> None:
        for each, pid in self._processes.values():
            if each == number:
                with suppress(ProcessLookupError):
                    os.killpg(pid, signum)
                with suppress(ProcessLookupError):
                    os.kill(pid, signum)

    def _reap(self, pidfd: int) -> None:
        """End what is left of a job's process group while its leader still holds the number, then reap the leader."""
        number, pid = self._processes.pop(pidfd)
        os.close(pidfd)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        self._say({"ended": number, "code": os.waitstatus_to_exitcode(status), "reason": ""})

    def _say(self, message: Message) -> None:
        self._channel.send(format_record(message))
