"""The builds on one line, the oldest first, with the one that is shown in view. A click says which build was meant."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from textual.events import Click
from textual.message import Message

from axtui.tui.bars import Bar
from axtui.tui.glyphs import GLYPHS
from axtui.tui.palette import Line
from axtui.tui.rows import Build

_LABEL, _END = " builds ", " now "
_GAP_MOST = 8


class BuildsBar(Bar):
    """Draws number and state of each build; the longer the time between two of them, the longer the line."""

    @dataclass
    class Picked(Message):
        """A build was clicked."""

        number: int

    def __init__(self) -> None:
        super().__init__(id="strip")
        self._builds: Sequence[Build] = ()
        self._number = 0
        self._cells: list[int] = []
        """The build that each column stands for, 0 for none."""

    def show(self, builds: Sequence[Build], number: int) -> None:
        """Show builds, given with the oldest first, around one of them."""
        self._builds, self._number = builds, number
        self.refresh()

    def line(self) -> Line:
        """Draw the line: as many builds as have room, on both sides of the one that is shown."""
        first, last = self._find_range()
        line = Line().put(_LABEL, self.palette["muted"]).put("…" if first else "", self.palette["faint"])
        self._cells = [0] * line.width
        for at in range(first, last):
            build = self._builds[at]
            line.put("─" * (self._gap(at) if at > first else 1), self.palette["faint"])
            self._cells += [0] * (line.width - len(self._cells))
            self._put(line, build)
            self._cells += [build.number] * (line.width - len(self._cells))
        line.put("─" if last else "", self.palette["faint"])
        return line.put(_END if last == len(self._builds) else "…", self.palette["faint"])

    def on_click(self, event: Click) -> None:
        """Say which build was clicked."""
        number = self._cells[event.x] if event.x < len(self._cells) else 0
        if number:
            self.post_message(self.Picked(number))

    def _put(self, line: Line, build: Build) -> None:
        state = build.to_row().state
        if build.number == self._number:
            line.put(f"▏{build.number} {GLYPHS[state]}▕", self.palette["accent"] + self.palette["reverse"])
        else:
            line.put(f"{build.number} ", self.palette["muted"]).put(GLYPHS[state], self.palette.state(state))

    def _gap(self, at: int) -> int:
        """Return how long the line before a build is: it grows with the logarithm of the minutes since the last one."""
        seconds = max(0.0, self._builds[at].at - self._builds[at - 1].at)
        return min(_GAP_MOST, 1 + int(math.log2(1 + seconds / 60)))

    def _find_range(self) -> tuple[int, int]:
        """Return the first build that has room, and the one after the last, with the shown one between them."""
        here = next((at for at, build in enumerate(self._builds) if build.number == self._number), -1)
        if here < 0:
            return 0, 0
        room = self.size.width - len(_LABEL) - len(_END) - 4 - self._width(here)
        first, last = here, here + 1
        while True:
            sides = [side for side in (first - 1, last) if 0 <= side < len(self._builds)]
            sides = [side for side in sides if self._width(side) <= room]
            if not sides:
                return first, last
            side = min(sides, key=lambda side: abs(side - here))
            room -= self._width(side)
            first, last = min(first, side), max(last, side + 1)

    def _width(self, at: int) -> int:
        return len(str(self._builds[at].number)) + 2 + (self._gap(at) if at else 1)
