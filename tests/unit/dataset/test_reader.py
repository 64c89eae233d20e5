"""Reading from any line on: what lies before its record batch is not read."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtui.dataset import writer
from axtui.dataset.reader import locate, read_pieces
from axtui.dataset.record import read_dataset, slice_path
from axtui.dataset.slicefile import batch_ends
from tests.unit.dataset.desk import Desk

LINES = 10_000


def write_batches(desk: Desk, compression: str | None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a dataset of one slice whose file has several record batches, and return its directory."""
    monkeypatch.setattr(writer, "HOLD_NBYTES", 1 << 13)
    monkeypatch.setattr(writer, "_FEWEST_NBYTES", 1 << 13)
    desk.slices = 1
    dw = desk.job().datasetwriter(columns={"n": "int64", "t": "unicode"}, compression=compression)
    write = dw.get_split_write()
    for n in range(LINES):
        write(n, f"line {n}")
    return dw.finish().path


@pytest.mark.parametrize("compression", [None, "zstd"])
def test_reading_begins_at_any_line(desk: Desk, compression: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces from a line on are those of the whole from that line on, at the edges of batches too."""
    directory = write_batches(desk, compression, monkeypatch)
    record = read_dataset(directory)
    located = locate(directory, record, ["t", "n"], lambda reference: (directory, record))
    ends = batch_ends(slice_path(directory, 0), record.slices[0].nbytes, compression is not None)  # type: ignore[union-attr]
    edges = [0, 1, int(ends[0]) - 1, int(ends[0]), int(ends[1]), LINES - 1, LINES, LINES + 5]

    found = {first: [n for _, ns in read_pieces(located, 0, 999, first) for n in ns.to_pylist()] for first in edges}

    assert len(ends) > 2 and ends[-1] == LINES
    assert found == {first: list(range(first, LINES)) for first in edges}
