"""Bars and numbers as text."""

from __future__ import annotations

import pytest

from axtui.tui.glyphs import GLYPHS, bar, cut, format_expected, format_rate


@pytest.mark.parametrize(
    ("share", "filled"), [(0.0, ""), (0.5, "━━━━━"), (0.55, "━━━━━╸"), (1.0, "━" * 10), (7.0, "━" * 10), (-1.0, "")]
)
def test_a_bar_is_as_wide_as_asked(share: float, filled: str) -> None:
    """Half a cell is the finest step, and a share outside 0 to 1 does no harm."""
    assert bar(share, 10) == (filled, "─" * (10 - len(filled)))


def test_glyphs_are_one_cell() -> None:
    """A state never moves what stands beside it."""
    from rich.cells import cell_len

    assert {cell_len(glyph) for glyph in GLYPHS.values()} == {1}


def test_numbers_are_short() -> None:
    """Rates and expected times have at most a few characters."""
    assert [format_rate(n, 2.0) for n in (0, 90, 138_000, 4_000_000)] == ["", "45/s", "69k/s", "2M/s"]
    assert [format_expected(seconds) for seconds in (0, 3.21, 31.4, 200)] == ["", "~3.2s", "~31s", "~3m20s"]
    assert cut("abcdef", 4) == "abc…"
