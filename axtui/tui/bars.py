"""The one-line bars: their base, notice and keys. Each draws what its screen gave it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from textual.strip import Strip
from textual.widget import Widget

from axtui.base.text import safe
from axtui.tui.glyphs import GLYPHS, cut
from axtui.tui.palette import Line, Palette
from axtui.tui.rows import Row, State

if TYPE_CHECKING:
    from axtui.tui.app import AxtuiApp

_LAST_KEYS = 2
"""So many of the last keys (help and quit) are always shown."""


class Bar(Widget, can_focus=False):
    """One line that is drawn whole."""

    DEFAULT_CSS = "Bar { height: 1; width: 1fr; }"

    @property
    def palette(self) -> Palette:
        """The styles to draw with."""
        return cast("AxtuiApp", self.app).palette

    def line(self) -> Line:
        """Draw the line."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """Draw the line as wide as the bar is."""
        base = self.rich_style
        return Strip(self.line()).crop_extend(0, self.size.width, None).apply_style(base)


class NoticeBar(Bar):
    """One line on what went wrong last, until it is looked at or put away."""

    def __init__(self) -> None:
        super().__init__(id="notice")
        self._row: Row | None = None
        self._text = ""

    def show(self, row: Row | None, text: str = "") -> None:
        """Show a failed row, or a text that belongs to no row; with neither the bar goes away."""
        self._row, self._text = row, text
        self.display = bool(row or text)
        self.refresh()

    def line(self) -> Line:
        """Draw the line."""
        line = Line().put(" ")
        if self._row is None:
            return line.put("! ", self.palette["warning"]).put(safe(self._text), self.palette["warning"])
        message, file, number = self._row.problem
        line.put("✘ ", self.palette["error"] + self.palette["strong"])
        line.put(safe(f"{self._row.method} {self._row.job}".strip()), self.palette["error"] + self.palette["strong"])
        where = f"  {file.rpartition('/')[2]}:{number}" if file else ""
        hint = "   enter go to it  esc hide"
        room = self.size.width - line.width - len(where) - len(hint) - 3
        line.put(f"  {cut(safe(message), max(10, room))}", self.palette["foreground"])
        line.put(safe(where), self.palette["bold"])
        return line.pad(self.size.width - len(hint) - 1).put(hint, self.palette["muted"])


class KeyBar(Bar):
    """The keys that do something here; or what the last key did, or why it did nothing."""

    def __init__(self) -> None:
        super().__init__(id="keys")
        self._keys: Sequence[tuple[str, str]] = ()
        self._said = ""

    def say(self, text: str) -> None:
        """Show a text in place of the keys; "" shows the keys again."""
        if text != self._said:
            self._said = text
            self.refresh()

    def show(self, keys: Sequence[tuple[str, str]]) -> None:
        """Show keys with what they do, as many as fit."""
        self._keys = keys
        self.refresh()

    def line(self) -> Line:
        """Draw the line."""
        if self._said:
            return Line().put(f" {safe(self._said)}", self.palette["warning"])
        line, last = Line().put(" "), self._keys[-_LAST_KEYS:]
        room = self.size.width - sum(len(key) + len(text) + 3 for key, text in last)
        for key, text in (*self._keys[:-_LAST_KEYS], *last):
            if (key, text) in last or line.width + len(key) + len(text) + 3 <= room:
                line.put(key, self.palette["accent"] + self.palette["strong"]).put(f" {text}  ", self.palette["muted"])
        return line


def glyph_legend() -> list[tuple[str, str]]:
    """Return each state's glyph with what it means, for the help."""
    meanings: list[tuple[State, str]] = [
        ("built", "built, or reused"), ("running", "running"), ("waiting", "waiting"),
        ("stale", "its source changed, or that of something before it"), ("failed", "failed, or cannot be used"),
        ("blocked", "blocked by a failure"), ("cancelled", "cancelled"),
    ]  # fmt: skip
    return [(GLYPHS[state], text) for state, text in meanings]
