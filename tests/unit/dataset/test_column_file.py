"""Files of one column: written and read one by one, checked like the columns of datasets."""

from __future__ import annotations

import math
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from axtui.base.errors import DatasetError, DatasetUsageError
from axtui.dsutil import hash, typed_reader, typed_writer

EXAMPLES: list[tuple[str, list[Any]]] = [
    ("int32", [1, -5, 7]),
    ("int64", [2**60, -5]),
    ("number", [1, 2.5, 2**80]),
    ("float32", [0.5, -1.5]),
    ("complex64", [1j, 2]),
    ("bool", [True, False]),
    ("datetime", [datetime(2020, 1, 1), datetime(1, 1, 1, fold=1)]),
    ("ascii", ["a", "b"] * 4000),
    ("unicode", ["å", ""]),
    ("bytes", [b"\xff"]),
    ("json", [{"a": [1]}, "text"]),
    ("pickle", [{1, 2}]),
]


@pytest.mark.parametrize("compression", ["gzip", None, "zstd", "lz4"])
@pytest.mark.parametrize(("typename", "values"), EXAMPLES)
def test_values_come_back(tmp_path: Path, typename: str, values: list[Any], compression: str | None) -> None:
    """Whatever the type and compression, a file gives what was written, None too, and says how many there are."""
    with typed_writer(typename)(tmp_path / "x", compression=compression, none_support=True) as writer:
        assert all(writer.write(value) for value in [*values, None])

    with typed_reader(typename)(tmp_path / "x") as reader:
        assert list(reader) == [*values, None]
    assert writer.count == len(values) + 1


def test_bounds_and_defaults(tmp_path: Path) -> None:
    """Bounds are of what was written so far; a default stands in for what is refused, and must itself be taken."""
    writer = typed_writer("int64")(tmp_path / "x", default=3)
    assert (writer.min, writer.max, writer.count) == (None, None, 0)
    for value in (7, "x", None, 5):
        writer.write(value)

    assert (writer.min, writer.max, writer.count) == (3, 7, 4)
    writer.write(9)
    writer.close()
    assert (list(typed_reader("int64")(tmp_path / "x")), writer.max) == ([7, 3, 3, 5, 9], 9)
    with pytest.raises(TypeError):
        typed_writer("int64")(tmp_path / "y", default="x")
    with pytest.raises(ValueError, match="is closed"):
        writer.write(1)


def test_hashfilters_keep_one_slice(tmp_path: Path) -> None:
    """With a hashfilter each value is written in one slice only, None in slice 0; the others give False."""
    for sliceno in range(3):
        with typed_writer("unicode")(tmp_path / f"{sliceno}", hashfilter=(sliceno, 3), none_support=True) as writer:
            for value in ["a", "b", "c", "d", "e", None]:
                assert writer.write(value) is writer.hashcheck(value) is (writer.hash(value) % 3 == sliceno)

    found = [list(typed_reader("unicode")(tmp_path / f"{sliceno}")) for sliceno in range(3)]
    assert sorted([*found[0], *found[1], *found[2]], key=str) == [None, "a", "b", "c", "d", "e"] and None in found[0]


def test_hashes_are_those_of_columns() -> None:
    """The hash of a typed writer is the column's, which may round; the hash of a value goes by its own type."""
    assert hash("a") == hash(b"a") == typed_writer("ascii").hash("a") == 14819375473163713318
    assert hash(1) == hash(1.0) == hash(1 + 0j) == typed_writer("float32").hash(1) == 7789236505713874780
    assert typed_writer("float32").hash(0.1) != typed_writer("float64").hash(0.1) == hash(0.1)
    assert typed_writer("parsed:int64").hash("7") == hash(7) and typed_writer("number").hash(True) == hash(1)
    assert hash(math.nan) == typed_writer("float32").hash(math.nan)
    assert [hash(value) for value in (None, 0, False, "", True)] == [0, 0, 0, 0, 1]
    with pytest.raises(TypeError, match="json have no hash"):
        typed_writer("json").hash([])
    with pytest.raises(DatasetUsageError, match="json has none"):
        typed_writer("json")("never", hashfilter=(0, 2))


def test_refused_values_say_where(tmp_path: Path) -> None:
    """The message of a refused value ends with what the method gave."""
    writer = typed_writer("int32")(tmp_path / "x", error_extra=" (line 7)")

    with pytest.raises(OverflowError, match=r"does not fit.*\(line 7\)$"):
        writer.write(2**40)
    with pytest.raises(ValueError, match=r"None value .*\(line 7\)$"):
        writer.write(None)


def test_a_file_without_values(tmp_path: Path) -> None:
    """A writer that is closed without a value leaves a file that has none; a file is never written over."""
    typed_writer("unicode")(tmp_path / "x").close()

    assert list(typed_reader("unicode")(tmp_path / "x")) == []
    writer = typed_writer("unicode")(tmp_path / "x")
    writer.write("a")
    with pytest.raises(FileExistsError):
        writer.close()


def test_wrong_files_are_named(tmp_path: Path) -> None:
    """A file that is not there, is no Arrow file, has another type or several columns says so."""
    path = tmp_path / "x"
    with pytest.raises(DatasetError, match=r"cannot read .*x: No such file"):
        typed_reader("int64")(path)
    path.write_bytes(b"rubbish")
    with pytest.raises(DatasetError, match="x is damaged"):
        typed_reader("int64")(path)
    two = tmp_path / "two"
    with pa.ipc.new_file(two, pa.schema({"a": pa.int8(), "b": pa.string()})) as file:
        file.write_table(pa.table({"a": pa.array([1], pa.int8()), "b": ["x"]}))
    with pytest.raises(DatasetUsageError, match="has columns a, b; wanted the name of one"):
        typed_reader("int64")(two)
    with pytest.raises(DatasetError, match="no column 'c'; it has a, b"):
        typed_reader("int64")(two, "c")
    with pytest.raises(DatasetError, match=r"column 'b' of .* is string, which is not int64"):
        typed_reader("int64")(two, "b")
    assert list(typed_reader("int64")(two, "a")) == [1] and list(typed_reader("unicode")(two, "b")) == ["x"]


def test_damage_shows(tmp_path: Path) -> None:
    """A value altered on the disk is an error."""
    path = tmp_path / "x"
    with typed_writer("int64")(path, compression=None) as writer:
        for value in range(2**40, 2**40 + 10):
            writer.write(value)
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data.replace((2**40 + 7).to_bytes(8, "little"), bytes(8)))

    with pytest.raises(DatasetError, match="x is damaged in record batch 0 of 1"):
        list(typed_reader("int64")(path))


@pytest.mark.parametrize(("name", "value"), [("compression", "brotli"), ("hashfilter", (3, 3))])
def test_wrong_settings(tmp_path: Path, name: str, value: Any) -> None:
    """What there is not is refused, and so is a type that there is not."""
    with pytest.raises(DatasetUsageError, match=name):
        typed_writer("int64")(tmp_path / "x", **{name: value})
    with pytest.raises(DatasetUsageError, match="unknown column type 'bits64'"):
        typed_reader("bits64")
