"""The base of panes whose text is all in memory: a search through it, as the user types. Holds no text."""

from __future__ import annotations

from axtui.tui.pattern import Pattern, parse_pattern
from axtui.tui.text_pane import TextPane


class SearchedPane(TextPane, inherit_bindings=True):
    """Shows lines that can all be looked through at once."""

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self._pattern: Pattern | None = None
        self._searched_from = 0

    def show_title(self) -> None:
        """Say in the border what is shown, what is searched for, and where the cursor is."""
        raise NotImplementedError

    def found(self, y: int, plain: str) -> list[tuple[int, int]]:
        """Return what is searched for and stands in a line."""
        return self._pattern.spans(plain) if self._pattern else []

    def moved(self, at_end: bool) -> None:
        """Say where the cursor is now."""
        self.show_title()

    def begin_search(self) -> None:
        """Search from the cursor on, whatever is found while the user types."""
        self._searched_from = self.cursor

    def typed(self, purpose: str, text: str) -> None:
        """Search as the user types; "" ends it."""
        self._pattern = parse_pattern(text) if text else None
        rows = self._found_rows()
        if rows:
            self.show_line(next((y for y in rows if y >= self._searched_from), rows[0]))
        self.redraw()
        self.show_title()

    def step_back(self) -> bool:
        """Undo the last of selection and search. Return whether there was one."""
        if self.drop_selection():
            return True
        had = self._pattern is not None
        if had:
            self.typed(self.SEARCH, "")
        return had

    def action_find(self, step: int) -> None:
        """Go to the next line that matches the search."""
        rows = self._found_rows()
        if not rows:
            text = f"no line with {self._pattern.text!r}" if self._pattern else "nothing is searched for; / searches"
            return self.hint(text)
        ahead = [y for y in rows if (y - self.cursor) * step > 0]
        if not ahead:
            self.hint("went on from the other end")
        self.show_line((ahead or rows)[0 if step > 0 else -1])
        return self.moved(False)

    def describe_search(self) -> str:
        """Write what is searched for and how many lines have it, for a title; "" without a search."""
        if self._pattern is None:
            return ""
        count = len(self._found_rows())
        return f"/{self._pattern.text} {count:,} line{'s' * (count != 1)} · "

    def _found_rows(self) -> list[int]:
        if self._pattern is None:
            return []
        return [y for y in range(self._lines) if self._pattern.matches(self.text(y).plain)]
