"""Datasets put together from files of single columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from axtui import Dataset, DatasetWriter
from axtui.api import context
from axtui.base.errors import DatasetError, DatasetUsageError
from axtui.dsutil import typed_reader, typed_writer
from tests.unit.dataset.desk import Desk

COLUMNS = {"j": "json", "n": "int64", "t": ("unicode", True)}


def fill(writer: DatasetWriter, sliceno: int, lines: int) -> None:
    """Write the files of a slice."""
    with (
        typed_writer("json")(writer.column_filename("j", sliceno)) as j,
        typed_writer("int64")(writer.column_filename("n", sliceno)) as n,
        typed_writer("unicode")(writer.column_filename("t", sliceno), none_support=True) as t,
    ):
        for number in range(lines):
            j.write([number])
            n.write(number)
            t.write(f"å{number}" if number else None)


def rows(lines: int) -> list[tuple[Any, ...]]:
    """Return what `fill` writes."""
    return [([number], number, f"å{number}" if number else None) for number in range(lines)]


@pytest.mark.parametrize("where", ["synthesis", "analysis", "both"])
def test_files_become_a_dataset(desk: Desk, where: str) -> None:
    """Written anywhere, the columns of a slice are in its one file in the end, and nothing else is left."""
    job = desk.job("prepare")
    made = job.datasetwriter(columns=COLUMNS, meta_only=True)

    def work(sliceno: int) -> None:
        writer = job.datasetwriter()
        fill(writer, sliceno, sliceno * 30_000)
        if where == "analysis":
            writer.set_lines(sliceno, sliceno * 30_000)

    if where == "synthesis":
        context.current().stage = "synthesis"
        for sliceno in range(3):
            fill(made, sliceno, sliceno * 30_000)
    else:
        desk.analyse(work)
    for sliceno in range(3 if where != "analysis" else 0):
        made.set_lines(sliceno, sliceno * 30_000)
        made.set_minmax(sliceno, {"n": (0, sliceno * 30_000 - 1) if sliceno else (None, None), "t": ("?", "?")})
    desk.finish()

    ds = Dataset(job)
    assert [list(ds.iterate(sliceno)) for sliceno in range(3)] == [rows(0), rows(30_000), rows(60_000)]
    assert (ds.min("n"), ds.max("n"), ds.lines) == (0, 59_999, [0, 30_000, 60_000])
    assert {path.name for path in ds.path.iterdir()} == {"dataset.json", "1.arrow", "2.arrow"}
    assert set(context.current().digests) == {f"datasets/default/{path.name}" for path in ds.path.iterdir()}


def test_any_arrow_file_will_do(desk: Desk) -> None:
    """Files that another tool wrote are taken if their column fits, whatever it is called."""
    writer = desk.job().datasetwriter(columns={"n": "int64"}, meta_only=True, allow_missing_slices=True)
    with pa.ipc.new_file(writer.column_filename("n", 1), pa.schema({"other": pa.int8()})) as file:
        file.write_table(pa.table({"other": pa.array([1, 2], pa.int8())}))
    writer.set_lines(1, 2)

    assert list(writer.finish().iterate(None, "n")) == [1, 2]


@pytest.mark.parametrize(("wanted", "found"), [("gzip", "zstd"), ({"n": "lz4"}, "lz4"), (None, None)])
def test_compressions(desk: Desk, wanted: Any, found: str | None) -> None:
    """The dataset's files are compressed as asked, gzip being zstd."""
    writer = desk.job().datasetwriter(columns={"n": "int64"}, meta_only=True, allow_missing_slices=True)
    writer.set_compressions(wanted)
    writer.set_lines(0, 0)

    assert writer.finish().columns["n"].compression == found


def wrong(writer: DatasetWriter, what: str) -> None:
    """Do one thing that cannot work."""
    fill(writer, 0, 5)
    match what:
        case "lines":
            writer.set_lines(0, 6)
        case "bounds":
            writer.set_lines(0, 5)
            writer.set_minmax(0, {"n": (0, 5)})
        case "bounds of nothing":
            writer.set_lines(0, 5)
            writer.set_minmax(0, {"q": (0, 5)})
        case "unequal":
            Path(writer.column_filename("n", 0)).unlink()
            with typed_writer("int64")(writer.column_filename("n", 0)) as n:
                n.write(1)
            writer.set_lines(0, 5)
        case "none":
            Path(writer.column_filename("n", 0)).unlink()
            with typed_writer("int64")(writer.column_filename("n", 0), none_support=True) as n:
                n.write(None)
            writer.set_lines(0, 5)
        case "type":
            Path(writer.column_filename("n", 0)).unlink()
            typed_writer("unicode")(writer.column_filename("n", 0)).close()
            writer.set_lines(0, 5)
        case "no file":
            writer.set_lines(1, 1)
        case "column":
            writer.column_filename("q", 0)
        case "slice":
            writer.column_filename("n", 3)
        case "no slice":
            writer.column_filename("n")
        case "count":
            writer.set_lines(0, -1)
        case "compressions":
            writer.set_compressions({"n": "zstd", "j": "lz4", "t": "zstd"})
        case "row":
            writer.write([1], 1, None)
        case "split":
            writer.get_split_write()
        case "set_slice":
            writer.set_slice(0)
        case "arrays":
            writer.write_arrays({"j": [], "n": [], "t": []})
        case "late":
            writer.add("x", "int64")
    writer.finish()


