"""The base of the four panes: a numbered border, lines drawn on demand, scrolling by keys. Holds no content."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self, cast

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from axtui.base.text import safe
from axtui.tui.palette import Line, Palette

if TYPE_CHECKING:
    from axtui.tui.app import AxtuiApp

_SIDEWAYS, _SIDEWAYS_FAR = 8, 20


class Pane(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows lines that a subclass draws one by one."""

    NUMBER: ClassVar[int] = 0
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "line(1)", "down", show=False, id="pane.down"),
        Binding("k,up", "line(-1)", "up", show=False, id="pane.up"),
        Binding("g,home", "first", "first line", show=False, id="pane.first"),
        Binding("G,end", "last", "last line", show=False, id="pane.last"),
        Binding("ctrl+d", "page(0.5)", "half a page down", show=False, id="pane.half_down"),
        Binding("ctrl+u", "page(-0.5)", "half a page up", show=False, id="pane.half_up"),
        Binding("pagedown,ctrl+f", "page(1)", "page down", show=False, id="pane.page_down"),
        Binding("pageup,ctrl+b", "page(-1)", "page up", show=False, id="pane.page_up"),
        Binding("h,left", f"sideways(-{_SIDEWAYS})", "left", show=False, id="pane.left"),
        Binding("l,right", f"sideways({_SIDEWAYS})", "right", show=False, id="pane.right"),
        Binding("H", f"sideways(-{_SIDEWAYS_FAR})", "20 columns left", show=False, id="pane.far_left"),
        Binding("L", f"sideways({_SIDEWAYS_FAR})", "20 columns right", show=False, id="pane.far_right"),
    ]

    @dataclass
    class Hint(Message):
        """What a key did that is not seen, or why it did nothing."""

        text: str

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._left = 0
        self._lines = 0
        self._title = ("", "")
        self._border_row: int | None = None

    @property
    def palette(self) -> Palette:
        """The styles to draw with."""
        return cast("AxtuiApp", self.app).palette

    @property
    def room(self) -> int:
        """How many cells a line may take: the scrollbar takes some."""
        return self.scrollable_content_region.width

    @property
    def nothing(self) -> str:
        """What to say where there is no line."""
        return ""

    def line(self, y: int) -> Line:
        """Draw a line of the whole content."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """Draw a line of what is visible."""
        width, base = self.room, self.rich_style
        y += self.scroll_offset.y
        if self._lines == 0 and y == 1:
            return Strip(Line().put(self.nothing.center(width), self.palette["faint"])).apply_style(base)
        if y >= self._lines:
            return Strip.blank(width, base)
        style = base + (self.band(y) or Style.null())
        return Strip(self.line(y)).crop_extend(self._left, self._left + width, None).apply_style(style)

    def band(self, y: int) -> Style | None:
        """Return a background for a line, or None for the pane's own."""
        return None

    def resize_content(self, lines: int) -> None:
        """Say how many lines there are."""
        self._lines = lines
        self.virtual_size = Size(0, lines)

    def title(self, text: str, subtitle: str = "") -> None:
        """Set the texts in the border; what they hold is never markup."""
        before, self._title = self._title, (text, subtitle)
        with self._only_border(-1):
            if text != before[0]:
                self.border_title = Content(safe(f"{self.NUMBER} {text}"))
        with self._only_border(self.outer_size.height - 2):
            if subtitle != before[1]:
                self.border_subtitle = Content(safe(subtitle)) if subtitle else None

    @contextlib.contextmanager
    def _only_border(self, row: int) -> Iterator[None]:
        """Draw nothing but a row of the border anew: Textual draws all of a pane for a new title."""
        self._border_row = row
        yield
        self._border_row = None

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Draw regions anew, all where none is named."""
        if self._border_row is not None:
            regions = (Region(-1, self._border_row, self.outer_size.width, 1),)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def go_to(self, y: int) -> None:
        """Scroll so that a line is the first visible one, as far as there are lines."""
        self.scroll_to(y=max(0, min(y, self._lines - self.size.height)), animate=False, force=True, immediate=True)

    def action_line(self, step: int) -> None:
        """Scroll by lines."""
        self.go_to(self.scroll_offset.y + step)

    def action_page(self, pages: float) -> None:
        """Scroll by pages."""
        self.go_to(self.scroll_offset.y + int(pages * self.size.height))

    def action_first(self) -> None:
        """Scroll to the first line."""
        self.go_to(0)

    def action_last(self) -> None:
        """Scroll to the last line."""
        self.go_to(self._lines)

    def action_sideways(self, cells: int) -> None:
        """Shift the text left or right."""
        self._left = max(0, self._left + cells)
        self.refresh()

    def hint(self, text: str) -> None:
        """Tell the user something in the status line."""
        self.post_message(self.Hint(text))
