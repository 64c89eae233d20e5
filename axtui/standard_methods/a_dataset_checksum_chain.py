"""The checksums of all datasets of a chain in one: the exclusive or of what dataset_checksum says of each.

Each dataset's sum is a job of its own, so that of a chain that grew only what is new is read. A dataset that is in the
chain twice cancels itself.

Result: `sum` (int), `sort`, `columns` (sorted names), `sources` (the datasets, oldest first).
"""

from __future__ import annotations

from typing import Any

import axtui

description = "A checksum over the rows of the datasets of a chain"

options = {
    "chain_length": -1,  # at most so many datasets; -1 for all
    "columns": axtui.OptionDefault(set(), set()),  # none named means all
    "sort": True,  # the order of lines does not matter
}
datasets = ("source", "stop")


def synthesis(options: Any, datasets: Any) -> axtui.DotDict:
    """Sum each dataset that is not summed yet, and put the sums together."""
    chain = datasets.source.chain(length=options.chain_length, stop_ds=datasets.stop or None)
    found = axtui.DotDict(sum=0, sort=options.sort, columns=[], sources=list(chain))
    columns = set(options.columns)
    for source in chain:
        one = axtui.build("dataset_checksum", source=source, columns=options.columns, sort=options.sort).load()
        found.sum ^= one.sum
        columns |= set(one.columns)
    found.columns = sorted(columns)
    return found
