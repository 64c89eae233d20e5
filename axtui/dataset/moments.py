"""Dates and times in Arrow. Knows no files.

`date` is date32. `datetime` and `time` have one of three forms, the plainest that holds their values:

    timestamp[us], time64[us]       every value has no zone and no fold
    timestamp[us, UTC]              every datetime is flagged UTC, without fold (there is no such form of `time`)
    struct<at, utc, fold>           anything else: `at` as above without a zone, two flags as bool

"Holds" names the form: "naive", "utc", "mixed".
"""

from __future__ import annotations

from datetime import UTC
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from axtui.dataset.views import is_missing, raw_view

STAMP = pa.timestamp("us")
STAMP_UTC = pa.timestamp("us", "UTC")
CLOCK = pa.time64("us")
STAMP_MIXED = pa.struct([("at", STAMP), ("utc", pa.bool_()), ("fold", pa.bool_())])
CLOCK_MIXED = pa.struct([("at", CLOCK), ("utc", pa.bool_()), ("fold", pa.bool_())])


def to_arrow(values: list[Any], plain: pa.DataType) -> pa.Array:
    """Turn checked datetimes (`plain` is STAMP) or times (CLOCK) into the plainest form.

    Returns:
        Shape (len(values),).
    """
    flags = {(value.tzinfo is not None, value.fold) for value in values if value is not None}
    if flags <= {(False, 0)}:
        return pa.array(values, plain)
    if flags == {(True, 0)} and plain == STAMP:
        return pa.array(values, STAMP_UTC)
    missing = pa.array(np.array([value is None for value in values], dtype=bool))
    at = pa.array([value and value.replace(tzinfo=None, fold=0) for value in values], plain)
    utc = pa.array([value is not None and value.tzinfo is not None for value in values], pa.bool_())
    fold = pa.array([value is not None and value.fold == 1 for value in values], pa.bool_())
    form = STAMP_MIXED if plain == STAMP else CLOCK_MIXED
    return pa.StructArray.from_arrays([at, utc, fold], fields=list(form), mask=missing)


def to_list(array: pa.Array) -> list[Any]:
    """Return datetimes or times as written, None for null."""
    if pa.types.is_struct(array.type):
        at, utc, fold = (array.field(name).to_pylist() for name in ("at", "utc", "fold"))
        lines = zip(array.is_valid().to_pylist(), at, utc, fold, strict=True)
        return [v.replace(tzinfo=UTC if u else None, fold=int(f)) if valid else None for valid, v, u, f in lines]
    if pa.types.is_timestamp(array.type) and array.type.tz is None:
        return _to_list(raw_view(array).view("datetime64[us]"), array)
    if pa.types.is_timestamp(array.type):
        naive = to_list(array.cast(STAMP))
        return [value if value is None else value.replace(tzinfo=UTC) for value in naive]
    pylist: list[Any] = array.to_pylist()
    return pylist


def dates_to_list(array: pa.Array) -> list[Any]:
    """Return dates, None for null."""
    return _to_list(raw_view(array).astype("datetime64[D]"), array)


def _to_list(values: npt.NDArray[np.datetime64], array: pa.Array) -> list[Any]:
    if array.null_count:
        values = np.where(is_missing(array), np.datetime64("NaT"), values)
    listed: list[Any] = values.tolist()
    return listed


def common(forms: set[pa.DataType]) -> pa.DataType:
    """Return the plainest form that holds the values of all the given ones."""
    if len(forms) == 1:
        return next(iter(forms))
    return CLOCK_MIXED if CLOCK in forms else STAMP_MIXED


def recast(array: pa.Array, form: pa.DataType) -> pa.Array:
    """Bring an array into a form that holds its values."""
    if array.type == form:
        return array
    if array.null_count == len(array):
        return pa.nulls(len(array), form)
    if not pa.types.is_struct(form):
        raise ValueError(f"times held as {array.type} do not go into {form}")
    is_utc = pa.types.is_timestamp(array.type) and array.type.tz is not None
    utc = pa.array(np.full(len(array), is_utc))
    fold = pa.array(np.zeros(len(array), dtype=bool))
    at = array.cast(form.field("at").type)
    return pa.StructArray.from_arrays([at, utc, fold], fields=list(form), mask=array.is_null())


def holds(form: pa.DataType) -> str:
    """Return the name of a form."""
    if pa.types.is_struct(form):
        return "mixed"
    return "utc" if form == STAMP_UTC else "naive"


def strip(array: pa.Array) -> pa.Array:
    """Return the plain timestamp[us] or time64[us] of any form: flags are left out."""
    if pa.types.is_struct(array.type):
        return array.flatten()[0]
    return array.cast(STAMP) if pa.types.is_timestamp(array.type) else array


def bounds(array: pa.Array) -> tuple[Any, Any] | None:
    """Return the earliest and latest value, flags and all; None where there is no value."""
    at = strip(array)
    found = pc.min_max(at)
    if not found["min"].is_valid:
        return None
    first, last = (pc.index(at, found[key]).as_py() for key in ("min", "max"))
    return to_list(array.slice(first, 1))[0], to_list(array.slice(last, 1))[0]


def packed_dates(days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.uint32]:
    """Pack dates as `Y<<9 | m<<5 | d`.

    Args:
        days: Shape (lines,), datetime64[D].
    """
    year, month, day = _parts(days)
    return (year << 9 | month << 5 | day).astype(np.uint32)


def packed_stamps(stamps: npt.NDArray[np.datetime64]) -> npt.NDArray[np.uint64]:
    """Pack datetimes into 8 bytes: `Y<<14 | m<<10 | d<<5 | H` low, `M<<26 | S<<20 | microsecond` high.

    Args:
        stamps: Shape (lines,), datetime64[us].
    """
    days = stamps.astype("datetime64[D]")
    year, month, day = _parts(days)
    micro = (stamps - days).astype(np.int64)
    seconds, micro = np.divmod(micro, 1_000_000)
    minutes, second = np.divmod(seconds, 60)
    hour, minute = np.divmod(minutes, 60)
    low: npt.NDArray[np.uint64] = (year << 14 | month << 10 | day << 5 | hour).astype(np.uint64)
    high: npt.NDArray[np.uint64] = (minute << 26 | second << 20 | micro).astype(np.uint64)
    return low | high << np.uint64(32)


def _parts(days: npt.NDArray[np.datetime64]) -> tuple[npt.NDArray[np.int64], ...]:
    months = days.astype("datetime64[M]")
    years = months.astype("datetime64[Y]")
    year = years.astype(np.int64) + 1970
    month = (months - years.astype("datetime64[M]")).astype(np.int64) + 1
    day = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    return year, month, day
