"""Checking single values against a half-open range."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def range_check_function(
    bottom: Any, top: Any, none_support: bool = False, index: int | None = None
) -> Callable[[Any], bool]:
    """Return a function that tells whether bottom <= value < top.

    Args:
        bottom: The first value inside, None for no such end.
        top: The first value outside, None for no such end.
        none_support: The value may be None, which is never inside a range that has an end.
        index: Look at this element of what is given rather than at the whole.
    """

    def is_inside(value: Any) -> bool:
        if index is not None:
            value = value[index]
        if value is None and none_support:
            return bottom is None and top is None
        return bool((bottom is None or bottom <= value) and (top is None or value < top))

    return is_inside
