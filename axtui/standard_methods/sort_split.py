"""Which slice each line goes to when all slices are sorted together and then split evenly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from axtui import DatasetChain
from axtui.standard_methods.copying import batch_lines
from axtui.standard_methods.round_robin import split_evenly
from axtui.standard_methods.sort_lines import LineSorter

_TARGETS = "targets"


def assign_slices(chain: DatasetChain, sorter: LineSorter, slices: int, trigger: str | None) -> str:
    """Sort the sort columns alone, and note for each line the slice that it falls into.

    Args:
        chain: The datasets.
        sorter: For these columns.
        slices: How many slices there are.
        trigger: A slice begins only where this sort column changes.

    Returns:
        A temporary file of the job with a uint16 a line: the lines of the first dataset, slice after slice, then of the
        second and so on.
    """
    lines = chain.lines()
    with sorter.job.open(_TARGETS, "wb", temp=True) as handle:
        handle.truncate(max(2, 2 * lines))  # an empty file cannot be mapped
    path: str = sorter.job.filename(_TARGETS)
    targets = np.memmap(path, dtype=np.uint16, mode="r+")
    starts = split_evenly(lines, slices)[1:-1]
    place = _Placer(sorter, starts, trigger)
    for piece in sorter.sort(_numbered(chain, [column.name for column in sorter.columns])):
        numbers = piece.column(piece.num_columns - 1).to_numpy()
        targets[numbers] = place.slices_of(piece)
    targets.flush()
    return path


class _Placer:
    """Cuts sorted lines, given piece by piece, into slices."""

    def __init__(self, sorter: LineSorter, starts: list[int], trigger: str | None) -> None:
        self._column = next((column for column in sorter.columns if column.name == trigger), None)
        self._wanted = starts
        self._found = starts if trigger is None else []
        self._position = 0
        self._last: Any = None

    def slices_of(self, piece: pa.Table) -> npt.NDArray[np.intp]:
        """Return the slice of each line of the next piece, shape (lines,)."""
        first, self._position = self._position, self._position + piece.num_rows
        if self._column is not None:
            values = piece.column(self._column.name).combine_chunks()
            self._find_starts(first + self._changes(values))
        return np.searchsorted(np.array(self._found), np.arange(first, self._position), side="right")

    def _find_starts(self, changes: npt.NDArray[np.int64]) -> None:
        """Put each start that is still wanted at the first change that is not before it."""
        for start in self._wanted[len(self._found) :]:
            at = int(np.searchsorted(changes, start))
            if at == len(changes):
                break
            self._found.append(int(changes[at]))

    def _changes(self, values: pa.Array) -> npt.NDArray[np.int64]:
        """Return the lines that differ from the one before, which for the first is in the piece before."""
        assert self._column is not None
        before = values[:1] if self._last is None else self._last
        self._last = values[-1:]
        keys = self._column.keys(pa.concat_arrays([before, values]))
        differs = np.zeros(len(values), dtype=bool)
        for key in keys:
            differs |= np.asarray(
                key[1:] != key[:-1] if isinstance(key, np.ndarray) else pc.not_equal(key[1:], key[:-1])
            )
        return np.flatnonzero(differs)


def _numbered(chain: DatasetChain, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Give columns, and as the last one the number of each line."""
    start = 0
    names = list(dict.fromkeys(names))
    for batch in chain.record_batches(None, names, min(batch_lines(each, names) for each in chain)):
        numbers = pa.array(np.arange(start, start + batch.num_rows))
        start += batch.num_rows
        yield pa.record_batch([*batch.columns, numbers], [*names, "".join(names) + "_number"])
