"""Writing column by column, and copying cells as they are stored."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from axtui import Dataset
from axtui.base.errors import DatasetUsageError
from axtui.dataset.hashing import hash_value
from tests.unit.dataset.desk import Desk


@pytest.mark.parametrize("by_column", [True, False])
def test_columns_come_in_any_order(desk: Desk, by_column: bool) -> None:
    """Whole columns one after the other, or value by value in turn: the lines are the same, however many there are."""
    lines = 40_000
    writer = desk.job().datasetwriter(columns={"a": "int64", "b": "unicode"}, allow_missing_slices=True)
    writer.set_slice(1)
    a, b = writer.writers["a"], writer.writers["b"]
    if by_column:
        assert all(b.write(str(n)) for n in range(lines)) and all(a.write(n) for n in range(lines))
    else:
        for n in range(lines):
            a.write(n)
            b.write(str(n))

    ds = writer.finish()

    assert ds.lines == [0, lines, 0] and a.count == b.count == lines
    assert list(ds.iterate(1)) == [(n, str(n)) for n in range(lines)]
    assert (ds.min("a"), ds.max("a")) == (0, lines - 1)


def test_the_hashlabel_says_whose_a_line_is(desk: Desk) -> None:
    """Writing a hashlabel's value gives False in the slices that it does not belong to; there it is left out."""
    job = desk.job("prepare")
    job.datasetwriter(columns={"a": "int64", "b": "int64"}, hashlabel="a")

    def work(sliceno: int) -> None:
        writers = job.datasetwriter().writers
        for n in range(100):
            assert writers["a"].hashcheck(n) == (hash_value(n) % 3 == sliceno) and writers["b"].hashcheck(n)
            if writers["a"].write(n):
                writers["b"].write(-n)

    desk.analyse(work)
    desk.finish()

    ds = Dataset(job)
    assert sorted(ds.iterate(None)) == [(n, -n) for n in range(100)]
    assert all(hash_value(n) % 3 == sliceno for sliceno in range(3) for n in ds.iterate(sliceno, "a", hashlabel="a"))


def test_columns_must_end_alike(desk: Desk) -> None:
    """A column with fewer values than another is an error that says how many each has."""
    writer = desk.job().datasetwriter(columns={"a": "int64", "b": "int64"}, allow_missing_slices=True)
    writer.set_slice(0)
    writer.writers["a"].write(1)

    with pytest.raises(DatasetUsageError, match=r"different numbers of lines: \{'a': 1, 'b': 0\}"):
        writer.finish()


def test_single_values_are_checked(desk: Desk) -> None:
    """A value that the type refuses raises at once, with column and dataset; a default stands in where there is one."""
    writer = desk.job().datasetwriter(allow_missing_slices=True)
    writer.add("a", "int64")
    writer.add("b", "int64", default=-1)
    writer.set_slice(0)

    with pytest.raises(TypeError, match=r"\(column a \(type int64\) in dev-0/default\)"):
        writer.writers["a"].write("x")
    with pytest.raises(ValueError, match="Refusing to write None value"):
        writer.writers["a"].write(None)
    writer.writers["a"].write(7)
    writer.writers["b"].write("x")

    assert list(writer.finish().iterate(None)) == [(7, -1)]


def test_lines_and_columns_do_not_mix(desk: Desk) -> None:
    """One slice is written in one way: whole lines, arrays or single columns."""
    writer = desk.job().datasetwriter(columns={"a": "int64"}, allow_missing_slices=True)
    writer.set_slice(0)
    writer.write(1)
    with pytest.raises(DatasetUsageError, match="line by line"):
        _ = writer.writers
    writer.set_slice(1)
    _ = writer.writers["a"].write(2)

    with pytest.raises(DatasetUsageError, match="column by column"):
        writer.write(3)
    with pytest.raises(DatasetUsageError, match="column by column"):
        writer.write_arrays({"a": [3]})
    assert list(writer.finish().iterate(None, "a")) == [1, 2]


KINDS = {"a": "ascii", "b": ("bytes", True), "j": "json", "n": "number", "p": "pickle", "u": ("unicode", True)}
ROWS: list[tuple[Any, ...]] = [
    (
        "x" * (n % 3),
        None if n % 5 == 0 else b"\xff\x00",
        {"k": [n, None, "å"]},
        n / 2,
        {n, "p"},
        None if n % 7 == 0 else f"å{n % 4}",
    )
    for n in range(200)
]


@pytest.fixture
def cells(desk: Desk) -> Dataset:
    """Return a dataset with every type whose cells can be copied as they are."""
    return desk.dataset(KINDS, ROWS)


