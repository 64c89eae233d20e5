"""The workbench on a recorded build: what is on the screen, and what the keys do."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtui.event import events as ev
from axtui.tui.app import AxtuiApp
from axtui.tui.jobs_pane import JobsPane
from tests.tui.flights import record_flights
from tests.tui.recorded import Recorded
from tests.tui.screen import HIGH, NARROW, in_loop, jobs_of, line_with, lines_of, opened, settle


@pytest.fixture
def flights(tmp_path: Path) -> Recorded:
    """Give a project with about thirty recorded jobs, one failed and one running."""
    return record_flights(tmp_path / "flights")


@in_loop
async def test_the_first_frame_has_the_last_builds_jobs(flights: Recorded) -> None:
    """Every job of the last build is on the screen with its state, before any engine is asked."""
    async with opened(flights.project, HIGH) as (app, _):
        assert "dev-1 " in line_with(app, "csvimport jan")
        assert "✘" in line_with(app, "dev-35")
        assert "TypeError" in line_with(app, "dev-35")
        assert "47%" in line_with(app, "dev-36")
        assert "waits by_hour, delays" in line_with(app, "report")
        assert "≡ same output as dev-20" in line_with(app, "routes")
        assert "✔ 29" in lines_of(app)[0]


@in_loop
async def test_lanes_join_a_job_to_its_inputs(flights: Recorded) -> None:
    """The report's row is joined by the lanes of its three inputs."""
    async with opened(flights.project, HIGH) as (app, _):
        assert "├───✔ weather_join" in line_with(app, "weather_join")
        assert "○─┴─╯ report" in line_with(app, "report")


@in_loop
async def test_the_cursor_shows_its_job_everywhere(flights: Recorded) -> None:
    """Moving the cursor shows that job's detail, output and source."""
    async with opened(flights.project, HIGH) as (app, pilot):
        await pilot.press("G", "k", "k")
        await settle(pilot)

        assert "2 delays dev-35  ✘ failed in 1.2s" in line_with(app, " 2 delays")
        assert "flights/a_delays.py:14" in line_with(app, "in analysis(1)")
        assert "4,100 of 13,502" in line_with(app, " 1 ✘")
        assert "3 Output dev-35" in line_with(app, "3 Output")
        assert "done 13,502 lines" in line_with(app, " s0 ")
        assert "◀ TypeError" in line_with(app, "14 ✘")


@in_loop
async def test_inputs_and_users_are_walked_with_h_and_l(flights: Recorded) -> None:
    """h goes to an input, l to a user; both are marked beside the cursor's row."""
    async with opened(flights.project) as (app, pilot):
        app.workbench.jobs.move_to("weather_join.1")
        await pilot.press("h")
        first = app.workbench.jobs.cursor
        await settle(pilot)
        marked = next(line for line in jobs_of(app) if "weather_join" in line)
        await pilot.press("l")

        assert first == "carrier_names.1"
        assert "›" in marked
        assert app.workbench.jobs.cursor == "weather_join.1"


@in_loop
async def test_a_failure_is_pointed_to_and_enter_goes_there(flights: Recorded) -> None:
    """A line above the keys names the newest failure; enter puts the cursor on it, and the line goes away."""
    async with opened(flights.project) as (app, pilot):
        pointed = line_with(app, "enter go to it")
        await pilot.press("enter")
        await settle(pilot)

        assert "delays dev-35" in pointed
        assert app.workbench.jobs.cursor == "delays.1"
        assert not line_with(app, "enter go to it")


@in_loop
async def test_escape_puts_the_failure_away(flights: Recorded) -> None:
    """Escape hides the line and moves nothing."""
    async with opened(flights.project) as (app, pilot):
        await pilot.press("escape")
        await settle(pilot)

        assert not line_with(app, "enter go to it")
        assert app.workbench.jobs.cursor == "csvimport.1"


@in_loop
async def test_enter_on_a_failure_opens_its_source(flights: Recorded) -> None:
    """The second enter inspects the job, at the failing line."""
    async with opened(flights.project) as (app, pilot):
        await pilot.press("enter", "enter")
        await settle(pilot)

        assert app.focused is app.screen.query_one("#source") and app.screen is not app.workbench
        assert "total[carrier] += delay" in line_with(app, "14 ✘")


