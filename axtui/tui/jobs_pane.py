"""Pane 1: the jobs of the build, one line each, with lanes. Says which row was picked; decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click, Resize
from textual.message import Message

from axtui.base import clock
from axtui.tui.job_line import Columns, View, draw_row, draw_script
from axtui.tui.lanes import LaneRow, lay_out
from axtui.tui.measure import Share
from axtui.tui.palette import Line
from axtui.tui.pane import Pane
from axtui.tui.rows import SCRIPT, Row
from axtui.tui.state import Board, Changes

_LANES_WIDE, _LANES_NARROW = 8, 5
_NARROW = 60
_FLAT = LaneRow(((" ", 0),), 0, ())


class JobsPane(Pane, inherit_bindings=False):
    """The job list. Its cursor stands on a row, not on a line: only the user moves it to another row."""

    NUMBER = 1
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "line(1)", "down", show=False, id="jobs.down"),
        Binding("k,up", "line(-1)", "up", show=False, id="jobs.up"),
        Binding("g,home", "first", "first job", show=False, id="jobs.first"),
        Binding("G,end", "last", "last job", show=False, id="jobs.last"),
        Binding("ctrl+d", "page(0.5)", "half a page down", show=False, id="jobs.half_down"),
        Binding("ctrl+u", "page(-0.5)", "half a page up", show=False, id="jobs.half_up"),
        Binding("pagedown,ctrl+f", "page(1)", "page down", show=False, id="jobs.page_down"),
        Binding("pageup,ctrl+b", "page(-1)", "page up", show=False, id="jobs.page_up"),
        Binding("h,left", "input", "to its input", show=False, id="jobs.input"),
        Binding("l,right", "user", "to its user", show=False, id="jobs.user"),
        Binding("enter", "open", "inspect", id="jobs.open"),
        Binding("}", "problem(1)", "next failure", show=False, id="jobs.next_failure"),
        Binding("{", "problem(-1)", "failure before", show=False, id="jobs.previous_failure"),
    ]

    @dataclass
    class Picked(Message):
        """The cursor stands on another row; "" where there is none."""

        row: str

    @dataclass
    class Opened(Message):
        """A row should be looked at closely."""

        row: str

    def __init__(self, board: Board, label: Callable[[str], str]) -> None:
        super().__init__(id="jobs")
        self._board = board
        self._label = label
        self._keys: list[str] = []
        self._at: dict[str, int] = {}
        self._lanes: list[LaneRow] = []
        self._columns = Columns(1, 10, 6, 76)
        self._marks: dict[str, str] = {}
        self._shares: Mapping[str, Share] = {}
        self._extra: dict[str, Row] = {}
        self._inputs: dict[str, list[str]] = {}
        self._users: dict[str, list[str]] = {}
        self._filter = ""
        self.cursor = ""

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.find(self.cursor)

    def find(self, key: str) -> Row | None:
        """Return a row of the build, or that of a broken method that no row has."""
        return self._board.table.rows.get(key) or self._extra.get(key)

    def show(self, changes: Changes) -> None:
        """Draw what changed; lanes are laid anew only where rows came, went or read something else."""
        before, self._extra = self._extra, self._find_extra()
        if changes.relaid or before.keys() != self._extra.keys():
            self._lay()
        else:
            self.refresh_rows({*changes.rows, *self._extra})
        self._show_title()

    def show_shares(self, shares: Mapping[str, Share]) -> None:
        """Take how far the running jobs are and redraw their lines."""
        self._shares = shares
        self.refresh_rows(shares)

    def refresh_rows(self, keys: Iterable[str]) -> None:
        """Redraw the lines of rows."""
        for key in keys:
            if key in self._at:
                self.refresh_line(self._at[key])

    def narrow(self, text: str) -> None:
        """Show only rows that have the text in method, name, job or state; "" shows all."""
        self._filter = text.lower()
        self._lay()
        self._show_title()

    def move_to(self, key: str) -> None:
        """Put the cursor on a row and bring it into view."""
        before, self.cursor = self.cursor, key
        self._mark()
        self.refresh_rows((before, key))
        self._bring(self._at.get(key, 0))
        self._show_title()
        if before != key:
            self.post_message(self.Picked(key))

    @property
    def nothing(self) -> str:
        """Say what would make a job."""
        if self._filter:
            return "no job fits the filter; esc shows all"
        if self._board.is_building:
            return "the build script has asked for nothing yet"
        return "no build yet; b runs the build script"

    def line(self, y: int) -> Line:
        """Draw a row."""
        row = self.find(self._keys[y])
        if row is None:
            return Line()
        label = self._label(row.job) if row.job else ""
        view = View(clock.monotonic(), self._marks.get(row.row, " "), self._shares.get(row.row), label)
        return self._draw(row, self._lanes[y] if self._lanes else _FLAT, view).cut(self.room)

    def _draw(self, row: Row, lane: LaneRow, view: View) -> Line:
        build = self._board.build
        if row.row == SCRIPT and build:
            return draw_script(row, build, self._columns, view, self.palette)
        return draw_row(row, lane, self._board.table, self._columns, view, self.palette)

    def band(self, y: int) -> Style | None:
        """Put the row under the cursor on a band."""
        if self._keys[y] != self.cursor:
            return None
        return self.palette["focus" if self.has_focus else "cursor"]

    def action_line(self, step: int) -> None:
        """Move the cursor by rows."""
        if self._keys:
            at = self._at.get(self.cursor, 0) + step
            self.move_to(self._keys[max(0, min(at, len(self._keys) - 1))])

    def action_page(self, pages: float) -> None:
        """Move the cursor by pages."""
        self.action_line(int(pages * self.size.height))

    def action_first(self) -> None:
        """Move the cursor to the first row."""
        self.action_line(-len(self._keys))

    def action_last(self) -> None:
        """Move the cursor to the last row."""
        self.action_line(len(self._keys))

    def action_input(self) -> None:
        """Move the cursor to the nearest input of its row."""
        self._jump(self._inputs.get(self.cursor, []), last=True)

    def action_user(self) -> None:
        """Move the cursor to the nearest row that reads its row."""
        self._jump(self._users.get(self.cursor, []), last=False)

    def action_open(self) -> None:
        """Ask for a close look at the row."""
        if self.row:
            self.post_message(self.Opened(self.cursor))

    def action_problem(self, step: int) -> None:
        """Move the cursor to the next row that failed."""
        bad = [at for at, key in enumerate(self._keys) if (row := self.find(key)) and row.problem[0]]
        here = self._at.get(self.cursor, 0)
        ahead = [at for at in bad if (at - here) * step > 0]
        if bad:
            at = (min(ahead) if step > 0 else max(ahead)) if ahead else bad[0 if step > 0 else -1]
            self.move_to(self._keys[at])

    def on_click(self, event: Click) -> None:
        """Move the cursor to where the mouse is."""
        offset = event.get_content_offset(self)
        at = offset.y + self.scroll_offset.y if offset else len(self._keys)
        if at < len(self._keys):
            self.move_to(self._keys[at])

    def on_resize(self, event: Resize) -> None:
        """Lay the lanes anew: a narrow pane has fewer."""
        self._lay()

    def _jump(self, keys: list[str], last: bool) -> None:
        shown = sorted(self._at[key] for key in keys if key in self._at)
        if shown:
            self.move_to(self._keys[shown[-1 if last else 0]])

    def _lay(self) -> None:
        """Take over rows and order, lay the lanes, and leave cursor and view where they were."""
        was = self._at.get(self.cursor, 0)
        top = was - self.scroll_offset.y
        table = self._board.table
        self._link_rows()
        shown = [key for key in self._all_keys() if self._matches(key)]
        self._keys, self._at = shown, {key: at for at, key in enumerate(shown)}
        self._lanes = [] if self._filter else self._lay_lanes()
        self._columns = self._measure()
        self.resize_content(len(shown))
        if self.cursor not in self._at:
            at = was if self.cursor else next((at for at, key in enumerate(shown) if key in table.rows), 0)
            self.move_to(shown[min(at, len(shown) - 1)] if shown else "")
        elif 0 <= top < self.size.height:
            self.go_to(self._at[self.cursor] - top)
        self._mark()
        self.refresh()

    def _link_rows(self) -> None:
        """Note for each row what it reads and what reads it."""
        table = self._board.table
        self._inputs = {row.row: [found.row for found in table.inputs(row)] for row in table}
        self._users = {}
        for row, inputs in self._inputs.items():
            for key in inputs:
                self._users.setdefault(key, []).append(row)

    def _lay_lanes(self) -> list[LaneRow]:
        order = self._board.table.order
        at = {key: number for number, key in enumerate(order)}
        inputs = [[at[key] for key in self._inputs[row]] for row in order]
        wide = self.size.width >= _NARROW + 30 or self.size.width >= 76
        lanes = dict(zip(order, lay_out(inputs, _LANES_WIDE if wide else _LANES_NARROW), strict=True))
        return [lanes.get(key, _FLAT) for key in self._keys]

    def _measure(self) -> Columns:
        rows = [row for key in self._keys if (row := self.find(key))]
        lanes = max((lane.width for lane in self._lanes), default=1)
        name = max((len(row.method) + 2 * self._board.table.depth(row) + _extra(row) for row in rows), default=10)
        job = max((len(row.job) for row in rows), default=6)
        whole = max(20, self.size.width)
        return Columns(lanes, max(10, min(name, whole * 27 // 100)), max(5, min(job, 12)), whole)

    def _matches(self, key: str) -> bool:
        row = self.find(key)
        if row is None:
            return False
        text = f"{row.method} {row.name} {row.caption} {row.job} {row.shown}".lower()
        return all(word in text for word in self._filter.split())

    def _mark(self) -> None:
        """Mark the cursor's row, what it reads and what reads it, in the gutter."""
        marks = dict.fromkeys(self._inputs.get(self.cursor, []), "‹")
        marks |= dict.fromkeys(self._users.get(self.cursor, []), "›")
        marks[self.cursor] = "▌"
        changed = {key for key in {*marks, *self._marks} if marks.get(key) != self._marks.get(key)}
        self._marks = marks
        self.refresh_rows(changed)

    def _bring(self, at: int) -> None:
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if at < top:
            self.go_to(at)
        elif at >= top + height:
            self.go_to(at - height + 1)

    def _find_extra(self) -> dict[str, Row]:
        """Make a row for the build script, and for each broken method that has none in this build."""
        build = self._board.build
        script = {SCRIPT: build.to_row()} if build else {}
        present = {row.method for row in self._board.table}
        broken = [value for name, value in sorted(self._board.broken.items()) if name not in present]
        return script | {value.key: Row(value.key, value.method, broken=value) for value in broken}

    def _all_keys(self) -> list[str]:
        """Return every row's key: the script, the jobs, broken methods."""
        extra = [key for key in self._extra if key != SCRIPT]
        return [*(key for key in self._extra if key == SCRIPT), *self._board.table.order, *extra]

    def _show_title(self) -> None:
        jobs = [key for key in self._keys if key in self._board.table.rows]
        place = self._at.get(self.cursor, -1) + (SCRIPT not in self._at)
        title = f"Jobs · {self._filter}" if self._filter else "Jobs"
        self.title(title, f"{place} of {len(jobs)}" if jobs else "")


def _extra(row: Row) -> int:
    return len(row.name) + 1 if row.name not in ("", row.method) else 0
