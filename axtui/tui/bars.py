"""The one-line bars: header, notice, overview, keys. Each draws what its screen gave it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from textual.strip import Strip
from textual.widget import Widget

from axtui.base.clock import format_seconds
from axtui.base.text import safe
from axtui.tui.glyphs import GLYPHS, cut
from axtui.tui.palette import Line, Palette
from axtui.tui.rows import Row, State
from axtui.tui.state import Board

if TYPE_CHECKING:
    from axtui.tui.app import AxtuiApp

_SHOWN_COUNTS: tuple[tuple[str, tuple[State, ...]], ...] = (
    ("✔", ("built", "reused")),
    ("▶", ("running",)),
    ("○", ("waiting", "expected")),
    ("◌", ("stale",)),
    ("✘", ("failed", "broken")),
    ("⊘", ("blocked",)),
    ("⊗", ("cancelled",)),
)
_LAST_KEYS = 2
"""So many of the last keys (help and quit) are always shown."""
_WORST: tuple[State, ...] = (
    "failed", "broken", "running", "blocked", "stale", "cancelled", "waiting", "expected", "built", "reused",
)  # fmt: skip
_CELLS: dict[State, str] = {
    "built": "▄", "reused": "▁", "running": "▶", "waiting": "·", "expected": "·", "stale": "◌",
    "failed": "✘", "broken": "✘", "blocked": "⊘", "cancelled": "⊗",
}  # fmt: skip


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


class HeaderBar(Bar):
    """Which project, what it is doing, how many jobs are in which state, and the time."""

    def __init__(self, board: Board, project: str) -> None:
        super().__init__(id="header")
        self._board = board
        self._project = project
        self.link = ""
        self.past = ""
        """Which build of the past is shown, "" for the present."""
        self.now = 0.0
        self._clock = ""

    def line(self) -> Line:
        """Draw the line: what does not fit in is left out from the middle."""
        wide = self.size.width >= 100
        right = self._right(wide)
        line = Line().put(" axtui ", self.palette["accent"] + self.palette["reverse"])
        build = self._board.build
        project = self._project if wide else self._project.rpartition("/")[2]
        line.put(f" {cut(project, self.size.width // 4)} ", self.palette["bold"])
        if build and wide:
            line.put(f" {safe(build.script)}", self.palette["muted"])
            line.put(f" #{build.number}  ", self.palette["faint"])
        self._put_mode(line, wide)
        line.put("   " if wide else " ")
        self._put_counts(line, wide)
        return Line(line.pad(self.size.width - right.width) + right)

    def _put_mode(self, line: Line, wide: bool) -> None:
        board, palette = self._board, self.palette
        if self.past:
            past = self.past if wide else self.past.partition(" · ")[0]
            line.put(f"HISTORY {safe(past)}", palette["warning"] + palette["strong"])
        elif self.link:
            line.put(f"◇ {self.link}", palette["warning"])
        elif board.is_building:
            line.put("▶ building" if wide else "▶ build", palette["primary"] + palette["strong"])
        elif board.watching:
            line.put(f"● watching {board.methods} methods" if wide else "● watch", palette["success"])
        elif board.watching is False:
            line.put("◇ paused", palette["warning"])

    def _put_counts(self, line: Line, wide: bool) -> None:
        counts = self._board.counts()
        for glyph, states in _SHOWN_COUNTS:
            number = sum(counts[state] for state in states)
            if number:
                style = self.palette.state(states[0])
                line.put(f"{glyph} " if wide else glyph, style).put(f"{number}  " if wide else f"{number} ", style)

    def _right(self, wide: bool) -> Line:
        build, line = self._board.build, Line()
        if build and not build.outcome and self.now:
            line.put(format_seconds(max(0.0, self.now - build.began)), self.palette["bold"])
            eta = self._board.eta(self.now)
            line.put(f"  ETA {format_seconds(eta)}" if eta >= 1 else "", self.palette["primary"])
        elif build:
            words = {"finished": "built in", "failed": "failed after", "cancelled": "cancelled after"}
            word = words.get(build.outcome)
            text = f"{word} {format_seconds(build.seconds)}" if word else "its engine was killed"
            line.put(text if wide else "", self.palette["muted"])
        self._clock = self._read_clock()
        return line.put(f"  {self._clock} ", self.palette["muted"])

    def _read_clock(self) -> str:
        """Return the time: with seconds only while a build makes every second a new line anyway."""
        return time.strftime("%H:%M:%S" if self.size.width >= 100 and self._board.is_building else "%H:%M")

    def tick(self) -> None:
        """Redraw the line if the clock on it is wrong."""
        if self._read_clock() != self._clock:
            self.refresh()


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


class OverviewBar(Bar):
    """All jobs on one line: a cell is a job or several, the worst state wins."""

    def __init__(self, board: Board) -> None:
        super().__init__(id="overview")
        self._board = board

    def line(self) -> Line:
        """Draw the line."""
        rows = list(self._board.table)
        line = Line().put(" ")
        tail = f" {len(rows)} job{'s' * (len(rows) != 1)} " if rows else ""
        width = max(1, self.size.width - len(tail) - 2)
        cells = min(width, len(rows))
        repeat = max(1, min(3, width // max(1, cells)))
        for cell in range(cells):
            part = rows[cell * len(rows) // cells : (cell + 1) * len(rows) // cells]
            worst = min((row.shown for row in part), key=_WORST.index)
            line.put(_CELLS[worst] * repeat, self.palette.state(worst))
        return line.put(tail, self.palette["faint"])


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
