"""What authors import from `axtui.compat` and what has a meaning on Python 3.

The names that stood for Python 2's own (`unicode`, `izip`, `iteritems`, `PY3`, …) are not here: write `str`, `zip`,
`.items()`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from shutil import get_terminal_size as terminal_size
from time import monotonic
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus, unquote_plus

__all__ = [
    "first_value", "fmt_num", "int_types", "monotonic", "num_types", "quote_plus", "str_types", "terminal_size", "uni",
    "unquote_plus", "url_quote", "url_quote_more",
]  # fmt: skip

_Value = TypeVar("_Value")

str_types = (str,)
int_types = (int,)
num_types = (int, float)
url_quote = partial(quote, safe="/")
url_quote_more = partial(quote, safe="")


def first_value(values: dict[Any, _Value] | Iterable[_Value]) -> _Value:
    """Return the first value of a dict, the first element of anything else.

    Raises:
        StopIteration: It is empty.
    """
    return next(iter(values.values() if isinstance(values, dict) else values))


def uni(value: Any) -> str | None:
    """Return bytes as text, UTF-8 if they are and Latin-1 if not; anything else but None as `str` writes it."""
    if value is None:
        return None
    if not isinstance(value, bytes):
        return str(value)
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def fmt_num(value: float) -> str:
    """Write a number with `_` between groups of three digits; other things as they are."""
    return f"{value:_}" if isinstance(value, (int, float)) else str(value)
