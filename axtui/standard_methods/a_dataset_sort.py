"""Sort a chain into one dataset, by one or several columns; equal lines stay in their order.

Each slice is sorted for itself, and keeps the hashlabel; or with `sort_across_slices` all lines are sorted and then
split evenly, slice after slice. With `trigger_column` a new slice begins only where that column changes.

None comes before everything, but among dates and times after everything; NaN comes last; in descending order all of
this is the other way round. Text is in order of its code points. Lines may be more than memory holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from axtui import DatasetChain, DatasetUsageError, OptionEnum, OptionString
from axtui.standard_methods.copying import Columns, batch_lines, chain_since, check_column, make_writer, same_columns
from axtui.standard_methods.memory import spare_nbytes
from axtui.standard_methods.sort_keys import SortColumn, find_sort_columns
from axtui.standard_methods.sort_lines import LineSorter
from axtui.standard_methods.sort_split import assign_slices

description = "Sort a chain into one dataset"

options = {
    "sort_columns": [OptionString],  # the first matters most
    "sort_order": OptionEnum("ascending descending").ascending,
    "sort_across_slices": False,
    "trigger_column": str,  # one of sort_columns; a new slice begins only where it changes
}
datasets = ("source", "previous")


@dataclass(frozen=True)
class Plan:
    """What is sorted.

    Attributes:
        chain: The datasets, at least one.
        columns: What to sort on.
        names: All columns.
        writer: Of the sorted dataset.
        targets: The file with the slice that each line goes to, or None where lines stay in theirs.
    """

    chain: DatasetChain
    columns: list[SortColumn]
    names: list[str]
    writer: Any
    targets: str | None


def prepare(job: Any, options: Any, datasets: Any, slices: int) -> Plan | None:
    """Check what is asked for, make the writer and, across slices, settle where each line goes."""
    chain = chain_since(datasets.source, datasets.previous)
    described = chain or DatasetChain([datasets.source])
    columns = same_columns(described)
    _check_options(options, described[-1])
    is_descending = options.sort_order == "descending"
    sort_columns = find_sort_columns(described, options.sort_columns, is_descending)
    writer = _make_writer(job, options, datasets, described, columns)
    if not chain:
        return None
    targets = None
    if options.sort_across_slices:
        sorter = LineSorter(job, None, sort_columns, spare_nbytes(1))
        targets = assign_slices(chain, sorter, slices, options.trigger_column)
    return Plan(chain, sort_columns, list(columns), writer, targets)


def analysis(job: Any, sliceno: int, slices: int, prepare_res: Plan | None) -> None:
    """Sort one slice."""
    plan = prepare_res
    if plan is None:
        return
    sorter = LineSorter(job, sliceno, plan.columns, spare_nbytes(slices))
    for lines in sorter.sort(_read(plan, sliceno)):
        plan.writer.write_arrays(dict(zip(plan.names, lines.columns, strict=True)))


def _check_options(options: Any, source: Any) -> None:
    for name in options.sort_columns:
        check_column(source, name, "sort_columns")
    if options.trigger_column and not options.sort_across_slices:
        raise DatasetUsageError("trigger_column has no meaning without sort_across_slices")
    if options.trigger_column and options.trigger_column not in options.sort_columns:
        wanted = ", ".join(options.sort_columns)
        raise DatasetUsageError(f"trigger_column is one of sort_columns ({wanted}), found {options.trigger_column!r}")


def _make_writer(job: Any, options: Any, datasets: Any, chain: DatasetChain, columns: Columns) -> Any:
    hashlabels = {each.hashlabel for each in chain}
    stays = len(hashlabels) == 1 and not options.sort_across_slices
    return make_writer(
        job,
        columns,
        hashlabel=chain[-1].hashlabel if stays else None,
        previous=datasets.previous,
        caption=f"{datasets.source.caption} sorted on {', '.join(options.sort_columns)}",
        filename=datasets.source.filename,
    )


def _read(plan: Plan, sliceno: int) -> Iterator[pa.RecordBatch]:
    """Give the lines that go to a slice, in the order of the chain."""
    lines = min(batch_lines(each, plan.names) for each in plan.chain)
    if plan.targets is None:
        yield from plan.chain.record_batches(sliceno, plan.names, lines)
    else:
        where = plan.columns[0].name, _Chooser(plan.targets, sliceno)
        yield from plan.chain.record_batches(None, plan.names, lines, where)


class _Chooser:
    """Says, batch after batch, which lines go to a slice."""

    def __init__(self, targets: str, sliceno: int) -> None:
        self._targets = np.memmap(targets, dtype=np.uint16, mode="r")
        self._sliceno = sliceno
        self._start = 0

    def __call__(self, values: pa.Array) -> npt.NDArray[np.bool_]:
        """Return for the next lines whether they are wanted, shape (lines,)."""
        start, self._start = self._start, self._start + len(values)
        return np.asarray(self._targets[start : self._start] == self._sliceno)
