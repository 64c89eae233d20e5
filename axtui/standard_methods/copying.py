"""Lines of datasets on their way into other datasets: which there are, what their columns are, batches of them.

The standard methods that move lines share this. Text, json and pickles are copied as the bytes that they are stored as.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from axtui import Dataset, DatasetChain, DatasetUsageError

Columns = dict[str, tuple[str, bool]]
"""Columns by name: the type, and whether None is allowed."""

BATCH_NBYTES = 8 << 20
"""How much of a dataset is in memory at a time, roughly."""
_MOST_LINES = 1 << 16
_SAMPLE_LINES = 64
_STORED_AS_BYTES = ("json", "pickle")


def chain_since(source: Dataset, previous: Any, length: int = -1) -> DatasetChain:
    """Return what is new in a chain: its datasets after the one that the job of `previous` had as its source.

    Args:
        source: The end of the chain.
        previous: A dataset or job that was made by the same method, or nothing.
        length: At most so many; -1 for all.
    """
    return source.chain(length, stop_ds={previous: "source"} if previous else None)


def name_outputs(count: int) -> list[str]:
    """Return the names of so many datasets that follow each other: `0`, `1`, …, and `default` for the last."""
    return [*map(str, range(count - 1)), "default"][:count]


def columns_of(source: Dataset) -> Columns:
    """Return the columns of a dataset."""
    return {name: (column.type, column.none_support) for name, column in source.columns.items()}


def same_columns(chain: Sequence[Dataset]) -> Columns:
    """Return the columns that all datasets have, allowing None where one of them does.

    Args:
        chain: At least one dataset.

    Raises:
        DatasetUsageError: One has other columns than the last, or a column of another type.
    """
    wanted = columns_of(chain[-1])
    for dataset in chain:
        found = columns_of(dataset)
        for name in sorted(found.keys() ^ wanted.keys()):
            has, lacks = (dataset, chain[-1]) if name in found else (chain[-1], dataset)
            raise DatasetUsageError(f"{has} has a column {name!r} and {lacks} has not; all must have the same columns")
        for name, (kind, _) in found.items():
            if kind != wanted[name][0]:
                here = f"column {name!r} of {dataset} is {kind}"
                raise DatasetUsageError(f"{here} and {wanted[name][0]} in {chain[-1]}; all must have the same types")
    return {name: (kind, any(ds.columns[name].none_support for ds in chain)) for name, (kind, _) in wanted.items()}


def check_column(source: Dataset, name: str, what: str) -> None:
    """Check that a dataset has a column.

    Args:
        source: The dataset.
        name: The column.
        what: The option that names it, for the message.

    Raises:
        DatasetUsageError: It has not.
    """
    if name not in source.columns:
        raise DatasetUsageError(f"{what}: {source} has no column {name!r}; it has {', '.join(source.columns)}")


def has_bytes(columns: Columns) -> bool:
    """Tell whether there are columns among these that are copied in a writer with `copy_mode` alone."""
    return any(kind in _STORED_AS_BYTES for kind, _ in columns.values())


def make_writer(job: Any, columns: Columns, **arguments: Any) -> Any:
    """Return a dataset writer that takes what `read_lines` gives; further arguments as for `job.datasetwriter`."""
    if has_bytes(columns):
        arguments["copy_mode"] = True
    return job.datasetwriter(columns=columns, **arguments)


def read_lines(
    source: Dataset, sliceno: int | None, names: Sequence[str], where: Any = None, text: str = "plain"
) -> Iterator[dict[str, pa.Array]]:
    """Read columns of one slice, or of all for None, a bounded number of bytes at a time.

    Args:
        source: The dataset.
        sliceno: The slice.
        names: The columns.
        where, text: Which lines are wanted, and whether text may have codes, as for `Dataset.record_batches`.

    Yields:
        For each column an array of shape (lines,), in a form that a writer made by `make_writer` takes.
    """
    if names:
        for batch in source.record_batches(sliceno, list(names), batch_lines(source, names), where, text):
            yield dict(zip(names, batch.columns, strict=True))


def batch_lines(source: Dataset, names: Sequence[str]) -> int:
    """Return how many lines of these columns may be in memory at a time."""
    for sliceno, lines in enumerate(source.lines):
        if lines:
            sample = next(source.record_batches(sliceno, list(names), _SAMPLE_LINES))
            line_nbytes: int = max(1, sample.nbytes // sample.num_rows)
            return max(1, min(_MOST_LINES, BATCH_NBYTES // line_nbytes))
    return _MOST_LINES
