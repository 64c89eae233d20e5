"""Make a dataset of the lines of each value of a column. It is called `str(value)`, and has all columns but that one.

Columns that not all datasets of the chain have are left out; types that differ along it become one that takes the
values of all. With `previous`, an earlier job of this method, each dataset follows the one of the same name there, and
names that only that job has get a dataset without lines. Thousands of values need no more memory or open files than a
few: each slice sorts its lines by their value first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import axtui
from axtui import DatasetChain, DatasetUsageError, OptionString
from axtui.standard_methods.copying import chain_since, check_column, make_writer
from axtui.standard_methods.memory import spare_nbytes
from axtui.standard_methods.sort_keys import SortColumn
from axtui.standard_methods.sort_lines import LineSorter
from axtui.standard_methods.value_texts import read_with_texts

description = "Make a dataset of the lines of each value of a column"

options = {
    "column": OptionString,
    "length": -1,  # at most so many datasets of the chain; -1 for all
}
datasets = ("source",)
jobs = ("previous",)


@dataclass(frozen=True)
class Fan:
    """What is written.

    Attributes:
        chain: The datasets that are read.
        column: The one whose values make datasets.
        names: The columns that are kept.
        writers: By the text of a value.
    """

    chain: DatasetChain
    column: str
    names: list[str]
    writers: dict[str, Any]


def prepare(job: Any, options: Any, datasets: Any, jobs: Any) -> Fan:
    """Make a writer for each value."""
    chain = chain_since(datasets.source, jobs.previous, options.length)
    for source in chain:
        check_column(source, options.column, "column")
    described = chain or DatasetChain([datasets.source])
    columns = described.common_columns(but=[options.column])
    if not columns:
        raise DatasetUsageError(f"{datasets.source} and its chain have no column in common beside {options.column!r}")
    before = {dataset.name: dataset for dataset in jobs.previous.datasets}
    collected = axtui.build("dataset_fanout_collect", options=options, datasets=datasets, jobs=jobs).load()
    hashlabels = {each.hashlabel for each in described}
    hashlabel = hashlabels.pop() if len(hashlabels) == 1 else None
    writers = {
        name: make_writer(
            job,
            columns,
            name=name,
            hashlabel=hashlabel if hashlabel in columns else None,
            previous=before.get(name),
            caption=f"{datasets.source.caption} where {options.column} is {name}",
            filename=datasets.source.filename,
        )
        for name in sorted(collected | set(before))
    }
    return Fan(chain, options.column, list(columns), writers)


def analysis(job: Any, sliceno: int, slices: int, prepare_res: Fan) -> None:
    """Write one slice of every dataset, one after the other."""
    fan = prepare_res
    if not fan.chain:
        return
    label = "".join(fan.names) + "_value"
    sorter = LineSorter(job, sliceno, [SortColumn(label, "unicode", False)], spare_nbytes(slices))
    current = ""
    for piece in sorter.sort(_named(fan, sliceno, label)):
        for name, lines in _split(piece, label):
            if name != current and current in fan.writers:
                fan.writers[current].close_slice()
            current = name
            fan.writers[name].write_arrays(dict(zip(fan.names, lines.columns, strict=True)))


def _named(fan: Fan, sliceno: int, label: str) -> Iterator[pa.RecordBatch]:
    """Give the lines of a slice with the text of their values as the last column."""
    for batch, texts in read_with_texts(fan.chain, sliceno, fan.names, fan.column):
        yield pa.record_batch([*batch.columns, texts], [*fan.names, label])


def _split(piece: pa.Table, label: str) -> Iterator[tuple[str, pa.Table]]:
    """Give the lines of each value that a sorted piece has, without the column of the values."""
    values = piece.column(label).combine_chunks()
    rest = piece.drop_columns([label])
    changes = np.flatnonzero(np.asarray(pc.not_equal(values[1:], values[:-1]))) + 1
    for start, stop in zip([0, *changes], [*changes, len(values)], strict=True):
        yield values[int(start)].as_py(), rest.slice(start, stop - start)
