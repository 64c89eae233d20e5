"""Timestamps of urd lists: the forms they are given in, their one normal form, their order, and what a query finds.

A timestamp is one part or several, joined by `+`. A part is an int (`42`) or a date, as exact as one likes:
`YYYY-MM`, `YYYY-MM-DD`, `YYYY-MM-DDThh`, `…:mm`, `…:ss`, `….ffffff`. Timestamps are ordered part by part: ints come
before dates, dates go as text, and of two that begin alike the longer comes later. A date is checked for its form
and not against the calendar, so that `<2014-13` may be asked for.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from axtui.base.errors import UrdError

Part = tuple[int, int, str]
Key = tuple[Part, ...]
"""What timestamps are ordered by: a part is `(0, number, "")` or `(1, 0, date)`."""

LATEST = "latest"
FIRST = "first"
_NUMBER = re.compile(r"[0-9]{1,30}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2}(T[0-9]{2}(:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?)?)?)?")
_QUERY = re.compile(r"(<=|>=|<|>)(.*)", re.DOTALL)
_AFTER_ALL = "\U0010ffff"


class TimestampError(UrdError, AssertionError):
    """A value is no timestamp. Build scripts may catch it as an AssertionError."""

    def __init__(self, value: object) -> None:
        super().__init__(
            f"Invalid timestamp {value!r:.80}: wanted an int, a date like '2014-04', '2014-04-01' or "
            "'2014-04-01T12:30', a date or datetime object, or a list of those"
        )


def normal_timestamp(value: Any) -> str:
    """Return the normal form of a timestamp in any form.

    Raises:
        TimestampError: It is none.
    """
    if isinstance(value, (list, tuple)):
        if not value or any(isinstance(item, (list, tuple)) for item in value):
            raise TimestampError(value)
        return "+".join(normal_timestamp(item) for item in value)
    if isinstance(value, bool) or getattr(value, "tzinfo", None) is not None:
        raise TimestampError(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if not isinstance(value, (int, str)):
        raise TimestampError(value)
    return "+".join(_normal_part(part, value) for part in str(value).split("+"))


def _normal_part(text: str, whole: object) -> str:
    part = text.strip().replace(" ", "T")
    if _NUMBER.fullmatch(part):
        return str(int(part))
    if _DATE.fullmatch(part):
        return part
    raise TimestampError(whole)


@lru_cache(maxsize=1 << 16)
def timestamp_key(timestamp: str) -> Key:
    """Return what a timestamp in normal form is ordered by."""
    parts = timestamp.split("+")
    return tuple((1, 0, part) if "-" in part else (0, int(part), "") for part in parts)


@dataclass(frozen=True)
class Query:
    """What to look for in a list: `how` is "=", "<", "<=", ">", ">=", "first" or "latest"."""

    how: str
    timestamp: str

    def find(self, keys: Sequence[Key]) -> int:
        """Return where in an ordered sequence the timestamp is that is meant, -1 where there is none."""
        if self.how in (FIRST, LATEST):
            return 0 if self.how == FIRST and keys else len(keys) - 1
        key = timestamp_key(self.timestamp)
        match self.how:
            case "<":
                return bisect_left(keys, key) - 1
            case "<=":
                return bisect_right(keys, _last_within(key)) - 1
            case ">":
                found = bisect_right(keys, key)
            case _:
                found = bisect_left(keys, key)
        is_found = found < len(keys) and (self.how != "=" or keys[found] == key)
        return found if is_found else -1


def parse_query(value: Any) -> Query:
    """Read what to look for: a timestamp, one after `<`, `<=`, `>` or `>=`, or the words `latest` and `first`.

    Raises:
        TimestampError: It is nothing of that.
    """
    if isinstance(value, str):
        if value in (FIRST, LATEST):
            return Query(value, "")
        match = _QUERY.fullmatch(value)
        if match:
            return Query(match[1], normal_timestamp(match[2]))
    return Query("=", normal_timestamp(value))


def _last_within(key: Key) -> Key:
    """Return the end of what a timestamp includes: a date includes everything that starts with its text."""
    is_date, number, text = key[-1]
    return (*key[:-1], (is_date, number, text + _AFTER_ALL)) if is_date else key
