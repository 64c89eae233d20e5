"""What is typed to filter the job list: words, `~fuzzy`, `!not`, `state:`, `method:`, `since:`. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from axtui.tui.rows import STATES, Row, State

_SPAN = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_WORDS: dict[str, tuple[State, ...]] = {
    "ok": ("built", "reused"),
    "done": ("built", "reused"),
    "bad": ("failed", "broken"),
    "open": ("waiting", "expected", "stale"),
}
_NAMED = ("state", "method", "since")


class BadTermError(ValueError):
    """A term that means nothing; the text says what was wanted."""


@dataclass(frozen=True)
class Seen:
    """What the terms look at: a row, and how many seconds ago its job was made, where that is asked for."""

    row: Row
    text: str
    age: Callable[[Row], float]


Test = Callable[[Seen], bool]


@dataclass(frozen=True)
class Terms:
    """A filter. A row has to pass every term.

    Attributes:
        is_stateful: Whether it looks at what changes while a build runs.
    """

    tests: tuple[Test, ...] = ()
    is_stateful: bool = False

    def match(self, seen: Seen) -> bool:
        """Tell whether a row passes."""
        return all(test(seen) for test in self.tests)


def row_text(row: Row) -> str:
    """Return what words are looked for in, small letters only."""
    return f"{row.method} {row.name} {row.caption} {row.job}".lower()


def parse_terms(text: str) -> Terms:
    """Read a filter.

    Raises:
        BadTermError: A term has a name, but not a value that it can have.
    """
    tests = [_parse(word) for word in text.split()]
    return Terms(tuple(tests), bool(tests))


def _parse(word: str) -> Test:
    if word.startswith("!") and len(word) > 1:
        test = _parse(word[1:])
        return lambda seen: not test(seen)
    name, colon, value = word.partition(":")
    if colon and name in _NAMED and value:
        return {"state": _by_state, "method": _by_method, "since": _by_age}[name](value)
    if word.startswith("~") and len(word) > 1:
        letters = word[1:].lower()
        return lambda seen: _has_letters(seen.text, letters)
    plain = word.lower()
    return lambda seen: plain in seen.text or plain in seen.row.shown


def _has_letters(text: str, letters: str) -> bool:
    """Tell whether all letters stand in a text in this order, whatever is between them. Never goes back."""
    rest = iter(text)
    return all(letter in rest for letter in letters)


def _by_state(value: str) -> Test:
    wanted: set[State] = set()
    for name in filter(None, value.lower().split(",")):
        found = _WORDS.get(name) or tuple(state for state in STATES if state.startswith(name))
        if not found:
            raise BadTermError(f"no state begins with {name!r}; there are {', '.join(STATES)}, ok, bad, open")
        wanted.update(found)
    return lambda seen: seen.row.shown in wanted


def _by_method(value: str) -> Test:
    pattern = value.lower() if any(char in value for char in "*?[") else f"*{value.lower()}*"
    return lambda seen: fnmatchcase(seen.row.method.lower(), pattern)


def _by_age(value: str) -> Test:
    span = _SPAN.fullmatch(value.lower())
    if span is None:
        raise BadTermError(f"since:{value} is no time; wanted a number with s, m, h, d or w, as in since:2h")
    most = float(span[1]) * _SECONDS[span[2]]
    return lambda seen: seen.age(seen.row) <= most
