"""Clocks: durations come from the monotonic one, wall time is only shown and recorded."""

from __future__ import annotations

import functools
import time
from pathlib import Path


def wall() -> float:
    """Return the wall time in seconds since 1970."""
    return time.time()


def monotonic() -> float:
    """Return seconds on a clock that only goes forward; comparable between processes of one boot."""
    return time.monotonic()


@functools.cache
def boot_id() -> str:
    """Return what tells this boot of the machine from every other."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        import uuid  # not on Linux

        return str(uuid.getnode())


def format_seconds(seconds: float) -> str:
    """Write a duration for people: `0.4s`, `12.0s`, `3m12s`, `1h05m`."""
    if seconds < 99.95:
        return f"{seconds:.1f}s"
    if seconds < 3600:
        return f"{int(seconds) // 60}m{int(seconds) % 60:02d}s"
    return f"{int(seconds) // 3600}h{int(seconds) % 3600 // 60:02d}m"


def fmttime(t: float, short: bool = False) -> str:
    """Write a duration in its own unit: `0.1 seconds`, `1 second`, `2.5 minutes`, `1.25 hours`; short `5s`, `2.5m`."""
    units = ((3600, "hour", 2), (60, "minute", 1), (1, "second", 0 if short else 1))
    size, unit, digits = next(each for each in units if t >= each[0] or each[0] == 1)
    number = f"{t / size:.{digits}f}"
    number = number.rstrip("0").rstrip(".") if "." in number else number
    return f"{number}{unit[0]}" if short else f"{number} {unit}" if number == "1" else f"{number} {unit}s"
