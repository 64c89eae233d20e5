"""Text as codes into a list of distinct values: as it is stored where it repeats, made so where it does not."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from axtui.dataset.views import is_missing, is_same, raw_view


class TextCodes(NamedTuple):
    """Text or bytes as codes.

    Attributes:
        codes: Shape (lines,), int32. An index into `values`; -1 for None.
        values: Shape (distinct,), object.
    """

    codes: npt.NDArray[np.int32]
    values: npt.NDArray[np.object_]


def text_codes(arrays: list[pa.Array]) -> TextCodes:
    """Turn arrays of text or bytes into codes.

    Args:
        arrays: As stored, dictionary-coded or not; shape (lines,) together.

    Returns:
        Codes of all lines. The values are distinct, in the order in which dictionaries have them.
    """
    index: dict[Any, int] = {}
    found: list[npt.NDArray[np.int32]] = []
    dictionary, places = None, np.empty(0, dtype=np.int32)
    for array in arrays:
        coded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
        if dictionary is None or not is_same(dictionary, coded.dictionary):
            dictionary = coded.dictionary
            places = np.array([index.setdefault(value, len(index)) for value in dictionary.to_pylist()], dtype=np.int32)
        found.append(_placed(coded.indices, places))
    values = np.empty(len(index), dtype=object)
    values[:] = list(index)
    codes = found[0] if len(found) == 1 else np.concatenate(found, dtype=np.int32) if found else np.empty(0, np.int32)
    return TextCodes(codes, values)


def _placed(indices: pa.Array, places: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Return where the values of some indices are in the common list, -1 where there is none."""
    codes = raw_view(indices)
    if not indices.null_count:
        return codes.astype(np.int32, copy=False) if _is_identity(places) else places[codes]
    missing = is_missing(indices)
    kept = places[np.where(missing, 0, codes)] if len(places) else np.empty(len(codes), np.int32)
    return np.where(missing, np.int32(-1), kept)


def _is_identity(places: npt.NDArray[np.int32]) -> bool:
    return bool((places == np.arange(len(places))).all())
