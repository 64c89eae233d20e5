"""The inspection screen: one job closely, its data, what differs, and the way on to other jobs."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy
import pytest
from rich.cells import cell_len

from axtui.base.records import digest, format_record
from axtui.store import layout
from axtui.store.record import read_post, read_setup
from axtui.tui.app import AxtuiApp
from axtui.tui.data_pane import DataPane
from axtui.tui.inspection import Inspection
from axtui.tui.pane import Pane
from tests.tui.datasets import ROWS, record_data, write_dataset
from tests.tui.payloads import PAYLOADS, find_dangerous
from tests.tui.recorded import Recorded
from tests.tui.screen import NARROW, WIDE, in_loop, line_with, lines_of, opened, settle, until

SIZES = (WIDE, (120, 30), NARROW)


@pytest.fixture
def data(tmp_path: Path) -> Recorded:
    """Give a project whose jobs hold datasets."""
    return record_data(tmp_path)


def screen_of(app: AxtuiApp) -> str:
    """Return what is on the screen."""
    return "\n".join(lines_of(app))


@pytest.mark.parametrize("size", SIZES)
@in_loop
async def test_every_tab_is_reached_at_every_size(data: Recorded, size: tuple[int, int]) -> None:
    """1 to 7 open the tabs, each with something of the job; esc goes back to the workbench."""
    async with opened(data.project, size) as (app, pilot):
        await pilot.press("g", "j", "enter")
        await settle(pilot)
        seen = {}
        for number in "1235674":
            await pilot.press(number)
            await settle(pilot)
            seen[number] = screen_of(app)
        await pilot.press("escape")
        await settle(pilot)

        assert "make dev-2" in seen["1"] and "option days: 7 → 8" in seen["1"]
        assert "return sliceno + 1" in seen["2"]
        assert "changed  analysis()" in seen["3"] and "option days: 7 → 8" in seen["3"]
        assert "carrier" in seen["5"] and "c0" in seen["5"]
        assert "2.0s, as its only run before" in seen["6"]
        assert "use dev-3" in seen["7"] and "dev-1" in seen["7"]
        assert "nothing was written" in seen["4"]
        assert app.screen is app.workbench


@pytest.mark.parametrize("size", SIZES)
@in_loop
async def test_a_zoomed_pane_has_the_screen_at_every_size(data: Recorded, size: tuple[int, int]) -> None:
    """With z there is one pane between the bars, on every tab; z again, or esc, lays the panes out as before."""
    async with opened(data.project, size) as (app, pilot):
        await pilot.press("g", "j", "enter")
        await settle(pilot)
        for number in "1235674":
            await pilot.press(number)
            await settle(pilot)
            before = screen_of(app)
            await pilot.press("z")
            await settle(pilot)
            zoomed = [pane.region.width for pane in app.screen.query(Pane) if pane.region.area]
            await pilot.press("escape" if number == "1" else "z")
            await settle(pilot)

            assert zoomed == [size[0]]
            assert screen_of(app) == before


@in_loop
async def test_any_line_is_gone_to(data: Recorded) -> None:
    """G shows the last line, g the first, : the one whose number is typed; no more than what is near is held."""
    async with opened(data.project) as (app, pilot):
        await pilot.press("g", "j", "enter", "5", "G")
        await settle(pilot)
        last = line_with(app, "line 1,000 of 1,000")
        await pilot.press("number_sign", *"501", "enter")
        await settle(pilot)
        middle = line_with(app, "line 501 of 1,000"), line_with(app, " 501 ")
        await pilot.press("g")
        await settle(pilot)
        page = app.screen.query_one(DataPane)._page

        assert last and all(middle)
        assert line_with(app, "line 1 of 1,000")
        assert page is not None and page.lines < 150


@in_loop
async def test_lines_are_filtered_by_value(data: Recorded) -> None:
    """/ shows only lines that match, with how many; = those with the value under the cursor; esc shows all."""
    async with opened(data.project) as (app, pilot):
        await pilot.press("g", "j", "enter", "5", "l", "slash", *">= 990", "enter")
        await until(pilot, lambda: "10 found, exact" in screen_of(app))
        await settle(pilot)
        found = screen_of(app)
        await pilot.press("escape", "h", "equals_sign")
        await until(pilot, lambda: "carrier = c" in screen_of(app) and "200 found, exact" in screen_of(app))
        await pilot.press("escape")
        await settle(pilot)

        assert "flight >= 990: 10 found" in found and " 999 " in found and " 989 " not in found
        assert "found" not in screen_of(app)


@in_loop
async def test_a_condition_that_makes_no_sense_is_refused(data: Recorded) -> None:
    """What is no value of the column's type is said, and nothing is filtered."""
    async with opened(data.project) as (app, pilot):
        await pilot.press("g", "j", "enter", "5", "l", "slash", *"> soon", "enter")
        await settle(pilot)

        assert line_with(app, "flight is int64, and 'soon' is no such value")
        assert line_with(app, "line 1 of 1,000")


