"""Give types to columns of text: bytes, ascii or unicode columns become numbers, dates, whatever `column2type` says.

One new dataset for each in `source.chain(stop_ds={previous: "source"}, length)`: the last is `default`, those before it
`0`, `1`, …. Only the new columns are written; the others are inherited from the source, or copied where lines are
dropped or move to other slices. The type specs are in convert.py, the work on one dataset in retype.py.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from axtui import DatasetUsageError, RequiredOption
from axtui.standard_methods.retype import Counts, Retyping, make_retyping

description = "Give types to columns of text"

options = {
    "column2type": RequiredOption({}),  # {column: type spec}
    "timezone": "",  # "UTC" flags datetimes as UTC
    "hashlabel": None,  # None keeps the source's, "" has none, a name deals lines out by that column
    "defaults": {},  # {column: text or None}, for what cannot be converted
    "rename": {},  # {old: new or None}, before column2type
    "caption": "typed dataset",
    "discard_untyped": False,
    "filter_bad": False,  # lines that cannot be converted go to the dataset "bad"
    "numeric_comma": False,
    "length": -1,
    "chain_slices": False,
    "compression": None,  # "zstd" or "lz4"; a number as in the Accelerator means zstd
}
datasets = ("source", "previous")


def prepare(job: Any, options: Any, datasets: Any) -> list[Retyping]:
    """Make a writer for each dataset."""
    if options.chain_slices:
        raise DatasetUsageError("dataset_type: chain_slices is not there yet; wanted without it")
    if options.timezone not in ("", None, "UTC"):
        raise DatasetUsageError(f"dataset_type: timezone {options.timezone!r} is not there yet; wanted 'UTC' or none")
    stop = {datasets.previous: "source"} if datasets.previous else None
    chain = datasets.source.chain(stop_ds=stop, length=options.length)
    names = [*map(str, range(len(chain) - 1)), "default"]
    found: list[Retyping] = []
    for name, source in zip(names, chain, strict=True):
        previous = found[-1].writer if found else datasets.previous
        found.append(make_retyping(job, options, name, source, previous))
    return found


def analysis(sliceno: int, prepare_res: list[Retyping]) -> list[Counts]:
    """Convert one slice of every dataset, except where lines move to other slices."""
    return [each.convert_slice(sliceno) for each in prepare_res if not each.moves]


def synthesis(slices: int, prepare_res: list[Retyping], analysis_res: Any) -> None:
    """Convert the datasets in which lines move, and print how much was bad."""
    counts = [count for counts in analysis_res for count in counts]
    counts += [each.convert_slice(sliceno) for each in prepare_res if each.moves for sliceno in range(slices)]
    for what in ("bad values", "values replaced by the default"):
        total: Counter[str] = Counter()
        for each in counts:
            total.update(each[what])
        for column, count in sorted(total.items()):
            print(f"column {column}: {count} {what}")  # noqa: T201
