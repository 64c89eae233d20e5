"""Writers of single columns: the values of one slice come column by column, in whatever order the columns come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

from axtui.base.errors import DatasetUsageError
from axtui.dataset.types import Check, to_arrow
from axtui.dataset.writer import Column

_MOST_LINES = 1 << 14


class ColumnWriter:
    """Takes the values of one column of one slice.

    Attributes:
        count: How many values were taken.
    """

    def __init__(self, column: Column, check: Check, belongs: Callable[[Any], bool] | None, tell: Callable[[], None]):
        """`belongs` tells of a checked value whether its line is here; `tell` is called when there is an array more."""
        self.column = column
        self.arrays: list[pa.Array] = []
        self._check = check
        self._belongs = belongs
        self._tell = tell
        self._values: list[Any] = []
        self._earlier = 0

    @property
    def count(self) -> int:
        """How many values were taken."""
        return self._earlier + len(self._values)

    def write(self, value: Any) -> bool:
        """Add a value; a hashlabel's that belongs to another slice is left out, and gives False.

        Raises:
            TypeError, ValueError, OverflowError: The column's type does not take it.
        """
        value = self._check(value)
        if self._belongs is not None and not self._belongs(value):
            return False
        self._values.append(value)
        if len(self._values) >= _MOST_LINES:
            self.flush()
            self._tell()
        return True

    def hashcheck(self, value: Any) -> bool:
        """Tell whether a value belongs to this slice, as far as this column decides it."""
        return self._belongs is None or self._belongs(self._check(value))

    def flush(self) -> None:
        """Turn what was collected into an array."""
        if self._values:
            self.arrays.append(to_arrow(self.column.kind, self._values))
            self._earlier += len(self._values)
            self._values = []


class ColumnWriters(dict[str, ColumnWriter]):
    """The writers of all columns of one slice, by name. Lines go on as soon as all columns have them."""

    def __init__(
        self,
        columns: Sequence[Column],
        checks: Sequence[Check],
        hash_index: int | None,
        belongs: Callable[[Any], bool],
        append: Callable[[list[pa.Array]], None],
    ) -> None:
        for index, (column, check) in enumerate(zip(columns, checks, strict=True)):
            self[column.name] = ColumnWriter(column, check, belongs if index == hash_index else None, self._hand_on)
        self._append = append

    def close(self, place: str) -> None:
        """Hand on what is left.

        Raises:
            DatasetUsageError: Columns have different numbers of values.
        """
        counts = {name: writer.count for name, writer in self.items()}
        if len(set(counts.values())) > 1:
            raise DatasetUsageError(f"columns of {place} have different numbers of lines: {counts}")
        for writer in self.values():
            writer.flush()
        self._hand_on()

    def _hand_on(self) -> None:
        while all(writer.arrays for writer in self.values()):
            lines = min(len(writer.arrays[0]) for writer in self.values())
            self._append([_take(writer.arrays, lines) for writer in self.values()])


def _take(arrays: list[pa.Array], lines: int) -> pa.Array:
    """Take lines from the first of some arrays, which has as many."""
    first = arrays.pop(0)
    if len(first) > lines:
        arrays.insert(0, first.slice(lines))
    return first.slice(0, lines)
