"""A list of things to choose from, narrowed by typing: the palette, the help that runs, the choice of a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style
from textual.app import ComposeResult
from textual.content import Content
from textual.events import Click, Key, Paste
from textual.screen import ModalScreen

from axtui.base.text import safe
from axtui.tui.fuzzy import rank
from axtui.tui.palette import Line
from axtui.tui.pane import Pane

_STEPS = {"down": 1, "up": -1, "pagedown": 10, "pageup": -10, "ctrl+n": 1, "ctrl+p": -1, "home": -(10**6), "end": 10**6}


@dataclass(frozen=True)
class Item:
    """One thing that can be chosen; `run` is what choosing it does, None where it only tells something.

    It is found by its text, its keys, and `also`, which is not shown.
    """

    text: str
    keys: str = ""
    section: str = ""
    run: Callable[[], None] | None = None
    also: str = ""


class FinderPane(Pane, inherit_bindings=False):
    """Things in sections, or, once something is typed, those that fit, the best first."""

    def __init__(self, title: str, items: Sequence[Item], current: str = "") -> None:
        super().__init__(id="finder")
        self._heading = title
        self._all = items
        self._typed = ""
        self._shown: list[Item | str] = []
        self._at = 0
        self._current = current
        self._keys_wide = 0

    def on_mount(self) -> None:
        """Show everything, with the current thing in sight."""
        self._narrow()
        at = [at for at, line in enumerate(self._shown) if isinstance(line, Item) and line.text == self._current]
        self._at = at[0] if at else self._at
        self.call_after_refresh(self._see)

    @property
    def chosen(self) -> Item | None:
        """What enter chooses."""
        line = self._shown[self._at] if self._at < len(self._shown) else ""
        return line if isinstance(line, Item) else None

    @property
    def nothing(self) -> str:
        """Say that nothing fits."""
        return "nothing fits"

    def line(self, y: int) -> Line:
        """Draw a heading or a thing."""
        item, palette = self._shown[y], self.palette
        if isinstance(item, str):
            return Line().put(f" {safe(item)}", palette["accent"] + palette["strong"])
        line = Line().put(" ▸ " if y == self._at else "   ", palette["accent"])
        if self._keys_wide:
            line.put(safe(item.keys), palette["bold"]).pad(self._keys_wide + 4)
        line.put(safe(item.text), palette["foreground" if item.run else "muted"])
        return line.put(f"   {item.section}" if self._typed and item.section else "", palette["faint"]).cut(self.room)

    def band(self, y: int) -> Style | None:
        """Put the thing that enter chooses on a band."""
        return self.palette["focus"] if y == self._at else None

    def take(self, event: Key) -> None:
        """Take a key: move, or narrow."""
        if event.key in _STEPS:
            self._move(_STEPS[event.key])
        elif event.key in ("backspace", "ctrl+h"):
            self.type(self._typed[:-1])
        elif event.key == "ctrl+u":
            self.type("")
        elif event.character and event.is_printable:
            self.type(self._typed + event.character)

    def type(self, text: str) -> None:
        """Narrow to what fits a text."""
        self._typed = text
        self._narrow()
        self._see()

    def point(self, y: int) -> bool:
        """Put the cursor on a line; tell whether something to choose is there."""
        is_item = y < len(self._shown) and isinstance(self._shown[y], Item)
        self._at = y if is_item else self._at
        return is_item

    def _move(self, step: int) -> None:
        items = [at for at, line in enumerate(self._shown) if isinstance(line, Item)]
        if items:
            at = items.index(self._at) + step if self._at in items else 0
            self._at = items[max(0, min(at, len(items) - 1))]
        self._see()

    def _narrow(self) -> None:
        texts = [" ".join(filter(None, (item.text, item.keys, item.also))) for item in self._all]
        found = [self._all[index] for index in rank(self._typed, texts)]
        self._keys_wide = min(16, max((cell_len(item.keys) for item in found), default=0))
        self._shown = list(found) if self._typed else _in_sections(found)
        self._at = next((at for at, line in enumerate(self._shown) if isinstance(line, Item)), 0)
        self.border_title = Content(safe(f"{self._heading} {self._typed}█" if self._typed else self._heading))
        self.border_subtitle = Content(f"type to search · {len(found)} of {len(self._all)} · enter · esc")
        self.resize_content(len(self._shown))
        self.refresh()

    def _see(self) -> None:
        """Scroll until what enter chooses is seen, with the heading above it."""
        top, first = (
            self.scroll_offset.y,
            max(0, self._at - (self._at > 0 and isinstance(self._shown[self._at - 1], str))),
        )
        self.go_to(min(first, max(top, self._at - self.size.height + 1)))
        self.refresh()


class Finder(ModalScreen[Item | None]):
    """Things to choose from; gives the chosen one, or None where the user stays."""

    def __init__(self, title: str, items: Sequence[Item], current: str = "") -> None:
        super().__init__()
        self._pane = FinderPane(title, items, current)

    def compose(self) -> ComposeResult:
        """Draw the list."""
        yield self._pane

    def on_mount(self) -> None:
        """Take the keys."""
        self._pane.focus()

    def on_key(self, event: Key) -> None:
        """Choose, stay, or move."""
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self.dismiss(None)
        elif event.key == "enter":
            if self._pane.chosen:
                self.dismiss(self._pane.chosen)
        else:
            self._pane.take(event)

    def on_paste(self, event: Paste) -> None:
        """Search for what is pasted."""
        event.stop()
        self._pane.type(event.text.split("\n")[0])

    def on_click(self, event: Click) -> None:
        """Choose what is clicked; a click beside the list stays."""
        offset = event.get_content_offset(self._pane) if event.widget is self._pane else None
        if offset is None:
            self.dismiss(None)
        elif self._pane.point(offset.y + self._pane.scroll_offset.y):
            self.dismiss(self._pane.chosen)


def _in_sections(items: Sequence[Item]) -> list[Item | str]:
    """Put a heading before each section, and a blank line between two."""
    lines: list[Item | str] = []
    section = ""
    for item in items:
        if item.section != section:
            lines += ["", item.section] if lines else [item.section]
            section = item.section
        lines.append(item)
    return lines
