"""Which panes are seen, and which one has the screen: classes that workbench.tcss lays out. Draws nothing."""

from __future__ import annotations

from textual.screen import Screen

from axtui.tui.pane import Pane

PANES = ("jobs", "detail", "output", "source", "events")
_SIDE = PANES[1:4]
EVENTS_FROM = 30
"""So many rows the screen has to have for the events to be on it."""


class Layout:
    """The panes of a screen.

    Attributes:
        current: The pane that has the focus, or will have it once the messages that wait are handled.
    """

    def __init__(self, screen: Screen[None]) -> None:
        self._screen = screen
        self.current = "jobs"

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

    def zoom(self, name: str) -> None:
        """Give a pane the screen; "" gives each its own place again."""
        for other in PANES:
            self.pane(other).set_class(other == name, "zoom")
        self._screen.set_class(bool(name), "zoomed")
        self._screen.set_class(name == "jobs", "zoom-jobs")
        self._screen.set_class(name == "events", "zoom-events")
