"""Places in urd lists as people write them: `LIST`, `LIST/TIMESTAMP`, `USER/LIST`, `USER/LIST/TIMESTAMP`, and jobs
there: `:LIST:`, `:USER/LIST/TIMESTAMP:ENTRY`.

Where no timestamp is given the latest is meant; any query is one, and `~`, `~N` and `^`, `^N` at the end go to later
and earlier ones. ENTRY is a name or a number in the joblist, its last job unless given. `LIST/2014` is a timestamp in
one's own list; the list "2014" of somebody is `USER/2014/latest`.
"""

from __future__ import annotations

import re

from axtui.base.errors import UrdError
from axtui.build.timestamps import LATEST, Query, TimestampError, parse_query
from axtui.build.urd_entry import Entry
from axtui.build.urd_lists import UrdLists

_STEPS = re.compile(r"(.*?)((?:[~^][0-9]*)*)")
_STEP = re.compile(r"([~^])([0-9]*)")
_JOB = re.compile(r":([^:]+(?::[0-9]{2})*):(.*)")


def parse_place(text: str, user: str) -> tuple[str, Query]:
    """Return the list (as `user/list`) and what is meant there.

    Raises:
        UrdError: It has too many parts, or one that is no timestamp.
    """
    match text.split("/"):
        case [name]:
            return f"{user}/{name}", Query(LATEST, "")
        case [first, second]:
            try:
                return f"{user}/{first}", parse_query(second)
            except TimestampError:
                return text, Query(LATEST, "")
        case [owner, name, timestamp]:
            return f"{owner}/{name}", parse_query(timestamp)
    raise UrdError(f"{text!r:.80} has too many parts; wanted USER/LIST/TIMESTAMP or less")


def find_place(lists: UrdLists, text: str, user: str) -> tuple[str, Entry]:
    """Return the list and the entry that a place means.

    Raises:
        UrdError: There is none.
    """
    match = _STEPS.fullmatch(text)
    place, steps = match.groups() if match else (text, "")
    path, query = parse_place(place, user)
    entry = lists.find(path, query)
    offset = sum((1 if sign == "~" else -1) * int(count or 1) for sign, count in _STEP.findall(steps))
    if entry is not None and offset:
        entries = lists.since(path, "0")
        index = entries.index(entry) + offset
        entry = entries[index] if 0 <= index < len(entries) else None
    if entry is None:
        raise UrdError(f"there is no entry {text!r:.80} in {path}")
    return path, entry


def parse_job(text: str) -> tuple[str, str] | None:
    """Split `:PLACE:ENTRY` into its parts, or give None where it is not of that form."""
    match = _JOB.fullmatch(text)
    return (match[1], match[2]) if match else None


def find_job(lists: UrdLists, place: str, entry: str, user: str) -> str:
    """Return the id of a job in a joblist.

    Raises:
        UrdError: There is no such entry, or no such job in it.
    """
    path, found = find_place(lists, place, user)
    jobs = [job for name, job in found.joblist if name == entry]
    if re.fullmatch(r"-?[0-9]{1,9}|", entry):
        number = int(entry or -1)
        jobs = [found.joblist[number][1]] if -len(found.joblist) <= number < len(found.joblist) else []
    if not jobs:
        there = ", ".join(dict.fromkeys(name for name, _ in found.joblist))
        raise UrdError(f"{path}/{found.timestamp} has no job {entry!r:.80}; it has {there}")
    return jobs[-1]
