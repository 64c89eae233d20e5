"""What a column of several datasets has in common: one type that all its values go into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from axtui.dataset.record import ColumnRecord
from axtui.dataset.types import common_form, find_type, form_of, holds, widen_bounds

_WIDER = (("int32", "int64"), ("float32", "float64"), ("complex32", "complex64"), ("ascii", "unicode"))


def common_column(columns: Sequence[ColumnRecord]) -> ColumnRecord | None:
    """Return what is known of a column over several datasets, or None where its types do not go into one.

    Args:
        columns: One a dataset, at least one.
    """
    names = {column.kind.name for column in columns}
    wide = next((pair[1] for pair in _WIDER if names == set(pair)), None)
    if len(names) > 1 and wide is None:
        return None
    kind = find_type(wide or columns[0].kind.name)
    both = None
    for column in columns:
        both = widen_bounds(both, None if column.min is None else (column.min, column.max))
    forms = {form_of(column.kind, column.holds) for column in columns if column.holds}
    low, high = both or (None, None)
    held = holds(kind, common_form(kind, forms)) if forms else None
    none = any(column.none for column in columns)
    return replace(columns[0], kind=kind, none=none, min=low, max=high, holds=held)
