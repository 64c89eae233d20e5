"""Single values: what each column type takes from Python code, and how it is refused. Never looks at arrays.

A `check_…` function returns the value as it will be stored, or raises TypeError (wrong kind of object),
OverflowError (out of range) or ValueError (anything else). None never reaches these functions.
"""

from __future__ import annotations

import json
import operator
import pickle
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

NUMBER_LIMIT = 1 << 1007
"""`number` holds integers strictly between minus this and this."""

_SHOWN = 60


def show(value: object) -> str:
    """Write a value for an error message, cut where it is long."""
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def check_number(value: Any) -> int | float:
    """Take an int of up to 1007 bits, a bool (as int) or a float."""
    if isinstance(value, float):
        return float(value)
    found = _index(value, "a number")
    if not -NUMBER_LIMIT < found < NUMBER_LIMIT:
        raise OverflowError("a number takes integers of at most 1007 bits")
    return found


def check_int32(value: Any) -> int:
    """Take an int of 32 bits except the most negative one."""
    return _bounded(value, 1 << 31)


def check_int64(value: Any) -> int:
    """Take an int of 64 bits except the most negative one."""
    return _bounded(value, 1 << 63)


def check_float(value: Any) -> float:
    """Take anything that is a real number."""
    if isinstance(value, str | bytes | bytearray):
        raise TypeError(f"wanted a number, found {show(value)}")
    return float(value)


def check_complex(value: Any) -> complex:
    """Take anything that is a number."""
    if isinstance(value, str | bytes | bytearray):
        raise TypeError(f"wanted a number, found {show(value)}")
    return complex(value)


def check_bool(value: Any) -> bool:
    """Take True, False, 1 and 0."""
    found = _index(value, "True or False")
    if found not in (0, 1):
        raise ValueError(f"wanted True or False, found {show(value)}")
    return bool(found)


def check_datetime(value: Any) -> datetime:
    """Take a datetime without a zone or in UTC; other zones are refused."""
    if not isinstance(value, datetime):
        raise TypeError(f"wanted a datetime, found {show(value)}")
    return value.replace(tzinfo=_utc_or_none(value))


def check_date(value: Any) -> date:
    """Take a date; of a datetime its date."""
    if isinstance(value, datetime):
        return value.date()
    if not isinstance(value, date):
        raise TypeError(f"wanted a date, found {show(value)}")
    return value


def check_time(value: Any) -> time:
    """Take a time without a zone or in UTC."""
    if not isinstance(value, time):
        raise TypeError(f"wanted a time, found {show(value)}")
    return value.replace(tzinfo=_utc_or_none(value))


def check_bytes(value: Any) -> bytes:
    """Take bytes."""
    if not isinstance(value, bytes):
        raise TypeError(f"wanted bytes, found {show(value)}")
    return bytes(value)


def check_ascii(value: Any) -> str:
    """Take str or bytes with nothing above 127."""
    if not isinstance(value, str | bytes):
        raise TypeError(f"wanted str or bytes, found {show(value)}")
    if not value.isascii():
        raise ValueError(f"wanted ASCII only, found {show(value)}")
    return value.decode("ascii") if isinstance(value, bytes) else str(value)


def check_unicode(value: Any) -> str:
    """Take str that UTF-8 can hold, which is all but lone surrogates."""
    if not isinstance(value, str):
        raise TypeError(f"wanted str, found {show(value)}")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(f"{show(value)} has a lone surrogate at position {error.start}") from None
    return str(value)


def check_json(value: Any) -> str:
    """Take what JSON can carry; what is stored is its compact text."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"))
    return text


def check_raw_ascii(value: Any) -> bytes:
    """Take the bytes of ASCII text."""
    if not check_bytes(value).isascii():
        raise ValueError(f"wanted ASCII only, found {show(value)}")
    return bytes(value)


def check_raw_text(value: Any) -> bytes:
    """Take the bytes of UTF-8 text."""
    try:
        check_bytes(value).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{show(value)} is not UTF-8 at position {error.start}") from None
    return bytes(value)


def check_pickle(value: Any) -> bytes:
    """Take what can be pickled; what is stored is the pickle, protocol 4."""
    try:
        return pickle.dumps(value, 4)
    except (pickle.PicklingError, AttributeError) as error:
        raise TypeError(f"{show(value)} cannot be pickled: {error}") from None


def parse_number(text: str) -> int | float:
    """Read a number from text: an int where possible, else a float."""
    try:
        return int(text)
    except ValueError:
        return float(text)


def parse_int(text: str) -> int:
    """Read an integer from text."""
    return int(text)


def text_of(value: str | bytes) -> str:
    """Return text to parse; bytes are UTF-8."""
    return value.decode("utf-8") if isinstance(value, bytes) else value


def _index(value: Any, wanted: str) -> int:
    try:
        return int(operator.index(value))
    except TypeError:
        raise TypeError(f"wanted {wanted}, found {show(value)}") from None


def _bounded(value: Any, limit: int) -> int:
    found = _index(value, "an integer")
    if not -limit < found < limit:
        raise OverflowError(f"{show(value)} does not fit; wanted {1 - limit} to {limit - 1}")
    return found


def _utc_or_none(value: datetime | time) -> Any:
    if value.tzinfo is None:
        return None
    if value.utcoffset() != timedelta(0):
        raise ValueError(f"only times without a zone or in UTC can be kept, found {show(value)}")
    return UTC
