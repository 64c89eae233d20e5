"""Where a file comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtui.base.errors import NoSuchJobError
from axtui.build.history import History
from axtui.build.outcome import pair_files
from axtui.build.trace import find_maker, trace_job
from axtui.project.config import Project, read_project
from axtui.store.record import read_post
from axtui.store.workdir import Workdir
from tests.conftest import make_project
from tests.unit.store.jobs import make_job, start_job


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Give a project where dev-2 read a file and dev-1, which is gone, and dev-3 read dev-2 twice."""
    project = read_project(make_project(tmp_path / "project").root)
    dev = Workdir("dev", project.workdirs["dev"])
    dev.prepare(2)
    files = {"file": ["a.txt", "f" * 64, [1, 2, 3, 4]]}
    make_job(dev, 2, jobs={"old": "dev-1"}, input_files=files, input_directory=str(project.input_directory))
    make_job(dev, 3, jobs={"a": "dev-2", "b": [None, "dev-2"]}, datasets={"c": "dev-3/x"})
    return project


def test_a_job_is_followed_down(project: Project) -> None:
    """To what is gone, to input files and how they are now, each job once and none for ever."""
    origin = trace_job(History(project), "dev-3")

    told = origin.to_record()
    assert [(each["job"], each["parameter"]) for each in told["inputs"]] == [
        ("dev-3", "datasets.c"),
        ("dev-2", "jobs.a"),
    ]
    assert told["inputs"][0]["repeated"]
    (two,) = [each for each in origin.inputs if each.job == "dev-2"]
    assert [each.state for each in two.files] == ["gone"]
    assert two.inputs[0].record is None
    assert told["inputs"][1]["inputs"] == [{"job": "dev-1", "parameter": "jobs.old", "state": "gone"}]


def test_an_input_file_that_changed_is_told(project: Project) -> None:
    """By size and time, which is what can be known without reading it."""
    path = project.input_directory / "a.txt"
    path.write_text("abc")

    (changed,) = trace_job(History(project), "dev-2").files

    assert (changed.name, changed.state) == ("a.txt", "changed")


def test_a_path_leads_to_its_job(project: Project, tmp_path: Path) -> None:
    """Through links; the job's own directory too."""
    link = tmp_path / "link.svg"
    link.symlink_to(project.workdirs["dev"] / "dev-2/charts/a.svg")

    assert find_maker(project, link) == ("dev-2", "charts/a.svg")
    assert find_maker(project, project.workdirs["dev"] / "dev-2") == ("dev-2", "")


@pytest.mark.parametrize("name", ["", "workdirs/dev", "workdirs/dev/.slices", "small"])
def test_what_no_job_made_is_refused(project: Project, name: str) -> None:
    """Other files of the project, and the workdir itself."""
    with pytest.raises(NoSuchJobError, match="which no job has made"):
        find_maker(project, project.root / name)


def test_files_are_paired(project: Project) -> None:
    """Those that came out, not the source or what was printed; none of a job that is not finished."""
    dev = Workdir("dev", project.workdirs["dev"])
    before = read_post(project.workdirs["dev"] / "dev-2")
    directory = start_job(dev, 4)
    now = {**before, "files": {**before["files"], "result.pickle": [9, "0"], "new.txt": [1, "1"]}}

    pairs = {each.name: each for each in pair_files(before, now)}

    assert [*pairs] == ["charts/a.svg", "new.txt", "result.pickle"]
    assert [each.is_equal for each in pairs.values()] == [True, False, False]
    assert pairs["new.txt"].before is None
    assert pair_files({}, {}) == []
    assert directory.is_dir()
