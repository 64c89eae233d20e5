"""How long an event loop is held at a stretch, and by what; put into the process whose loop it is.

A stretch is one callback of the loop: until it returns, no key is taken. It is measured in time of the processor, which
does not depend on what else the machine has to do. What was held up is told by looking at the stack every few
milliseconds of that time.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

_LEAST_SECONDS, _LOOK_SECONDS = 0.005, 0.002
_DEEP = 60


@dataclass(frozen=True)
class Stretch:
    """A callback that held the loop: when it ended (monotonic seconds), how long (of the processor), in which functions
    it was seen, the most often seen first."""

    at: float
    seconds: float
    seen: tuple[str, ...]


def watch_loop(told: Path) -> None:
    """Write a line for each stretch of at least 5 ms into a file, from now on."""
    looks: Counter[str] = Counter()
    handle: Any = asyncio.Handle
    run = handle._run

    def look(number: int, frame: FrameType | None) -> None:
        if began[0] and time.thread_time() - began[0] >= _LOOK_SECONDS:
            looks.update(set(_functions(frame)))

    def timed(self: Any) -> None:
        began[0] = time.thread_time()
        run(self)
        seconds, began[0] = time.thread_time() - began[0], 0.0
        if seconds >= _LEAST_SECONDS:
            seen = [f"{name} {count}" for name, count in looks.most_common(12)]
            os.write(told_fd, json.dumps([time.monotonic(), seconds, seen]).encode() + b"\n")
        looks.clear()

    began = [0.0]
    told_fd = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, _LOOK_SECONDS, _LOOK_SECONDS)
    handle._run = timed


def read_stretches(told: Path, since: float = 0.0) -> list[Stretch]:
    """Return the stretches that ended after a time, the longest first."""
    lines = told.read_text().splitlines() if told.exists() else []
    found = [Stretch(at, seconds, tuple(seen)) for at, seconds, seen in map(json.loads, lines) if at >= since]
    return sorted(found, key=lambda stretch: -stretch.seconds)


def _functions(frame: FrameType | None) -> list[str]:
    """Return the functions that are being called, the innermost first, those of the loop itself left out."""
    found = []
    while frame is not None and len(found) < _DEEP:
        name = frame.f_code.co_filename
        if "/asyncio/" not in name and not name.startswith("<frozen"):
            found.append(f"{Path(name).stem}.{frame.f_code.co_name}")
        frame = frame.f_back
    return found
