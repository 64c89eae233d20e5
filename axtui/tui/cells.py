"""A row of cells of fixed width that text is written into at places. Knows no widget."""

from __future__ import annotations

from rich.cells import get_character_cell_size
from rich.style import Style

from axtui.tui.palette import Line


class Cells:
    """Blank cells; what does not fit in is cut.

    Args:
        width: How many.
    """

    def __init__(self, width: int) -> None:
        self._chars = [" "] * width
        self._styles: list[Style | None] = [None] * width
        self.width = width

    def put(self, at: int, text: str, style: Style | None = None) -> int:
        """Write text from a cell on; return the cell after it. A character that is cut in half is left out."""
        for char in text:
            size = get_character_cell_size(char)
            if size == 0 and 0 < at <= self.width:
                self._chars[at - 1] += char
            elif at >= 0 and at + size <= self.width:
                self._chars[at : at + size] = [char, ""][:size]
                self._styles[at : at + size] = [style] * size
            at += size
        return at

    def mark(self, at: int, style: Style, char: str = "") -> None:
        """Lay a style over a cell, and draw a character in it where it is blank."""
        if 0 <= at < self.width:
            self._styles[at] = (self._styles[at] or Style.null()) + style
            if char and self._chars[at] == " ":
                self._chars[at] = char

    def draw(self, line: Line) -> Line:
        """Add the cells to a line."""
        start = 0
        for at in range(1, self.width + 1):
            if at == self.width or self._styles[at] != self._styles[start]:
                line.put("".join(self._chars[start:at]), self._styles[start])
                start = at
        return line
