"""The generated functions that take rows."""

from __future__ import annotations

from typing import Any

import pytest

from axtui.dataset.rows import (
    NoDefault,
    RowBuffer,
    column_check,
    make_write,
    make_write_dict,
    make_write_list,
    parameter_names,
)
from axtui.dataset.types import find_type
from axtui.dataset.writer import Column


def writing(*columns: Column, default: Any = NoDefault) -> tuple[Any, RowBuffer]:
    """Return a `write` for columns, and what it fills."""
    buffer = RowBuffer(len(columns), lambda values: 0)
    checks = [column_check(column, default, "dev-1/default") for column in columns]
    return make_write(columns, checks, buffer, None, 0), buffer


def test_names_become_identifiers() -> None:
    """Other characters become `_`, digits get one in front, keywords and clashes one behind."""
    names = parameter_names(["a b", "a_b", "1st", "class", "", "å"])

    assert names == ["a_b", "a_b_", "_1st", "class_", "_", "__"]


def test_values_go_by_place_or_name() -> None:
    """Rows are kept value after value, however the arguments were given."""
    write, buffer = writing(Column("a", find_type("int64"), False), Column("the b", find_type("ascii"), True))

    write(1, "x")
    write(the_b=None, a=2)

    assert buffer.values == [1, "x", 2, None]


@pytest.mark.parametrize("name", ["type", "int", "len", "λ0", "date", "v", "__import__('os')", "x\n import os"])
def test_no_name_can_clash(name: str) -> None:
    """Columns called as what the generated code uses, or as code, are columns like any other."""
    kinds = ("int64", "date", "unicode")
    columns = [Column(each, find_type(kind), False) for each, kind in zip((name, "n", "m"), kinds, strict=True)]
    write, buffer = writing(*columns)

    write(3, __import__("datetime").date(2020, 1, 1), "å")

    assert buffer.values[0] == 3 and buffer.values[2] == "å"


@pytest.mark.parametrize(
    ("kind", "value", "error", "text"),
    [
        ("int64", None, ValueError, "Refusing to write None value"),
        ("int64", "1", TypeError, "wanted an integer, found '1'"),
        ("int32", 2**31, OverflowError, "does not fit"),
        ("ascii", "å", ValueError, "wanted ASCII only"),
    ],
)
def test_errors_name_column_type_and_dataset(kind: str, value: Any, error: type[Exception], text: str) -> None:
    """A refused value raises at once, and says where it was to go."""
    write, buffer = writing(Column("q", find_type(kind), False))

    with pytest.raises(error, match=rf"{text}.* \(column q \(type {kind}\) in dev-1/default\)"):
        write(value)

    assert buffer.values == []


def test_defaults_replace_what_is_refused() -> None:
    """With a default, what the type refuses becomes the default; what it takes stays."""
    write, buffer = writing(Column("q", find_type("int64"), False), default=-1)

    for value in ("x", None, 5, 2**70):
        write(value)

    assert buffer.values == [-1, -1, 5, -1]


def test_lists_and_dicts_are_rows_too() -> None:
    """A list has a value for each column, a dict at least one."""
    columns = [Column("a", find_type("int64"), False), Column("b", find_type("int64"), False)]
    write, buffer = writing(*columns)

    make_write_list(columns, write)([1, 2])
    make_write_dict(columns, write)({"b": 4, "a": 3, "c": 5})

    assert buffer.values == [1, 2, 3, 4]
    with pytest.raises(ValueError, match="a row has 2 values, found 1"):
        make_write_list(columns, write)([1])
    with pytest.raises(KeyError, match="b"):
        make_write_dict(columns, write)({"a": 1})


def test_large_rows_are_handed_on_early() -> None:
    """Rows are collected by their size, so that large values do not pile up."""
    taken: list[int] = []

    def take(values: list[Any]) -> int:
        taken.append(len(values))
        return len(values) << 20

    buffer = RowBuffer(1, take)
    write = make_write([Column("a", find_type("bytes"), False)], [lambda value: value], buffer, None, 0)
    for _ in range(100):
        write(b"")

    assert taken[0] > taken[-1] == 4
