"""Timestamps: forms, normal form, order, queries."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtui.base.errors import UrdError
from axtui.build.timestamps import Query, normal_timestamp, parse_query, timestamp_key

ORDERED = [
    "1",
    "1+2+3",
    "2",
    "3+2014-04",
    "7+1",
    "10",
    "2014",
    "20140401",
    "1978-01-01",
    "1978-01-01+0",
    "1978-01-01+2",
    "1978-01-01+200",
    "1978-01-01T00:00",
    "1978-01-01T00:00+42",
    "2014-04",
    "2014-04+3",
    "2014-04-01",
    "2014-04-01+2014-04-01",
    "2014-04-01T00:00:00",
    "2014-04-01T12",
    "2014-04-01T12:30",
    "2014-04-01T12:30:01",
    "2014-04-01T12:30:01+5",
    "2014-04-01T12:30:01.5",
    "2014-04-31",
    "2014-13",
]

numbers = st.integers(0, 99).map(str)
dates = st.datetimes(datetime(2014, 1, 1), datetime(2014, 4, 1)).map(datetime.isoformat)
lengths = st.sampled_from([7, 10, 13, 16, 19])
parts = st.one_of(numbers, st.tuples(dates, lengths).map(lambda pair: pair[0][: pair[1]]))
timestamps = st.lists(parts, min_size=1, max_size=3).map("+".join)


@pytest.mark.parametrize(
    ("given_as", "normal"),
    [
        (0, "0"),
        (7, "7"),
        ("007", "7"),
        (" 5", "5"),
        ("2014-04", "2014-04"),
        ("2014-04-01 12", "2014-04-01T12"),
        ("2014-04-01 12:30:01.5", "2014-04-01T12:30:01.5"),
        ("2014-04-01T12:30:01.123456", "2014-04-01T12:30:01.123456"),
        (date(2014, 4, 1), "2014-04-01"),
        (datetime(2014, 4, 1), "2014-04-01T00:00:00"),
        (datetime(2014, 4, 1, 12, 1, 2, 5), "2014-04-01T12:01:02.000005"),
        (("2014-04", 3), "2014-04+3"),
        (["2014-04 ", "03"], "2014-04+3"),
        ("2014-04+3", "2014-04+3"),
        ((1,), "1"),
        ((3, date(2014, 4, 1)), "3+2014-04-01"),
    ],
)
def test_every_form_has_a_normal_one(given_as: Any, normal: str) -> None:
    """Ints, dates, texts and lists of them come to one text each, which is its own normal form."""
    assert normal_timestamp(given_as) == normal
    assert normal_timestamp(normal) == normal


@pytest.mark.parametrize(
    "value",
    [
        -1,
        True,
        1.5,
        None,
        "",
        "x",
        "2014-4-1",
        "2014-04 12",
        "2014-04-01T12:3",
        "1+",
        "1+latest",
        "<5",
        "latest",
        (),
        ((1, 2), 3),
        time(1, 2),
        timedelta(1),
        datetime(2014, 4, 1, tzinfo=UTC),
        "9" * 5000,
        "٣",
    ],
)
def test_other_values_are_refused_by_name(value: Any) -> None:
    """What is no timestamp is named in an error that is an UrdError and an AssertionError."""
    with pytest.raises(AssertionError, match="Invalid timestamp") as caught:
        normal_timestamp(value)

    assert isinstance(caught.value, UrdError)
    assert repr(value)[:20] in str(caught.value)


def test_known_order() -> None:
    """Ints come before dates, dates go as text, longer comes after shorter."""
    keys = [timestamp_key(each) for each in ORDERED]

    assert all(before < after for before, after in pairwise(keys))


@given(st.lists(timestamps, min_size=1), timestamps)
def test_queries_agree_with_the_order(there: list[str], asked: str) -> None:
    """`<`, `>`, `>=` and an exact query find the nearest that compares as they say, or nothing."""
    keys = sorted({timestamp_key(each) for each in there})
    key = timestamp_key(asked)

    found = {how: Query(how, asked).find(keys) for how in ("<", ">", ">=", "=")}

    before = [each for each in keys if each < key]
    assert found["<"] == len(before) - 1
    assert found[">="] == (len(before) if before != keys else -1)
    assert found["="] == (keys.index(key) if key in keys else -1)
    after = [each for each in keys if each > key]
    assert found[">"] == (len(keys) - len(after) if after else -1)


@given(st.lists(timestamps, min_size=1), timestamps)
def test_up_to_a_date_includes_what_is_within_it(there: list[str], asked: str) -> None:
    """`<=2014-04` finds the last of all that come before, are it, or start with it."""
    keys = sorted({timestamp_key(each) for each in there})
    *front, (is_date, _, text) = timestamp_key(asked)

    found = Query("<=", asked).find(keys)

    def is_within(key: tuple[tuple[int, int, str], ...]) -> bool:
        inside = len(key) > len(front) and list(key[: len(front)]) == front
        return bool(is_date) and inside and bool(key[len(front)][0]) and key[len(front)][2].startswith(text)

    fitting = [n for n, key in enumerate(keys) if key <= timestamp_key(asked) or is_within(key)]
    assert found == (fitting[-1] if fitting else -1)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("latest", "2014-13"),
        ("first", "1"),
        ("<=2014-04", "2014-04-31"),
        ("<2014-04", "1978-01-01T00:00+42"),
        ("<=2014-04-01", "2014-04-01T12:30:01.5"),
        ("<=2014-04-01 12", "2014-04-01T12:30:01.5"),
        ("<=2014-04+7", "2014-04+3"),
        ("<=2014", "2014"),
        ("<=1", "1"),
        ("<=1+2", "1"),
        ("<= 5", "3+2014-04"),
        (">2014-04", "2014-04+3"),
        (">9999", "20140401"),
        (">=0", "1"),
        (date(2014, 4, 1), "2014-04-01"),
        ("2014-05", None),
        ("<1", None),
        (">2014-13", None),
        (0, None),
    ],
)
def test_query_finds(asked: Any, found: str | None) -> None:
    """Each form of a query finds the timestamp it means, or none."""
    index = parse_query(asked).find([timestamp_key(each) for each in ORDERED])

    assert (ORDERED[index] if index >= 0 else None) == found


@pytest.mark.parametrize("value", ["=5", "nope", "<", "<latest", "Latest", None, -1, ("<=2014-04", 7)])
def test_other_queries_are_refused(value: Any) -> None:
    """What is neither a timestamp, nor one with a prefix, nor a word, is refused."""
    with pytest.raises(AssertionError, match="Invalid timestamp"):
        parse_query(value)


def test_nothing_is_found_in_nothing() -> None:
    """An empty list has neither first nor latest."""
    assert Query("first", "").find([]) == Query("latest", "").find([]) == -1
