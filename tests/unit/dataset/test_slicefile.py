"""Reading some columns of a file: views of a plain file, unpacked from a compressed one."""

from __future__ import annotations

import pyarrow as pa
import pytest

from axtui import Dataset
from tests.unit.dataset.desk import Desk

LINES = 50_000


def two_columns(desk: Desk, compression: str | None) -> Dataset:
    """Return a dataset with a column of floats and one of large texts."""
    writer = desk.job().datasetwriter(columns={"n": "float64", "t": "bytes"}, compression=compression)
    writer.write_arrays({"n": [n / 8 for n in range(LINES)], "t": [b"%099d" % n for n in range(LINES)]})
    return writer.finish()


@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
def test_what_is_not_asked_for_takes_no_memory(desk: Desk, compression: str | None) -> None:
    """Of a plain file nothing is copied into memory, of a compressed one only the column that is read."""
    ds = two_columns(desk, compression)
    before = pa.total_allocated_bytes()

    held = list(ds.record_batches(None, "n"))
    taken = pa.total_allocated_bytes() - before

    assert sum(batch.num_rows for batch in held) == LINES
    assert taken == 0 if compression is None else 8 * LINES <= taken < 12 * LINES
