"""A dataset as Arrow record batches with the plain types of types.py, for other tools and for copying columns.

Narrowed integers and coded text come back as int64, string and so on, so the schema depends on the dataset alone, not
on a slice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from axtui.dataset.reader import Located, read_pieces
from axtui.dataset.record import ColumnRecord
from axtui.dataset.storage import load
from axtui.dataset.types import form_of, recast

Where = tuple[int, Callable[[pa.Array], Any]]
"""A column, by its index among those that are read, and a function of its values, which may be dictionary-coded. It
says which lines are wanted: shape (lines,), bool."""


def schema_of(columns: Sequence[ColumnRecord]) -> pa.Schema:
    """Return the schema in which columns are given."""
    return pa.schema([pa.field(c.name, form_of(c.kind, c.holds), c.none or c.kind.takes_none) for c in columns])


def read_batches(
    located: Sequence[Located], sliceno: int, lines: int, where: Where | None = None, keeps_codes: bool = False
) -> Iterator[pa.RecordBatch]:
    """Read columns of one slice.

    Args:
        located: The columns, at least one.
        sliceno: The slice.
        lines: How many lines a batch has at most.
        where: Which of the columns decides about lines, and the function that does.
        keeps_codes: Leave text that is coded in the file so.

    Yields:
        Record batches with `schema_of` their columns, but for text with codes.
    """
    schema = schema_of([each.column for each in located])
    for stored in read_pieces(located, sliceno, lines):
        if where is not None:
            stored = _choose(located, stored, where)
        pairs = zip(located, schema, stored, strict=True)
        arrays = [_bring(each, array, field.type, keeps_codes) for each, field, array in pairs]
        fields = [field.with_type(array.type) for field, array in zip(schema, arrays, strict=True)]
        yield pa.record_batch(arrays, schema=pa.schema(fields) if keeps_codes else schema)


def _bring(located: Located, array: pa.Array, form: pa.DataType, keeps_codes: bool) -> pa.Array:
    if keeps_codes and pa.types.is_dictionary(array.type) and array.type.value_type == form:
        return array
    kind = located.column.kind
    return recast(kind, load(kind, array), form)


def _choose(located: Sequence[Located], stored: list[pa.Array], where: Where) -> list[pa.Array]:
    """Leave lines out while they are small: narrowed and coded, as they lie in the file."""
    index, function = where
    values = stored[index]
    if not pa.types.is_dictionary(values.type):
        values = load(located[index].column.kind, values)
    lines = pa.array(np.flatnonzero(function(values)).astype(np.int32))  # narrow indices are several times faster
    return [array.take(lines) for array in stored]
