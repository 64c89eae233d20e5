"""What of a text is copied: whole lines, or what the mouse has selected of them, never too much. Knows no widget."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual.selection import Selection

COPY_MOST = 1_000_000
"""So many characters are copied at most; terminals take no more."""


def join_lines(lines: Iterable[str]) -> tuple[str, bool]:
    """Join lines, as many as can be copied, and tell whether there were more."""
    kept, room = [], COPY_MOST
    for line in lines:
        kept.append(line[:room])
        room -= len(line) + 1
        if room <= 0:
            return "\n".join(kept), True
    return "\n".join(kept), False


def extract(selection: Selection, lines: int, plain: Callable[[int], str]) -> tuple[str, bool]:
    """Return what is selected of so many lines, and whether that is only the beginning of it.

    Args:
        selection: What the mouse has selected, in lines and characters.
        lines: How many lines there are.
        plain: Gives the text of a line.
    """
    first = selection.start.y if selection.start else 0
    last = min(selection.end.y if selection.end else lines - 1, lines - 1)
    return join_lines(_piece(selection, y, plain(y)) for y in range(first, last + 1))


def _piece(selection: Selection, y: int, plain: str) -> str:
    start, end = selection.get_span(y) or (0, 0)
    return plain[start : None if end < 0 else end]
