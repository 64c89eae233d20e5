"""The output pane: what a job writes, followed without taking the view from the user."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.recorded import Recorded
from tests.tui.screen import in_loop, line_with, lines_of, opened, settle


@pytest.fixture
def writing(tmp_path: Path) -> Recorded:
    """Give a project with one running job that has written a hundred lines."""
    rec = Recorded(tmp_path)
    rec.begin()
    lines = "".join(f"line {number}\n" for number in range(100))
    rec.job("dev-1", "noisy", outputs={"analysis.0.out": lines, "analysis.1.err": "trouble\n"}, finished=False)
    rec.start("noisy.1", "dev-1")
    return rec


def write_more(rec: Recorded, text: str) -> None:
    """Let the job write."""
    with open(rec.root / "workdirs/dev/dev-1/output/analysis.0.out", "a") as handle:
        handle.write(text)


@in_loop
async def test_the_end_is_followed(writing: Recorded) -> None:
    """New lines come into view by themselves."""
    async with opened(writing.project) as (app, pilot):
        write_more(writing, "the newest line\n")
        app.workbench.show_row()
        await settle(pilot)

        assert line_with(app, "the newest line")
        assert line_with(app, "FOLLOW · 102 lines")


@in_loop
async def test_the_view_is_never_taken(writing: Recorded) -> None:
    """Who scrolled up stays there, whatever is written; F follows again."""
    async with opened(writing.project) as (app, pilot):
        await pilot.press("3", "g")
        await settle(pilot)
        write_more(writing, "the newest line\n")
        app.workbench.show_row()
        await settle(pilot)
        away = lines_of(app)
        await pilot.press("F")
        await settle(pilot)

        assert any("line 0" in line for line in away) and not any("newest" in line for line in away)
        assert any("▼ 1 new below · line 1 of 102 · F follow" in line for line in away)
        assert line_with(app, "the newest line")


@in_loop
async def test_one_slice_can_be_looked_at_alone(writing: Recorded) -> None:
    """A digit shows one slice, A all of them again."""
    async with opened(writing.project) as (app, pilot):
        await pilot.press("3", "1")
        await settle(pilot)
        alone = "\n".join(lines_of(app))
        await pilot.press("A")
        await settle(pilot)

        assert "slice 1" in alone
        assert "trouble" in alone
        assert "line 99" not in alone
        assert line_with(app, "all slices")
        assert line_with(app, "line 99")


@in_loop
async def test_long_lines_are_reached_sideways(writing: Recorded) -> None:
    """l moves the text to the left, h back."""
    write_more(writing, "x" * 90 + "END\n")
    async with opened(writing.project) as (app, pilot):
        await pilot.press("3")
        before = line_with(app, "END")
        await pilot.press("l", "l", "l", "l")
        await settle(pilot)

        assert not before
        assert line_with(app, "END")
