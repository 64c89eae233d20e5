"""The small screens above the workbench: a question with keys, and the help. They decide nothing."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen

from axtui.base.text import safe
from axtui.tui.bars import Bar, glyph_legend
from axtui.tui.palette import Line
from axtui.tui.pane import Pane

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


class HelpPane(Pane, inherit_bindings=True):
    """Keys in sections."""

    NUMBER = 0

    def __init__(self, sections: Sequence[tuple[str, Keys]]) -> None:
        super().__init__(id="help")
        self._drawn: list[Line] = []
        self._sections = sections

    def on_mount(self) -> None:
        """Draw all lines once."""
        for title, keys in self._sections:
            self._drawn.append(Line().put(f" {title}", self.palette["accent"] + self.palette["strong"]))
            for key, text in keys:
                line = Line().put(f"   {key:<18} ", self.palette["bold"])
                self._drawn.append(line.put(safe(text), self.palette["muted"]))
            self._drawn.append(Line())
        self.resize_content(len(self._drawn))
        self.border_title = Content("Keys")
        self.border_subtitle = Content("esc closes")

    def line(self, y: int) -> Line:
        """Draw a line."""
        return self._drawn[y]


class Help(ModalScreen[None]):
    """What the keys do in the pane that has the focus, and everywhere; what the glyphs mean."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", "close", id="help.close"),
    ]

    def __init__(self, sections: Sequence[tuple[str, Keys]]) -> None:
        super().__init__()
        self._sections = (*sections, ("States", glyph_legend()))

    def compose(self) -> ComposeResult:
        """Draw the list."""
        yield HelpPane(self._sections)

    def on_mount(self) -> None:
        """Take the keys."""
        self.query_one(HelpPane).focus()
