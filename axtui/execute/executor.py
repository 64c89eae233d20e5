"""What the engine wants of an executor: methods described, jobs started, stopped and answered; reports of what became
of it. What travels is short and needs no shared memory, so that slices may run elsewhere one day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from axtui.base.wire import Message
from axtui.execute.failure import Failure
from axtui.method.description import Description
from axtui.method.snapshot import Snapshot
from axtui.project.limits import Limits


@dataclass(frozen=True)
class MethodDescribed:
    """A method was imported. `content` names the bytes it was imported from."""

    method: str
    content: str
    description: Description


@dataclass(frozen=True)
class MethodFailed:
    """A method cannot be imported."""

    method: str
    content: str
    failure: Failure


@dataclass(frozen=True)
class JobSaid:
    """A running job or script sent a message: a stage, or a request."""

    jobid: str
    message: Message


@dataclass(frozen=True)
class JobCommitted:
    """A job is on the disk, and all that its process started is gone."""

    jobid: str
    seconds: float
    output: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class JobLost:
    """A job failed or was killed; its process and everything it left are gone."""

    jobid: str
    seconds: float
    failure: Failure


@dataclass(frozen=True)
class FileDigested:
    """An input file was read, or cannot be: one of `digest` and `error` is "". `number` is that of the request."""

    number: int
    digest: str
    error: str


Report = MethodDescribed | MethodFailed | JobSaid | JobCommitted | JobLost | FileDigested


class Executor(Protocol):
    """Runs methods and scripts in processes of their own. Reports come through the callback given at making."""

    def describe(self, method: str, module: str, snapshot: Snapshot) -> None:
        """Import a method and report what it declares."""

    def digest(self, number: int, path: str) -> None:
        """Read a file and report its digest under this number."""

    def is_described(self, method: str, snapshot: Snapshot) -> bool:
        """Tell whether what was reported of a method still holds: what its import found besides its snapshot may be
        another one by now."""

    def start_job(self, directory: Path, method: str, snapshot: Snapshot, limits: Limits) -> None:
        """Run a job whose directory holds its setup; one that does not keep its limits is stopped, and lost."""

    def start_script(self, directory: Path, snapshot: Snapshot, environment: Mapping[str, str] | None = None) -> None:
        """Run a build script whose directory holds its setup, in the environment of whoever asked for it."""

    def answer(self, jobid: str, message: Message) -> None:
        """Answer a request of a running job or script; never waits for it to read the answer."""

    def stop(self, jobid: str, hard: bool) -> None:
        """Stop a running job or script: TERM, and KILL after two seconds or at once if `hard`."""

    def close(self) -> None:
        """End every process."""


Reporter = Callable[[Report], None]


class Loop(Protocol):
    """What an executor needs of the loop it lives in."""

    def add_reader(self, fd: int, callback: Callable[[], None]) -> None:
        """Call back whenever a descriptor can be read."""

    def remove_reader(self, fd: int) -> None:
        """Stop that."""

    def want_write(self, fd: int, on_read: Callable[[], None], on_write: Callable[[], None] | None) -> None:
        """Also call back when a watched descriptor can be written, or stop doing so."""

    def call_later(self, seconds: float, callback: Callable[[], None]) -> None:
        """Call back once, after some time."""
