"""Which panes are seen, and which one has the screen: classes that workbench.tcss lays out. Draws nothing."""

from __future__ import annotations

from textual.screen import Screen

from axtui.tui.pane import Pane

PANES = ("jobs", "detail", "output", "source", "events")
_SIDE = PANES[1:4]
LEFT_PARTS = 21
"""How wide the jobs are at first, in fortieths of the screen."""
_PARTS, _FEWEST_PARTS, _STEP_PARTS = 40, 9, 3
EVENTS_FROM = 30
"""So many rows the screen has to have for the events to be on it."""


class Layout:
    """The panes of a screen.

    Attributes:
        current: The pane that has the focus, or will have it once the messages that wait are handled.
        left: How wide the jobs are where other panes stand beside them, in fortieths of the screen.
    """

    def __init__(self, screen: Screen[None]) -> None:
        self._screen = screen
        self.current = "jobs"
        self.left = LEFT_PARTS

    @property
    def is_zoomed(self) -> bool:
        """Whether one pane has the screen."""
        return self._screen.has_class("zoomed")

    def pane(self, name: str) -> Pane:
        """Return a pane by its name."""
        return self._screen.query_one(f"#{name}", Pane)

    def open(self, name: str) -> None:
        """Give a pane the focus, and the screen if another one had it."""
        self.bring(name)
        if self.is_zoomed:
            self.zoom(name)
        self.pane(name).focus()

    def bring(self, name: str) -> None:
        """Choose a pane as the one that is seen where not all have room."""
        self.current = name
        for other in _SIDE if name in _SIDE else ():
            self.pane(other).set_class(other == name, "front")
            if name != "detail":
                self.pane(other).set_class(other == name, "lower")

    def next_pane(self, step: int) -> str:
        """Return the name of the next pane, round and round."""
        panes = [name for name in PANES if self.has_room(name)]
        return panes[(panes.index(self.current) + step) % len(panes)]

    def has_room(self, name: str) -> bool:
        """Tell whether a pane can be on the screen at all."""
        return name != "events" or self._screen.size.height >= EVENTS_FROM

    def widen(self, steps: int) -> bool:
        """Make the jobs so many steps wider, or narrower; tell whether that could be done."""
        return self.lay(self.left + steps * _STEP_PARTS)

    def lay(self, left: int) -> bool:
        """Let the jobs be so wide, in fortieths of the screen; False if that leaves too little for a side."""
        if not _FEWEST_PARTS <= left <= _PARTS - _FEWEST_PARTS:
            return False
        self.left = left
        self._screen.query_one("#jobs").styles.width = f"{left}fr"
        self._screen.query_one("#side").styles.width = f"{_PARTS - left}fr"
        return True

    def zoom(self, name: str) -> None:
        """Give a pane the screen; "" gives each its own place again."""
        for other in PANES:
            self.pane(other).set_class(other == name, "zoom")
        self._screen.set_class(bool(name), "zoomed")
        self._screen.set_class(name == "jobs", "zoom-jobs")
        self._screen.set_class(name == "events", "zoom-events")
