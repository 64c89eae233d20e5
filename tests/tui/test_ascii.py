"""The workbench drawn with ASCII characters alone."""

from __future__ import annotations

from pathlib import Path

from axtui.tui.app import AxtuiApp
from axtui.tui.ascii_filter import _TABLE
from axtui.tui.glyphs import GLYPHS
from tests.tui.flights import record_flights
from tests.tui.screen import HIGH, in_loop, lines_of, settle


@in_loop
async def test_no_glyph_of_ours_is_left(tmp_path: Path) -> None:
    """Frames, lanes, states, bars and the fold's glyph: every character on the screen is ASCII."""
    app = AxtuiApp(record_flights(tmp_path / "p").project, ascii=True)
    async with app.run_test(size=HIGH) as pilot:
        await pilot.press("minus")
        await settle(pilot)
        folded = lines_of(app)
        await pilot.press("question_mark")
        await settle(pilot)

        left = {char for line in (*folded, *lines_of(app)) for char in line if not char.isascii()}
        assert left == set()
        assert any("= " in line and "11 more" in line for line in folded)
        assert any("x | | delays" in line for line in folded)


def test_states_stay_apart() -> None:
    """States that differ in shape differ as ASCII too."""
    glyphs = set(GLYPHS.values())

    assert len({glyph.translate(_TABLE) for glyph in glyphs}) == len(glyphs)
