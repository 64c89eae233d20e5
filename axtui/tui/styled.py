"""A line of text with its colours: SGR sequences parsed by an allow-list, cut to cells, drawn. Knows no widget.

Allowed are the 16, 256 and 24 bit colours, bold, dim, italic, underline, reverse and strike. What else a sequence
says (blinking, hiding) is dropped.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len, get_character_cell_size
from rich.color import Color
from rich.style import Style

from axtui.tui.palette import Line

_SGR = re.compile(r"\x1b\[([0-9;:]*)m")
_COLOURS_MOST = 4096
"""So many changes of colour are followed in one line."""
_ON: dict[int, dict[str, bool]] = {
    1: {"bold": True}, 2: {"dim": True}, 3: {"italic": True}, 4: {"underline": True}, 7: {"reverse": True},
    9: {"strike": True}, 22: {"bold": False, "dim": False}, 23: {"italic": False}, 24: {"underline": False},
    27: {"reverse": False}, 29: {"strike": False},
}  # fmt: skip


class Span(NamedTuple):
    """Characters from `start` to before `end` in a style."""

    start: int
    end: int
    style: Style


@dataclass(frozen=True)
class Styled:
    """A line of plain text, and the styles of parts of it; later spans win."""

    plain: str
    spans: Sequence[Span] = ()

    def draw(self, start: int, end: int, over: Iterable[Span] = (), base: Style | None = None) -> Line:
        """Draw the characters from `start` to `end`; `over` lies above the line's own colours."""
        spans = [span for span in (*self.spans, *over) if span.start < end and span.end > start]
        if not spans:
            return Line().put(self.plain[start:end], base)
        edges = sorted({start, end, *(min(max(edge, start), end) for span in spans for edge in span[:2])})
        line = Line()
        for left, right in itertools.pairwise(edges):
            style = base or Style.null()
            for span in spans:
                if span.start <= left and span.end >= right:
                    style += span.style
            line.put(self.plain[left:right], style)
        return line


def parse_sgr(text: str) -> Styled:
    """Split safe text that may have SGR sequences in it into plain text and colours."""
    if "\x1b" not in text:
        return Styled(text)
    pieces = _SGR.split(text)
    plain, style, length = [pieces[0]], Style.null(), len(pieces[0])
    spans: list[Span] = []
    for codes, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if len(spans) < _COLOURS_MOST:
            style = _change(style, _numbers(codes))
        if piece and style:
            spans.append(Span(length, length + len(piece), style))
        plain.append(piece)
        length += len(piece)
    return Styled("".join(plain), spans)


def chop(plain: str, width: int) -> list[tuple[int, int]]:
    """Cut a line into parts of at most `width` cells: where each begins and ends, in characters."""
    width = max(2, width)
    if plain.isascii():
        return [(at, min(at + width, len(plain))) for at in range(0, max(1, len(plain)), width)]
    parts, start, room = [], 0, width
    for at, char in enumerate(plain):
        cells = get_character_cell_size(char)
        if cells > room:
            parts.append((start, at))
            start, room = at, width
        room -= cells
    return [*parts, (start, len(plain))]


def find_window(plain: str, left: int, width: int) -> tuple[int, int, int]:
    """Return which characters are in a window of cells, and how many blanks stand for half of a cut one."""
    if plain.isascii():
        return min(left, len(plain)), min(left + width, len(plain)), 0
    start = at = cells = 0
    while at < len(plain) and cells < left:
        cells += get_character_cell_size(plain[at])
        at += 1
    start, blanks = at, cells - left if cells > left else 0
    room = width - blanks
    while at < len(plain) and (room := room - get_character_cell_size(plain[at])) >= 0:
        at += 1
    return start, at, blanks


def cells_of(plain: str) -> int:
    """Return how many cells a line takes."""
    return len(plain) if plain.isascii() else cell_len(plain)


def _numbers(codes: str) -> list[int]:
    """Return the parameters of a sequence. Those after colons are one parameter's own: `38:2::255:0:0`."""
    found: list[int] = []
    for parameter in codes.split(";"):
        numbers = [int(number[:3]) for number in parameter.split(":") if number]
        if ":" in parameter and numbers[:1] not in ([38], [48]):
            numbers = [24] if numbers[:2] == [4, 0] else numbers[:1]
        found += numbers or [0]
    return found


def _change(style: Style, codes: Sequence[int]) -> Style:
    at = 0
    while at < len(codes):
        code = codes[at]
        at += 1
        if code == 0:
            style = Style.null()
        elif code in (38, 48):
            color, used = _extended(codes[at : at + 4])
            at += used
            style += Style(color=color) if code == 38 else Style(bgcolor=color)
        else:
            style += _plain_code(code)
    return style


def _plain_code(code: int) -> Style:
    if code in _ON:
        return Style(**_ON[code])  # type: ignore[arg-type]
    base, number = divmod(code, 10)
    if base in (3, 9) and number < 8:
        return Style(color=Color.from_ansi(number + 8 * (base == 9)))
    if base in (4, 10) and number < 8:
        return Style(bgcolor=Color.from_ansi(number + 8 * (base == 10)))
    if code in (39, 49):
        return Style(color="default") if code == 39 else Style(bgcolor="default")
    return Style.null()


def _extended(codes: Sequence[int]) -> tuple[Color | None, int]:
    """Read `5;N` or `2;R;G;B`. Return the colour and how many parameters it took."""
    if codes[:1] == [5] and len(codes) > 1:
        return Color.from_ansi(min(codes[1], 255)), 2
    if codes[:1] == [2] and len(codes) > 3:
        red, green, blue = (min(code, 255) for code in codes[1:4])
        return Color.from_rgb(red, green, blue), 4
    return None, len(codes)
