"""The base of panes that show lines drawn once: with a cursor, search, selection and copying. Reads nothing."""

from __future__ import annotations

from collections.abc import Sequence

from textual.events import Resize

from axtui.tui.palette import Line
from axtui.tui.pattern import Pattern, parse_pattern
from axtui.tui.styled import Span, Styled
from axtui.tui.text_pane import TextPane


class LinesPane(TextPane, inherit_bindings=True):
    """Shows lines."""

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self._shown: Sequence[Styled] = ()
        self._pattern: Pattern | None = None
        self._searched_from = 0
        self._heading = ""

    def put(self, lines: Sequence[Line], heading: str, stays: bool) -> None:
        """Show lines under a heading; `stays` leaves the view where it is."""
        self._shown, self._heading = [to_styled(line) for line in lines], heading
        self.resize_content(len(lines))
        if stays:
            self.put_cursor(self.cursor)
        else:
            self.drop_selection()
            self._left = 0
            self.put_cursor(0)
            self.go_to(0)
        self._show_title()
        self.redraw()

    def on_resize(self, event: Resize) -> None:
        """Lay the rows anew; the top comes into view where the cursor does not need it elsewhere."""
        super().on_resize(event)
        self.go_to(0)
        self.put_cursor(self.cursor)

    def text(self, y: int) -> Styled:
        """Return a line."""
        return self._shown[y] if y < len(self._shown) else Styled("")

    @property
    def label_width(self) -> int:
        """How many cells the gutter takes."""
        return 0

    def draw_label(self, y: int) -> Line:
        """Draw nothing before a line."""
        return Line()

    def found(self, y: int, plain: str) -> list[tuple[int, int]]:
        """Return what is searched for and stands in a line."""
        return self._pattern.spans(plain) if self._pattern else []

    def moved(self, at_end: bool) -> None:
        """Draw the cursor where it is now."""
        self.redraw()
        self._show_title()

    def begin_search(self) -> None:
        """Search from the cursor on."""
        self._searched_from = self.cursor

    def typed(self, purpose: str, text: str) -> None:
        """Search as the user types; "" ends it."""
        self._pattern = parse_pattern(text) if text else None
        rows = self._found_rows()
        if rows:
            self.show_line(next((y for y in rows if y >= self._searched_from), rows[0]))
        self.redraw()
        self._show_title()

    def step_back(self) -> bool:
        """Undo the last of selection and search. Return whether there was one."""
        if self.drop_selection():
            return True
        had = self._pattern is not None
        if had:
            self.typed(self.SEARCH, "")
        return had

    def action_find(self, step: int) -> None:
        """Go to the next line that matches the search."""
        rows = self._found_rows()
        if not rows:
            text = f"no line with {self._pattern.text!r}" if self._pattern else "nothing is searched for; / searches"
            return self.hint(text)
        ahead = [y for y in rows if (y - self.cursor) * step > 0]
        if not ahead:
            self.hint("went on from the other end")
        self.show_line((ahead or rows)[0 if step > 0 else -1])
        return self.moved(False)

    def _found_rows(self) -> list[int]:
        if self._pattern is None:
            return []
        return [y for y, line in enumerate(self._shown) if self._pattern.matches(line.plain)]

    def _show_title(self) -> None:
        count = len(self._found_rows())
        found = f"/{self._pattern.text} {count:,} line{'s' * (count != 1)} · " if self._pattern else ""
        self.title(self._heading, found + (f"line {self.cursor + 1} of {self._lines}" if self._lines else ""))


def to_styled(line: Line) -> Styled:
    """Return a drawn line as text with styles."""
    spans, at = [], 0
    for text, style, _ in line:
        if style:
            spans.append(Span(at, at + len(text), style))
        at += len(text)
    return Styled("".join(segment.text for segment in line), spans)
