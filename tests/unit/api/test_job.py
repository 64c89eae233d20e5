"""Jobs as authors see them: the id, its parts, its pickles; no job; files of jobs."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from axtui import Job, JobWithFile, NoJob
from axtui.api import context
from axtui.api.context import Context
from axtui.api.joblist import JobList, NamedJob
from axtui.base.errors import NoSuchJobError, NoSuchWorkdirError, UnsafePathError
from axtui.base.values import decode_value, encode_value
from tests.unit.dataset.desk import Desk


@pytest.mark.parametrize(
    "wrong", ["", "dev", "dev-", "dev-07", "-1", "dev-x", "dev-1/default", "dev-9999999999999999999"]
)
def test_what_is_no_job_id_is_refused(wrong: str) -> None:
    """The error has what was found and what was wanted."""
    with pytest.raises(NoSuchJobError, match="wanted one like dev-42"):
        Job(wrong)


def test_a_job_is_its_id() -> None:
    """A text with parts; one object a job as long as it is used; a plain text after pickling."""
    job = Job("my-work.dir-42")

    assert job == "my-work.dir-42"
    assert (job.workdir, job.number) == ("my-work.dir", 42)
    assert Job("my-work.dir-42") is job
    assert type(pickle.loads(pickle.dumps(job))) is str
    assert NamedJob("my-work.dir-42", "name") is not job
    assert (NamedJob("my-work.dir-42", "name").method, NamedJob("dev-1", "x")) == ("name", "dev-1")
    assert type(pickle.loads(pickle.dumps(NamedJob("dev-1", "x")))) is str


def test_another_process_state_has_its_own_jobs(tmp_path: Path) -> None:
    """What is known of a job belongs to the workdirs it was looked up in."""
    context.use(Context(workdirs={"dev": tmp_path / "one"}))
    first = Job("dev-1").path
    context.use(Context(workdirs={"dev": tmp_path / "two"}))

    assert (first, Job("dev-1").path) == (f"{tmp_path}/one/dev-1", f"{tmp_path}/two/dev-1")
    with pytest.raises(NoSuchWorkdirError, match="there is no workdir 'prod'; there are dev"):
        _ = Job("prod-1").path
    context.use(Context())


def test_no_job_is_false_and_empty() -> None:
    """It has no files and no datasets; a file of it is asked for in vain, unless there is a default."""
    assert not NoJob
    assert (NoJob, NoJob.files(), list(NoJob.datasets), NoJob.method) == ("", set(), [], "")
    assert JobList([NoJob]).find("m") == []
    assert (NoJob.load(), NoJob.json_load(), NoJob.load("x", default=1), NoJob.json_load("x", default=2)) == (
        *(None, None, 1, 2),
    )
    for load in (NoJob.load, NoJob.json_load):
        with pytest.raises(NoSuchJobError, match="there is no job to load 'x' from"):
            load("x")
    assert pickle.loads(pickle.dumps(NoJob)) is NoJob


def test_files_of_jobs_travel_as_options() -> None:
    """They come back as they were, with their job as a Job."""
    file = JobWithFile("dev-1", Path("a/b"), True, {"why": [1]})

    found = decode_value(encode_value({"f": file}))["f"]

    assert (found, type(found), type(found.job)) == (file, JobWithFile, Job)
    assert found == ("dev-1", "a/b", True, {"why": [1]})
    assert found.extra.why == [1]


def test_files_of_jobs_are_relative_and_sliced_or_not() -> None:
    """An absolute name, a slice too many and a slice too few are each refused."""
    with pytest.raises(AssertionError, match="'/etc/passwd' is absolute"):
        JobWithFile("dev-1", "/etc/passwd")
    with pytest.raises(AssertionError, match="it is not sliced, found 0"):
        JobWithFile("dev-1", "x").filename(0)
    with pytest.raises(AssertionError, match="a slice number is wanted, found None"):
        JobWithFile("dev-1", "x", sliced=True).load()


def test_files_of_a_job_are_only_read(desk: Desk) -> None:
    """Any writing mode is refused; what is not there is FileNotFoundError unless there is a default."""
    job = Job(desk.job())
    (desk.root / job / "text.1").write_text("é", encoding="utf-8")

    assert job.open(Path("text"), sliceno=1).read() == "é"
    assert job.open("text.1", "rb").read() == "é".encode()
    for mode in ("w", "a", "r+", "x"):
        with pytest.raises(AssertionError, match="can only be read"):
            job.open("text.1", mode)
    assert (job.load(default=3), job.json_load(default=None), job.files()) == (3, None, set())
    for load in (job.load, job.json_load):
        with pytest.raises(FileNotFoundError):
            load("gone")
    with pytest.raises(FileNotFoundError):
        _ = job.post


def test_results_are_linked_by_build_scripts(desk: Desk, tmp_path: Path) -> None:
    """Below folders, under their own name, over an older link; not outside, not through symlinks, not from a method."""
    job = Job(desk.job())
    (desk.root / job / "a.txt").write_text("a")
    with pytest.raises(AssertionError, match="build scripts alone"):
        job.link_result("a.txt")
    here = context.current()
    here.is_build, here.result_directory = True, tmp_path / "results"

    for name in ("a.txt", "x/y", "x/y", "d/"):
        job.link_result("a.txt", name)

    job.link_result(job.filename("a.txt"))

    assert [link["link"] for link in here.links] == ["a.txt", "x/y", "x/y", "d/a.txt", "a.txt"]
    assert all((tmp_path / "results" / name).read_text() == "a" for name in ("a.txt", "x/y", "d/a.txt"))
    for wrong in ("../x", "/x", "a/../../x"):
        with pytest.raises(UnsafePathError):
            job.link_result("a.txt", wrong)
    (desk.root / "x").write_text("not of the job")
    for wrong in ("../x", "/x", str(desk.root / "x")):
        with pytest.raises(UnsafePathError, match=r"is not a path below .*/dev-"):
            job.link_result(wrong)
    (tmp_path / "results/sly").symlink_to(tmp_path)
    with pytest.raises(UnsafePathError, match="is a symlink"):
        job.link_result("a.txt", "sly/x")
    with pytest.raises(AssertionError, match="has no file 'gone' to link to"):
        job.link_result("gone")


def test_output_is_text_by_part(desk: Desk) -> None:
    """All of it in the order of the stages, one stage, one slice, or a dict of all parts."""
    job = Job(desk.job())
    (desk.root / job / "output").mkdir()
    for name in ("synthesis.out", "analysis.1.out", "analysis.0.err", "analysis.0.out", "prepare.out", "prepare.err"):
        (desk.root / job / "output" / name).write_text(f"{name}\n")

    assert job.output("parts") == {
        "prepare": "prepare.out\nprepare.err\n",
        0: "analysis.0.out\nanalysis.0.err\n",
        1: "analysis.1.out\n",
        "synthesis": "synthesis.out\n",
    }
    assert job.output() == "".join(job.output("parts").values())  # type: ignore[union-attr]
    assert (job.output("analysis"), job.output(1), job.output("synthesis")) == (
        "analysis.0.out\nanalysis.0.err\nanalysis.1.out\n",
        "analysis.1.out\n",
        "synthesis.out\n",
    )
