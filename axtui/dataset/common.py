"""What a column of several datasets has in common: one type that all its values go into, and lose nothing.

these types together                     become
one type                                 itself
ascii, unicode                           unicode
int32, int64                             int64
float32, float64                         float64
integers, floats, number                 number
complex32, complex64, floats, int32      complex64
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from axtui.dataset import numbers
from axtui.dataset.record import ColumnRecord
from axtui.dataset.types import ColumnType, common_form, find_type, form_of, holds, widen_bounds

_WIDER = (
    ({"ascii", "unicode"}, "unicode"),
    ({"int32", "int64"}, "int64"),
    ({"float32", "float64"}, "float64"),
    ({"int32", "int64", "float32", "float64", "number"}, "number"),
    ({"complex32", "complex64", "float32", "float64", "int32"}, "complex64"),
)


def common_column(columns: Sequence[ColumnRecord]) -> ColumnRecord | None:
    """Return what is known of a column over several datasets, or None where its types do not go into one.

    Args:
        columns: One a dataset, at least one.
    """
    names = {column.kind.name for column in columns}
    wide = columns[0].kind.name if len(names) == 1 else next((to for these, to in _WIDER if names <= these), None)
    if wide is None:
        return None
    kind = find_type(wide)
    low, high = None, None
    if kind.ordered:
        low, high = _common_bounds(columns)
    forms = {_form(column, kind) for column in columns if column.holds or column.kind.name != wide}
    held = holds(kind, common_form(kind, forms)) if forms else None
    none = any(column.none for column in columns)
    return replace(columns[0], kind=kind, none=none, min=low, max=high, holds=held)


def _common_bounds(columns: Sequence[ColumnRecord]) -> tuple[object, object]:
    both = None
    for column in columns:
        both = widen_bounds(both, None if column.min is None else (column.min, column.max))
    return both or (None, None)


def _form(column: ColumnRecord, kind: ColumnType) -> pa.DataType:
    """Return the form in which the values of a column come as values of another type."""
    if kind.name == "number" and column.kind.name != "number":
        return numbers.FLOAT if column.kind.name.startswith("float") else numbers.INT
    return form_of(column.kind, column.holds)
