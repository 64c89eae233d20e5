"""The first line: which project, what it is doing, how many jobs are in which state, when it ends, the time."""

from __future__ import annotations

import time
from collections.abc import Sequence

from axtui.base.clock import format_seconds
from axtui.base.text import safe
from axtui.tui.bars import Bar
from axtui.tui.estimates import Estimate
from axtui.tui.glyphs import GLYPHS, cut
from axtui.tui.measure import Share
from axtui.tui.palette import Line
from axtui.tui.rows import State
from axtui.tui.state import Board

_COUNTS: tuple[tuple[State, ...], ...] = (
    ("built", "reused"), ("running",), ("waiting", "expected"), ("stale",), ("failed", "broken"), ("blocked",),
    ("cancelled",),
)  # fmt: skip
_LEVELS = "▁▂▃▄▅▆▇█"
_SLOTS_DRAWN = 16
_WIDE = 100


class HeaderBar(Bar):
    """Draws what the screen measured last.

    Attributes:
        link: What is wrong with the connection to the engine, "" where nothing is.
        past: Which build of the past is shown, "" for the present.
        now: The monotonic clock when the screen looked last.
        estimate: What is left of the build.
        shares: How far the jobs are that run, one a slot.
    """

    def __init__(self, board: Board, project: str, slots: int) -> None:
        super().__init__(id="header")
        self._board = board
        self._project = project
        self._slots = slots
        self.link = ""
        self.past = ""
        self.now = 0.0
        self.estimate = Estimate()
        self.shares: Sequence[Share] = ()
        self._clock = ""

    def line(self) -> Line:
        """Draw the line: what does not fit in is left out from the middle."""
        wide = self.size.width >= _WIDE
        right = self._right(wide)
        line = Line().put(" axtui ", self.palette["accent"] + self.palette["reverse"])
        build = self._board.build
        project = self._project if wide else self._project.rpartition("/")[2]
        line.put(f" {cut(project, self.size.width // 5)} ", self.palette["bold"])
        if build and wide:
            line.put(f" {safe(build.script)}.py", self.palette["muted"])
            line.put(f" #{build.number} ", self.palette["faint"])
        self._put_mode(line, wide)
        line.put("   " if wide else " ")
        self._put_counts(line, wide)
        room = self.size.width - right.width
        return Line(line.cut(room).pad(room) + right)

    def _put_mode(self, line: Line, wide: bool) -> None:
        board, palette = self._board, self.palette
        if self.past:
            past = self.past if wide else self.past.partition(" · ")[0]
            line.put(f" HISTORY {safe(past)}", palette["warning"] + palette["strong"])
            return
        if self.link:
            line.put(f" ◇ {self.link}", palette["warning"])
            return
        line.put(" LIVE " if wide else "LIVE ", palette["success"] + palette["strong"])
        if board.is_building:
            line.put(" ▶ building" if wide else "▶build", palette["primary"] + palette["strong"])
        elif board.watching:
            line.put(f" ● watching {board.methods} methods" if wide else "●watch", palette["success"])
        elif board.watching is False:
            line.put(" ◇ paused" if wide else "◇paused", palette["warning"])

    def _put_counts(self, line: Line, wide: bool) -> None:
        counts = self._board.counts()
        for states in _COUNTS:
            number = sum(counts[state] for state in states)
            if number:
                glyph = GLYPHS[states[0]]
                line.put(f"{glyph} {number}  " if wide else f"{glyph}{number} ", self.palette.state(states[0]))

    def _right(self, wide: bool) -> Line:
        build, line = self._board.build, Line()
        if build and not build.outcome and self.now:
            self._put_eta(line, max(0.0, self.now - build.began), wide)
            self._put_slots(line, wide)
        elif build:
            words = {"finished": "built in", "failed": "failed after", "cancelled": "cancelled after"}
            word = words.get(build.outcome)
            text = f"{word} {format_seconds(build.seconds)}" if word else "its engine was killed"
            line.put(text if wide else "", self.palette["muted"])
        self._clock = self._read_clock()
        return line.put(f"  {self._clock} ", self.palette["muted"])

    def _put_eta(self, line: Line, elapsed: float, wide: bool) -> None:
        found = self.estimate
        if wide:
            line.put(f" {format_seconds(elapsed)}", self.palette["bold"])
        if found.seconds >= 1:
            more = ">" if found.unknown else ""
            line.put(f"  ETA {more}{format_seconds(found.seconds)}", self.palette["primary"])
            if wide and found.doubt >= 1:
                line.put(f" ±{format_seconds(found.doubt)}", self.palette["muted"])

    def _put_slots(self, line: Line, wide: bool) -> None:
        busy = len(self.shares)
        line.put("  slots ", self.palette["muted"])
        if wide and self._slots <= _SLOTS_DRAWN:
            for share in self.shares[: self._slots]:
                line.put(_LEVELS[min(7, int(share.value * 8))], self.palette["primary"])
            line.put("·" * (self._slots - busy) + " ", self.palette["faint"])
        line.put(f"{busy}/{self._slots}", self.palette["bold"])

    def _read_clock(self) -> str:
        """Return the time: with seconds only while a build makes every second a new line anyway."""
        return time.strftime("%H:%M:%S" if self.size.width >= _WIDE and self._board.is_building else "%H:%M")

    def tick(self) -> None:
        """Redraw the line if the clock on it is wrong."""
        if self._read_clock() != self._clock:
            self.refresh()
