"""The small screens above the workbench: a question with keys, and the help. They decide nothing."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
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


class ChoicePane(Pane, inherit_bindings=False):
    """Names, one of which is chosen; typing narrows them."""

    def __init__(self, title: str, names: Sequence[str], current: str) -> None:
        super().__init__(id="choice")
        self._title_text, self._names, self._all = title, list(names), list(names)
        self._at = self._all.index(current) if current in self._all else 0
        self._typed = ""

    def on_mount(self) -> None:
        """Draw all names, and see the one that is chosen now."""
        self._narrow()
        self.call_after_refresh(self._see)

    def line(self, y: int) -> Line:
        """Draw a name."""
        return Line().put(f" {'▸' if y == self._at else ' '} ", self.palette["accent"]).put(safe(self._names[y]))

    def band(self, y: int) -> Style | None:
        """Put the name that enter chooses on a band."""
        return self.palette["focus"] if y == self._at else None

    @property
    def nothing(self) -> str:
        """Say that no name is left."""
        return "none of these"

    @property
    def name_at(self) -> str:
        """The name that enter chooses, "" for none."""
        return self._names[self._at] if self._names else ""

    def take(self, event: Key) -> None:
        """Take a key: move, or narrow the names."""
        steps = {"down": 1, "up": -1, "pagedown": 10, "pageup": -10, "ctrl+n": 1, "ctrl+p": -1}
        if event.key in steps:
            self._at = max(0, min(self._at + steps[event.key], len(self._names) - 1))
            self._see()
        elif event.key == "backspace":
            self._type(self._typed[:-1])
        elif event.character and event.is_printable:
            self._type(self._typed + event.character)

    def _type(self, text: str) -> None:
        self._typed, self._at = text, 0
        self._names = [name for name in self._all if text.lower() in name.lower()]
        self._narrow()

    def _narrow(self) -> None:
        self.border_title = Content(safe(self._title_text))
        self.border_subtitle = Content(
            safe(f"{self._typed or 'type to narrow'} · {len(self._names)} of {len(self._all)}")
        )
        self.resize_content(len(self._names))
        self.refresh()

    def _see(self) -> None:
        """Scroll until the name that enter chooses is seen."""
        top = self.scroll_offset.y
        self.go_to(min(self._at, max(top, self._at - self.size.height + 1)))
        self.refresh()


class Choice(ModalScreen[str]):
    """A list of names; gives the chosen one, or "" where the user stays."""

    def __init__(self, title: str, names: Sequence[str], current: str = "") -> None:
        super().__init__()
        self._pane = ChoicePane(title, names, current)

    def compose(self) -> ComposeResult:
        """Draw the list."""
        yield self._pane

    def on_mount(self) -> None:
        """Take the keys."""
        self._pane.focus()

    def on_key(self, event: Key) -> None:
        """Choose, stay, or move."""
        event.stop()
        if event.key == "escape":
            self.dismiss("")
        elif event.key == "enter" and self._pane.name_at:
            self.dismiss(self._pane.name_at)
        else:
            self._pane.take(event)
