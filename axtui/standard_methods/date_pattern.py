"""Patterns of dates and times: taken apart, and laid on a text from left to right. Knows no arrays.

A character stands for itself, whitespace for any run of whitespace, also none. Numbers may have fewer digits than they
could, and spaces before them. What a pattern leaves out is that of 1970-01-01 00:00:00.

    %Y  year, 1 to 9999            %H  hour, 0 to 23       %s  seconds since 1970
    %C  century, %y its year       %I  hour, 1 to 12       %J  milliseconds since 1970
    %y  69 to 99 are 19xx          %p  AM or PM            %e  days of a spreadsheet, also with a fraction: %0e (or %e)
    %m  month as a number          %M  minute                  LibreOffice, %1e Lotus and Excel, %2e Mac
    %b  English, whole or three    %S  second              %%  a percent sign
        letters                    %f  a fraction, up to six digits; %3f up to three
    %d  day

    %#  a digit                    %.  no whitespace       Left out: one such character; with a number, %4. so many;
    %@  no digit, no whitespace    %*  anything            with two, %1,4. from 1 to 4, as many as there are. %4# is a
    %^  no digit                   %␠  whitespace          number of up to 4 digits.

    %2-  the next 2 items are read and left out           %2?  the next 2 items may be missing, both of them
    %/   what follows may be missing, from any item on    %2:  the next 2 items are for where the last %? found none

An item is a character or a code. There is no going back: what an item took is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from axtui import DatasetUsageError

Parts = dict[str, int]
"""What a text says, by code; `f` in microseconds, `e` in microseconds since 1970."""
Match = Callable[[bytes, int, Parts], int]
"""Lays one item on a text from a place on: puts what it says into the parts, and returns where it ended, or -1."""

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_LIMITS = {
    "Y": (4, 1, 9999),
    "C": (2, 0, 99),
    "y": (2, 0, 99),
    "m": (2, 1, 12),
    "d": (2, 1, 31),
    "H": (2, 0, 23),
    "I": (2, 1, 12),
    "M": (2, 0, 59),
    "S": (2, 0, 59),
}
"""The most digits, the least and the greatest value."""
_SKIPS = {"#": rb"[0-9]", "@": rb"[^0-9\s]", "^": rb"[^0-9]", ".": rb"\S", "*": rb"[\s\S]", " ": rb"\s"}
_SPREADSHEETS = {0: datetime(1899, 12, 30), 1: datetime(1899, 12, 30), 2: datetime(1904, 1, 1)}
_EPOCH = datetime(1970, 1, 1)
_DAY = 86_400_000_000
_ITEM = re.compile(r"%(?P<low>\d+)?(?:,(?P<high>\d+))?(?P<code>.)|(?P<text>[^%])", re.DOTALL)
_CODES = " ".join(f"%{code}" for code in "YCymbdHIpMSfsJe%#@^.*-/?:")


@dataclass(frozen=True)
class Item:
    """An item of a pattern: a code with its numbers, or, where `code` is empty, a character."""

    code: str
    low: int | None = None
    high: int | None = None
    text: str = ""


@cache
def split_pattern(pattern: str) -> tuple[Item, ...]:
    """Take a pattern apart.

    Raises:
        DatasetUsageError: It is empty, or ends in the middle of a code.
    """
    items, at = [], 0
    while at < len(pattern):
        found = _ITEM.match(pattern, at)
        if found is None:
            raise DatasetUsageError(f"date pattern {pattern!r} ends in the middle of a code")
        low, high = (None if found[name] is None else int(found[name]) for name in ("low", "high"))
        items.append(Item(found["code"] or "", low, high, found["text"] or ""))
        at = found.end()
    if not items:
        raise DatasetUsageError("a date needs a pattern, as in date:%Y-%m-%d")
    return tuple(items)


@cache
def make_matcher(pattern: str) -> Match:
    """Return what lays a whole pattern on a text.

    Raises:
        DatasetUsageError: There is no such pattern; the message says what is wrong.
    """
    return _sequence(list(split_pattern(pattern)), pattern)


def moment_of(parts: Parts) -> datetime:
    """Return the moment that some parts say, without a zone.

    Raises:
        ValueError: There is no such day.
        OverflowError: It is not within the years 1 to 9999.
    """
    clock = timedelta(hours=_hour(parts), minutes=parts.get("M", 0), seconds=parts.get("S", 0))
    clock += timedelta(microseconds=parts.get("f", 0))
    if is_absolute(parts):
        micro = parts.get("e", parts.get("J", 0) * 1000 + parts.get("s", 0) * 1_000_000)
        return _EPOCH + timedelta(microseconds=micro) + clock
    return datetime(_year(parts), parts.get("m", 1), parts.get("d", 1)) + clock


def is_absolute(parts: Parts) -> bool:
    """Tell whether parts count from a fixed moment rather than name a day."""
    return not parts.keys().isdisjoint("sJe")


def _year(parts: Parts) -> int:
    if "Y" in parts or not ("C" in parts or "y" in parts):
        return parts.get("Y", 1970)
    short = parts.get("y", 0)
    return parts["C"] * 100 + short if "C" in parts else short + (1900 if short >= 69 else 2000)


def _hour(parts: Parts) -> int:
    return parts["H"] if "H" in parts else parts.get("I", 0) % 12 + parts.get("p", 0)


def _sequence(items: list[Item], pattern: str) -> Match:
    """Return what lays items on a text one after the other."""
    steps: list[tuple[str, Match]] = []
    while items:
        item = items.pop(0)
        if item.code and item.code in "-?:":
            count = 1 if item.low is None else item.low
            if count > len(items) or (item.code == ":" and not any(code == "?" for code, _ in steps)):
                wanted = f"{count} items after it" if count > len(items) else "a %? before it"
                raise DatasetUsageError(f"date pattern {pattern!r}: %{item.code} wants {wanted}")
            inner = _sequence(items[:count], pattern)
            del items[:count]
            steps.append((item.code, inner))
        else:
            steps.append((item.code, _single(item, pattern)))

    def match(text: bytes, at: int, parts: Parts) -> int:
        is_optional = has_failed = False
        for code, step in steps:
            if code == "/":
                is_optional = True
            if code == ":" and not has_failed:
                continue
            found = {} if code and code in "-?" else parts
            end = step(text, at, found)
            if code == "?":
                has_failed = end < 0
                if has_failed:
                    continue
                parts.update(found)
            if end < 0:
                return at if is_optional else -1
            at = end
        return at

    return match


def _single(item: Item, pattern: str) -> Match:
    code = item.code
    if code in ("", "%"):
        return _literal(item.text or "%")
    if code in _SKIPS:
        return _skip(item)
    if code == "e" and item.low in (None, 0, 1, 2) and item.high is None:
        return _spreadsheet(item.low or 0)
    if code == "f" and item.low != 0 and item.high is None:
        return _fraction(item.low or 6)
    if item.low is not None or item.high is not None:
        raise DatasetUsageError(f"date pattern {pattern!r}: %{code} takes no such number")
    if code == "/":
        return lambda text, at, parts: at
    if code == "b":
        return _words({name: at for at, month in enumerate(_MONTHS, 1) for name in (month, month[:3])}, "m")
    if code == "p":
        return _words({"am": 0, "pm": 12}, "p")
    if code in ("s", "J"):
        return _number(code, rb"[+-]?[0-9]+", None)
    if code in _LIMITS:
        digits, low, high = _LIMITS[code]
        return _number(code, b"[0-9]{1,%d}" % digits, (low, high))
    raise DatasetUsageError(f"date pattern {pattern!r}: there is no code %{code}; there are {_CODES}")


def _literal(text: str) -> Match:
    data = text.encode("utf-8", "surrogatepass")
    if text in " \t\n\r\f\v":
        space = re.compile(rb"\s*")
        return lambda text, at, parts: space.match(text, at).end()  # type: ignore[union-attr]
    return lambda text, at, parts: at + len(data) if text.startswith(data, at) else -1


def _number(code: str, digits: bytes, limits: tuple[int, int] | None) -> Match:
    expression = re.compile(rb"\s*(" + digits + rb")")

    def match(text: bytes, at: int, parts: Parts) -> int:
        found = expression.match(text, at)
        if found is None:
            return -1
        value = int(found[1])
        if limits is not None and not limits[0] <= value <= limits[1]:
            return -1
        parts[code] = value
        return found.end()

    return match


def _fraction(most: int) -> Match:
    expression = re.compile(b"[0-9]{1,%d}" % most)

    def match(text: bytes, at: int, parts: Parts) -> int:
        found = expression.match(text, at)
        if found is None:
            return -1
        parts["f"] = int(found[0][:6].ljust(6, b"0"))
        return found.end()

    return match


def _words(values: dict[str, int], code: str) -> Match:
    """Match one of some words, the longest first, in whatever case."""
    names = sorted(values, key=len, reverse=True)
    expression = re.compile("|".join(names).encode("ascii"), re.IGNORECASE)

    def match(text: bytes, at: int, parts: Parts) -> int:
        found = expression.match(text, at)
        if found is None:
            return -1
        parts[code] = values[found[0].decode("ascii").lower()]
        return found.end()

    return match


def _skip(item: Item) -> Match:
    low = 1 if item.low is None else item.low
    high = low if item.high is None else item.high
    if low > high:
        raise DatasetUsageError(f"a date pattern wants from {low} to {high} of %{item.code}, and no number is both")
    before = b""
    if item.code == "#" and item.low is not None and item.high is None:
        before, low = rb"\s*", 1
    expression = re.compile(before + _SKIPS[item.code] + b"{%d,%d}" % (low, high))

    def match(text: bytes, at: int, parts: Parts) -> int:
        found = expression.match(text, at)
        return -1 if found is None else found.end()

    return match


def _spreadsheet(which: int) -> Match:
    expression = re.compile(rb"\s*(-?)([0-9]{1,7})(?:\.([0-9]*))?")
    start = (_SPREADSHEETS[which] - _EPOCH) // timedelta(microseconds=1)

    def match(text: bytes, at: int, parts: Parts) -> int:
        found = expression.match(text, at)
        if found is None:
            return -1
        digits = (found[3] or b"0")[:18]
        micro = int(found[2]) * _DAY + (int(digits) * _DAY * 2 + 10 ** len(digits)) // (2 * 10 ** len(digits))
        micro = -micro if found[1] else micro
        days = micro // _DAY
        if which == 1 and days == 60:
            return -1  # 1900-02-29, which Lotus took to be a day
        parts["e"] = start + micro + (_DAY if which == 1 and days < 60 else 0)
        return found.end()

    return match
