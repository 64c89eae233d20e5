"""A question above the screen that one key answers. It decides nothing."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen

from axtui.base.text import safe
from axtui.tui.bars import Bar
from axtui.tui.palette import Line

_WIDTH = 56
Keys = Sequence[tuple[str, str]]


class _Text(Bar):
    """A line of a dialog."""

    def __init__(self, key: str, text: str) -> None:
        super().__init__()
        self._key, self._text = key, text

    def line(self) -> Line:
        line = Line().put(f" {self._key:>7}  " if self._key else " ", self.palette["accent"] + self.palette["strong"])
        return line.put(self._text, self.palette["foreground"])


class Question(ModalScreen[str]):
    """A question that one key answers; escape answers with ""."""

    def __init__(self, title: str, text: str, answers: Keys) -> None:
        super().__init__()
        self._title, self._text, self._answers = safe(title), safe(text), answers

    def compose(self) -> ComposeResult:
        """Draw the question and its answers."""
        with Vertical(id="dialog") as box:
            box.border_title = Content(self._title)
            for line in textwrap.wrap(self._text, _WIDTH):
                yield _Text("", line)
            yield _Text("", "")
            for key, text in (*self._answers, ("esc", "stay")):
                yield _Text(key, text)

    def on_key(self, event: Key) -> None:
        """Answer with the key."""
        event.stop()
        if event.key == "escape":
            self.dismiss("")
        elif event.key in [key for key, _ in self._answers]:
            self.dismiss(event.key)
