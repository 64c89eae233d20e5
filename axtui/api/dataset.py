"""Datasets as authors see them: a `Dataset` is its reference, a str, with its columns, its rows and its chain.

Nothing is read before it is asked for except dataset.json. Writing is `writer.py`'s.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, SupportsIndex, overload

import pyarrow as pa

from axtui.api import context
from axtui.api.job import Job, NoJob
from axtui.api.status import report_lines
from axtui.base.errors import DatasetUsageError, NoSuchDatasetError
from axtui.base.ids import format_dataset, split_dataset
from axtui.dataset.arrays import Array, TextCodes, to_numpy
from axtui.dataset.iteration import Iteration, SkipDataset, SkipSlice, Source, Wishes
from axtui.dataset.reader import Located, locate, read_pieces
from axtui.dataset.record import ColumnRecord, DatasetRecord, read_dataset
from axtui.dataset.stream import read_batches, schema_of
from axtui.store.layout import DATASETS, dataset_directory

__all__ = ["Dataset", "DatasetChain", "DatasetColumn", "DatasetList", "NoDataset", "SkipDataset", "SkipSlice"]

BATCH_LINES = 1 << 16
"""How many lines a batch has unless asked otherwise."""


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
        _ = self._record
        return self

    def __reduce__(self) -> Any:
        return str, (str(self),)

    @cached_property
    def _directory(self) -> Path:
        return dataset_directory(context.job_directory(self._job), self._name)

    @cached_property
    def _record(self) -> DatasetRecord:
        try:
            return read_dataset(self._directory)
        except NoSuchDatasetError:
            raise NoSuchDatasetError(_hint(self._job, self._name)) from None

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
        return self._directory.name

    @cached_property
    def columns(self) -> dict[str, DatasetColumn]:
        """Its columns by name, in sorted order."""
        return {name: self._describe(column) for name, column in sorted(self._record.columns.items())}

    @property
    def lines(self) -> list[int]:
        """How many lines each slice has."""
        return list(self._record.lines)

    @property
    def shape(self) -> tuple[int, int]:
        """Columns and lines."""
        return len(self._record.columns), sum(self._record.lines)

    @property
    def hashlabel(self) -> str | None:
        """The column that decides the slice of a line, or None."""
        return self._record.hashlabel

    @property
    def filename(self) -> str | None:
        """What was read to make it, if it was a file."""
        return self._record.filename

    @property
    def caption(self) -> str:
        """What it says of itself."""
        return self._record.caption

    @property
    def previous(self) -> Dataset | None:
        """The dataset before it in its chain, or None."""
        return Dataset(self._record.previous) if self._record.previous else None

    @property
    def parent(self) -> Dataset | None:
        """The dataset it inherits columns from, or None."""
        return Dataset(self._record.parent) if self._record.parent else None

    @property
    def digest(self) -> str:
        """Its output digest: over its content and everything earlier in its chain, see dataset/record.py."""
        return self._record.digest

    def min(self, column: str) -> Any:
        """Return the smallest value of a column; None where there is none, or no such column."""
        return self._record.columns[column].min if column in self._record.columns else None

    def max(self, column: str) -> Any:
        """Return the largest value of a column; None where there is none, or no such column."""
        return self._record.columns[column].max if column in self._record.columns else None

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

    def iterate(self, sliceno: Any, columns: str | Sequence[str] | None = None, **wishes: Any) -> Iterator[Any]:
        """Iterate over rows: bare values for one column given as str, else tuples.

        Args:
            sliceno: A slice; None for all, one after the other; "roundrobin" for a row of each in turn.
            columns: A name, or several; None for all in sorted order.
            **wishes: `range={column: (start, stop)}` (half open, None for an open end) and `sloppy_range=True` (only leaves
                out whole datasets); `hashlabel` that must be the dataset's, or with `rehash=True` is made so on the way;
                `pre_callback`, `post_callback`; `translators` and `filters` ({column: function} or a function of
                the row); `slice`; `status_reporting=False` to not report how far it is.

        Raises:
            DatasetError: There is no such column, or a file is damaged.
            DatasetUsageError: What is wished for does not go together.
        """
        return Dataset.iterate_list(sliceno, columns, [self], **wishes)

    def iterate_chain(
        self,
        sliceno: Any,
        columns: str | Sequence[str] | None = None,
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
        columns: str | Sequence[str] | None,
        datasets: Any,
        status_reporting: bool = True,
        copy_mode: bool = False,
        **wishes: Any,
    ) -> Iterator[Any]:
        """Iterate over the rows of several datasets; see `iterate`."""
        if copy_mode:
            raise DatasetUsageError("copy_mode is not there yet; wanted record_batches and write_arrays for fast copying")
        listed = [datasets] if isinstance(datasets, str | dict) else datasets
        found = [dataset if isinstance(dataset, Dataset) else Dataset(dataset) for dataset in listed]
        sources = [Source(dataset, dataset._directory, dataset._record) for dataset in found if dataset]
        report = report_lines if status_reporting else _say_nothing
        return Iteration(sources, sliceno, Wishes(columns, **wishes), find_record, report).rows()

    def arrays(
        self, sliceno: int | None, columns: str | Sequence[str] | None = None, nulls: str = "mask", text: str = "object"
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
        located = self._locate(columns)
        slices = range(len(self._record.lines)) if sliceno is None else [sliceno]
        pieces = [arrays for each in slices for arrays in read_pieces(located, self._slice(each), None)]
        return _numpy(located, pieces, nulls, text)

    def batches(
        self,
        sliceno: int | None,
        columns: str | Sequence[str] | None = None,
        lines: int = BATCH_LINES,
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
        return DatasetList([self]).batches(sliceno, columns, lines, nulls, text)

    def record_batches(
        self, sliceno: int | None, columns: str | Sequence[str] | None = None, lines: int = BATCH_LINES
    ) -> Iterator[pa.RecordBatch]:
        """Give columns as Arrow record batches with the types of dataset/types.py; arguments as in `batches`."""
        located = self._locate(columns)
        for each in range(len(self._record.lines)) if sliceno is None else [sliceno]:
            yield from read_batches(located, self._slice(each), lines)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Export all columns and lines to whoever speaks Arrow's C stream interface (polars, duckdb, pandas, …)."""
        schema = schema_of([self._record.columns[name] for name in sorted(self._record.columns)])
        reader = pa.RecordBatchReader.from_batches(schema, self.record_batches(None))
        return reader.__arrow_c_stream__(requested_schema)

    def _locate(self, columns: str | Sequence[str] | None) -> list[Located]:
        names = [columns] if isinstance(columns, str) else list(columns or sorted(self._record.columns))
        return locate(self._directory, self._record, names, find_record)

    def _slice(self, sliceno: int) -> int:
        if not 0 <= sliceno < len(self._record.lines):
            raise DatasetUsageError(f"{self} has {len(self._record.lines)} slices, found slice {sliceno}")
        return sliceno

    def _describe(self, column: ColumnRecord) -> DatasetColumn:
        place = column.origin.dataset if column.origin else self
        location = "/".join(split_dataset(place))
        compression = self._record.compression
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
    def _record(self) -> DatasetRecord:
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


