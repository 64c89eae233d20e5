"""When the output of a job came: how long each output file was at some moments while the job ran.

The engine writes it beside a job that runs for more than a moment, a JSON object a line: `at`, wall seconds, and
`nbytes` by name of the output files that have grown since the line before. It is no part of the job: no record lists
it, and without it nothing is missing but the times.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from axtui.base.errors import RecordError
from axtui.base.files import read_limited
from axtui.base.records import format_record, parse_record
from axtui.store import layout

_NBYTES = 4 << 20
Grown = Mapping[str, Sequence[tuple[float, int]]]
"""By output file: wall seconds and size in bytes, both rising."""


def append_sizes(directory: Path, at: float, nbytes: Mapping[str, int]) -> None:
    """Note how long output files are; what cannot be written is left out."""
    line = format_record({"at": round(at, 3), "nbytes": dict(nbytes)}) + b"\n"
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    with suppress(OSError):
        fd = os.open(directory / layout.OUTPUT_TIMES, flags, 0o644)
        try:
            os.write(fd, line)
        finally:
            os.close(fd)


def read_output_times(directory: Path) -> Grown | None:
    """Return when the output files of a job grew; None where nobody looked. What cannot be read is passed over."""
    try:
        data = read_limited(directory / layout.OUTPUT_TIMES, _NBYTES)
    except (OSError, RecordError):
        return None
    found: dict[str, list[tuple[float, int]]] = {}
    for line in data.splitlines():
        try:
            record = parse_record(line)
        except RecordError:
            continue
        at, nbytes = record.get("at"), record.get("nbytes")
        if isinstance(at, (int, float)) and isinstance(nbytes, dict):
            for name, size in nbytes.items():
                times = found.setdefault(name, [])
                if isinstance(size, int) and (not times or (size > times[-1][1] and at >= times[-1][0])):
                    times.append((float(at), size))
    return found
