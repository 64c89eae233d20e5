"""The executor without processes: methods are imported and jobs run where it is, for tests and debuggers.

A job runs when the loop comes to it, and the loop waits for it. Where a job waits for an answer, the loop turns inside
of it, so that a job that asks for another one gets it. A job can be stopped where it talks to the executor and nowhere
else, and limits are not kept. What a method does to its process it does to this one.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Protocol

from axtui.api import context
from axtui.base import clock
from axtui.base.wire import Message
from axtui.execute.digester import digest_file
from axtui.execute.executor import (
    FileDigested,
    JobCommitted,
    JobLost,
    JobSaid,
    Loop,
    MethodDescribed,
    MethodFailed,
    Reporter,
)
from axtui.execute.failure import describe_exception, parse_failure, plain_failure
from axtui.execute.hosting import SharedProcess
from axtui.execute.job import JobProcess
from axtui.execute.script import run_main
from axtui.method.description import describe_method
from axtui.method.hook import SnapshotFinder, install
from axtui.method.snapshot import Snapshot
from axtui.method.sources import Sources
from axtui.project.config import Project
from axtui.project.limits import Limits


class TurningLoop(Loop, Protocol):
    """A loop that can be let go on from within something that it called."""

    def turn(self) -> None:
        """Wait for something to come, and handle it."""


class StoppedError(BaseException):
    """Ends a job that nobody wants any more; not to be caught by `except Exception`."""


class _Talk:
    """A job's end of a wire that leads nowhere else."""

    def __init__(self, say: Callable[[Message], None], turn: Callable[[], None]) -> None:
        self._say = say
        self._turn = turn
        self.answers: deque[Message] = deque()
        self.last: Message = {}
        self.is_stopped = False

    def send(self, message: Message) -> None:
        """Say something; the last thing a job says ends it."""
        if message.get("say") in ("committed", "failed"):
            self.last = message
            return
        self._say(message)
        self._leave_if_stopped()

    def receive(self) -> Message:
        """Wait for an answer."""
        while not self.answers:
            self._turn()
            self._leave_if_stopped()
        return self.answers.popleft()

    def poll(self) -> list[Message]:
        """Return every answer that has come."""
        self._leave_if_stopped()
        answers = list(self.answers)
        self.answers.clear()
        return answers

    def _leave_if_stopped(self) -> None:
        if self.is_stopped:
            raise StoppedError("it was stopped")


class InProcessExecutor:
    """Runs methods and scripts in this process; see `execute.executor.Executor`."""

    def __init__(self, loop: TurningLoop, report: Reporter, project: Project, sources: Sources) -> None:
        self._loop = loop
        self._report = report
        self._project = project
        self._sources = sources
        self._talks: dict[str, _Talk] = {}

    def describe(self, method: str, module: str, snapshot: Snapshot) -> None:
        """Import a method and report what it declares."""
        self._loop.call_later(0.0, lambda: self._describe(method, snapshot))

    def digest(self, number: int, path: str) -> None:
        """Read a file and report its digest under this number."""
        self._loop.call_later(0.0, lambda: self._report(FileDigested(number, **digest_file(path))))

    def is_described(self, method: str, snapshot: Snapshot) -> bool:
        """Say that what was reported holds: each job imports its method anew."""
        return True

    def start_job(self, directory: Path, method: str, snapshot: Snapshot, limits: Limits) -> None:
        """Run a job whose directory holds its setup, without its limits."""

        def work(process: JobProcess, finder: SnapshotFinder) -> None:
            process.run_method(import_method(finder, snapshot))

        self._start(directory, snapshot, work)

    def start_script(self, directory: Path, snapshot: Snapshot, environment: Mapping[str, str] | None = None) -> None:
        """Run a build script whose directory holds its setup, in the environment of this process."""

        def work(process: JobProcess, finder: SnapshotFinder) -> None:
            process.run_script(lambda: run_main(finder, snapshot.module, directory.name))

        self._start(directory, snapshot, work)

    def answer(self, jobid: str, message: Message) -> None:
        """Answer a request of a running job or script."""
        if jobid in self._talks:
            self._talks[jobid].answers.append(message)

    def stop(self, jobid: str, hard: bool) -> None:
        """Stop a job or script before it begins, or where it next says or waits for something."""
        if jobid in self._talks:
            self._talks[jobid].is_stopped = True

    def close(self) -> None:
        """Let nothing begin any more."""
        for talk in self._talks.values():
            talk.is_stopped = True

    def _describe(self, method: str, snapshot: Snapshot) -> None:
        try:
            with borrowed_process(snapshot, self._sources) as finder:
                description = describe_method(method, import_method(finder, snapshot))
        except Exception as error:  # whatever an import raises concerns this method alone
            self._report(MethodFailed(method, snapshot.content, describe_exception("import", error)))
        else:
            self._report(MethodDescribed(method, snapshot.content, description))

    def _start(self, directory: Path, snapshot: Snapshot, work: Callable[[JobProcess, SnapshotFinder], None]) -> None:
        jobid = directory.name
        talk = _Talk(lambda message: self._report(JobSaid(jobid, message)), self._loop.turn)
        self._talks[jobid] = talk
        self._loop.call_later(0.0, lambda: self._run(directory, snapshot, talk, work))

    def _run(
        self, directory: Path, snapshot: Snapshot, talk: _Talk, work: Callable[[JobProcess, SnapshotFinder], None]
    ) -> None:
        began = clock.monotonic()
        if not talk.is_stopped:
            with borrowed_process(snapshot, self._sources) as finder:
                process = JobProcess(directory, talk, self._project, finder, SharedProcess())
                process.run(lambda process: work(process, finder))
        del self._talks[directory.name]
        self._report_end(directory.name, talk.last, clock.monotonic() - began)

    def _report_end(self, jobid: str, last: Message, seconds: float) -> None:
        match last.get("say"):
            case "committed":
                self._report(JobCommitted(jobid, last["seconds"], last["output"], tuple(last["notes"])))
            case "failed":
                self._report(JobLost(jobid, last["seconds"], parse_failure(last)))
            case _:
                failure = plain_failure("launcher", "it was stopped before it began")
                self._report(JobLost(jobid, seconds, failure))


def import_method(finder: SnapshotFinder, snapshot: Snapshot) -> ModuleType:
    """Import a method anew."""
    finder.claim()
    return importlib.import_module(snapshot.module)


@contextmanager
def borrowed_process(snapshot: Snapshot, sources: Sources) -> Iterator[SnapshotFinder]:
    """Let project code run in this process, and put back what that needs: modules, directory, what this is part of."""
    modules = {name: sys.modules[name] for name in snapshot.modules if name in sys.modules}
    before = (sys.dont_write_bytecode, sys.path[:], sys.meta_path[:], context.current(), os.getcwd())
    finder = install(snapshot, sources)
    try:
        yield finder
    finally:
        for name in (*snapshot.modules, *finder.observed):
            sys.modules.pop(name, None)
        sys.modules.update(modules)
        sys.dont_write_bytecode, sys.path[:], sys.meta_path[:], here, directory = before
        context.use(here)
        os.chdir(directory)
