"""The watchdog: stops jobs that run longer, or take more memory, than their limits say. Others cost nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from axtui.execute.executor import Loop
from axtui.execute.memory import over_memory, takes_more
from axtui.project.limits import Limits, format_limit

MEASURE_SECONDS = 0.5

Stop = Callable[[str, str, bool], None]
"""Stop a job, for a reason, and at once rather than after it was asked to."""


@dataclass
class _Watched:
    limits: Limits
    pid: int = 0


class Watchdog:
    """The jobs that run and have limits."""

    def __init__(self, loop: Loop, stop: Stop) -> None:
        self._loop = loop
        self._stop = stop
        self._watched: dict[str, _Watched] = {}
        self._is_measuring = False

    def begin(self, jobid: str, limits: Limits) -> None:
        """Watch a job from now on."""
        if not limits:
            return
        watched = self._watched[jobid] = _Watched(limits)
        if "seconds" in limits:
            self._loop.call_later(limits["seconds"], lambda: self._end_time(jobid, watched))

    def know(self, jobid: str, pid: int) -> None:
        """Take in which process a job is, and measure it from now on."""
        if jobid in self._watched:
            self._watched[jobid].pid = pid
            self._measure_later()

    def end(self, jobid: str) -> None:
        """Watch a job no longer."""
        self._watched.pop(jobid, None)

    def _end_time(self, jobid: str, watched: _Watched) -> None:
        if self._watched.get(jobid) is watched:
            limit = format_limit("seconds", watched.limits["seconds"])
            self._stop(jobid, f"ran longer than its limit of {limit}", False)

    def _measure_later(self) -> None:
        if not self._is_measuring:
            self._is_measuring = True
            self._loop.call_later(MEASURE_SECONDS, self._measure)

    def _measure(self) -> None:
        self._is_measuring = False
        measured = {jobid: each for jobid, each in self._watched.items() if each.pid and "memory" in each.limits}
        for jobid, each in measured.items():
            if takes_more(each.pid, each.limits["memory"]):
                self._stop(jobid, over_memory(each.limits["memory"]), True)
        if measured:
            self._measure_later()
