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

The dtype depends on the dataset alone, never on the slice or piece. A view needs the lines to lie in one record batch,
which has about 32 MB over all columns.

None, in a column that allows it: with nulls="mask" a numpy.ma.MaskedArray; with nulls="nan" NaN and NaT, for which
integers and bool become float64. Arrays of objects hold None itself in both cases; codes have -1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from axtui.base.errors import DatasetUsageError
from axtui.dataset import moments, numbers
from axtui.dataset.codes import TextCodes, text_codes
from axtui.dataset.record import ColumnRecord
from axtui.dataset.storage import load
from axtui.dataset.types import to_list
from axtui.dataset.views import bool_view, is_missing, raw_view

Array = npt.NDArray[Any]
NULLS = ("mask", "nan")
TEXTS = ("object", "codes")
_DTYPES = {
    **{name: name for name in ("int32", "int64", "float32", "float64", "bool")},
    "complex32": "complex64",
    "complex64": "complex128",
    "datetime": "datetime64[us]",
    "date": "datetime64[D]",
    "time": "timedelta64[us]",
}


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
        return text_codes(arrays)
    if is_text or _is_object(column):
        return _objects(column, arrays)
    values = _joined([_values(column, array) for array in arrays], _dtype(column))
    if not column.none:
        return values
    missing = _joined([is_missing(array) for array in arrays], np.dtype(bool))
    return np.ma.MaskedArray(values, missing) if nulls == "mask" else _with_nan(column, values, missing)


def _is_object(column: ColumnRecord) -> bool:
    if column.kind.name == "number":
        return column.holds == "mixed" and not numbers.is_exact_float(column.min, column.max)
    return column.kind.name in ("json", "pickle")


def _dtype(column: ColumnRecord) -> np.dtype[Any]:
    if column.kind.name == "number":
        return np.dtype(np.int64 if column.holds in (None, "int") else np.float64)
    return np.dtype(_DTYPES[column.kind.name])


def _joined(parts: list[Array], dtype: np.dtype[Any]) -> Array:
    """Put parts one after the other, widened on the way; a single one of the dtype is not copied."""
    if len(parts) == 1:
        return parts[0].astype(dtype, copy=False)
    return np.concatenate(parts, dtype=dtype) if parts else np.empty(0, dtype)


def _values(column: ColumnRecord, array: pa.Array) -> Array:
    """Return the values as they are stored, perhaps narrower than the dtype, with anything where there is none."""
    name = column.kind.name
    if name.startswith("complex"):
        array = array if pa.types.is_fixed_size_list(array.type) else load(column.kind, array)
        pairs = raw_view(array.values.slice(2 * array.offset, 2 * len(array)))
        return pairs.view(np.complex64 if pairs.dtype == np.float32 else np.complex128)
    if name == "bool":
        return bool_view(array)
    if name == "date":
        return raw_view(array).astype(_DTYPES[name])
    if name == "number" and column.holds not in (None, "int"):
        return raw_view(numbers.to_float(array))
    if name in ("datetime", "time"):
        return raw_view(moments.strip(array)).view(_DTYPES[name])
    return raw_view(array)


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
