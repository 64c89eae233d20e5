"""The demo, as a user meets it: built by the command, reused, edited; its answers are known from another tool."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from axtui.base.errors import UserError
from axtui.demo.write import write_demo
from tests.conftest import ProjectDirectory
from tests.e2e.conftest import Command

pytestmark = pytest.mark.slow

JOBS = {
    "csvimport": 16,
    "carrier_names": 12,
    "by_aircraft": 1,
    "weather_at_departure": 1,
    "facts": 1,
    "months": 1,
    "carrier_delays": 1,
    "carrier_confidence": 1,
    "hourly_delays": 1,
    "busiest_routes": 1,
    "weather_bands": 3,
    "knock_on": 1,
    "fleet": 1,
    "report": 1,
}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory, command_in: Callable[[Path], Command]) -> tuple[Path, str]:
    """Run `axtui demo DIR` without a terminal; give the directory and what the command said."""
    directory = tmp_path_factory.mktemp("demo")
    done = command_in(directory)("demo", "flights-demo")
    return directory / "flights-demo", done.stdout + done.stderr


@pytest.fixture
def demo(said: tuple[Path, str]) -> ProjectDirectory:
    """Give the demo, built. Tests put back what they edit."""
    return ProjectDirectory(said[0])


@pytest.fixture
def axtui(demo: ProjectDirectory, command_in: Callable[[Path], Command]) -> Command:
    """Give the command, in the demo."""
    return command_in(demo.root)


@contextmanager
def edited(path: Path, old: str, new: str) -> Iterator[None]:
    """Replace a text that is in a file once, and put it back at the end."""
    before = path.read_text(encoding="utf-8")
    assert before.count(old) == 1
    path.write_text(before.replace(old, new), encoding="utf-8")
    yield
    path.write_text(before, encoding="utf-8")


def built_by(axtui: Command, demo: ProjectDirectory) -> Counter[str]:
    """Run the build script; give how many jobs of each method that built."""
    before = demo.jobs()
    axtui("run")
    return Counter(job.method for jobid, job in demo.jobs().items() if jobid not in before)


def test_demo_builds_every_job(said: tuple[Path, str], demo: ProjectDirectory) -> None:
    """Without a terminal `axtui demo` builds all jobs, says in plain lines how far it is, and where to look."""
    _, text = said

    assert Counter(demo.methods()) == JOBS
    assert "report.md" in text
    assert "carrier_confidence" in text
    assert "\x1b" not in text


def test_answers_are_the_known_ones(demo: ProjectDirectory) -> None:
    """The answers equal those computed from the same files with another tool."""
    answers = json.loads((demo.root / "results/answers.json").read_text(encoding="utf-8"))

    assert answers["flights"] == 336_776
    assert answers["miles"] == 350_217_607
    assert answers["january"] == 27_004
    assert answers["no_arr_delay"] == 9_430
    assert answers["no_tailnum"] == 2_512
    assert answers["united"]["flights"] == 58_665
    assert answers["united"]["arrived"] == 57_782
    assert answers["united"]["mean_delay"] == 3.558
    route = answers["busiest_route"]
    assert (route["origin"], route["dest"], route["flights"]) == ("JFK", "LAX", 11_262)


def test_report_shows_the_answers(demo: ProjectDirectory) -> None:
    """The report is linked into the results, shows the answers, and has its charts beside it."""
    report = (demo.root / "results/report.md").read_text(encoding="utf-8")

    for answer in ("336,776", "350,217,607", "27,004", "9,430", "2,512", "58,665", "3.558", "11,262"):
        assert answer in report
    for chart in ("carriers.svg", "hours.svg"):
        assert f"({chart})" in report
        assert (demo.root / "results" / chart).read_text(encoding="utf-8").startswith("<svg")


def test_second_run_builds_nothing(axtui: Command, demo: ProjectDirectory) -> None:
    """What has been built is reused, all of it."""
    assert built_by(axtui, demo) == Counter()


def test_comment_builds_nothing(axtui: Command, demo: ProjectDirectory) -> None:
    """A comment in a method, a docstring in a helper: neither changes what a job would be."""
    method, helper = demo.root / "flights/a_months.py", demo.root / "flights/delays.py"

    with edited(method, "datasets = (", "# one a month\ndatasets = ("), edited(helper, "Average a", "The mean of a"):
        built = built_by(axtui, demo)

    assert built == Counter()


def test_helper_rebuilds_exactly_its_dependents(axtui: Command, demo: ProjectDirectory) -> None:
    """An edit of a helper builds the jobs that use it and nothing else; putting it back builds nothing."""
    with edited(demo.root / "flights/delays.py", "LATE = 15", "LATE = 20"):
        built = built_by(axtui, demo)
    again = built_by(axtui, demo)

    users = ("months", "carrier_delays", "knock_on", "fleet", "report")
    assert built == Counter({"weather_bands": 3, **dict.fromkeys(users, 1)})
    assert again == Counter()


def test_equal_output_stops_the_rebuild(axtui: Command, demo: ProjectDirectory) -> None:
    """A method edited without effect on what it writes is built again, and nothing after it."""
    with edited(demo.root / "flights/a_by_aircraft.py", "if tailnum is not None and", "if tailnum and"):
        built = built_by(axtui, demo)

    assert built == Counter({"by_aircraft": 1})


def test_demo_is_reused_where_it_is(said: tuple[Path, str], axtui: Command, demo: ProjectDirectory) -> None:
    """`axtui demo` on a demo keeps its edits and its jobs."""
    jobs = demo.jobs()
    with edited(demo.root / "axtui.toml", "# The demo project", "# My demo project"):
        axtui("demo", ".")

        assert "# My demo" in (demo.root / "axtui.toml").read_text(encoding="utf-8")
    assert demo.jobs().keys() == jobs.keys()


def test_other_directory_is_refused(tmp_path: Path) -> None:
    """A directory that holds something else is named and left alone."""
    (tmp_path / "thesis.tex").write_text("\\begin{document}")

    with pytest.raises(UserError, match=r"thesis\.tex"):
        write_demo(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_interrupted_writing_is_completed(tmp_path: Path) -> None:
    """Where a part of the demo lies, the rest is added and what is there stays."""
    (tmp_path / "flights").mkdir()
    (tmp_path / "flights/build.py").write_text("mine")

    write_demo(tmp_path)

    assert (tmp_path / "flights/build.py").read_text() == "mine"
    assert (tmp_path / "axtui.toml").is_file()
