"""The line above a screen on builds of the past: which project, which build."""

from __future__ import annotations

from axtui.base.text import safe
from axtui.tui.bars import Bar
from axtui.tui.palette import Line


class PastBar(Bar):
    """Which project and which build is shown."""

    def __init__(self, project: str) -> None:
        super().__init__(id="past")
        self._project = project
        self._text = ""

    def show(self, text: str) -> None:
        """Say which build is shown."""
        self._text = text
        self.refresh()

    def line(self) -> Line:
        """Draw the line."""
        line = Line().put(" axtui ", self.palette["accent"] + self.palette["reverse"])
        line.put(f" {safe(self._project)}  " if self.size.width >= 100 else " ", self.palette["bold"])
        return line.put(f"HISTORY {safe(self._text)}", self.palette["warning"] + self.palette["strong"])
