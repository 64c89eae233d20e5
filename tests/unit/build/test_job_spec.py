"""Jobs as people name them: by id, method, path or urd list, and from there to other jobs."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtui.base.errors import AxtuiError, NoSuchJobError
from axtui.build.job_spec import find_job, newest_jobs
from axtui.build.urd_entry import Entry
from axtui.build.urd_lists import UrdLists
from axtui.project.config import Project, read_project
from axtui.store.urd_file import urd_directory
from axtui.store.workdir import Workdir
from tests.conftest import make_project
from tests.unit.store.jobs import make_job, start_job

_JOBS = ["read", "one", "two", "small.build", "read", "one", "two"]
"""The methods of dev-1 to dev-7; each `one` reads the `read` before it, each `two` both."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Give a project with seven jobs in one workdir, one in another, and an urd list."""
    monkeypatch.setenv("USER", "tester")
    directory = make_project(tmp_path / "project")
    directory.method("one", "def synthesis(): return 1\n")
    config = directory.root / "axtui.toml"
    config.write_text(config.read_text().replace("[workdirs]", '[workdirs]\n"my.old" = "workdirs/my.old"'))
    project = read_project(directory.root)
    for name in project.workdirs:
        Workdir(name, project.workdirs[name]).prepare(2)
    dev = Workdir("dev", project.workdirs["dev"])
    for number, method in enumerate(_JOBS, 1):
        jobs = {"one": f"dev-{number - 1}", "source": f"dev-{number - 2}"} if method == "two" else {}
        datasets = {"source": f"dev-{number - 1}/default", "previous": "dev-2" if number == 6 else None}
        start = {"starttime": 1000.0 + number, "jobs": jobs, "datasets": datasets if method == "one" else {}}
        make_job(dev, number, method=method, **start)
    make_job(Workdir("my.old", project.workdirs["my.old"]), 3, method="two", starttime=1.0, jobs={"previous": "dev-3"})
    entry = Entry("2024-01-01", (("read", "dev-5"), ("one", "dev-6"), ("two", "dev-7")), "", {}, "dev-4")
    UrdLists(urd_directory(project.root)).add("tester/words", entry, False)
    return project


_NAMES = MappingProxyType(
    {
        "dev-6": "dev-6",
        "one": "dev-6",
        "one~": "dev-2",
        "one~0": "dev-6",
        "one~1": "dev-2",
        "dev-2+": "dev-6",
        "one~+": "dev-6",
        "two~2": "my.old-3",
        "two~~": "my.old-3",
        "my.old-3+2": "dev-7",
        "dev-LATEST": "dev-7",
        "my.old-LATEST": "my.old-3",
        "dev-LATEST<": "dev-6",
        "dev-2>2": "dev-4",
        "two.one": "dev-6",
        "two.jobs.one": "dev-6",
        "two.jobs.one.datasets.source": "dev-5",
        "two~.one": "dev-2",
        "one^": "dev-2",
        "my.old-3^": "dev-3",
        "small.build": "dev-4",
        ":words:": "dev-7",
        ":tester/words:one": "dev-6",
        ":tester/words:one~": "dev-2",
        ":words/2024-01-01:0": "dev-5",
        ":words:-2": "dev-6",
        ":words:two.one": "dev-6",
    }
)


@pytest.mark.parametrize("spec", [*_NAMES])
def test_a_name_means_a_job(project: Project, spec: str) -> None:
    """Every form that there is, and forms after one another."""
    assert find_job(project, spec).jobid == _NAMES[spec]


def test_a_path_means_a_job(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative or absolute, with more after it; also through a link."""
    monkeypatch.chdir(project.root)
    (project.root / "link").symlink_to("workdirs/dev/dev-3")

    assert find_job(project, "workdirs/dev/dev-3").jobid == "dev-3"
    assert find_job(project, "./workdirs/dev/dev-3.one").jobid == "dev-2"
    assert find_job(project, f"{project.root}/workdirs/my.old/my.old-3^").jobid == "dev-3"
    assert find_job(project, "./link").jobid == "dev-3"


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        ("nothing", "'nothing' is no job here: neither an id like dev-42 nor a method that ran"),
        ("dev-99", "there is no job dev-99"),
        ("dev-07", "'dev-07' is no job here"),
        ("one~5", "one has no 5 jobs before dev-6"),
        ("one+", "one has no 1 jobs after dev-6"),
        ("two.nope", "dev-7 has no job or dataset 'nope' set; it has jobs.one, jobs.source"),
        ("two.datasets.one", "dev-7 has no datasets 'one' set; it has none"),
        ("read^", "dev-5 has no job or dataset 'previous' set"),
        ("one!", "no finished job of 'one' is of its present source"),
        ("other-LATEST", "'other-LATEST' is no job here"),
        ("/tmp/", "is no job directory of this project"),
        (":nothing:", "there is no entry"),
        (":words:nope", "has no job 'nope'"),
        ("", "is no job here"),
        ("~", "is no job here"),
        ("one~99999999999999999999", "is no job here"),
        ("one~-1", "is no job here"),
        ("\x1b[31m", "is no job here"),
    ],
)
def test_a_name_that_means_no_job_is_refused(project: Project, spec: str, wanted: str) -> None:
    """One sentence says what there is instead."""
    with pytest.raises(AxtuiError, match=r".") as caught:
        find_job(project, spec)

    assert wanted in str(caught.value)


@given(st.text(alphabet="dev-1.two:~+^<>!/ jobs", max_size=14))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_job_or_refused(project: Project, spec: str) -> None:
    """Whatever somebody types, no error of ours comes through."""
    try:
        found = find_job(project, spec)
    except AxtuiError as error:
        assert str(error)
    else:
        assert found.jobid


def test_jobs_come_newest_first(project: Project) -> None:
    """By when they were started, whatever workdir they are in; unfinished and damaged ones among them."""
    dev = Workdir("dev", project.workdirs["dev"])
    start_job(dev, 8, method="one", starttime=2000.0)
    (start_job(dev, 9) / "setup.json").write_text("{")

    found = [record.jobid for record in newest_jobs(project)]

    assert found == [*(f"dev-{number}" for number in range(9, 0, -1)), "my.old-3"]
    assert [record.jobid for record in newest_jobs(project, "two")] == ["dev-7", "dev-3", "my.old-3"]


def test_latest_is_a_finished_job_of_a_method(project: Project) -> None:
    """A run of a build script, or a job that is not finished, is not it."""
    dev = Workdir("dev", project.workdirs["dev"])
    make_job(dev, 8, method="small.build", is_build=True)
    start_job(dev, 9, method="one")

    assert find_job(project, "dev-LATEST").jobid == "dev-7"


def test_no_workdir_means_no_job(tmp_path: Path) -> None:
    """A project that never built anything has none, and says so."""
    project = read_project(make_project(tmp_path / "empty").root)

    with pytest.raises(NoSuchJobError, match="is no job here"):
        find_job(project, "one")
    with pytest.raises(NoSuchJobError, match="workdir dev has no finished job of a method"):
        find_job(project, "dev-LATEST")