def test_copied_cells_are_bytes(cells: Dataset) -> None:
    """With copy_mode text, json and pickles come as the bytes that are stored, None as None, the rest as ever."""
    a, b, j, n, p, u = next(cells.iterate(1, copy_mode=True))

    assert (a, b, j, n, u) == (b"x", b"\xff\x00", '{"k":[1,null,"å"]}'.encode(), 0.5, "å1".encode())
    assert type(p) is bytes and next(cells.iterate(0, "u", copy_mode=True)) is None


def test_copies_are_the_same(desk: Desk, cells: Dataset) -> None:
    """A dataset copied cell by cell, and one copied by record batches, equals its source, digest and all."""
    job = desk.job()
    rows = job.datasetwriter(columns=cells.columns, name="rows", copy_mode=True)
    for sliceno in range(3):
        rows.set_slice(sliceno)
        for row in cells.iterate(sliceno, copy_mode=True):
            rows.write(*row)
    batches = job.datasetwriter(columns=cells.columns, name="batches", copy_mode=True)
    for sliceno in range(3):
        batches.set_slice(sliceno)
        for batch in cells.record_batches(sliceno, lines=17):
            batches.write_arrays(dict(zip(batch.schema.names, batch.columns, strict=True)))

    assert list(rows.finish().iterate(None)) == list(cells.iterate(None))
    assert list(batches.finish().iterate(None)) == list(cells.iterate(None))
    assert Dataset(job, "rows").digest == Dataset(job, "batches").digest == cells.digest


def test_copied_lines_hash_alike(desk: Desk) -> None:
    """The bytes of a text belong to the slice of the text."""
    ds = desk.dataset({"t": "unicode"}, [(f"å{n}",) for n in range(50)], hashlabel="t")
    writer = desk.job().datasetwriter(columns={"t": "unicode"}, hashlabel="t", copy_mode=True)
    write = writer.get_split_write()
    for cell in ds.iterate(None, "t", copy_mode=True):
        write(cell)

    assert writer.finish().digest == ds.digest


@pytest.mark.parametrize(
    ("name", "kind", "cell", "error"),
    [
        ("t", "unicode", "text", TypeError),
        ("t", "unicode", b"\xff", ValueError),
        ("t", "ascii", b"\xe5", ValueError),
        ("j", "json", {"a": 1}, TypeError),
        ("j", "json", b"\xff", ValueError),
        ("p", "pickle", [1], TypeError),
        ("t", "unicode", None, ValueError),
    ],
)
def test_what_is_no_copied_cell(desk: Desk, name: str, kind: str, cell: Any, error: type[Exception]) -> None:
    """A writer with copy_mode takes bytes of the right encoding, and says which column got something else."""
    write = desk.job().datasetwriter(columns={name: kind}, copy_mode=True).get_split_write()

    with pytest.raises(error, match=rf"\(column {name} \(type {kind}\) in dev-0/default\)"):
        write(cell)


def test_defaults_are_values_also_when_copying(desk: Desk) -> None:
    """A default is given as the value that it is."""
    writer = desk.job().datasetwriter(copy_mode=True)
    writer.add("j", "json", default={"a": "å"})
    writer.add("u", "unicode", default="å")
    writer.get_split_write()(b"[1]", 7)
    writer.get_split_write()("no bytes", b"x")

    assert sorted(writer.finish().iterate(None), key=str) == [([1], "å"), ({"a": "å"}, "x")]


def test_copying_looks_at_nothing(desk: Desk, cells: Dataset) -> None:
    """Filters and translators want values, and a column of two types is not copied: both are assertions."""
    other = desk.dataset({"a": "unicode"}, [("y",)], previous=cells)

    for wishes in ({"filters": {"a": None}}, {"translators": {"a": str}}, {"filters": bool}):
        with pytest.raises(AssertionError, match="neither with filters nor with translators"):
            cells.iterate(None, "a", copy_mode=True, **wishes)
    with pytest.raises(AssertionError, match="'a' is ascii in dev-0, unicode in dev-1"):
        other.iterate_chain(None, "a", copy_mode=True)
    assert sorted(other.iterate_chain(None, "a"))[-1] == "y"
    assert len(list(cells.iterate(None, "u", copy_mode=True, range={"n": (0, 10)}))) == 20


def test_arrow_text_is_checked_when_copied(desk: Desk) -> None:
    """Arrays of bytes for copied text are taken if they are text."""
    writer = desk.job().datasetwriter(columns={"j": "json"}, copy_mode=True)
    writer.write_arrays({"j": pa.array([b"[1]", None])})

    with pytest.raises(ValueError, match="column j"):
        writer.write_arrays({"j": pa.array([b"\xff"])})
    assert list(writer.finish().iterate("roundrobin", "j")) == [[1], None]
