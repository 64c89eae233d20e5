"""Typed values as JSON and back."""

from __future__ import annotations

import json
import math
from collections import OrderedDict
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path, PurePath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtui.base.errors import RecordError
from axtui.base.records import format_canonical
from axtui.base.values import decode_value, encode_value

_KEYS = st.text(max_size=5) | st.integers() | st.booleans() | st.dates()
_ATOMS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=10),
    st.datetimes(),
    st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-3, minutes=-30))])),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.sampled_from([Path("a/b"), Path("/"), PurePath("c"), Path()]),
    st.sets(st.integers() | st.text(max_size=3), max_size=4),
)
VALUES = st.recursive(
    _ATOMS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(_KEYS, inner, max_size=3)
        | st.lists(st.tuples(_KEYS, inner), max_size=3).map(OrderedDict)
    ),
    max_leaves=10,
)


def same(first: Any, second: Any) -> bool:
    """Tell whether two values are equal, with equal types at every depth."""
    if isinstance(first, PurePath):
        return first == second and isinstance(first, Path) == isinstance(second, Path)
    if type(first) is not type(second):
        return False
    if isinstance(first, dict):
        pairs = sorted(zip(map(repr, first), first.values(), strict=True), key=lambda pair: pair[0])
        others = sorted(zip(map(repr, second), second.values(), strict=True), key=lambda pair: pair[0])
        alike = [key for key, _ in pairs] == [key for key, _ in others]
        return alike and all(same(one, two) for (_, one), (_, two) in zip(pairs, others, strict=True))
    if isinstance(first, list):
        return len(first) == len(second) and all(map(same, first, second))
    return bool(repr(first) == repr(second) if isinstance(first, float) else first == second)


@given(VALUES)
def test_values_round_trip_through_json(value: Any) -> None:
    """Every value comes back equal and of its type from the text that travels."""
    text = json.dumps(encode_value(value), allow_nan=False)

    assert same(decode_value(json.loads(text)), value)


@pytest.mark.parametrize("value", [{"$set": 1}, {"$a": {"$b": 2}}, {1: {"$float": 2}}, {"$": None}])
def test_keys_that_look_typed_stay_keys(value: dict[Any, Any]) -> None:
    """A user's own key that starts with a dollar is not taken for a type."""
    assert decode_value(encode_value(value)) == value


def test_not_a_number_travels() -> None:
    """NaN and the infinities, which JSON cannot say, come back."""
    found = decode_value(encode_value([math.nan, math.inf, -math.inf]))

    assert math.isnan(found[0])
    assert found[1:] == [math.inf, -math.inf]


def test_tuples_come_back_as_lists() -> None:
    """A tuple is a list, at any depth."""
    assert decode_value(encode_value((1, (2, {"a": (3,)})))) == [1, [2, {"a": [3]}]]


DIFFERENT = [
    1,
    True,
    1.0,
    "1",
    None,
    "None",
    0.0,
    -0.0,
    math.nan,
    math.inf,
    [1],
    {1},
    {"1": 1},
    {1: 1},
    OrderedDict([("1", 1)]),
    datetime(2020, 1, 2, 3, 4),
    datetime(2020, 1, 2, 3, 4, tzinfo=UTC),
    datetime(2020, 1, 2, 4, 4, tzinfo=timezone(timedelta(hours=1))),
    date(2020, 1, 2),
    time(3, 4),
    timedelta(seconds=1),
    "2020-01-02",
    Path("a"),
    PurePath("a"),
    "a",
]


def test_values_that_differ_have_other_forms() -> None:
    """No two of these are one value in an identity, though Python calls some of them equal."""
    forms = {format_canonical(encode_value(value)) for value in DIFFERENT}

    assert len(forms) == len(DIFFERENT)


def test_sets_and_dicts_have_one_form_whatever_their_order() -> None:
    """The order in which a set or a plain dict was filled is not part of the value; that of an OrderedDict is."""
    first, second = {"a": 1, "b": 2}, {"b": 2, "a": 1}

    assert format_canonical(encode_value(first)) == format_canonical(encode_value(second))
    assert encode_value({1: 2, 3: 4}) == encode_value({3: 4, 1: 2})
    assert encode_value({"x", 1, 2.0}) == encode_value({2.0, "x", 1})
    assert encode_value(OrderedDict(first)) != encode_value(OrderedDict(second))


@pytest.mark.parametrize(
    "value",
    [b"x", 1j, object(), lambda: 1, [b"x"], {"a": {"b": object()}}, {(1, "x"): 1}, {(1, 2)}, {frozenset()}],
)
def test_what_no_option_can_be_is_refused(value: Any) -> None:
    """Bytes, complex numbers and objects do not travel, at any depth; tuples do, where they need not be hashable."""
    with pytest.raises(TypeError, match="is not supported in data"):
        encode_value(value)


def test_endless_nesting_is_refused() -> None:
    """A list that holds itself is an error and not a crash."""
    endless: list[Any] = []
    endless.append(endless)

    with pytest.raises(TypeError, match="nested more than 64 deep"):
        encode_value(endless)


@pytest.mark.parametrize(
    "value",
    [
        {"$unknown": 1},
        {"$datetime": "yesterday"},
        {"$datetime": 5},
        {"$set": [[1]]},
        {"$set": 5},
        {"$timedelta": "x"},
        {"$timedelta": [10**12, 0, 0]},
        {"$float": "x"},
        {"$float": []},
        {"$ordered": [1]},
        {"$ordered": [[1]]},
        {"$dict": [[{"a": 1}, 2]]},
        {"$path": 3},
        {"$file": 1},
        {"$file": [1]},
        {"$set": [{"$set": [1]}]},
    ],
)
def test_hostile_typed_values_are_refused(value: Any) -> None:
    """An object with a dollar key that was never written is a RecordError and nothing else."""
    import axtui.method.forms  # noqa: F401  (it registers the type of a job's file)

    with pytest.raises(RecordError, match="not a typed value"):
        decode_value(value)


def test_hostile_nesting_is_refused() -> None:
    """A value nested deeper than Python can follow is a RecordError too."""
    value: Any = 1
    for _ in range(5000):
        value = [value]

    with pytest.raises(RecordError, match="nested too deep"):
        decode_value(value)


def test_a_file_of_no_job_is_a_record_error() -> None:
    """Whatever a type's own reading raises of ours, what is told is that this is no typed value."""
    import axtui.api.job  # noqa: F401  (it is what reads files of jobs)

    with pytest.raises(RecordError, match=r"not a typed value: \$file"):
        decode_value({"$file": ["rubbish", "a.txt", False, None]})
