"""Glyphs, bars and numbers as text. Shapes differ wherever colours do. Knows no widget and no theme."""

from __future__ import annotations

from axtui.base.clock import format_seconds
from axtui.tui.rows import State

GLYPHS: dict[State, str] = {
    "built": "✔",
    "reused": "✔",
    "running": "▶",
    "waiting": "○",
    "expected": "○",
    "stale": "◌",
    "failed": "✘",
    "broken": "✘",
    "blocked": "⊘",
    "cancelled": "⊗",
}
SLICE_GLYPHS = {"waiting": "○", "running": "▶", "done": "✔", "failed": "✘", "stopped": "⊗"}


def bar(share: float, width: int) -> tuple[str, str]:
    """Return the filled and the empty part of a bar of `width` cells; half a cell is the finest step."""
    halves = round(max(0.0, min(1.0, share)) * width * 2)
    full, half = divmod(halves, 2)
    filled = "━" * full + ("╸" if half else "")
    return filled, "─" * (width - len(filled))


def format_rate(done: int, seconds: float) -> str:
    """Write how many a second, or "" where that cannot be known yet."""
    if seconds < 0.05 or done <= 0:
        return ""
    rate = done / seconds
    for unit in ("", "k", "M"):
        if rate < 1000:
            return f"{rate:.0f}{unit}/s"
        rate /= 1000
    return f"{rate:.1f}G/s"


def format_expected(seconds: float) -> str:
    """Write how long something is likely to take, or "" where nobody knows."""
    if seconds <= 0:
        return ""
    return f"~{round(seconds)}s" if 10 <= seconds < 99.5 else f"~{format_seconds(seconds)}"


def cut(text: str, width: int) -> str:
    """Cut a line of plain text to a width, `…` in place of what is gone."""
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"
