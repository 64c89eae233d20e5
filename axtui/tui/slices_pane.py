"""Stages and slices of a job: lines, rate, time, what is left, skew, memory, and what is to be expected."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from axtui.base.clock import format_seconds
from axtui.base.text import format_nbytes, safe
from axtui.project.limits import tell_limits
from axtui.store.peaks import peaks_of, tell_peaks
from axtui.store.progress import Progress
from axtui.tui.detail import timed_stages
from axtui.tui.facts import Facts
from axtui.tui.glyphs import SLICE_GLYPHS, bar, format_rate
from axtui.tui.lines_pane import LinesPane
from axtui.tui.measure import slice_seconds, slice_share
from axtui.tui.palette import Line, Palette
from axtui.tui.rows import Row
from axtui.tui.versions import tell_expected

_STYLES = {"done": "success", "running": "primary", "failed": "error", "stopped": "muted", "waiting": "faint"}
_STAGE_STYLES = {"✔": "success", "✘": "error", "▶": "primary"}
_LABEL = 10
_NARROW, _WIDE = 60, 90
_SKEWED = 1.5
Memory = Sequence[tuple[int, int]]


class SlicesPane(LinesPane, inherit_bindings=True):
    """Stages and slices of one job."""

    NUMBER = 6
    SEARCH = "search slices /"

    def __init__(self) -> None:
        super().__init__(id="slices")
        self._job = ""

    def show(self, row: Row, facts: Facts, past: list[float], memory: Memory) -> None:
        """Draw a job; `memory` is what each slice and then the job process has now and had at most, in bytes."""
        lines = draw_slices(row, facts, past, memory, self.room, self.palette)
        self.put(lines, f"Slices and stages {row.job}", row.job == self._job)
        self._job = row.job


def draw_slices(row: Row, facts: Facts, past: list[float], memory: Memory, width: int, palette: Palette) -> list[Line]:
    """Draw stages, slices, and what can be said of them together."""
    lines = []
    for name, seconds, glyph in timed_stages(row, facts):
        line = Line().put(f" {name:<{_LABEL}} ", palette["foreground"]).put(f"{glyph} ", palette[_STAGE_STYLES[glyph]])
        lines.append(line.put(f"{format_seconds(seconds):>7}", palette["muted"]))
    if not lines:
        lines.append(Line().put(" no stage of it was timed", palette["faint"]))
    lines.append(Line())
    slices = facts.slices if any(each.began for each in facts.slices) else []
    if slices:
        lines.append(_draw_head(width, palette))
    had = [now for now, _ in memory] or peaks_of(facts.record).slices
    for sliceno, record in enumerate(slices):
        lines.append(_draw_slice(sliceno, record, facts.now, had, width, palette))
    for label, text, style in (*_told_of(slices, facts), *_told_of_job(row, facts, past, memory)):
        lines.append(Line().put(f" {label:<{_LABEL}} ", palette["muted"]).put(safe(text), palette[style]))
    return lines


def _draw_head(width: int, palette: Palette) -> Line:
    text = f" {'slice':<8}{'time':>8}"
    if width >= _NARROW:
        text += f"{'lines':>14}{'rate':>10}{'left':>9}"
    if width >= _WIDE:
        text += f"{'memory':>11}"
    return Line().put(text, palette["faint"])


def _draw_slice(
    sliceno: int, record: Progress, now: float, memory: Sequence[int], width: int, palette: Palette
) -> Line:
    """Draw a slice; `memory` is what each has in bytes, or had at most where the job has ended."""
    style, seconds = palette[_STYLES[record.state]], slice_seconds(record, now)
    line = Line().put(f" {sliceno:>4} ", palette["muted"]).put(f"{SLICE_GLYPHS[record.state]} ", style)
    line.put(f" {format_seconds(seconds) if record.began else '':>8}", palette["foreground"])
    if width >= _NARROW:
        line.put(f"{record.done or '':>14,}" if record.done else " " * 14, palette["foreground"])
        line.put(f"{format_rate(record.done, seconds):>10}", palette["muted"])
        line.put(f"{_left(record, seconds):>9}", palette["primary"])
    if width >= _WIDE:
        nbytes = memory[sliceno] if sliceno < len(memory) else 0
        line.put(f"{format_nbytes(nbytes) if nbytes else '':>11}", palette["muted"])
    room = min(40, width - line.width - 2)
    if room >= 6:
        filled, empty = bar(slice_share(record), room)
        line.put("  ").put(filled, style).put(empty, palette["faint"])
    if record.state == "running" and record.text:
        line.put(f"  {safe(record.text)}", palette["secondary"])
    return line


def _left(record: Progress, seconds: float) -> str:
    """Say how long a running slice still takes at its rate."""
    share = slice_share(record)
    if record.state != "running" or share <= 0.0 or seconds <= 0.0:
        return ""
    return f"~{format_seconds(seconds * (1 - share) / share)}"


def _told_of(slices: Sequence[Progress], facts: Facts) -> list[tuple[str, str, str]]:
    """Say what holds of the slices together: how many are done, how uneven they are."""
    if not slices:
        text = facts.progress[-1].text if facts.progress else ""
        return [("status", text, "foreground")] if text else []
    done = sum(each.state == "done" for each in slices)
    told = [("done", f"{done} of {len(slices)} slices, {sum(each.done for each in slices):,} lines", "foreground")]
    times = [slice_seconds(each, facts.now) for each in slices if each.began]
    middle = statistics.median(times) if times else 0.0
    if len(times) > 1 and middle > 0.0:
        slowest = max(range(len(slices)), key=lambda at: slice_seconds(slices[at], facts.now))
        skew = max(times) / middle
        text = f"{skew:.1f}× (slowest, slice {slowest}, against the median)"
        told.append(("skew", text, "warning" if skew >= _SKEWED and max(times) > 1.0 else "foreground"))
    return told


def _told_of_job(row: Row, facts: Facts, past: list[float], memory: Memory) -> list[tuple[str, str, str]]:
    """Say what is to be expected, what it takes of memory, and what its limits are."""
    told = []
    expected = tell_expected(past)
    if expected:
        told.append(("expected", expected, "foreground"))
    if expected and row.state == "running" and row.began:
        left = statistics.median(past) - (facts.now - row.began)
        text = f"~{format_seconds(left)} left" if left > 0 else f"{format_seconds(-left)} longer than expected"
        told.append(("ETA", text, "primary" if left > 0 else "warning"))
    if len(past) > 1:
        told.append(("last runs", "  ".join(format_seconds(each) for each in past), "muted"))
    peaks = tell_peaks(peaks_of(facts.record))
    if any(now for now, _ in memory):
        now, most = sum(each for each, _ in memory), max(each for _, each in memory)
        told.append(("memory", f"{format_nbytes(now)} now, at most {format_nbytes(most)} each", "foreground"))
    elif peaks:
        told.append(("memory", f"at most {peaks}", "foreground"))
    elif row.state != "running":
        told.append(("memory", "not recorded of this job", "faint"))
    limits = tell_limits(facts.record.setup) if facts.record else []
    return [*told, *([("limits", ", ".join(limits), "foreground")] if limits else [])]
