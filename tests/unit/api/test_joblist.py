"""Job lists: by number and by name."""

from __future__ import annotations

import pytest

from axtui.api.job import Job
from axtui.api.joblist import JobList, NamedJob


@pytest.fixture
def jobs() -> JobList:
    """Give three jobs, two of them under one name."""
    return JobList([NamedJob("dev-1", "count"), NamedJob("dev-2", "report"), NamedJob("dev-3", "count")])


def test_jobs_are_found_by_number_and_name(jobs: JobList) -> None:
    """A number counts, a name means the last job of that name, a slice is a list again."""
    assert (jobs[0], jobs[-1], jobs["count"]) == ("dev-1", "dev-3", "dev-3")
    assert isinstance(jobs[1:], JobList)
    assert jobs[1:]["count"] == "dev-3"
    assert jobs.find("count") == ["dev-1", "dev-3"]


def test_what_is_not_there(jobs: JobList) -> None:
    """An index error by index, the default by `get`, nothing by `find`."""
    with pytest.raises(IndexError):
        _ = jobs["gone"]
    assert jobs.get("gone") is None
    assert jobs.get(9, "x") == "x"
    assert jobs.find("gone") == []


def test_lists_add_up(jobs: JobList) -> None:
    """Added lists are job lists."""
    both = jobs + JobList([NamedJob("dev-4", "late")])

    assert both["late"] == "dev-4"
    assert len(jobs) == 3


def test_lists_can_be_read(jobs: JobList) -> None:
    """As pairs of name and id, and as text."""
    assert jobs.as_tuples == [("count", "dev-1"), ("report", "dev-2"), ("count", "dev-3")]
    assert jobs.pretty.splitlines() == [
        "JobList(",
        "   [  0]  count : dev-1",
        "   [  1] report : dev-2",
        "   [  2]  count : dev-3",
        ")",
    ]
    assert JobList().pretty == "JobList([])"


def test_lists_stay_lists_on_either_side(jobs: JobList) -> None:
    """A plain list before a job list gives a job list, and its text names what it is."""
    plain: list[Job] = [NamedJob("dev-0", "first")]

    both = plain + jobs

    assert isinstance(both, JobList)
    assert both["first"] == "dev-0"
    assert repr(jobs[:2]) == "JobList(['dev-1', 'dev-2'])"


def test_times_are_printed_by_name(jobs: JobList, capsys: pytest.CaptureFixture[str]) -> None:
    """The longest comes first with its share, and the total last."""

    class Timed(JobList):
        @property
        def exectime(self) -> tuple[float, dict[str, float]]:
            return 8.0, {"count": 2.0, "report": 6.0}

    Timed(jobs).print_exectimes()
    JobList().print_exectimes(verbose=False)

    assert capsys.readouterr().out.splitlines() == [
        "Time per method:",
        "   report  6 seconds  (75%)",
        "   count   2 seconds  (25%)",
        "Total time 8 seconds",
        "Total time 0 seconds",
    ]
