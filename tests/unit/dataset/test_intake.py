"""Whole arrays from outside: the same values are taken and refused as one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from axtui.dataset.intake import take_array
from axtui.dataset.types import find_type, to_list
from axtui.dataset.writer import Column
from tests.unit.dataset.desk import Desk

NOON = datetime(2020, 1, 2, 12)


def take(kind: str, data: Any, none: bool = False) -> list[Any]:
    """Take an array for a column, and return its values."""
    return to_list(find_type(kind), take_array(Column("q", find_type(kind), none), data, "dev-1/default"))


@pytest.mark.parametrize(
    ("kind", "data", "values"),
    [
        ("int64", np.array([1, 2], dtype=np.int8), [1, 2]),
        ("int32", np.array([True, False]), [1, 0]),
        ("int64", pa.array([1, 2], pa.uint64()), [1, 2]),
        ("number", np.array([1.5]), [1.5]),
        ("number", np.array([2**64 - 1], dtype=np.uint64), [2**64 - 1]),
        ("number", [1, 2.5, 2**70], [1, 2.5, 2**70]),
        ("float64", np.array([1, 2]), [1.0, 2.0]),
        ("float32", np.array([1.5], dtype=np.float64), [1.5]),
        ("complex64", np.array([1 + 2j]), [1 + 2j]),
        ("complex32", np.array([3]), [3 + 0j]),
        ("bool", np.array([0, 1]), [False, True]),
        ("datetime", np.array(["2020-01-02T12"], dtype="datetime64[h]"), [NOON]),
        ("datetime", pa.array([NOON], pa.timestamp("ns", "UTC")), [NOON.replace(tzinfo=UTC)]),
        ("date", np.array(["2020-01-02"], dtype="datetime64[D]"), [date(2020, 1, 2)]),
        ("date", np.array(["2020-01-02T12"], dtype="datetime64[us]"), [date(2020, 1, 2)]),
        ("time", np.array([3600], dtype="timedelta64[s]"), [time(1)]),
        ("bytes", np.array([b"a", b"bc"]), [b"a", b"bc"]),
        ("ascii", np.array(["a", "bc"]), ["a", "bc"]),
        ("ascii", pa.array([b"a"]), ["a"]),
        ("unicode", pa.array(["å", "å"]).dictionary_encode(), ["å", "å"]),
        ("unicode", pa.chunked_array([["a"], ["b"]], pa.large_string()), ["a", "b"]),
        ("unicode", np.array(["a", "å"], dtype=object), ["a", "å"]),
        ("parsed:int64", np.array(["1", " 2"]), [1, 2]),
        ("parsed:float64", np.array([1.5]), [1.5]),
        ("json", [{"a": 1}, None], [{"a": 1}, None]),
        ("int64", np.array([], dtype=np.int64), []),
    ],
)
def test_arrays_are_taken(kind: str, data: Any, values: list[Any]) -> None:
    """numpy and Arrow arrays of fitting types, and lists, give their values."""
    assert take(kind, data) == values


@pytest.mark.parametrize(
    ("kind", "data", "error"),
    [
        ("int64", np.array([1.0]), TypeError),
        ("int32", np.array([2**31]), OverflowError),
        ("int64", np.array([-(2**63)]), OverflowError),
        ("float64", np.array(["1"]), TypeError),
        ("bool", np.array([0, 2]), ValueError),
        ("datetime", pa.array([NOON], pa.timestamp("us", "Europe/Stockholm")), ValueError),
        ("datetime", np.array(["2020-01-01T00:00:00.000000001"], dtype="datetime64[ns]"), ValueError),
        ("date", np.array(["20000-01-01"], dtype="datetime64[D]"), OverflowError),
        ("time", np.array([-1], dtype="timedelta64[s]"), OverflowError),
        ("ascii", np.array(["a", "å"]), ValueError),
        ("ascii", pa.array([b"\xff"]), ValueError),
        ("unicode", pa.array([b"a"]), TypeError),
        ("bytes", np.array(["a"]), TypeError),
        ("int64", np.array([[1]]), ValueError),
        ("int64", [1, "x"], TypeError),
    ],
)
def test_what_does_not_fit_is_refused(kind: str, data: Any, error: type[Exception]) -> None:
    """A wrong array raises as a wrong value does, and names column, type and dataset."""
    with pytest.raises(error, match=rf"\(column q \(type {kind}\) in dev-1/default\)$") as caught:
        take(kind, data)

    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("kind", "data", "values"),
    [
        ("int64", np.ma.MaskedArray([1, 2], [False, True]), [1, None]),
        ("float64", pa.array([1.0, None]), [1.0, None]),
        ("datetime", np.array([NOON, "NaT"], dtype="datetime64[us]"), [NOON, None]),
        ("complex64", np.ma.MaskedArray([1j, 2j], [True, False]), [None, 2j]),
        ("unicode", np.array(["a", None], dtype=object), ["a", None]),
        ("int64", pa.nulls(2), [None, None]),
    ],
)
def test_none_is_taken_where_it_may_be(kind: str, data: Any, values: list[Any]) -> None:
    """Masks, nulls and NaT are None; without none support they are refused, with their line."""
    assert take(kind, data, none=True) == values

    with pytest.raises(ValueError, match="Refusing to write None value"):
        take(kind, data)


def test_nan_is_a_value() -> None:
    """NaN in an array is not None."""
    found = take("float64", np.array([np.nan]))

    assert found[0] != found[0]


@pytest.mark.parametrize("hashlabel", [None, "t"])
def test_text_comes_coded_or_plain(desk: Desk, hashlabel: str | None) -> None:
    """Coded, plain and mixed text is written as the same lines, in the same slices, with the same digest as by rows."""
    words = [None if n % 11 == 0 else f"å{n % 7}" for n in range(20_000)] + [f"new {n}" for n in range(100)]
    columns = {"t": ("unicode", True)}
    plain = pa.array(words)
    coded = plain.dictionary_encode()
    odd = pa.DictionaryArray.from_arrays(coded.indices.cast(pa.uint16()), pa.concat_arrays([coded.dictionary] * 2))
    large = pa.DictionaryArray.from_arrays(coded.indices, coded.dictionary.cast(pa.large_string()))
    rows = desk.dataset(columns, [(word,) for word in words], hashlabel=hashlabel)

    for pieces in ([plain], [coded], [odd], [large], [plain[:5000], coded[5000:9000], odd[9000:]]):
        writer = desk.job().datasetwriter(columns=columns, hashlabel=hashlabel)
        for piece in pieces:
            writer.write_arrays({"t": piece})
        found = writer.finish()
        assert [list(found.iterate(n)) for n in range(3)] == [list(rows.iterate(n)) for n in range(3)]
        assert found.digest == rows.digest


def test_coded_text_is_checked(desk: Desk) -> None:
    """What a code points to is checked as text is; null among the values is None."""
    writer = desk.job().datasetwriter(columns={"a": "ascii"}, allow_missing_slices=True)
    writer.set_slice(0)

    with pytest.raises(ValueError, match="ASCII"):
        writer.write_arrays({"a": pa.array(["å"] * 3).dictionary_encode()})
    with pytest.raises(ValueError, match="None"):
        writer.write_arrays({"a": pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array(["x", None]))})
    with pytest.raises(TypeError):
        writer.write_arrays({"a": pa.array([1, 1]).dictionary_encode()})
    writer.write_arrays({"a": pa.DictionaryArray.from_arrays(pa.array([1, 1]), pa.array(["unused", "x"]))})
    assert list(writer.finish().iterate(0, "a")) == ["x", "x"]
