"""The lines of the job list as they are drawn: rows, groups, lanes, gutter, title. Knows no keys."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from rich.style import Style
from textual.events import Resize

from axtui.base import clock
from axtui.tui.job_line import Columns, View, draw_group, draw_method, draw_row, draw_script, measure
from axtui.tui.job_list import GROUP, JobList
from axtui.tui.lanes import LaneRow
from axtui.tui.list_pane import ListPane
from axtui.tui.marks import Marks
from axtui.tui.measure import Share
from axtui.tui.palette import Line
from axtui.tui.reader import Reader
from axtui.tui.rows import SCRIPT, Row
from axtui.tui.state import Board, Changes
from axtui.tui.terms import BadTermError

if TYPE_CHECKING:
    from axtui.tui.app import AxtuiApp

_LANES_WIDE, _LANES_NARROW = 8, 5
_WIDE = 76
_FLAT = LaneRow()


class JobLines(ListPane, inherit_bindings=False):
    """The jobs of a board, a line each.

    Attributes:
        filter: The filter in force, as it was typed.
        sorted_by: What the table is sorted by, "" where it never was.
        marks: Which rows are marked.
    """

    def __init__(self, board: Board, reader: Reader) -> None:
        super().__init__(id="jobs")
        self._board = board
        self._reader = reader
        self._list = JobList(board, self._age)
        self._columns = Columns(1, 10, 6, _WIDE)
        self._gutter: dict[str, str] = {}
        self._shares: Mapping[str, Share] = {}
        self._scope = ""
        self.filter = ""
        self.sorted_by = ""
        self.marks = Marks()

    @property
    def keys(self) -> Sequence[str]:
        """The key of each line."""
        return self._list.keys

    @property
    def row(self) -> Row | None:
        """The row under the cursor; None on a group."""
        return self.find(self.cursor)

    @property
    def folds(self) -> bool | None:
        """Whether the user has had all repeats folded or unfolded."""
        return self._list.folds

    @property
    def is_narrowed(self) -> bool:
        """Whether jobs may be left out."""
        return self._list.is_filtered()

    def at(self, key: str) -> int | None:
        """Return the line of a row or group."""
        return self._list.at(key)

    def find(self, key: str) -> Row | None:
        """Return a row of the build, or that of a broken method that no row has."""
        return self._list.find(key)

    def show(self, changes: Changes) -> None:
        """Draw what changed; lines are found anew only where rows came, went, read something else, fold or unfold."""
        before, self._list.extra = self._list.extra, self._find_extra()
        is_other = changes.relaid or before.keys() != self._list.extra.keys()
        if self._list.touch({*changes.rows, *self._list.extra}) or is_other:
            self._lay()
        else:
            self.refresh_rows({*changes.rows, *self._list.extra})
        self._show_title()

    def show_shares(self, shares: Mapping[str, Share]) -> None:
        """Take how far the running jobs are and redraw their lines."""
        self._shares = shares
        self.refresh_rows(shares)

    def narrow(self, text: str) -> str:
        """Show only rows that pass a filter, "" shows all; return what is wrong with it."""
        try:
            self._list.narrow(text)
        except BadTermError as error:
            return str(error)
        self.filter = text
        self._lay()
        self._show_title()
        return ""

    def _limit(self, keys: Collection[str] | None, text: str) -> None:
        self._list.scope, self._scope = keys, text
        self._lay()
        self._show_title()

    def move_to(self, key: str) -> None:
        """Put the cursor on a row, out of its fold, and bring it into view."""
        line = self._list.at(key)
        self._list.visit(key)
        if line is not None and self.keys[line] != key and not key.startswith(GROUP):
            self.cursor, before = key, self.cursor
            self._lay()
            self.cursor = before
        super().move_to(key)
        self._mark_gutter()
        self._show_title()

    @property
    def nothing(self) -> str:
        """Say what would make a job."""
        if self.is_narrowed:
            return "no job fits the filter; esc shows all"
        if self._board.is_building:
            return "the build script has asked for nothing yet"
        return "no build yet; b runs the build script"

    def now(self) -> float:
        """Return the time against which running jobs are drawn, on the monotonic clock."""
        return clock.monotonic()

    def line(self, y: int) -> Line:
        """Draw a row or a group."""
        key = self.keys[y]
        lane = self._lane(y)
        mark = self._gutter.get(key, " ") + ("*" if self.marks.has(self._list.rows_of(key)) else " ")
        row = self.find(key)
        label = self._reader.label(row.job) if row and row.job else ""
        references = tuple(self._refer(self.keys[line]) for line in lane.spilled)
        references += tuple(f"↑ {self._refer(self.keys[line])}" for line in self._list.back.get(y, ()))
        view = View(self.now(), mark, self._shares.get(key), label, references)
        line = self._draw_row(row, lane, view) if row else self._draw_group(key, lane, view)
        return line.cut(self.room)

    def _lane(self, y: int) -> LaneRow:
        """Return what is left of a line; where that is wider than any before it, give it room."""
        lane = self._list.lanes[y] if self._list.lanes else _FLAT
        if lane.width > self._columns.lanes:
            self._columns = replace(self._columns, lanes=lane.width)
            self.call_later(self.refresh)
        return lane

    def _draw_row(self, row: Row, lane: LaneRow, view: View) -> Line:
        build = self._board.build
        if row.row == SCRIPT and build:
            return draw_script(row, build, self._columns, view, self.palette)
        return draw_row(row, lane, self._board.table, self._columns, view, self.palette)

    def _draw_group(self, key: str, lane: LaneRow, view: View) -> Line:
        group = self._list.group(key)
        if group is None:
            return Line()
        rows = self._list.rows_of(key)
        first, last = self._board.table.rows[rows[0]], self._board.table.rows[rows[-1]]
        counts = self._list.counts(group)
        if self._list.mode == "methods":
            is_chained = (self.at(key) or 0) in self._list.loops
            return draw_method(group, first.method, counts, is_chained, lane, self._columns, view, self.palette)
        return draw_group(group, (first.method, last.method), counts, lane, self._columns, view, self.palette)

    def _refer(self, key: str) -> str:
        """Return how a line is referred to where no lane leads to it."""
        row = self.find(self._list.rows_of(key)[0])
        return row.row if row else ""

    def band(self, y: int) -> Style | None:
        """Put the line under the cursor on a band."""
        if self.keys[y] != self.cursor:
            return None
        return self.palette["focus" if self.has_focus else "cursor"]

    def on_resize(self, event: Resize) -> None:
        """Lay the lanes anew, as a narrow pane has fewer, and keep the cursor in view."""
        self._lay()
        self.bring(self.at(self.cursor) or 0)

    def _lay(self) -> None:
        """Find the lines, and leave cursor and view where they were."""
        was = self.at(self.cursor) or 0
        top = was - self.scroll_offset.y
        most = cast("AxtuiApp", self.app).settings.lanes or _LANES_WIDE
        self._list.arrange(most if self.size.width >= _WIDE else min(most, _LANES_NARROW))
        firsts = (self.find(key.removeprefix(GROUP)) for key in self.keys)
        self._columns = measure(firsts, self._board.table, self._list.lanes, self.size.width)
        self.resize_content(len(self.keys))
        line = self.at(self.cursor)
        if line is None:
            rows = self._board.table.rows
            line = was if self.cursor else next((at for at, key in enumerate(self.keys) if key in rows), 0)
            super().move_to(self.keys[min(line, len(self.keys) - 1)] if self.keys else "")
        else:
            if self.keys[line] != self.cursor:
                super().move_to(self.keys[line])
            if 0 <= top < self.size.height:
                self.go_to(line - top)
        self._mark_gutter()
        self.refresh()

    def _mark_gutter(self) -> None:
        """Mark the cursor's row, what it reads and what reads it, in the gutter."""
        links = self._board.links
        gutter = dict.fromkeys(links.inputs(self.cursor), "‹")
        gutter |= dict.fromkeys(links.users(self.cursor), "›")
        gutter[self.cursor] = "▌"
        changed = {key for key in {*gutter, *self._gutter} if gutter.get(key) != self._gutter.get(key)}
        self._gutter = gutter
        self.refresh_rows(changed)

    def _age(self, row: Row) -> float:
        """Return how many seconds ago the job of a row was made."""
        at = row.at or (self._reader.built_at(row.job) if row.job else 0.0)
        return clock.wall() - at

    def _find_extra(self) -> dict[str, Row]:
        """Make a row for the build script, and for each broken method that has none in this build."""
        build, broken = self._board.build, self._board.broken
        script = {SCRIPT: build.to_row()} if build else {}
        present = {row.method for row in self._board.table} if broken else set()
        missing = [value for name, value in sorted(broken.items()) if name not in present]
        return script | {value.key: Row(value.key, value.method, broken=value) for value in missing}

    def _show_title(self) -> None:
        mode = f"table by {self.sorted_by}" if self._list.mode == "table" else self._list.mode
        place, jobs = self._list.place(self.cursor)
        marked = f"{len(self.marks.keys)} marked · " if self.marks.keys else ""
        texts = [f"Jobs: {mode}", *filter(None, (self.filter, self._scope))]
        self.title(" · ".join(texts), f"{marked}{place} of {jobs}" if jobs else "")
