"""Which source line a line of output names: that of a traceback, or FILE:LINE as checkers write. Knows no widget."""

from __future__ import annotations

import re
from collections.abc import Iterable

_FRAME = re.compile(r'File "([^"]+)", line (\d{1,9})')
_PLACE = re.compile(r"(?:^|[\s(\[\"'])([\w./~+-]*\w\.py):(\d{1,9})\b")
_HEAD = re.compile(r"Traceback \(most recent call last\)|Traceback \(")


def find_place(text: str) -> tuple[str, int] | None:
    """Return file and line that a line of output names, or None."""
    match = _FRAME.search(text) or _PLACE.search(text)
    return (match[1], int(match[2])) if match else None


def find_places(lines: Iterable[str]) -> list[tuple[str, int]]:
    """Return what is named from a line upward: by the line itself, else by the traceback that it belongs to.

    Args:
        lines: The line and those above it, upward.
    """
    found: list[tuple[str, int]] = []
    for number, text in enumerate(lines):
        place = find_place(text)
        if place:
            found.append(place)
            if number == 0:
                break
        elif _HEAD.search(text):
            return found
    return found if found and number == 0 else []
