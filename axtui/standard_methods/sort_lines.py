"""Sorting lines that may be more than fit in memory: sorted runs in temporary files of the job, merged.

What fits is sorted in memory and touches no file. Run files are mapped, so that reading them takes no memory of the
process; they are gone when the job has ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from axtui.standard_methods.sort_keys import KeyRow, Keys, SortColumn, sort_order

_LINE_NBYTES = 48
"""What sorting takes for each line beside the columns."""
_MOST_RUNS = 64
_BLOCK_NBYTES = 4 << 20
_FEWEST_LINES = 64


@dataclass
class LineSorter:
    """Sorts lines.

    Attributes:
        job: The job, in which temporary files are made.
        sliceno: The slice that does it, None in prepare.
        columns: What to sort on, at least one column.
        spare_nbytes: How much memory may be taken.
    """

    job: Any
    sliceno: int | None
    columns: Sequence[SortColumn]
    spare_nbytes: int
    _files: int = field(default=0, init=False)

    def sort(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
        """Give lines in order; of equal lines the earlier one comes first.

        Args:
            batches: All with the same schema.

        Yields:
            Pieces of the sorted lines.
        """
        runs: list[pa.Table] = []
        held: list[pa.RecordBatch] = []
        nbytes = 0
        for batch in batches:
            held.append(batch)
            nbytes += batch.nbytes + _LINE_NBYTES * batch.num_rows
            if 2 * nbytes > self.spare_nbytes:
                runs.append(self._write_run(self._sort_held(held), batch.schema))
                held, nbytes = [], 0
        if not runs:
            yield from self._sort_held(held)
            return
        if held:
            schema = held[0].schema
            runs.append(self._write_run(self._sort_held(held), schema))
        yield from self._merge_all(runs)

    @property
    def _is_descending(self) -> bool:
        return self.columns[0].is_descending

    def keys(self, lines: pa.Table | pa.RecordBatch) -> Keys:
        """Return the keys of lines."""
        return [key for column in self.columns for key in column.keys(_whole(lines.column(column.name)))]

    def _sort_held(self, held: list[pa.RecordBatch]) -> Iterator[pa.Table]:
        """Sort batches in memory; the list is emptied, so that one column at a time is there twice."""
        lines = sum(batch.num_rows for batch in held)
        if not lines:
            return
        schema = held[0].schema
        parts = [[batch.column(index) for batch in held] for index in range(len(schema))]
        held.clear()
        columns = []
        for part in parts:
            columns.append(part[0] if len(part) == 1 else pa.concat_arrays(part))
            part.clear()
        table = pa.table(columns, schema=schema)
        order = _indices(sort_order(self.keys(table), self._is_descending))
        block = self._block_lines(table, 1)
        for start in range(0, lines, block):
            yield _take(table, order[start : start + block])

    def _block_lines(self, table: pa.Table, among: int) -> int:
        """Return how many lines a piece may have where so many pieces are in memory."""
        nbytes = min(_BLOCK_NBYTES * among, self.spare_nbytes // 2) // among
        lines: int = nbytes * table.num_rows // max(1, table.nbytes + _LINE_NBYTES * table.num_rows)
        return max(_FEWEST_LINES, lines)

    def _write_run(self, pieces: Iterator[pa.Table], schema: pa.Schema) -> pa.Table:
        """Write sorted pieces to a temporary file; return it mapped."""
        name = f"run.{self._files}"
        self._files += 1
        options = pa.ipc.IpcWriteOptions(use_threads=False)
        with (
            self.job.open(name, "wb", sliceno=self.sliceno, temp=True) as handle,
            pa.ipc.new_file(handle, schema, options=options) as writer,
        ):
            for piece in pieces:
                writer.write_table(piece)
        return pa.ipc.open_file(pa.memory_map(self.job.filename(name, self.sliceno))).read_all()

    def _merge_all(self, runs: list[pa.Table]) -> Iterator[pa.Table]:
        """Merge runs, in several passes where there are too many to have a piece of each in memory."""
        while len(runs) > _MOST_RUNS:
            groups = [runs[start : start + _MOST_RUNS] for start in range(0, len(runs), _MOST_RUNS)]
            runs = [self._write_run(self._merge(group), group[0].schema) for group in groups]
        yield from self._merge(runs)

    def _merge(self, tables: list[pa.Table]) -> Iterator[pa.Table]:
        """Merge sorted runs; of equal lines that of the earlier run comes first."""
        block = max(1, min(self._block_lines(table, 2 * len(tables)) for table in tables))
        runs = [_Run(table, block, self) for table in tables]
        while any(run.lines for run in runs):
            counts = self._counts(runs)
            pieces = [run.take(count) for run, count in zip(runs, counts, strict=True) if count]
            together = _concat(pieces)
            yield _take(together, _indices(sort_order(self.keys(together), self._is_descending)))

    def _counts(self, runs: list[_Run]) -> list[int]:
        """Return how many lines of each run's window come before every line behind the windows."""
        ends = [(run.last(), index) for index, run in enumerate(runs) if run.has_more]
        if not ends:
            return [run.lines for run in runs]
        lowest, which = min(ends, key=lambda end: (end[0].values, end[1]))
        return [lowest.place_in(run.keys, index <= which) if run.lines else 0 for index, run in enumerate(runs)]


class _Run:
    """A sorted run, and the window on it that is in memory.

    Attributes:
        lines: How many lines the window has; 0 at the end.
        keys: Theirs.
        has_more: Whether there are lines behind the window.
    """

    def __init__(self, table: pa.Table, block: int, sorter: LineSorter) -> None:
        self._rest = table
        self._block = block
        self._sorter = sorter
        self._look()

    def last(self) -> KeyRow:
        """Return the keys of the window's last line."""
        return KeyRow(self.keys, self.lines - 1, self._sorter.columns[0].is_descending)

    def take(self, count: int) -> pa.Table:
        """Return the first lines, and move the window on."""
        found = self._rest.slice(0, count)
        self._rest = self._rest.slice(count)
        self._look()
        return found

    def _look(self) -> None:
        window = self._rest.slice(0, self._block)
        self.lines: int = window.num_rows
        self.has_more: bool = self._rest.num_rows > self.lines
        self.keys: Keys = self._sorter.keys(window) if self.lines else []


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    if isinstance(column, pa.Array):
        return column
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _concat(tables: list[pa.Table]) -> pa.Table:
    return pa.concat_tables(tables).combine_chunks()


def _indices(order: npt.NDArray[np.int64]) -> pa.Array:
    """Return line numbers as Arrow takes them fastest: no wider than need be."""
    return pa.array(order.astype(np.int32) if len(order) < 1 << 31 else order)


def _take(table: pa.Table, order: pa.Array) -> pa.Table:
    return pa.table([_whole(column).take(order) for column in table.columns], schema=table.schema)
