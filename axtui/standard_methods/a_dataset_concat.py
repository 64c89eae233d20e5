"""Write a chain as one dataset: within each slice the lines of the oldest dataset first.

All datasets must have the same columns, types and hashlabel. A column allows None if it does in one of them.
"""

from __future__ import annotations

from typing import Any

from axtui import DatasetChain, DatasetUsageError
from axtui.standard_methods.copying import chain_since, make_writer, read_lines, same_columns

description = "Write a chain as one dataset"

datasets = ("source", "previous")


def prepare(job: Any, datasets: Any) -> tuple[DatasetChain, Any]:
    """Check that the datasets go together, and make the writer."""
    source = datasets.source
    chain = chain_since(source, datasets.previous)
    for each in chain:
        if each.hashlabel != source.hashlabel:
            here = f"{each} has hashlabel {each.hashlabel!r} and {source} {source.hashlabel!r}"
            raise DatasetUsageError(f"{here}; all must have the same")
    columns = same_columns(chain or [source])
    writer = make_writer(
        job,
        columns,
        hashlabel=source.hashlabel,
        previous=datasets.previous,
        caption=source.caption,
        filename=source.filename,
    )
    return chain, writer


def analysis(sliceno: int, prepare_res: tuple[DatasetChain, Any]) -> None:
    """Copy one slice of all datasets."""
    chain, writer = prepare_res
    for source in chain:
        for lines in read_lines(source, sliceno, list(source.columns), text="codes"):
            writer.write_arrays(lines)
