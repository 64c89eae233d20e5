"""Columns as numpy arrays: dtypes, what None becomes, what is a view of the file."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np
import pytest

from axtui.base.errors import DatasetUsageError
from tests.unit.dataset.desk import Desk

NOON = datetime(2020, 1, 2, 12)
LARGE = 2**62


@pytest.mark.parametrize(
    ("kind", "values", "dtype"),
    [
        ("int32", [1, 2, 3], "int32"),
        ("int64", [1, 2, 3], "int64"),
        ("int64", [LARGE], "int64"),
        ("number", [1, 2, 300], "int64"),
        ("number", [0.5, 2.5], "float64"),
        ("number", [1, 2.5], "float64"),
        ("number", [LARGE + 1, 2.5], "object"),
        ("number", [2**70], "object"),
        ("float32", [0.5], "float32"),
        ("complex32", [1j], "complex64"),
        ("complex64", [1j, 2], "complex128"),
        ("bool", [True, False, True], "bool"),
        ("datetime", [NOON], "datetime64[us]"),
        ("datetime", [NOON, NOON.replace(tzinfo=UTC, fold=1)], "datetime64[us]"),
        ("date", [date(1, 1, 1), date(9999, 12, 31)], "datetime64[D]"),
        ("time", [time(1), time(23, 59, 59, 999999)], "timedelta64[us]"),
        ("bytes", [b"\xff"], "object"),
        ("unicode", ["å", "b"], "object"),
        ("json", [{"a": 1}], "object"),
    ],
)
def test_dtypes_depend_on_the_dataset_alone(desk: Desk, kind: str, values: list[Any], dtype: str) -> None:
    """Every slice has the same dtype, the one of the table, also a slice without lines."""
    ds = desk.dataset({"x": kind}, [(value,) for value in values])

    slices = [ds.arrays(sliceno)["x"] for sliceno in range(3)]

    assert {str(each.dtype) for each in [*slices, ds.arrays(None)["x"]]} == {dtype}
    assert [len(each) for each in slices] == ds.lines


def test_arrays_hold_what_was_written(desk: Desk) -> None:
    """All slices one after the other give the values in the order in which they are iterated."""
    rows = [(number, number / 2, f"t{number % 3}", NOON.replace(year=2000 + number)) for number in range(50)]
    ds = desk.dataset({"a": "int64", "b": "float64", "c": "ascii", "d": "datetime"}, rows)

    arrays = ds.arrays(None)

    assert list(zip(*(arrays[name].tolist() for name in "abcd"), strict=True)) == list(ds.iterate(None))


def test_none_is_masked_or_nan(desk: Desk) -> None:
    """With a mask the dtype stays; with NaN integers become floats; a column without none support stays as it is."""
    columns = {"a": ("int64", True), "b": ("datetime", True), "c": "int64", "d": ("bool", True), "e": ("ascii", True)}
    ds = desk.dataset(columns, [(1, NOON, 1, True, "x"), (None, None, 2, None, None)])

    masked = ds.arrays(None)
    plain = ds.arrays(None, nulls="nan")

    assert masked["a"].tolist() == [1, None] and masked["a"].dtype == np.int64
    assert [plain[name].dtype.kind for name in "abcd"] == ["f", "M", "i", "f"]
    assert np.isnan(plain["a"][1]) and np.isnat(plain["b"][1]) and np.isnan(plain["d"][1])
    assert plain["e"].tolist() == masked["e"].tolist() == ["x", None]


def test_integers_that_a_float_cannot_hold_are_refused(desk: Desk) -> None:
    """Never a wrong number: large integers with None do not silently lose digits."""
    ds = desk.dataset({"a": ("int64", True)}, [(LARGE + 1,), (None,)])

    with pytest.raises(DatasetUsageError, match="float64 cannot hold"):
        ds.arrays(None, nulls="nan")


@pytest.mark.parametrize("words", [["one", "two", None, "one"] * 100, ["one", None, "two"]])
def test_text_as_codes(desk: Desk, words: list[str | None]) -> None:
    """Codes and values give the text back, -1 for None, whether the file has codes or not."""
    ds = desk.dataset({"a": ("unicode", True)}, [(word,) for word in words])

    codes, values = ds.arrays(None, text="codes")["a"]

    assert codes.dtype == np.int32
    assert [None if code < 0 else values[code] for code in codes] == list(ds.iterate(None, "a"))


@pytest.mark.parametrize(("kind", "value"), [("int64", LARGE), ("float64", 0.5), ("complex64", 1j), ("datetime", NOON)])
def test_wide_columns_are_views_of_the_file(desk: Desk, kind: str, value: Any) -> None:
    """What lies in the file as it is wanted is not copied, and cannot be written to."""
    ds = desk.dataset({"x": kind}, [(value,)] * 10)

    first, again = ds.arrays(0)["x"], ds.arrays(0)["x"]

    assert np.shares_memory(first, again)
    with pytest.raises(ValueError, match="read-only"):
        first[0] = first[1]


def test_batches_are_the_arrays_in_pieces(desk: Desk) -> None:
    """Pieces have at most the lines asked for, and put together are the whole, along a chain too."""
    one = desk.dataset({"a": "int64"}, [(number,) for number in range(100)])
    two = desk.dataset({"a": "int64"}, [(number,) for number in range(100, 150)], previous=one)

    pieces = [batch["a"] for batch in two.chain().batches(1, "a", lines=7)]

    assert max(map(len, pieces)) == 7
    assert np.concatenate(pieces).tolist() == list(two.iterate_chain(1, "a"))


@pytest.mark.parametrize("how", [{"nulls": "none"}, {"text": "utf8"}])
def test_unknown_wishes_are_refused(desk: Desk, how: dict[str, str]) -> None:
    """`nulls` and `text` are what the documentation says, or an error."""
    ds = desk.dataset({"a": "int64"}, [(1,)])

    with pytest.raises(DatasetUsageError, match="nulls is one of"):
        ds.arrays(None, **how)


@pytest.mark.parametrize("kind", ["bool", "complex32", "date", "datetime", "float32", "int32", "number", "time"])
@pytest.mark.parametrize("nulls", ["mask", "nan"])
def test_nothing_but_none(desk: Desk, kind: str, nulls: str) -> None:
    """A column of None alone is all masked, or all NaN or NaT, in one slice and in all, whatever its type."""
    ds = desk.dataset({"x": (kind, True)}, [(None,)] * 7)

    for sliceno, lines in ((0, 3), (None, 7)):
        found = ds.arrays(sliceno, "x", nulls=nulls)["x"]
        missing = np.ma.getmaskarray(found) if nulls == "mask" else found != found
        assert missing.tolist() == [True] * lines


def test_wider_types_along_a_chain(desk: Desk) -> None:
    """A chain whose types go into one gives one array of that, None and all."""
    first = desk.dataset({"c": "complex64", "n": ("int32", True)}, [(1j, 1), (2, None)])
    chain = desk.dataset({"c": "float32", "n": "float64"}, [(1.5, 0.5)], previous=first).chain()

    assert chain.arrays(None, "c")["c"].tolist() == [1j, 2, 1.5]
    assert chain.arrays(None, "n")["n"].tolist() == [1, None, 0.5]
