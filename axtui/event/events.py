"""Everything that can happen in a project, as frozen values with JSON-able fields.

A *row* names a place in a build that outlives one build: `csvimport.3` is the third csvimport that the script
asks for. The row keeps its place on the screen while the job behind it changes. `build` numbers a run of a build
script in this project, from 1. Times: `Entry.at` is wall time, `Entry.seconds` the monotonic clock of that boot.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Any, ClassVar

from axtui.base.errors import RecordError
from axtui.base.records import Record


@dataclass(frozen=True)
class Event:
    """Base of all events."""

    kinds: ClassVar[dict[str, type[Event]]] = {}

    def __init_subclass__(cls) -> None:
        Event.kinds[cls.__name__] = cls


@dataclass(frozen=True)
class EngineStarted(Event):
    """An engine serves the project."""

    pid: int
    boot: str


@dataclass(frozen=True)
class EngineStopped(Event):
    """The engine leaves in an orderly way; without this event before the next EngineStarted it was killed."""

    reason: str


@dataclass(frozen=True)
class BuildStarted(Event):
    """A build script begins. `cause` is "asked" or "saved"; `saved` are the project files that caused it."""

    build: int
    script: str
    job: str
    cause: str
    saved: tuple[str, ...] = ()


@dataclass(frozen=True)
class BuildFinished(Event):
    """A build script ended. `outcome` is "finished", "failed", "cancelled" or "superseded" (by a save)."""

    build: int
    outcome: str
    seconds: float
    built: int
    reused: int
    failed: int
    message: str = ""


@dataclass(frozen=True)
class JobRequested(Event):
    """A script or a job (`parent` is its row, "" for the script) asks for a job. It waits until an event says more."""

    build: int
    row: str
    method: str
    parent: str
    name: str
    caption: str
    inputs: tuple[str, ...]


@dataclass(frozen=True)
class JobReused(Event):
    """The request is answered by a job that exists. `because` is a sentence where that needs one, else "".

    A request that is answered at once has no JobRequested before it; what that would say is in the last four fields.
    """

    build: int
    row: str
    job: str
    seconds: float
    because: str
    inputs: tuple[str, ...] = ()
    method: str = ""
    parent: str = ""
    name: str = ""
    caption: str = ""


@dataclass(frozen=True)
class JobHeld(Event):
    """The same job is being built by somebody else; `holder` says by whom, pid and where."""

    build: int
    row: str
    holder: str


@dataclass(frozen=True)
class JobStarted(Event):
    """A job directory exists and its process runs. `why` are sentences, the weightiest first.

    `expected_seconds` is what it took the last time, 0.0 where it never ran.
    """

    build: int
    row: str
    job: str
    slices: int
    why: tuple[str, ...]
    expected_seconds: float
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True)
class StageStarted(Event):
    """A job has entered `stage`: "prepare", "analysis", "synthesis" or "commit"."""

    build: int
    row: str
    job: str
    stage: str


@dataclass(frozen=True)
class JobFinished(Event):
    """A job is committed. `same_as` names the job with equal output it replaces, or ""."""

    build: int
    row: str
    job: str
    seconds: float
    same_as: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class JobFailed(Event):
    """A job failed. `part` is "prepare", "analysis(2)", "synthesis", "launcher" or "server"; `file` and `line` are
    the user's innermost frame ("" and 0 without one); `message` is one line."""

    build: int
    row: str
    job: str
    seconds: float
    part: str
    message: str
    file: str = ""
    line: int = 0


@dataclass(frozen=True)
class AttemptFailed(Event):
    """A job failed whose method asks for more attempts; the next one, a job of its own, starts at once. `attempt` of
    `attempts` is the one that failed; the other fields are as of JobFailed."""

    build: int
    row: str
    job: str
    seconds: float
    part: str
    message: str
    attempt: int
    attempts: int
    file: str = ""
    line: int = 0


@dataclass(frozen=True)
class JobCancelled(Event):
    """A job was stopped on request; `why` says whose."""

    build: int
    row: str
    job: str
    why: str


@dataclass(frozen=True)
class RequestRefused(Event):
    """A request was refused before a job was made: unknown method, bad option, broken method."""

    build: int
    row: str
    method: str
    message: str
    file: str = ""
    line: int = 0


@dataclass(frozen=True)
class SourcesChanged(Event):
    """Project files changed; `files` is empty where that was before the engine started. `methods` build differently
    now, `ours` are those of them that come with axtui; `stale` are the rows of the last build that will run again for
    their own source, `after` those downstream."""

    files: tuple[str, ...]
    methods: tuple[str, ...]
    stale: tuple[str, ...]
    after: tuple[str, ...]
    ours: tuple[str, ...] = ()


@dataclass(frozen=True)
class SaveHeld(Event):
    """Files were saved while a build ran that goes on. `choice` is "wait" (they are built once it
    has ended) or "ask"."""

    build: int
    files: tuple[str, ...]
    choice: str


@dataclass(frozen=True)
class MethodBroken(Event):
    """A method cannot be used as it stands on disk. `rows` are its rows in the last build."""

    method: str
    file: str
    line: int
    message: str
    rows: tuple[str, ...] = ()


@dataclass(frozen=True)
class MethodRepaired(Event):
    """A method that was broken can be used again."""

    method: str


@dataclass(frozen=True)
class WatchingChanged(Event):
    """Rebuilding on save was switched on or off; `methods` is how many the project has."""

    on: bool
    methods: int


@dataclass(frozen=True)
class Noted(Event):
    """Something a user should know that belongs to no job."""

    message: str


@dataclass(frozen=True)
class Entry:
    """An event in the journal: its number from 1, wall time, and seconds on the monotonic clock."""

    seq: int
    at: float
    seconds: float
    event: Event


def format_entry(entry: Entry) -> Record:
    """Write an entry as a JSON object; its monotonic time is `clock`, for `seconds` is a field of events."""
    return {
        "seq": entry.seq,
        "at": round(entry.at, 6),
        "clock": round(entry.seconds, 6),
        "event": type(entry.event).__name__,
        **vars(entry.event),
    }


def parse_entry(record: Record) -> Entry:
    """Read an entry; fields that a newer axtui added are ignored.

    Raises:
        RecordError: It is no event that this axtui knows, or a field is missing or of the wrong type.
    """
    kind = Event.kinds.get(str(record.get("event")))
    if kind is None:
        raise RecordError(f"unknown event {record.get('event')!r}")
    try:
        values = {name: _check(name, record[name], kinds) for name, kinds in _fields(kind.__name__) if name in record}
        return Entry(int(record["seq"]), float(record["at"]), float(record["clock"]), kind(**values))
    except (KeyError, TypeError, ValueError) as error:
        raise RecordError(f"{kind.__name__}: {error}") from None


@cache
def _fields(kind: str) -> tuple[tuple[str, tuple[type, ...]], ...]:
    """Return each field of a kind of event with the types that JSON has for it."""
    return tuple((each.name, _TYPES[str(each.type)]) for each in fields(Event.kinds[kind]))


def _check(name: str, value: Any, kinds: tuple[type, ...]) -> Any:
    if not isinstance(value, kinds):
        raise TypeError(f"{name} is {value!r:.40}, wanted {' or '.join(each.__name__ for each in kinds)}")
    if isinstance(value, list):
        if not all(isinstance(item, str) for item in value):
            raise TypeError(f"{name} is {value!r:.40}, wanted texts alone")
        return tuple(value)
    return value


_TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,), "float": (int, float), "str": (str,), "bool": (bool,), "tuple[str, ...]": (list,),
}  # fmt: skip
