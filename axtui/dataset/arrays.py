"""Columns as numpy arrays. Views of the mapped file where the type allows, read-only; else copies.

    type                dtype                                                   a view of the file
    int32, int64        int32, int64                                            where the file did not narrow them
    number              int64 where all are ints; float64 where all are floats  as int64, float64
                        or all ints are exact as float64; else object
    float32, float64    float32, float64                                        yes
    complex32, 64       complex64, complex128                                   yes
    bool                bool                                                    no (bits)
    datetime            datetime64[us]; the UTC flag is left out                yes, unless flags are mixed
    date                datetime64[D]                                           no
    time                timedelta64[us] since midnight                          yes, unless flags are mixed
    bytes, ascii,       object (bytes or str, None for None), or with
    unicode             text="codes" a TextCodes                                no; codes where stored as int32
    json, pickle        object (decoded)                                        no

The dtype depends on the dataset alone, never on the slice or piece. A view needs the lines to lie in one record batch.

None, in a column that allows it: with nulls="mask" a numpy.ma.MaskedArray; with nulls="nan" NaN and NaT, for which
integers and bool become float64. Arrays of objects hold None itself in both cases; codes have -1.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from axtui.base.errors import DatasetUsageError
from axtui.dataset import moments, numbers
from axtui.dataset.record import ColumnRecord
from axtui.dataset.storage import load
from axtui.dataset.types import to_list

Array = npt.NDArray[Any]
NULLS = ("mask", "nan")
TEXTS = ("object", "codes")


class TextCodes(NamedTuple):
    """Text or bytes as codes.

    Attributes:
        codes: Shape (lines,), int32. An index into `values`; -1 for None.
        values: Shape (distinct,), object.
    """

    codes: npt.NDArray[np.int32]
    values: npt.NDArray[np.object_]


def to_numpy(column: ColumnRecord, arrays: list[pa.Array], nulls: str, text: str) -> Array | TextCodes:
    """Turn the stored arrays of a column into one numpy array.

    Args:
        column: What is known of the column.
        arrays: As stored; shape (lines,) together.
        nulls: "mask" or "nan".
        text: "object" or "codes".

    Returns:
        Shape (lines,); see above for the dtype.

    Raises:
        DatasetUsageError: `nulls` or `text` is something else, or with "nan" an integer is not exact as float64.
    """
    if nulls not in NULLS or text not in TEXTS:
        raise DatasetUsageError(f"nulls is one of {NULLS} and text one of {TEXTS}, found {nulls!r} and {text!r}")
    is_text = column.kind.name in ("ascii", "unicode", "bytes")
    if is_text and text == "codes":
        return _codes(column, arrays)
    if is_text or _is_object(column):
        return _objects(column, arrays)
    array = _joined(column, arrays)
    values = _values(column, array)
    if not column.none:
        return values
    missing = array.is_null().to_numpy(zero_copy_only=False)
    return np.ma.MaskedArray(values, missing) if nulls == "mask" else _with_nan(column, values, missing)


def _is_object(column: ColumnRecord) -> bool:
    if column.kind.name == "number":
        return column.holds == "mixed" and not numbers.is_exact_float(column.min, column.max)
    return column.kind.name in ("json", "pickle")


def _joined(column: ColumnRecord, arrays: list[pa.Array]) -> pa.Array:
    """Bring arrays into one form and one piece; a single one is not copied."""
    if not arrays:
        return pa.array([], _numpy_form(column))
    ready = [_plain(column, array) for array in arrays]
    return ready[0] if len(ready) == 1 else pa.concat_arrays(ready)


def _numpy_form(column: ColumnRecord) -> pa.DataType:
    if column.kind.name == "number":
        return numbers.INT if column.holds in (None, "int") else numbers.FLOAT
    return column.kind.arrow


def _plain(column: ColumnRecord, array: pa.Array) -> pa.Array:
    if column.kind.name in ("datetime", "time"):
        return moments.strip(array)
    if column.kind.name == "number" and column.holds not in (None, "int"):
        return numbers.to_float(array)
    return load(column.kind, array)


def _values(column: ColumnRecord, array: pa.Array) -> Array:
    """Return the values, with anything where there is none."""
    name = column.kind.name
    if name.startswith("complex"):
        part = np.complex64 if name == "complex32" else np.complex128
        return _raw(array.values, 2 * array.offset, 2 * len(array)).view(part)
    if name == "bool":
        return np.asarray(array.fill_null(False))
    if name == "date":
        return _raw(array, array.offset, len(array)).astype("datetime64[D]")
    raw = _raw(array, array.offset, len(array))
    units = {"datetime": "datetime64[us]", "time": "timedelta64[us]"}
    return raw.view(units[name]) if name in units else raw


def _raw(array: pa.Array, offset: int, length: int) -> Array:
    """View the values buffer of an array of fixed width."""
    kind = array.type
    is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind)
    dtype = kind.to_pandas_dtype() if is_number else f"i{kind.bit_width // 8}"
    buffer = array.buffers()[1]
    if buffer is None or not length:
        return np.zeros(length, dtype=dtype)
    return np.frombuffer(buffer, dtype=dtype)[offset : offset + length]


def _with_nan(column: ColumnRecord, values: Array, missing: npt.NDArray[np.bool_]) -> Array:
    if values.dtype.kind in "bi":
        if not numbers.is_exact_float(column.min, column.max):
            raise DatasetUsageError(f"column {column.name} has integers that float64 cannot hold; wanted nulls='mask'")
        values = values.astype(np.float64)
    if missing.any():
        values = values.copy()
        values[missing] = np.array("NaT", dtype=values.dtype) if values.dtype.kind in "mM" else np.nan
    return values


def _objects(column: ColumnRecord, arrays: list[pa.Array]) -> Array:
    values = [value for array in arrays for value in to_list(column.kind, array)]
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def _codes(column: ColumnRecord, arrays: list[pa.Array]) -> TextCodes:
    coded = _coded(column, arrays)
    values = np.empty(len(coded.dictionary), dtype=object)
    values[:] = coded.dictionary.to_pylist()
    return TextCodes(coded.indices.cast(pa.int32()).fill_null(-1).to_numpy(), values)


def _coded(column: ColumnRecord, arrays: list[pa.Array]) -> pa.DictionaryArray:
    if len(arrays) == 1 and pa.types.is_dictionary(arrays[0].type):
        return arrays[0]
    loaded = [load(column.kind, array) for array in arrays]
    joined = pa.chunked_array(loaded, column.kind.arrow).dictionary_encode().combine_chunks()
    return joined.chunk(0) if isinstance(joined, pa.ChunkedArray) else joined
