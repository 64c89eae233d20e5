"""The timeline screen: builds, bars, one time cursor."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from axtui.base import clock
from axtui.event import events as ev
from axtui.store.output_times import append_sizes
from axtui.tui.builds_diff_screen import BuildsDiffScreen
from axtui.tui.inspection import Inspection
from axtui.tui.past_workbench import PastWorkbench
from axtui.tui.timeline_pane import TimelinePane
from axtui.tui.timeline_screen import TimelineScreen
from tests.tui.recorded import BOOT_SECONDS, WALL_SECONDS, Recorded
from tests.tui.screen import NARROW, in_loop, line_with, lines_of, opened, settle, until


@pytest.fixture
def two(tmp_path: Path) -> Recorded:
    """Give a project with two builds; in the second one a job fails and its slices are uneven."""
    rec = Recorded(tmp_path / "two", slices=4)
    rec.begin()
    rec.built("rows.1", "dev-1", seconds=3.0)
    rec.built("sums.1", "dev-2", ("dev-1",), seconds=4.0)
    rec.finish(seconds=12.0)
    rec.begin(cause="saved", saved=("flights/a_sums.py",))
    rec.reuse("rows.1", "dev-1", seconds=3.3)
    rec.job("dev-3", "sums")
    rec.start("sums.1", "dev-3", ("dev-1",), "flights/a_sums.py: analysis changed")
    rec.progress("dev-3", [("done", 10, 10, 2.0), ("done", 10, 10, 2.0), ("done", 10, 10, 2.0), ("done", 45, 45, 9.0)])
    rec.end("sums.1", "dev-3", 9.0)
    rec.job("dev-4", "report", finished=False)
    rec.start("report.1", "dev-4", ("dev-3",))
    rec.say(ev.JobFailed(2, "report.1", "dev-4", 2.0, "synthesis", "KeyError: '[x]\x1b[31m'"), 2.0)
    rec.finish("failed", 15.0)
    return rec


def timeline_of(screen: object) -> TimelinePane:
    """Return the timeline of a screen."""
    assert isinstance(screen, TimelineScreen)
    return screen.query_one(TimelinePane)


@in_loop
async def test_bars_slices_and_history_are_drawn(two: Recorded) -> None:
    """The critical path is double, an uneven job shows its slices, and what took longer than ever is said."""
    async with opened(two.project) as (app, pilot):
        await pilot.press("T")
        await settle(pilot)
        text = "\n".join(lines_of(app))

        assert "HISTORY build.py  build 2" in lines_of(app)[0]
        assert "╞═" in line_with(app, "dev-3 9.5s") and "2.4× its median" in line_with(app, "dev-3 9.5s")
        assert "├─" in line_with(app, "slices 0-2") and "skew 4.5×" in line_with(app, "slice 3")
        assert "✘" in line_with(app, "dev-4 2.2s")
        assert "= 1 job reused" in text and "~ 1 job rebuilt  flights/a_sums" in text
        assert "✘ 1 job failed" in text and "saved a_sums.py" in text
        assert "saved by reuse 3.3s" in text
        assert "\x1b" not in text and "KeyError: '[x]'" in text


@in_loop
async def test_the_time_cursor_goes_by_events_seconds_and_failures(two: Recorded) -> None:
    """Arrows go to events, shift to ten seconds before, braces to failures; what ran then is said."""
    async with opened(two.project) as (app, pilot):
        await pilot.press("T", "home", "right")
        await settle(pilot)
        pane = timeline_of(app.screen)
        assert "sums.1: analysis" in line_with(app, "▲")
        assert "running: sums dev-3 (all 4 slices)" in line_with(app, " at ")

        await pilot.press("}")
        await settle(pilot)
        failed = pane.at
        assert "report.1 fails: KeyError" in line_with(app, "▲")

        await pilot.press("shift+left")
        assert pane.at == pytest.approx(failed - 10.0)
        await pilot.press("}", "}")
        await settle(pilot)
        assert pane.at == failed
        assert "there is no failure after this" in lines_of(app)[-1]


@in_loop
async def test_the_graph_is_as_it_was_at_the_time_cursor(two: Recorded) -> None:
    """The graph below is folded up to the time cursor, forwards and backwards."""
    async with opened(two.project) as (app, pilot):
        await pilot.press("T")
        await settle(pilot)
        assert "KeyError" in line_with(app, "3.0s flights") + "\n".join(lines_of(app)[-14:])

        await pilot.press("home", "right", "right")
        await settle(pilot)
        graph = "\n".join(lines_of(app)[-14:])
        assert "▶" in graph and "KeyError" not in graph

        await pilot.press("}")
        await settle(pilot)
        assert "KeyError" in "\n".join(lines_of(app)[-14:])


@in_loop
async def test_the_slice_that_lags_is_the_sentence(two: Recorded) -> None:
    """Where one slice is left, the sentence says which, why, and what even slices would save."""
    async with opened(two.project) as (app, pilot):
        await pilot.press("T", "home", "right")
        timeline_of(app.screen).move_time(timeline_of(app.screen).at + 5)
        await settle(pilot)

        text = " ".join("\n".join(lines_of(app)).split())
        assert "slice 3 of sums has 4.5× the lines of the median slice" in text


@in_loop
async def test_builds_are_stepped_and_inspected(two: Recorded) -> None:
    """[ shows the build before; enter shows its job on the main screen in that build; esc comes back to the present."""
    async with opened(two.project) as (app, pilot):
        await pilot.press("T", "[", "j")
        await settle(pilot)
        assert "build 1" in lines_of(app)[0]
        assert "+ 2 jobs new" in "\n".join(lines_of(app))

        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, PastWorkbench)
        assert (app.screen.number, app.screen.place) == (1, ("sums.1", "jobs"))

        await pilot.press("escape")
        await settle(pilot)
        assert app.screen is app.workbench


@in_loop
async def test_scale_slots_and_slices(two: Recorded) -> None:
    """+ shows less time, w all; t gives a line a slot; l hides the slices of a job."""
    async with opened(two.project) as (app, pilot):
        await pilot.press("T", "plus")
        await settle(pilot)
        assert line_with(app, "w fit width")

        await pilot.press("w", "l")
        await settle(pilot)
        assert not line_with(app, "slices 0-2")

        await pilot.press("t")
        await settle(pilot)
        assert " sums " in line_with(app, "slot 0")


@in_loop
async def test_the_timeline_is_exported(two: Recorded) -> None:
    """E asks for the form and writes a file; C copies commands."""
    async with opened(two.project) as (app, pilot):
        copied: list[str] = []
        app.copy_to_clipboard = copied.append  # type: ignore[method-assign]
        await pilot.press("T", "E")
        await settle(pilot)
        await pilot.press("j")
        await settle(pilot)
        await pilot.press("C")
        await settle(pilot)

    record = json.loads((two.root / ".axtui/exports/build-2.json").read_text())
    assert [job["row"] for job in record["jobs"]] == ["sums.1", "report.1"]
    assert copied[0].splitlines()[0] == "axtui run build" and "axtui why dev-4" in copied[0]


@in_loop
async def test_a_running_build_grows(two: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    """The timeline of a build that runs follows it."""
    two.begin()
    two.start("sums.1", "dev-5")
    monkeypatch.setattr(clock, "monotonic", lambda: two.now)
    async with opened(two.project) as (app, pilot):
        await pilot.press("T")
        await settle(pilot)
        assert line_with(app, "dev-5 0.2s ▶")
        two.end("sums.1", "dev-5")
        two.finish()

        timeline_of(app.screen).screen.show_build(3)  # as it does every second
        await settle(pilot)

        assert line_with(app, "dev-5 2.5s")


@in_loop
async def test_nothing_was_built_yet(tmp_path: Path) -> None:
    """Without a build the screen says so, and every key of it is harmless."""
    async with opened(Recorded(tmp_path / "p").project, NARROW) as (app, pilot):
        await pilot.press("T", "left", "}", "t", "l", "enter", "plus", "C", "[", "tab", "j", "enter")
        await settle(pilot)
        assert "there was no build yet" in lines_of(app)[0]


@in_loop
async def test_two_builds_are_compared(two: Recorded) -> None:
    """Marked with space, compared with d; enter compares the jobs of a line; esc leads back step by step."""
    async with opened(two.project) as (app, pilot):
        await pilot.press("T", "1", "space", "space", "d")
        await settle(pilot)
        assert isinstance(app.screen, BuildsDiffScreen)
        text = "\n".join(lines_of(app))
        assert "build 2 against 1" in lines_of(app)[0]
        assert "1 failed, 1 rebuilt, 1 the same" in text
        assert "dev-2 → dev-3" in line_with(app, "~ sums") and "4.0s → 9.0s" in line_with(app, "~ sums")
        assert "KeyError: '[x]'" in line_with(app, "✘ report") and "\x1b" not in text

        await pilot.press("slash", *"sums", "enter", "enter")
        await settle(pilot)
        assert isinstance(app.screen, Inspection)
        assert "Diff vs dev-2" in "\n".join(lines_of(app)[:3]) and "dev-3" in lines_of(app)[0]

        await pilot.press("escape", "escape", "escape")
        await settle(pilot)
        assert isinstance(app.screen, TimelineScreen)


@in_loop
async def test_a_build_alone_is_compared_with_the_one_before(two: Recorded) -> None:
    """Without marks d takes the build under the cursor; the first one has none before it; three are too many."""
    async with opened(two.project, NARROW) as (app, pilot):
        await pilot.press("T", "1", "d")
        await settle(pilot)
        assert isinstance(app.screen, BuildsDiffScreen)
        assert line_with(app, "~ sums")

        await pilot.press("escape", "1", "j", "d")
        await settle(pilot)
        assert isinstance(app.screen, TimelineScreen)
        assert "build 1 is the first one of its script" in lines_of(app)[-1]

        await pilot.press("backslash")
        await settle(pilot)
        assert "nothing is marked" in lines_of(app)[-1]


@in_loop
async def test_the_log_is_that_of_the_time_cursor(tmp_path: Path) -> None:
    """Lines stand in the order in which they came, with a rule at the time cursor; another job has another log."""
    rec = Recorded(tmp_path / "p")
    rec.begin()
    job = rec.job("dev-1", "rows", outputs={"analysis.0.out": "a1\na2\n", "analysis.1.out": "b1\n"})
    at = WALL_SECONDS + rec.now - BOOT_SECONDS
    rec.built("rows.1", "dev-1", seconds=9.0)
    rec.job("dev-2", "sums", outputs={"synthesis.out": "nobody knows when\n"})
    os.utime(tmp_path / "p/workdirs/dev/dev-2/setup.json", (1.0, 1.0))
    rec.built("sums.1", "dev-2", ("dev-1",), seconds=4.0)
    rec.finish(seconds=20.0)
    append_sizes(job, at + 2.0, {"analysis.0.out": 3})
    append_sizes(job, at + 4.0, {"analysis.1.out": 3})
    append_sizes(job, at + 6.0, {"analysis.0.out": 6})

    async with opened(rec.project) as (app, pilot):
        await pilot.press("T")
        await until(pilot, lambda: bool(line_with(app, "3 of 3 lines by ")))
        timeline_of(app.screen).move_time(5.0)
        await until(pilot, lambda: bool(line_with(app, "2 of 3 lines by ")))
        lines = [line[104:].split() for line in lines_of(app) if " │ " in line[104:] or "────" in line[104:112]]
        assert [words[2] for words in lines if len(words) > 2 and words[0] in ("s0", "s1")] == ["a1", "b1", "a2"]
        timeline_of(app.screen).move_time(0.5)
        await until(pilot, lambda: bool(line_with(app, "no line yet at ")))

        await pilot.press("j")
        await until(pilot, lambda: bool(line_with(app, "when its lines came was not noted")))
        assert line_with(app, "nobody knows when")


@in_loop
async def test_a_narrow_screen_has_the_log_in_the_place_of_the_graph(two: Recorded) -> None:
    """4 brings it, 4 again the graph."""
    async with opened(two.project, (120, 30)) as (app, pilot):
        await pilot.press("T")
        await settle(pilot)
        assert line_with(app, "3 Jobs") and not line_with(app, "4 Output")

        await pilot.press("4")
        await settle(pilot)
        assert line_with(app, "4 Output") and not line_with(app, "3 Jobs")

        await pilot.press("4")
        await settle(pilot)
        assert line_with(app, "3 Jobs")
