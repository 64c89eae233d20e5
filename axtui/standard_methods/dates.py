"""Dates and times from text, by the patterns of date_pattern.py: single ones, and whole arrays.

Arrays in which every number has its full width, or that count seconds or milliseconds, are read by numpy and Arrow, all
lines at once; other text value by value, with the same meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from axtui.standard_methods.date_pattern import Item, Parts, is_absolute, make_matcher, moment_of, split_pattern
from axtui.standard_methods.zones import Stamps, Zone

Digits = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int32]

_WIDTHS = {"Y": 4, "y": 2, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2}
_LIMITS = {"Y": (1, 9999), "m": (1, 12), "d": (1, 31), "H": (0, 23), "M": (0, 59), "S": (0, 59)}
_MONTH_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_ARROW = {"date": pa.date32(), "time": pa.time64("us"), "datetime": pa.timestamp("us")}
_UTC = pa.timestamp("us", "UTC")
_FIRST, _LAST = (
    int(np.datetime64(text, "us").astype(np.int64)) for text in ("0001-01-01", "9999-12-31T23:59:59.999999")
)
_NONE = object()
_SPACES = np.frombuffer(b" \t\n\r\f\v", dtype=np.uint8)


def make_date_parser(
    kind: str, pattern: str, rough: bool, zone: Zone | None = None
) -> tuple[Callable[[pa.Array], pa.Array | None], Callable[[bytes], Any]]:
    """Return what reads a whole array (or gives None where it cannot) and what reads one value.

    Args:
        kind: "date", "time" or "datetime".
        pattern: See date_pattern.py.
        rough: Ignore what follows the pattern.
        zone: Where datetimes are local; they become UTC, and are flagged so. None for datetimes without a zone.

    Raises:
        DatasetUsageError: There is no such pattern.
    """
    make_matcher(pattern)
    zone = zone if kind == "datetime" else None
    fast = partial(_fast, items=split_pattern(pattern), kind=kind, zone=zone)
    return (lambda text: None) if rough else fast, partial(_parse, pattern, kind, rough, zone)


def strptime(value: str | bytes, fmt: str, default: Any = _NONE) -> Any:
    """Return the moment that a text gives by a pattern, or the default, where one is given, if it gives none.

    Raises:
        ValueError: It does not fit the pattern, or there is no such moment.
        DatasetUsageError: There is no such pattern.
    """
    try:
        found, rest = strptime_i(value, fmt)
        if rest:
            raise ValueError(f"{value!r:.60} does not fit {fmt!r}: {rest!r:.40} is left over")
    except (ValueError, OverflowError):
        if default is _NONE:
            raise
        return default
    return found


def strptime_i(value: str | bytes, fmt: str, default: Any = _NONE) -> tuple[Any, bytes]:
    """Return the moment that the beginning of a text gives by a pattern, and the bytes after it; see `strptime`."""
    text = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
    parts: Parts = {}
    try:
        end = make_matcher(fmt)(text, 0, parts)
        if end < 0:
            raise ValueError(f"{value!r:.60} does not fit {fmt!r}")
        return moment_of(parts), text[end:]
    except OverflowError:
        error = ValueError(f"{value!r:.60} is not within the years 1 to 9999")
    except ValueError as found:
        error = found
    if default is _NONE:
        raise error
    return default, text


def _parse(pattern: str, kind: str, rough: bool, zone: Zone | None, text: bytes) -> Any:
    parts: Parts = {}
    end = make_matcher(pattern)(text, 0, parts)
    if end < 0 or (end < len(text) and not rough):
        raise ValueError("does not fit the pattern")
    found = moment_of(parts)
    if zone is not None:
        return found.replace(tzinfo=UTC) if is_absolute(parts) else zone.moment_to_utc(found)
    return found.date() if kind == "date" else found.time() if kind == "time" else found


def _fast(text: pa.Array, items: tuple[Item, ...], kind: str, zone: Zone | None) -> pa.Array | None:
    """Read an array of which every value has the full width of the pattern, or counts seconds or milliseconds."""
    plain = text.drop_null()
    if len(items) == 1 and items[0].code in ("s", "J"):
        stamps = _count(plain, 1_000_000 if items[0].code == "s" else 1000)
        is_local = False
    else:
        stamps = _read_full(plain, items)
        is_local = zone is not None
    if stamps is None:
        return None
    if is_local and zone is not None:
        stamps = zone.to_utc(stamps)
        if len(stamps) and (stamps.astype(np.int64).min() < _FIRST or stamps.astype(np.int64).max() > _LAST):
            return None
    full = np.zeros(len(text), dtype="datetime64[us]")
    missing = text.is_null().to_numpy(zero_copy_only=False)
    full[~missing] = stamps
    found = _of_kind(full, missing, kind)
    return found if zone is None else found.cast(_UTC)


def _count(text: pa.Array, micro: int) -> Stamps | None:
    """Return shape (lines,): moments from how many times so many microseconds they are after 1970."""
    chars = text.cast(pa.string())
    if not pc.all(pc.match_substring_regex(chars, r"^-?[0-9]{1,17}$"), min_count=0).as_py():
        return None
    counts = chars.cast(pa.int64()).to_numpy(zero_copy_only=False)
    if len(counts) and (counts.min() < -(-_FIRST // micro) or counts.max() > _LAST // micro):
        return None
    found: Stamps = (counts * micro).astype("datetime64[us]")
    return found


def _read_full(text: pa.Array, items: tuple[Item, ...]) -> Stamps | None:
    """Return shape (lines,), or None where a value has not the width of the pattern, or something does not fit."""
    widths = [_width(item) for item in items]
    if None in widths:
        return None
    if not len(text):
        return np.zeros(0, dtype="datetime64[us]")
    chars = _matrix(text, sum(width or 0 for width in widths))
    return None if chars is None else _read(chars, items, [width or 0 for width in widths])


def _width(item: Item) -> int | None:
    if item.code == "f" and item.high is None and item.low in (None, 1, 2, 3, 4, 5, 6):
        return item.low or 6
    if item.low is not None or item.high is not None:
        return None
    if item.code in ("", "%"):
        return len(item.text.encode("utf-8", "surrogatepass")) or 1
    return _WIDTHS.get(item.code)


def _matrix(text: pa.Array, width: int) -> Digits | None:
    """Return the characters, shape (lines, width), or None where a value has another length."""
    _, offset_buffer, data = text.buffers()
    offsets = np.frombuffer(offset_buffer, dtype=np.int32)[text.offset : text.offset + len(text) + 1]
    if (np.diff(offsets) != width).any():
        return None
    return np.frombuffer(data, dtype=np.uint8)[offsets[0] : offsets[-1]].reshape(len(text), width)


def _read(chars: Digits, items: tuple[Item, ...], widths: list[int]) -> Stamps | None:
    places = np.ascontiguousarray(chars.T)
    parts: dict[str, Ints] = {}
    start = 0
    for item, width in zip(items, widths, strict=True):
        here = places[start : start + width]
        start += width
        if item.code in ("", "%"):
            if not _is_literal(here, item.text or "%"):
                return None
            continue
        value = np.zeros(len(chars), dtype=np.int32)
        for place in here:
            digit = place - np.uint8(ord("0"))
            if digit.max() > 9:
                return None
            value = value * 10 + digit
        parts[item.code] = value * (10 ** (6 - width) if item.code == "f" else 1)
    for code, (low, high) in _LIMITS.items():
        if code in parts and ((parts[code] < low).any() or (parts[code] > high).any()):
            return None
    return _combine(parts, len(chars))


def _is_literal(places: Digits, text: str) -> bool:
    """Tell whether all lines have a character, whose bytes are in `places`, shape (bytes, lines)."""
    if text in " \t\n\r\f\v":
        return bool(np.isin(places, _SPACES).all())
    return all((place == byte).all() for place, byte in zip(places, text.encode("utf-8", "surrogatepass"), strict=True))


def _combine(parts: dict[str, Ints], lines: int) -> Stamps | None:
    zero = np.zeros(lines, dtype=np.int32)
    year = parts.get("Y", zero + 1970)
    if "y" in parts and "Y" not in parts:
        year = parts["y"] + np.where(parts["y"] >= 69, 1900, 2000)
    month, day = parts.get("m", zero + 1), parts.get("d", zero + 1)
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    if (day > _MONTH_DAYS[month - 1] + (is_leap & (month == 2))).any():
        return None
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    seconds = (parts.get("H", zero) * 60 + parts.get("M", zero)) * 60 + parts.get("S", zero)
    passed: Stamps = days.astype("datetime64[us]") + (seconds.astype(np.int64) * 1_000_000 + parts.get("f", zero))
    return passed


def _of_kind(stamps: Stamps, missing: npt.NDArray[np.bool_], kind: str) -> pa.Array:
    if kind == "datetime":
        return pa.array(stamps, mask=missing)
    days = stamps.astype("datetime64[D]")
    if kind == "date":
        return pa.array(days, mask=missing)
    return pa.array((stamps - days).astype(np.int64), pa.int64(), mask=missing).cast(pa.time64("us"))
