"""Reads columns of a dataset: Arrow arrays as they lie in the mapped files, a piece at a time.

A column may lie in this dataset's files or, inherited, in another's. Pieces of all columns have the same lines.
Knows no jobs: who asks gives `find`, which turns a dataset reference into a directory and its record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from axtui.base.errors import DatasetError, NoSuchDatasetError
from axtui.dataset.record import ColumnRecord, DatasetRecord, SliceRecord, slice_path
from axtui.dataset.slicefile import batch_ends, open_slice

Find = Callable[[str], tuple[Path, DatasetRecord]]

PIECE_LINES = 16384
"""How many lines are turned into Python values at a time."""


@dataclass(frozen=True)
class Located:
    """A column and where it lies: the directory of the files, the name it has there, and what they should be."""

    column: ColumnRecord
    directory: Path
    stored_name: str
    slices: tuple[SliceRecord | None, ...]
    lines: tuple[int, ...]
    has_checksums: bool
    is_compressed: bool = False


def locate(directory: Path, record: DatasetRecord, names: Sequence[str], find: Find) -> list[Located]:
    """Find where columns lie.

    Raises:
        DatasetError: The dataset has no such column, or what a column was inherited from is gone or has changed.
    """
    return [_locate(directory, record, name, find) for name in names]


def _locate(directory: Path, record: DatasetRecord, name: str, find: Find) -> Located:
    if name not in record.columns:
        raise DatasetError(f"{directory} has no column {name!r}; it has {', '.join(sorted(record.columns)) or 'none'}")
    column = record.columns[name]
    origin = column.origin
    if origin is None:
        return Located(
            *(column, directory, name, record.slices, record.lines),
            *(record.has_checksums, record.compression is not None),
        )
    try:
        there, source = find(origin.dataset)
    except NoSuchDatasetError as error:
        place = f"column {name!r} of {directory} lies in {origin.dataset}"
        raise NoSuchDatasetError(f"{place}, which is gone: {error}") from None
    if source.digest != origin.digest or source.lines != record.lines:
        raise DatasetError(f"column {name!r} of {directory} lies in {origin.dataset}, which has changed since")
    return Located(
        *(column, there, origin.column, source.slices, record.lines),
        *(source.has_checksums, source.compression is not None),
    )


def read_pieces(
    located: Sequence[Located], sliceno: int, most: int | None = PIECE_LINES, first: int = 0
) -> Iterator[list[pa.Array]]:
    """Read columns of one slice, in pieces.

    Args:
        located: The columns, at least one.
        sliceno: The slice.
        most: How many lines a piece may have; None for as many as lie together in the file.
        first: The line of the slice to begin with; what lies before its record batch is not read.

    Yields:
        For each column, in the order asked for, an array of shape (lines,), as stored.

    Raises:
        DatasetError: A file is missing or damaged; the message names it.
    """
    left = located[0].lines[sliceno] - first if located else 0
    if left <= 0:
        return
    streams = {d: _Stream(d, sliceno, columns) for d, columns in _by_directory(located).items()}
    for stream in streams.values() if first else ():
        stream.seek(first)
    places = [(streams[column.directory], column.stored_name) for column in located]
    while left:
        lines = min(left, most or left, *(stream.available() for stream in streams.values()))
        if not lines:
            short = next(stream for stream in streams.values() if not stream.available())
            raise DatasetError(f"{short.path} is damaged: it ends {left} lines too early")
        for stream in streams.values():
            stream.take(lines)
        yield [stream.taken[name] for stream, name in places]
        left -= lines


def _by_directory(located: Sequence[Located]) -> dict[Path, list[Located]]:
    """Return the columns that lie in each directory."""
    found: dict[Path, list[Located]] = {}
    for column in located:
        found.setdefault(column.directory, []).append(column)
    return found


class _Stream:
    """The record batches of one file, one after the other, some columns of them.

    Attributes:
        taken: What was taken last, by column; shape (lines,) each.
    """

    def __init__(self, directory: Path, sliceno: int, columns: list[Located]) -> None:
        self.path = slice_path(directory, sliceno)
        first = columns[0]
        file = first.slices[sliceno]
        if file is None:
            name = first.column.name
            raise DatasetError(f"{self.path} was never written, and column {name!r} should have lines there")
        self._names = tuple(dict.fromkeys(column.stored_name for column in columns))
        self._reader = open_slice(self.path, file.nbytes, self._names, first.has_checksums, first.is_compressed)
        self._nbytes, self._is_compressed = file.nbytes, first.is_compressed
        self._next = 0
        self._offset = 0
        self._batch: pa.RecordBatch | None = None
        self.taken: dict[str, pa.Array] = {}

    def seek(self, line: int) -> None:
        """Go to a line."""
        ends = batch_ends(self.path, self._nbytes, self._is_compressed)
        self._next = int(np.searchsorted(ends, line, side="right"))
        self._batch = None
        if self._next < len(ends) and self.available():
            self._offset = line - int(ends[self._next - 2] if self._next > 1 else 0)

    def available(self) -> int:
        """Return how many lines lie together here; 0 at the end."""
        while self._batch is None or self._offset == self._batch.num_rows:
            if self._next == self._reader.batches:
                return 0
            self._batch = self._reader.read(self._next)
            self._next += 1
            self._offset = 0
        return int(self._batch.num_rows) - self._offset

    def take(self, lines: int) -> None:
        """Take the next lines, no more than are available, into `taken`."""
        assert self._batch is not None
        self.taken = {name: self._batch.column(name).slice(self._offset, lines) for name in self._names}
        self._offset += lines
