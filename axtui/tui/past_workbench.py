"""The main screen on a build of the past: the same panes, folded from the same events, up to where that build ended."""

from __future__ import annotations

import time
from typing import ClassVar

from textual.binding import Binding, BindingType

from axtui.base.clock import format_seconds
from axtui.tui.bars import KeyBar
from axtui.tui.builds_bar import BuildsBar
from axtui.tui.glyphs import GLYPHS
from axtui.tui.header_bar import HeaderBar
from axtui.tui.reader import Reader
from axtui.tui.rows import Build
from axtui.tui.state import Board
from axtui.tui.workbench import Workbench


class PastWorkbench(Workbench, inherit_bindings=True):
    """What a build of the past did. Rebuilding acts on today's sources.

    Args:
        board: The build, replayed.
        reader: Reads its jobs.
        place: The row and the pane to begin with.
    """

    CSS = "PastWorkbench.-short #strip { display: none; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left_square_bracket", "step_build(-1)", "older build", id="history.older"),
        Binding("right_square_bracket", "step_build(1)", "newer build", id="history.newer"),
        Binding("escape", "back", "live", id="screen.back", tooltip="one step back, at last to the present"),
    ]

    def __init__(self, board: Board, reader: Reader, place: tuple[str, str] = ("", "jobs")) -> None:
        super().__init__(board, reader)
        self._place = place

    @property
    def number(self) -> int:
        """The number of the build that is shown."""
        return self._board.build.number if self._board.build else 0

    def on_mount(self) -> None:
        """Show the build with the cursor where it was."""
        if self._board.build:
            self.query_one(HeaderBar).past = title_of(self._board.build)
        strip = BuildsBar()
        self.mount(strip, before=self.query_one(KeyBar))
        strip.show(self._axtui.history.builds, self.number)
        row, pane = self._place
        if row in self._board.table.rows:
            self.jobs.move_to(row)
        self.open_pane(pane)

    def on_builds_bar_picked(self, message: BuildsBar.Picked) -> None:
        """Show another build."""
        self._axtui.show_build(message.number, self.place)

    def action_step_build(self, step: int) -> None:
        """Show the build before or after this one; after the last one comes the present."""
        self.status(self._axtui.step_build(self.number, step, self.place))

    def action_back(self) -> None:
        """Take one step back; where there is none left, go to the present."""
        if not self.step_back():
            self.app.pop_screen()


def title_of(build: Build) -> str:
    """Write which build of the past that is: number, day and time, outcome and length."""
    glyph = GLYPHS[build.to_row().state]
    took = format_seconds(build.seconds) if build.seconds else {"": "runs"}.get(build.outcome, build.outcome)
    return f"build {build.number} · {format_day(build.at)} · {glyph} {took}"


def format_day(at: float, form: str = "%a %d %b %H:%M:%S") -> str:
    """Write a wall time for people: `Fri 20 Nov 18:02:11`."""
    return time.strftime(form, time.localtime(at))
