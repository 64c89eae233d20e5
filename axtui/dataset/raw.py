"""Cells that are copied without being looked into: text, json and pickles as the bytes that are stored.

This is what `copy_mode` of iterating and of writers means; cells of all other types are as without it. That bytes are
UTF-8, or ASCII, is checked when they are written; whether they are JSON or a pickle is seen when they are read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa

from axtui.dataset import cells
from axtui.dataset.types import ColumnType

_RAW = ("ascii", "unicode", "json", "pickle")
_CHECKS = {"ascii": cells.check_raw_ascii, "unicode": cells.check_raw_text, "json": cells.check_raw_text}


def raw_kind(kind: ColumnType) -> ColumnType:
    """Return the column type that takes cells as the bytes they are stored as; the same one where there is no such."""
    if not is_raw(kind):
        return kind
    plain = "type(v) is bytes" if kind.name == "pickle" else "type(v) is bytes and v.isascii()"
    check = _CHECKS.get(kind.name, cells.check_bytes)
    return replace(kind, check=check, plain=plain, parses=False, raw=True)


def is_raw(kind: ColumnType) -> bool:
    """Tell whether cells of a type are bytes in copy_mode that are something else without."""
    return kind.name in _RAW


def to_raw_list(kind: ColumnType, array: pa.Array) -> list[Any]:
    """Turn Arrow into what a column of `raw_kind` takes.

    Args:
        kind: The column's type, of which `is_raw` holds.
        array: Shape (lines,). Text or bytes.
    """
    listed: list[Any] = array.cast(pa.binary()).to_pylist()
    return listed
