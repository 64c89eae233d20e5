"""Put the columns of several datasets side by side; of columns with the same name the last one wins.

The datasets need the same number of lines in each slice, and a common ancestor unless `allow_unrelated` says that their
lines belong together all the same. Nothing is copied: the columns stay where they are.
"""

from __future__ import annotations

from typing import Any

from axtui import DatasetUsageError
from axtui.standard_methods.copying import name_outputs

description = "Put the columns of several datasets side by side"

options = {
    "allow_unrelated": False,
}
datasets = (["source"], "previous")


def synthesis(options: Any, datasets: Any) -> None:
    """Merge from left to right; what is merged on the way is called `0`, `1`, …."""
    if len(datasets.source) < 2 or not all(datasets.source):
        raise DatasetUsageError(f"source needs at least two datasets to merge, found {list(map(str, datasets.source))}")
    merged, *others = datasets.source
    for name, other in zip(name_outputs(len(others)), others, strict=True):
        previous = datasets.previous or None if name == "default" else None
        merged = merged.merge(other, name=name, previous=previous, allow_unrelated=options.allow_unrelated)
