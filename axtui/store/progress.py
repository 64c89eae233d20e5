"""The progress file of a job: one fixed record a slice, mapped by its writer and by whoever looks.

A header of 64 bytes (`axprog01`, slices as uint32, record size as uint32), then `slices` + 1 records of 256 bytes,
little-endian: 0 .. slices-1 are the slices of analysis, the last one is the job process (prepare, synthesis, commit).

    offset type      meaning
    0      uint8     state: 0 waiting, 1 running, 2 done, 3 failed
    1      uint8     stage: 0 none, 1 prepare, 2 analysis, 3 synthesis, 4 commit
    2      uint16    length of the status text, bytes
    4      uint32    process id
    8      float64   began, seconds on the monotonic clock of that boot; 0 = not yet
    16     float64   last report, same clock
    24     float64   ended, same clock; 0 = not yet
    32     int64     done: lines, or whatever the method counts
    40     int64     total; -1 = not known
    48     208 bytes status text, UTF-8

Each record has a single writer; a reader may see a torn record and sees a whole one a moment later.
"""

from __future__ import annotations

import mmap
import os
import struct
from dataclasses import dataclass, replace
from pathlib import Path

from axtui.base import clock
from axtui.base.files import write_new

HEADER = struct.Struct("<8sII48x")
RECORD = struct.Struct("<BBHIdddqq208s")
MAGIC = b"axprog01"
STATES = ("waiting", "running", "done", "failed")
STAGES = ("", "prepare", "analysis", "synthesis", "commit")
_TEXT_NBYTES = 208
_COUNTS = struct.Struct("<qq")


@dataclass(frozen=True)
class Progress:
    """One record, as read. Times are seconds on the monotonic clock; `total` is -1 where it is not known.

    Of a process that a signal has stopped, which the record cannot know, `is_stopped` says so and `text` what helps.
    """

    state: str
    stage: str
    pid: int
    began: float
    reported: float
    ended: float
    done: int
    total: int
    text: str
    is_stopped: bool = False


def write_header(path: str | Path, slices: int) -> None:
    """Make the progress file of a job, every record zero."""
    write_new(path, HEADER.pack(MAGIC, slices, RECORD.size) + bytes((slices + 1) * RECORD.size))


def read_progress(path: Path) -> list[Progress]:
    """Read all records: the slices, then the job process. Nothing where there is no such file or it is not one."""
    try:
        data = path.read_bytes()
        magic, slices, size = HEADER.unpack_from(data)
    except (OSError, struct.error):
        return []
    if magic != MAGIC or size != RECORD.size or len(data) < HEADER.size + (slices + 1) * size:
        return []
    records = [_parse(data, HEADER.size + index * size) for index in range(slices + 1)]
    return [_look_at_process(index, record) for index, record in enumerate(records)]


def _look_at_process(index: int, record: Progress) -> Progress:
    if record.state != "running" or not _is_stopped(record.pid, ("job", f"slice {index}")):
        return record
    return replace(record, is_stopped=True, text=f"stopped by a signal; kill -CONT {record.pid} lets it go on")


def _is_stopped(pid: int, names: tuple[str, ...]) -> bool:
    """Tell whether a process is stopped, and is one that has one of these names; a number may be another's by now."""
    try:
        name, _, rest = Path(f"/proc/{pid}/stat").read_text(errors="replace").partition("(")[2].rpartition(")")
    except OSError:
        return False
    return name in names and rest.split()[0] in "Tt"


def _parse(data: bytes, offset: int) -> Progress:
    state, stage, length, pid, began, reported, ended, done, total, text = RECORD.unpack_from(data, offset)
    return Progress(
        STATES[state % len(STATES)],
        STAGES[stage % len(STAGES)],
        pid,
        began,
        reported,
        ended,
        done,
        total,
        text[:length].decode("utf-8", "replace"),
    )


class Slot:
    """The writing end of one record."""

    def __init__(self, path: str | Path, index: int) -> None:
        fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            self._map = mmap.mmap(fd, 0)
        finally:
            os.close(fd)
        self._offset = HEADER.size + index * RECORD.size

    def begin(self, stage: str) -> None:
        """Say that the process has begun a stage."""
        now = clock.monotonic()
        fields = (1, STAGES.index(stage), 0, os.getpid(), now, now, 0.0, 0, -1, b"")
        RECORD.pack_into(self._map, self._offset, *fields)

    def end(self, failed: bool) -> None:
        """Say how it ended."""
        now = clock.monotonic()
        struct.pack_into("<dd", self._map, self._offset + 16, now, now)
        self._map[self._offset] = 3 if failed else 2

    def count(self, done: int, total: int = -1) -> None:
        """Say how much is done of how much."""
        struct.pack_into("<d", self._map, self._offset + 16, clock.monotonic())
        _COUNTS.pack_into(self._map, self._offset + 32, done, total)

    def say(self, text: str) -> None:
        """Set the status text; what is too long is cut."""
        data = text.encode("utf-8", "replace")[:_TEXT_NBYTES]
        struct.pack_into("<d", self._map, self._offset + 16, clock.monotonic())
        self._map[self._offset + 48 : self._offset + 48 + len(data)] = data
        struct.pack_into("<H", self._map, self._offset + 2, len(data))