@in_loop
async def test_a_histogram_counts_every_line(data: Recorded) -> None:
    """enter counts how the values of the column under the cursor are spread, and says that it is exact."""
    async with opened(data.project) as (app, pilot):
        await pilot.press("g", "j", "enter", "5", "enter")
        await until(pilot, lambda: "exact: all 1,000 lines" in screen_of(app))
        names = screen_of(app)
        await pilot.press("escape", "l", "enter")
        await until(pilot, lambda: "exact: all 1,000 lines" in screen_of(app) and "int64" in screen_of(app))

        assert names.count("20.0%") == 5
        assert line_with(app, "1 without a value")
        assert ROWS == 1000


@in_loop
async def test_the_columns_have_types_and_bounds(data: Recorded) -> None:
    """c lists the columns with type, smallest and largest value, and the lines of each slice."""
    async with opened(data.project) as (app, pilot):
        await pilot.press("g", "j", "enter", "5", "c")
        await settle(pilot)

        assert "249.75" in line_with(app, "hours")
        assert "yes" in line_with(app, "flight  ")
        assert "500" in line_with(app, "lines  ")


@in_loop
async def test_nasty_names_and_values_are_only_text(data: Recorded) -> None:
    """Control sequences and markup in columns and values are shown as text, and a pickle is never loaded."""
    async with opened(data.project) as (app, pilot):
        await pilot.press("g", "j", "enter", "5", "f", *"nasty", "enter")
        await until(pilot, lambda: "pickle, " in screen_of(app))
        await pilot.press("v")
        await settle(pilot)

        assert "[/bold] [@click=app.quit]x" in screen_of(app)
        assert "\x1b" not in screen_of(app) and "\x07" not in screen_of(app)


@in_loop
async def test_damage_is_said_in_place(data: Recorded) -> None:
    """A dataset whose file was cut is said to be damaged, where its rows would be; everything else goes on."""
    path = data.root / "workdirs/dev/dev-2/datasets/default/1.arrow"
    path.write_bytes(path.read_bytes()[:-100])
    async with opened(data.project) as (app, pilot):
        await pilot.press("g", "j", "enter", "5", "G")
        await until(pilot, lambda: "is damaged" in screen_of(app))
        await pilot.press("f", *"nasty", "enter")
        await until(pilot, lambda: "pickle, " in screen_of(app))
        await pilot.press("2")
        await settle(pilot)

        assert "return sliceno + 1" in screen_of(app)


@in_loop
async def test_a_job_that_is_gone_is_said_to_be(data: Recorded) -> None:
    """A job whose directory was removed is inspected as what is known of it; no tab fails."""
    shutil.rmtree(data.root / "workdirs/dev/dev-2")
    async with opened(data.project) as (app, pilot):
        await pilot.press("g", "j", "enter")
        for key in (*"123567", "4", "tab"):
            await pilot.press(key)
            await settle(pilot)

        assert line_with(app, "dev-2 has no dataset: it is gone")


def say_more(directory: Path, versions: dict[str, str], opened: dict[str, list[object]]) -> None:
    """Let the records of a finished job say in what it ran, and what it read undeclared."""
    setup = format_record({**read_setup(directory), "versions": versions})
    (directory / layout.SETUP).write_bytes(setup)
    more = {"opened": opened, "observed": {"late_one": "0" * 64}}
    post = format_record({**read_post(directory), "setup": digest(setup), **more})
    (directory / layout.POST).write_bytes(post + b"\n" + digest(post).encode() + b"\n")


@pytest.mark.parametrize("size", SIZES)
@in_loop
async def test_the_environment_says_what_is_otherwise_now(data: Recorded, size: tuple[int, int]) -> None:
    """Versions of today beside those that it ran with, what is gone, and what it used undeclared."""
    versions = {"python": "3.1.4", "numpy": numpy.__version__, "no_such_package": "1.2"}
    say_more(data.root / "workdirs/dev/dev-3", versions, {"rules\x1b.txt": ["0" * 64, 1, 2]})
    async with opened(data.project, size) as (app, pilot):
        await pilot.press("g", "j", "j", "enter", "7", "G")
        await until(pilot, lambda: bool(line_with(app, "not installed")))

        assert "; now 3." in line_with(app, "3.1.4")
        assert "1.2; now not installed" in line_with(app, "no_such_pac")
        assert "now" not in line_with(app, numpy.__version__)
        assert "module late_one" in line_with(app, "undeclared")
        assert line_with(app, "rules") and not find_dangerous(lines_of(app))


@in_loop
async def test_inputs_are_walked_along_and_back(data: Recorded) -> None:
    """enter on an input shows that job, esc goes back to the one before; [ and ] go through the versions."""
    async with opened(data.project) as (app, pilot):
        await pilot.press("g", "j", "j", "enter", "7", "enter")
        await settle(pilot)
        inside = lines_of(app)[0]
        await pilot.press("left_square_bracket")
        await settle(pilot)
        older = lines_of(app)[0]
        await pilot.press("left_square_bracket")
        await settle(pilot)
        refused = lines_of(app)[-1]
        await pilot.press("right_square_bracket", "escape")
        await settle(pilot)

        assert "make dev-2" in inside and "make dev-1" in older
        assert "this is its first version" in refused
        assert "use dev-3" in lines_of(app)[0]


