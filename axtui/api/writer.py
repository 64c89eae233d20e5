"""Writing datasets: `DatasetWriter`. What the executor calls to gather slices is gathering.py's, offered here.

A writer is made in prepare or synthesis (or a build script). Slices inherit it over the fork and write files of their
own; the job process finishes the dataset. Formats are the dataset folder's.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from axtui.api import context
from axtui.api.dataset import Dataset
from axtui.api.filling import Filling
from axtui.api.gathering import (
    book,
    dataset_digest,
    end_job,
    end_prepare,
    end_slice,
    enter,
    find_open,
    note_digest,
    refuse_duplicate,
    take_slice,
)
from axtui.api.lineage import choose_hashlabel, resolve_previous
from axtui.api.new_columns import NewColumns
from axtui.api.own_files import OwnFiles
from axtui.base.errors import DatasetUsageError
from axtui.base.ids import format_dataset
from axtui.dataset.column_file import file_compression
from axtui.dataset.feed import Layout, SliceFeed, SplitFeed, make_layout
from axtui.dataset.intake import code_repeated, record_batches, take_array
from axtui.dataset.new_record import describe_columns, describe_slices, inherit_columns
from axtui.dataset.record import slice_path
from axtui.dataset.rows import NoDefault, Write
from axtui.dataset.single import ColumnWriters
from axtui.dataset.writer import Part
from axtui.store.layout import dataset_directory

__all__ = ["DatasetWriter", "dataset_digest", "end_job", "end_prepare", "end_slice", "take_slice"]


class DatasetWriter:
    """Writes one dataset of the running job.

    Args:
        columns: `{name: type}`, `{name: (type, none_support)}`, `{name: DatasetColumn}`, or `{name: None}` for a column
            that is not inherited. They are added in sorted order.
        filename: What was read to make it; only recorded.
        hashlabel: The column that decides the slice of a line.
        hashlabel_override: The hashlabel may differ from the parent's.
        caption: Only recorded; the job id unless given.
        previous: The dataset before it in its chain: a dataset in any form, or another writer of this job.
        name: Its name in the job.
        parent: A dataset whose columns are inherited, where they lie.
        meta_only: Columns are written to files of their own, see `column_filename`.
        for_single_slice: Only this slice of analysis uses it, and may set slices and split there.
        allow_missing_slices: Slices that are never set have no lines.
        copy_mode: Text, json and pickle cells come as bytes, as `iterate(copy_mode=True)` gives them.
        compression: None, "zstd" (also called "gzip", which Arrow files do not have) or "lz4".

    In analysis only `name` is given, and the writer that prepare made is returned.

    Raises:
        DatasetUsageError: Something does not go together; the message says what.
        NoSuchDatasetError: There is no such parent.
    """

    write: Write
    write_list: Callable[[Sequence[Any]], None]
    write_dict: Callable[[dict[str, Any]], None]

    def __new__(cls, *arguments: Any, name: str = "default", **settings: Any) -> DatasetWriter:
        if context.current().stage == "analysis":
            return _find_in_analysis(name, any(arguments) or any(settings.values()))
        return super().__new__(cls)

    def __init__(
        self,
        columns: Mapping[str, Any] = {},
        filename: str | os.PathLike[str] | None = None,
        hashlabel: str | None = None,
        hashlabel_override: bool = False,
        caption: str | None = None,
        previous: Any = None,
        name: str = "default",
        parent: Any = None,
        meta_only: bool = False,
        for_single_slice: int | None = None,
        copy_mode: bool = False,
        allow_missing_slices: bool = False,
        compression: str | None = None,
    ) -> None:
        here = context.current()
        if here.stage == "analysis":
            return
        compression = file_compression(compression)
        refuse_duplicate(name)
        self.name = name
        self.filename = None if filename is None else os.fspath(filename)
        self.caption = here.jobid if caption is None else str(caption)
        self.previous = previous
        self._reference = format_dataset(here.jobid, name)
        self._where = f"{here.jobid}/{name}"
        self._directory = dataset_directory(here.directory, name)
        self._stage = here.stage
        self._parent = Dataset(parent) if parent else None
        self._new = NewColumns(self._where, copy_mode)
        self.hashlabel = choose_hashlabel(self._parent, hashlabel, hashlabel_override)
        self._filling = self._begin(meta_only, for_single_slice, allow_missing_slices, compression)
        self._ended = ""
        self._new.add_all(columns, self._parent)
        book().open[name] = self

    def __getattr__(self, name: str) -> Any:
        if name not in ("write", "write_list", "write_dict"):
            raise AttributeError(f"a DatasetWriter has no attribute {name!r}")
        self._bind(self._feed())
        return self.__dict__[name]

    def __reduce__(self) -> Any:
        raise TypeError("a DatasetWriter cannot be pickled; pass it through prepare_res, or get it by name in analysis")

    @property
    def writers(self) -> ColumnWriters:
        """Writers of single columns of the current slice, by name: `dw.writers["n"].write(7)`.

        A value of the hashlabel that belongs to another slice is left out: its `write` returns False, the others True.

        Raises:
            DatasetUsageError: No slice is set, a split writer is used, or lines were written to this slice.
        """
        return self._feed().column_writers()

    def add(self, name: str, type: Any, default: Any = NoDefault, none_support: bool | None = None) -> None:
        """Add a column.

        Args:
            name: Any text.
            type: A name of dataset/types.py, `(name, none_support)`, or a DatasetColumn.
            default: Written instead of every value that the type refuses.
            none_support: Whether None is allowed; as `type` says, else not.

        Raises:
            DatasetUsageError: There is such a column already, no such type, or writing has begun.
            TypeError, ValueError, OverflowError: The type refuses the default.
        """
        self._refuse_ended()
        here = context.current()
        if self._filling.is_settled or here.stage != self._stage:
            raise DatasetUsageError(f"too late for column {name!r} of {self._where}: writing or a stage has begun")
        self._new.add(name, type, default, none_support)

    def set_slice(self, sliceno: int) -> None:
        """Say which slice the following `write*` calls are for.

        Raises:
            DatasetUsageError: There is no such slice, or not here.
        """
        self._refuse_ended()
        self._bind(self._filling.set_slice(sliceno))

    def get_split_write(self) -> Write:
        """Return a `write(*values)` that finds the slice itself: by the hashlabel, else in turn from slice 0."""
        return self._split_feed().write

    def get_split_write_list(self) -> Callable[[Sequence[Any]], None]:
        """Return a `write_list(values)` that finds the slice itself."""
        return self._split_feed().write_list

    def get_split_write_dict(self) -> Callable[[dict[str, Any]], None]:
        """Return a `write_dict({column: value})` that finds the slice itself."""
        return self._split_feed().write_dict

    def write_arrays(self, arrays: Mapping[str, Any]) -> None:
        """Write many lines at once: into the current slice, or, where none is set, dealt out as a split writer does.

        Args:
            arrays: For every column a numpy or Arrow array, or a list; all of the same length.

        Raises:
            DatasetUsageError: Columns are missing, unknown or of different lengths, or lines belong to another slice.
            TypeError, ValueError, OverflowError: A column's type does not take them.
        """
        feed = self._feed() if self._filling.has_slice else self._split_feed()
        names = self._new.names
        if set(arrays) != set(names):
            found = ", ".join(map(str, arrays))
            raise DatasetUsageError(f"{self._where} has columns {', '.join(names)}, found {found}")
        taken = [take_array(column, arrays[column.name], self._where) for column in self._new.columns]
        if len({len(array) for array in taken}) != 1:
            lengths = {name: len(array) for name, array in zip(names, taken, strict=True)}
            raise DatasetUsageError(f"columns of {self._where} have different lengths: {lengths}")
        feed.write_arrays([code_repeated(array) for array in taken])

    def write_batch(self, batch: Any) -> None:
        """Write Arrow record batches: one, a table, or what speaks Arrow's C interface (a frame of polars or pandas).

        It is taken piece by piece, each as by `write_arrays`; columns are found by their names.

        Raises:
            TypeError: It is nothing of Arrow's.
            DatasetUsageError, TypeError, ValueError, OverflowError: As of `write_arrays`.
        """
        for piece in record_batches(batch):
            self.write_arrays(dict(zip(piece.schema.names, piece.columns, strict=True)))

    def column_filename(self, column: str, sliceno: int | None = None) -> str:
        """With `meta_only`, return where to write the file of a column and slice (in analysis the one that runs).

        It is written with `typed_writer` of axtui.dsutil, or is any Arrow file of one column that fits the type.

        Raises:
            DatasetUsageError: There is no such column or slice, or the writer is not `meta_only`.
        """
        return str(self._own_files("column_filename").path(column, sliceno))

    def set_lines(self, sliceno: int, lines: int) -> None:
        """With `meta_only`, say how many lines a slice has; it is put together when this process is done with it."""
        self._own_files("set_lines").set_lines(sliceno, lines)

    def set_minmax(self, sliceno: int, minmax: Mapping[str, tuple[Any, Any]]) -> None:
        """With `meta_only`, say the smallest and largest value of columns in a slice: they are compared with the files.

        Nothing has to be said: they are found in any case.
        """
        self._own_files("set_minmax").set_bounds(sliceno, minmax)

    def set_compressions(self, compressions: str | Mapping[str, str | None] | None) -> None:
        """With `meta_only`, say what the dataset's files are compressed with: "zstd" (also called "gzip"), "lz4", None.

        Raises:
            DatasetUsageError: Columns have different ones, for they share files; or slices were put together already.
        """
        self._own_files("set_compressions").set_compressions(compressions)

    def hashcheck(self, value: Any) -> bool:
        """Tell whether a value of the hashlabel belongs to the current slice."""
        return self._feed().belongs_here(value)

    def hash_slices(self, values: Any) -> Any:
        """Return the slice of each of many values of the hashlabel, None in slice 0; shape (lines,), integers.

        Args:
            values: Shape (lines,). What `write_arrays` takes, and None in any case.
        """
        return self._feed().slices_of(values)

    def hashcheck_array(self, values: pa.Array) -> Any:
        """Tell of many values of the hashlabel which belong to the current slice.

        Args:
            values: Shape (lines,). As `record_batches` gives them, or its `where` gets them.

        Returns:
            Shape (lines,), bool.
        """
        return self._feed().belong_here(values)

    def enable_hash_discard(self) -> None:
        """Leave out lines that belong to other slices than the current one, from now on, instead of refusing them.

        Raises:
            DatasetUsageError: There is no hashlabel, or no slice is set.
        """
        feed = self._feed()
        feed.discard_foreign()
        self._bind(feed)

    def discard(self) -> None:
        """Throw the dataset away; its name is free again."""
        self._refuse_ended()
        self._filling.discard()
        shutil.rmtree(self._directory, ignore_errors=True)
        self._end("discarded")

    def finish(self) -> Dataset:
        """Complete the dataset and return it; again and again if asked.

        Raises:
            DatasetUsageError: Not all slices were written, their lines are not the parent's, or this is analysis.
            NoSuchDatasetError: There is no such previous dataset.
        """
        if self.is_finished:
            return Dataset(self._reference)
        self._refuse_ended()
        if context.current().stage == "analysis":
            raise DatasetUsageError(f"{self._where} cannot be finished in analysis")
        lines = self._count_lines()
        previous = resolve_previous(self.previous, self._where, book().open)
        found = enter(self.name, self._describe(lines, previous))
        self._end("finished")
        return found

    @property
    def was_written(self) -> bool:
        """Whether writing has begun in this process."""
        return self._filling.was_written

    @property
    def is_finished(self) -> bool:
        """Whether it is a dataset now."""
        return self._ended == "finished"

    def close_slice(self) -> dict[int, Part] | None:
        """Close what the slice of analysis that runs has written; None if the writer is not for it.

        It is closed anyway when the slice ends. Closed before, its file and memory are free: for methods that write one
        dataset after the other.
        """
        return self._filling.close_slice() if self._new.columns else None

    def take_parts(self, parts: Mapping[int, Part]) -> None:
        """Take what is known of slices that were written in other processes."""
        self._filling.parts |= parts

    def _begin(
        self, meta_only: bool, single: int | None, may_miss: bool, compression: str | None
    ) -> Filling | OwnFiles:
        if meta_only:
            return OwnFiles(self._where, self._directory, may_miss, compression, self._new.columns)
        return Filling(self._where, self._directory, single, may_miss, compression, self._settle)

    def _own_files(self, what: str) -> OwnFiles:
        self._refuse_ended()
        if not isinstance(self._filling, OwnFiles):
            raise DatasetUsageError(f"{what} of {self._where} is for a writer with meta_only=True")
        return self._filling

    def _settle(self) -> Layout:
        inherited = self._parent.hashlabel if self._parent else None
        slices = context.current().slices
        return make_layout(self._new.columns, self._new.defaults, self.hashlabel, inherited, slices, self._where)

    def _feed(self) -> SliceFeed:
        self._refuse_ended()
        return self._filling.current()

    def _split_feed(self) -> SplitFeed:
        self._refuse_ended()
        return self._filling.split(self.hashlabel)

    def _bind(self, feed: SliceFeed) -> None:
        self.write, self.write_list, self.write_dict = feed.write, feed.write_list, feed.write_dict

    def _count_lines(self) -> list[int]:
        if not self._new.columns and self._parent is not None:
            return self._parent.lines
        lines = self._filling.finish()
        if self._parent is not None and lines != self._parent.lines:
            found = f"{lines} lines, and its parent {self._parent} {self._parent.lines}"
            raise DatasetUsageError(f"{self._where} has {found}")
        return lines

    def _describe(self, lines: list[int], previous: Dataset | None) -> dict[str, Any]:
        """Return the record of the dataset, and note the digests of its files."""
        for sliceno, part in self._filling.parts.items():
            if part["lines"]:
                note_digest(slice_path(self._directory, sliceno), part["nbytes"], part["digest"])
        columns = describe_columns(self._new.columns, list(self._filling.parts.values()))
        if self._parent is not None:
            columns |= inherit_columns(str(self._parent), self._parent.record, self._new.left_out | set(columns))
        return {
            "name": self.name,
            "caption": self.caption,
            "filename": self.filename,
            "hashlabel": self.hashlabel if self.hashlabel in columns else None,
            "previous": None if previous is None else {"dataset": str(previous), "digest": previous.digest},
            "parent": None if self._parent is None else str(self._parent),
            "compression": self._filling.compression,
            "lines": lines,
            "slices": describe_slices(self._filling.parts, len(lines)),
            "columns": columns,
        }

    def _end(self, how: str) -> None:
        self._ended = how
        for name in ("write", "write_list", "write_dict"):
            self.__dict__.pop(name, None)
        book().open.pop(self.name, None)

    def _refuse_ended(self) -> None:
        if self._ended:
            raise DatasetUsageError(f"{self._where} was {self._ended}, and cannot be used any more")


def _find_in_analysis(name: str, is_more_given: bool) -> DatasetWriter:
    if is_more_given:
        raise DatasetUsageError("in analysis a DatasetWriter is only asked for by name; make it in prepare")
    return find_open(name)
