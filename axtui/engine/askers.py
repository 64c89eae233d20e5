"""Who asks for jobs, and what became of each of their requests: where handles are looked up.

A message has `{"$handle": tag}` where a job is to stand that an earlier request of the same asker gives,
`{"$handle": [tag, name]}` for a dataset of it, `{"$handle": [tag, name, sliced, extra]}` for a file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from axtui.base.errors import BuildError
from axtui.base.ids import format_dataset
from axtui.base.wire import Message
from axtui.build.underway import Underway
from axtui.engine.builds import Build
from axtui.engine.tickets import Ticket

_HANDLE = "$handle"
_GROUPS = ("options", "datasets", "jobs", "keywords")


@dataclass(frozen=True)
class Outcome:
    """What a request came to: its job, or why there is none.

    Attributes:
        label: What the asker calls it.
        job: The job, "" where there is none.
        fault: What went wrong first, as a sentence: "count (dev-5) failed".
        is_first: Whether that is this very request, rather than an input of it.
    """

    label: str
    job: str = ""
    fault: str = ""
    is_first: bool = True

    def as_input(self) -> str:
        """Say why what needs it cannot be built."""
        return f"its input {self.fault}" if self.is_first else f"its input {self.label} was not built: {self.fault}"


@dataclass
class Asker:
    """A script (ticket 0) or a job that asks, and the build it belongs to. Its jobs go to `workdir` by default.

    `depth` is 0 for a script, 1 for a job that it asked for, 2 for a subjob of that, and so on; `above` is who
    asked for it, "" for a script.
    """

    build: Build
    ticket: int
    row: str
    workdir: str
    depth: int = 0
    above: str = ""
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    asked: int = 0
    """The last tag that it used."""
    waiting: dict[int, list[Ticket]] = field(default_factory=dict)
    """Requests that wait for the job of another one, by its tag."""
    underway: dict[str, Underway] | None = None
    """It and all above it, as inputs of what it asks for; None while nobody has looked."""


class InputFailedError(BuildError):
    """An input of a request failed, so it is not carried out. `fault` is what went wrong first."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.as_input())
        self.fault = outcome.fault


def find_handles(message: Message) -> set[int]:
    """Return the tags of all handles in a request.

    Raises:
        BuildError: Something in it is no handle.
    """
    found: set[int] = set()
    pending: list[Any] = [group for name in _GROUPS if (group := message.get(name))]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            if _HANDLE in value:
                found.add(_tag(value[_HANDLE]))
                continue
            value = value.values()
        pending.extend([each for each in value if isinstance(each, (dict, list))])
    return found


def fill(message: Message, outcomes: dict[int, Outcome]) -> Message:
    """Return a request with jobs in the place of its handles, all of which have jobs."""
    return {**message, **{group: _fill(message[group], outcomes) for group in _GROUPS if group in message}}


def _fill(value: Any, outcomes: dict[int, Outcome]) -> Any:
    if isinstance(value, list):
        return [_fill(item, outcomes) for item in value]
    if not isinstance(value, dict):
        return value
    if _HANDLE not in value:
        return {key: _fill(item, outcomes) for key, item in value.items()}
    inner = value[_HANDLE]
    job = outcomes[_tag(inner)].job
    match inner:
        case int():
            return job
        case [_, str(name)]:
            return format_dataset(job, name)
        case [_, *file]:
            return {"$file": [job, *file]}


def _tag(inner: Any) -> int:
    tag = inner[0] if isinstance(inner, list) and len(inner) in (2, 4) else inner
    if not isinstance(tag, int):
        raise BuildError(f"the request cannot be read: {inner!r:.60} is no handle")
    return tag
