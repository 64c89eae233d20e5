"""What a line of an urd list says. This is the specification of a transaction, `store/urd_file.py` that of the line.

`{"do": "add", "time", "timestamp", "joblist", "caption", "deps", "build_job", "version", "ghost"}` adds an entry, or
puts it in the place of the one at its timestamp:
    time       when it was written, UTC
    timestamp  in normal form, see `build/timestamps.py`; never "0"
    joblist    [[name, job id], …]
    deps       {"user/list": {"timestamp", "joblist", "caption", "version"}}: the entries it was made from, as they were
    build_job  the run of the build script that made it
    version    a new one whenever joblist or caption are others than before; an entry at the same timestamp is what an
               entry that depends on it was made from exactly as long as the version is the same
    ghost      true if one of `deps` was another one by then; such an entry is kept and never seen

`{"do": "truncate", "time", "timestamp"}` takes away all that is there at this timestamp and after it.

Nothing is ever written into a list because another list changed: whether an entry is still to be seen follows from the
versions (see `build/urd_state.py`), so that everybody writes only what is theirs.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from axtui.base import clock
from axtui.base.errors import RecordError, UrdError
from axtui.base.ids import parse_jobid
from axtui.base.records import Record
from axtui.build.timestamps import TimestampError, normal_timestamp
from axtui.store.urd_file import split_list

NamedJobs = tuple[tuple[str, str], ...]
"""Name and id of jobs, in the order they were built."""


@dataclass(frozen=True)
class Dependency:
    """An entry as it was when another was made from it."""

    timestamp: str
    joblist: NamedJobs
    caption: str
    version: str = field(compare=False)


@dataclass(frozen=True)
class Entry:
    """What a list has at one timestamp; equal where joblist, caption and dependencies are."""

    timestamp: str
    joblist: NamedJobs
    caption: str
    deps: Mapping[str, Dependency]
    build_job: str = field(compare=False)
    version: str = field(default="", compare=False)
    is_ghost: bool = field(default=False, compare=False)

    def to_dependency(self) -> Dependency:
        """Return it as what another entry is made from."""
        return Dependency(self.timestamp, self.joblist, self.caption, self.version)


@dataclass(frozen=True)
class Truncation:
    """The end of everything at a timestamp and after it."""

    timestamp: str


Transaction = Entry | Truncation


def version_entry(entry: Entry, there: Entry | None) -> Entry:
    """Return an entry with its version: that of the one in whose place it comes if dependants see no difference."""
    if there is not None and (there.joblist, there.caption) == (entry.joblist, entry.caption):
        return replace(entry, version=there.version)
    return replace(entry, version=os.urandom(8).hex())


def format_entry(entry: Entry) -> Record:
    """Write an entry as a transaction."""
    deps = {
        path: {"timestamp": dep.timestamp, "joblist": dep.joblist, "caption": dep.caption, "version": dep.version}
        for path, dep in entry.deps.items()
    }
    return {
        "do": "add",
        "time": _now(),
        "timestamp": entry.timestamp,
        "joblist": entry.joblist,
        "caption": entry.caption,
        "deps": deps,
        "build_job": entry.build_job,
        "version": entry.version,
        "ghost": entry.is_ghost,
    }


def format_truncation(timestamp: str) -> Record:
    """Write a truncation as a transaction."""
    return {"do": "truncate", "time": _now(), "timestamp": timestamp}


def parse_transaction(record: Record) -> Transaction:
    """Read a transaction, trusting nothing.

    Raises:
        RecordError: It says something that cannot be.
    """
    try:
        if record["do"] == "truncate":
            return Truncation(_timestamp(record["timestamp"]))
        if record["do"] != "add":
            raise RecordError(f"{record['do']!r:.40} is no transaction")
        deps = {_path(path): Dependency(**_common(dep)) for path, dep in record["deps"].items()}
        build_job = _jobid(record["build_job"]) if record["build_job"] else ""
        return Entry(**_common(record), deps=deps, build_job=build_job, is_ghost=record["ghost"] is True)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RecordError(f"it lacks something, or has it in another form: {type(error).__name__} {error}") from None


def _common(record: Record) -> dict[str, Any]:
    return {
        "timestamp": _timestamp(record["timestamp"]),
        "joblist": tuple((_text(name), _jobid(job)) for name, job in record["joblist"]),
        "caption": _text(record["caption"]),
        "version": _text(record["version"]),
    }


def _timestamp(value: Any) -> str:
    try:
        return normal_timestamp(_text(value))
    except TimestampError as error:
        raise RecordError(str(error)) from None


def _path(value: str) -> str:
    try:
        split_list(value)
    except UrdError as error:
        raise RecordError(str(error)) from None
    return value


def _jobid(value: Any) -> str:
    if not isinstance(value, str) or parse_jobid(value) is None:
        raise RecordError(f"{value!r:.40} is no job id")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise RecordError(f"{value!r:.40} is no text")
    return value


def _now() -> str:
    return datetime.fromtimestamp(clock.wall(), UTC).replace(tzinfo=None).isoformat()
