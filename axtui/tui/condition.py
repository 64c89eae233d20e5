"""What lines of a dataset are wanted: a comparison with one column, typed by a user, tested on Arrow arrays.

`>= 5`, `< 2013-07-01`, `= JFK`, `!= None`, `~ part of a text`; a value alone is looked for in a text and is equal to
anything else. With the name of another column before the sign it is about that one.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from axtui.dataset.storage import load
from axtui.dataset.types import ColumnType, to_list
from axtui.dataset.views import bool_view, is_missing
from axtui.tui.data_facts import NONE, ColumnFacts, DataError
from axtui.tui.value_texts import format_cells

_FORM = re.compile(r"(?P<name>.*?)(?P<sign><=|>=|!=|=|<|>|~)\s*(?P<value>.*)", re.DOTALL)
_SIGNS: dict[str, tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]] = {
    "=": (pc.equal, operator.eq),
    "!=": (pc.not_equal, operator.ne),
    "<": (pc.less, operator.lt),
    "<=": (pc.less_equal, operator.le),
    ">": (pc.greater, operator.gt),
    ">=": (pc.greater_equal, operator.ge),
}
_TEXTS = ("ascii", "unicode", "json")
_AS_TEXT = ("bytes", "pickle", "complex32", "complex64")
"""Values that are compared as they are shown."""
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True)
class Condition:
    """A comparison: the column's name, `~` or a sign, and the value, None for what has none."""

    name: str
    sign: str
    value: Any
    text: str

    def mask(self, kind: ColumnType, array: pa.Array) -> npt.NDArray[np.bool_]:
        """Return which values fulfil it, shape (lines,); where there is no value only `= None` does.

        Args:
            kind: The column's type.
            array: As stored; shape (lines,).
        """
        if self.value is None:
            missing = is_missing(array)
            return missing if self.sign == "=" else ~missing
        if self.sign == "~" or kind.name in _AS_TEXT:
            return self._compare_text(kind, array)
        array = load(kind, array)
        if pa.types.is_struct(array.type):
            return self._compare_values(to_list(kind, array))
        if self.value != self.value:
            return bool_view(pc.fill_null(pc.is_nan(array), False))
        compare, _ = _SIGNS[self.sign]
        return bool_view(pc.fill_null(compare(array, self._scalar(array.type)), False))

    def _scalar(self, kind: pa.DataType) -> pa.Scalar:
        if pa.types.is_timestamp(kind):
            return pa.scalar(self.value.replace(tzinfo=None), pa.timestamp("us")).cast(kind)
        return pa.scalar(self.value)

    def _compare_text(self, kind: ColumnType, array: pa.Array) -> npt.NDArray[np.bool_]:
        if self.sign == "~" and kind.name in _TEXTS:
            return bool_view(pc.fill_null(pc.match_substring(load(kind, array), self.value), False))
        texts = format_cells(kind, array)
        if self.sign == "~":
            return np.array([self.value in text for text in texts], dtype=bool)
        _, compare = _SIGNS[self.sign]
        return np.array([text != NONE and compare(text, self.value) for text in texts], dtype=bool)

    def _compare_values(self, values: list[Any]) -> npt.NDArray[np.bool_]:
        _, compare = _SIGNS[self.sign]
        plain = (each.replace(tzinfo=None) if isinstance(each, datetime | time) else each for each in values)
        return np.array([each is not None and bool(compare(each, self.value)) for each in plain], dtype=bool)


def parse_condition(text: str, columns: Sequence[ColumnFacts], current: ColumnFacts) -> Condition:
    """Read a condition.

    Args:
        text: What was typed.
        columns: All columns.
        current: The column that is meant where the text names none.

    Raises:
        DataError: The value is none of the column's type; the text says what was wanted.
    """
    column, sign, value = current, "", text.strip()
    match = _FORM.fullmatch(text.strip())
    if match is not None:
        named = [each for each in columns if match["name"].strip() in (each.name, each.label)]
        if named or not match["name"].strip():
            column, sign, value = (named or [current])[0], match["sign"], match["value"].strip()
    sign = sign or ("~" if column.kind in _TEXTS and value != NONE else "=")
    found = None if value == NONE and sign in ("=", "!=") else value if sign == "~" else _parse(column, value)
    return Condition(column.name, sign, found, f"{column.label} {sign} {value}")


def value_of(kind: ColumnType, array: pa.Array) -> Any:
    """Return what a condition compares with to find the only value of an array, of shape (1,) and as stored."""
    if array.null_count:
        return None
    if kind.name in _AS_TEXT:
        return format_cells(kind, array)[0]
    if kind.name == "json":
        return load(kind, array).to_pylist()[0]
    value = to_list(kind, load(kind, array))[0]
    return value.replace(tzinfo=None) if isinstance(value, datetime | time) else value


def _parse(column: ColumnFacts, text: str) -> Any:
    try:
        value = _PARSERS.get(column.kind, str)(text)
        pa.scalar(value)
    except (ValueError, KeyError, OverflowError, pa.ArrowException):
        raise DataError(f"{column.label} is {column.kind}, and {text!r:.60} is no such value") from None
    return value


def _parse_number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)


_PARSERS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("number", "int32", "int64", "float32", "float64"), _parse_number),
    "bool": lambda text: _WORDS[text.lower()],
    "date": date.fromisoformat,
    "datetime": lambda text: datetime.fromisoformat(text).replace(tzinfo=None),
    "time": lambda text: time.fromisoformat(text).replace(tzinfo=None),
}
