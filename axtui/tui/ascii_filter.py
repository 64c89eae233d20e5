"""The screen without characters of our own beyond ASCII: for fonts that lack them, or where they are two cells wide.

It stands at the end, where lines are drawn, so that no widget has two sets of glyphs. Users' own text stays as it is.
"""

from __future__ import annotations

from typing import Any

from rich.segment import Segment
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter

_PLAIN: dict[str, str] = {
    "+": "✔├┤┼┬┴╭╮╰╯┏┓┗┛┌┐└┘┣┫", "x": "✘×", ">": "▶›▹→≥", ".": "○…·", "_": "▁▂", "?": "◌", "!": "⊘", "~": "⊗≡≈",
    "*": "●★", "=": "▸═━╞╡╪█▇",
    "v": "▾↓", "o": "◇◆", "|": "▌│┃║▏▕▊▎▍▉▋▐", "<": "‹◂◀←≤", "^": "▲↑", "d": "Δ",
    "-": "─╸╺╼╾–−—▔▃▄",
    "#": "▅▆▓▒≠", ":": "░", "E": "⏎", "@": "↻",
}  # fmt: skip
"""What stands for which glyphs; no two states have the same."""
_TABLE = str.maketrans({glyph: plain for plain, glyphs in _PLAIN.items() for glyph in glyphs})


class AsciiFilter(LineFilter):
    """Replaces what axtui draws by ASCII characters that look alike."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with each glyph replaced."""
        if all(segment.text.isascii() for segment in segments):
            return segments
        return [Segment(text.translate(_TABLE), style, control) for text, style, control in segments]


def use_ascii(app: App[Any]) -> None:
    """Draw with ASCII characters alone. Textual 8.2.8 has no public place for filters of an app."""
    app._filters.append(AsciiFilter())
