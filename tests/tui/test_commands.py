"""Palette, help that runs, keys and settings of the user's, themes and pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtui.event import events as ev
from axtui.tui.finder import Finder
from axtui.tui.past_workbench import PastWorkbench
from axtui.tui.themes import THEMES, choose_theme
from axtui.tui.timeline_screen import TimelineScreen
from tests.tui.flights import record_flights
from tests.tui.recorded import Recorded
from tests.tui.screen import FakeEngines, in_loop, jobs_of, line_with, lines_of, opened, settle, until


@pytest.fixture
def flights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    """Give a project with about thirty recorded jobs, and a user without settings."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return record_flights(tmp_path / "flights")


def write_config(tmp_path: Path, name: str, text: str) -> None:
    """Write one of the user's files."""
    (tmp_path / "config/axtui").mkdir(parents=True, exist_ok=True)
    (tmp_path / "config/axtui" / name).write_text(text)


@in_loop
async def test_the_palette_goes_to_a_job(flights: Recorded) -> None:
    """: and a few letters of a name, in order, find a job; enter goes there."""
    async with opened(flights.project) as (app, pilot):
        await pilot.press(":", *"cimpoct")
        await settle(pilot)
        assert "csvimport oct dev-19" in line_with(app, "▸")

        await pilot.press("enter")
        await settle(pilot)
        assert app.workbench.place == ("csvimport.10", "jobs")


@in_loop
async def test_the_palette_has_actions_methods_builds_and_themes(flights: Recorded) -> None:
    """Each kind can be chosen; what is chosen happens."""
    async with opened(flights.project) as (app, pilot):
        for typed in ("only jobs of dataset", "timeline", "theme axtui-light"):
            await pilot.press("ctrl+p", *typed)
            await settle(pilot)
            await pilot.press("enter")
            await settle(pilot)

        assert app.theme == "axtui-light"
        assert isinstance(app.screen, TimelineScreen)
        await pilot.press("escape")
        await settle(pilot)
        jobs = [line for line in jobs_of(app) if "dev-" in line]
        assert jobs and all("dataset_type" in line for line in jobs)


@in_loop
async def test_the_palette_opens_a_build_of_the_past(flights: Recorded) -> None:
    """Builds are found by number and cause."""
    flights.finish("failed")
    flights.begin(cause="saved", saved=("flights/a_x.py",))
    async with opened(flights.project) as (app, pilot):
        await pilot.press(":", *"build 1 asked")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)

        assert isinstance(app.screen, PastWorkbench) and app.screen.number == 1


@in_loop
async def test_the_help_lists_this_panes_keys_and_runs_them(flights: Recorded) -> None:
    """? lists keys, typing narrows them, enter does what the key does; esc changes nothing."""
    async with opened(flights.project) as (app, pilot):
        await pilot.press("3", "?")
        await settle(pilot)
        assert (line_with(app, "In this pane") and line_with(app, "Everywhere")) or line_with(app, "follow")

        await pilot.press(*"give this pane")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert not isinstance(app.screen, Finder)
        assert not line_with(app, "1 Jobs")

        await pilot.press("?", "escape")
        await settle(pilot)
        assert app.screen is app.workbench


@in_loop
async def test_nothing_fits(flights: Recorded) -> None:
    """Where nothing fits, that is said and enter does nothing; what is pasted is safe."""
    async with opened(flights.project) as (app, pilot):
        await pilot.press(":", *"[/x] qqq", "enter")
        await settle(pilot)

        assert isinstance(app.screen, Finder)
        assert line_with(app, "nothing fits") and line_with(app, "0 of ")


