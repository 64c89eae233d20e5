"""The lines of the timeline: axis, a bar a job, busy slots, the time cursor. Knows no widget and reads no files."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.style import Style

from axtui.base.clock import format_seconds
from axtui.base.text import safe
from axtui.tui.cells import Cells
from axtui.tui.palette import Line, Palette
from axtui.tui.slots import busy_levels
from axtui.tui.spans import Slice, Span, Timeline, skew_of

_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200)
_STEP_CELLS = 14
_EIGHTHS = " ▁▂▃▄▅▆▇█"
_SLOW = 1.2
"""A job that took this many times its median is said to."""
_EVEN = 0.1


@dataclass(frozen=True)
class Axis:
    """Which part of a build is drawn: from `left` seconds on, `scale` seconds a cell, `width` cells."""

    left: float
    scale: float
    width: int

    def cell(self, at: float) -> int:
        """Return in which cell a time is; outside of the axis where it is not drawn."""
        return int((at - self.left) / self.scale)

    def at(self, cell: int) -> float:
        """Return the time in the middle of a cell."""
        return self.left + (cell + 0.5) * self.scale


@dataclass(frozen=True)
class View:
    """What a timeline is drawn with.

    Attributes:
        timeline: The build.
        critical: The rows on the critical path.
        usual: The median time that each row's job took before, in seconds.
        at: The time cursor.
        axis: Where the bars are.
        name: How many cells names have.
        palette: The styles.
    """

    timeline: Timeline
    critical: frozenset[str]
    usual: Mapping[str, float]
    at: float
    axis: Axis
    name: int
    palette: Palette

    def _begin(self, name: str, style: str = "foreground") -> Line:
        text = safe(name)
        text = text if cell_len(text) <= self.name else set_cell_size(text, self.name - 1) + "…"
        return Line().put(f" {set_cell_size(text, self.name)} ", self.palette[style]).put("│", self.palette["faint"])

    def _end(self, line: Line, cells: Cells, char: str = "") -> Line:
        cells.mark(self.axis.cell(self.at), self.palette["cursor"] + self.palette["accent"], char)
        return cells.draw(line)

    def draw_axis(self) -> list[Line]:
        """Draw the times of day above the bars, and below each a tick."""
        times, ticks = Cells(self.axis.width), Cells(self.axis.width)
        step = next((step for step in _STEPS if step >= self.axis.scale * _STEP_CELLS), _STEPS[-1])
        first = self.timeline.build.at % step if step >= 1 else 0.0
        at = -first
        while at < self.axis.left + self.axis.width * self.axis.scale:
            cell = self.axis.cell(at)
            if at >= self.axis.left and times.width - cell > 8:
                times.put(cell, format_clock(self.timeline.build.at + at, step), self.palette["muted"])
                ticks.put(cell, "│", self.palette["faint"])
            at += step
        margin = " " * (self.name + 3)
        return [times.draw(Line().put(margin)), self._end(Line().put(margin), ticks)]

    def draw_span(self, span: Span) -> Line:
        """Draw a job: its name, its bar, its id and how long it took."""
        name = f"{span.method} {span.name}" if span.name not in ("", span.method) else span.method
        line = self._begin(f"  {name}" if span.parent else name)
        cells = Cells(self.axis.width)
        if span.has_run:
            double = span.row in self.critical
            self._put_bar(cells, span.began, span.ended, double, self._style(span), self._labels(span))
        else:
            self._put_waiting(cells, span)
        return self._end(line, cells)

    def draw_slices(self, slices: Sequence[Slice]) -> Line:
        """Draw slices that ended at about the same time as one bar."""
        numbers = f"slice{'s' * (len(slices) > 1)} {format_numbers([each.number for each in slices])}"
        cells = Cells(self.axis.width)
        first, last = min(each.began for each in slices), max(each.ended for each in slices)
        style = self.palette["error" if any(each.failed for each in slices) else "muted"]
        self._put_bar(cells, first, last, False, style, [format_seconds(last - first)])
        return self._end(self._begin(f"  {numbers}", "muted"), cells)

    def draw_skew(self, slices: Sequence[Slice], skew: float) -> Line:
        """Draw the slowest slice, with how many times the median it took."""
        slowest = max(slices, key=lambda each: each.seconds)
        cells = Cells(self.axis.width)
        label = f"{format_seconds(slowest.seconds)}, skew {skew:.1f}×"
        self._put_bar(cells, slowest.began, slowest.ended, False, self.palette["warning"], [label])
        return self._end(self._begin(f"  slice {slowest.number}", "warning"), cells)

    def draw_place(self, number: int, spans: Sequence[Span]) -> Line:
        """Draw the jobs that ran in one slot."""
        cells = Cells(self.axis.width)
        for span in spans:
            text = safe(f" {span.method} ")
            fits = cell_len(text) <= self.axis.cell(span.ended) - self.axis.cell(span.began) - 2
            double = span.row in self.critical
            self._put_bar(cells, span.began, span.ended, double, self._style(span), [])
            if fits:
                cells.put(max(0, self.axis.cell(span.began)) + 1, text, self._style(span))
        return self._end(self._begin(f"slot {number}"), cells)

    def draw_busy(self) -> Line:
        """Draw how much of the slots was busy."""
        cells, axis = Cells(self.axis.width), self.axis
        edges = [axis.left + cell * axis.scale for cell in range(axis.width + 1)]
        last = axis.cell(self.timeline.seconds)
        for cell, level in enumerate(busy_levels(self.timeline, edges)[: last + 1]):
            cells.put(cell, _EIGHTHS[max(0, min(8, round(level * 8)))], self.palette["primary"])
        return self._end(self._begin(f"slots   of {self.timeline.slots}", "muted"), cells)

    def draw_ruler(self, text: str) -> Line:
        """Draw the line with the time cursor on it, and what happened there."""
        cells, cell = Cells(self.axis.width), self.axis.cell(self.at)
        cells.put(0, "─" * min(self.axis.width, self.axis.cell(self.timeline.seconds) + 1), self.palette["faint"])
        clock = format_clock(self.timeline.build.at + self.at, min(1.0, self.axis.scale))
        label = f" {clock} {safe(text)}".rstrip() + " "
        start = cell + 1 if cell + 1 + cell_len(label) <= cells.width else max(0, cell - cell_len(label))
        cells.put(start, label, self.palette["accent"] + self.palette["strong"])
        cells.put(cell, "▲", self.palette["accent"] + self.palette["strong"])
        return cells.draw(Line().put(" " * (self.name + 2)).put("└", self.palette["faint"]))

    def _style(self, span: Span) -> Style:
        return self.palette.state(span.state)

    def _labels(self, span: Span) -> list[str]:
        """Return what can be written beside a bar, the longest first."""
        glyph = {"failed": " ✘", "cancelled": " ⊗", "running": " ▶"}.get(span.state, "")
        usual = self.usual.get(span.row, 0.0)
        slow = f", {span.seconds / usual:.1f}× its median" if usual and span.seconds > _SLOW * usual else ""
        short = f"{safe(span.job)} {format_seconds(span.seconds)}{glyph}".lstrip()
        return [short + slow, short]

    def _put_bar(
        self, cells: Cells, began: float, ended: float, double: bool, style: Style, labels: Sequence[str]
    ) -> None:
        """Draw a bar and a label: after it, before it, or in it, wherever there is room for one."""
        first, last = self.axis.cell(began), self.axis.cell(ended)
        if last < 0 or first >= cells.width:
            return
        left, right = max(0, first), min(cells.width - 1, last)
        inner = "═" if double else "─"
        head = inner if first < 0 else "╞" if double else "├"
        tail = inner if last >= cells.width else "╡" if double else "┤"
        text = head + inner * (right - left - 1) + tail if right > left else "╪" if double else "┼"
        cells.put(left, text, style + self.palette["strong"] if double else style)
        for label in labels:
            width = cell_len(label)
            if width <= cells.width - right - 2:
                cells.put(right + 2, label, self.palette["muted"])
            elif width <= left - 1:
                cells.put(left - 1 - width, label, self.palette["muted"])
            elif width + 2 <= right - left - 3:
                cells.put(left + 2, f" {label} ", self.palette["muted"])
            else:
                continue
            return

    def _put_waiting(self, cells: Cells, span: Span) -> None:
        text = {"failed": f"✘ {safe(span.message)}", "cancelled": "⊗ cancelled"}.get(span.state)
        text = text or ("⊘ not run" if self.timeline.build.outcome else "○ waits")
        cells.put(max(0, self.axis.cell(span.asked)), text, self._style(span))


def group_slices(slices: Sequence[Slice]) -> list[Sequence[Slice]]:
    """Put slices together that are alike: those that ended at about the same time, the slowest last."""
    ordered = sorted(slices, key=lambda each: each.ended)
    whole = max((each.seconds for each in slices), default=0.0)
    groups: list[list[Slice]] = []
    for each in ordered:
        if groups and each.ended - groups[-1][0].ended <= _EVEN * whole:
            groups[-1].append(each)
        else:
            groups.append([each])
    return list(groups)


def is_skewed(slices: Sequence[Slice], least: float = 1.5) -> bool:
    """Tell whether one slice took much longer than the median slice."""
    return skew_of(slices) >= least


def format_numbers(numbers: Sequence[int]) -> str:
    """Write numbers as ranges: `0-2, 4`."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)


def format_clock(at: float, step: float = 1.0) -> str:
    """Write a wall time as finely as a step of so many seconds needs."""
    text = time.strftime("%H:%M" if step >= 60 else "%H:%M:%S", time.localtime(at))
    if step >= 1:
        return text
    digits = 1 if step >= 0.1 else 2
    return text + f"{at % 1:.{digits}f}"[1:] if at % 1 < 1 - 0.5 / 10**digits else text + "." + "9" * digits


def median_times(durations: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Return the median of what each row's jobs took."""
    return {row: statistics.median(seconds) for row, seconds in durations.items() if seconds}
