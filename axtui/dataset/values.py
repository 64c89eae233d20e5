"""Columns as Python values for rows, piece by piece: what repeats from piece to piece is made once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from axtui.dataset.raw import is_raw, to_raw_list
from axtui.dataset.types import ColumnType, to_list
from axtui.dataset.views import is_packable, is_same, packed_values, raw_view


class ColumnValues:
    """Makes Python values of the pieces of one column of one file."""

    def __init__(self, kind: ColumnType, copy_mode: bool) -> None:
        """`copy_mode` gives text, json and pickles as bytes, see raw.py."""
        self._kind = kind
        self._to_list = to_raw_list if copy_mode and is_raw(kind) else to_list
        self._dictionary: pa.Array | None = None
        self._decoded: npt.NDArray[np.object_] = np.empty(0, dtype=object)

    def of(self, array: pa.Array) -> Sequence[Any]:
        """Return the values of a piece, None for null.

        Args:
            array: Shape (lines,). As stored.
        """
        if pa.types.is_dictionary(array.type):
            return self._decode(array)
        return packed_values(array) if is_packable(array) else self._to_list(self._kind, array)

    def _decode(self, array: pa.DictionaryArray) -> list[Any]:
        dictionary = array.dictionary
        if self._dictionary is None or not is_same(self._dictionary, dictionary):
            self._dictionary = dictionary
            self._decoded = np.empty(len(dictionary) + 1, dtype=object)
            self._decoded[:-1] = self._to_list(self._kind, dictionary)
        codes = array.indices.fill_null(-1) if array.null_count else array.indices
        decoded: list[Any] = self._decoded[raw_view(codes)].tolist()
        return decoded
