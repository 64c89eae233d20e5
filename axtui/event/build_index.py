"""Where each build lies in the journal, so that any of them can be read without the others. Folds nothing.

A journal is found again by its sizes: what was appended since the last look is read, nothing else. Lines that cannot be
read are passed over, as everywhere.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from axtui.event import events as ev
from axtui.event.journal import find_segments, parse_lines

_KINDS = (ev.BuildStarted, ev.BuildFinished, ev.EngineStarted, ev.EngineStopped)
_STANDING = (ev.MethodBroken, ev.MethodRepaired, ev.WatchingChanged)
_LINE = re.compile(
    b'^[^\n]*"event":"(?:%s)"[^\n]*\n' % b"|".join(kind.__name__.encode() for kind in (*_KINDS, *_STANDING)),
    re.MULTILINE,
)
_FINISHED = re.compile(b'^[^\n]*"event":"JobFinished"[^\n]*\n', re.MULTILINE)
_BUILDS = 3
"""So many builds are read where the asked one did not finish: the rows that it never came to are those of the last."""
_DURATIONS_NBYTES = 8 << 20


@dataclass(frozen=True)
class _Place:
    """A line of the journal: its segment, where it begins and ends there, in bytes, and what it says."""

    segment: Path
    start: int
    end: int
    entry: ev.Entry


class BuildIndex:
    """The builds of a journal.

    Args:
        directory: Where the journal lies.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._read: dict[Path, int] = {}
        self._places: list[_Place] = []
        self._starts: dict[int, int] = {}
        """The index in `_places` of each build's BuildStarted."""

    def update(self) -> list[ev.Entry]:
        """Read what was appended; return what that says of the beginnings and ends of builds and engines, in order."""
        found: list[ev.Entry] = []
        for segment in find_segments(self._directory):
            offset = self._read.get(segment, 0)
            data = _read_from(segment, offset)
            data = data[: data.rfind(b"\n") + 1]
            self._read[segment] = offset + len(data)
            for place in _find_places(segment, data, offset):
                found += [place.entry] if self._keep(place) else []
        return found

    def read(self, number: int) -> list[ev.Entry]:
        """Return what the journal says of a build, in order, from what stood before it up to its end.

        Where it did not finish, what it says of the builds just before comes first. Events of builds that began later
        are left out. Nothing where there is no such build.
        """
        if number not in self._starts:
            return []
        end = self._find_end(number)
        finished = isinstance(end.entry.event, ev.BuildFinished) and end.entry.event.outcome == "finished"
        begin = self._places[self._starts[self._first_needed(number) if not finished else number]]
        standing = [
            place.entry
            for place in self._places[: bisect_left(self._places, begin.entry.seq, key=lambda place: place.entry.seq)]
            if isinstance(place.entry.event, _STANDING)
        ]
        entries = [entry for data in self._cut(begin, end) for entry in parse_lines(data)]
        return [*standing, *(entry for entry in entries if getattr(entry.event, "build", 0) <= number)]

    def durations(self, number: int) -> dict[str, list[float]]:
        """Return how long the jobs of each row took in builds before this one, in seconds, the newest last.

        No more than the last 8 MB of the journal before it are looked at.
        """
        if number not in self._starts:
            return {}
        end = self._places[self._starts[number]]
        found: dict[str, list[float]] = {}
        for data in self._before(end):
            for match in _FINISHED.finditer(data):
                for entry in parse_lines(match[0]):
                    if isinstance(entry.event, ev.JobFinished):
                        found.setdefault(entry.event.row, []).append(entry.event.seconds)
        return found

    def _keep(self, place: _Place) -> bool:
        """Keep a place; tell whether it is about a build or an engine."""
        self._places.append(place)
        if isinstance(place.entry.event, ev.BuildStarted):
            self._starts[place.entry.event.build] = len(self._places) - 1
        return isinstance(place.entry.event, _KINDS)

    def _find_end(self, number: int) -> _Place:
        """Return where a build ends: it says so, or its engine ended, or the journal ends."""
        last = self._starts[number]
        for index in range(last + 1, len(self._places)):
            event = self._places[index].entry.event
            if isinstance(event, ev.EngineStarted | ev.EngineStopped):
                return self._places[index]
            if isinstance(event, ev.BuildFinished) and event.build == number:
                return self._places[index]
        segment = max(self._read)
        return _Place(segment, 0, self._read[segment], self._places[last].entry)

    def _first_needed(self, number: int) -> int:
        before = sorted(build for build in self._starts if build <= number)
        return before[-min(_BUILDS, len(before))]

    def _cut(self, begin: _Place, end: _Place) -> Iterator[bytes]:
        for segment in sorted(each for each in self._read if begin.segment <= each <= end.segment):
            offset = begin.start if segment == begin.segment else 0
            data = _read_from(segment, offset)
            yield data[: end.end - offset] if segment == end.segment else data

    def _before(self, end: _Place) -> list[bytes]:
        """Return the last bytes before a place, oldest first, in whole lines."""
        pieces: list[bytes] = []
        left = _DURATIONS_NBYTES
        for segment in sorted((each for each in self._read if each <= end.segment), reverse=True):
            data = _read_from(segment, 0)[: end.start if segment == end.segment else None]
            pieces.insert(0, data[-left:].partition(b"\n")[2] if len(data) > left else data)
            left -= len(pieces[0])
            if left <= 0 or len(data) > left:
                break
        return pieces


def _read_from(segment: Path, offset: int) -> bytes:
    try:
        with open(segment, "rb") as handle:
            handle.seek(offset)
            return handle.read()
    except OSError:
        return b""


def _find_places(segment: Path, data: bytes, offset: int) -> Iterator[_Place]:
    for match in _LINE.finditer(data):
        for entry in parse_lines(match[0]):
            yield _Place(segment, offset + match.start(), offset + match.end(), entry)
