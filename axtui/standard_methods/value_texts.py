"""Lines with the values of one of their columns as text, as `str(value)` writes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import pyarrow as pa

from axtui import DatasetChain
from axtui.standard_methods.copying import batch_lines


def read_with_texts(
    chain: DatasetChain, sliceno: int, names: Sequence[str], column: str
) -> Iterator[tuple[pa.RecordBatch, pa.Array]]:
    """Read columns of one slice, a bounded number of bytes at a time.

    Args:
        chain: The datasets, at least one.
        sliceno: The slice.
        names: The columns, at least one.
        column: The column whose values are wanted as text.

    Yields:
        A record batch with the columns, and the texts, shape (lines,).
    """
    lines = min(batch_lines(each, names) for each in chain)
    if all(each.columns[column].type in ("ascii", "unicode") for each in chain):
        for batch in chain.record_batches(sliceno, [*names, column], lines):
            yield batch.select(range(len(names))), batch.columns[-1].fill_null("None")
        return
    texts = map(str, chain.iterate(sliceno, column, status_reporting=False))
    for batch in chain.record_batches(sliceno, list(names), lines):
        yield batch, pa.array(list(islice(texts, batch.num_rows)), pa.string())
