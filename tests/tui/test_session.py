"""The workbench opens where it was left."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtui.tui.app import AxtuiApp
from axtui.tui.session import Session, read_session, session_path, write_session
from tests.tui.flights import record_flights
from tests.tui.screen import WIDE, in_loop, jobs_of, line_with, settle, until


@in_loop
async def test_the_workbench_opens_where_it_was_left(tmp_path: Path) -> None:
    """Job, pane, zoom and filter are those at which q was pressed."""
    project, path = record_flights(tmp_path / "p").project, tmp_path / "state/session.json"
    app = AxtuiApp(project, session=path)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("slash", *"dataset", "enter", "G", "4", "z", "q")
        await pilot.pause()
    assert read_session(path) == Session("dataset_type.12", "source", True, "dataset")

    app = AxtuiApp(project, session=path)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        assert app.workbench.place == ("dataset_type.12", "source")
        assert not line_with(app, "1 Jobs")

        await pilot.press("escape", "1")
        await settle(pilot)
        assert all("dataset" in line for line in jobs_of(app) if "dev-" in line)


@in_loop
async def test_where_the_user_is_is_kept_as_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not only q keeps it; nothing is written where nothing changed."""
    monkeypatch.setattr("axtui.tui.app._SESSION_SECONDS", 0.05)
    path = tmp_path / "session.json"
    app = AxtuiApp(record_flights(tmp_path / "p").project, session=path)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("3")
        await until(pilot, lambda: read_session(path).pane == "output")
        path.unlink()
        app._keep_session()

        assert not path.exists()


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", '{"row": 3, "pane": ["x"], "zoomed": "yes"}', "\x00" * 99, "9" * 99999]
)
def test_a_damaged_session_is_as_if_there_were_none(tmp_path: Path, text: str) -> None:
    """Whatever stands in the file, the beginning is what comes."""
    (tmp_path / "session.json").write_text(text)

    assert read_session(tmp_path / "session.json") == Session()


@in_loop
async def test_a_place_that_is_not_there_any_more_is_the_beginning(tmp_path: Path) -> None:
    """A row that is gone, an unknown pane and a filter that means nothing leave a screen that works."""
    path = tmp_path / "session.json"
    write_session(path, Session("gone.1", "nosuch", True, "state:[", None))
    app = AxtuiApp(record_flights(tmp_path / "p").project, session=path)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("escape", "escape", "j")
        await settle(pilot)
        assert len(jobs_of(app)) > 10


def test_each_project_has_its_own_session(tmp_path: Path) -> None:
    """The file lies in the user's state directory and is named by the project; one that cannot be written is not."""
    environment = {"XDG_STATE_HOME": str(tmp_path)}
    first, second = (session_path(tmp_path / name, environment) for name in "ab")

    write_session(Path("/proc/no/such"), Session())

    assert first != second and first.is_relative_to(tmp_path)
