"""What each column type refuses, and how."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from axtui.dataset.types import find_type

EAST = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("number", "1", TypeError),
        ("number", 2**1007, OverflowError),
        ("int32", 2**31, OverflowError),
        ("int32", -(2**31), OverflowError),
        ("int64", -(2**63), OverflowError),
        ("int64", 1.0, TypeError),
        ("float64", "1.5", TypeError),
        ("complex64", b"1", TypeError),
        ("bool", 2, ValueError),
        ("bool", "yes", TypeError),
        ("datetime", date(2020, 1, 1), TypeError),
        ("datetime", datetime(2020, 1, 1, tzinfo=EAST), ValueError),
        ("date", "2020-01-01", TypeError),
        ("time", datetime(2020, 1, 1), TypeError),
        ("bytes", "a", TypeError),
        ("ascii", "å", ValueError),
        ("unicode", b"a", TypeError),
        ("unicode", "\ud800", ValueError),
        ("json", {1, 2}, TypeError),
        ("pickle", lambda: 0, TypeError),
        ("parsed:int64", "x", ValueError),
    ],
)
def test_wrong_values_are_refused(name: str, value: Any, error: type[Exception]) -> None:
    """A wrong kind is a TypeError, too much an OverflowError, the rest a ValueError."""
    with pytest.raises(error) as caught:
        find_type(name).check(value)

    assert type(caught.value) is error or error is ValueError


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("number", True, 1),
        ("int64", True, 1),
        ("float64", 3, 3.0),
        ("bool", 0, False),
        ("date", datetime(2020, 1, 2, 3), date(2020, 1, 2)),
        ("ascii", b"abc", "abc"),
        ("json", {"å": [1, None]}, '{"å":[1,null]}'),
        ("json", "\ud800", '"\\ud800"'),
    ],
)
def test_near_values_are_brought_in(name: str, value: Any, stored: Any) -> None:
    """What means the same is taken, as the type has it."""
    found = find_type(name).check(value)

    assert found == stored and type(found) is type(stored)