class DatasetList(list[Dataset]):
    """Datasets in order; slices and sums of it are of its own type."""

    @overload
    def __getitem__(self, index: SupportsIndex) -> Dataset: ...
    @overload
    def __getitem__(self, index: slice) -> DatasetList: ...
    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        return type(self)(found) if isinstance(index, slice) else found

    def __add__(self, other: Any) -> DatasetList:  # type: ignore[override]
        return type(self)([*self, *other])

    def min(self, column: str) -> Any:
        """Return the smallest value of a column over all datasets, or None."""
        return min((found for ds in self if (found := ds.min(column)) is not None), default=None)

    def max(self, column: str) -> Any:
        """Return the largest value of a column over all datasets, or None."""
        return max((found for ds in self if (found := ds.max(column)) is not None), default=None)

    def lines(self, sliceno: int | None = None) -> int:
        """Return how many lines all datasets have together, in one slice or in all."""
        return sum(sum(ds.lines) if sliceno is None else ds.lines[sliceno] for ds in self)

    def column_counts(self) -> Counter[str]:
        """Return for each column how many datasets have it."""
        return Counter(name for ds in self for name in ds.columns)

    def column_count(self, column: str, types: Any = None, none_support: bool | None = None) -> int:
        """Return how many datasets have a column, of these types and this none support where that is asked."""
        return len(self.with_column(column, types, none_support))

    def with_column(self, column: str, types: Any = None, none_support: bool | None = None) -> DatasetList:
        """Return the datasets that have a column, of these types and this none support where that is asked."""
        wanted = {types} if isinstance(types, str) else types and set(types)

        def fits(ds: Dataset) -> bool:
            found = ds.columns.get(column)
            return found is not None and (not wanted or found.type in wanted) and none_support in (None, found.none_support)

        return self.filter(fits)

    def filter(self, predicate: Callable[[Dataset], Any]) -> DatasetList:
        """Return the datasets for which a function says yes."""
        return type(self)(ds for ds in self if predicate(ds))

    def none_support(self, column: str) -> bool:
        """Tell whether a column allows None in any of the datasets."""
        return any(ds.columns[column].none_support for ds in self.with_column(column))

    def range(self, column: str, start: Any = None, stop: Any = None) -> DatasetList:
        """Return the datasets that may hold a value with start <= value < stop.

        Raises:
            DatasetUsageError: A dataset does not have the column.
        """
        return type(self)(ds for ds in self if _may_have(ds, column, start, stop))

    def iterate(self, sliceno: Any, columns: str | Sequence[str] | None = None, **wishes: Any) -> Iterator[Any]:
        """Iterate over the rows of all datasets; see `Dataset.iterate`."""
        return Dataset.iterate_list(sliceno, columns, self, **wishes)

    def batches(
        self,
        sliceno: int | None,
        columns: str | Sequence[str] | None = None,
        lines: int = BATCH_LINES,
        nulls: str = "mask",
        text: str = "object",
    ) -> Iterator[dict[str, Array | TextCodes]]:
        """Give columns of all datasets as numpy arrays, piece by piece; see `Dataset.batches`.

        A dtype may change from one dataset to the next where a column's type does.
        """
        total = self.lines(sliceno)
        done = 0
        for ds in self:
            located = ds._locate(columns)
            for each in range(len(ds._record.lines)) if sliceno is None else [ds._slice(sliceno)]:
                for piece in read_pieces(located, each, lines):
                    yield _numpy(located, [piece], nulls, text)
                    done += len(piece[0])
                    report_lines(done, total)


