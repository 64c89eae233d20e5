"""What is typed to filter the job list: words, `~fuzzy`, `!not`, `state:`, `method:`, `since:`. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
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
    """What the terms look at: rows by key, their texts, and how many seconds ago a row's job was made."""

    row: Callable[[str], Row]
    texts: Mapping[str, str]
    age: Callable[[Row], float]


Test = Callable[[Sequence[str], Seen], list[str]]
"""Returns those of some keys whose rows pass, in their order: a hundred thousand are gone through at each letter."""


@dataclass(frozen=True)
class Terms:
    """A filter. A row has to pass every term."""

    tests: tuple[Test, ...] = ()

    def select(self, keys: Sequence[str], seen: Seen) -> list[str]:
        """Return the keys of the rows that pass, in their order."""
        for test in self.tests:
            keys = test(keys, seen)
        return list(keys)


def row_text(row: Row) -> str:
    """Return what words are looked for in, small letters only."""
    return f"{row.method} {row.name} {row.caption} {row.job}".lower()


def parse_terms(text: str) -> Terms:
    """Read a filter.

    Raises:
        BadTermError: A term has a name, but not a value that it can have.
    """
    return Terms(tuple(_parse(word) for word in text.split()))


def _parse(word: str) -> Test:
    if word.startswith("!") and len(word) > 1:
        return _without(_parse(word[1:]))
    name, colon, value = word.partition(":")
    if colon and name in _NAMED and value:
        return {"state": _by_state, "method": _by_method, "since": _by_age}[name](value)
    if word.startswith("~") and len(word) > 1:
        return _by_letters(word[1:].lower())
    return _by_word(word.lower())


def _without(test: Test) -> Test:
    def select(keys: Sequence[str], seen: Seen) -> list[str]:
        passing = set(test(keys, seen))
        return [key for key in keys if key not in passing]

    return select


def _by_word(word: str) -> Test:
    states = {state for state in STATES if word in state}

    def select(keys: Sequence[str], seen: Seen) -> list[str]:
        texts, row = seen.texts, seen.row
        if not states:
            return [key for key in keys if word in texts[key]]
        return [key for key in keys if word in texts[key] or row(key).shown in states]

    return select


def _by_letters(letters: str) -> Test:
    """Let texts pass that have all letters in this order, whatever is between them. Never goes back."""

    def has(text: str) -> bool:
        at = -1
        for letter in letters:
            at = text.find(letter, at + 1)
            if at < 0:
                return False
        return True

    return lambda keys, seen: [key for key in keys if has(seen.texts[key])]


def _by_row(passes: Callable[[Row], bool]) -> Test:
    return lambda keys, seen: [key for key in keys if passes(seen.row(key))]


def _by_state(value: str) -> Test:
    wanted: set[State] = set()
    for name in filter(None, value.lower().split(",")):
        found = _WORDS.get(name) or tuple(state for state in STATES if state.startswith(name))
        if not found:
            raise BadTermError(f"no state begins with {name!r}; there are {', '.join(STATES)}, ok, bad, open")
        wanted.update(found)
    return _by_row(lambda row: row.shown in wanted)


def _by_method(value: str) -> Test:
    pattern = value.lower() if any(char in value for char in "*?[") else f"*{value.lower()}*"
    return _by_row(lambda row: fnmatchcase(row.method.lower(), pattern))


def _by_age(value: str) -> Test:
    span = _SPAN.fullmatch(value.lower())
    if span is None:
        raise BadTermError(f"since:{value} is no time; wanted a number with s, m, h, d or w, as in since:2h")
    most = float(span[1]) * _SECONDS[span[2]]
    return lambda keys, seen: [key for key in keys if seen.age(seen.row(key)) <= most]