@in_loop
async def test_hostile_names_are_only_text_in_the_palette(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control sequences and markup in names of jobs do not come through."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    rec = Recorded(tmp_path / "p")
    rec.begin(script="[b]\x1b[31m")
    rec.reuse("rows.1", "dev-1", name="[red]\x1b]0;x\x07evil[/]")
    async with opened(rec.project) as (app, pilot):
        await pilot.press(":", *"evil")
        await settle(pilot)

        assert "[red]evil[/]" in line_with(app, "▸")
        assert "\x1b" not in "\n".join(lines_of(app))


@in_loop
async def test_keys_can_be_changed(flights: Recorded, tmp_path: Path) -> None:
    """A key of keys.toml does what its action does, and the old key nothing; what is wrong there is told."""
    write_config(
        tmp_path, "keys.toml", '"timeline.show" = "f6"\n"pane.zoom" = "Z,f7"\n"pane.zoon" = "x"\n"app.quit" = 3\n'
    )
    async with opened(flights.project) as (app, pilot):
        assert any("'pane.zoon'; did you mean 'pane.zoom'?" in text for text in app.wrong)
        assert any("app.quit is 3" in text for text in app.wrong) and len(app.wrong) == 2

        await pilot.press("T")
        await settle(pilot)
        assert "T does nothing here" in lines_of(app)[-1]

        await pilot.press("f6")
        await settle(pilot)
        assert isinstance(app.screen, TimelineScreen)


@in_loop
async def test_a_clash_of_keys_is_one_sentence(flights: Recorded, tmp_path: Path) -> None:
    """A key that would mean two things in one place is told, and everything else works."""
    write_config(tmp_path, "keys.toml", '"timeline.show" = "b"\n')
    async with opened(flights.project) as (app, pilot):
        assert any("b is both" in text and "timeline.show" in text for text in app.wrong)

        await pilot.press("j", "z")
        await settle(pilot)
        assert app.workbench.query_one("#jobs").has_class("zoom")


@in_loop
async def test_settings_are_read_and_what_is_wrong_is_told(flights: Recorded, tmp_path: Path) -> None:
    """Each wrong line is one sentence that names the nearest known one; the rest counts."""
    write_config(tmp_path, "settings.toml", 'theme = "axtui-light"\nnotify_second = 3\nosc9 = "yes"\n')
    async with opened(flights.project) as (app, _):
        assert app.theme == "axtui-light"
        assert app.wrong == (
            "settings.toml: there is no setting 'notify_second'; did you mean 'notify_seconds'?",
            "settings.toml: osc9 is 'yes'; wanted true or false",
        )


@pytest.mark.parametrize("text", ["theme = [", "\x00", 'theme = "nosuch"', "theme = 3", "=" * 100])
def test_settings_that_are_nonsense_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Whatever stands in the file, the workbench opens with its defaults and a sentence."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    write_config(tmp_path, "settings.toml", text)

    @in_loop
    async def look() -> None:
        async with opened(Recorded(tmp_path / "p").project) as (app, _):
            assert len(app.wrong) == 1 and app.wrong[0].startswith("settings.toml")
            assert app.settings.theme == ""

    look()


@in_loop
async def test_a_long_build_rings_when_it_ends(flights: Recorded, tmp_path: Path) -> None:
    """Only a build that took longer than the user set rings, and says how it ended."""
    write_config(tmp_path, "settings.toml", "notify_seconds = 60\n")
    engines, rung = FakeEngines(), []
    async with opened(flights.project, engines=engines) as (app, pilot):
        app.bell = lambda: rung.append(1)  # type: ignore[method-assign,assignment]
        short = flights.entry(ev.BuildFinished(1, "finished", 59.0, 1, 0, 0))
        engines.client.say(short)
        await until(pilot, lambda: app.board.last_seq == short.seq)
        assert not rung

        engines.client.say(flights.entry(ev.BuildFinished(1, "failed", 61.0, 1, 0, 0)))
        await until(pilot, lambda: bool(rung))


@in_loop
async def test_every_theme_draws(flights: Recorded) -> None:
    """ctrl+t goes through our themes; each draws the screen."""
    async with opened(flights.project) as (app, pilot):
        app.choose_theme(THEMES[0])
        for name in (*THEMES[1:], THEMES[0]):
            await pilot.press("ctrl+t")
            await settle(pilot)
            assert app.theme == name
            assert any("dev-1 " in line for line in jobs_of(app))


def test_the_terminal_decides_on_the_theme() -> None:
    """Light and dark as COLORFGBG says; 16 colours as the terminal has them."""
    assert choose_theme("truecolor", {}) == "axtui"
    assert choose_theme("256", {"COLORFGBG": "0;15"}) == "axtui-light"
    assert choose_theme("standard", {"COLORFGBG": "0;default;15"}) == "ansi-light"
    assert choose_theme("standard", {"COLORFGBG": "15;0"}) == "ansi-dark"
    assert choose_theme(None, {"COLORFGBG": "nonsense"}) == "axtui"
    assert choose_theme("truecolor", {"COLORFGBG": "15;0"}, "light") == "axtui-light"
    assert choose_theme("standard", {"COLORFGBG": "0;15"}, "dark") == "ansi-dark"


@in_loop
async def test_a_picture_of_the_screen_is_kept(flights: Recorded) -> None:
    """S asks for the form and writes what is on the screen."""
    async with opened(flights.project) as (_, pilot):
        await pilot.press("S")
        await settle(pilot)
        await pilot.press("t")
        await settle(pilot)

    files = list((flights.root / ".axtui/exports").glob("screen-*.txt"))
    assert len(files) == 1
    assert "1 Jobs" in files[0].read_text() and "Screenshot" not in files[0].read_text()


@in_loop
async def test_a_key_that_does_nothing_says_where_it_does_something(flights: Recorded) -> None:
    """The last line names the place where a key means something; a key that never does is said to be none."""
    async with opened(flights.project) as (app, pilot):
        await pilot.press("F")
        await settle(pilot)
        assert "F does nothing here; in the output it means: go to the end" in lines_of(app)[-1]

        await pilot.press("T", "F", "Q")
        await settle(pilot)
        assert lines_of(app)[-1].strip() == "Q does nothing here; ? lists the keys"
