"""Pane 5: which job is in which slot, on what the length of the build hangs, and what happened. Decides nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Click, Resize
from textual.message import Message
from textual.strip import Strip

from axtui.base.clock import format_seconds
from axtui.base.text import safe
from axtui.tui.estimates import Estimate
from axtui.tui.glyphs import GLYPHS, bar, cut
from axtui.tui.happenings import Happening
from axtui.tui.measure import Share
from axtui.tui.palette import Line
from axtui.tui.pane import Pane
from axtui.tui.rows import Row
from axtui.tui.state import Board

_SLOT_WIDTH = 38
_BAR = 8
_PATH_MOST = 8


class EventsPane(Pane, inherit_bindings=True):
    """What goes on in the build."""

    NUMBER = 5
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("F", "last", "follow", id="events.follow", tooltip="go to what happened last, and stay there"),
    ]

    @dataclass
    class Picked(Message):
        """A row was clicked."""

        row: str

    def __init__(self, board: Board, slots: int) -> None:
        super().__init__(id="events")
        self._board = board
        self._slots = slots
        self._head: list[Line] = []
        self._slots_shown: tuple[Sequence[Row], Mapping[str, Share], Estimate] = ((), {}, Estimate())
        self._happened: Sequence[Happening] = ()
        self._last: Happening | None = None
        self._follows = True

    @property
    def nothing(self) -> str:
        """Say that nothing happened."""
        return "nothing has happened yet"

    def show(self) -> None:
        """Take in what happened since."""
        last = self._board.happened[-1] if self._board.happened else None
        if last is self._last:
            return
        self._last, self._happened = last, list(self._board.happened)
        self.resize_content(len(self._head) + len(self._happened))
        self._stay_at_end()
        build = self._board.build
        self.title(f"Build {build.number}: slots and events" if build else "Slots and events")
        self.refresh()

    def show_slots(self, running: Sequence[Row], shares: Mapping[str, Share], found: Estimate) -> None:
        """Draw what runs, and the critical path."""
        self._slots_shown = running, shares, found
        head = [*self._draw_slots(running, shares), *self._draw_path(found)]
        if head == self._head:
            return
        before, self._head = len(self._head), head
        if len(head) != before:
            self.resize_content(len(head) + len(self._happened))
            self._stay_at_end()
            self.refresh()
        else:
            for y in range(len(head)):
                self.refresh_line(self.scroll_offset.y + y)

    def on_resize(self, event: Resize) -> None:
        """Draw what runs for the new width, and stay at the end."""
        self.show_slots(*self._slots_shown)
        self._stay_at_end()

    def watch_show_vertical_scrollbar(self) -> None:
        """Draw what runs for the width that the scrollbar leaves."""
        self.show_slots(*self._slots_shown)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow from the end on; who goes elsewhere leaves."""
        super().watch_scroll_y(old_value, new_value)
        self._follows = self.scroll_offset.y >= self._lines - self.size.height

    def _stay_at_end(self) -> None:
        """Go to the end again where it is followed: there are more lines, or fewer of them have room."""
        if self._follows:
            self.action_last()

    def _draw_slots(self, running: Sequence[Row], shares: Mapping[str, Share]) -> list[Line]:
        across = max(1, self.room // _SLOT_WIDTH)
        lines = []
        for start in range(0, min(len(running), 2 * across), across):
            line = Line().put(" slots  " if not start else "        ", self.palette["muted"])
            for row in running[start : start + across]:
                share = shares.get(row.row)
                filled, empty = bar(share.value if share else 0.0, _BAR)
                name = cut(safe(f"{row.method} {row.job}"), _SLOT_WIDTH - _BAR - 10)
                line.put(f"{name} ", self.palette["foreground"]).put(filled, self.palette["primary"])
                line.put(f"{empty}   ", self.palette["faint"])
            lines.append(line)
        return lines

    def _draw_path(self, found: Estimate) -> list[Line]:
        if not found.path:
            return []
        rows = [self._board.table.rows[key] for key in found.path if key in self._board.table.rows]
        names = [f"{safe(row.method)}{f' {safe(row.job)}' if row.state == 'running' else ''}" for row in rows]
        shown = " ▸ ".join(names[:_PATH_MOST]) + (
            f" ▸ {len(names) - _PATH_MOST} more" if len(names) > _PATH_MOST else ""
        )
        more = "more slots would help" if found.is_bound_by_slots else "no more slots would help"
        end = f"   critical path {format_seconds(found.path_seconds)}; {more} "
        line = Line().put(" path   ", self.palette["muted"])
        line.put(cut(shown, max(10, self.room - 8 - len(end))), self.palette["foreground"])
        return [line.put(end, self.palette["muted"])]

    def render_line(self, y: int) -> Strip:
        """Draw a line: what runs stays above what happened, however far that is scrolled."""
        if y < len(self._head):
            return Strip(self._head[y]).crop_extend(0, self.room, None).apply_style(self.rich_style)
        return super().render_line(y)

    def line(self, y: int) -> Line:
        """Draw what happened."""
        happening = self._happened[y - len(self._head)]
        at = time.strftime("%H:%M:%S", time.localtime(happening.at))
        line = Line().put(f" {at}  ", self.palette["muted"])
        if happening.state:
            line.put(GLYPHS[happening.state] + " ", self.palette.state(happening.state))
        bad = happening.state in ("failed", "broken")
        return line.put(safe(happening.text), self.palette["error" if bad else "foreground"]).cut(self.room)

    def on_click(self, event: Click) -> None:
        """Say which row was meant."""
        offset = event.get_content_offset(self)
        number = (offset.y if offset else 0) + self.scroll_offset.y - len(self._head)
        if offset and offset.y >= len(self._head) and 0 <= number < len(self._happened):
            row = self._happened[number].row
            if row in self._board.table.rows:
                self.post_message(self.Picked(row))
            else:
                self.hint("this belongs to no job of the list")
