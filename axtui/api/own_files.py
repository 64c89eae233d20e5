"""Datasets whose columns a method writes to files of its own: `DatasetWriter(meta_only=True)`.

The method writes a file a column and slice, at the path that `column_filename` gives, with `typed_writer` of
axtui.dsutil or anything else that writes Arrow files; then it says how many lines each slice has. When that process
ends, or the dataset is finished, the columns of a slice go into the slice's one file, checked like everything that is
written, and the files of single columns are removed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import pyarrow as pa

from axtui.api import context
from axtui.api.dataset import Dataset
from axtui.api.filling import check_all_written
from axtui.base.errors import DatasetUsageError
from axtui.dataset.column_file import file_compression, open_column
from axtui.dataset.intake import take_array
from axtui.dataset.raw import raw_kind
from axtui.dataset.record import slice_path
from axtui.dataset.types import parse_bound
from axtui.dataset.writer import Column, Part, SliceWriter


class OwnFiles:
    """The files of an unfinished dataset that a method writes itself.

    Attributes:
        parts: What is known of the slices that were put together, by number.
        compression: What the slices' files are compressed with.
    """

    has_slice = True

    def __init__(
        self, where: str, directory: Path, may_miss: bool, compression: str | None, columns: Sequence[Column]
    ) -> None:
        """`columns` may still grow until the first file is asked for."""
        self.parts: dict[int, Part] = {}
        self._columns = columns
        self.compression = compression
        self._where = where
        self._directory = directory
        self._may_miss = may_miss
        self._lines: dict[int, int] = {}
        self._bounds: dict[int, Mapping[str, tuple[Any, Any]]] = {}

    @property
    def was_written(self) -> bool:
        """Whether this process said how many lines a slice has."""
        return bool(self._lines)

    @property
    def is_settled(self) -> bool:
        """Whether it is too late for another column."""
        return self._directory.exists()

    def path(self, name: str, sliceno: int | None) -> Path:
        """Return where the file of a column and slice is to lie; the slice that runs, if none is given."""
        names = [column.name for column in self._columns]
        if name not in names:
            raise DatasetUsageError(f"{self._where} has no column {name!r}; it has {', '.join(names)}")
        self._directory.mkdir(parents=True, exist_ok=True)
        return self._directory / f"{self._slice(sliceno)}.{names.index(name)}.column"

    def set_lines(self, sliceno: int, lines: int) -> None:
        """Say how many lines a slice has."""
        if type(lines) is not int or lines < 0:
            raise DatasetUsageError(f"lines of slice {sliceno} of {self._where} is a count, found {lines!r}")
        self._lines[self._slice(sliceno)] = lines

    def set_bounds(self, sliceno: int, bounds: Mapping[str, tuple[Any, Any]]) -> None:
        """Say the smallest and largest value of columns of a slice, which are compared with what is found."""
        self._bounds[self._slice(sliceno)] = bounds

    def set_compressions(self, wanted: str | Mapping[str, str | None] | None) -> None:
        """Say what the slices' files are compressed with: for all columns the same, as they share files."""
        if isinstance(wanted, Mapping):
            names = {column.name for column in self._columns}
            if set(wanted) != names or len(set(wanted.values())) > 1:
                one = f"wanted one and the same for {', '.join(sorted(names))}"
                raise DatasetUsageError(f"compressions of {self._where} do not match: {one}, found {dict(wanted)}")
            wanted = next(iter(wanted.values()), None)
        if self.parts or context.current().stage == "analysis":
            raise DatasetUsageError(f"compressions of {self._where} come too late: slices were put together already")
        self.compression = file_compression(wanted)

    def close_slice(self) -> dict[int, Part] | None:
        """Put the slices together that this process has said the lines of; None where there is none."""
        return {sliceno: self._gather(sliceno) for sliceno in sorted(self._lines)} or None

    def finish(self) -> list[int]:
        """Put all slices together that are not; return the lines of each slice.

        Raises:
            DatasetUsageError: Nothing or not every slice was written, or files do not have what was said of them.
        """
        for sliceno in sorted(set(self._lines) - set(self.parts)):
            self.parts[sliceno] = self._gather(sliceno)
        return check_all_written(self.parts, self._may_miss, self._where)

    def discard(self) -> None:
        """Forget everything."""
        self._lines.clear()

    def set_slice(self, sliceno: int) -> NoReturn:
        """Refuse lines; so do `current` and `split`."""
        self.current()

    def current(self) -> NoReturn:
        """Refuse lines.

        Raises:
            DatasetUsageError: Always.
        """
        raise DatasetUsageError(f"{self._where} is meta_only: write files at column_filename(...), then call set_lines")

    def split(self, hashlabel: str | None) -> NoReturn:
        """Refuse lines."""
        self.current()

    def _gather(self, sliceno: int) -> Part:
        """Put the columns of a slice into one file."""
        writer = SliceWriter(slice_path(self._directory, sliceno), self._columns, self.compression)
        paths = [self.path(column.name, sliceno) for column in self._columns]
        if self._lines[sliceno]:
            pairs = zip(self._columns, paths, strict=True)
            for arrays in _aligned([_read(column, path, self._where) for column, path in pairs], sliceno, self._where):
                writer.append(arrays)
        if writer.lines != self._lines[sliceno]:
            found = f"{writer.lines} lines, and set_lines said {self._lines[sliceno]}"
            raise DatasetUsageError(f"the files of slice {sliceno} of {self._where} have {found}")
        part = writer.close()
        self._compare_bounds(sliceno, part)
        for path in paths:
            path.unlink(missing_ok=True)
        return part

    def _compare_bounds(self, sliceno: int, part: Part) -> None:
        for name, (low, high) in self._bounds.get(sliceno, {}).items():
            column = next((each for each in self._columns if each.name == name), None)
            if column is None:
                raise DatasetUsageError(f"set_minmax of {self._where} names {name!r}, which is not a column")
            found = tuple(parse_bound(column.kind, part["columns"][name][key]) for key in ("min", "max"))
            if column.kind.ordered and found != (low, high):
                raise DatasetUsageError(
                    f"column {name!r} of slice {sliceno} of {self._where} goes from {found[0]!r} to {found[1]!r}, "
                    f"and set_minmax said {low!r} to {high!r}"
                )

    def _slice(self, sliceno: int | None) -> int:
        here = context.current()
        if sliceno is None and here.stage == "analysis":
            return here.sliceno
        if type(sliceno) is not int or not 0 <= sliceno < here.slices:
            raise DatasetUsageError(f"slice {sliceno!r} of {self._where} is not one of {here.slices}")
        return sliceno


