"""The prompt that narrows the job list. It takes keys while it has the focus; says what was typed."""

from __future__ import annotations

from dataclasses import dataclass

from textual.events import Key
from textual.message import Message

from axtui.base.text import safe
from axtui.tui.bars import Bar
from axtui.tui.palette import Line


class FilterLine(Bar, can_focus=True):
    """A line of text that is being typed."""

    @dataclass
    class Typed(Message):
        """The text changed."""

        text: str

    @dataclass
    class Left(Message):
        """The user is done; `kept` tells whether the filter stays."""

        kept: bool

    def __init__(self) -> None:
        super().__init__(id="filter")
        self.text = ""

    def open(self) -> None:
        """Show the prompt and take the keys."""
        self.display = True
        self.focus()

    def on_key(self, event: Key) -> None:
        """Take a key as text."""
        if event.key in ("escape", "enter"):
            self._leave(event.key == "enter" and bool(self.text))
        elif event.key in ("backspace", "ctrl+h"):
            self._set(self.text[:-1])
        elif event.key == "ctrl+u":
            self._set("")
        elif event.character and event.is_printable:
            self._set(self.text + safe(event.character))
        else:
            return
        event.stop()
        event.prevent_default()

    def line(self) -> Line:
        """Draw the line."""
        line = Line().put(" filter jobs / ", self.palette["accent"] + self.palette["strong"])
        line.put(self.text, self.palette["foreground"]).put("█" if self.has_focus else "", self.palette["primary"])
        return line.put("   enter keep  esc clear", self.palette["faint"])

    def _set(self, text: str) -> None:
        self.text = text
        self.refresh()
        self.post_message(self.Typed(text))

    def _leave(self, kept: bool) -> None:
        if not kept:
            self._set("")
        self.display = kept
        self.post_message(self.Left(kept))
