"""Looking at a method from inside: its options, and where it is called from."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any


def debug_print_options(options: Mapping[str, Any], title: str = "") -> None:
    """Print options, one a line, with their names aligned."""
    width = max(map(len, options), default=0)
    lines = [f"  {name:<{width}} : {value!r}" for name, value in sorted(options.items())]
    print("\n".join([title or "options", *lines]))  # noqa: T201


def stackup() -> list[tuple[str, int]]:
    """Return file and line of every caller, the innermost first."""
    found = []
    frame = sys._getframe(1)
    while frame is not None:
        found.append((frame.f_code.co_filename, frame.f_lineno))
        frame = frame.f_back  # type: ignore[assignment]
    return found
