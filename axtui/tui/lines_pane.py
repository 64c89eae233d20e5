"""The base of panes that show lines drawn once: with a heading, and at the top at first. Reads nothing."""

from __future__ import annotations

from collections.abc import Sequence

from textual.events import Resize

from axtui.tui.palette import Line
from axtui.tui.searched_pane import SearchedPane
from axtui.tui.styled import Span, Styled


class LinesPane(SearchedPane, inherit_bindings=True):
    """Shows lines."""

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self._shown: Sequence[Styled] = ()
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
        self.show_title()
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

    def show_title(self) -> None:
        """Say what is searched for, and where the cursor is."""
        at = f"line {self.cursor + 1} of {self._lines}" if self._lines else ""
        self.title(self._heading, self.describe_search() + at)


def to_styled(line: Line) -> Styled:
    """Return a drawn line as text with styles."""
    spans, at = [], 0
    for text, style, _ in line:
        if style:
            spans.append(Span(at, at + len(text), style))
        at += len(text)
    return Styled("".join(segment.text for segment in line), spans)
