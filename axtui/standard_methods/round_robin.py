"""The order of lines that were dealt out to the slices in turn: positions in it, and reading by it.

Line j of slice s comes after j lines of every slice, and one more of the slices before s, as far as those have so many.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from axtui import Dataset
from axtui.standard_methods.copying import batch_lines

Positions = npt.NDArray[np.int64]


def split_evenly(lines: int, slices: int) -> list[int]:
    """Return where slices begin if lines are split evenly, and where the last ends; shape (slices + 1,)."""
    size, more = divmod(lines, slices)
    return [sliceno * size + min(sliceno, more) for sliceno in range(slices + 1)]


def positions_of(counts: list[int], sliceno: int, lines: Positions) -> Positions:
    """Return the positions of lines of one slice.

    Args:
        counts: How many lines each slice has.
        sliceno: The slice.
        lines: Shape (lines,). Numbers of lines in that slice.

    Returns:
        Shape (lines,).
    """
    found = np.zeros(len(lines), dtype=np.int64)
    for other, count in enumerate(counts):
        found += np.minimum(lines + (other < sliceno), count)
    return found


def first_line(counts: list[int], sliceno: int, position: int) -> int:
    """Return the first line of a slice that is not before a position; the slice's count where there is none."""

    def position_of(line: int) -> int:
        return sum(min(line + (other < sliceno), count) for other, count in enumerate(counts))

    return bisect_left(range(counts[sliceno]), position, key=position_of)


def read_in_turn(source: Dataset, start: int, stop: int) -> Iterator[dict[str, pa.Array]]:
    """Read the lines from one position to another, in their order, a bounded number of bytes at a time.

    Yields:
        For each column of the dataset an array of shape (lines,).
    """
    counts, names = source.lines, list(source.columns)
    block = batch_lines(source, names)
    streams = [_Stream(source, sliceno, names, max(1, block // len(counts))) for sliceno in range(len(counts))]
    for sliceno, stream in enumerate(streams):
        stream.skip(first_line(counts, sliceno, start))
    for begin in range(start, stop, block):
        end = min(begin + block, stop)
        parts, positions = [], []
        for sliceno, stream in enumerate(streams):
            first = stream.line
            parts += stream.take(first_line(counts, sliceno, end) - first)
            positions.append(positions_of(counts, sliceno, np.arange(first, stream.line)))
        table = pa.Table.from_batches(parts).combine_chunks()
        order = pa.array(np.argsort(np.concatenate(positions)))
        yield {name: _whole(table.column(name)).take(order) for name in names}


class _Stream:
    """The lines of one slice from the first to the last. `line` is the number of the next one."""

    def __init__(self, source: Dataset, sliceno: int, names: list[str], lines: int) -> None:
        self.line = 0
        self._batches = source.record_batches(sliceno, names, lines)
        self._rest: Any = None

    def skip(self, lines: int) -> None:
        """Leave lines out."""
        left = lines
        while left:
            left -= self._next(left).num_rows

    def take(self, lines: int) -> list[pa.RecordBatch]:
        """Return the next lines."""
        found = []
        left = lines
        while left > 0:
            found.append(self._next(left))
            left -= found[-1].num_rows
        return found

    def _next(self, most: int) -> pa.RecordBatch:
        """Return some of the next lines, at least one and at most so many."""
        if self._rest is None or not self._rest.num_rows:
            self._rest = next(self._batches)
        found = self._rest.slice(0, most)
        self._rest = self._rest.slice(found.num_rows)
        self.line += found.num_rows
        return found


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
