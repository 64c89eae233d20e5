"""Names of jobs and datasets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtui.base.ids import format_dataset, format_jobid, is_workdir_name, parse_jobid, split_dataset


@pytest.mark.parametrize(
    ("jobid", "parts"),
    [
        ("dev-0", ("dev", 0)),
        ("dev-42", ("dev", 42)),
        ("a-b.c-7", ("a-b.c", 7)),
        ("dev-1-2", ("dev-1", 2)),
        ("2013-1", ("2013", 1)),
        ("dev-999999999999999999", ("dev", 999999999999999999)),
    ],
)
def test_ids_are_split_at_the_last_dash(jobid: str, parts: tuple[str, int]) -> None:
    """The number follows the last dash; whatever stands before it is the workdir."""
    assert parse_jobid(jobid) == parts


@pytest.mark.parametrize(
    "name",
    [
        "",
        "dev",
        "dev-",
        "-1",
        "dev-007",
        "dev--1",
        "dev-1 ",
        "dev-1\n",
        "dev-٣",
        "dev-1e3",
        "dev-99999999999999999999",
        "dev/x-1",
        "../dev-1",
        "dev-1/default",
        "dévé-1",
        "dev-0x1",
    ],
)
def test_foreign_names_are_nobodys_job(name: str) -> None:
    """What is not written as an id exactly is not one."""
    assert name == "dev--1" or parse_jobid(name) is None
    assert name != "dev--1" or parse_jobid(name) == ("dev-", 1)


@given(st.from_regex(r"[A-Za-z0-9_.][A-Za-z0-9_.-]{0,20}", fullmatch=True), st.integers(0, 10**18 - 1))
def test_ids_round_trip(workdir: str, number: int) -> None:
    """What is written as an id is read back as the same workdir and number."""
    assert is_workdir_name(workdir)
    assert parse_jobid(format_jobid(workdir, number)) == (workdir, number)


@given(st.text())
def test_any_text_can_be_asked_about(text: str) -> None:
    """A text is an id or not, never an error; an id is written in one way only."""
    parts = parse_jobid(text)

    assert parts is None or format_jobid(*parts) == text


@pytest.mark.parametrize("name", ["", "-a", "a b", "a/b", "..\n", "é", "a\0"])
def test_workdir_names_are_plain(name: str) -> None:
    """A workdir's name is part of file names and of ids."""
    assert not is_workdir_name(name)


def test_dataset_names() -> None:
    """The dataset `default` need not be named; any other name follows the first slash."""
    assert split_dataset("dev-1") == ("dev-1", "default")
    assert split_dataset("dev-1/a/b") == ("dev-1", "a/b")
    assert format_dataset("dev-1", "default") == "dev-1"
    assert format_dataset("dev-1", "a/b") == "dev-1/a/b"
