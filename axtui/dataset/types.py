"""The column types, in one table, and what turns a column's values from Python into Arrow and back.

    type              Python value            Arrow, in memory and on the wire to other tools        min, max   hashable
    number            int, float              int64, float64 or a struct, see numbers.py             yes        yes
    int32, int64      int                     int32, int64                                           yes        yes
    float32, float64  float                   float32, float64                                       yes        yes
    complex32         complex (2 x float32)   fixed_size_list<float32, 2>                            no         yes
    complex64         complex (2 x float64)   fixed_size_list<float64, 2>                            no         yes
    bool              bool                    bool                                                   yes        yes
    datetime          datetime                timestamp[us], with UTC, or a struct, see moments.py   yes        yes
    date              date                    date32                                                 yes        yes
    time              time                    time64[us] or a struct, see moments.py                 yes        yes
    bytes             bytes                   binary                                                 no         yes
    ascii, unicode    str                     string                                                 no         yes
    json              what JSON carries       string (the text)                                      no         no
    pickle            any object              binary (the pickle)                                    no         no
    parsed:T          as T, or text of one    as T; for number, int*, float*, complex*, json

None is Arrow's null. How a file narrows and codes these is storage.py's.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from axtui.base.errors import DatasetUsageError
from axtui.dataset import cells, moments, numbers
from axtui.dataset.views import is_packable, raw_view

Check = Callable[[Any], Any]


@dataclass(frozen=True)
class ColumnType:
    """A row of the table.

    Attributes:
        name: As the Accelerator spells it; of `parsed:T` it is T, which is how it is stored.
        arrow: The plain Arrow type.
        check: Takes a Python value that is not None and returns it as it is stored, or raises.
        plain: A Python expression over `v` that is true only for values that `check` returns unchanged.
        ordered: Whether minimum and maximum are kept.
        hashable: Whether the column may be a hashlabel.
        takes_none: Whether None is taken without being asked for.
        parses: Whether text is taken as the value that it says.
        raw: Whether `check` takes the bytes that are stored, see raw.py.
    """

    name: str
    arrow: pa.DataType
    check: Check
    plain: str
    ordered: bool = True
    hashable: bool = True
    takes_none: bool = False
    parses: bool = False
    raw: bool = False


def _table() -> dict[str, ColumnType]:
    text, binary = pa.string(), pa.binary()
    pair32, pair64 = pa.list_(pa.float32(), 2), pa.list_(pa.float64(), 2)
    small, large = f"-{2**31} < v < {2**31}", f"-{2**63} < v < {2**63}"
    ascii_text = "type(v) is str and v.isascii()"
    naive = "v.tzinfo is None"
    rows = [
        ColumnType("number", numbers.INT, cells.check_number, f"type(v) is float or type(v) is int and {large}"),
        ColumnType("int32", pa.int32(), cells.check_int32, f"type(v) is int and {small}"),
        ColumnType("int64", pa.int64(), cells.check_int64, f"type(v) is int and {large}"),
        ColumnType("float32", pa.float32(), cells.check_float, "type(v) is float"),
        ColumnType("float64", pa.float64(), cells.check_float, "type(v) is float"),
        ColumnType("complex32", pair32, cells.check_complex, "type(v) is complex", ordered=False),
        ColumnType("complex64", pair64, cells.check_complex, "type(v) is complex", ordered=False),
        ColumnType("bool", pa.bool_(), cells.check_bool, "v is True or v is False"),
        ColumnType("datetime", moments.STAMP, cells.check_datetime, f"type(v) is datetime and {naive}"),
        ColumnType("date", pa.date32(), cells.check_date, "type(v) is date"),
        ColumnType("time", moments.CLOCK, cells.check_time, f"type(v) is time and {naive}"),
        ColumnType("bytes", binary, cells.check_bytes, "type(v) is bytes", ordered=False),
        ColumnType("ascii", text, cells.check_ascii, ascii_text, ordered=False),
        ColumnType("unicode", text, cells.check_unicode, ascii_text, ordered=False),
        ColumnType("json", text, cells.check_json, "False", ordered=False, hashable=False, takes_none=True),
        ColumnType("pickle", binary, cells.check_pickle, "False", ordered=False, hashable=False, takes_none=True),
    ]
    return {row.name: row for row in rows}


_TYPES = _table()
_PARSERS: dict[str, Check] = {
    "number": cells.parse_number,
    "int32": cells.parse_int,
    "int64": cells.parse_int,
    "float32": float,
    "float64": float,
    "complex32": complex,
    "complex64": complex,
    "json": json.loads,
}
TYPE_NAMES = (*_TYPES, *(f"parsed:{name}" for name in _PARSERS))
PLAIN_NAMES = {kind.__name__: kind for kind in (type, int, float, complex, str, bytes, date, datetime, time)}
"""The names that the expressions in `ColumnType.plain` use, beside `v`."""


def find_type(name: object) -> ColumnType:
    """Return a column type by its name.

    Raises:
        DatasetUsageError: There is none of this name.
    """
    if isinstance(name, str) and name in _TYPES:
        return _TYPES[name]
    base = name.removeprefix("parsed:") if isinstance(name, str) else ""
    if base in _PARSERS and base != name:
        return replace(_TYPES[base], check=_parsing(_TYPES[base], _PARSERS[base]), plain="False", parses=True)
    raise DatasetUsageError(f"unknown column type {name!r}; there are {', '.join(TYPE_NAMES)}")


def to_arrow(kind: ColumnType, values: list[Any]) -> pa.Array:
    """Turn checked values into Arrow.

    Args:
        kind: Their type.
        values: What `kind.check` returned, or None.

    Returns:
        Shape (len(values),), in the plainest form of the type.
    """
    if kind.name == "number":
        return numbers.to_arrow(values)
    if kind.name in ("datetime", "time"):
        return moments.to_arrow(values, kind.arrow)
    if kind.name.startswith("complex"):
        return pa.array([None if v is None else (v.real, v.imag) for v in values], kind.arrow)
    if kind.name == "float32":
        return _rounded(values)
    return pa.array(values, kind.arrow)


def to_list(kind: ColumnType, array: pa.Array) -> list[Any]:
    """Turn Arrow into Python values, None for null.

    Args:
        kind: The column's type.
        array: Shape (lines,). In a form of the type, or dictionary-coded text or bytes.
    """
    if pa.types.is_dictionary(array.type):
        return to_list(kind, array.cast(array.type.value_type))
    if kind.name == "json":
        return [None if text is None else json.loads(text) for text in array.to_pylist()]
    if kind.name == "pickle":
        return [None if data is None else pickle.loads(data) for data in array.to_pylist()]
    if kind.name.startswith("complex"):
        return [None if pair is None else complex(*pair) for pair in array.to_pylist()]
    if array.type == numbers.MIXED:
        return numbers.to_list(array)
    if kind.name in ("datetime", "time"):
        return moments.to_list(array)
    if is_packable(array):
        values: list[Any] = raw_view(array).tolist()
        return values
    if kind.name == "date":
        return moments.dates_to_list(array)
    listed: list[Any] = array.to_pylist()
    return listed


def bounds(kind: ColumnType, array: pa.Array) -> tuple[Any, Any] | None:
    """Return the smallest and largest value, or None where there is none or the type keeps none.

    NaN counts only where there is nothing else.
    """
    if not kind.ordered or array.null_count == len(array):
        return None
    if array.type == numbers.MIXED:
        return numbers.bounds(array)
    if kind.name in ("datetime", "time"):
        return moments.bounds(array)
    if pa.types.is_floating(array.type):
        array = _without_nan(array)
    found = pc.min_max(array)
    return found["min"].as_py(), found["max"].as_py()


def widen_bounds(one: tuple[Any, Any] | None, other: tuple[Any, Any] | None) -> tuple[Any, Any] | None:
    """Return the bounds of two lots of values together."""
    if one is None or other is None:
        return one or other
    low = [v for v in (one[0], other[0]) if v == v] or [one[0]]
    high = [v for v in (one[1], other[1]) if v == v] or [one[1]]
    return min(low, key=_comparable), max(high, key=_comparable)


def common_form(kind: ColumnType, forms: set[pa.DataType]) -> pa.DataType:
    """Return the plainest form of a type that holds the values of arrays in the given forms."""
    if kind.name == "number":
        return numbers.common(forms)
    if kind.name in ("datetime", "time"):
        return moments.common(forms)
    return kind.arrow


def recast(kind: ColumnType, array: pa.Array, form: pa.DataType) -> pa.Array:
    """Bring an array of a column into another form of its type, one that holds its values."""
    if kind.name in ("datetime", "time"):
        return moments.recast(array, form)
    return numbers.recast(array, form) if kind.name == "number" else array


def holds(kind: ColumnType, form: pa.DataType) -> str | None:
    """Return the name of a form; None for a type that has only one."""
    if kind.name == "number":
        return numbers.holds(form)
    return moments.holds(form) if kind.name in ("datetime", "time") else None


def form_of(kind: ColumnType, held: str | None) -> pa.DataType:
    """Return the form that has a name; the opposite of `holds`."""
    if held == "mixed":
        mixed = {"number": numbers.MIXED, "datetime": moments.STAMP_MIXED, "time": moments.CLOCK_MIXED}
        return mixed[kind.name]
    return {"float": numbers.FLOAT, "utc": moments.STAMP_UTC}.get(held or "", kind.arrow)


def forms(kind: ColumnType) -> tuple[pa.DataType, ...]:
    """Return the forms that a type has in Arrow, plainest first."""
    several = {
        "number": (numbers.INT, numbers.FLOAT, numbers.MIXED),
        "datetime": (moments.STAMP, moments.STAMP_UTC, moments.STAMP_MIXED),
        "time": (moments.CLOCK, moments.CLOCK_MIXED),
    }
    return several.get(kind.name, (kind.arrow,))


def format_bound(value: Any) -> Any:
    """Write a minimum or maximum as JSON: dates and times in ISO format, NaN and infinity as text."""
    if isinstance(value, float) and not (value == value and abs(value) != float("inf")):
        return repr(value)
    return value.isoformat() if isinstance(value, date | time) else value


def parse_bound(kind: ColumnType, value: Any) -> Any:
    """Read what `format_bound` wrote.

    Raises:
        ValueError: It is not a value of this type.
    """
    parsers: dict[str, Check] = {
        "date": date.fromisoformat,
        "datetime": datetime.fromisoformat,
        "time": time.fromisoformat,
    }
    if value is None or not isinstance(value, str):
        return value
    return kind.check(parsers.get(kind.name, float)(value))


def _parsing(base: ColumnType, parse: Check) -> Check:
    def check(value: Any) -> Any:
        return base.check(parse(cells.text_of(value)) if isinstance(value, str | bytes) else value)

    return check


def _rounded(values: list[Any]) -> pa.Array:
    missing = np.array([value is None for value in values], dtype=bool)
    with np.errstate(over="ignore"):
        wide = np.array([0.0 if value is None else value for value in values], dtype=np.float64)
        return pa.array(wide.astype(np.float32), mask=missing)


def _without_nan(array: pa.Array) -> pa.Array:
    plain = array.filter(pc.invert(pc.is_nan(array)))
    return plain if len(plain) > plain.null_count else array


def _comparable(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime | time) else value
