"""Datasets as authors see them: a `Dataset` is its reference, a str, with its columns, its rows and its chain.

Nothing is read before it is asked for except dataset.json. Writing is `writer.py`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from axtui.api import reading
from axtui.api.dataset_list import DatasetChain, DatasetList
from axtui.api.job import Job, NoJob
from axtui.api.reading import Columns
from axtui.base.errors import DatasetUsageError
from axtui.base.ids import format_dataset, split_dataset
from axtui.dataset.arrays import Array, TextCodes
from axtui.dataset.iteration import SkipDataset, SkipSlice, Wishes
from axtui.dataset.record import ColumnRecord, DatasetRecord
from axtui.dataset.stream import read_batches, schema_of

__all__ = ["Dataset", "DatasetChain", "DatasetColumn", "DatasetList", "NoDataset", "SkipDataset", "SkipSlice"]


class DatasetColumn(NamedTuple):
    """What is known of a column.

    Attributes:
        type: Its type's name.
        compression: None, "zstd" or "lz4"; of the dataset it was inherited by, for an inherited one.
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


class Dataset(str):
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
        _ = self.record
        return self

    def __reduce__(self) -> Any:
        return str, (str(self),)

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
    def parent(self) -> Dataset | None:
        """The dataset it inherits columns from, or None."""
        return Dataset(self.record.parent) if self.record.parent else None

    @property
    def digest(self) -> str:
        """Its output digest: over its content and everything earlier in its chain, see dataset/record.py."""
        return self.record.digest

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

    def iterate(self, sliceno: Any, columns: Columns = None, **wishes: Any) -> Iterator[Any]:
        """Iterate over rows: bare values for one column given as str, else tuples.

        Args:
            sliceno: A slice; None for all, one after the other; "roundrobin" for a row of each in turn.
            columns: A name, or several; None for all in sorted order.
            **wishes: `range={column: (start, stop)}` (half open, None for an open end) and `sloppy_range=True` (only
                leaves out whole datasets); `hashlabel` that must be the dataset's, or with `rehash=True` is made so on
                the way; `pre_callback`, `post_callback`; `translators` and `filters` ({column: function} or a
                function of the row); `slice`; `status_reporting=False` to not show how far it is.

        Raises:
            DatasetError: There is no such column, or a file is damaged.
            DatasetUsageError: What is wished for does not go together.
        """
        return Dataset.iterate_list(sliceno, columns, [self], **wishes)

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
        copy_mode: bool = False,
        **wishes: Any,
    ) -> Iterator[Any]:
        """Iterate over the rows of several datasets; see `iterate`."""
        if copy_mode:
            raise DatasetUsageError("copy_mode is not there yet; record_batches and write_arrays copy fast")
        listed = [datasets] if isinstance(datasets, str | dict) else datasets
        found = [dataset if isinstance(dataset, Dataset) else Dataset(dataset) for dataset in listed]
        return reading.iterate(sliceno, found, status_reporting, Wishes(columns, **wishes))

    def arrays(
        self, sliceno: int | None, columns: Columns = None, nulls: str = "mask", text: str = "object"
    ) -> dict[str, Array | TextCodes]:
        """Return columns as numpy arrays, where possible read-only views of the mapped file.

        Args:
            sliceno: A slice; None for all of them one after the other.
            columns: A name, or several; None for all.
            nulls: What None becomes: "mask" for masked arrays, "nan" for NaN and NaT.
            text: "object" for arrays of str, "codes" for `TextCodes(codes, values)`.

        Returns:
            For each column an array of shape (lines,). dataset/arrays.py has the table of dtypes.
        """
        return reading.read_arrays(self, sliceno, columns, nulls, text)

    def batches(
        self,
        sliceno: int | None,
        columns: Columns = None,
        lines: int = reading.BATCH_LINES,
        nulls: str = "mask",
        text: str = "object",
    ) -> Iterator[dict[str, Array | TextCodes]]:
        """Give columns as numpy arrays, piece by piece, in little memory however large the dataset is.

        Args:
            lines: How many lines a piece has at most.
            sliceno, columns, nulls, text: As in `arrays`; the dtypes are the same for all pieces.

        Yields:
            For each column an array of shape (lines of the piece,).
        """
        return reading.read_batches([self], sliceno, columns, lines, nulls, text)

    def record_batches(
        self, sliceno: int | None, columns: Columns = None, lines: int = reading.BATCH_LINES
    ) -> Iterator[pa.RecordBatch]:
        """Give columns as Arrow record batches with the types of dataset/types.py; arguments as in `batches`."""
        located = reading.locate_columns(self, columns)
        for each in reading.slices_of(self, sliceno):
            yield from read_batches(located, each, lines)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Export all columns and lines to whoever speaks Arrow's C stream interface (polars, duckdb, pandas, …)."""
        schema = schema_of([self.record.columns[name] for name in sorted(self.record.columns)])
        reader = pa.RecordBatchReader.from_batches(schema, self.record_batches(None))
        return reader.__arrow_c_stream__(requested_schema)

    def _describe(self, column: ColumnRecord) -> DatasetColumn:
        place = column.origin.dataset if column.origin else self
        location = "/".join(split_dataset(place))
        compression = self.record.compression
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
        return DatasetRecord("", "", None, None, None, None, None, (), (), {}, "")

    @property
    def job(self) -> Job:
        return NoJob

    @property
    def lines(self) -> list[int]:
        return _NoLines()

    def chain(self, length: int = -1, reverse: bool = False, stop_ds: Any = None) -> DatasetChain:
        return DatasetChain()


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
