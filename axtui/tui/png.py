"""A screen as a PNG: every character drawn in its own cell, so that lines and boxes join. Needs cairocffi.

Drawing the SVG instead leaves gaps: a long run of `━` comes out a few pixels short of its cells.
"""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterable, Sequence
from typing import Any

from rich.cells import cell_len
from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style

_FONT, _FONT_SIZE = "DejaVu Sans Mono", 20
_WIDTH, _HEIGHT, _BASELINE = 12, 23, 18
_MARGIN = 12
_PAPER, _INK = ColorTriplet(15, 17, 23), ColorTriplet(200, 208, 224)


def draw_png(lines: Sequence[Iterable[Segment]], columns: int) -> bytes:
    """Draw lines of segments; return nothing where cairocffi is not installed.

    Args:
        lines: The screen from top to bottom.
        columns: How many cells wide it is.
    """
    try:
        cairo = importlib.import_module("cairocffi")
    except (ImportError, OSError):
        return b""
    size = (columns * _WIDTH + 2 * _MARGIN, len(lines) * _HEIGHT + 2 * _MARGIN)
    surface = cairo.ImageSurface(cairo.FORMAT_RGB24, *size)
    canvas = cairo.Context(surface)
    _fill(canvas, (0, 0, *size), _PAPER)
    for row, line in enumerate(lines):
        _draw_line(cairo, canvas, row, line)
    found = io.BytesIO()
    surface.write_to_png(found)
    return found.getvalue()


def _draw_line(cairo: Any, canvas: Any, row: int, line: Iterable[Segment]) -> None:
    x, y = _MARGIN, _MARGIN + row * _HEIGHT
    for text, style, _ in line:
        ink, paper = _colours(style or Style.null())
        width = cell_len(text) * _WIDTH
        _fill(canvas, (x, y, width, _HEIGHT), paper)
        canvas.set_source_rgb(*(part / 255 for part in ink))
        _choose_font(cairo, canvas, style or Style.null())
        for char in text:
            canvas.move_to(x, y + _BASELINE)
            canvas.show_text(char)
            x += cell_len(char) * _WIDTH
        if style and style.underline:
            _fill(canvas, (x - width, y + _BASELINE + 2, width, 1), ink)


def _choose_font(cairo: Any, canvas: Any, style: Style) -> None:
    slant = cairo.FONT_SLANT_ITALIC if style.italic else cairo.FONT_SLANT_NORMAL
    weight = cairo.FONT_WEIGHT_BOLD if style.bold else cairo.FONT_WEIGHT_NORMAL
    canvas.select_font_face(_FONT, slant, weight)
    canvas.set_font_size(_FONT_SIZE)


def _colours(style: Style) -> tuple[ColorTriplet, ColorTriplet]:
    ink, paper = _triplet(style.color, _INK), _triplet(style.bgcolor, _PAPER)
    if style.dim:
        ink = ColorTriplet(*((part + back) // 2 for part, back in zip(ink, paper, strict=True)))
    return (paper, ink) if style.reverse else (ink, paper)


def _triplet(colour: Color | None, default: ColorTriplet) -> ColorTriplet:
    return default if colour is None or colour.is_default else colour.get_truecolor()


def _fill(canvas: Any, box: tuple[int, int, int, int], colour: ColorTriplet) -> None:
    canvas.set_source_rgb(*(part / 255 for part in colour))
    canvas.rectangle(*box)
    canvas.fill()
