"""Dates and times from text by a pattern.

Literals match themselves; whitespace in the pattern matches any run of it, also none; numbers may be short or padded
with spaces. Known: `%Y` `%y` (69 to 99 are 19xx) `%m` `%b` (English, whole or three letters) `%d` `%H` `%I` `%p` `%M`
`%S` `%f` (up to six digits, a fraction) `%s` (Unix seconds) `%J` (milliseconds) `%%`. What the pattern leaves out is
that of 1970-01-01 00:00:00. A date that does not exist is refused.

Text in which every number has its full width is read by numpy, all lines at once; other text value by value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from axtui import DatasetUsageError

Digits = npt.NDArray[np.uint8]

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_NUMBERS = {"Y": 4, "y": 2, "m": 2, "d": 2, "H": 2, "I": 2, "M": 2, "S": 2, "f": 6}
_LIMITS = {"Y": (1, 9999), "m": (1, 12), "d": (1, 31), "H": (0, 23), "I": (1, 12), "M": (0, 59), "S": (0, 59)}
_EPOCH = datetime(1970, 1, 1)
_MONTH_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def make_date_parser(
    kind: str, pattern: str, rough: bool
) -> tuple[Callable[[pa.Array], pa.Array | None], Callable[[bytes], Any]]:
    """Return what reads a whole array (or gives None where it cannot) and what reads one value.

    Args:
        kind: "date", "time" or "datetime".
        pattern: See above.
        rough: Ignore what follows the pattern.

    Raises:
        DatasetUsageError: The pattern is empty or has a code that is not known.
    """
    items, expression, codes = _compile(pattern)
    return partial(_fast, items=items, kind=kind, rough=rough), partial(_parse, expression, codes, kind, rough)


def strptime(text: str | bytes, pattern: str) -> datetime:
    """Return the moment that a text gives by a pattern.

    Raises:
        ValueError: It does not fit the pattern, or there is no such moment.
        DatasetUsageError: The pattern is empty or has a code that is not known.
    """
    found, rest = strptime_i(text, pattern)
    if rest:
        raise ValueError(f"{text!r:.60} does not fit {pattern!r}: {rest!r:.40} is left over")
    return found


def strptime_i(text: str | bytes, pattern: str) -> tuple[datetime, str | bytes]:
    """Return the moment that the beginning of a text gives by a pattern, and what follows it; raises as `strptime`."""
    _, expression, codes = _compile(pattern)
    plain = text.decode("latin-1") if isinstance(text, bytes) else text
    match = expression.match(plain)
    if match is None:
        raise ValueError(f"{text!r:.60} does not fit {pattern!r}")
    return _moment(dict(zip(codes, match.groups(), strict=True))), text[match.end() :]


@cache
def _compile(pattern: str) -> tuple[list[str], re.Pattern[str], list[str]]:
    items = _split(pattern)
    expression = re.compile("".join(_regex(item) for item in items), re.IGNORECASE | re.ASCII)
    codes = [item[1] for item in items if item[0] == "%" and item != "%%"]
    return items, expression, codes


def _split(pattern: str) -> list[str]:
    items = re.findall(r"%.|[^%\s]|\s+|%", pattern)
    known = {*(f"%{code}" for code in _NUMBERS), "%b", "%p", "%s", "%J", "%%"}
    for item in items:
        if item[0] == "%" and item not in known:
            there = " ".join(sorted(known))
            raise DatasetUsageError(f"date pattern {pattern!r}: {item} is not there yet; there are {there}")
    if not items:
        raise DatasetUsageError("a date needs a pattern, as in date:%Y-%m-%d")
    return items


def _regex(item: str) -> str:
    if item.isspace():
        return r"\s*"
    if item == "%b":
        return "(" + "|".join(f"{name}|{name[:3]}" for name in _MONTHS) + ")"
    if item == "%p":
        return "([ap]m)"
    if item in ("%s", "%J"):
        return r"\s*(-?\d+)"
    if item == "%f":
        return r"(\d{1,6})"
    if item[0] == "%" and item != "%%":
        return rf"\s*(\d{{1,{_NUMBERS[item[1]]}}})"
    return re.escape(item[-1])


def _parse(expression: re.Pattern[str], codes: list[str], kind: str, rough: bool, text: bytes) -> Any:
    plain = text.decode("ascii", "replace")
    match = expression.match(plain) if rough else expression.fullmatch(plain)
    if match is None:
        raise ValueError("does not fit the pattern")
    found = _moment(dict(zip(codes, match.groups(), strict=True)))
    return found.date() if kind == "date" else found.time() if kind == "time" else found


def _moment(parts: dict[str, str]) -> datetime:
    if "s" in parts or "J" in parts:
        passed = timedelta(seconds=int(parts.get("s", 0)), milliseconds=int(parts.get("J", 0)))
        return _EPOCH + passed
    year = int(parts.get("Y", 1970))
    if "y" in parts:
        year = int(parts["y"]) + (1900 if int(parts["y"]) >= 69 else 2000)
    month = int(parts.get("m", 1))
    if "b" in parts:
        month = 1 + [name[:3] for name in _MONTHS].index(parts["b"][:3].lower())
    hour = int(parts.get("H", 0))
    if "I" in parts:
        hour = _half_day(int(parts["I"])) + (12 if parts.get("p", "am").lower() == "pm" else 0)
    micro = int(parts.get("f", "0").ljust(6, "0"))
    return datetime(year, month, int(parts.get("d", 1)), hour, int(parts.get("M", 0)), int(parts.get("S", 0)), micro)


def _half_day(hour: int) -> int:
    if not 1 <= hour <= 12:
        raise ValueError("an hour of half a day is 1 to 12")
    return hour % 12


def _fast(text: pa.Array, items: list[str], kind: str, rough: bool) -> pa.Array | None:
    """Read an array in which every value has the full width of the pattern."""
    widths = [_width(item) for item in items]
    if rough or not len(text) or None in widths:
        return None
    total = sum(width for width in widths if width)
    plain = text.drop_null()
    if not len(plain):
        return pa.nulls(len(text), _ARROW[kind])
    chars = _matrix(plain, total)
    stamps = None if chars is None else _read(chars, items, [width or 0 for width in widths])
    if stamps is None:
        return None
    full = np.zeros(len(text), dtype="datetime64[us]")
    missing = text.is_null().to_numpy(zero_copy_only=False)
    full[~missing] = stamps
    return _of_kind(full, missing, kind)


_ARROW = {"date": pa.date32(), "time": pa.time64("us"), "datetime": pa.timestamp("us")}


def _width(item: str) -> int | None:
    if item == "%%":
        return 1
    if item[0] == "%":
        return None if item == "%I" else _NUMBERS.get(item[1])
    return None if item.isspace() else 1


def _matrix(text: pa.Array, width: int) -> Digits | None:
    """Return the characters, shape (lines, width), or None where a value has another length."""
    _, offset_buffer, data = text.buffers()
    offsets = np.frombuffer(offset_buffer, dtype=np.int32)[text.offset : text.offset + len(text) + 1]
    if (np.diff(offsets) != width).any():
        return None
    return np.frombuffer(data, dtype=np.uint8)[offsets[0] : offsets[-1]].reshape(len(text), width)


def _read(chars: Digits, items: list[str], widths: list[int]) -> npt.NDArray[np.datetime64] | None:
    """Return shape (lines,), datetime64[us], or None where something does not fit."""
    parts: dict[str, npt.NDArray[np.int64]] = {}
    start = 0
    for item, width in zip(items, widths, strict=True):
        here = chars[:, start : start + width]
        start += width
        if item[0] != "%" or item == "%%":
            if (here != ord(item[-1])).any():
                return None
            continue
        digits = here.astype(np.int64) - ord("0")
        if ((digits < 0) | (digits > 9)).any():
            return None
        parts[item[1]] = digits @ 10 ** np.arange(width - 1, -1, -1)
    for code, (low, high) in _LIMITS.items():
        if code in parts and ((parts[code] < low).any() or (parts[code] > high).any()):
            return None
    return _combine(parts)


def _combine(parts: dict[str, npt.NDArray[np.int64]]) -> npt.NDArray[np.datetime64] | None:
    lines = len(next(iter(parts.values()))) if parts else 0
    zero = np.zeros(lines, dtype=np.int64)
    year = parts.get("Y", zero + 1970)
    if "y" in parts:
        year = parts["y"] + np.where(parts["y"] >= 69, 1900, 2000)
    month, day = parts.get("m", zero + 1), parts.get("d", zero + 1)
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    if (day > _MONTH_DAYS[month - 1] + (is_leap & (month == 2))).any():
        return None
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    seconds = (parts.get("H", zero) * 60 + parts.get("M", zero)) * 60 + parts.get("S", zero)
    passed: npt.NDArray[np.datetime64] = days.astype("datetime64[us]") + (seconds * 1_000_000 + parts.get("f", zero))
    return passed


def _of_kind(stamps: npt.NDArray[np.datetime64], missing: npt.NDArray[np.bool_], kind: str) -> pa.Array:
    if kind == "datetime":
        return pa.array(stamps, mask=missing)
    days = stamps.astype("datetime64[D]")
    if kind == "date":
        return pa.array(days, mask=missing)
    return pa.array((stamps - days).astype(np.int64), pa.int64(), mask=missing).cast(pa.time64("us"))


def flag_utc(values: Any) -> Any:
    """Flag datetimes as UTC; values are an Arrow array or a list."""
    if isinstance(values, pa.Array):
        return values.cast(pa.timestamp("us", "UTC"))
    return [None if value is None else value.replace(tzinfo=UTC) for value in values]
