"""Deal the lines of a chain out to the slices by the hash of a column.

One new dataset for each in `source.chain(stop_ds={previous: "source"}, length)`: the last is `default`, those before it
`0`, `1`, …. With `chain_slices` each of them becomes a chain of one dataset a source slice, named `default.0`,
`default.1`, … and, the last, `default`: slices then need not read each other's lines before they write.

Within a slice lines come in the order of the slices that they come from, and then in the order they had there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from axtui import Dataset, DatasetUsageError, OptionString
from axtui.standard_methods.copying import chain_since, check_column, columns_of, make_writer, name_outputs, read_lines

description = "Rewrite a chain with its lines in the slices that the hash of a column says"

options = {
    "hashlabel": OptionString,
    "caption": '"%(caption)s" hashed on %(hashlabel)s',  # %(caption)s or {caption} is the source's
    "length": -1,  # at most so many datasets of the chain; -1 for all
    "chain_slices": False,  # one dataset a source slice, chained
}
datasets = ("source", "previous")


@dataclass(frozen=True)
class Part:
    """A dataset to write, and where its lines come from: some slices of a source."""

    writer: Any
    source: Dataset
    slices: range


def prepare(job: Any, options: Any, datasets: Any, slices: int) -> list[Part]:
    """Make a writer for each dataset."""
    chain = chain_since(datasets.source, datasets.previous, options.length)
    for source in chain:
        check_column(source, options.hashlabel, "hashlabel")
        kind = source.columns[options.hashlabel].type
        if kind in ("json", "pickle"):
            raise DatasetUsageError(f"hashlabel: column {options.hashlabel!r} of {source} is {kind}, which has no hash")
    parts: list[Part] = []
    for name, source in zip(name_outputs(len(chain)), chain, strict=True):
        for part_name, part_slices in _split(name, slices, options.chain_slices):
            previous = parts[-1].writer if parts else datasets.previous
            parts.append(Part(_make(job, options, source, part_name, previous), source, part_slices))
    if not parts:
        _make(job, options, datasets.source, "default", datasets.previous)
    return parts


def analysis(sliceno: int, options: Any, prepare_res: list[Part]) -> None:
    """Write the lines that belong to this slice; the writers know which it is."""
    for part in prepare_res:
        where = options.hashlabel, part.writer.hashcheck_array
        for source_slice in part.slices:
            for lines in read_lines(part.source, source_slice, list(part.source.columns), where, "codes"):
                part.writer.write_arrays(lines)
        part.writer.close_slice()


def _split(name: str, slices: int, is_chained: bool) -> list[tuple[str, range]]:
    if not is_chained:
        return [(name, range(slices))]
    names = [*(f"{name}.{sliceno}" for sliceno in range(slices - 1)), name]
    return [(each, range(sliceno, sliceno + 1)) for sliceno, each in enumerate(names)]


def _make(job: Any, options: Any, source: Dataset, name: str, previous: Any) -> Any:
    return make_writer(
        job,
        columns_of(source),
        name=name,
        hashlabel=options.hashlabel,
        previous=previous,
        caption=_caption(options, source),
        filename=source.filename,
    )


def _caption(options: Any, source: Dataset) -> str:
    values = {"caption": source.caption, "hashlabel": options.hashlabel, "source": str(source)}
    return re.sub(
        r"%\((caption|hashlabel|source)\)s|\{(caption|hashlabel|source)\}",
        lambda found: values[found[1] or found[2]],
        options.caption,
    )
