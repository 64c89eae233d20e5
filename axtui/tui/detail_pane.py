"""Pane 2: what is known of the job under the cursor. Draws what it is given."""

from __future__ import annotations

from axtui.base.clock import format_seconds
from axtui.tui.detail import draw_detail
from axtui.tui.facts import Facts
from axtui.tui.glyphs import GLYPHS
from axtui.tui.palette import Line
from axtui.tui.pane import Pane
from axtui.tui.rows import Row
from axtui.tui.state import Board


class DetailPane(Pane):
    """Why, stages, slices, inputs, options, files and result of one job."""

    NUMBER = 2

    def __init__(self) -> None:
        super().__init__(id="detail")
        self._drawn: list[Line] = []
        self._row = ""

    def show(self, row: Row | None, board: Board, facts: Facts, pinned: bool = False) -> None:
        """Draw a row; the view stays where it is unless it is another row. `pinned` if it stays whatever is picked."""
        before, self._drawn = self._drawn, draw_detail(row, board, facts, self.room, self.palette) if row else []
        self.title(_title(row) if row else "no job", "pinned" if pinned else "")
        key = row.row if row else ""
        if key == self._row and len(before) == len(self._drawn):
            self._refresh_changed(before)
            return
        if key != self._row:
            self._row, self._left = key, 0
            self.go_to(0)
        self.resize_content(len(self._drawn))
        self.refresh()

    def _refresh_changed(self, before: list[Line]) -> None:
        """Redraw only the lines that are not as they were: four times a second a bar and a number change."""
        for y, (old, new) in enumerate(zip(before, self._drawn, strict=True)):
            if old != new:
                self.refresh_line(y)

    def line(self, y: int) -> Line:
        """Draw a line."""
        return self._drawn[y]


def _title(row: Row) -> str:
    """Write the title. A running job's time is not in it: a new title draws the whole pane again."""
    state = {"broken": "cannot be used", "expected": "not come to yet"}.get(row.shown, row.shown)
    time = ""
    if row.state in ("built", "failed", "reused") and row.job:
        time = f" in {format_seconds(row.seconds)}"
    return f"{row.method} {row.job}  {GLYPHS[row.shown]} {state}{time}"
