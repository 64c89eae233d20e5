"""The timeline of one build: bars that scroll between an axis above, and slots, time cursor and sentences below."""

from __future__ import annotations

import bisect
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.message import Message
from textual.strip import Strip

from axtui.base.text import safe
from axtui.tui.idleness import explain
from axtui.tui.palette import Line
from axtui.tui.pane import Pane
from axtui.tui.slots import assign_places
from axtui.tui.spans import Link, Slice, Span, Timeline, critical_path, skew_of
from axtui.tui.timeline_lines import Axis, View, format_clock, group_slices, is_skewed

_NAME_WIDE, _NAME_NARROW = 14, 10
_TOP = 2
_BOTTOM_TALL, _BOTTOM_SHORT = 6, 4
_TALL = 16
_SKEWED_MOST = 8
"""Of so many of the longest jobs the slices are shown at once where they are skewed."""
_MARGIN = 0.98
_FAR_SECONDS = 10.0
_ZOOM_MOST = 4096


@dataclass(frozen=True)
class _Item:
    """One line: a job, slices of it, or the jobs of a slot. `row` is whose it is, "" for a slot."""

    row: str
    draw: Callable[[View], Line]


class TimelinePane(Pane, inherit_bindings=False):
    """The bars of a build and the time cursor. Says where the cursor is; decides nothing."""

    NUMBER = 2
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "moment(-1)", "event before", id="time.before", tooltip="time cursor to the event before"),
        Binding("right", "moment(1)", "next event", id="time.next", tooltip="time cursor to the next event"),
        Binding("shift+left", f"seconds(-{_FAR_SECONDS})", "10 s back", show=False, id="time.back"),
        Binding("shift+right", f"seconds({_FAR_SECONDS})", "10 s on", show=False, id="time.on"),
        Binding("left_curly_bracket", "failure(-1)", "failure before", show=False, id="time.failure_before"),
        Binding("right_curly_bracket", "failure(1)", "next failure", show=False, id="time.failure_next"),
        Binding("home", "seconds(-1e9)", "to the beginning", show=False, id="time.first"),
        Binding("end", "seconds(1e9)", "to the end", show=False, id="time.last"),
        Binding("j,down", "row(1)", "job below", show=False, id="timeline.down"),
        Binding("k,up", "row(-1)", "job above", show=False, id="timeline.up"),
        Binding("g", "row(-1000000)", "first job", show=False, id="timeline.top"),
        Binding("G", "row(1000000)", "last job", show=False, id="timeline.bottom"),
        Binding("pagedown,ctrl+f", "page(1)", "page down", show=False, id="timeline.page_down"),
        Binding("pageup,ctrl+b", "page(-1)", "page up", show=False, id="timeline.page_up"),
        Binding("plus", "scale(2)", "finer", id="timeline.finer", tooltip="show less time, finer"),
        Binding("minus", "scale(0.5)", "coarser", show=False, id="timeline.coarser", tooltip="show more time"),
        Binding("w", "scale(0)", "fit width", show=False, id="timeline.fit", tooltip="show the whole build"),
        Binding("t", "places", "jobs/slots", id="timeline.places", tooltip="a line a job, or a line a slot"),
        Binding("l", "slices", "slices", id="timeline.slices", tooltip="show the slices of this job, or hide them"),
        Binding("enter", "open", "inspect", id="timeline.open", tooltip="inspect the job in this build"),
    ]

    @dataclass
    class Moved(Message):
        """The time cursor or the job cursor is somewhere else; `at` is in seconds since the build began."""

        at: float

    @dataclass
    class Opened(Message):
        """A job should be looked at closely."""

        row: str

    def __init__(self, slices: Callable[[Span, Timeline], Sequence[Slice]]) -> None:
        super().__init__(id="timeline")
        self._slices_of = slices
        self._timeline: Timeline | None = None
        self._critical: Sequence[Link] = ()
        self._usual: Mapping[str, float] = {}
        self._slices: dict[str, Sequence[Slice]] = {}
        self._unfolded: set[str] = set()
        self._items: list[_Item] = []
        self._by_place = False
        self._scale = 1.0
        self._said: list[str] = []
        self.at = 0.0
        self.cursor = ""

    @property
    def critical(self) -> Sequence[Link]:
        """The jobs on the critical path."""
        return self._critical

    def show(self, timeline: Timeline, usual: Mapping[str, float], at: float | None = None) -> None:
        """Draw a build.

        Args:
            timeline: The build in time.
            usual: The median time that each row's job took before, in seconds.
            at: Where the time cursor goes; None leaves it there if this build was shown before.
        """
        same = self._timeline is not None and self._timeline.build.number == timeline.build.number
        self._timeline, self._usual = timeline, usual
        self._critical = critical_path(timeline)
        if not same:
            self._slices, self._scale, self._unfolded = {}, 1.0, self._find_skewed(timeline)
            self.cursor = timeline.spans[0].row if timeline.spans else ""
        self._lay()
        self.move_time(at if at is not None else self.at if same else timeline.seconds)

    def move_time(self, at: float) -> None:
        """Put the time cursor somewhere, in seconds since the build began."""
        if self._timeline is None:
            return
        self.at = max(0.0, min(at, self._timeline.seconds))
        running = self._timeline.running(self.at)[:_SKEWED_MOST]
        known = {span.row: self._known_slices(span) for span in running}
        if running:
            self._bring(running[0].row)
        self._said = explain(self._timeline, self.at, known)
        self._show_title()
        self.refresh()
        self.post_message(self.Moved(self.at))

    def move_to(self, row: str) -> None:
        """Put the cursor on a job and bring it into view."""
        self.cursor = row
        self._bring(row)
        self.refresh()
        self.post_message(self.Moved(self.at))

    def _bring(self, row: str) -> None:
        at = next((number for number, item in enumerate(self._items) if item.row == row), 0)
        top, height = self.scroll_offset.y, max(1, self.size.height - _TOP - self._bottom)
        if at < top:
            self.go_to(at)
        elif at >= top + height:
            self.go_to(at - height + 1)

    def render_line(self, y: int) -> Strip:
        """Draw a line of what is visible: axis, bars, or what stands below them."""
        view, base = self._view(), self.rich_style
        below = y - (self.size.height - self._bottom)
        if view is None:
            return Strip.blank(self.room, base)
        if y < _TOP:
            return self._strip(view.draw_axis()[y], base)
        if below >= 0:
            return self._strip(self._footer(view)[below], base)
        at = y - _TOP + self.scroll_offset.y
        if at >= len(self._items):
            return self._strip(Line().put(self._nothing(y)), base + self.palette["faint"])
        band = self.palette["focus" if self.has_focus else "cursor"]
        chosen = self._items[at].row == self.cursor and not self._by_place
        return self._strip(self._items[at].draw(view), base + band if chosen else base)

    def on_click(self, event: Click) -> None:
        """Move the time cursor, and the job cursor, to where the mouse is."""
        view, offset = self._view(), event.get_content_offset(self)
        if view is None or offset is None:
            return
        if offset.x >= view.name + 3:
            self.move_time(view.axis.at(offset.x - view.name - 3))
        at = offset.y - _TOP + self.scroll_offset.y
        if offset.y >= _TOP and at < len(self._items) and offset.y < self.size.height - self._bottom:
            self.move_to(self._items[at].row)

    def on_resize(self) -> None:
        """Lay the lines anew: less fits in below."""
        self._lay()

    def action_moment(self, step: int) -> None:
        """Move the time cursor to the next event."""
        times = [at for at, _ in self._timeline.moments] if self._timeline else []
        self._step(times, step, "event")

    def action_failure(self, step: int) -> None:
        """Move the time cursor to the next failure."""
        self._step(self._timeline.failures() if self._timeline else [], step, "failure")

    def action_seconds(self, seconds: float) -> None:
        """Move the time cursor by seconds."""
        self.move_time(self.at + seconds)

    def action_row(self, step: int) -> None:
        """Move the cursor by jobs."""
        rows = list(dict.fromkeys(item.row for item in self._items if item.row))
        if rows:
            at = (rows.index(self.cursor) if self.cursor in rows else 0) + step
            self.move_to(rows[max(0, min(at, len(rows) - 1))])

    def action_page(self, pages: float) -> None:
        """Move the cursor by pages."""
        self.action_row(int(pages * max(1, self.size.height - _TOP - self._bottom)))

    def action_scale(self, factor: float) -> None:
        """Show more or less time; 0 shows the whole build."""
        self._scale = max(1.0, min(_ZOOM_MOST, self._scale * factor)) if factor else 1.0
        self._show_title()
        self.refresh()

    def action_places(self) -> None:
        """Draw a line a slot, or a line a job."""
        self._by_place = not self._by_place
        self._lay()
        self._show_title()

    def action_slices(self) -> None:
        """Show the slices of the job under the cursor, or hide them."""
        span = self._find(self.cursor)
        if span is None or not self._known_slices(span):
            self.hint("nothing is known of slices of this job")
            return
        self._unfolded ^= {self.cursor}
        self._lay()

    def action_open(self) -> None:
        """Ask for a close look at the job under the cursor."""
        if self.cursor:
            self.post_message(self.Opened(self.cursor))

    @property
    def _bottom(self) -> int:
        return _BOTTOM_TALL if self.size.height >= _TALL else _BOTTOM_SHORT

    def _step(self, times: Sequence[float], step: int, what: str) -> None:
        ordered = sorted(set(times))
        at = bisect.bisect_right(ordered, self.at) if step > 0 else bisect.bisect_left(ordered, self.at) - 1
        if 0 <= at < len(ordered):
            self.move_time(ordered[at])
        else:
            self.hint(f"there is no {what} {'after' if step > 0 else 'before'} this")

    def _view(self) -> View | None:
        timeline = self._timeline
        if timeline is None:
            return None
        name = _NAME_WIDE if self.room >= 70 else _NAME_NARROW
        width = max(10, self.room - name - 4)
        scale = max(timeline.seconds, 0.05) / (width * _MARGIN) / self._scale
        left = max(0.0, min(self.at - width * scale / 2, timeline.seconds - width * scale * _MARGIN))
        critical = frozenset(link.span.row for link in self._critical)
        return View(timeline, critical, self._usual, self.at, Axis(left, scale, width), name, self.palette)

    def _footer(self, view: View) -> list[Line]:
        """Draw what stands below the bars: slots, the time cursor, what ran then and why not more."""
        what = [text for at, text in view.timeline.moments if at == self.at]
        lines = [view.draw_busy(), view.draw_ruler(what[-1] if what else "")]
        indent, clock = view.name + 3, format_clock(view.timeline.build.at + self.at)
        room = self._bottom - len(lines)
        said = [part for text in self._said for part in textwrap.wrap(safe(text), max(20, self.room - indent - 1))]
        for number in range(room):
            line = Line().put((f" at {clock}" if number == 0 else "").ljust(indent), self.palette["muted"])
            lines.append(line.put(said[number] if number < len(said) else "", self.palette["foreground"]))
        return lines

    def _strip(self, line: Line, style: Style) -> Strip:
        return Strip(line).crop_extend(0, self.room, None).apply_style(style)

    def _nothing(self, y: int) -> str:
        return " every job was there already: nothing ran" if y == _TOP and not self._items else ""

    def _show_title(self) -> None:
        subtitle = "w fit width" if self._scale > 1 else "critical path in double line"
        self.title("Timeline of slots" if self._by_place else "Timeline", subtitle)

    def _lay(self) -> None:
        self._items = list(self._place_items() if self._by_place else self._job_items())
        self.resize_content(len(self._items) + _TOP + self._bottom)
        self.refresh()

    def _job_items(self) -> Iterable[_Item]:
        for span in self._timeline.spans if self._timeline else ():
            yield _Item(span.row, lambda view, span=span: view.draw_span(span))  # type: ignore[misc]
            if span.row in self._unfolded:
                yield from self._slice_items(span)

    def _slice_items(self, span: Span) -> Iterable[_Item]:
        slices = self._known_slices(span)
        groups = group_slices(slices)
        if is_skewed(slices) and len(groups[-1]) == 1:
            skew = skew_of(slices)
            yield from (_Item(span.row, lambda view, each=each: view.draw_slices(each)) for each in groups[:-1])  # type: ignore[misc]
            yield _Item(span.row, lambda view: view.draw_skew(slices, skew))
        else:
            yield from (_Item(span.row, lambda view, each=each: view.draw_slices(each)) for each in groups)  # type: ignore[misc]

    def _place_items(self) -> Iterable[_Item]:
        spans = self._timeline.ran if self._timeline else []
        places = assign_places(spans)
        for number in range(max(places.values(), default=-1) + 1):
            held = [span for span in spans if places[span.row] == number]
            yield _Item("", lambda view, number=number, held=held: view.draw_place(number, held))  # type: ignore[misc]

    def _find(self, row: str) -> Span | None:
        return next((span for span in self._timeline.spans if span.row == row), None) if self._timeline else None

    def _known_slices(self, span: Span) -> Sequence[Slice]:
        """Return the slices of a job, read once for one that has ended."""
        if self._timeline is None:
            return ()
        if span.row in self._slices and span.state != "running":
            return self._slices[span.row]
        self._slices[span.row] = self._slices_of(span, self._timeline)
        return self._slices[span.row]

    def _find_skewed(self, timeline: Timeline) -> set[str]:
        longest = sorted(timeline.ran, key=lambda span: -span.seconds)[:_SKEWED_MOST]
        return {span.row for span in longest if is_skewed(self._known_slices(span))}
