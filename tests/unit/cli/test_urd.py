"""The command `axtui urd`: what it prints for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from axtui.build.urd_entry import Entry
from axtui.build.urd_lists import UrdLists
from axtui.cli.main import main
from tests.conftest import ProjectDirectory


@pytest.fixture(autouse=True)
def here(project: ProjectDirectory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be anna in a project where she has left two entries, one made from the other."""
    monkeypatch.chdir(project.root)
    monkeypatch.setenv("URD_AUTH", "anna:secret")
    lists = UrdLists(project.root / "urd")
    lists.add("anna/words", Entry("2024-06", (("count", "dev-1"), ("final", "dev-2")), "june \x1b[31m", {}, "dev-0"))
    june = lists.since("anna/words", "0")[0].to_dependency()
    deps = {"anna/words": june}
    lists.add("anna/report", Entry("2024-06+1", (("report", "dev-4"),), "", deps, "dev-3"))
    return project.root


def test_without_a_path_every_list_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """A name a line, in order."""
    assert main(["urd"]) == 0
    assert capsys.readouterr().out == "anna/report\nanna/words\n"


def test_entry_is_shown_safely(capsys: pytest.CaptureFixture[str]) -> None:
    """An entry has its lines, and a caption cannot drive the terminal."""
    assert main(["urd", "words", "report"]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "timestamp: 2024-06",
        "build job: dev-0",
        "caption  : june ",
        "deps     : ",
        "JobList(",
        "   [  0] count : dev-1",
        "   [  1] final : dev-2",
        ")",
        "timestamp: 2024-06+1",
        "build job: dev-3",
        "caption  : ",
        "deps     : anna/words/2024-06",
        "JobList(",
        "   [  0] report : dev-4",
        ")",
    ]


def test_timestamps_and_jobs(capsys: pytest.CaptureFixture[str]) -> None:
    """A list's timestamps have their captions, and a job is its id."""
    assert main(["urd", "anna/report/", "words/since/2024-06", ":words:count", ":words:", "--json"]) == 0

    timestamps, later, job, entry = json.loads(capsys.readouterr().out)
    assert timestamps == [{"timestamp": "2024-06+1", "caption": ""}]
    assert (later, job, entry["list"]) == ([], "dev-1", "anna/words")


def test_near_names_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """A list that is not there is answered by the nearest that is."""
    assert main(["urd", "word/"]) == 2

    assert "'anna/word'; the nearest are anna/words" in capsys.readouterr().err


def test_nothing_yet(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A project without lists has none, which is not an error."""
    for path in (here / "urd/anna").iterdir():
        path.unlink()

    assert main(["urd"]) == 0
    assert main(["urd", "words/"]) == 2
    assert capsys.readouterr().err.endswith("there is none yet\n")
