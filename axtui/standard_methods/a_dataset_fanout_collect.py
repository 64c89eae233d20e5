"""The values of a column as text: what dataset_fanout makes datasets of. It builds this as a subjob.

Result: a set of str, over the datasets of the chain that are new since the source of the previous job.
"""

from __future__ import annotations

from typing import Any

from axtui import DatasetChain, OptionString
from axtui.standard_methods.copying import chain_since, check_column
from axtui.standard_methods.value_texts import read_with_texts

description = "Collect the values of a column as text"

options = {
    "column": OptionString,
    "length": -1,  # at most so many datasets of the chain; -1 for all
}
datasets = ("source",)
jobs = ("previous",)


def analysis(sliceno: int, options: Any, datasets: Any, jobs: Any) -> set[str]:
    """Collect one slice."""
    chain = chain_since(datasets.source, jobs.previous, options.length)
    for source in chain:
        check_column(source, options.column, "column")
    found: set[str] = set()
    for source in chain:
        for _, texts in read_with_texts(DatasetChain([source]), sliceno, [options.column], options.column):
            found.update(texts.unique().to_pylist())
    return found


def synthesis(analysis_res: Any) -> set[str]:
    """Put the slices together."""
    return set().union(*analysis_res)
