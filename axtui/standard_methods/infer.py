"""Finds a type spec for a column of text from its first lines."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from axtui.standard_methods.convert import make_converter

_SPECS = (
    "int64_10+None",
    "float64+None",
    "date:%Y-%m-%d",
    "datetime:%Y-%m-%d %H:%M:%S",
    "datetime:%Y-%m-%dT%H:%M:%S",
    "datetime:%Y-%m-%dT%H:%M:%SZ",
)
_BOOLS = pa.array([b"true", b"false"], pa.binary())


def infer_spec(column: pa.Array, none_as: Sequence[bytes]) -> str:
    """Return the first spec that all values fit: int64, float64, ISO dates and times, true and false, text, bytes.

    Args:
        column: Shape (lines,), binary.
        none_as: What stands for None beside nothing.
    """
    filled = column.filter(pc.invert(pc.is_in(column, value_set=pa.array([b"", *none_as], pa.binary()))))
    values = filled.unique()
    if not len(values):
        return "unicode+None:utf-8" if none_as else "unicode:utf-8"
    for spec in _SPECS:
        _, bad = make_converter(spec).convert(values)
        if not bad.any():
            name, colon, pattern = spec.partition(":")
            return spec if not colon else f"{name}+None:{pattern}"
    if pc.all(pc.is_in(pc.ascii_lower(_text(values)), value_set=_BOOLS.cast(pa.string()))).as_py():
        return "strbool+None"
    none = "+None" if none_as else ""
    return f"unicode{none}:utf-8" if make_converter("unicode:utf-8").convert(values)[1].sum() == 0 else f"bytes{none}"


def _text(values: pa.Array) -> pa.Array:
    try:
        return values.cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array(["?"])
