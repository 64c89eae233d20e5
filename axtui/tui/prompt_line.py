"""The line in which a filter or a search is typed. It takes keys while it has the focus; says what was typed."""

from __future__ import annotations

from dataclasses import dataclass

from textual.events import Key, Paste
from textual.message import Message

from axtui.base.text import safe
from axtui.tui.bars import Bar
from axtui.tui.palette import Line


class PromptLine(Bar, can_focus=True):
    """A line of text that is being typed.

    Attributes:
        purpose: What the text is for: "filter jobs /", "search output /", "filter lines &".
    """

    @dataclass
    class Typed(Message):
        """The text changed."""

        purpose: str
        text: str

    @dataclass
    class Left(Message):
        """The user is done; `kept` tells whether the text stays in force."""

        purpose: str
        kept: bool

    def __init__(self) -> None:
        super().__init__(id="prompt")
        self.purpose = ""
        self.text = ""

    def open(self, purpose: str, anew: bool = True) -> None:
        """Show the prompt and take the keys; `anew` if nothing of what was typed before is kept."""
        if anew or purpose != self.purpose:
            self.purpose, self.text = purpose, ""
        self.display = True
        self.focus()

    def keep(self, purpose: str, text: str) -> None:
        """Show a text that is in force as if it had been typed and kept; with "" there is nothing to show."""
        self.purpose, self.text, self.display = purpose, text, bool(text)
        self.refresh()

    def close(self) -> None:
        """Put the prompt away."""
        self.text, self.display = "", False

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

    def on_paste(self, event: Paste) -> None:
        """Take the first line of what is pasted."""
        self._set(self.text + safe(event.text.split("\n")[0]))
        event.stop()

    def line(self) -> Line:
        """Draw the line."""
        line = Line().put(f" {self.purpose} ", self.palette["accent"] + self.palette["strong"])
        line.put(self.text, self.palette["foreground"]).put("█" if self.has_focus else "", self.palette["primary"])
        return line.put("   enter keep  esc clear", self.palette["faint"])

    def _set(self, text: str) -> None:
        self.text = text
        self.refresh()
        self.post_message(self.Typed(self.purpose, text))

    def _leave(self, kept: bool) -> None:
        if not kept:
            self._set("")
        self.display = kept
        self.post_message(self.Left(self.purpose, kept))
