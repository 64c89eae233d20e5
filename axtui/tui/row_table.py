"""How rows of a dataset lie on the screen: widths of columns, which of them fit, a line a row. Knows no widget."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.style import Style

from axtui.tui.data_facts import NONE, ColumnFacts, Page
from axtui.tui.palette import Line, Palette

_WIDEST = 40
_GAP = 2


class RowTable:
    """The columns of a dataset side by side.

    Attributes:
        columns: All of them.
        cursor: Which one keys act on.
        left: The first that is seen.
    """

    def __init__(self, columns: Sequence[ColumnFacts], lines: int) -> None:
        self.columns = columns
        self.cursor = self.left = 0
        self.gutter = len(f"{lines:,}") + 2
        self._widths = [min(_WIDEST, max(4, cell_len(each.label), len(each.kind))) for each in columns]

    @property
    def column(self) -> ColumnFacts:
        """The column under the cursor."""
        return self.columns[self.cursor]

    def fit(self, page: Page) -> None:
        """Make columns as wide as what is on a page; a column never gets narrower, so that nothing jumps."""
        for at, column in enumerate(self.columns):
            cells = page.column(column.name, page.first, page.first + page.lines)
            self._widths[at] = min(_WIDEST, max([self._widths[at], *map(cell_len, cells)]))

    def visible(self, width: int) -> range:
        """Return which columns are seen, at least one."""
        room, at = width - self.gutter, self.left
        while at < len(self.columns) and (at == self.left or room > 0):
            room -= self._widths[at] + _GAP
            at += 1
        return range(self.left, at)

    def move(self, cursor: int, width: int) -> None:
        """Put the cursor on a column, and shift the view until all of it is seen."""
        self.cursor = max(0, min(cursor, len(self.columns) - 1))
        self.left = min(self.left, self.cursor)
        while self.left < self.cursor and self._right_of(self.cursor) > width:
            self.left += 1

    def _right_of(self, column: int) -> int:
        return self.gutter + sum(self._widths[at] + _GAP for at in range(self.left, column + 1))

    def draw_names(self, width: int, palette: Palette) -> Line:
        """Draw the names of the columns that are seen."""
        line = Line().put(" " * self.gutter)
        for at in self.visible(width):
            style = palette["accent"] + palette["reverse"] if at == self.cursor else palette["bold"]
            self._put(line, self.columns[at].label, at, style)
        return line

    def draw_types(self, width: int, palette: Palette) -> Line:
        """Draw the types of the columns that are seen."""
        line = Line().put("line".rjust(self.gutter - 2) + "  ", palette["faint"])
        for at in self.visible(width):
            self._put(line, self.columns[at].kind, at, palette["faint"])
        return line

    def draw_row(self, page: Page | None, y: int, number: int | None, width: int, palette: Palette) -> Line:
        """Draw a row: the number of its line, from 1, and its cells; `…` where they are not read yet."""
        text = "…" if number is None else f"{number + 1:,}"
        line = Line().put(text.rjust(self.gutter - 2) + "  ", palette["faint"])
        for at in self.visible(width):
            cell = page.cell(self.columns[at].name, y) if page else None
            style = palette["faint"] if cell is None or cell == NONE else palette["foreground"]
            self._put(line, "…" if cell is None else cell, at, style)
        return line

    def _put(self, line: Line, text: str, at: int, style: Style) -> None:
        width = self._widths[at]
        if cell_len(text) > width:
            text = set_cell_size(text, width - 1) + "…"
        blanks = " " * (width - cell_len(text))
        right = self.columns[at].is_right
        line.put(blanks if right else "").put(text, style).put("" if right else blanks).put(" " * _GAP)
