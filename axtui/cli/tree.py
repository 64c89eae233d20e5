"""A tree of lines, as it is printed: safe for a terminal, and wrapped to its width."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence

from axtui.base.text import safe
from axtui.event.reasons import Branch

_NARROWEST = 20


def terminal_width() -> int:
    """Return the width to wrap to in columns; 0, for not at all, where the output is no terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0


def format_tree(branches: Sequence[Branch], width: int, indent: str = "") -> Iterator[str]:
    """Give the lines of a tree, without the root that it hangs from.

    Args:
        branches: The branches next to each other.
        width: How wide a line may be, 0 for as long as it is.
        indent: What stands before each line.
    """
    for index, branch in enumerate(branches):
        is_last = index == len(branches) - 1
        below = indent + ("   " if is_last else "│  ")
        follow = below + ("│  " if branch.below else "   ")
        head = indent + ("└─ " if is_last else "├─ ")
        lines = wrap(safe(branch.text), width - len(head) if width else 0)
        yield head + lines[0]
        yield from (follow + line for line in lines[1:])
        yield from format_tree(branch.below, width, below)


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines; one of width 0 stays as it is."""
    return textwrap.wrap(text, max(width, _NARROWEST), break_on_hyphens=False) or [""] if width else [text]
