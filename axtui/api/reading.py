"""Reading one or several datasets, as `Dataset` and `DatasetList` offer it. Knows references, none of their classes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pyarrow as pa

from axtui.api import context
from axtui.api.status import dummy_status, live_status, report_lines
from axtui.base.errors import DatasetError, DatasetUsageError, NoSuchDatasetError, NoSuchWhateverError
from axtui.base.ids import split_dataset
from axtui.dataset import stream
from axtui.dataset.arrays import Array, to_numpy
from axtui.dataset.codes import TextCodes
from axtui.dataset.common import common_column
from axtui.dataset.iteration import Iteration
from axtui.dataset.reader import Located, locate, read_pieces
from axtui.dataset.record import FILE, ColumnRecord, DatasetRecord, read_dataset, slice_path
from axtui.dataset.stream import schema_of
from axtui.dataset.wishes import Source, Wishes
from axtui.store.layout import DATASETS, dataset_directory

if TYPE_CHECKING:
    from axtui.api.dataset import Dataset

BATCH_LINES = 1 << 16
"""How many lines a batch has unless asked otherwise."""

Columns = str | Sequence[str] | None


def dataset_path(job: str, name: str) -> Path:
    """Return where a dataset lies; whether it is there is not looked at."""
    return dataset_directory(context.job_directory(job), name)


def read_record(job: str, name: str) -> DatasetRecord:
    """Read what is known of a dataset.

    Raises:
        NoSuchDatasetError: The job has no such dataset; the message says what it has.
        DatasetError: It is damaged.
    """
    try:
        return read_dataset(dataset_path(job, name))
    except NoSuchDatasetError:
        raise NoSuchDatasetError(_hint(job, name)) from None


def find_record(reference: str) -> tuple[Path, DatasetRecord]:
    """Return where a dataset lies, and its record; raises as `read_record`."""
    job, name = split_dataset(reference)
    return dataset_path(job, name), read_record(job, name)


def iterate(sliceno: Any, datasets: Sequence[Dataset], reports: bool, wishes: Wishes) -> Iterator[Any]:
    """Iterate over the rows of datasets; `reports` says whether to show how far it is."""
    sources = [Source(dataset, dataset.path, dataset.record) for dataset in datasets if dataset]
    if reports:
        return Iteration(sources, sliceno, wishes, find_record, report_lines, live_status).rows()
    return Iteration(sources, sliceno, wishes, find_record, _say_nothing, _show_nothing).rows()


def locate_columns(datasets: Sequence[Dataset], columns: Columns, is_strict: bool) -> list[list[Located]]:
    """Find columns, one by name, several, or None for all of the first dataset in sorted order, in every dataset.

    Each has one type over all datasets where its types go into one; where they do not, `is_strict` refuses it.
    """
    if not datasets:
        return []
    names = [columns] if isinstance(columns, str) else list(columns or sorted(datasets[0].record.columns))
    found = [locate(dataset.path, dataset.record, names, find_record) for dataset in datasets]
    for index, name in enumerate(names):
        together = common_column([located[index].column for located in found])
        if together is None and is_strict:
            refuse_types(datasets, name)
        for located in found:
            located[index] = replace(located[index], column=together or located[index].column)
    return found


def refuse_types(datasets: Sequence[Dataset], name: str) -> NoReturn:
    """Say that the types of a column do not go into one.

    Raises:
        DatasetUsageError: Always.
    """
    kinds = ", ".join(f"{dataset.record.columns[name].kind.name} in {dataset}" for dataset in datasets)
    raise DatasetUsageError(f"the types of column {name!r} do not go into one: {kinds}")


def column_filename(dataset: Dataset, column: str, sliceno: int | None) -> str:
    """Return the file that a column lies in; see `Dataset.column_filename`."""
    (located,) = locate(dataset.path, dataset.record, [column], find_record)
    if sliceno is None:
        return str(located.directory / "%s.arrow")
    slices_of(dataset, sliceno)
    return str(slice_path(located.directory, sliceno))


def find_compression(record: DatasetRecord, column: ColumnRecord) -> str | None:
    """Return what the files that a column lies in are compressed with; None where they are gone."""
    if column.origin is None:
        return record.compression
    try:
        return find_record(column.origin.dataset)[1].compression
    except (NoSuchWhateverError, DatasetError):
        return None


def slices_of(dataset: Dataset, sliceno: int | None) -> Sequence[int]:
    """Return the slices that are meant: one, or all for None.

    Raises:
        DatasetUsageError: There is no such slice.
    """
    slices = range(len(dataset.record.lines))
    if sliceno is None:
        return slices
    if sliceno not in slices:
        raise DatasetUsageError(f"{dataset} has {len(slices)} slices, found slice {sliceno!r}")
    return [sliceno]


def read_arrays(
    datasets: Sequence[Dataset], sliceno: int | None, columns: Columns, nulls: str, text: str
) -> dict[str, Array | TextCodes]:
    """Read columns as numpy arrays; see `Readable.arrays`."""
    found = locate_columns(datasets, columns, is_strict=True)
    visits = [
        (located, each)
        for dataset, located in zip(datasets, found, strict=True)
        for each in slices_of(dataset, sliceno)
    ]
    pieces = [arrays for located, each in visits for arrays in read_pieces(located, each, None)]
    return _numpy(found[0] if found else [], pieces, nulls, text)


def read_batches(
    datasets: Sequence[Dataset], sliceno: int | None, columns: Columns, lines: int, nulls: str, text: str
) -> Iterator[dict[str, Array | TextCodes]]:
    """Read columns as numpy arrays piece by piece; see `Readable.batches`."""
    found = locate_columns(datasets, columns, is_strict=False)
    for located, piece in _pieces(datasets, found, sliceno, lines, read_pieces):
        yield _numpy(located, [piece], nulls, text)


def read_record_batches(
    datasets: Sequence[Dataset],
    sliceno: int | None,
    columns: Columns,
    lines: int,
    where: tuple[str, Callable[[pa.Array], Any]] | None = None,
    text: str = "plain",
) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """Read columns as Arrow; see `Readable.record_batches`. Returns the schema of all batches, and the batches."""
    found = locate_columns(datasets, columns, is_strict=True)
    schema = schema_of([each.column for each in found[0]] if found else [])
    if text not in ("plain", "codes"):
        raise DatasetUsageError(f"text is 'plain' or 'codes', found {text!r}")
    chooser = (_index(schema, where[0]), where[1]) if where and found else None
    read = partial(stream.read_batches, where=chooser, keeps_codes=text == "codes")
    return schema, (batch for _, batch in _pieces(datasets, found, sliceno, lines, read))


def _index(schema: pa.Schema, name: str) -> int:
    if name not in schema.names:
        raise DatasetUsageError(f"where: column {name!r} is not among those that are read: {', '.join(schema.names)}")
    index: int = schema.names.index(name)
    return index


def _pieces(
    datasets: Sequence[Dataset],
    found: list[list[Located]],
    sliceno: int | None,
    lines: int,
    read: Callable[..., Iterator[Any]],
) -> Iterator[tuple[list[Located], Any]]:
    """Read piece after piece of slice after slice, and say how far it is."""
    total = sum(dataset.record.lines[each] for dataset in datasets for each in slices_of(dataset, sliceno))
    done = 0
    for dataset, located in zip(datasets, found, strict=True):
        for each in slices_of(dataset, sliceno):
            for piece in read(located, each, lines):
                yield located, piece
                done += len(piece[0])
                report_lines(done, total)


def _hint(job: str, name: str) -> str:
    directory = context.job_directory(job)
    if not directory.is_dir():
        return f"there is no job {job}, so no dataset {name!r} of it"
    found = sorted(path.parent.name for path in (directory / DATASETS).glob(f"*/{FILE}"))
    return f"{job} has no dataset {name!r}; it has {', '.join(found) if found else 'no datasets'}"


def _numpy(located: list[Located], pieces: list[list[pa.Array]], nulls: str, text: str) -> dict[str, Array | TextCodes]:
    columns = enumerate(each.column for each in located)
    return {column.name: to_numpy(column, [piece[i] for piece in pieces], nulls, text) for i, column in columns}


def _say_nothing(done: int, total: int = -1) -> None:
    pass


def _show_nothing(text: str, more: Callable[[], str]) -> AbstractContextManager[Callable[[str], None]]:
    return dummy_status(text)
