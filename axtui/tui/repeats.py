"""Repeats in a list: stretches where the same pattern of things comes again and again. Pure.

A month of data is imported, typed and sorted, then the next month: the list of methods repeats with a period of three.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

_PERIOD_MOST = 64
_PERIODS_TRIED = 6
_TIMES_LEAST = 3


@dataclass(frozen=True, slots=True)
class Repeat:
    """`times` patterns of `period` things each, the first one at `start`."""

    start: int
    period: int
    times: int

    @property
    def end(self) -> int:
        """The index after the last thing."""
        return self.start + self.period * self.times


def find_repeats(things: Sequence[Hashable]) -> list[Repeat]:
    """Find patterns that come at least three times in a row, from the first to the last, none overlapping.

    Where several patterns begin at one place, the one that covers most is taken; of equal ones the shortest.
    """
    things = list(things)
    found, at = [], 0
    while at < len(things):
        best = _find_best(things, at)
        if best is None:
            at += 1
            continue
        if best.times > _TIMES_LEAST and best.end < len(things):
            best = _leave_last(things, best)
        found.append(best)
        at = best.end
    return found


def _find_best(things: list[Hashable], at: int) -> Repeat | None:
    best = max((_follow(things, at, period) for period in _periods(things, at)), key=_worth, default=None)
    return best if best is not None and best.times >= _TIMES_LEAST else None


def _leave_last(things: list[Hashable], repeat: Repeat) -> Repeat:
    """Leave the last time to the repeat that follows where that is then longer: it is how each of its times begins."""
    shorter = Repeat(repeat.start, repeat.period, repeat.times - 1)
    here, earlier = _find_best(things, repeat.end), _find_best(things, shorter.end)
    if earlier is None or earlier.period <= repeat.period:
        return repeat
    covered = here.end if here else repeat.end
    return shorter if earlier.end > covered or (here is not None and earlier.end == covered) else repeat


def _worth(repeat: Repeat) -> tuple[int, int]:
    covered = repeat.period * repeat.times if repeat.times >= _TIMES_LEAST else 0
    return covered, -repeat.period


def _periods(things: list[Hashable], at: int) -> list[int]:
    """Return how far away the next few things are that equal the one at a place."""
    found: list[int] = []
    next_at = at
    end = min(len(things), at + _PERIOD_MOST + 1)
    while len(found) < _PERIODS_TRIED:
        try:
            next_at = things.index(things[at], next_at + 1, end)
        except ValueError:
            break
        found.append(next_at - at)
    return found


def _follow(things: list[Hashable], start: int, period: int) -> Repeat:
    pattern, at = things[start : start + period], start + period
    while things[at : at + period] == pattern:
        at += period
    return Repeat(start, period, (at - start) // period)
