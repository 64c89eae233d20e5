"""All jobs on one line: a cell is a job or several, the worst state wins. A click says which job was meant."""

from __future__ import annotations

from dataclasses import dataclass

from textual.events import Click
from textual.message import Message

from axtui.tui.bars import Bar
from axtui.tui.palette import Line
from axtui.tui.rows import State
from axtui.tui.state import Board, Changes

_WORST: tuple[State, ...] = (
    "failed", "broken", "running", "blocked", "stale", "cancelled", "waiting", "expected", "built", "reused",
)  # fmt: skip
_RANK = {state: rank for rank, state in enumerate(_WORST)}
_CELLS: dict[State, str] = {
    "built": "▄", "reused": "▁", "running": "▶", "waiting": "·", "expected": "·", "stale": "◌",
    "failed": "✘", "broken": "✘", "blocked": "⊘", "cancelled": "⊗",
}  # fmt: skip
_REPEAT_MOST = 3


class OverviewBar(Bar):
    """Draws the worst state of each part of the list; after a change only the parts that it touches are looked at."""

    @dataclass
    class Picked(Message):
        """A row was clicked: the worst of its part."""

        row: str

    def __init__(self, board: Board) -> None:
        super().__init__(id="overview")
        self._board = board
        self._order: list[str] = []
        self._index: dict[str, int] = {}
        self._states: list[State] = []
        self._width = 0

    def show(self, changes: Changes) -> None:
        """Take in what changed."""
        if changes.relaid or not self._states:
            self._begin()
        else:
            rows, cells = len(self._order), len(self._states)
            touched = {self._index[key] * cells // rows for key in changes.rows if key in self._index}
            for cell in touched | {before + 1 for before in touched if before + 1 < cells}:
                self._states[cell] = self._worst(cell)
        if changes.any:
            self.refresh()

    def _begin(self) -> None:
        self._width = self.size.width
        self._order = list(self._board.table.order)
        self._index = {key: number for number, key in enumerate(self._order)}
        cells = min(max(1, self.size.width - len(self._tail) - 2), len(self._order))
        self._states = ["reused"] * cells
        self._states = [self._worst(cell) for cell in range(cells)]

    @property
    def _tail(self) -> str:
        jobs = len(self._order)
        return f" {jobs} job{'s' * (jobs != 1)} " if jobs else ""

    @property
    def _repeat(self) -> int:
        """How many columns a cell takes."""
        width = self.size.width - len(self._tail) - 2
        return max(1, min(_REPEAT_MOST, width // max(1, len(self._states))))

    def _part(self, cell: int) -> list[str]:
        rows, cells = len(self._order), len(self._states)
        return self._order[cell * rows // cells : (cell + 1) * rows // cells]

    def _worst(self, cell: int) -> State:
        rows = self._board.table.rows
        return min(
            (rows[key].shown for key in self._part(cell) if key in rows), key=_RANK.__getitem__, default="reused"
        )

    def line(self) -> Line:
        """Draw the line."""
        if self._width != self.size.width:
            self._begin()
        line = Line().put(" ")
        for state in self._states:
            line.put(_CELLS[state] * self._repeat, self.palette.state(state))
        return line.put(self._tail, self.palette["faint"])

    def on_click(self, event: Click) -> None:
        """Say which row is meant: the worst one of the part under the mouse."""
        cell = (event.x - 1) // self._repeat
        if 0 <= cell < len(self._states):
            rows = self._board.table.rows
            part = [key for key in self._part(cell) if key in rows]
            if part:
                self.post_message(self.Picked(min(part, key=lambda key: _RANK[rows[key].shown])))
