"""The keys of the job list, pressed in the workbench on a recorded build."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtui.base import clock
from axtui.event import events as ev
from axtui.tui.app import AxtuiApp
from axtui.tui.bars import KeyBar
from tests.tui.flights import record_flights
from tests.tui.recorded import Recorded
from tests.tui.screen import FakeEngines, in_loop, jobs_of, line_with, lines_of, opened, settle, until


@pytest.fixture
def flights(tmp_path: Path) -> Recorded:
    """Give a project in the middle of a build, with a failure."""
    return record_flights(tmp_path / "p")


def names(app: AxtuiApp) -> list[str]:
    """Return the keys of the lines."""
    return list(app.workbench.jobs.keys)


def said(app: AxtuiApp) -> str:
    """Return what the status line says."""
    return "".join(segment.text for segment in app.workbench.query_one(KeyBar).line()).strip()


@in_loop
async def test_repeats_fold_and_unfold(flights: Recorded) -> None:
    """- folds the months behind the first, l and enter unfold the group, h folds it, = unfolds all."""
    async with opened(flights.project) as (app, pilot):
        await pilot.press("minus")
        folded = names(app)
        app.workbench.jobs.move_to("▸csvimport.2")
        await settle(pilot)
        line = line_with(app, "11 more")
        await pilot.press("l")
        opened_lines = len(names(app))
        await pilot.press("h")
        again = names(app)
        await pilot.press("enter", "equals_sign")

        assert folded[1:5] == ["csvimport.1", "dataset_type.1", "▸csvimport.2", "csvimport.13"]
        assert "▸" in line and "csvimport … dataset_type  22 jobs" in line and "✔ all" in line
        assert opened_lines == len(folded) + 22
        assert again == folded
        assert len(names(app)) == 33
        assert app.workbench.jobs.cursor == "csvimport.2"


@in_loop
async def test_a_jump_opens_where_it_goes(flights: Recorded) -> None:
    """h from a row whose input is folded away unfolds that month alone."""
    async with opened(flights.project) as (app, pilot):
        await pilot.press("minus")
        app.workbench.jobs.move_to("carrier_names.1")
        await pilot.press("h", "h", "h")

        assert app.workbench.jobs.cursor == "csvimport.12"
        assert "dataset_type.12" in names(app) and "dataset_type.11" not in names(app)


@in_loop
async def test_lineage_is_what_it_is_made_from_and_into(flights: Recorded) -> None:
    """a shows it all, a digit after it so many steps; another key gives the digits back to the panes."""
    async with opened(flights.project) as (app, pilot):
        app.workbench.jobs.move_to("weather_join.1")
        await pilot.press("a")
        whole = names(app)
        await pilot.press("1")
        near = names(app)
        await settle(pilot)
        title = line_with(app, "1 Jobs")
        await pilot.press("j", "2")
        pane = app.focused
        await pilot.press("1", "escape")

        assert {"csvimport.1", "report.1", "by_hour.1"} <= set(whole) and "delays.1" not in whole
        assert near == ["csvimport.14", "carrier_names.1", "weather_join.1", "by_hour.1"]
        assert "lineage of weather_join dev-33, 1 step " in title
        assert pane is app.workbench.query_one("#detail")
        assert len(names(app)) == 33


@in_loop
async def test_the_state_menu_is_a_filter_that_can_be_seen(flights: Recorded) -> None:
    """f f shows what failed; the filter stands in the prompt, and escape takes it away."""
    async with opened(flights.project) as (app, pilot):
        await pilot.press("f", "f")
        await settle(pilot)
        failed, prompt = names(app), line_with(app, "filter jobs /")
        await pilot.press("escape")
        app.workbench.jobs.move_to("routes.1")
        await pilot.press("f", "m")
        of_method = names(app)
        await pilot.press("f", "a")
        await settle(pilot)

        assert failed == ["delays.1"]
        assert "state:failed,broken" in prompt
        assert of_method == ["routes.1"]
        assert len(names(app)) == 33 and not line_with(app, "filter jobs /")


@in_loop
async def test_a_filter_that_means_nothing_says_so(flights: Recorded) -> None:
    """What was wanted stands in the status line, and the list stays."""
    async with opened(flights.project) as (app, pilot):
        await pilot.press("slash", *"state:blue")
        await settle(pilot)

        assert "no state begins with 'blue'" in said(app)
        assert len(names(app)) == 33 or "state:b" in app.workbench.jobs.filter


@in_loop
async def test_the_table_is_sorted_and_nothing_moves_it(flights: Recorded) -> None:
    """t goes on to tree, methods and table, s sorts it, and an event leaves every row where it is."""
    engines = FakeEngines()
    async with opened(flights.project, engines=engines) as (app, pilot):
        await pilot.press("s")
        refused = said(app)
        await pilot.press("t", "t", "t", "s", "n")
        await settle(pilot)
        by_name = names(app)
        engines.client.say(flights.entry(ev.JobFinished(1, "by_hour.1", "dev-36", 99.0)))
        await until(pilot, lambda: app.board.table.rows["by_hour.1"].state == "built")
        await settle(pilot)

        assert "t goes to the table" in refused
        assert by_name[1:4] == ["by_hour.1", "carrier_names.1", "csvimport.13"]
        assert names(app) == by_name
        assert "Jobs: table by name" in line_with(app, "1 Jobs")


@in_loop
async def test_marks_are_rebuilt_copied_and_cleared(flights: Recorded) -> None:
    """space marks and goes on, v marks a range, R and y act on what is marked, \\ clears."""
    engines = FakeEngines()
    async with opened(flights.project, engines=engines) as (app, pilot):
        app.workbench.jobs.move_to("routes.1")
        await pilot.press("space", "v", "v", "R")
        await settle(pilot)
        title = line_with(app, "2 marked")
        await pilot.press("y", "i")
        copied = app.clipboard
        await pilot.press("backslash", "backslash")

        assert engines.client.asked("rebuild")[-1] == {"do": "rebuild", "rows": ["routes.1", "delays.1"], "force": True}
        assert title
        assert copied == "dev-34\ndev-35"
        assert said(app) == "nothing is marked"


@in_loop
async def test_forcing_what_drags_many_along_asks(flights: Recorded) -> None:
    """R on the first month asks first; escape leaves everything as it is."""
    engines = FakeEngines()
    async with opened(flights.project, engines=engines) as (app, pilot):
        await pilot.press("R")
        await settle(pilot)
        question = line_with(app, "runs again, and the")
        await pilot.press("escape")

        assert "csvimport" in question
        assert engines.client.asked("rebuild") == []


@in_loop
async def test_the_other_panes_can_be_pinned(flights: Recorded) -> None:
    """P keeps them at a job while the cursor moves on."""
    async with opened(flights.project) as (app, pilot):
        await pilot.press("P", "j", "j")
        await settle(pilot)
        pinned = line_with(app, "2 csvimport dev-1")
        await pilot.press("P")
        await settle(pilot)

        assert pinned
        assert line_with(app, "2 csvimport dev-3")


@in_loop
async def test_the_critical_path_is_what_takes_longest(flights: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    """c leaves the jobs on which the end of the build hangs."""
    monkeypatch.setattr(clock, "monotonic", lambda: flights.now + 4.0)
    async with opened(flights.project) as (app, pilot):
        await pilot.press("c")
        await settle(pilot)

        assert names(app) == ["by_hour.1"]
        assert "critical path, 4.8s" in line_with(app, "1 Jobs")


@in_loop
async def test_keys_that_do_nothing_say_why(flights: Recorded) -> None:
    """At the ends of the list and of a chain, without marks, without failures to go to."""
    async with opened(flights.project) as (app, pilot):
        answers = []
        for keys in (["g", "k"], ["j", "h"], ["G", "l"], ["backslash"], ["delete"], ["X"]):
            await pilot.press(*keys)
            answers.append(said(app))

        assert answers[0] == "this is the first job"
        assert answers[1] == "csvimport reads no other job"
        assert answers[2] == "no job reads report"
        assert answers[3] == "nothing is marked"
        assert answers[4] == "there is no job here to remove"
        assert answers[5] == "this job does not run"


@in_loop
async def test_the_mouse_picks_opens_and_jumps(flights: Recorded) -> None:
    """A click moves the cursor, a double click opens, a click on the overview goes to the worst job there."""
    async with opened(flights.project) as (app, pilot):
        await pilot.click("#jobs", offset=(20, 4))
        picked = app.workbench.jobs.cursor
        cells = lines_of(app)[-3]
        await pilot.click("#overview", offset=(cells.index("✘"), 0))
        await settle(pilot)
        jumped = app.workbench.jobs.cursor
        await pilot.click("#jobs", offset=(20, 4), times=2)
        await settle(pilot)

        assert picked == "csvimport.2"
        assert jumped == "delays.1"
        assert app.focused is not app.workbench.jobs


@in_loop
async def test_the_events_need_room(flights: Recorded) -> None:
    """From 30 rows on the pane is there; below, its key says what it needs."""
    async with opened(flights.project, (120, 30)) as (app, pilot):
        there = line_with(app, "5 Build 1: slots and events")
        await pilot.resize_terminal(120, 29)
        await settle(pilot)
        await pilot.press("5")

        assert there
        assert not line_with(app, "slots and events")
        assert said(app) == "the events need 30 rows; this terminal has 29"


@in_loop
async def test_hostile_names_are_only_text(tmp_path: Path) -> None:
    """Escapes and markup in methods, names, messages and saved files are shown, not obeyed."""
    rec = Recorded(tmp_path / "p")
    rec.begin(saved=("\x1b]0;x\x07[/bold]",), cause="saved")
    for number in range(4):
        rec.say(
            ev.JobReused(
                1,
                f"[red]\x1b[2J.{number}",
                f"dev-{number}",
                1.0,
                "[/x]\x1b[31m",
                (),
                "[red]\x1b[2J",
                "",
                "[/]\u202e",
                "",
            )
        )
    rec.say(ev.JobFailed(1, "[red]\x1b[2J.3", "dev-3", 1.0, "[b]", "\x1b[5m[/nope]", "\x1b.py", 3))
    async with opened(rec.project) as (app, pilot):
        await pilot.press("minus", "a", "escape", "c", "escape", "t", "t", "s", "n", "enter")
        await settle(pilot)
        screen = "\n".join(lines_of(app))

        assert "\x1b" not in screen and "\u202e" not in screen
        assert "[red]" in screen
        assert jobs_of(app) or app.focused is not app.workbench.jobs


@in_loop
async def test_a_job_is_removed_after_asking(flights: Recorded) -> None:
    """delete names who uses the job; only the answer removes it."""
    engines = FakeEngines()
    async with opened(flights.project, engines=engines) as (app, pilot):
        client = engines.client
        await pilot.press("delete")
        client.answer({"re": len(client.requests), "users": ["dev-2", "dev-3"]})
        await until(pilot, lambda: bool(line_with(app, "Remove the directory")))
        question = "\n".join(lines_of(app))
        await pilot.press("escape")
        stayed = client.asked("remove")
        await pilot.press("delete")
        client.answer({"re": len(client.requests), "users": []})
        await until(pilot, lambda: bool(line_with(app, "for good? No job")))
        await pilot.press("y")

        assert "dev-2, dev-3" in question
        assert stayed == []
        assert client.asked("remove") == [{"do": "remove", "job": "dev-1"}]


@in_loop
async def test_a_paused_save_says_what_it_would_cause(tmp_path: Path) -> None:
    """How much is stale, how much comes after it, and how long that takes, until b builds it."""
    rec = record_flights(tmp_path / "p", failing=False, running=False)
    rec.finish()
    engines = FakeEngines()
    async with opened(rec.project, engines=engines) as (app, pilot):
        await pilot.press("p")
        engines.client.say(
            rec.entry(ev.WatchingChanged(False, 14)),
            rec.entry(ev.SourcesChanged(("a_x.py",), ("x",), ("carrier_names.1",), ("weather_join.1", "routes.1"))),
        )
        await until(pilot, lambda: bool(line_with(app, "saved: 1 stale")))
        notice = line_with(app, "saved: 1 stale")
        engines.client.say(rec.entry(ev.BuildStarted(2, "build", "dev-990", "asked", ())))
        await until(pilot, lambda: not line_with(app, "saved: 1 stale"))

        assert "1 stale, 2 after them, about 5.4s   b builds" in notice


@in_loop
async def test_a_save_during_a_build_is_answered_with_b(flights: Recorded) -> None:
    """Where the project wants to be asked, b asks: restart, wait, or leave it."""
    engines = FakeEngines()
    async with opened(flights.project, engines=engines) as (app, pilot):
        engines.client.say(
            flights.entry(ev.SourcesChanged(("a_x.py",), ("x",), ("routes.1",), ())),
            flights.entry(ev.SaveHeld(1, ("a_x.py",), "ask")),
        )
        await until(pilot, lambda: app.board.held == "ask")
        await pilot.press("b")
        await settle(pilot)
        question = line_with(app, "while the build runs")
        await pilot.press("w")

        assert "1 stale" in question
        assert engines.client.asked("held") == [{"do": "held", "choice": "wait"}]
        assert engines.client.asked("build") == []


@in_loop
async def test_a_save_of_what_runs_is_asked_about_in_full(flights: Recorded) -> None:
    """The question names how much is stale though all of it runs just now."""
    engines = FakeEngines()
    async with opened(flights.project, engines=engines) as (app, pilot):
        (running, *_) = (row.row for row in app.board.running())
        engines.client.say(
            flights.entry(ev.SourcesChanged(("a_x.py",), ("x",), (running,), ())),
            flights.entry(ev.SaveHeld(1, ("a_x.py",), "ask")),
        )
        await until(pilot, lambda: app.board.held == "ask")
        await pilot.press("b")
        await settle(pilot)

        assert "while the build runs: 1 stale" in line_with(app, "while the build runs")


@in_loop
async def test_the_estimate_is_made_of_past_builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The median of what a job took in builds that the first frame does not read, with how far off that is."""
    rec = Recorded(tmp_path / "p")
    for number, seconds in enumerate((20.0, 24.0, 90.0, 26.0, 22.0), 1):
        rec.begin()
        rec.job(f"dev-{number}", "load")
        rec.built("load.1", f"dev-{number}", seconds=seconds)
        rec.finish()
    rec.begin()
    rec.job("dev-9", "load", finished=False)
    rec.start("load.1", "dev-9")
    seconds_on = 2.8
    monkeypatch.setattr(clock, "monotonic", lambda: rec.now + seconds_on)
    async with opened(rec.project) as (app, pilot):
        await until(pilot, lambda: app.board.past.known(app.board.table.rows["load.1"]) == 24.0)
        seconds_on += 1.0
        app.workbench.tick()
        await settle(pilot)

        assert "ETA 20.0s ±2.0s" in lines_of(app)[0]
