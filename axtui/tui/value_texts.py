"""Values of columns as text for a table: cut before they are taken out of Arrow, so that a huge one costs nothing.

Pickles are not loaded: what is shown is their size.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from axtui.dataset.storage import load
from axtui.dataset.types import ColumnType, to_list
from axtui.tui.data_facts import NONE
from axtui.tui.glyphs import cut

CELL_LETTERS = 200
"""So much of a value is shown in a table."""


def format_cells(kind: ColumnType, array: pa.Array, letters: int = CELL_LETTERS) -> list[str]:
    """Return values as text, each cut to so many letters.

    Args:
        kind: The column's type.
        array: As stored; shape (lines,).
        letters: How many letters of a value are given at most.
    """
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    if kind.name == "pickle":
        sizes = pc.binary_length(array).to_pylist()
        return [NONE if nbytes is None else f"pickle, {nbytes:,} bytes" for nbytes in sizes]
    if kind.name in ("ascii", "unicode", "json"):
        found = pc.utf8_slice_codeunits(array, 0, letters + 1).to_pylist()
        return [NONE if text is None else cut(text, letters) for text in found]
    if kind.name == "bytes":
        found = pc.binary_slice(array, 0, letters + 1).to_pylist()
        return [NONE if data is None else cut(repr(data)[2:-1], letters) for data in found]
    write = _WRITERS.get(kind.name, str)
    return [NONE if value is None else write(value) for value in to_list(kind, load(kind, array))]


_WRITERS: dict[str, Callable[[Any], str]] = {"number": repr, "float32": "{:.7g}".format, "float64": repr}
