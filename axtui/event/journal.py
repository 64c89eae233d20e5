"""The journal: every event of a project, one JSON line each, in segment files that begin with a build.

`.axtui/journal/000000000001.jsonl` holds the entries from number 1 on; the next segment is named by its first
number. The engine is the only writer. Readers take whole lines only and pass over lines that cannot be read, so a
torn or damaged line costs itself alone. The journal is for looking; the truth about jobs is their directories.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from axtui.base import clock
from axtui.base.errors import RecordError
from axtui.base.files import end_last_line, write_all
from axtui.base.records import format_record, parse_record
from axtui.event.events import BuildStarted, Entry, Event, format_entry, parse_entry

_SEGMENT = re.compile(r"[0-9]{12}\.jsonl")
SEGMENT_NBYTES = 4 << 20
"""A segment at least this large is closed when a build starts; smaller ones take several builds."""


def find_segments(directory: Path) -> list[Path]:
    """Return the segment files, oldest first."""
    try:
        names = os.listdir(directory)
    except OSError:
        return []
    return [directory / name for name in sorted(names) if _SEGMENT.fullmatch(name)]


def parse_lines(data: bytes) -> Iterator[Entry]:
    """Give the entries of whole lines, passing over what cannot be read."""
    for line in data[: data.rfind(b"\n") + 1].splitlines():
        try:
            yield parse_entry(parse_record(line))
        except RecordError:
            continue


def read_journal(directory: Path, since: int = 1) -> Iterator[Entry]:
    """Give every entry from number `since` on, in order."""
    segments = find_segments(directory)
    starts = [int(segment.stem) for segment in segments]
    for index, segment in enumerate(segments):
        if index + 1 < len(segments) and starts[index + 1] <= since:
            continue
        yield from (entry for entry in parse_lines(segment.read_bytes()) if entry.seq >= since)


def read_last_builds(directory: Path, builds: int = 1) -> list[Entry]:
    """Return the entries from the start of the last but `builds` - 1 build on, parsing no others."""
    entries: list[Entry] = []
    starts = 0
    for entry in _read_backwards(directory):
        entries.append(entry)
        starts += isinstance(entry.event, BuildStarted)
        if starts == builds:
            break
    return entries[::-1]


def _read_backwards(directory: Path) -> Iterator[Entry]:
    """Give every entry, the last one first; a last line may be whole but for its newline."""
    for segment in reversed(find_segments(directory)):
        for line in reversed(segment.read_bytes().splitlines()):
            yield from parse_lines(line + b"\n")


class Journal:
    """The writing end. Opening it takes up the numbering where the last engine stopped."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self.next_seq, self.builds = _last_numbers(directory)
        self._fd = self._open()
        self._mend = b""
        """What ends a line that was cut short by a full disk."""

    def append(self, event: Event) -> bytes:
        """Write an event, and return its line as it stands in the journal, without the newline.

        An event that cannot be written, for want of space, is lost to the journal and to nothing else: the truth about
        jobs is their directories.
        """
        if isinstance(event, BuildStarted) and os.fstat(self._fd).st_size >= SEGMENT_NBYTES:
            os.close(self._fd)
            self._fd = self._open()
        entry = Entry(self.next_seq, clock.wall(), clock.monotonic(), event)
        self.next_seq += 1
        line = format_record(format_entry(entry))
        try:
            write_all(self._fd, self._mend + line + b"\n")
            self._mend = b""
        except OSError:
            self._mend = b"\n"
        return line

    def next_build(self) -> int:
        """Return the number for a new build."""
        self.builds += 1
        return self.builds

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)

    def _open(self) -> int:
        segments = find_segments(self._directory)
        path = self._directory / f"{self.next_seq:012}.jsonl"
        if segments and segments[-1].stat().st_size < SEGMENT_NBYTES:
            path = segments[-1]
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        fd = os.open(path, flags, 0o644)
        end_last_line(fd)
        return fd


def _last_numbers(directory: Path) -> tuple[int, int]:
    """Return the number for the next entry, and that of the last build."""
    seq = builds = 0
    for entry in _read_backwards(directory):
        seq = max(seq, entry.seq)
        builds = max(builds, getattr(entry.event, "build", 0))
        if isinstance(entry.event, BuildStarted):
            break
    return seq + 1, builds
