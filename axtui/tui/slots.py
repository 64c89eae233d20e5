"""How busy the slots of a build were, and which job had which. Pure.

A slot is a place for one job; at most so many run side by side. All times are seconds since the build began.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from axtui.tui.spans import Span, Timeline


def busy_levels(timeline: Timeline, edges: Sequence[float]) -> list[float]:
    """Return how much of the slots was busy, on average, between each two edges: from 0 to 1."""
    changes: dict[float, int] = {}
    for first, last in _busy_times(timeline):
        changes[first] = changes.get(first, 0) + 1
        changes[last] = changes.get(last, 0) - 1
    times, levels, level = [0.0], [0], 0
    for at in sorted(changes):
        level += changes[at]
        times.append(at)
        levels.append(level)
    return _average(times, levels, edges, timeline.slots)


def busy_share(timeline: Timeline) -> float:
    """Return how much of the slots was busy over the whole build, from 0 to 1."""
    return busy_levels(timeline, [0.0, timeline.seconds])[0] if timeline.seconds > 0 else 0.0


def _busy_times(timeline: Timeline) -> list[tuple[float, float]]:
    """Return from when to when jobs held a place, leaving out where one waits for a job of its own."""
    children: dict[str, list[tuple[float, float]]] = {}
    for span in timeline.spans:
        if span.parent:
            children.setdefault(span.parent, []).append((span.asked, max(span.ended, span.asked)))
    found = []
    for span in timeline.ran:
        at = span.began
        for first, last in sorted(children.get(span.row, [])):
            if first > at:
                found.append((at, first))
            at = max(at, last)
        if span.ended > at:
            found.append((at, span.ended))
    return found


def _average(times: Sequence[float], levels: Sequence[int], edges: Sequence[float], slots: int) -> list[float]:
    result, at = [], 0
    for left, right in itertools.pairwise(edges):
        area, here = 0.0, left
        while at + 1 < len(times) and times[at + 1] <= left:
            at += 1
        index = at
        while here < right:
            until = min(right, times[index + 1]) if index + 1 < len(times) else right
            area += levels[index] * (until - here)
            here, index = until, index + 1
            if index >= len(times):
                break
        result.append(area / ((right - left) * slots) if right > left else 0.0)
    return result


def assign_places(spans: Sequence[Span]) -> Mapping[str, int]:
    """Give each job that ran a place from 0 on, so that jobs that ran at once have different ones."""
    free: list[float] = []
    found: dict[str, int] = {}
    for span in sorted((span for span in spans if span.has_run), key=lambda span: span.began):
        place = next((number for number, until in enumerate(free) if until <= span.began), len(free))
        free[place:] = [span.ended, *free[place + 1 :]]
        found[span.row] = place
    return found
