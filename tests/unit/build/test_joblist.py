"""Job lists: by number and by name."""

from __future__ import annotations

import pytest

from axtui.build.joblist import JobList, NamedJob


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
    assert [line.split() for line in jobs.pretty.splitlines()[1:2]] == [["[0]", "count", ":", "dev-1"]]
    assert JobList().pretty == "JobList([])"