def new_dataset(
    columns: Mapping[str, Any], filenames: Mapping[str, str], lines: Sequence[int], **settings: Any
) -> Dataset:
    """Make a dataset out of files of one column each; see `Dataset.new`."""
    from axtui.api.writer import DatasetWriter

    writer = DatasetWriter(columns, meta_only=True, **settings)
    try:
        for sliceno, count in enumerate(lines):
            writer.set_lines(sliceno, count)
            for name in filenames if count else ():
                os.symlink(os.path.abspath(filenames[name] % sliceno), writer.column_filename(name, sliceno))
        return writer.finish()
    except BaseException:
        writer.discard()
        raise


def _read(column: Column, path: Path, where: str) -> Iterator[pa.Array]:
    """Give the arrays of a column's file, checked as what is written by an array is."""
    taken = Column(column.name, raw_kind(column.kind), column.none)
    return (take_array(taken, array, where) for array in open_column(column.kind, path))


def _aligned(columns: list[Iterator[pa.Array]], sliceno: int, where: str) -> Iterator[list[pa.Array]]:
    """Cut the arrays of columns so that each piece has the same lines of all.

    Raises:
        DatasetUsageError: Columns have different numbers of lines.
    """
    held: list[pa.Array | None] = [None] * len(columns)
    while True:
        held = [_more(array, column) for array, column in zip(held, columns, strict=True)]
        there = [array for array in held if array is not None]
        if not there:
            return
        if len(there) < len(held):
            raise DatasetUsageError(f"columns of slice {sliceno} of {where} have different numbers of lines")
        lines = min(map(len, there))
        yield [array.slice(0, lines) for array in there]
        held = [array.slice(lines) for array in there]


def _more(array: pa.Array | None, column: Iterator[pa.Array]) -> pa.Array | None:
    """Return an array, or the next with lines where it has none left; None at the end."""
    while array is None or not len(array):
        array = next(column, None)
        if array is None:
            return None
    return array
