"""Writes the lines of one slice: arrays in, an Arrow file and what is known of it out.

Lines are held in memory up to `hold_nbytes`, then go to the file as one record batch. The first batch decides how
columns are stored; the file is written again where later lines do not fit. A slice without lines gets no file.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from axtui.dataset.codes import join_text
from axtui.dataset.slicefile import SliceFile, map_file, read_batch
from axtui.dataset.storage import Storage, choose, load, widen, widest
from axtui.dataset.types import ColumnType, bounds, common_form, format_bound, holds, recast, widen_bounds

HOLD_NBYTES = 32 << 20
"""How much a process holds in memory of a dataset that it writes, over all its slices, if its memory is not limited."""
_FEWEST_NBYTES = 2 << 20
_PART_OF_LIMIT = 16

Part = dict[str, Any]
"""What is known of a written slice, as JSON: `lines`; `nbytes` and `digest` of the file (None without lines);
`columns`: for each name `min`, `max` and `holds`, None where there is no such thing."""


def hold_nbytes(slices: int) -> int:
    """Return how much is held of each slice where one process writes so many.

    What is held is joined and stored before it is written, so that it is in memory three times for a moment.
    """
    limit, _ = resource.getrlimit(resource.RLIMIT_DATA)
    most = HOLD_NBYTES if limit == resource.RLIM_INFINITY else min(HOLD_NBYTES, limit // _PART_OF_LIMIT)
    return max(_FEWEST_NBYTES, most // slices)


@dataclass(frozen=True)
class Column:
    """A column to write. `none` says whether None is allowed."""

    name: str
    kind: ColumnType
    none: bool


class SliceWriter:
    """Takes arrays for the lines of one slice, in order."""

    def __init__(
        self, path: Path, columns: Sequence[Column], compression: str | None = None, hold_nbytes: int = HOLD_NBYTES
    ) -> None:
        self.path = path
        self.lines = 0
        self._columns = columns
        self._compression = compression
        self._hold_nbytes = hold_nbytes
        self._held: list[list[pa.Array]] = [[] for _ in columns]
        self._held_nbytes = 0
        self._bounds: list[tuple[Any, Any] | None] = [None] * len(columns)
        self._forms: list[set[pa.DataType]] = [set() for _ in columns]
        self._storages: list[Storage] = []
        self._file: SliceFile | None = None
        self._rewritten = 0

    def append(self, arrays: Sequence[pa.Array]) -> None:
        """Add lines.

        Args:
            arrays: One a column, in their order; all of shape (lines,), in a form of the column's type.
        """
        lines = len(arrays[0]) if arrays else 0
        if not lines:
            return
        pieces = max(1, sum(array.nbytes for array in arrays) // self._hold_nbytes)
        step = -(-lines // pieces)
        for start in range(0, lines, step):
            self._hold([array.slice(start, step) for array in arrays])

    def close(self) -> Part:
        """Write what is held, and return what is known of the slice."""
        self._flush()
        if self._file is not None:
            self._file.close()
        columns = {column.name: self.describe(index) for index, column in enumerate(self._columns)}
        nbytes, digest = (self._file.nbytes, self._file.digest) if self._file else (None, None)
        return {"lines": self.lines, "nbytes": nbytes, "digest": digest, "columns": columns}

    def describe(self, index: int) -> dict[str, Any]:
        """Return `min`, `max` and `holds` of a column as far as it was written, as JSON."""
        kind = self._columns[index].kind
        found, forms = self._bounds[index], set(self._forms[index])
        if self._held[index]:
            found, forms = _add(kind, _join(kind, self._held[index]), found, forms)
        low, high = found or (None, None)
        held = holds(kind, common_form(kind, forms)) if forms else None
        return {"min": format_bound(low), "max": format_bound(high), "holds": held}

    def discard(self) -> None:
        """Forget everything and remove the file."""
        self._held = [[] for _ in self._columns]
        self._held_nbytes = 0
        if self._file is not None:
            self._file.close()
            self.path.unlink()
            self._file = None

    def _hold(self, arrays: list[pa.Array]) -> None:
        for held, array in zip(self._held, arrays, strict=True):
            held.append(array)
        self.lines += len(arrays[0])
        self._held_nbytes += sum(array.nbytes for array in arrays)
        if self._held_nbytes >= self._hold_nbytes:
            self._flush()

    def _flush(self) -> None:
        if not self._held_nbytes and not any(self._held):
            return
        arrays = [_join(column.kind, held) for column, held in zip(self._columns, self._held, strict=True)]
        self._held = [[] for _ in self._columns]
        self._held_nbytes = 0
        for index, (column, array) in enumerate(zip(self._columns, arrays, strict=True)):
            self._bounds[index], self._forms[index] = _add(column.kind, array, self._bounds[index], self._forms[index])
        if self._file is None:
            self._storages = [choose(column.kind, array) for column, array in zip(self._columns, arrays, strict=True)]
            self._file = self._new_file(self.path)
        self._write(arrays)

    def _write(self, arrays: list[pa.Array]) -> None:
        assert self._file is not None
        stored = [storage.store(array) for storage, array in zip(self._storages, arrays, strict=True)]
        if any(array is None for array in stored):
            self._rewrite(arrays, [array is None for array in stored])
            stored = [storage.store(array) for storage, array in zip(self._storages, arrays, strict=True)]
        self._file.write(pa.record_batch(stored, schema=self._schema()))

    def _rewrite(self, arrays: list[pa.Array], misfits: list[bool]) -> None:
        """Write the file again with wider columns; from the second time on every column is as wide as it can be."""
        assert self._file is not None
        self._file.close()
        self._rewritten += 1
        old = map_file(self.path)
        keep = [widest(storage) if self._rewritten > 1 else storage for storage in self._storages]
        self._storages = [
            widen(storage, array) if misfit else kept
            for storage, kept, array, misfit in zip(self._storages, keep, arrays, misfits, strict=True)
        ]
        temporary = self.path.with_name(f"{self.path.name}.{os.getpid()}tmp")
        self._file = self._new_file(temporary)
        for index in range(old.num_record_batches):
            batch = read_batch(self.path, old, index).batch
            loaded = [load(column.kind, array) for column, array in zip(self._columns, batch.columns, strict=True)]
            self._file.write(
                pa.record_batch(
                    [storage.store(array) for storage, array in zip(self._storages, loaded, strict=True)],
                    schema=self._schema(),
                )
            )
        os.replace(temporary, self.path)

    def _new_file(self, path: Path) -> SliceFile:
        return SliceFile(path, self._schema(), self._compression)

    def _schema(self) -> pa.Schema:
        pairs = zip(self._columns, self._storages, strict=True)
        fields = [pa.field(each.name, storage.arrow, each.none or each.kind.takes_none) for each, storage in pairs]
        return pa.schema(fields)


def _add(
    kind: ColumnType, array: pa.Array, before: tuple[Any, Any] | None, forms: set[pa.DataType]
) -> tuple[tuple[Any, Any] | None, set[pa.DataType]]:
    """Return bounds and forms of what was written before and an array, together."""
    is_any = array.null_count < len(array)
    return widen_bounds(before, bounds(kind, array)), forms | {array.type} if is_any else forms


def _join(kind: ColumnType, arrays: list[pa.Array]) -> pa.Array:
    """Concatenate arrays of one column, brought into one form."""
    if kind.name in ("ascii", "unicode", "bytes"):
        return join_text(arrays, kind.arrow)
    forms = {array.type for array in arrays if array.null_count < len(array)} or {arrays[0].type}
    form = common_form(kind, forms)
    return pa.concat_arrays([recast(kind, array, form) for array in arrays])
