"""Where lines go in: `SliceFeed` for one slice, `SplitFeed` for all of them, dealing lines out.

Both take checked rows and arrays, keep them in the order in which they came, and give what is known of each slice when
closed. Knows no jobs and no stages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from axtui.base.errors import DatasetUsageError
from axtui.dataset.cells import show
from axtui.dataset.hashing import hash_array, hash_as, slice_of
from axtui.dataset.intake import take_array
from axtui.dataset.rows import RowBuffer, Write, column_check, make_write, make_write_dict, make_write_list
from axtui.dataset.single import ColumnWriters
from axtui.dataset.types import Check, to_arrow
from axtui.dataset.views import every
from axtui.dataset.writer import Column, Part, SliceWriter

_REMEMBERED = 1 << 16


@dataclass(frozen=True)
class Layout:
    """What every feed of a dataset needs to know.

    Attributes:
        columns: In the order of arguments.
        checks: One a column, see `rows.column_check`.
        hash_index: Which column decides the slice; None for no hashlabel among the columns.
        slices: How many slices there are.
        where: The dataset, for messages.
    """

    columns: Sequence[Column]
    checks: Sequence[Check]
    hash_index: int | None
    slices: int
    where: str

    @property
    def ended(self) -> str:
        """What is said to who writes to a dataset that takes no more."""
        return f"{self.where} was finished or discarded, and takes no more lines"

    def slice_of(self, value: Any) -> int:
        """Return the slice of one value of the hash column."""
        assert self.hash_index is not None
        return hash_as(self.columns[self.hash_index].kind, value) % self.slices

    def hashes_to(self, arrays: Sequence[pa.Array]) -> Any:
        """Return the slice of each line, shape (lines,)."""
        assert self.hash_index is not None
        return slice_of(hash_array(arrays[self.hash_index]), self.slices)

    def to_arrow(self, values: list[Any], start: int = 0, step: int = 1) -> list[pa.Array]:
        """Turn checked rows, value after value, into arrays: every `step`-th row from `start`."""
        wide = len(self.columns)
        first = start * wide
        return [to_arrow(each.kind, values[first + at :: step * wide]) for at, each in enumerate(self.columns)]


def make_layout(
    columns: Sequence[Column],
    defaults: Sequence[Any],
    hashlabel: str | None,
    inherited: str | None,
    slices: int,
    where: str,
) -> Layout:
    """Settle how lines go in.

    Args:
        columns: The columns to write, at least one.
        defaults: One a column, see `rows.column_check`.
        hashlabel: The column that decides the slice, or None.
        inherited: The hashlabel of the parent, which need not be among the columns.
        slices: How many slices there are.
        where: The dataset, for messages.

    Raises:
        DatasetUsageError: There are no columns, or the hashlabel is not among them or has no hash.
    """
    names = [column.name for column in columns]
    if not names:
        raise DatasetUsageError(f"{where} has no columns to write")
    if hashlabel and hashlabel not in names and hashlabel != inherited:
        raise DatasetUsageError(f"the hashlabel {hashlabel!r} of {where} is not among its columns")
    at = names.index(hashlabel) if hashlabel in names else None
    if at is not None and not columns[at].kind.hashable:
        raise DatasetUsageError(f"the hashlabel {hashlabel!r} of {where} is {columns[at].kind.name}, which has no hash")
    pairs = zip(columns, defaults, strict=True)
    return Layout(columns, [column_check(column, default, where) for column, default in pairs], at, slices, where)


class _Feed:
    """The functions that authors call: `write(*values)`, `write_list(values)`, `write_dict({column: value})`."""

    write: Write
    write_list: Callable[[Sequence[Any]], None]
    write_dict: Callable[[dict[str, Any]], None]

    def discard(self) -> None:
        """Forget everything."""
        raise NotImplementedError

    def _bind(self, layout: Layout, buffer: RowBuffer, guard: Check | None) -> None:
        self.write = make_write(layout.columns, layout.checks, buffer, guard, layout.hash_index or 0)
        self.write_list = make_write_list(layout.columns, self.write)
        self.write_dict = make_write_dict(layout.columns, self.write)


class SliceFeed(_Feed):
    """Takes the lines of one slice. With a hash column, lines of other slices are refused, or left out if asked."""

    def __init__(self, layout: Layout, sliceno: int, writer: SliceWriter) -> None:
        self.sliceno = sliceno
        self._layout = layout
        self._writer = writer
        self._buffer = RowBuffer(len(layout.columns), self._take)
        self._discards = False
        self._slices: dict[Any, int] = {}
        self._singles: ColumnWriters | None = None
        self._bind(layout, self._buffer, self._refuse_foreign if layout.hash_index is not None else None)

    def belongs_here(self, value: Any) -> bool:
        """Tell whether a value of the hash column places its line in this slice.

        Raises:
            DatasetUsageError: There is no hash column.
        """
        return self._is_here(self._layout.checks[self._hash_index("hashcheck")](value))

    def belong_here(self, values: pa.Array) -> Any:
        """Tell of values of the hash column, in any form of its type, which belong here; shape (lines,).

        Raises:
            DatasetUsageError: There is no hash column.
        """
        self._hash_index("hashcheck_array")
        return slice_of(hash_array(values), self._layout.slices) == self.sliceno

    def slices_of(self, values: Any) -> Any:
        """Return the slice of each of many values of the hash column from outside; shape (lines,).

        Raises:
            DatasetUsageError: There is no hash column.
            TypeError, ValueError, OverflowError: The column's type does not take them.
        """
        column = replace(self._layout.columns[self._hash_index("hash_slices")], none=True)
        return slice_of(hash_array(take_array(column, values, self._layout.where)), self._layout.slices)

    def discard_foreign(self) -> None:
        """Leave out lines of other slices from now on.

        Raises:
            DatasetUsageError: There is no hash column.
        """
        self._hash_index("enable_hash_discard")
        self._buffer.flush()
        self._discards = True
        self._bind(self._layout, self._buffer, None)

    def write_arrays(self, arrays: Sequence[pa.Array]) -> None:
        """Add lines; see `SliceWriter.append`.

        Raises:
            DatasetUsageError: A line belongs to another slice.
        """
        if self._singles is not None:
            raise DatasetUsageError(f"{self._layout.where} is written column by column; arrays do not go with it")
        self._buffer.flush()
        self._append(arrays, check=True)

    def column_writers(self) -> ColumnWriters:
        """Return writers of single columns, which from now on are the only way to write to this slice.

        Raises:
            DatasetUsageError: Whole lines were written already.
        """
        if self._singles is None:
            if self._buffer.lines or self._writer.lines:
                raise DatasetUsageError(
                    f"{self._layout.where} is written line by line; single columns do not go with it"
                )
            layout = self._layout
            self._buffer.end(f"{layout.where} is written column by column; whole lines do not go with it")
            self._singles = ColumnWriters(
                layout.columns, layout.checks, layout.hash_index, self._is_here, self._writer.append
            )
        return self._singles

    def close(self) -> Part:
        """Write what is held, and return what is known of the slice.

        Raises:
            DatasetUsageError: Single columns have different numbers of lines.
        """
        if self._singles is not None:
            self._singles.close(f"slice {self.sliceno} of {self._layout.where}")
        self._buffer.flush()
        self._buffer.end(self._layout.ended)
        return self._writer.close()

    def discard(self) -> None:
        """Forget everything."""
        self._buffer.end(self._layout.ended)
        self._writer.discard()

    def _take(self, values: list[Any]) -> int:
        arrays = self._layout.to_arrow(values)
        self._append(arrays, check=False)
        return sum(array.nbytes for array in arrays)

    def _append(self, arrays: Sequence[pa.Array], check: bool) -> None:
        if self._layout.hash_index is not None and (check or self._discards):
            here = self._layout.hashes_to(arrays) == self.sliceno
            if not here.all():
                if not self._discards:
                    self._refuse(arrays[self._layout.hash_index][int(np.argmin(here))].as_py())
                arrays = [array.filter(pa.array(here)) for array in arrays]
        self._writer.append(arrays)

    def _hash_index(self, what: str) -> int:
        if self._layout.hash_index is None:
            raise DatasetUsageError(f"{what} needs a hashlabel among the columns of {self._layout.where}")
        return self._layout.hash_index

    def _is_here(self, value: Any) -> bool:
        key = (type(value), value)
        found = self._slices.get(key)
        if found is None:
            if len(self._slices) >= _REMEMBERED:
                self._slices.clear()
            found = self._slices[key] = self._layout.slice_of(value)
        return found == self.sliceno

    def _refuse_foreign(self, value: Any) -> None:
        if not self._is_here(value):
            self._refuse(value)

    def _refuse(self, value: Any) -> None:
        assert self._layout.hash_index is not None
        name = self._layout.columns[self._layout.hash_index].name
        raise DatasetUsageError(
            f"Attempted to write data for wrong slice: {show(value)} in column {name} does not belong to slice "
            f"{self.sliceno} of {self._layout.where}"
        )


class SplitFeed(_Feed):
    """Takes lines for all slices: by the hash column where there is one, else in turn from slice 0."""

    def __init__(self, layout: Layout, writers: Sequence[SliceWriter]) -> None:
        self._layout = layout
        self._writers = writers
        self._buffer = RowBuffer(len(layout.columns), self._take)
        self._next = 0
        self._bind(layout, self._buffer, None)

    def write_arrays(self, arrays: Sequence[pa.Array]) -> None:
        """Add lines; see `SliceWriter.append`."""
        self._buffer.flush()
        if self._layout.hash_index is not None:
            self._deal(arrays, self._layout.hashes_to(arrays))
        else:
            self._deal_in_turn(arrays)

    def close(self) -> list[Part]:
        """Write what is held, and return what is known of each slice."""
        self._buffer.flush()
        self._buffer.end(self._layout.ended)
        return [writer.close() for writer in self._writers]

    def discard(self) -> None:
        """Forget everything."""
        self._buffer.end(self._layout.ended)
        for writer in self._writers:
            writer.discard()

    def _take(self, values: list[Any]) -> int:
        if self._layout.hash_index is None:
            return self._take_in_turn(values)
        arrays = self._layout.to_arrow(values)
        self._deal(arrays, self._layout.hashes_to(arrays))
        return sum(array.nbytes for array in arrays)

    def _take_in_turn(self, values: list[Any]) -> int:
        nbytes = 0
        for sliceno, writer in enumerate(self._writers):
            first = (sliceno - self._next) % self._layout.slices
            arrays = self._layout.to_arrow(values, first, self._layout.slices)
            writer.append(arrays)
            nbytes += sum(array.nbytes for array in arrays)
        self._next = (self._next + len(values) // len(self._layout.columns)) % self._layout.slices
        return nbytes

    def _deal_in_turn(self, arrays: Sequence[pa.Array]) -> None:
        lines, slices = len(arrays[0]), self._layout.slices
        for sliceno, writer in enumerate(self._writers):
            first = (sliceno - self._next) % slices
            if first < lines:
                writer.append([every(array, first, slices) for array in arrays])
        self._next = (self._next + lines) % slices

    def _deal(self, arrays: Sequence[pa.Array], slices: Any) -> None:
        for sliceno, writer in enumerate(self._writers):
            lines = pa.array(np.flatnonzero(slices == sliceno))
            if len(lines):
                writer.append([array.take(lines) for array in arrays])
