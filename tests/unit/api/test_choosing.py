"""Reading only some lines as Arrow, text with its codes, and asking where many values belong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from axtui import Dataset, DatasetUsageError
from axtui.dataset.hashing import hash_value
from tests.unit.dataset.desk import Desk

ROWS = [(n, f"t{n % 5}", n / 2) for n in range(3000)]


@pytest.fixture
def source(desk: Desk) -> Dataset:
    """Return a dataset whose text is coded in its files."""
    return desk.dataset({"n": "int64", "t": "ascii", "v": "float64"}, ROWS)


def rows_of(batches: Any) -> list[Any]:
    """Return the rows of batches."""
    return [tuple(row.values()) for batch in batches for row in batch.to_pylist()]


@pytest.mark.parametrize("text", ["plain", "codes"])
def test_lines_are_chosen_by_one_column(source: Dataset, text: str) -> None:
    """Only lines for which the function says so come, with all columns, in order, from one slice or all."""

    def is_third(values: pa.Array) -> Any:
        return np.asarray(values.to_pylist()) % 3 == 0

    for sliceno in (None, 1):
        found = rows_of(source.record_batches(sliceno, lines=100, where=("n", is_third), text=text))
        assert found == [row for row in source.iterate(sliceno) if row[0] % 3 == 0]


def test_text_may_keep_its_codes(desk: Desk, source: Dataset) -> None:
    """With codes, text is dictionary-coded, for the function too, and a writer takes it as it is."""
    seen = set()

    def look(values: pa.Array) -> Any:
        seen.add(pa.types.is_dictionary(values.type))
        return np.ones(len(values), dtype=bool)

    batches = list(source.record_batches(0, where=("t", look), text="codes"))
    writer = desk.job().datasetwriter(columns={"n": "int64", "t": "ascii", "v": "float64"})
    for sliceno in range(3):
        writer.set_slice(sliceno)
        for batch in batches:
            writer.write_arrays(dict(zip(batch.schema.names, batch.columns, strict=True)))

    assert seen == {True} and all(pa.types.is_dictionary(batch.column(1).type) for batch in batches)
    assert list(writer.finish().iterate(2)) == list(source.iterate(0))


@pytest.mark.parametrize("values", [["a", "b", None] * 1000, [f"{n}" for n in range(50)]])
def test_where_many_values_belong(desk: Desk, values: list[Any]) -> None:
    """hashcheck_array says of each value what hashcheck does, with codes and without."""
    writer = desk.job().datasetwriter(columns={"t": ("ascii", True)}, hashlabel="t")
    writer.set_slice(1)

    found = writer.hashcheck_array(pa.array(values)).tolist()
    coded = writer.hashcheck_array(pa.array(values).dictionary_encode()).tolist()

    assert found == coded == [hash_value(value) % 3 == 1 for value in values]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("int32", [*range(50)]),
        ("float32", np.arange(50) / 4),
        ("unicode", [f"å{n}" for n in range(50)]),
        ("number", [1, 2.5, 1 << 70, 0]),
        ("date", np.arange("2024-01-01", "2024-01-31", dtype="datetime64[D]")),
    ],
)
def test_the_slices_of_many_values(desk: Desk, kind: str, values: Any) -> None:
    """hash_slices says of values in any form that write_arrays takes where a split writer puts them."""
    split = desk.job().datasetwriter(columns={"v": kind}, hashlabel="v")
    split.write_arrays({"v": values})
    written = split.finish()
    writer = desk.job().datasetwriter(columns={"v": kind}, hashlabel="v")
    writer.set_slice(0)

    found = writer.hash_slices(values)

    given = pa.array(values).to_pylist() if kind == "date" else list(values)
    for sliceno in range(3):
        assert [given[line] for line in np.flatnonzero(found == sliceno)] == list(written.iterate(sliceno, "v"))
    assert writer.hash_slices([None, None]).tolist() == [0, 0]


def test_what_cannot_be_asked(desk: Desk, source: Dataset) -> None:
    """A column that is not read, another word for text, and a writer without a hashlabel."""
    with pytest.raises(DatasetUsageError, match="where: column 'x' is not among those that are read: n, t"):
        list(source.record_batches(0, ["n", "t"], where=("x", lambda values: None)))
    with pytest.raises(DatasetUsageError, match="text is 'plain' or 'codes', found 'odd'"):
        list(source.record_batches(0, text="odd"))
    writer = desk.job().datasetwriter(columns={"n": "int32"})
    writer.set_slice(0)
    with pytest.raises(DatasetUsageError, match="hashcheck_array needs a hashlabel"):
        writer.hashcheck_array(pa.array([1]))
    with pytest.raises(DatasetUsageError, match="hash_slices needs a hashlabel"):
        writer.hash_slices([1])
