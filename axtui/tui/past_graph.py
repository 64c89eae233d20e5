"""The job list of a build as it was at one moment: the same lines, folded up to the time cursor."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.events import Resize

from axtui.tui.history import Player
from axtui.tui.job_lines import JobLines
from axtui.tui.measure import Share
from axtui.tui.pane import Pane
from axtui.tui.reader import Reader
from axtui.tui.spans import Timeline


class PastGraph(JobLines, inherit_bindings=True):
    """The jobs of a build at a moment. Its cursor follows that of the timeline.

    Args:
        player: The build.
        reader: Reads jobs.
    """

    NUMBER = 3
    BINDINGS: ClassVar[list[BindingType]] = list(Pane.BINDINGS)

    def __init__(self, player: Player, reader: Reader) -> None:
        super().__init__(player.board, reader)
        self._player = player
        self._now = 0.0
        self._runs = ""

    def now(self) -> float:
        """Return the time of the cursor."""
        return self._now

    def show_at(self, timeline: Timeline, at: float, row: str) -> None:
        """Show the build at so many seconds since it began, with the cursor on a row.

        How far its jobs were is known from when they ended.
        """
        self._now = timeline.build.began + at
        self._player.seek(self._now)
        self.show(self._board.take())
        running = timeline.running(at)
        shares = {span.row: (at - span.began) / span.seconds for span in running if span.seconds > 0}
        known = {row: Share(share, timeline.build.outcome == "") for row, share in shares.items()}
        self.show_shares(known)
        if row != self.cursor and row in self._board.table.rows:
            self.move_to(row)
        self._runs = running[0].row if running else ""
        self._bring_running()

    def on_resize(self, event: Resize) -> None:
        """Keep what ran in view, also where the pane had no size when the time cursor came."""
        super().on_resize(event)
        self._bring_running()

    def _bring_running(self) -> None:
        if self._runs:
            self.bring(self.at(self._runs) or 0)
