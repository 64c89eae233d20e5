"""Waiting awake: looking again and again for what is about to come, for as long as an answer takes at most.

Two processes that talk in turns on an idle machine otherwise spend most of the time in being woken. Where nothing came
in time, ever more waits go by before the next is awake, so that a busy machine loses next to nothing.
"""

from __future__ import annotations

import os
import time

SECONDS = 0.0003
_MOST_VAIN = 63


class Awake:
    """The luck that waiting awake for one thing has had so far."""

    def __init__(self) -> None:
        self._vain = 0 if _cores() > 1 else _MOST_VAIN
        self._asleep = self._vain

    def begin(self) -> float:
        """Return until when to look, on the monotonic clock in seconds; 0.0 where this time had better be slept."""
        if self._asleep:
            self._asleep -= 1
            return 0.0
        return time.monotonic() + SECONDS

    def end(self, has_come: bool) -> None:
        """Learn what came of a look."""
        self._vain = 0 if has_come else min(2 * self._vain + 1, _MOST_VAIN)
        self._asleep = self._vain


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
