"""Where a view of a long text is: which part of which line is in each visible row. Draws nothing, knows no widget.

The place is a line and a part of it, since a wrapped or marked line takes several rows of the screen. Only lines near
the view are ever asked about.
"""

from __future__ import annotations

from collections.abc import Callable

RULE = -1
"""Stands for the part of a line that is the rule below it."""


class Viewport:
    """The visible rows of a text.

    Args:
        room: Gives how many rows there are, at least 1.
        parts: Gives how many rows a line takes, at least 1, without its rule.
        has_rule: Tells whether there is a rule below a line.

    Attributes:
        lines: How many lines the text has.
        top: The line that the first row shows.
        sub: How many rows of that line are above the first row.
    """

    def __init__(self, room: Callable[[], int], parts: Callable[[int], int], has_rule: Callable[[int], bool]) -> None:
        self._room, self._parts, self._has_rule = room, parts, has_rule
        self._rows: list[tuple[int, int]] = []
        self.lines = self.top = self.sub = 0

    @property
    def rows(self) -> list[tuple[int, int]]:
        """The line and the part of it, or `RULE`, that is in each visible row; found out once."""
        return self._rows or self._lay()

    @property
    def last(self) -> int:
        """The last line that is visible."""
        rows = self.rows
        return rows[-1][0] if rows else 0

    @property
    def end(self) -> tuple[int, int]:
        """What is at the top when the last line is at the bottom."""
        return self.top_with(self.lines - 1) if self.lines else (0, 0)

    @property
    def is_at_end(self) -> bool:
        """Whether no more can be scrolled down."""
        return (self.top, self.sub) >= self.end

    def forget(self) -> None:
        """Find the rows anew when they are next asked for: the text has changed."""
        self._rows = []

    def put(self, top: int, sub: int) -> bool:
        """Put a part of a line at the top, as far as the text goes; return whether it was not there."""
        before = self.top, self.sub
        self.top, self.sub = max((0, 0), min((top, sub), self.end))
        self.forget()
        return before != (self.top, self.sub)

    def scroll(self, rows: int) -> bool:
        """Move by rows of the screen, as far as the text goes; return whether that was anywhere."""
        top, sub = self.top, self.sub + rows
        while sub < 0 and top > 0:
            top -= 1
            sub += self.height(top)
        while top < self.lines and sub >= (height := self.height(top)):
            top, sub = top + 1, sub - height
        return self.put(top, max(0, sub))

    def bring(self, y: int) -> bool:
        """Move no further than is needed to see a whole line; return whether that was anywhere."""
        if y < self.top or (y == self.top and self.sub):
            return self.put(y, 0)
        return self.put(*max((self.top, self.sub), self.top_with(y)))

    def put_in_middle(self, y: int) -> None:
        """Put the beginning of a line into the middle row, as far as the text goes."""
        room = self._room() // 2
        self.put(*(self.top_with(y - 1, room) if room and y else (y, 0)))

    def top_with(self, y: int, room: int = 0) -> tuple[int, int]:
        """Return what is at the top when a line ends after `room` rows; 0 for all there are."""
        room = room or self._room()
        for line in range(y, -1, -1):
            height = self.height(line)
            if height >= room:
                return line, height - room
            room -= height
        return 0, 0

    def height(self, y: int) -> int:
        """Return how many rows a line takes, with its rule."""
        return self._parts(y) + self._has_rule(y)

    def _lay(self) -> list[tuple[int, int]]:
        rows: list[tuple[int, int]] = []
        room = self._room()
        for line in range(self.top, self.lines):
            rows += [(line, part) for part in range(self._parts(line))]
            if self._has_rule(line):
                rows.append((line, RULE))
            if len(rows) >= self.sub + room:
                break
        self._rows = rows[self.sub : self.sub + room]
        return self._rows