@pytest.mark.parametrize(
    ("what", "error", "message"),
    [
        ("lines", DatasetUsageError, "have 5 lines, and set_lines said 6"),
        ("bounds", DatasetUsageError, "goes from 0 to 4, and set_minmax said 0 to 5"),
        ("bounds of nothing", DatasetUsageError, "names 'q'"),
        ("unequal", DatasetUsageError, "different numbers of lines"),
        ("none", ValueError, "None value .*column n "),
        ("type", DatasetError, "is string, which is not int64"),
        ("no file", DatasetError, "cannot read"),
        ("column", DatasetUsageError, "has no column 'q'; it has j, n, t"),
        ("slice", DatasetUsageError, "slice 3 of .* is not one of 3"),
        ("no slice", DatasetUsageError, "slice None of"),
        ("count", DatasetUsageError, "found -1"),
        ("compressions", DatasetUsageError, "do not match"),
        ("row", DatasetUsageError, "is meta_only"),
        ("split", DatasetUsageError, "is meta_only"),
        ("set_slice", DatasetUsageError, "is meta_only"),
        ("arrays", DatasetUsageError, "is meta_only"),
        ("late", DatasetUsageError, "too late"),
    ],
)
def test_what_does_not_fit_is_refused(desk: Desk, what: str, error: type[Exception], message: str) -> None:
    """Files and what was said of them must agree, and lines do not go with files."""
    writer = desk.job().datasetwriter(columns=COLUMNS, meta_only=True, allow_missing_slices=True)

    with pytest.raises(error, match=message):
        wrong(writer, what)


def test_files_are_for_meta_only(desk: Desk) -> None:
    """A writer that takes lines has no files of single columns."""
    writer = desk.job().datasetwriter(columns=COLUMNS)

    for name, arguments in (("column_filename", ("n", 0)), ("set_lines", (0, 1)), ("set_minmax", (0, {}))):
        with pytest.raises(DatasetUsageError, match=f"{name} of .* meta_only=True"):
            getattr(writer, name)(*arguments)
    meta = desk.job().datasetwriter(columns=COLUMNS, meta_only=True)
    meta.set_lines(0, 0)
    with pytest.raises(DatasetUsageError, match=r"Not all slices written, missing \{1, 2\}"):
        meta.finish()


def test_new_datasets_of_files(desk: Desk, tmp_path: Path) -> None:
    """`new` makes a dataset of files that stay, `append` adds such columns to one that is there."""
    for sliceno in range(3):
        with typed_writer("int64")(tmp_path / f"n.{sliceno}") as writer:
            for number in range(sliceno):
                writer.write(number)
    desk.job()

    ds = Dataset.new({"n": "int64"}, {"n": str(tmp_path / "n.%s")}, [0, 1, 2], caption="c")
    more = ds.append({"m": "number"}, {"m": str(tmp_path / "n.%s")}, [0, 1, 2], name="more")

    assert (list(ds.iterate(None, "n")), ds.caption) == ([0, 0, 1], "c")
    assert list(more.iterate(None)) == [(0, 0), (0, 0), (1, 1)] and more.parent == ds
    assert list(typed_reader("int64")(tmp_path / "n.2")) == [0, 1]
    with pytest.raises(DatasetUsageError, match="set_lines said 2"):
        Dataset.new({"n": "int64"}, {"n": str(tmp_path / "n.%s")}, [0, 2, 2], name="wrong")
    assert desk.finish() == ["default", "more"]


def test_columns_say_their_files(desk: Desk) -> None:
    """A column's file can be opened as it is, also an inherited one's."""
    parent = desk.dataset({"a": "int64", "b": "ascii"}, [(n, "x") for n in range(9)])
    desk.job()
    linked = parent.link_to_here(rename={"a": "z"})

    assert list(typed_reader("int64")(linked.column_filename("z", 1), "a")) == list(parent.iterate(1, "a"))
    assert linked.column_filename("z") % 1 == linked.column_filename("z", 1)
    with pytest.raises(DatasetError, match="no column 'q'"):
        linked.column_filename("q")
    with pytest.raises(DatasetUsageError, match="3 slices"):
        linked.column_filename("z", 3)
