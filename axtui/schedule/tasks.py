"""What goes into the scheduler and what comes out of it, as frozen values. A task is one request for a job that has to
be built; tasks of equal key are one job."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wanted:
    """A request needs a job built. `parent` is the task whose job asked, 0 for a script."""

    task: int
    key: str
    method: str
    parent: int


@dataclass(frozen=True)
class LockAnswered:
    """The key lock of a task was got, or somebody else has it."""

    task: int
    held: bool


@dataclass(frozen=True)
class LookedAgain:
    """After the lock was got: whether the job is there by now."""

    task: int
    found: bool


@dataclass(frozen=True)
class Ended:
    """A job ended, well or not; or it could not be started."""

    task: int


@dataclass(frozen=True)
class Cancelled:
    """A task is not wanted any more."""

    task: int
    hard: bool = False


@dataclass(frozen=True)
class Ticked:
    """Time has passed: locks that others hold may be free."""


Input = Wanted | LockAnswered | LookedAgain | Ended | Cancelled | Ticked


@dataclass(frozen=True)
class TryLock:
    """Try to lock the key of a task."""

    task: int


@dataclass(frozen=True)
class LookAgain:
    """Look whether somebody has built the job in the meantime."""

    task: int


@dataclass(frozen=True)
class Start:
    """Start the job of a task."""

    task: int


@dataclass(frozen=True)
class Stop:
    """Stop the running job of a task."""

    task: int
    hard: bool


@dataclass(frozen=True)
class HandOver:
    """The running job of a task, with its key, is that of another task from now on."""

    task: int
    to: int


@dataclass(frozen=True)
class Unlock:
    """Give the key of a task back."""

    task: int


@dataclass(frozen=True)
class Answer:
    """Answer the request of a task with what became of task `like`."""

    task: int
    like: int


@dataclass(frozen=True)
class AnswerCancelled:
    """Answer the request of a task: it was cancelled before it ran."""

    task: int


@dataclass(frozen=True)
class Refuse:
    """Answer the request of a task: it is part of a circle; `chain` names the methods."""

    task: int
    chain: tuple[str, ...]


Action = TryLock | LookAgain | Start | Stop | HandOver | Unlock | Answer | AnswerCancelled | Refuse
