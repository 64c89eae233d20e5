"""Whole arrays from outside (numpy, Arrow, lists) as columns: checked as strictly as single values, but all at once.

What is taken for a column type, besides a list of values or an array of objects, which are checked one by one:

    number                 integers, floats, bool
    int32, int64           integers in range, bool
    float32, float64       floats, integers, bool
    complex32, complex64   complex, floats, integers, bool; Arrow's fixed_size_list<float, 2>
    bool                   bool; integers that are 0 or 1
    datetime               datetime64 or timestamp without a zone or in UTC, nothing below microseconds; NaT is None
    date                   datetime64, date or timestamp; the time of day is dropped
    time                   time32, time64; timedelta64 since midnight
    bytes                  bytes
    ascii                  text or bytes with nothing above 127
    unicode                text

A numpy masked array, and Arrow's nulls, give None. NaN is a value like any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from axtui.dataset import moments, numbers
from axtui.dataset.cells import show
from axtui.dataset.codes import repeats
from axtui.dataset.rows import check_none_too
from axtui.dataset.types import to_arrow
from axtui.dataset.writer import Column

_FIRST = int(np.datetime64("0001-01-01T00:00:00", "us").astype(np.int64))
_LAST = int(np.datetime64("9999-12-31T23:59:59.999999", "us").astype(np.int64))
_DAY = 86_400_000_000
_FEWEST_CODED = 1 << 14


def record_batches(data: Any) -> Iterator[pa.RecordBatch]:
    """Return the record batches that something of Arrow's has: a batch, a table, or what exports a stream or an array.

    Raises:
        TypeError: It is nothing of Arrow's.
    """
    if isinstance(data, pa.RecordBatch):
        return iter([data])
    if hasattr(data, "__arrow_c_stream__"):
        return iter(pa.RecordBatchReader.from_stream(data))
    if hasattr(data, "__arrow_c_array__"):
        return iter([pa.record_batch(data)])
    raise TypeError(f"wanted a record batch, a table or a frame, found {show(data)}")


def take_array(column: Column, data: Any, where: str) -> pa.Array:
    """Turn an array from outside into one in a form of the column's type.

    Args:
        column: The column.
        data: A numpy array (also masked), an Arrow array (also chunked), or a sequence of values; shape (lines,).
        where: The dataset, for the message.

    Returns:
        Shape (lines,).

    Raises:
        TypeError, ValueError, OverflowError: The type does not take it; the message ends with column and dataset.
    """
    try:
        array = _take(column, data)
        if array.null_count and not (column.none or column.kind.takes_none):
            line = pc.index(array.is_null(), True).as_py()
            raise ValueError(f"Refusing to write None value without none_support (line {line} of the array)")
        return array
    except (TypeError, ValueError, OverflowError) as error:
        kind = next(c for c in (OverflowError, TypeError, ValueError) if isinstance(error, c))
        raise kind(f"{error} (column {column.name} (type {column.kind.name}) in {where})") from None


def _take(column: Column, data: Any) -> pa.Array:
    if isinstance(data, pa.ChunkedArray):
        data = data.combine_chunks()
    if isinstance(data, pa.Array):
        return _take_arrow(column, data)
    if not isinstance(data, np.ndarray):
        return _take_values(column, list(data))
    if data.ndim != 1:
        raise ValueError(f"wanted an array of shape (lines,), found shape {data.shape}")
    if data.dtype == object or column.kind.name in ("json", "pickle"):
        return _take_values(column, data.tolist())
    mask = np.ma.getmaskarray(data) if isinstance(data, np.ma.MaskedArray) else None
    plain = np.asarray(np.ma.getdata(data))
    if column.kind.name.startswith("complex"):
        return _take_complex(column, plain, mask)
    if plain.dtype.kind == "M":
        plain = _micro_or_days(plain)
    return _take_arrow(column, pa.array(plain, mask=mask))


def _take_values(column: Column, values: list[Any]) -> pa.Array:
    return to_arrow(column.kind, [check_none_too(column, value) for value in values])


def _take_arrow(column: Column, array: pa.Array) -> pa.Array:
    kind = array.type
    if pa.types.is_dictionary(kind):
        return _take_coded(column, array)
    name = column.kind.name
    if pa.types.is_null(kind):
        return pa.nulls(len(array), column.kind.arrow)
    if column.kind.raw and (_is_text(kind) or _is_bytes(kind)):
        return _take_raw(array, column)
    if name in ("json", "pickle") or (kind == pa.uint64() and name == "number"):
        return _take_values(column, array.to_pylist())
    if column.kind.parses and (_is_text(kind) or _is_bytes(kind)):
        return _take_values(column, array.to_pylist())
    found = _TAKERS[name](array, column)
    if found is None:
        raise TypeError(f"wanted {name} values, found an array of {kind}")
    return found


def _take_coded(column: Column, array: pa.DictionaryArray) -> pa.Array:
    """Take codes into values: text stays coded, anything else is decoded."""
    values = array.dictionary
    if pa.types.is_string_view(values.type) or pa.types.is_large_string(values.type):
        values = values.cast(pa.string())
    if column.kind.name in ("ascii", "unicode", "bytes") and not values.null_count:
        return pa.DictionaryArray.from_arrays(array.indices, _take_arrow(column, values))
    return _take_arrow(column, values.take(array.indices))


def code_repeated(array: pa.Array) -> pa.Array:
    """Code text that repeats, if it is not coded: it is then dealt out and stored several times as fast."""
    is_plain = pa.types.is_string(array.type) or pa.types.is_binary(array.type)
    return array.dictionary_encode() if is_plain and len(array) >= _FEWEST_CODED and repeats(array) else array


def _take_int(array: pa.Array, column: Column) -> pa.Array | None:
    if pa.types.is_boolean(array.type):
        return array.cast(column.kind.arrow)
    if not pa.types.is_integer(array.type):
        return None
    found = pc.min_max(array)
    for key in ("min", "max"):
        if found[key].is_valid:
            column.kind.check(found[key].as_py())
    return array.cast(column.kind.arrow)


def _take_number(array: pa.Array, column: Column) -> pa.Array | None:
    if array.type == numbers.MIXED:
        return array
    if pa.types.is_floating(array.type):
        return array.cast(numbers.FLOAT)
    if pa.types.is_integer(array.type) or pa.types.is_boolean(array.type):
        return array.cast(numbers.INT)
    return None


def _take_float(array: pa.Array, column: Column) -> pa.Array | None:
    if pa.types.is_boolean(array.type):
        array = array.cast(pa.int8())
    if not (pa.types.is_floating(array.type) or pa.types.is_integer(array.type)):
        return None
    return array.cast(column.kind.arrow, safe=False)


def _take_pairs(array: pa.Array, column: Column) -> pa.Array | None:
    if pa.types.is_fixed_size_list(array.type) and array.type.list_size == 2:
        return array.cast(column.kind.arrow)
    return None


def _take_complex(column: Column, plain: Any, mask: Any) -> pa.Array:
    if plain.dtype.kind not in "biufc":
        raise TypeError(f"wanted {column.kind.name} values, found an array of {plain.dtype}")
    width = np.complex64 if column.kind.name == "complex32" else np.complex128
    parts = plain.astype(width).view(np.float32 if width is np.complex64 else np.float64)
    missing = None if mask is None else pa.array(mask)
    return pa.FixedSizeListArray.from_arrays(pa.array(parts), type=column.kind.arrow, mask=missing)


def _take_bool(array: pa.Array, column: Column) -> pa.Array | None:
    if pa.types.is_boolean(array.type):
        return array
    if not pa.types.is_integer(array.type):
        return None
    for value in pc.unique(array).to_pylist():
        if value is not None:
            column.kind.check(value)
    return array.cast(pa.bool_())


def _take_datetime(array: pa.Array, column: Column) -> pa.Array | None:
    if array.type == moments.STAMP_MIXED:
        return array
    if not pa.types.is_timestamp(array.type):
        return None
    if array.type.tz not in (None, "UTC", "Etc/UTC", "+00:00"):
        raise ValueError(f"only times without a zone or in UTC can be kept, found zone {array.type.tz}")
    form = moments.STAMP_UTC if array.type.tz else moments.STAMP
    return _within_years(array.cast(form))


def _take_date(array: pa.Array, column: Column) -> pa.Array | None:
    if pa.types.is_timestamp(array.type):
        _within_years(array.cast(moments.STAMP, safe=False))
        return array.cast(pa.date32(), safe=False)
    if not pa.types.is_date(array.type):
        return None
    _within_years(array.cast(moments.STAMP))
    return array.cast(pa.date32())


def _take_time(array: pa.Array, column: Column) -> pa.Array | None:
    if array.type == moments.CLOCK_MIXED:
        return array
    if pa.types.is_duration(array.type):
        ticks = array.cast(pa.duration("us")).cast(pa.int64())
        _within(ticks, 0, _DAY - 1, "a time of day")
        return ticks.cast(moments.CLOCK)
    return array.cast(moments.CLOCK) if pa.types.is_time(array.type) else None


def _take_bytes(array: pa.Array, column: Column) -> pa.Array | None:
    return array.cast(pa.binary()) if _is_bytes(array.type) else None


def _take_ascii(array: pa.Array, column: Column) -> pa.Array | None:
    if not (_is_bytes(array.type) or _is_text(array.type)):
        return None
    if _is_bytes(array.type):
        for value in array.cast(pa.binary()).to_pylist():
            if value is not None:
                column.kind.check(value)
        return array.cast(pa.binary()).cast(pa.string())
    array = array.cast(pa.string())
    plain = pc.string_is_ascii(array)
    if not pc.all(plain).as_py() and len(plain) > plain.null_count:
        column.kind.check(array[pc.index(plain, False).as_py()].as_py())
    return array


def _take_raw(array: pa.Array, column: Column) -> pa.Array:
    if column.kind.name == "ascii":
        return _take_ascii(array, column)
    return array.cast(pa.binary()).cast(column.kind.arrow)


def _take_unicode(array: pa.Array, column: Column) -> pa.Array | None:
    return array.cast(pa.string()) if _is_text(array.type) else None


_TAKERS: dict[str, Any] = {
    "number": _take_number,
    "int32": _take_int,
    "int64": _take_int,
    "float32": _take_float,
    "float64": _take_float,
    "complex32": _take_pairs,
    "complex64": _take_pairs,
    "bool": _take_bool,
    "datetime": _take_datetime,
    "date": _take_date,
    "time": _take_time,
    "bytes": _take_bytes,
    "ascii": _take_ascii,
    "unicode": _take_unicode,
}


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_bytes(kind: pa.DataType) -> bool:
    plain = pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind)
    return bool(plain or pa.types.is_fixed_size_binary(kind))


def _micro_or_days(values: Any) -> Any:
    """Arrow knows no hours or minutes: bring datetime64 of such units to microseconds."""
    unit = np.datetime_data(values.dtype)[0]
    return values if unit in ("D", "s", "ms", "us", "ns") else values.astype("datetime64[us]")


def _within_years(array: pa.Array) -> pa.Array:
    _within(array.cast(pa.int64()), _FIRST, _LAST, "a date of the years 1 to 9999")
    return array


def _within(array: pa.Array, low: int, high: int, wanted: str) -> None:
    found = pc.min_max(array).as_py()
    for value in (found["min"], found["max"]):
        if value is not None and not low <= value <= high:
            raise OverflowError(f"wanted {wanted}, found {show(value)} microseconds since 1970 or midnight")
