"""The workbench with an engine: events as they come, requests as they are asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtui.event import events as ev
from tests.tui.flights import record_flights
from tests.tui.recorded import Recorded
from tests.tui.screen import FakeEngines, in_loop, jobs_of, line_with, lines_of, opened, settle, until


@pytest.fixture
def built(tmp_path: Path) -> Recorded:
    """Give a project whose last build finished: a chain of three jobs."""
    rec = Recorded(tmp_path / "p")
    rec.begin()
    for number, row in enumerate(("load.1", "clean.1", "report.1"), 1):
        rec.job(f"dev-{number}", row.partition(".")[0], outputs={"synthesis.out": f"line of {row}\n"})
        rec.built(row, f"dev-{number}", (f"dev-{number - 1}",) if number > 1 else ())
    rec.finish()
    return rec


@in_loop
async def test_it_attaches_after_what_it_has_read(built: Recorded) -> None:
    """The engine is asked to go on after the last entry of the journal, and to look at the sources."""
    engines = FakeEngines()
    async with opened(built.project, engines=engines):
        client = engines.client

        assert client.asked("attach") == [{"do": "attach", "since": built.seq + 1}]
        assert client.asked("hint") == [{"do": "hint", "paths": []}]
        assert client.asked("watch") == [{"do": "watch", "on": True}]
        assert client.asked("build") == []


@in_loop
async def test_what_was_never_built_is_built(tmp_path: Path) -> None:
    """In a project without a build one is asked for at once."""
    engines = FakeEngines()
    async with opened(Recorded(tmp_path).project, engines=engines) as (_, pilot):
        await until(pilot, lambda: bool(engines.client.asked("build")))

        assert engines.client.asked("build")[0]["script"] == "build"


@in_loop
async def test_a_save_goes_through_the_rows(built: Recorded) -> None:
    """Stale, then running, then built: each in its place, the cursor on its row, the list where it was."""
    engines = FakeEngines()
    async with opened(built.project, engines=engines) as (app, pilot):
        app.workbench.jobs.move_to("report.1")
        engines.client.say(built.entry(ev.SourcesChanged(("a_clean.py",), ("clean",), ("clean.1",), ("report.1",))))
        await until(pilot, lambda: "◌" in line_with(app, "report  "))
        stale = line_with(app, "dev-2 ")
        engines.client.say(
            built.entry(ev.BuildStarted(2, "build", "dev-9", "saved", ("a_clean.py",))),
            built.entry(ev.JobRequested(2, "load.1", "load", "", "load", "", ())),
            built.entry(ev.JobReused(2, "load.1", "dev-1", 2.0, "")),
            built.entry(ev.JobRequested(2, "clean.1", "clean", "", "clean", "", ("dev-1",))),
            built.entry(ev.JobStarted(2, "clean.1", "dev-5", 2, ("function analysis changed",), 2.0, ("dev-1",))),
        )
        await until(pilot, lambda: "▶" in line_with(app, "dev-5"))
        running = [row.row for row in app.board.table]
        engines.client.say(built.entry(ev.JobFinished(2, "clean.1", "dev-5", 1.9)))
        await until(pilot, lambda: "Δ function analysis changed" in line_with(app, "dev-5"))

        assert "source changed" in stale
        assert running == ["load.1", "clean.1", "report.1"]
        assert app.workbench.jobs.cursor == "report.1"
        assert "building" in lines_of(app)[0]


@in_loop
async def test_a_syntax_error_is_a_red_row(built: Recorded) -> None:
    """A broken method marks its row with message, file and line, and its source on disk is shown at that line."""
    engines = FakeEngines()
    (built.root / "flights/a_clean.py").write_text("def analysis(:\n    pass\n")
    async with opened(built.project, engines=engines) as (app, pilot):
        engines.client.say(
            built.entry(ev.MethodBroken("clean", "flights/a_clean.py", 1, "SyntaxError: invalid syntax", ("clean.1",)))
        )
        await until(pilot, lambda: "SyntaxError" in line_with(app, "clean "))
        await pilot.press("enter", "enter")
        await settle(pilot)

        assert "✘" in line_with(app, "clean  ")
        assert "✔" in line_with(app, "report  ")
        assert "on disk" in line_with(app, "4 Source")
        assert "def analysis(:" in line_with(app, "1 ✘")


@in_loop
async def test_a_broken_method_without_a_row_gets_one(built: Recorded) -> None:
    """A method that no job uses shows below the jobs until it is repaired."""
    engines = FakeEngines()
    async with opened(built.project, engines=engines) as (app, pilot):
        engines.client.say(built.entry(ev.MethodBroken("extra", "flights/a_extra.py", 3, "SyntaxError")))
        await until(pilot, lambda: "a_extra.py:3" in line_with(app, "✘ extra"))
        engines.client.say(built.entry(ev.MethodRepaired("extra")))
        await until(pilot, lambda: not any("extra" in line for line in jobs_of(app)))

        assert app.workbench.jobs.cursor == "load.1"


@in_loop
async def test_keys_ask_the_engine(built: Recorded) -> None:
    """r, R, b and p send what they mean for the row under the cursor."""
    engines = FakeEngines()
    async with opened(built.project, engines=engines) as (_, pilot):
        await pilot.press("j", "r", "R", "b", "p")
        client = engines.client

        assert client.asked("rebuild") == [
            {"do": "rebuild", "rows": ["clean.1"], "force": False},
            {"do": "rebuild", "rows": ["clean.1"], "force": True},
        ]
        assert client.asked("build")[-1]["cause"] == "asked"


@in_loop
async def test_pausing_and_going_on(built: Recorded) -> None:
    """p stops rebuilding on save; again it goes on."""
    engines = FakeEngines()
    async with opened(built.project, engines=engines) as (app, pilot):
        engines.client.say(built.entry(ev.WatchingChanged(True, 3)))
        await until(pilot, lambda: "watching 3 methods" in lines_of(app)[0])
        await pilot.press("p")
        engines.client.say(built.entry(ev.WatchingChanged(False, 3)))
        await until(pilot, lambda: "paused" in lines_of(app)[0])
        await pilot.press("p")

        assert [request["on"] for request in engines.client.asked("watch")] == [True, False, True]


@in_loop
async def test_a_refusal_is_said(built: Recorded) -> None:
    """What the engine answers with an error appears on the screen."""
    engines = FakeEngines()
    async with opened(built.project, engines=engines) as (app, pilot):
        await pilot.press("b")
        engines.client.answer({"re": len(engines.client.requests), "error": "there is no build script build.py"})

        await until(pilot, lambda: any("no build script" in notice.message for notice in app._notifications))


@in_loop
async def test_cancelling_reaches_the_row_or_asks_for_all(tmp_path: Path) -> None:
    """x on a running row cancels it; elsewhere it asks about the whole build."""
    rec = record_flights(tmp_path / "p")
    engines = FakeEngines()
    async with opened(rec.project, engines=engines) as (app, pilot):
        app.workbench.jobs.move_to("by_hour.1")
        await pilot.press("x")
        app.workbench.jobs.move_to("csvimport.1")
        await pilot.press("x")
        await settle(pilot)
        asked = line_with(app, "whole build")
        await pilot.press("y")

        assert asked
        assert [request["row"] for request in engines.client.asked("cancel")] == ["by_hour.1", ""]


@in_loop
async def test_quitting_while_jobs_run_asks(tmp_path: Path) -> None:
    """q asks what becomes of the build: escape stays, c cancels it and leaves."""
    rec = record_flights(tmp_path / "p")
    engines = FakeEngines()
    async with opened(rec.project, engines=engines) as (app, pilot):
        await pilot.press("q")
        await settle(pilot)
        asked = line_with(app, "detach")
        await pilot.press("escape")
        stayed = app.is_running
        await pilot.press("q", "c")
        await pilot.pause()

        assert asked
        assert stayed
        assert engines.client.asked("cancel") == [{"do": "cancel", "row": "", "build": 1}]
        assert app.return_code == 0


@in_loop
async def test_a_lost_engine_is_found_again(built: Recorded) -> None:
    """When the connection breaks, the workbench starts an engine, attaches and goes on."""
    engines = FakeEngines()
    async with opened(built.project, engines=engines) as (app, pilot):
        engines.is_down = True
        engines.client.lose()
        await until(pilot, lambda: len(engines.clients) == 2 and bool(engines.client.asked("attach")))
        await settle(pilot)

        assert engines.starts == 1
        assert "engine lost" not in lines_of(app)[0]


@in_loop
async def test_an_engine_that_does_not_stay_leaves_it_read_only(built: Recorded) -> None:
    """After three starts in half a minute it stops trying and says so."""
    engines = FakeEngines()
    async with opened(built.project, engines=engines) as (app, pilot):
        for _ in range(4):
            engines.is_down = True
            seen = len(engines.clients)
            engines.client.lose()
            await until(pilot, lambda seen=seen: len(engines.clients) > seen or "read-only" in lines_of(app)[0])

        assert engines.starts == 3
        assert "read-only" in lines_of(app)[0]
        assert "report" in line_with(app, "dev-3")


@in_loop
async def test_nothing_ticks_when_nothing_runs(built: Recorded) -> None:
    """The timer that measures running jobs rests when none runs."""
    engines = FakeEngines()
    async with opened(built.project, engines=engines) as (app, pilot):
        resting = app.workbench._ticks._active.is_set()
        engines.client.say(
            built.entry(ev.BuildStarted(2, "build", "dev-9", "asked")),
            built.entry(ev.JobStarted(2, "load.1", "dev-5", 2, (), 2.0)),
        )
        await until(pilot, lambda: app.workbench._ticks._active.is_set())
        engines.client.say(
            built.entry(ev.JobFinished(2, "load.1", "dev-5", 2.0)),
            built.entry(ev.BuildFinished(2, "finished", 2.0, 1, 0, 0)),
        )

        await until(pilot, lambda: not app.workbench._ticks._active.is_set())
        assert not resting