class DatasetChain(DatasetList):
    """Datasets that follow each other by `previous`, oldest first unless asked otherwise."""


def find_record(reference: str) -> tuple[Path, DatasetRecord]:
    """Return where a dataset lies, and its record.

    Raises:
        NoSuchDatasetError, DatasetError: It is not there, or damaged.
    """
    dataset = Dataset(reference)
    return dataset._directory, dataset._record


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


def _hint(job: str, name: str) -> str:
    directory = context.job_directory(job)
    if not directory.is_dir():
        return f"there is no job {job}, so no dataset {name!r} of it"
    found = sorted(path.parent.name for path in (directory / DATASETS).glob("*/dataset.json"))
    return f"{job} has no dataset {name!r}; it has {', '.join(found) if found else 'no datasets'}"


def _chain(dataset: Dataset, length: int, reverse: bool, stop_ds: Any, within: str | None) -> DatasetChain:
    stop = Dataset(stop_ds) if stop_ds else None
    found = DatasetChain()
    current: Dataset | None = dataset
    while current is not None and current != stop and len(found) != length and within in (None, current._job):
        found.append(current)
        current = current.previous
    return found if reverse else found[::-1]  # type: ignore[return-value]


def _numpy(located: list[Located], pieces: list[list[pa.Array]], nulls: str, text: str) -> dict[str, Array | TextCodes]:
    columns = enumerate(each.column for each in located)
    return {column.name: to_numpy(column, [piece[i] for piece in pieces], nulls, text) for i, column in columns}


def _may_have(dataset: Dataset, name: str, start: Any, stop: Any) -> bool:
    column = dataset._record.columns.get(name)
    if column is None:
        raise DatasetUsageError(f"{dataset} has no column {name!r}")
    if not column.kind.ordered:
        return True
    return column.min is not None and (stop is None or column.min < stop) and (start is None or column.max >= start)


def _say_nothing(done: int, total: int = -1) -> None:
    pass


def datasets_of(references: Iterable[Any]) -> DatasetList:
    """Turn references into datasets; an empty one gives NoDataset."""
    return DatasetList(Dataset(reference) if reference else NoDataset for reference in references)
