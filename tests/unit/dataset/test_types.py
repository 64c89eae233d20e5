"""The table of column types: what goes in comes out, with its bounds."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtui.base.errors import DatasetUsageError
from axtui.dataset.storage import choose, load
from axtui.dataset.types import (
    TYPE_NAMES,
    bounds,
    find_type,
    format_bound,
    parse_bound,
    to_arrow,
    to_list,
    widen_bounds,
)
from tests.unit.dataset.strategies import VALUES


def _same(one: Any, other: Any) -> bool:
    both_moments = hasattr(one, "fold") and hasattr(other, "fold")
    return (
        type(one) is type(other)
        and one == other
        and (not both_moments or (one.fold, one.tzinfo) == (other.fold, other.tzinfo))
    )


def test_every_name_is_in_the_table() -> None:
    """All names of the interface are known, those of parsed types too, and each has values to test with."""
    bases = {name.removeprefix("parsed:") for name in TYPE_NAMES}

    assert bases == set(VALUES)
    assert find_type("parsed:int64").name == "int64"


@pytest.mark.parametrize("name", ["int16", "parsed:bytes", "", None])
def test_unknown_types_are_named(name: Any) -> None:
    """A type that is not there is refused with its name."""
    with pytest.raises(DatasetUsageError, match=f"unknown column type {name!r}"):
        find_type(name)


@pytest.mark.parametrize("name", sorted(VALUES))
@given(data=st.data())
def test_values_come_back_as_written(name: str, data: st.DataObject) -> None:
    """Every type gives back equal values of the same Python type, None among them, however the file stores them."""
    kind = find_type(name)
    values = data.draw(st.lists(st.none() | VALUES[name], max_size=20))
    array = to_arrow(kind, [None if value is None else kind.check(value) for value in values])
    storage = choose(kind, array)

    stored = storage.store(array)

    assert stored is not None
    assert all(map(_same, to_list(kind, stored), values))
    assert all(map(_same, to_list(kind, load(kind, stored)), values))


@pytest.mark.parametrize("name", ["number", "int64", "float64", "float32", "bool", "date"])
@given(data=st.data())
def test_bounds_are_those_of_python(name: str, data: st.DataObject) -> None:
    """Minimum and maximum are Python's own over the values, and survive dataset.json."""
    kind = find_type(name)
    values = data.draw(st.lists(VALUES[name], min_size=1, max_size=20))

    found = bounds(kind, to_arrow(kind, [*values, None]))

    assert found == (min(values), max(values))
    assert tuple(parse_bound(kind, format_bound(value)) for value in found) == found


def test_nan_is_a_bound_only_alone() -> None:
    """NaN counts as minimum where there is nothing else, in one array and over several."""
    kind = find_type("float64")
    nan = bounds(kind, to_arrow(kind, [math.nan]))
    some = bounds(kind, to_arrow(kind, [math.nan, 1.0, 2.0]))

    both = widen_bounds(nan, some)

    assert nan is not None and math.isnan(nan[0])
    assert some == both == (1.0, 2.0)


def test_text_has_no_bounds() -> None:
    """Types that keep no bounds have none."""
    kind = find_type("ascii")

    assert bounds(kind, to_arrow(kind, ["a", "b"])) is None


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("parsed:number", "42", 42),
        ("parsed:number", b" 1e55 ", 1e55),
        ("parsed:float64", "inf", math.inf),
        ("parsed:json", '{"a": 1}', '{"a":1}'),
        ("parsed:int32", 7, 7),
        ("parsed:complex64", "1+2j", 1 + 2j),
    ],
)
def test_parsed_types_read_text(name: str, text: Any, wanted: Any) -> None:
    """A parsed type takes text of a value as well as the value."""
    assert find_type(name).check(text) == wanted
