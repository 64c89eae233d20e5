"""What a job had written by the time cursor: its output with a rule where the cursor stands. Takes no keys."""

from __future__ import annotations

import time

from axtui.tui.output_pane import OutputPane
from axtui.tui.reader import Reader
from axtui.tui.shown import Place
from axtui.tui.styled import Span, Styled


class PastOutput(OutputPane, can_focus=False, inherit_bindings=False):
    """The output of one job, up to a moment that somebody else chooses."""

    NUMBER = 4

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader)
        self._at = 0.0
        self._row = -1

    def show_at(self, job: str, at: float, runs: bool) -> None:
        """Show the output of a job up to a wall time, in seconds; `runs` if more is to come."""
        self._at = at
        self.show(job, runs)
        self._place()

    @property
    def nothing(self) -> str:
        """Say why there is no line."""
        return "this job did not run in this build" if not self._job else super().nothing

    @property
    def shows_cursor(self) -> bool:
        """Whether the cursor's line is to be seen: the rule below it says where it is."""
        return False

    def text(self, y: int) -> Styled:
        """Return a line; what came later than the cursor is faint."""
        text = super().text(y)
        if y <= self._row or not any(self.lines.tail.blocks.seen):
            return text
        return Styled(text.plain, [Span(0, len(text.plain), self.palette["faint"])])

    def rule(self, y: int) -> str:
        """Return the time below the last line that had come by then."""
        return self._clock() if y == self._row else ""

    def _clock(self) -> str:
        return time.strftime("%H:%M:%S", time.localtime(self._at))

    def _draw(self) -> None:
        """Draw what has come, and find the place again among it."""
        super()._draw()
        self._place()

    def _place(self) -> None:
        """Put the last line that had come by then in view."""
        self.follows = False
        seen = self.lines.tail.blocks.seen[: self.lines.known_blocks]
        came = max((block for block, at in enumerate(seen) if 0 < at <= self._at), default=-1)
        self._row = self.lines.row(Place(came + 1, 0)) - 1 if came >= 0 else -1
        if self._row >= 0:
            self.show_line(self._row)
        elif self._lines:
            self.go_to(0)
        self.redraw()
        self._show_title()

    def _show_title(self) -> None:
        seen = self.lines.tail.blocks.seen
        if not self._lines:
            return self.title(f"Output {self._job}")
        if not any(seen):
            return self.title(f"Output {self._job}", "when its lines came was not noted")
        count = self._row + 1
        text = f"{count:,} of {self._lines:,} lines by {self._clock()}" if count else f"no line yet at {self._clock()}"
        return self.title(f"Output {self._job}", text)
