"""Types that meet along a chain: what they become, and that no value is lost."""

from __future__ import annotations

from typing import Any

import pytest

from axtui import Dataset, DatasetUsageError
from tests.unit.dataset.desk import Desk

LARGE = 2**53 + 1
VALUES: dict[str, list[Any]] = {
    "int32": [1, -7, None],
    "int64": [LARGE, 2, None],
    "float32": [0.5, 3.0, None],
    "float64": [1e300, 0.1, None],
    "number": [LARGE, 2**70, 0.5, 1, None],
    "complex32": [1j, None],
    "complex64": [0.1 + 2j, None],
    "ascii": ["a", None],
    "unicode": ["é", None],
}


def chain_of(desk: Desk, *kinds: str) -> Dataset:
    """Return the last of a chain with a column `v` of these types."""
    last = None
    for kind in kinds:
        last = desk.dataset({"v": (kind, True)}, [(value,) for value in VALUES[kind]], previous=last)
    assert last is not None
    return last


@pytest.mark.parametrize(
    ("kinds", "kind"),
    [
        (("ascii", "unicode"), "unicode"),
        (("int64", "int32"), "int64"),
        (("float32", "float64", "float32"), "float64"),
        (("int32", "float32"), "number"),
        (("int64", "float64", "number"), "number"),
        (("number", "int32"), "number"),
        (("complex32", "complex64"), "complex64"),
        (("float64", "complex32", "int32"), "complex64"),
    ],
)
def test_types_become_wider(desk: Desk, kinds: tuple[str, ...], kind: str) -> None:
    """The common type is known, Arrow has one schema for all, and written anew every value is what it was."""
    chain = chain_of(desk, *kinds).chain()

    writer = desk.job().datasetwriter(columns=chain.common_columns())
    for batch in chain.record_batches(None):
        writer.write_arrays({"v": batch.column(0)})
    found = writer.finish()

    assert found.columns["v"].type == kind and found.columns["v"].none_support
    wanted = [value for each in kinds for value in VALUES[each]]
    assert sorted(found.iterate(None), key=repr) == sorted(((value,) for value in as_type(wanted, kind)), key=repr)
    assert {batch.schema for batch in chain.record_batches(None)} == {next(iter(chain.record_batches(None))).schema}


def as_type(values: list[Any], kind: str) -> list[Any]:
    """Return values as a column of a type gives them."""
    turn = {"float64": float, "complex64": complex}.get(kind)
    return [value if value is None or turn is None else turn(value) for value in values]


@pytest.mark.parametrize("kinds", [("int32", "ascii"), ("int64", "complex64"), ("number", "complex64")])
def test_types_that_do_not_meet(desk: Desk, kinds: tuple[str, ...]) -> None:
    """Text and numbers, and integers that complex numbers cannot hold, are refused."""
    chain = chain_of(desk, *kinds).chain()

    with pytest.raises(DatasetUsageError, match="the types of column 'v' do not go into one"):
        chain.common_columns()


def test_columns_that_all_have(desk: Desk) -> None:
    """A column that one dataset lacks is not common; None is allowed where one allows it."""
    one = desk.dataset({"a": "int32", "b": "int32"}, [])
    two = desk.dataset({"a": ("int32", True), "c": "int32"}, [], previous=one)

    assert two.chain().common_columns() == {"a": ("int32", True)}
