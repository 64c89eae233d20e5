"""What a build script wants its user to see at the end: `urd.warn` texts in a box."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

_WIDTH = 74
_INDENT = re.compile(r"\s*")


def format_box(texts: Iterable[str]) -> str:
    """Return texts in a box of `#`, each line of them wrapped with the indentation it has."""
    lines = [line for text in texts for raw in (text.splitlines() or [""]) for line in _wrap(raw)]
    width = max((len(line) for line in lines), default=0)
    edge = "#" * (width + 6)
    return "\n".join([edge, *(f"## {line:<{width}} ##" for line in lines), edge])


def _wrap(raw: str) -> list[str]:
    line = raw.expandtabs()
    found = _INDENT.match(line)
    indent = found[0][: _WIDTH // 2] if found else ""
    return textwrap.wrap(line.strip(), _WIDTH, initial_indent=indent, subsequent_indent=indent) or [""]
