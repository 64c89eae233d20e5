"""Give types to columns of text: bytes, ascii or unicode columns become numbers, dates, whatever `column2type` says.

One new dataset for each in `source.chain(stop_ds={previous: "source"}, length)`: the last is `default`, those before it
`0`, `1`, …. Only the new columns are written; the others are inherited from the source, or copied where lines are
dropped or move to other slices. The type specs are in convert.py, the work on one dataset in retype.py.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from axtui import OptionDefault, RequiredOption
from axtui.standard_methods.copying import name_outputs
from axtui.standard_methods.retype import BAD, REPLACED, Counts, Retyping
from axtui.standard_methods.retype_plan import Plan, make_plan

description = "Give types to columns of text"

options = {
    "column2type": RequiredOption({}),  # {column: type spec}
    "timezone": "",  # where datetimes are local, as $TZ says it; they become UTC
    "hashlabel": None,  # None keeps the source's, "" has none, a name deals lines out by that column
    "defaults": OptionDefault({}, {}),  # {column: text or None}, for what cannot be converted
    "rename": OptionDefault({}, {}),  # {old: new or None}, before column2type; the old name is still there
    "caption": "typed dataset",
    "discard_untyped": False,
    "filter_bad": False,  # lines that cannot be converted go to the dataset "bad"
    "numeric_comma": False,
    "length": -1,
    "chain_slices": False,  # with lines that move, every slice of the source becomes a dataset; they are a chain
    "compression": None,  # "zstd" or "lz4"; a level from 1 to 9, as in the Accelerator, means zstd
}
datasets = ("source", "previous")


def prepare(job: Any, options: Any, datasets: Any, slices: int) -> list[Plan]:
    """Make the writers of each dataset."""
    stop = {datasets.previous: "source"} if datasets.previous else None
    chain = datasets.source.chain(stop_ds=stop, length=options.length)
    names = name_outputs(len(chain))
    found: list[Plan] = []
    for place, source in zip(enumerate(names), chain, strict=True):
        previous = found[-1].writers[-1] if found else datasets.previous
        found.append(make_plan(job, options, slices, place, source, previous))
    if not chain:
        make_plan(job, options, slices, (0, "default"), datasets.source, datasets.previous, is_empty=True)
    return found


def analysis(sliceno: int, slices: int, prepare_res: list[Plan]) -> list[Counts]:
    """Convert what belongs to one slice of every dataset."""
    return [Retyping(plan, sliceno, slices).run() for plan in prepare_res]


def synthesis(analysis_res: Any) -> None:
    """Print how much was bad."""
    counts = [count for counts in analysis_res for count in counts]
    for what in (BAD, REPLACED):
        total: Counter[str] = Counter()
        for each in counts:
            total.update(each[what])
        for column, count in sorted(total.items()):
            print(f"column {column}: {count} {what}")  # noqa: T201