@pytest.mark.parametrize("size", [NARROW, HIGH])
@in_loop
async def test_the_failing_line_is_in_the_middle_of_a_pane_that_was_hidden(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    """The source has the failing line among those around it where the pane had no size before, or another one."""
    rec = Recorded(tmp_path / "long")
    rec.begin()
    rec.job("dev-1", "long", "".join(f"line_{number} = 0\n" for number in range(1, 201)), finished=False)
    rec.start("long.1", "dev-1")
    rec.say(ev.JobFailed(rec.build, "long.1", "dev-1", 1.0, "synthesis", "no", "flights/a_long.py", 100))
    async with opened(rec.project, size) as (app, pilot):
        await pilot.press("4")
        await settle(pilot)
        beside = rows_around_failure(app)
        await pilot.press("4")
        await settle(pilot)
        zoomed = rows_around_failure(app)
        await pilot.press("k", "G", "escape")
        await settle(pilot)

        assert abs(beside[0] - beside[1]) <= 1 and sum(beside) > 2
        assert abs(zoomed[0] - zoomed[1]) <= 1 and sum(zoomed) > sum(beside)
        assert line_with(app, "line_200 ") and not line_with(app, "◀ no")


def rows_around_failure(app: AxtuiApp) -> tuple[int, int]:
    """Return how many lines of the source are to be seen above the failing one, and below it."""
    lines = [line for line in lines_of(app) if "line_" in line]
    at = next(at for at, line in enumerate(lines) if "◀ no" in line)
    return at, len(lines) - at - 1


@in_loop
async def test_a_filter_narrows_and_escape_clears(flights: Recorded) -> None:
    """Words are searched in method, name, job and state; the lanes come back with the other rows."""
    async with opened(flights.project) as (app, pilot):
        await pilot.press("slash", *"csv jan", "enter")
        await settle(pilot)
        narrowed = jobs_of(app)
        await pilot.press("escape")
        await settle(pilot)

        assert len(narrowed) == 1
        assert "dev-3 " in line_with(app, "csvimport feb")


@in_loop
async def test_numbers_and_tab_choose_the_pane_and_z_zooms(flights: Recorded) -> None:
    """2 goes to the detail, the same number again gives it the screen, escape takes it back."""
    async with opened(flights.project) as (app, pilot):
        await pilot.press("tab")
        by_tab = app.focused
        await pilot.press("4", "4")
        await settle(pilot)
        zoomed = lines_of(app)
        await pilot.press("escape")
        await settle(pilot)

        assert by_tab is app.workbench.query_one("#detail")
        assert not any("1 Jobs" in line for line in zoomed)
        assert line_with(app, "1 Jobs")
        assert app.focused is app.workbench.query_one("#source")


@in_loop
async def test_plus_and_underscore_move_the_line_between_jobs_and_the_rest(flights: Recorded) -> None:
    """Wider and narrower by steps, not beyond sense; where the panes lie one above the other it is said why not."""
    async with opened(flights.project) as (app, pilot):
        jobs = app.workbench.query_one("#jobs")
        widths = [jobs.size.width]
        for keys in ("+", "_" * 2, "_" * 9):
            await pilot.press(*(["plus" if key == "+" else "underscore" for key in keys]))
            await settle(pilot)
            widths.append(jobs.size.width)
        told = lines_of(app)[-1]
        await pilot.resize_terminal(*NARROW)
        await pilot.press("plus")
        await settle(pilot)

        assert widths[1] > widths[0] > widths[2] > widths[3] >= 160 // 5
        assert "no narrower" in told
        assert jobs.size.width >= 78 and "100 columns" in lines_of(app)[-1]


@in_loop
async def test_below_a_hundred_columns_there_is_one_column(flights: Recorded) -> None:
    """At 80x24 the jobs stand above one other pane, and tab switches which."""
    async with opened(flights.project, NARROW) as (app, pilot):
        first = lines_of(app)
        await pilot.press("tab", "tab")
        await settle(pilot)
        second = lines_of(app)

        assert len(first) == 24
        assert all(len(line) == 80 for line in first)
        assert any("2 csvimport" in line for line in first) and not any("3 Output" in line for line in first)
        assert any("3 Output" in line for line in second) and not any("2 csvimport" in line for line in second)
        assert any("1 Jobs" in line for line in second)


@in_loop
async def test_the_layout_follows_the_size(flights: Recorded) -> None:
    """A terminal that is made larger shows all five panes at once, without a restart."""
    async with opened(flights.project, NARROW) as (app, pilot):
        await pilot.resize_terminal(*HIGH)
        await settle(pilot)

        assert all(line_with(app, title) for title in ("1 Jobs", "2 csvimport", "3 Output", "4 Source", "5 Build 1"))


@in_loop
async def test_the_help_lists_every_key_here(flights: Recorded) -> None:
    """? shows the keys of the pane with the focus and those that work everywhere; escape closes it."""
    async with opened(flights.project) as (app, pilot):
        await pilot.press("question_mark")
        await settle(pilot)
        shown = "\n".join(lines_of(app))
        await pilot.press("escape")
        await settle(pilot)

        assert "to its nearest input" in shown
        assert "j ↓" in shown
        assert "Everywhere" in shown
        assert len(app.screen_stack) == 1


@in_loop
async def test_every_binding_has_an_id(flights: Recorded) -> None:
    """Keys can be changed by their ids, so each has one, and no two bindings of a pane share one."""
    async with opened(flights.project) as (app, pilot):
        for number in "1234":
            await pilot.press(number)
            bindings = [active.binding for active in app.screen.active_bindings.values()]
            assert all(binding.id for binding in bindings)
            assert len({binding.id for binding in bindings}) <= len(bindings)


@in_loop
async def test_without_an_engine_requests_say_so(flights: Recorded) -> None:
    """A key that cannot do anything answers with the reason."""
    async with opened(flights.project) as (app, pilot):
        await pilot.press("b")
        await settle(pilot)

        assert any("read-only" in notice.message for notice in app._notifications)


@in_loop
async def test_a_project_without_builds_opens(tmp_path: Path) -> None:
    """A new project shows empty panes."""
    async with opened(Recorded(tmp_path).project) as (app, pilot):
        await pilot.press("j", "enter", "G", "h", "slash", "x", "escape")
        await settle(pilot)

        assert app.workbench.query_one(JobsPane).cursor == ""
        assert line_with(app, "1 Jobs")
