"""The base of the panes that show long text: a cursor line, wrapped lines, found text, selection. Holds no text.

Only what is visible is ever asked for. The scrollbar is told a scaled position, so that a growing text does not lay the
screen out anew.
"""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click, MouseScrollDown, MouseScrollUp, Resize
from textual.geometry import Region, Size
from textual.scrollbar import ScrollDown, ScrollTo, ScrollUp
from textual.selection import Selection
from textual.strip import Strip

from axtui.tui.copying import extract, join_lines
from axtui.tui.palette import Line
from axtui.tui.pane import Pane
from axtui.tui.styled import Span, Styled, cells_of, chop, find_window
from axtui.tui.viewport import RULE, Viewport

_WHEEL_ROWS = 3
_GROWTH = 1.15


class TextPane(Pane, inherit_bindings=True):
    """Shows lines of text that a subclass has.

    Attributes:
        cursor: The line that keys act on.
        wraps: Whether long lines go on in the next row.
    """

    SEARCH: ClassVar[str] = ""
    """What the prompt for a search says."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "find(1)", "next match", show=False, id="text.next_match"),
        Binding("N", "find(-1)", "match before", show=False, id="text.previous_match"),
        Binding("w", "wrap", "wrap", show=False, id="text.wrap", tooltip="wrap long lines, or cut them"),
        Binding("v", "select", "select", show=False, id="text.select", tooltip="select lines from here; y copies them"),
    ]

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.cursor = 0
        self.wraps = False
        self._selected_from: int | None = None
        self._middle: tuple[int, tuple[int, int]] | None = None
        """The line that was put in the middle, and what was at the top then."""
        self._view = Viewport(lambda: self.text_rows, self._count_parts, lambda y: bool(self.rule(y)))

    def text(self, y: int) -> Styled:
        """Return a line."""
        raise NotImplementedError

    def draw_label(self, y: int) -> Line:
        """Draw what stands before a line, always `label_width` cells."""
        raise NotImplementedError

    @property
    def label_width(self) -> int:
        """How many cells the gutter takes."""
        raise NotImplementedError

    def rule(self, y: int) -> str:
        """Return what is written on a rule below a line; "" for no rule."""
        return ""

    def found(self, y: int, plain: str) -> list[tuple[int, int]]:
        """Return what to mark in a line as found."""
        return []

    def suffix(self, y: int) -> Line:
        """Draw what is said behind a line, which is not part of it."""
        return Line()

    def banner(self) -> list[Line]:
        """Draw what stands below the text, whatever is scrolled to."""
        return []

    @property
    def text_rows(self) -> int:
        """How many rows there are for text."""
        return max(1, self.size.height - len(self.banner()))

    @property
    def shows_cursor(self) -> bool:
        """Whether the cursor's line is to be seen."""
        return self.has_focus

    def moved(self, at_end: bool) -> None:
        """Hear that the user went somewhere; `at_end` tells whether the cursor is on the last line."""

    @property
    def has_lines(self) -> bool:
        """Whether there is any text."""
        return self._lines > 0

    @property
    def selected(self) -> tuple[int, int] | None:
        """The first and the last line that were selected with keys."""
        if self._selected_from is None or not self._lines:
            return None
        return min(self._selected_from, self.cursor), min(max(self._selected_from, self.cursor), self._lines - 1)

    def selected_text(self) -> tuple[str, bool] | None:
        """Return what is selected, with the mouse or with keys, and whether that is only the beginning of it."""
        if self.text_selection:
            return extract(self.text_selection, self._lines, self._plain)
        if self.selected is None:
            return None
        return join_lines(map(self._plain, range(self.selected[0], self.selected[1] + 1)))

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Give Textual what the mouse has selected."""
        return extract(selection, self._lines, self._plain)[0], "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw what is selected."""
        self.redraw()

    def cursor_text(self) -> tuple[str, bool]:
        """Return the selected lines, or the one under the cursor, and whether something is missing."""
        if not self._lines:
            return "", False
        return self.selected_text() or (self.text(self.cursor).plain, False)

    def all_text(self) -> tuple[str, bool]:
        """Return all lines, as far as they can be copied, and whether something is missing."""
        return join_lines(map(self._plain, range(self._lines)))

    def begin_search(self) -> None:
        """Note from where on what the user will type is searched for."""

    def typed(self, purpose: str, text: str) -> None:
        """Take what a user types in the prompt; "" ends it."""

    def step_back(self) -> bool:
        """Undo the last of what narrows or marks the view. Return whether there was something."""
        return self.drop_selection()

    def drop_selection(self) -> bool:
        """Select nothing. Return whether something was selected."""
        had = self._selected_from is not None or self.text_selection is not None
        self._selected_from = None
        if self.text_selection is not None:
            self.screen.clear_selection()
        self.redraw()
        return had

    def redraw(self) -> None:
        """Draw all that is visible again, from the lines as they are now."""
        self._view.forget()
        self.refresh(Region(0, 0, self.size.width, self.size.height))

    def redraw_lines(self, first: int, last: int) -> None:
        """Draw again what is visible of the lines from `first` to `last`; their text and that of others is the same."""
        for row, (line, _) in enumerate(self._view.rows):
            if first <= line <= last:
                self.refresh(Region(0, row, self.size.width, 1))

    def resize_content(self, lines: int) -> None:
        """Say how many lines there are."""
        self._lines = self._view.lines = lines
        self.cursor = max(0, min(self.cursor, lines - 1))

    def go_to(self, y: int) -> None:
        """Scroll so that a line is the first visible one, as far as there are lines."""
        self._look(y)

    def go_to_end(self) -> None:
        """Put the cursor on the last line and show it."""
        self.cursor = max(0, self._lines - 1)
        self._look(self._lines)

    def put_cursor(self, y: int) -> None:
        """Put the cursor on a line and bring that into view."""
        before, self.cursor = self.cursor, max(0, min(y, self._lines - 1))
        if self._view.bring(self.cursor):
            self._viewed()
        else:
            self.redraw_lines(min(before, self.cursor), max(before, self.cursor))

    def show_line(self, y: int) -> None:
        """Put the cursor on a line, in the middle of the view unless it is in view."""
        if self._lines and not (self._view.top <= y <= self._view.last):
            self.put_in_middle(y)
        self.put_cursor(y)

    def put_in_middle(self, y: int) -> None:
        """Scroll to have a line in the middle, also of a pane that gets another size before it is scrolled again."""
        self._view.put_in_middle(y)
        self._middle = y, (self._view.top, self._view.sub)
        self._viewed()

    def render_line(self, y: int) -> Strip:
        """Draw a row of what is visible."""
        width, base = self.room, self.rich_style
        if self._lines == 0 and y == 1:
            return Strip(Line().put(self.nothing.center(width), self.palette["faint"])).apply_style(base)
        rows = self._view.rows
        if y >= self.text_rows:
            return Strip(self.banner()[y - self.text_rows]).crop_extend(0, width, None).apply_style(base)
        if y >= len(rows):
            return Strip.blank(width, base)
        line, part = rows[y]
        if part == RULE:
            return Strip(self._draw_rule(line, width)).crop_extend(0, width, None).apply_style(base)
        gutter = self.draw_label(line) if part == 0 else Line().put(" " * self.label_width)
        strip = Strip.join([Strip(gutter, self.label_width), self._draw_part(line, part)])
        return strip.crop_extend(0, width, None).apply_style(base + self._background(line))

    def on_resize(self, event: Resize) -> None:
        """Lay the rows anew, the line in the middle that was put there, else the same at the top; keep the cursor."""
        if self._middle and self._middle[1] == (self._view.top, self._view.sub):
            self.put_in_middle(self._middle[0])
        else:
            self._look(self._view.top)
        self.put_cursor(self.cursor)

    def on_click(self, event: Click) -> None:
        """Put the cursor where the mouse is."""
        offset = event.get_content_offset(self)
        if offset is not None and offset.y < len(self._view.rows):
            self.cursor = self._view.rows[offset.y][0]
            self.redraw()
            self.moved(False)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Scroll up."""
        self._scroll_by_mouse(event, -_WHEEL_ROWS)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Scroll down."""
        self._scroll_by_mouse(event, _WHEEL_ROWS)

    def on_scroll_to(self, message: ScrollTo) -> None:
        """Go where the scrollbar was dragged."""
        message.stop()
        message.prevent_default()
        if message.y is not None:
            most = max(1, self.virtual_size.height - self.size.height)
            self._look(round(message.y / most * self._view.end[0]))
            self._keep_cursor()

    def on_scroll_up(self, event: ScrollUp) -> None:
        """Scroll a page up: the scrollbar was clicked."""
        self._scroll_by_mouse(event, -self.size.height)

    def on_scroll_down(self, event: ScrollDown) -> None:
        """Scroll a page down."""
        self._scroll_by_mouse(event, self.size.height)

    def action_line(self, step: int) -> None:
        """Go up or down by lines."""
        self.put_cursor(self.cursor + step)
        self.moved(self.cursor == self._lines - 1)

    def action_page(self, pages: float) -> None:
        """Go up or down by pages."""
        rows = int(pages * self.size.height)
        if not self._view.scroll(rows):
            return self.action_first() if rows < 0 else self.action_last()
        return self._keep_cursor()

    def action_first(self) -> None:
        """Go to the first line."""
        self.put_cursor(0)
        self.moved(self._lines == 1)

    def action_last(self) -> None:
        """Go to the last line."""
        self.go_to_end()
        self.moved(True)

    def action_sideways(self, cells: int) -> None:
        """Shift the text left or right."""
        if self.wraps:
            return self.hint("the lines are wrapped, so there is nothing to the side; w cuts them")
        if cells < 0 and not self._left:
            return self.hint("this is the beginning of the lines")
        super().action_sideways(cells)
        return self.redraw()

    def action_wrap(self) -> None:
        """Wrap long lines, or cut them."""
        self.wraps = not self.wraps
        self._left = 0
        self._look(self._view.top)
        self.put_cursor(self.cursor)
        self.hint("long lines are wrapped" if self.wraps else "long lines are cut; l and h go sideways")

    def action_select(self) -> None:
        """Begin to select lines at the cursor, or end it."""
        if not self._lines:
            return self.hint("there is no line to select")
        self._selected_from = self.cursor if self._selected_from is None else None
        self.moved(False)
        self.redraw()
        return self.hint("j and k select lines, y copies them, esc ends it" if self.selected else "nothing selected")

    def _scroll_by_mouse(self, event: MouseScrollUp | MouseScrollDown | ScrollUp | ScrollDown, rows: int) -> None:
        event.stop()
        event.prevent_default()
        self._view.scroll(rows)
        self._keep_cursor()

    def _keep_cursor(self) -> None:
        """After the view has moved: put the cursor into it."""
        if self._lines:
            last = self._view.last
            self.cursor = max(self._view.top, min(self.cursor, last))
            if last == self._lines - 1 and self._view.is_at_end:
                self.cursor = last
            self._viewed()
            self.moved(self.cursor == self._lines - 1)

    def _look(self, top: int) -> None:
        """Put a line at the top, as far as the text goes."""
        self._middle = None
        self._view.put(top, 0)
        self._viewed()

    def _viewed(self) -> None:
        """Draw what is seen now, also in the scrollbar."""
        self._tell_scrollbar()
        self.redraw()

    def _tell_scrollbar(self) -> None:
        height, end = self.size.height, self._view.end[0]
        known = self.virtual_size.height
        wanted = end + height if end else self._lines
        if (wanted <= height) != (known <= height) or not known / _GROWTH <= wanted <= known * _GROWTH:
            self.virtual_size = known_size = Size(0, wanted)
            known = known_size.height
        at = round(self._view.top / end * max(0, known - height)) if end else 0
        self.scroll_to(y=at, animate=False, force=True, immediate=True)
        self.vertical_scrollbar.position = at  # a scrollbar that is not shown yet hears nothing of the line above

    def _plain(self, y: int) -> str:
        return self.text(y).plain

    def _parts(self, y: int) -> list[tuple[int, int]]:
        return chop(self.text(y).plain, self.room - self.label_width)

    def _count_parts(self, y: int) -> int:
        return len(self._parts(y)) if self.wraps else 1

    def _background(self, y: int) -> Style:
        if self.selected and self.selected[0] <= y <= self.selected[1]:
            return self.palette["focus"]
        if y == self.cursor and self.shows_cursor:
            return self.palette["cursor"]
        return self.band(y) or Style.null()

    def _draw_part(self, y: int, part: int) -> Strip:
        """Draw what is visible of a line, each cell with its place in the text, for the mouse."""
        text = self.text(y)
        if self.wraps:
            (start, end), blanks = self._parts(y)[part], 0
        else:
            start, end, blanks = find_window(text.plain, self._left, self.room - self.label_width)
        over = [Span(*span, self.palette["found"]) for span in self.found(y, text.plain)]
        if self.text_selection and (span := self.text_selection.get_span(y)):
            over.append(Span(span[0], len(text.plain) if span[1] < 0 else span[1], self.palette["focus"]))
        drawn = Line().put(" " * blanks) + text.draw(start, end, over, self.palette["foreground"])
        strip = Strip(drawn, blanks + cells_of(text.plain[start:end])).apply_offsets(start - blanks, y)
        suffix = self.suffix(y) if end == len(text.plain) else None
        return Strip.join([strip, Strip(suffix)]) if suffix else strip

    def _draw_rule(self, y: int, width: int) -> Line:
        words = f"{'─' * self.label_width} {self.rule(y)} "
        return Line().put(words + "─" * (width - len(words)), self.palette["accent"])
