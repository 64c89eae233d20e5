"""Values of every column type, for hypothesis."""

from __future__ import annotations

from datetime import UTC, date
from typing import Any

import numpy as np
from hypothesis import strategies as st

_BOTH = st.sampled_from([None, UTC])
_FOLD = st.sampled_from([0, 0, 0, 1])
_INT64 = st.integers(-(2**63) + 1, 2**63 - 1)
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def _with_fold(value: Any, fold: int) -> Any:
    return value.replace(fold=fold)


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "number": st.one_of(_INT64, st.floats(allow_nan=False), st.integers(-(2**1007) + 1, 2**1007 - 1)),
    "int32": st.integers(-(2**31) + 1, 2**31 - 1),
    "int64": _INT64,
    "float32": st.floats(width=32, allow_nan=False),
    "float64": st.floats(allow_nan=False),
    "complex32": st.builds(lambda a, b: complex(np.float32(a), np.float32(b)), *[st.integers(-1000, 1000)] * 2),
    "complex64": st.complex_numbers(allow_nan=False),
    "bool": st.booleans(),
    "datetime": st.builds(_with_fold, st.datetimes(timezones=_BOTH), _FOLD),
    "date": st.dates(date(1, 1, 1)),
    "time": st.builds(_with_fold, st.times(timezones=_BOTH), _FOLD),
    "bytes": st.binary(max_size=20),
    "ascii": st.text(st.characters(max_codepoint=127), max_size=20),
    "unicode": _TEXT,
    "json": st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _TEXT,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
        max_leaves=5,
    ),
    "pickle": st.tuples(st.integers(), st.binary(max_size=5)) | st.none(),
}
HASHABLE = sorted(set(VALUES) - {"json", "pickle"})
