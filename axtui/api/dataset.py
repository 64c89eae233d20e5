"""Datasets as authors see them: a `Dataset` is its reference, a str, with its columns, its rows and its chain.

Nothing is read before it is asked for except dataset.json. Writing is `writer.py`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from axtui.api import context, reading
from axtui.api.dataset_list import DatasetChain, DatasetList
from axtui.api.job import Job, NoJob
from axtui.api.readable import Readable
from axtui.api.reading import Columns
from axtui.base.errors import DatasetUsageError
from axtui.base.ids import format_dataset, split_dataset
from axtui.dataset.record import ColumnRecord, DatasetRecord
from axtui.dataset.types import find_type, to_list
from axtui.dataset.wishes import SkipDataset, SkipSlice

__all__ = ["Dataset", "DatasetChain", "DatasetColumn", "DatasetList", "NoDataset", "SkipDataset", "SkipSlice"]


class KEEP:
    """Stands for a `previous` that stays what it is; None is no previous."""


class DatasetColumn(NamedTuple):
    """What is known of a column.

    Attributes:
        type: Its type's name.
        compression: None, "zstd" or "lz4"; None too where the dataset that it lies in is gone.
        location: The dataset whose files it lies in, `job/name`.
        min: Smallest value; None where the type keeps none or there are no values.
        max: Largest value.
        offsets: Always None.
        none_support: Whether None is allowed.
    """

    type: str
    compression: str | None
    location: str
    min: Any
    max: Any
    offsets: None
    none_support: bool

    def values(self, array: pa.Array) -> list[Any]:
        """Return the values of an array of it, as `record_batches` gives them: those that `iterate` gives."""
        return to_list(find_type(self.type), array)


class Dataset(str, Readable):
    """The reference of a dataset: `dev-42` for the one called default, else `dev-42/name`.

    Args:
        jobid: A job, `job/name`, `(job, name)`, a Dataset, or `{job: parameter}`: that job's dataset parameter, which
            gives NoDataset where it is not set.
        name: The dataset's name, if `jobid` is only a job.

    Raises:
        NoSuchDatasetError: The job has no such dataset.
        DatasetUsageError: The reference is empty, or names the dataset twice.
        DatasetError: It is damaged.
    """

    _job: str
    _name: str

    def __new__(cls, jobid: Any, name: str | None = None) -> Dataset:
        if isinstance(jobid, dict):
            return _parameter(jobid)
        job, name = _parse(jobid, name)
        self = super().__new__(cls, format_dataset(job, name))
        self._job, self._name = job, name
        if not context.is_would_be(job):
            _ = self.record
        return self

    def __reduce__(self) -> Any:
        return str, (str(self),)

    def __copy__(self) -> Dataset:
        return self

    def __deepcopy__(self, memo: Any) -> Dataset:
        return self

    @cached_property
    def path(self) -> Path:
        """The directory of its files."""
        return reading.dataset_path(self._job, self._name)

    @cached_property
    def record(self) -> DatasetRecord:
        """Everything that is known of it, see dataset/record.py."""
        return reading.read_record(self._job, self._name)

    @property
    def job(self) -> Job:
        """The job it belongs to."""
        return Job(self._job)

    @property
    def name(self) -> str:
        """Its name in the job."""
        return self._name

    @property
    def quoted(self) -> str:
        """`job/name` always with the name, in quotes where that is needed to read it."""
        text = f"{self._job}/{self._name}"
        return text if re.fullmatch(r"[\w./+-]+", text) else repr(text)

    @property
    def fs_name(self) -> str:
        """The name of its directory, below `datasets/` of the job."""
        return self.path.name

    @cached_property
    def columns(self) -> dict[str, DatasetColumn]:
        """Its columns by name, in sorted order."""
        return {name: self._describe(column) for name, column in sorted(self.record.columns.items())}

    @property
    def lines(self) -> list[int]:
        """How many lines each slice has."""
        return list(self.record.lines)

    @property
    def shape(self) -> tuple[int, int]:
        """Columns and lines."""
        return len(self.record.columns), sum(self.record.lines)

    @property
    def hashlabel(self) -> str | None:
        """The column that decides the slice of a line, or None."""
        return self.record.hashlabel

    @property
    def filename(self) -> str | None:
        """What was read to make it, if it was a file."""
        return self.record.filename

    @property
    def caption(self) -> str:
        """What it says of itself."""
        return self.record.caption

    @property
    def previous(self) -> Dataset | None:
        """The dataset before it in its chain, or None."""
        return Dataset(self.record.previous) if self.record.previous else None

    @property
    def parent(self) -> Dataset | tuple[Dataset, ...] | None:
        """The dataset it inherits columns from, or None; a tuple of two for a merged dataset."""
        parents = tuple(Dataset(parent) for parent in self.record.parents)
        return parents if len(parents) == 2 else parents[0] if parents else None

    @property
    def digest(self) -> str:
        """Its output digest: over its content and everything earlier in its chain, see dataset/record.py."""
        return self.record.digest

    def column_filename(self, column: str, sliceno: int | None = None) -> str:
        """Return the Arrow file a column lies in, under its name in `location`; without a slice `%s` stands for it.

        Raises:
            DatasetError: There is no such column, or what it was inherited from is gone.
        """
        return reading.column_filename(self, column, sliceno)

    def min(self, column: str) -> Any:
        """Return the smallest value of a column; None where there is none, or no such column."""
        return self.record.columns[column].min if column in self.record.columns else None

    def max(self, column: str) -> Any:
        """Return the largest value of a column; None where there is none, or no such column."""
        return self.record.columns[column].max if column in self.record.columns else None

    def chain(self, length: int = -1, reverse: bool = False, stop_ds: Any = None) -> DatasetChain:
        """Follow `previous` backwards from here, and return the datasets, oldest first.

        Args:
            length: At most so many; -1 for all.
            reverse: Newest first.
            stop_ds: Stop before this dataset; `{job: parameter}` means that job's dataset parameter.
        """
        return _chain(self, length, reverse, stop_ds, within=None)

    def chain_within_job(self, length: int = -1, reverse: bool = False) -> DatasetChain:
        """As `chain`, stopping where another job begins."""
        return _chain(self, length, reverse, None, within=self._job)

    def iterate_chain(
        self,
        sliceno: Any,
        columns: Columns = None,
        length: int = -1,
        reverse: bool = False,
        stop_ds: Any = None,
        **wishes: Any,
    ) -> Iterator[Any]:
        """Iterate over the rows of the chain that ends here; see `chain` and `iterate`."""
        return Dataset.iterate_list(sliceno, columns, self.chain(length, reverse, stop_ds), **wishes)

    @staticmethod
    def iterate_list(
        sliceno: Any,
        columns: Columns,
        datasets: Any,
        status_reporting: bool = True,
        **wishes: Any,
    ) -> Iterator[Any]:
        """Iterate over the rows of several datasets; see `iterate`."""
        listed = [datasets] if isinstance(datasets, str | dict) else datasets
        found = DatasetList(dataset if isinstance(dataset, Dataset) else Dataset(dataset) for dataset in listed)
        return found.iterate(sliceno, columns, status_reporting=status_reporting, **wishes)

    def link_to_here(
        self,
        name: str = "default",
        column_filter: Iterable[str] | None = None,
        rename: Mapping[str, str | None] | None = None,
        override_previous: Any = KEEP,
        filename: str | None = None,
    ) -> Dataset:
        """Make a dataset of the running job with the columns of this one, which stay where they are.

        Args:
            name: Its name in the running job.
            column_filter: The columns it has, by their new names; None for all.
            rename: New names by old ones, None for a column that is left out. It comes before the filter.
            override_previous: Its previous dataset, None for none; this one's unless given.
            filename: Only recorded; this one's unless given.

        Returns:
            The new dataset. Its parent is this one; its hashlabel is this one's, if that column is there.

        Raises:
            DatasetUsageError: A column is not there, a name comes twice or no column is left; the running job has a
                dataset of this name; this is analysis, or no job.
            NoSuchDatasetError: There is no such previous dataset.
        """
        from axtui.api import deriving

        return deriving.link(self, name, column_filter, rename, override_previous, filename)

    @staticmethod
    def new(
        columns: Mapping[str, Any],
        filenames: Mapping[str, str],
        lines: Sequence[int],
        parent: Any = None,
        **settings: Any,
    ) -> Dataset:
        """Make a dataset of the running job out of Arrow files of one column each, which stay as they are.

        Args:
            columns: As for a DatasetWriter.
            filenames: For each column the path of its files, with `%s` for the slice.
            lines: How many lines each slice has; the files of slices without lines are not looked at.
            parent: A dataset whose other columns are inherited, see `append`.
            **settings: As for a DatasetWriter.

        Raises:
            DatasetUsageError, DatasetError, TypeError, ValueError, OverflowError: What is in the files does not fit.
        """
        from axtui.api import own_files

        return own_files.new_dataset(columns, filenames, lines, parent=parent, **settings)

    def append(
        self, columns: Mapping[str, Any], filenames: Mapping[str, str], lines: Sequence[int], **settings: Any
    ) -> Dataset:
        """Make a dataset of the running job with this one's columns and new ones; see `new`."""
        return Dataset.new(columns, filenames, lines, parent=self, **settings)

    def merge(
        self, other: Dataset, name: str = "default", previous: Any = None, allow_unrelated: bool = False
    ) -> Dataset:
        """Make a dataset of the running job with the columns of this one and another, which stay where they are.

        Args:
            other: A dataset with as many lines in each slice; its columns win over this one's of the same name.
            name: The new dataset's name in the running job.
            previous: Its previous dataset, None for none.
            allow_unrelated: The two need no common ancestor (by `parent`), and so may have lines in another order.

        Returns:
            The new dataset. Its parent is the tuple of the two; its hashlabel is the other's, else this one's.

        Raises:
            DatasetUsageError: They do not go together; the running job has a dataset of this name; this is analysis.
        """
        from axtui.api import deriving

        return deriving.merge(self, Dataset(other), name, previous, allow_unrelated)

    def _members(self) -> Sequence[Dataset]:
        return (self,)

    def _describe(self, column: ColumnRecord) -> DatasetColumn:
        place = column.origin.dataset if column.origin else self
        location = "/".join(split_dataset(place))
        compression = reading.find_compression(self.record, column)
        return DatasetColumn(column.kind.name, compression, location, column.min, column.max, None, column.none)


