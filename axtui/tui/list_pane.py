"""A pane of lines with a cursor. The cursor stands on a key, not on a line: only the user moves it to another one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.events import Click
from textual.message import Message

from axtui.tui.pane import Pane


class ListPane(Pane, inherit_bindings=False):
    """Lines that are known by keys.

    Attributes:
        cursor: The key that the cursor stands on, "" where there is none.
    """

    WHAT = "line"

    @dataclass
    class Picked(Message):
        """The cursor stands on another key; "" where there is none."""

        row: str

    @dataclass
    class Opened(Message):
        """A row should be looked at closely."""

        row: str

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.cursor = ""

    @property
    def keys(self) -> Sequence[str]:
        """The key of each line."""
        raise NotImplementedError

    def at(self, key: str) -> int | None:
        """Return the line of a key, None where it is not shown."""
        raise NotImplementedError

    def move_to(self, key: str) -> None:
        """Put the cursor on a key and bring it into view."""
        before, self.cursor = self.cursor, key
        self.refresh_rows((before, key))
        self.bring(self.at(key) or 0)
        if before != key:
            self.post_message(self.Picked(key))

    def refresh_rows(self, keys: Iterable[str]) -> None:
        """Redraw the lines of keys."""
        for key in keys:
            line = self.at(key)
            if line is not None:
                self.refresh_line(line)

    def bring(self, line: int) -> None:
        """Scroll no further than is needed to see a line."""
        top, height = self.scroll_offset.y, self.size.height
        if not height:
            return  # the pane has no place yet, or is hidden
        if line < top:
            self.go_to(line)
        elif line >= top + height:
            self.go_to(line - height + 1)

    def action_line(self, step: int) -> None:
        """Move the cursor by lines."""
        if not self.keys:
            return self.hint(self.nothing)
        here = self.at(self.cursor) or 0
        line = max(0, min(here + step, len(self.keys) - 1))
        if line == here and self.cursor:
            return self.hint(f"this is the {'last' if step > 0 else 'first'} {self.WHAT}")
        return self.move_to(self.keys[line])

    def action_page(self, pages: float) -> None:
        """Move the cursor by pages."""
        self.action_line(int(pages * self.size.height))

    def action_first(self) -> None:
        """Move the cursor to the first line."""
        self.action_line(-len(self.keys))

    def action_last(self) -> None:
        """Move the cursor to the last line."""
        self.action_line(len(self.keys))

    def action_open(self) -> None:
        """Ask for a close look."""
        if self.cursor:
            self.post_message(self.Opened(self.cursor))
        else:
            self.hint(self.nothing)

    def on_click(self, event: Click) -> None:
        """Move the cursor to where the mouse is; a second click opens."""
        offset = event.get_content_offset(self)
        line = offset.y + self.scroll_offset.y if offset else len(self.keys)
        if line < len(self.keys):
            self.move_to(self.keys[line])
            if event.chain == 2:
                self.action_open()
