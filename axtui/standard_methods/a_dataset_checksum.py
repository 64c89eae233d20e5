"""A checksum over the rows of a dataset: equal for equal values, whatever their columns' types and storage.

Each row has a digest, the MD5 of bytes that checksum_rows.py specifies. The sum is the MD5 of all those digests: with
`sort` in ascending order, so that neither the order of lines nor their slices matter, else slice after slice.

Result: `sum` (int), `sort`, `columns` (sorted names), `source`. Names of columns are not part of the sum.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from axtui import Dataset, DotDict, OptionDefault
from axtui.standard_methods.checksum_rows import digest_rows
from axtui.standard_methods.checksum_sum import sum_runs, write_runs
from axtui.standard_methods.copying import check_column, read_lines

description = "A checksum over the rows of a dataset"

options = {
    "columns": OptionDefault(set(), set()),  # none named means all
    "sort": True,  # the order of lines does not matter
}
datasets = ("source",)

_DIGESTS = "digests"
_PIECE_NBYTES = 1 << 20


def prepare(options: Any, datasets: Any) -> list[str]:
    """Settle the columns, in sorted order."""
    for name in sorted(options.columns):
        check_column(datasets.source, name, "columns")
    return sorted(options.columns or datasets.source.columns)


def analysis(job: Any, sliceno: int, options: Any, datasets: Any, prepare_res: list[str]) -> list[int]:
    """Write the digests of one slice's rows to a temporary file; return the lengths of its sorted runs."""
    digests = _digests(datasets.source, sliceno, prepare_res)
    with job.open(_DIGESTS, "wb", sliceno=sliceno, temp=True) as handle:
        if options.sort:
            return write_runs(digests, handle)
        for piece in digests:
            handle.write(piece)
        return []


def synthesis(job: Any, slices: int, options: Any, datasets: Any, prepare_res: list[str], analysis_res: Any) -> DotDict:
    """Sum up."""
    paths = [job.filename(_DIGESTS, sliceno) for sliceno in range(slices)]
    found = sum_runs(zip(paths, analysis_res, strict=True)) if options.sort else _sum_in_order(paths)
    return DotDict(sum=found, sort=options.sort, columns=prepare_res, source=datasets.source)


def _digests(source: Dataset, sliceno: int, names: list[str]) -> Iterator[bytes]:
    kinds = [source.columns[name].type for name in names]
    for lines in read_lines(source, sliceno, names):
        yield digest_rows(kinds, list(lines.values()))


def _sum_in_order(paths: list[str]) -> int:
    found = hashlib.md5()
    for path in paths:
        with open(path, "rb") as handle:
            while piece := handle.read(_PIECE_NBYTES):
                found.update(piece)
    return int(found.hexdigest(), 16)
