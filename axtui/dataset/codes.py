"""Text as codes into a list of distinct values: Arrow's dictionary-coded arrays, and what authors get of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from axtui.dataset.views import is_missing, is_same, raw_view

_SAMPLE_LINES = 4096


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


def repeats(array: pa.Array) -> bool:
    """Tell from the first lines of some text, coded or not, whether it is worth coding."""
    sample = array.slice(0, _SAMPLE_LINES)
    found = pc.unique(sample.indices if pa.types.is_dictionary(array.type) else sample)
    return 2 * len(found) <= len(sample)


def distinct(array: pa.Array) -> pa.Array:
    """Return the distinct values of some text, coded or not, in the order in which they first come, without null."""
    if not pa.types.is_dictionary(array.type):
        return pc.drop_null(pc.unique(array))
    used = pc.drop_null(pc.unique(array.indices))
    return pc.unique(array.dictionary.take(used))


def plain_nbytes(array: pa.Array) -> int:
    """Return how many bytes some text has without codes."""
    if not pa.types.is_dictionary(array.type):
        return int(array.nbytes)
    lengths = pc.binary_length(array.dictionary).take(array.indices)
    bitmap = (len(array) + 7) // 8 if array.null_count else 0
    return int(pc.sum(lengths).as_py() or 0) + 4 * (len(array) + 1) + bitmap


def recode(array: pa.Array, arrow: pa.DictionaryType, values: pa.Array) -> pa.Array | None:
    """Bring text, coded or not, into codes of the given values; None where it has another value.

    Args:
        array: Shape (lines,).
        arrow: The type that is wanted.
        values: What the codes point to, distinct.
    """
    if not pa.types.is_dictionary(array.type):
        codes = pc.index_in(array, value_set=values).cast(arrow.index_type)
    elif is_same(array.dictionary, values):
        codes = array.indices.cast(arrow.index_type)
    else:
        codes = pc.index_in(array.dictionary, value_set=values).cast(arrow.index_type).take(array.indices)
    return pa.DictionaryArray.from_arrays(codes, values) if codes.null_count == array.null_count else None


def join_text(arrays: list[pa.Array], plain: pa.DataType) -> pa.Array:
    """Concatenate text, coded if all of it is coded alike; else plain."""
    if len({array.type for array in arrays}) > 1:
        arrays = [array.cast(plain) if pa.types.is_dictionary(array.type) else array for array in arrays]
    return pa.concat_arrays(arrays)


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
