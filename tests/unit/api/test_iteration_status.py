"""What iteration says of itself: which part it reads, and in an exception how far it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from axtui import Dataset, status
from axtui.api.status import take_stack
from tests.unit.dataset.desk import Desk


@pytest.fixture
def made(desk: Desk) -> Dataset:
    """Make a dataset of five lines in each of three slices."""
    return desk.dataset({"n": "int64", "t": "unicode"}, [(n, str(n)) for n in range(15)])


def texts_at(work: Any) -> list[str]:
    """Run something that raises ZeroDivisionError; give the texts that it remembers."""
    try:
        work()
    except ZeroDivisionError as error:
        return [text for text, _ in take_stack(error)]
    raise AssertionError("it did not fail")


def fail_at(rows: Iterator[Any], line: int) -> None:
    """Take rows, and fail at a line, counted from 1."""
    for number, _ in enumerate(rows, 1):
        if number == line:
            _ = 1 / 0


def test_a_failure_in_a_loop_has_its_line(made: Dataset) -> None:
    """The part that is read and its line are told, in whatever way the rows were asked for."""
    for columns in ("n", ["n", "t"], None):
        assert texts_at(lambda columns=columns: fail_at(made.iterate(1, columns), 3)) == [
            "Iterating dev-0:1 reached line 3"
        ]
    whole = texts_at(lambda: fail_at(made.iterate(None, "n"), 7))
    assert whole == ["Iterating dev-0:0 to dev-0:2, 2/3 (dev-0:1) reached line 2"]
    assert texts_at(lambda: fail_at(made.iterate(0, "n", status_reporting=False), 2)) == []


def test_any_name_can_be_shown(desk: Desk) -> None:
    """A dataset named for a value that holds a NUL is read as any other, and shown without it."""
    made = desk.dataset({"n": "int64"}, [(1,)], name="a\0b")

    assert texts_at(lambda: fail_at(made.iterate(0, "n"), 1)) == ["Iterating dev-0/a␀b:0 reached line 1"]


def test_chains_and_rehashing_are_named(desk: Desk, made: Dataset) -> None:
    """Over several datasets the first, the last and the present one; REHASH where lines of all slices are read."""
    second = desk.dataset({"n": "int64", "t": "unicode"}, [(n, "x") for n in range(6)], previous=made)

    chain = texts_at(lambda: fail_at(second.iterate_chain(0, "n"), 6))
    rehashed = texts_at(lambda: fail_at(made.iterate(0, "n", hashlabel="n", rehash=True), 1))

    assert chain == ["Iterating dev-0:0 to dev-1:0, 2/2 (dev-1:0) reached line 1"]
    assert rehashed[0].startswith("Iterating dev-0:REHASH reached line ")


def test_statuses_around_and_within_are_in_order(made: Dataset) -> None:
    """A tree: what is around the loop, the loop, what is within; also through a generator of the author's."""

    def words(rows: Iterator[Any]) -> Iterator[Any]:
        yield from (row for row in rows)

    def around() -> None:
        with status("around"):
            for n in made.iterate(0, "n"):
                _ = 1 / n

    def within() -> None:
        for n in words(made.iterate(0, "n")):
            with status("within"):
                _ = 1 / n

    assert texts_at(around) == ["around", "Iterating dev-0:0 reached line 1"]
    assert texts_at(within) == ["Iterating dev-0:0 reached line 1", "within"]
    assert texts_at(lambda: fail_at(words(made.iterate(0, "n")), 2)) == ["Iterating dev-0:0 reached line 2"]


def test_a_loop_that_was_left_is_over(made: Dataset) -> None:
    """After a break, a return, an exception that was caught or the end, nothing of a loop is told."""

    def broken() -> None:
        for _ in made.iterate(0, "n"):
            break
        fail_at(iter("ab"), 1)

    def caught() -> None:
        with suppress(ZeroDivisionError):
            fail_at(made.iterate(0, "n"), 2)
        _ = list(made.iterate(0, "n"))
        _ = 1 / 0

    assert texts_at(broken) == []
    assert texts_at(caught) == []
