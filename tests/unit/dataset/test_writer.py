"""The file of a slice: how it is stored, and stored again where later lines do not fit."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axtui.dataset.reader import Located, read_pieces
from axtui.dataset.record import ColumnRecord, SliceRecord, slice_path
from axtui.dataset.types import find_type, to_arrow, to_list
from axtui.dataset.writer import Column, Part, SliceWriter

LITTLE = 1
"""Bytes to hold in memory: each line becomes a record batch of its own."""


def write(
    path: Path, kind: str, batches: list[list[Any]], compression: str | None = None, hold_nbytes: int = LITTLE
) -> Part:
    """Write one column."""
    column = Column("x", find_type(kind), True)
    writer = SliceWriter(path, [column], compression, hold_nbytes)
    for values in batches:
        writer.append([to_arrow(column.kind, values)])
    return writer.close()


def read(path: Path, kind: str, part: Part) -> list[Any]:
    """Read the column back."""
    record = ColumnRecord("x", find_type(kind), True, None, None, None, None)
    located = Located(record, path.parent, "x", (SliceRecord(part["nbytes"], part["digest"]),), (part["lines"],), True)
    return [value for (array,) in read_pieces([located], 0) for value in to_list(record.kind, array)]


def schema(path: Path) -> pa.Schema:
    """Return the schema of the file, as any tool sees it."""
    return pa.ipc.open_file(pa.memory_map(str(path))).schema


@pytest.mark.parametrize(
    ("kind", "values", "stored"),
    [
        ("int64", [1, 127], pa.int8()),
        ("int64", [-129], pa.int16()),
        ("int32", [2**20], pa.int32()),
        ("int64", [2**40], pa.int64()),
        ("number", [5], pa.int8()),
        ("number", [0.5], pa.float64()),
        ("int64", [None], pa.int8()),
        ("unicode", ["a few words", "and others"] * 50, pa.dictionary(pa.int8(), pa.string())),
        ("unicode", [f"{i} words" for i in range(100)], pa.string()),
    ],
)
def test_columns_are_stored_small(tmp_path: Path, kind: str, values: list[Any], stored: pa.DataType) -> None:
    """Integers are as narrow as they can be, and repeated text is coded."""
    write(slice_path(tmp_path, 0), kind, [values], hold_nbytes=1 << 20)

    assert schema(slice_path(tmp_path, 0)).field("x").type == stored


@pytest.mark.parametrize(
    ("kind", "batches"),
    [
        ("int64", [[1, None], [300], [2**40], [-5]]),
        ("int32", [[1], [2**30]]),
        ("number", [[1], [None], [2.5], [2**80], [3]]),
        ("number", [[None], [2.5], [1]]),
        ("unicode", [["same"] * 100, ["same", None], ["other"]]),
        ("bytes", [[b"same"] * 100, [b"other"]]),
    ],
)
@pytest.mark.parametrize("compression", [None, "zstd", "lz4"])
def test_later_values_that_do_not_fit_are_kept(
    tmp_path: Path, kind: str, batches: list[list[Any]], compression: str | None
) -> None:
    """A value that the first lines did not announce comes back as written, and so do all before it."""
    path = slice_path(tmp_path, 0)

    part = write(path, kind, batches, compression)

    found = read(path, kind, part)
    wanted = [value for values in batches for value in values]
    assert found == wanted and [type(value) for value in found] == [type(value) for value in wanted]
    assert [each.name for each in tmp_path.iterdir()] == ["0.arrow"]


@settings(max_examples=30)
@given(batches=st.lists(st.lists(st.none() | st.floats(allow_nan=False) | st.integers(), max_size=3), max_size=5))
def test_numbers_survive_any_order(tmp_path_factory: pytest.TempPathFactory, batches: list[list[Any]]) -> None:
    """Ints, floats and large ints in any order of batches come back exactly, with their Python types."""
    path = slice_path(tmp_path_factory.mktemp("numbers"), 0)

    part = write(path, "number", batches)

    wanted = [value for values in batches for value in values]
    found = read(path, "number", part)
    assert found == wanted and [type(value) for value in found] == [type(value) for value in wanted]


def test_the_digest_is_that_of_the_file(tmp_path: Path) -> None:
    """Size and SHA-256 are taken while writing, and are the file's, also after it was written again."""
    path = slice_path(tmp_path, 0)

    part = write(path, "int64", [[1], [2**40]])

    data = path.read_bytes()
    assert (part["nbytes"], part["digest"]) == (len(data), hashlib.sha256(data).hexdigest())


def test_no_lines_no_file(tmp_path: Path) -> None:
    """A slice without lines has no file, and says so."""
    part = write(slice_path(tmp_path, 0), "int64", [[]])

    assert part == {
        "lines": 0,
        "nbytes": None,
        "digest": None,
        "columns": {"x": {"min": None, "max": None, "holds": None}},
    }
    assert list(tmp_path.iterdir()) == []


def test_discarding_leaves_nothing(tmp_path: Path) -> None:
    """A discarded slice has no file."""
    writer = SliceWriter(slice_path(tmp_path, 0), [Column("x", find_type("int64"), False)], hold_nbytes=LITTLE)
    writer.append([pa.array([1])])

    writer.discard()

    assert list(tmp_path.iterdir()) == []
