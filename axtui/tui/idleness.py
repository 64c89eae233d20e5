"""Why places stood idle at a moment of a build, as sentences. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from axtui.base.clock import format_seconds
from axtui.tui.spans import Slice, Span, Timeline

_NAMES = 3
_SKEW_LEAST = 1.5


def explain(timeline: Timeline, at: float, slices: dict[str, Sequence[Slice]]) -> list[str]:
    """Say what ran at a moment, and why not more did.

    Args:
        timeline: The build.
        at: Seconds since it began.
        slices: The slices of jobs, by row, as far as they are known.
    """
    running = timeline.running(at)
    told = [_tell_running(running, at, slices)]
    idle = timeline.slots - len(running)
    if idle > 0 and at < timeline.seconds:
        places = f"{idle} of {timeline.slots} slots idle"
        told.append(f"{places}: {_tell_idle(timeline, at, running)}")
    told += [text for span in running if (text := _tell_skew(span, at, slices.get(span.row, ())))]
    return told


def _tell_running(running: Sequence[Span], at: float, slices: dict[str, Sequence[Slice]]) -> str:
    if not running:
        return "nothing runs"
    if len(running) > _NAMES:
        return f"running: {_names(running)}"
    return "running: " + ", ".join(_tell_one(span, at, slices.get(span.row, ())) for span in running)


def _tell_one(span: Span, at: float, slices: Sequence[Slice]) -> str:
    stage = next((name for name, began in reversed(span.stages) if began <= at), "")
    name = f"{span.method} {span.job}".rstrip()
    ahead = [each for each in slices if each.began <= at < each.ended]
    if stage != "analysis" or not ahead:
        return f"{name} ({stage})" if stage else name
    if len(ahead) == len(slices):
        return f"{name} (all {len(slices)} slices)"
    numbers = ", ".join(str(each.number) for each in ahead[:_NAMES]) + ("…" if len(ahead) > _NAMES else "")
    return f"{name} ({len(ahead)} of {len(slices)} slices: {numbers})"


def _tell_idle(timeline: Timeline, at: float, running: Sequence[Span]) -> str:
    waiting = [span for span in timeline.spans if span.asked <= at and (span.began > at or span.state == "waiting")]
    if waiting:
        return _tell_waiting(timeline, at, waiting)
    later = [span for span in timeline.ran if span.asked > at and not span.parent]
    if not later:
        return "no job is left to begin" if running else "no job begins any more; the build script itself works"
    following = min(later, key=lambda span: span.asked)
    awaited = [span for span in running if span.ended <= following.asked + 0.05]
    if not awaited:
        return f"the build script itself works; it asks for {following.method} {_in(following.asked - at)}"
    last = max(awaited, key=lambda span: span.ended)
    text = f"the build script waits for {last.method} before it asks for {following.method}"
    if _needs(timeline, following, last):
        return text
    return f"{text}, which does not need it: urd.submit would let them run side by side"


def _tell_waiting(timeline: Timeline, at: float, waiting: Sequence[Span]) -> str:
    awaited = {
        other.row: other for span in waiting for other in timeline.inputs(span) if other.ended > at
    }  # those that wait themselves are named by what they wait for
    roots = [span for span in awaited.values() if span.runs_at(at)]
    verb = "waits" if len(waiting) == 1 else "wait"
    who = _names(waiting)
    if roots:
        return f"{who} {verb} for {_names(roots)}"
    return f"{who} {'is' if len(waiting) == 1 else 'are'} about to begin"


def _tell_skew(span: Span, at: float, slices: Sequence[Slice]) -> str:
    """Say which slice is the last one, where it has more lines than others or takes longer, and what that costs."""
    ahead = [each for each in slices if each.began <= at < each.ended]
    if len(slices) < 2 or len(ahead) != 1:
        return ""
    last = ahead[0]
    median = statistics.median(each.seconds for each in slices)
    lines = statistics.median(each.lines for each in slices)
    if median <= 0 or last.seconds < _SKEW_LEAST * median:
        return ""
    more = last.lines / lines if lines > 0 else 0.0
    why = f"has {more:.1f}× the lines" if more >= _SKEW_LEAST else f"takes {last.seconds / median:.1f}× the time"
    gain = format_seconds(last.seconds - statistics.mean(each.seconds for each in slices))
    return f"slice {last.number} of {span.method} {why} of the median slice; even slices would save up to {gain}"


def _needs(timeline: Timeline, span: Span, other: Span) -> bool:
    """Tell whether a job reads another one, directly or through jobs of this build."""
    seen: set[str] = set()
    ahead = [span]
    while ahead:
        for found in timeline.inputs(ahead.pop()):
            if found.row == other.row:
                return True
            if found.row not in seen:
                seen.add(found.row)
                ahead.append(found)
    return False


def _names(spans: Sequence[Span]) -> str:
    names = list(dict.fromkeys(span.method for span in spans))
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return ", ".join(names[:_NAMES]) + more


def _in(seconds: float) -> str:
    return f"in {format_seconds(seconds)}" if seconds >= 0.1 else "at once"
