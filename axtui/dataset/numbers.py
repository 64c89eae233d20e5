"""The `number` type in Arrow: int or float, exactly as written. Knows no files.

An array of numbers has one of three forms, the plainest that holds its values:

    int64                           every value is an int of 64 bits
    float64                         every value is a float
    struct<int, float, big>         anything else. Exactly one field of a line is set: `int` (int64), `float` (float64),
                                    or `big` (text), the decimal digits of an int beyond 64 bits. None sets no field and
                                    is null itself.

The struct opens in other tools as what it is. "Holds" names the form: "int", "float", "mixed".
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

INT = pa.int64()
FLOAT = pa.float64()
MIXED = pa.struct([("int", pa.int64()), ("float", pa.float64()), ("big", pa.string())])

_EXACT = 1 << 53
_INT64 = 1 << 63


def to_arrow(values: list[Any]) -> pa.Array:
    """Turn checked Python values into the plainest form.

    Args:
        values: int, float or None.

    Returns:
        Shape (len(values),).
    """
    kinds = set(map(type, values)) - {type(None)}
    if kinds == {float}:
        return pa.array(values, FLOAT)
    if kinds <= {int}:
        try:
            return pa.array(values, INT)
        except (OverflowError, pa.ArrowInvalid):
            pass
    return _mixed(values)


def to_list(array: pa.Array) -> list[Any]:
    """Return the values of a mixed array: int and float as written, None for null."""
    ints, floats, bigs = (array.field(name).to_pylist() for name in ("int", "float", "big"))
    values: list[Any] = []
    for valid, i, f, big in zip(array.is_valid().to_pylist(), ints, floats, bigs, strict=True):
        if not valid:
            values.append(None)
        else:
            values.append(i if i is not None else f if f is not None else int(big))
    return values


def common(forms: set[pa.DataType]) -> pa.DataType:
    """Return the plainest form that holds the values of all the given ones."""
    return next(iter(forms)) if len(forms) == 1 else MIXED


def recast(array: pa.Array, form: pa.DataType) -> pa.Array:
    """Bring an array into a form that holds its values; ints stay ints and floats stay floats."""
    if array.type == form:
        return array
    if array.null_count == len(array):
        return pa.nulls(len(array), form)
    if form != MIXED:
        raise ValueError(f"numbers held as {array.type} do not go into {form}")
    nothing = {name: pa.nulls(len(array), MIXED.field(name).type) for name in ("int", "float", "big")}
    nothing["int" if array.type == INT else "float"] = array
    return pa.StructArray.from_arrays(list(nothing.values()), fields=list(MIXED), mask=array.is_null())


def holds(form: pa.DataType) -> str:
    """Return the name of a form."""
    return "mixed" if form == MIXED else "float" if form == FLOAT else "int"


def is_exact_float(minimum: int | float | None, maximum: int | float | None) -> bool:
    """Tell whether every int between these bounds is exact as a float64."""
    return minimum is None or maximum is None or (minimum >= -_EXACT and maximum <= _EXACT)


def to_float(array: pa.Array) -> pa.Array:
    """Return float64 for an array of any form whose ints are known to be exact as floats."""
    if array.type != MIXED:
        return pc.cast(array, FLOAT)
    return pc.coalesce(_field(array, "float"), pc.cast(_field(array, "int"), FLOAT, safe=False))


def bounds(array: pa.Array) -> tuple[Any, Any] | None:
    """Return the smallest and largest value of a mixed array; NaN counts only where there is nothing else."""
    values = [value for value in to_list(array) if value is not None]
    plain = [value for value in values if value == value]
    chosen = plain or values
    return (min(chosen), max(chosen)) if chosen else None


def _field(array: pa.Array, name: str) -> pa.Array:
    return array.flatten()[("int", "float", "big").index(name)]


def _mixed(values: list[Any]) -> pa.Array:
    ints = [v if type(v) is int and -_INT64 <= v < _INT64 else None for v in values]
    floats = [v if type(v) is float else None for v in values]
    bigs = [str(v) if type(v) is int and not -_INT64 <= v < _INT64 else None for v in values]
    missing = pa.array(np.array([v is None for v in values], dtype=bool))
    fields = [pa.array(ints, INT), pa.array(floats, FLOAT), pa.array(bigs, pa.string())]
    return pa.StructArray.from_arrays(fields, fields=list(MIXED), mask=missing)
