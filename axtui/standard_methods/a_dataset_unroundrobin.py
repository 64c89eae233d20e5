"""Undo the dealing out of lines in turn: line after line in the order of `iterate("roundrobin")`, slice after slice.

Iterating over all slices of the result gives the lines in the order of the file that was imported. They are split
evenly; with `trigger_column` a new slice begins only where the value of that column changes.
"""

from __future__ import annotations

from typing import Any

from axtui import Dataset
from axtui.standard_methods.copying import check_column, columns_of, make_writer
from axtui.standard_methods.round_robin import read_in_turn, split_evenly

description = "Bring lines that were dealt out in turn back into their order"

options = {
    "trigger_column": str,  # a new slice begins only where this column changes
}
datasets = ("source", "previous")


def prepare(job: Any, options: Any, datasets: Any, slices: int) -> tuple[Any, list[int]]:
    """Make the writer, and choose where slices begin."""
    source = datasets.source
    starts = split_evenly(sum(source.lines), slices)
    if options.trigger_column:
        check_column(source, options.trigger_column, "trigger_column")
        starts = [_next_change(source, options.trigger_column, start) for start in starts]
    writer = make_writer(
        job, columns_of(source), previous=datasets.previous, caption=source.caption, filename=source.filename
    )
    return writer, starts


def analysis(sliceno: int, datasets: Any, prepare_res: tuple[Any, list[int]]) -> None:
    """Write one slice."""
    writer, starts = prepare_res
    for lines in read_in_turn(datasets.source, starts[sliceno], starts[sliceno + 1]):
        writer.write_arrays(lines)


def _next_change(source: Dataset, column: str, start: int) -> int:
    """Return the first position from `start` on where a column has another value than one line before."""
    if start in (0, sum(source.lines)):
        return start
    values = source.iterate("roundrobin", column, slice=start - 1, status_reporting=False)
    before = next(values)
    for value in values:
        if value != before and (value == value or before == before):
            return start
        start += 1
    return start