@in_loop
async def test_d_compares_with_the_version_before(data: Recorded) -> None:
    """The diff names the function that changed, the option, the result, and goes from part to part."""
    async with opened(data.project) as (app, pilot):
        await pilot.press("g", "j", "enter", "d")
        await settle(pilot)
        seen = screen_of(app)
        await pilot.press("J", "J")
        await settle(pilot)

        assert "changed  analysis()" in seen
        assert "-{'rows': 10}" in seen.replace("- {", "-{") and "+{'rows': 11}" in seen.replace("+ {", "+{")
        assert line_with(app, "line 1 of") == ""


@in_loop
async def test_keys_that_do_nothing_say_why(data: Recorded) -> None:
    """Every key answers in the status line, also where there is nothing for it."""
    async with opened(data.project) as (app, pilot):
        await pilot.press("g", "j", "j", "enter")
        said = {}
        for tab, key in (
            ("5", "enter"),
            ("5", "v"),
            ("5", "number_sign"),
            ("3", "J"),
            ("1", "slash"),
            ("7", "Q"),
            ("1", "x"),
        ):
            await pilot.press(tab, key)
            await settle(pilot)
            said[tab + key] = lines_of(app)[-1]

        assert isinstance(app.screen, Inspection)
        assert said["5enter"].startswith(" there is no column here")
        assert said["5v"].startswith(" there is no value")
        assert said["5number_sign"].startswith(" there are no lines")
        assert "first version" in said["3J"]
        assert "nothing to search" in said["1slash"]
        assert "Q does nothing here" in said["7Q"]
        assert "does not run" in said["1x"]


@in_loop
async def test_the_help_lists_the_keys_of_the_pane(data: Recorded) -> None:
    """? lists what the keys do in the data pane and on the screen."""
    async with opened(data.project, (120, 60)) as (app, pilot):
        await pilot.press("g", "j", "enter", "5", "question_mark")
        await settle(pilot)

        assert line_with(app, "how the values of this column are spread")
        assert line_with(app, "the version before")


@in_loop
async def test_two_marked_jobs_are_compared(data: Recorded) -> None:
    """D compares the two marked jobs; with another number of them it says so."""
    async with opened(data.project) as (app, pilot):
        await pilot.press("g", "j", "D")
        await settle(pilot)
        refused = lines_of(app)[-1]
        await pilot.press("space", "space", "D")
        await settle(pilot)

        assert "1 job chosen" in refused
        assert line_with(app, "Diff dev-2 → dev-3")


@in_loop
async def test_a_line_leads_to_the_job_it_names(data: Recorded) -> None:
    """u goes from link to link, and enter on a dataset opens its data."""
    async with opened(data.project) as (app, pilot):
        await pilot.press("g", "j", "enter", "7", "slash", *"nasty", "enter", "enter")
        await until(pilot, lambda: "pickle, " in screen_of(app))
        await pilot.press("7", "g", "u", "enter")
        await settle(pilot)

        assert "use dev-3" in lines_of(app)[0]


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, len(PAYLOADS), 5))
@in_loop
async def test_hostile_texts_stay_text_in_every_tab(tmp_path: Path, first: int) -> None:
    """In names and values of columns, files, options, results and differences no control character comes through."""
    texts = [each.decode("utf-8", "replace") for each in PAYLOADS[first : first + 5]]
    rec = Recorded(tmp_path)
    for job, more in (("dev-1", ""), ("dev-2", "!")):
        rec.begin()
        columns = {f"{number}{text}{more}": "unicode" for number, text in enumerate(texts)}
        write_dataset(rec, job, columns, [texts] * 3)
        source = "".join(f"# {text}\nx{number} = {more + text!r}\n" for number, text in enumerate(texts))
        options = {text: more + text for text in texts}
        directory = rec.job(job, "make", source, options=options, result=more + "".join(texts), datasets=("default",))
        for number, text in enumerate(texts):
            (directory / f"{number}{text[:40].replace('/', '').replace(chr(0), '')}").write_text("x")
        rec.built("make.1", job, why=texts[0])
    async with opened(rec.project, WIDE if first % 2 else NARROW) as (app, pilot):
        await pilot.press("g", "j", "enter")
        shown = lines_of(app)
        for key in (*"1367", "5", "v", "escape", "c", "c", "l", "equals_sign", "escape", "enter", "escape"):
            await pilot.press(key)
            await settle(pilot)
            shown += lines_of(app)

        assert isinstance(app.screen, Inspection)
        assert not find_dangerous(shown)
        assert {cell_len(line) for line in shown} == {app.size.width}