class _NoLines(list[int]):
    """The lines of no dataset: 0 for any slice."""

    def __getitem__(self, index: Any) -> Any:
        return 0


class _NoDataset(Dataset):
    """The dataset that is not there: false, without columns and lines."""

    def __new__(cls) -> _NoDataset:
        self = str.__new__(cls, "")
        self._job = self._name = ""
        return self

    def __reduce__(self) -> Any:
        return "NoDataset"

    @cached_property
    def record(self) -> DatasetRecord:
        return DatasetRecord("", "", None, None, None, (), None, (), (), {}, "", True)

    @property
    def job(self) -> Job:
        return NoJob

    @property
    def lines(self) -> list[int]:
        return _NoLines()

    @property
    def fs_name(self) -> str:
        return ""

    @property
    def quoted(self) -> str:
        return repr("")

    def chain(self, length: int = -1, reverse: bool = False, stop_ds: Any = None) -> DatasetChain:
        return DatasetChain()

    def chain_within_job(self, length: int = -1, reverse: bool = False) -> DatasetChain:
        return DatasetChain()

    def _members(self) -> Sequence[Dataset]:
        return ()


NoDataset = _NoDataset()


def _parse(jobid: Any, name: str | None) -> tuple[str, str]:
    if isinstance(jobid, tuple | list):
        jobid, name = jobid
    if not isinstance(jobid, str) or not jobid:
        raise DatasetUsageError(f"a dataset is given as a job, 'job/name' or (job, name), found {jobid!r}")
    if name is not None and "/" in jobid:
        raise DatasetUsageError(f"the dataset of {str(jobid)!r} is named twice, the second time {name!r}")
    if isinstance(jobid, Dataset):
        return jobid._job, jobid._name if name is None else name
    return (str(jobid), name) if name is not None else split_dataset(str(jobid))


def _parameter(wanted: dict[Any, str]) -> Dataset:
    """Return the dataset parameter of a job, given as `{job: parameter}`; a dataset as key stands for its job."""
    ((job, parameter),) = wanted.items()
    if not job:
        return NoDataset
    jobid, _ = _parse(job, None)
    found = Job(jobid).params.datasets.get(parameter)
    return Dataset(found) if found else NoDataset


def _chain(dataset: Dataset, length: int, reverse: bool, stop_ds: Any, within: str | None) -> DatasetChain:
    stop = Dataset(stop_ds) if stop_ds else None
    found = DatasetChain()
    current: Dataset | None = dataset
    while current is not None and current != stop and len(found) != length and within in (None, current._job):
        found.append(current)
        current = current.previous
    return found if reverse else found[::-1]  # type: ignore[return-value]
