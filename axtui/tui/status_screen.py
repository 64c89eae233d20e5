"""What every screen with a bar of keys does: it shows the keys there, and what keys and panes have to say."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.events import Key
from textual.screen import Screen

from axtui.tui.bars import KeyBar
from axtui.tui.commands import shown_keys
from axtui.tui.pane import Pane

if TYPE_CHECKING:
    from axtui.tui.app import AxtuiApp


class StatusScreen(Screen[None], inherit_bindings=False):
    """A screen whose last line has the keys, or what the last one did."""

    @property
    def _axtui(self) -> AxtuiApp:
        return cast("AxtuiApp", self.app)

    def status(self, text: str) -> None:
        """Say something in the status line, until the next key."""
        self.query_one(KeyBar).say(text)

    def show_keys(self) -> None:
        """Show the keys that do something now."""
        self.query_one(KeyBar).show(shown_keys(self))

    def on_key(self, event: Key) -> None:
        """Say of a key that does nothing here that it does nothing."""
        self.status("")
        if event.key not in self.active_bindings:
            name = event.character if event.is_printable and event.character else event.key
            self.status(self._axtui.tell_idle(event.key, name))

    def on_pane_hint(self, message: Pane.Hint) -> None:
        """Show what a pane has to say."""
        self.status(message.text)
