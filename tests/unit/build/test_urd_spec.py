"""Places in urd lists as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtui.base.errors import UrdError
from axtui.build.urd_entry import Entry
from axtui.build.urd_lists import UrdLists
from axtui.build.urd_spec import find_job, find_place, parse_job

JOBS = (("count", "dev-1"), ("report", "dev-2"), ("count", "dev-3"))


@pytest.fixture
def lists(tmp_path: Path) -> UrdLists:
    """Give a list of anna's with three entries, and one of berta's."""
    made = UrdLists(tmp_path)
    for path, timestamp in (("anna/a", "1"), ("anna/a", "2024-01"), ("anna/a", "2024-01-31T12:30"), ("berta/b", "1")):
        made.add(path, Entry(timestamp, JOBS, "", {}, "dev-9"))
    return made


@pytest.mark.parametrize(
    ("text", "path", "timestamp"),
    [
        ("a", "anna/a", "2024-01-31T12:30"),
        ("anna/a", "anna/a", "2024-01-31T12:30"),
        ("berta/b", "berta/b", "1"),
        ("a/1", "anna/a", "1"),
        ("a/first", "anna/a", "1"),
        ("a/<=2024-01", "anna/a", "2024-01-31T12:30"),
        ("anna/a/2024-01", "anna/a", "2024-01"),
        ("a^", "anna/a", "2024-01"),
        ("a^2", "anna/a", "1"),
        ("a/1~", "anna/a", "2024-01"),
        ("a/1~2^", "anna/a", "2024-01"),
    ],
)
def test_places(lists: UrdLists, text: str, path: str, timestamp: str) -> None:
    """A list, one's own unless a user is named, and the latest entry unless a timestamp is."""
    where, entry = find_place(lists, text, "anna")

    assert (where, entry.timestamp) == (path, timestamp)


@pytest.mark.parametrize("text", ["gone", "a/2", "a^3", "a~", "a/b/c/d", "anna/a/x", "../a"])
def test_places_that_are_none(lists: UrdLists, text: str) -> None:
    """What is not there is an error that says so."""
    with pytest.raises(UrdError):
        find_place(lists, text, "anna")


@pytest.mark.parametrize(
    ("text", "job"),
    [(":a:", "dev-3"), (":a:count", "dev-3"), (":a:report", "dev-2"), (":a:0", "dev-1"), (":a/1:-2", "dev-2")],
)
def test_jobs(lists: UrdLists, text: str, job: str) -> None:
    """A job is the last one, the last of a name, or one by number."""
    parts = parse_job(text)

    assert parts is not None
    assert find_job(lists, *parts, "anna") == job


@pytest.mark.parametrize("entry", ["gone", "3", "-4"])
def test_jobs_that_are_none(lists: UrdLists, entry: str) -> None:
    """A name or number that the joblist does not have is an error that names what it has."""
    with pytest.raises(UrdError, match="it has count, report"):
        find_job(lists, "a", entry, "anna")


def test_times_may_stand_in_a_job() -> None:
    """The colons of a time are not those around the place."""
    assert parse_job(":a/2024-01-31T12:30:count") == ("a/2024-01-31T12:30", "count")
    assert parse_job(":a/2024-01-31T12:30:") == ("a/2024-01-31T12:30", "")
    assert parse_job("dev-1") is None
