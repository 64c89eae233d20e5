"""Builds of the past on the main screen: the same panes, as that build left them."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtui.event import events as ev
from axtui.tui.past_workbench import PastWorkbench
from tests.tui.recorded import Recorded
from tests.tui.screen import FakeEngines, in_loop, jobs_of, line_with, lines_of, opened, settle, until


@pytest.fixture
def three(tmp_path: Path) -> Recorded:
    """Give a project with three builds: the second one failed, the third one built the same again."""
    rec = Recorded(tmp_path / "three")
    rec.say(ev.EngineStarted(4242, "boot"))
    rec.begin()
    rec.job("dev-1", "rows", outputs={"synthesis.out": "rows of the first\n"})
    rec.built("rows.1", "dev-1")
    rec.job("dev-2", "report")
    rec.built("report.1", "dev-2", ("dev-1",))
    rec.finish()
    rec.begin(cause="saved", saved=("flights/a_rows.py",))
    rec.job("dev-3", "rows", outputs={"synthesis.err": "rows of the second\n"}, finished=False)
    rec.start("rows.1", "dev-3", why="flights/a_rows.py: analysis changed")
    rec.say(ev.JobFailed(2, "rows.1", "dev-3", 1.2, "analysis(0)", "KeyError: 'x'", "flights/a_rows.py", 1), 1.2)
    rec.finish("failed")
    rec.begin(cause="saved", saved=("flights/a_rows.py",))
    rec.reuse("rows.1", "dev-1")
    rec.reuse("report.1", "dev-2", ("dev-1",))
    rec.finish()
    return rec


@in_loop
async def test_brackets_go_from_build_to_build(three: Recorded) -> None:
    """[ shows the build before, with its jobs, outcomes and output; ] and esc come back to the present."""
    async with opened(three.project) as (app, pilot):
        await pilot.press("[")
        await settle(pilot)

        assert "HISTORY build 2 · " in lines_of(app)[0] and "✘ 12.3s" in lines_of(app)[0]
        assert "KeyError" in "\n".join(jobs_of(app)) and "dev-3" in "\n".join(jobs_of(app))
        assert "blocked" in line_with(app, "report")
        assert "rows of the second" in "\n".join(lines_of(app))

        await pilot.press("[")
        await settle(pilot)
        assert "HISTORY build 1 · " in lines_of(app)[0]
        assert "rows of the first" in "\n".join(lines_of(app))
        assert "dev-2" in "\n".join(jobs_of(app))

        await pilot.press("]", "]")
        await settle(pilot)
        assert "HISTORY" not in lines_of(app)[0]
        assert "reused" in line_with(app, "dev-1")


@in_loop
async def test_there_is_nothing_before_the_first_build(three: Recorded) -> None:
    """At either end a sentence says so, and the screen stays."""
    async with opened(three.project) as (app, pilot):
        await pilot.press("]")
        await settle(pilot)
        assert "this is the present" in "\n".join(lines_of(app))

        await pilot.press("[", "[", "[")
        await settle(pilot)
        assert "HISTORY build 1 · " in lines_of(app)[0]
        assert "the journal knows no older build" in "\n".join(lines_of(app))


@in_loop
async def test_escape_takes_one_step_back_and_then_goes_to_the_present(three: Recorded) -> None:
    """The cursor and the pane stay from build to build; esc first takes back the zoom."""
    async with opened(three.project) as (app, pilot):
        await pilot.press("3", "[", "z")
        await settle(pilot)
        assert isinstance(app.screen, PastWorkbench)
        assert app.screen.place == ("rows.1", "output")

        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(app.screen, PastWorkbench)

        await pilot.press("escape")
        await settle(pilot)
        assert app.screen is app.workbench
        assert app.workbench.place == ("rows.1", "output")


@in_loop
async def test_what_happens_now_does_not_move_the_past(three: Recorded) -> None:
    """Events that come while a build of the past is shown are seen in the present, not there."""
    engines = FakeEngines()
    async with opened(three.project, engines=engines) as (app, pilot):
        await pilot.press("[")
        await settle(pilot)
        started = three.entry(ev.BuildStarted(4, "build", "dev-904", "asked", ()))
        asked = three.entry(ev.JobRequested(4, "extra.1", "extra", "", "extra", "", ()))

        engines.client.say(started, asked)
        await until(pilot, lambda: app.board.last_seq == asked.seq and not app.is_busy)

        assert "HISTORY build 2" in lines_of(app)[0]
        assert not line_with(app, "extra")
        await pilot.press("escape")
        await settle(pilot)
        assert "extra" in line_with(app, "extra")


@in_loop
async def test_names_in_old_builds_are_only_text(tmp_path: Path) -> None:
    """A name with markup and control sequences in it is drawn as it stands, without what would drive a terminal."""
    rec = Recorded(tmp_path / "p")
    rec.begin()
    rec.reuse("rows.1", "dev-1", name="[bold]\x1b[31mred[/x]")
    rec.finish()
    rec.begin(script="[/y]\x1b]0;title\x07")
    rec.finish("failed")
    async with opened(rec.project) as (app, pilot):
        await pilot.press("[")
        await settle(pilot)

        assert "[bold]red[/x]" in line_with(app, "HISTORY build 1") + "\n".join(jobs_of(app))


@in_loop
async def test_the_builds_are_a_line_below(three: Recorded) -> None:
    """With the one that is shown marked; a click goes to another. A small terminal has no room for it."""
    async with opened(three.project) as (app, pilot):
        await pilot.press("[")
        await settle(pilot)
        strip = line_with(app, " builds ")
        assert "▏2 ✘▕" in strip and strip.rstrip().endswith("3 ✔─ now")

        await pilot.click("#strip", offset=(strip.index("1 ✔"), 0))
        await settle(pilot)
        assert "HISTORY build 1 · " in lines_of(app)[0]
        assert "▏1 ✔▕" in line_with(app, " builds ")

        await pilot.press("T")
        await settle(pilot)
        assert "▏1 ✔▕" in line_with(app, " builds ")
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert not line_with(app, " builds ")


@in_loop
async def test_users_in_other_builds_are_told(three: Recorded) -> None:
    """The engine knows them from the records of all jobs; those of the build on the screen stand apart."""
    engines = FakeEngines()
    three.job("dev-7", "[x]\x1b[31m")
    async with opened(three.project, engines=engines) as (app, pilot):
        app.workbench.jobs.move_to("rows.1")
        await pilot.press("enter", "7")
        await until(pilot, lambda: bool(engines.client.asked("users")))
        number = next(n for n, each in enumerate(engines.client.requests, 1) if each["do"] == "users")
        engines.client.answer({"re": number, "users": ["dev-2", "dev-7", "dev-77"]})
        await until(pilot, lambda: bool(line_with(app, "users in other builds")))
        text = "\n".join(lines_of(app))

        assert engines.client.asked("users") == [{"do": "users", "job": "dev-1"}]
        assert text.index("dev-2") < text.index("users in other builds") < text.index("dev-77") < text.index("dev-7 ")
        assert "\x1b" not in text
