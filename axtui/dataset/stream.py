"""A dataset as Arrow record batches with the plain types of types.py, for other tools and for copying columns.

Narrowed integers and coded text come back as int64, string and so on, so the schema depends on the dataset alone, not
on a slice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from axtui.dataset.reader import Located, read_pieces
from axtui.dataset.record import ColumnRecord
from axtui.dataset.storage import load
from axtui.dataset.types import form_of, recast


def schema_of(columns: Sequence[ColumnRecord]) -> pa.Schema:
    """Return the schema in which columns are given."""
    return pa.schema([pa.field(c.name, form_of(c.kind, c.holds), c.none or c.kind.takes_none) for c in columns])


def read_batches(located: Sequence[Located], sliceno: int, lines: int) -> Iterator[pa.RecordBatch]:
    """Read columns of one slice.

    Args:
        located: The columns, at least one.
        sliceno: The slice.
        lines: How many lines a batch has at most.

    Yields:
        Record batches with `schema_of` their columns.
    """
    schema = schema_of([each.column for each in located])
    for stored in read_pieces(located, sliceno, lines):
        pairs = zip(located, schema, stored, strict=True)
        arrays = [recast(each.column.kind, load(each.column.kind, array), field.type) for each, field, array in pairs]
        yield pa.record_batch(arrays, schema=schema)
