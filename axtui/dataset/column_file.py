"""Files of a single column, which methods write and read themselves: `typed_writer` and `typed_reader` of axtui.dsutil.

It is an Arrow file as slicefile.py has them, with one column called `value`. A reader takes any other Arrow file too,
as long as a column in it fits the type: one of a dataset's slices, or one that polars or pyarrow wrote.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, TypeVar

import pyarrow as pa

from axtui.base.errors import DatasetError, DatasetUsageError
from axtui.dataset.hashing import hash_as
from axtui.dataset.rows import NoDefault, value_check
from axtui.dataset.slicefile import COMPRESSIONS, SliceFile, read_whole
from axtui.dataset.storage import fits
from axtui.dataset.types import ColumnType, find_type, parse_bound, to_arrow
from axtui.dataset.values import ColumnValues
from axtui.dataset.writer import Column, SliceWriter

_NAME = "value"
_MOST_LINES = 1 << 14
_Self = TypeVar("_Self", bound="_Closing")


class _Closing:
    """What is closed at the end of a `with` block."""

    def close(self) -> None:
        """End it."""
        raise NotImplementedError

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class ColumnFileWriter(_Closing):
    """Writes a file of one column; the class of one type comes from `typed_writer(type)`.

    Args:
        filename: The new file; one that is there is not written over.
        compression: None, "zstd" or "lz4"; "gzip", which Arrow files do not have, is taken as "zstd".
        default: Written instead of every value that the type refuses.
        hashfilter: `(sliceno, slices)`: values that belong to another slice are left out.
        error_extra: What the message of a refused value ends with.
        none_support: Whether None is allowed.

    Attributes:
        count: How many values were written.
    """

    kind: ClassVar[ColumnType]

    def __init__(
        self,
        filename: str | os.PathLike[str],
        compression: str | None = "gzip",
        default: Any = NoDefault,
        hashfilter: tuple[int, int] | None = None,
        error_extra: str = "",
        none_support: bool = False,
    ) -> None:
        self._path = Path(filename)
        self._filter = _check_filter(self.kind, hashfilter)
        self._compression = file_compression(compression)
        self._column = Column(_NAME, self.kind, none_support)
        if default is not NoDefault:
            default = value_check(self._column, NoDefault, error_extra)(default)
        self._check = value_check(self._column, default, error_extra)
        self._writer = SliceWriter(self._path, [self._column], self._compression)
        self._values: list[Any] = []
        self._is_closed = False

    @staticmethod
    def hash(value: Any) -> int:
        """Return the hash of a value, as a column of this type has it.

        Raises:
            TypeError, ValueError, OverflowError: The type does not take it, or has no hash.
        """
        raise NotImplementedError

    @property
    def count(self) -> int:
        """How many values were written."""
        return self._writer.lines + len(self._values)

    @property
    def min(self) -> Any:
        """The smallest value that was written; None where there is none, or the type keeps none."""
        return self._bound("min")

    @property
    def max(self) -> Any:
        """The largest value that was written; None where there is none, or the type keeps none."""
        return self._bound("max")

    def write(self, value: Any) -> bool:
        """Write a value; False says that it belongs to another slice and was left out.

        Raises:
            TypeError, ValueError, OverflowError: The type does not take it.
        """
        if self._is_closed:
            raise ValueError(f"{self._path} is closed")
        value = self._check(value)
        if not self._belongs(value):
            return False
        self._values.append(value)
        if len(self._values) >= _MOST_LINES:
            self._flush()
        return True

    def hashcheck(self, value: Any) -> bool:
        """Tell whether a value passes the hashfilter."""
        return self._belongs(self._check(value))

    def close(self) -> None:
        """Complete the file; one without values is a file too."""
        if self._is_closed:
            return
        self._is_closed = True
        self._flush()
        if not self._writer.close()["lines"]:
            SliceFile(self._path, pa.schema([pa.field(_NAME, self.kind.arrow)]), self._compression).close()

    def _belongs(self, value: Any) -> bool:
        if self._filter is None:
            return True
        sliceno, slices = self._filter
        return hash_as(self.kind, value) % slices == sliceno

    def _flush(self) -> None:
        if self._values:
            self._writer.append([to_arrow(self.kind, self._values)])
            self._values = []

    def _bound(self, which: str) -> Any:
        self._flush()
        return parse_bound(self.kind, self._writer.describe(0)[which])


class ColumnFileReader(_Closing):
    """Gives the values of a file of one column, in order; the class of one type comes from `typed_reader(type)`.

    Args:
        filename: The file.
        column: Which column, in a file that has several.

    Raises:
        DatasetError: There is no such file or column, it is damaged, or of another type.
        DatasetUsageError: The file has several columns, and none is named.
    """

    kind: ClassVar[ColumnType]

    def __init__(self, filename: str | os.PathLike[str], column: str | None = None) -> None:
        self._rows = self._iterate(open_column(self.kind, Path(filename), column))

    def __iter__(self) -> Generator[Any, None, None]:
        return self._rows

    def __next__(self) -> Any:
        return next(self._rows)

    def close(self) -> None:
        """Give no more values."""
        self._rows.close()

    def _iterate(self, arrays: Iterator[pa.Array]) -> Generator[Any, None, None]:
        values = ColumnValues(self.kind, copy_mode=False)
        for array in arrays:
            for start in range(0, len(array), _MOST_LINES):
                yield from values.of(array.slice(start, _MOST_LINES))


def open_column(kind: ColumnType, path: Path, name: str | None = None) -> Iterator[pa.Array]:
    """Open a column of any Arrow file, and return its arrays, as stored, a record batch after the other.

    Raises:
        DatasetError: There is no such file or column, it is not an Arrow file, or the column is of another type.
        DatasetUsageError: The file has several columns, and none is named.
    """
    schema, reader = read_whole(path)
    if name is None and len(schema) != 1:
        raise DatasetUsageError(f"{path} has columns {', '.join(schema.names)}; wanted the name of one")
    name = schema.names[0] if name is None else name
    if name not in schema.names:
        raise DatasetError(f"{path} has no column {name!r}; it has {', '.join(schema.names)}")
    if not fits(kind, schema.field(name).type):
        raise DatasetError(f"column {name!r} of {path} is {schema.field(name).type}, which is not {kind.name}")
    opened = reader(name)
    return (opened.read(index).column(0) for index in range(opened.batches))


def typed_writer(typename: str) -> type[ColumnFileWriter]:
    """Return the class that writes files of one column of a type: `typed_writer("int64")("name")`.

    Raises:
        DatasetUsageError: There is no such type.
    """
    kind = find_type(typename)
    column = Column(_NAME, kind, True)

    def hash(value: Any) -> int:
        return hash_as(kind, value_check(column, NoDefault, "")(value))

    return type(f"{kind.name}_writer", (ColumnFileWriter,), {"kind": kind, "hash": staticmethod(hash)})


def typed_reader(typename: str) -> type[ColumnFileReader]:
    """Return the class that reads files of one column of a type: `for value in typed_reader("int64")("name")`.

    Raises:
        DatasetUsageError: There is no such type.
    """
    kind = find_type(typename)
    return type(f"{kind.name}_reader", (ColumnFileReader,), {"kind": kind})


def file_compression(wanted: str | None) -> str | None:
    """Return what a file is compressed with where this is asked for; "gzip" as the Accelerator has it is "zstd" here.

    Raises:
        DatasetUsageError: There is no such compression.
    """
    if wanted not in (None, "gzip", *COMPRESSIONS):
        raise DatasetUsageError(f"compression is None or one of {', '.join(COMPRESSIONS)}, found {wanted!r}")
    return "zstd" if wanted == "gzip" else wanted


def _check_filter(kind: ColumnType, wanted: Sequence[int] | None) -> tuple[int, int] | None:
    if not wanted:
        return None
    sliceno, slices = wanted
    if not kind.hashable:
        raise DatasetUsageError(f"hashfilter needs a type with a hash, and {kind.name} has none")
    if not 0 <= sliceno < slices:
        raise DatasetUsageError(f"hashfilter is (sliceno, slices) with 0 <= sliceno < slices, found {wanted!r}")
    return sliceno, slices
