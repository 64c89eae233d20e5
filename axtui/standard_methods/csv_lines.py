"""Lines and fields of a text file, exactly as the options say: every line number, every bad line. Writes nothing.

This is the meaning of the options; csv_blocks.py reads most of a file faster and leaves the rest to this room.

A line is bad when its number of fields is wrong, when it is empty, or when its quotes are broken: a field is quoted
when it begins with a quote; quotes inside are doubled, and the closing one must stand before a separator or the line's
end. With `newlines_in_values` a quoted field goes on over line ends; without it that is a bad line.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

RECORD_NBYTES = 64 << 20
"""How far the closing quote of a field is looked for, where fields may span lines."""
_CHUNK_NBYTES = 1 << 20

Bad = tuple[int, int, bytes, str]
"""The turn of a bad line, its line, its data, and why it is bad; `{number}` is where its number goes."""


@dataclass(frozen=True)
class Dialect:
    """How lines are taken apart. `quotes` are the characters that may open a field; `separator` may be empty."""

    separator: bytes
    quotes: bytes
    comment: bytes
    newline: bytes
    skip_empty_lines: bool
    allow_extra_empty: bool
    newlines_in_values: bool

    @property
    def line_end(self) -> bytes:
        """What lines are cut at; `\\r` before `\\n` is taken off later where no newline was given."""
        return self.newline or b"\n"


@dataclass
class Block:
    """Some lines of a file, taken apart.

    Attributes:
        turns: How many lines take a turn in being dealt out: good and bad ones.
        positions: Shape (good,), int64. The turn of each good line, from 0; None where every line is good.
        linenos: Shape (good,), int64. The line of each, from 0; None where line and turn are the same.
        columns: A binary array of shape (good,) for each column that is kept.
        bad: The bad lines.
        skipped: Line, from 0, and data of the lines that were left out.
    """

    turns: int
    positions: npt.NDArray[np.int64] | None
    linenos: npt.NDArray[np.int64] | None
    columns: list[pa.Array]
    bad: list[Bad] = field(default_factory=list)
    skipped: list[tuple[int, bytes]] = field(default_factory=list)


class Text:
    """Bytes that are read line by line, or in pieces of whole lines, as suits.

    Args:
        read: Returns about so many further bytes, none at the end.
        line_end: What a line ends with.
    """

    def __init__(self, read: Callable[[int], bytes], line_end: bytes) -> None:
        self._read = read
        self._line_end = line_end
        self._buffer = b""
        self._at = 0

    def line(self) -> bytes | None:
        """Return the next line with its end, or None."""
        searched = self._at
        while (end := self._buffer.find(self._line_end, searched)) < 0:
            searched = max(0, len(self._buffer) - self._at - len(self._line_end) + 1)
            if not self._fill():
                return self._take(len(self._buffer)) or None
        return self._take(end + len(self._line_end))

    def piece(self, nbytes: int, cut: Callable[[bytes], int]) -> bytes:
        """Return whole lines, about `nbytes` of them, more where there is no end before; empty at the end.

        Args:
            nbytes: How much to look at, at first.
            cut: Says where the last line ends that may be the last of a piece; 0 for nowhere.
        """
        while (missing := nbytes - (len(self._buffer) - self._at)) > 0 and self._fill(missing):
            pass
        while not (end := cut(self._buffer[self._at :])):
            if not self._fill():
                return self._take(len(self._buffer))
        return self._take(self._at + end)

    def put_back(self, data: bytes) -> None:
        """Have these bytes read next."""
        self._buffer = data + self._buffer[self._at :]
        self._at = 0

    def _fill(self, missing: int = 0) -> bool:
        """Read on; more at once the more is there already, so that a long line is not copied too often."""
        data = self._read(max(_CHUNK_NBYTES, len(self._buffer) - self._at, missing))
        self._buffer = self._buffer[self._at :] + data
        self._at = 0
        return bool(data)

    def _take(self, end: int) -> bytes:
        data = self._buffer[self._at : end]
        self._at = end
        return data


class Lines:
    """The lines of a text without their ends; those to leave out are put into `skipped`.

    Attributes:
        number: How many lines were taken.
        skipped: Line, from 0, and data of lines that were left out and not yet fetched.
        rest: How the line whose fields were taken last goes on, over line ends, in a quoted field.
    """

    def __init__(self, text: Text, dialect: Dialect) -> None:
        self.number = 0
        self.rest = b""
        self.skipped: list[tuple[int, bytes]] = []
        self._text = text
        self._dialect = dialect
        self._end = b""
        self._again: deque[bytes] = deque()

    def physical(self) -> bytes | None:
        """Return the next line of the file, whatever it is; None at the end."""
        line = self._again.popleft() if self._again else self._text.line()
        if line is None:
            return None
        self.number += 1
        is_long = not self._dialect.newline and line.endswith(b"\r\n")
        line_end = self._dialect.line_end
        self._end = b"\r\n" if is_long else line_end if line.endswith(line_end) else b""
        return line.removesuffix(self._end)

    def skip(self, lines: int) -> None:
        """Leave out so many lines, whatever they are."""
        for _ in range(lines):
            line = self.physical()
            if line is not None:
                self.skipped.append((self.number - 1, line))

    def next(self) -> bytes | None:
        """Return the next line that is not left out; None at the end."""
        while (line := self.physical()) is not None:
            is_comment = self._dialect.comment and line.startswith(self._dialect.comment)
            if not is_comment and (line or not self._dialect.skip_empty_lines):
                return line
            self.skipped.append((self.number - 1, line))
        return None

    def fields(self, line: bytes) -> list[bytes] | None:
        """Split a line just taken, with further ones where a quoted field goes on; None where quotes are broken."""
        taken: list[bytes] = []
        parts: list[bytes] = []
        nbytes = 0

        def more() -> bytes | None:
            nonlocal nbytes
            before = self._end
            further = self.physical() if self._dialect.newlines_in_values and nbytes < RECORD_NBYTES else None
            if further is None:
                return None
            taken.append(further + self._end)
            parts.append(before + further)
            nbytes += len(parts[-1])
            return parts[-1]

        found = split_line(line, self._dialect, more)
        if found is None and taken:
            self._again.extendleft(reversed(taken))
            self.number -= len(taken)
            parts = []
        self.rest = b"".join(parts)
        return found


def split_line(line: bytes, dialect: Dialect, more: Callable[[], bytes | None] = lambda: None) -> list[bytes] | None:
    """Split a line into fields; None where its quotes are broken.

    Args:
        line: Without its end.
        dialect: How to.
        more: Returns the line's end and the next line, for a quoted field that does not end on the line; or None.
    """
    separator, quotes = dialect.separator, dialect.quotes
    if not any(quote in line for quote in quotes):
        return line.split(separator) if separator else [line]
    fields = []
    at = 0
    while True:
        if line[at : at + 1] and line[at] in quotes:
            quote = line[at : at + 1]
            parts, at = [], at + 1
            while (end := _closing(line, at, quote)) < 0:
                parts.append(line[at:])
                further = more()
                if further is None:
                    return None
                line, at = further, 0
            fields.append(b"".join([*parts, line[at:end]]).replace(quote * 2, quote))
            at = end + 1
            if at < len(line) and line[at : at + 1] != separator:
                return None
        else:
            end = line.find(separator, at) if separator else -1
            fields.append(line[at:] if end < 0 else line[at:end])
            at = len(line) if end < 0 else end
        if at >= len(line):
            return fields
        at += 1
        if at == len(line):
            return [*fields, b""]


def _closing(line: bytes, at: int, quote: bytes) -> int:
    """Return where a quoted field closes that goes on at `at`, or -1."""
    while True:
        at = line.find(quote, at)
        if at < 0 or line[at + 1 : at + 2] != quote:
            return at
        at += 2


def why_bad(line: bytes, fields: list[bytes] | None, wanted: int, dialect: Dialect) -> str:
    """Say why a line is bad; empty where it is not. `{number}` is where its number goes.

    Args:
        line: The line.
        fields: What `split_line` found in it.
        wanted: How many fields a line has.
        dialect: How it was split.
    """
    if not line:
        return "Line {number} bad: empty"
    if fields is None:
        hint = "" if dialect.newlines_in_values else " (newlines_in_values=True lets fields span lines)"
        return f"Line {{number}} bad: broken quotes{hint}"
    if len(fields) < wanted:
        return f"Not enough fields on line {{number}}: found {len(fields)}, wanted {wanted}"
    if len(fields) > wanted and not (dialect.allow_extra_empty and not any(fields[wanted:])):
        return f"Too many fields on line {{number}}: found {len(fields)}, wanted {wanted}"
    return ""


def read_block(lines: Lines, dialect: Dialect, wanted: int, kept: list[int], nbytes: int) -> Block | None:
    """Read on, line by line.

    Args:
        lines: The lines after the labels.
        dialect: How they are taken apart.
        wanted: How many fields a line has.
        kept: Which fields are wanted.
        nbytes: About how much to read.

    Returns:
        The lines, counted from 0 where this began; None at the end.
    """
    first = lines.number
    rows: list[list[bytes]] = []
    places: list[tuple[int, int]] = []
    bad: list[Bad] = []
    turn = read = 0
    while read < nbytes and (line := lines.next()) is not None:
        number = lines.number - 1 - first
        fields = lines.fields(line)
        reason = why_bad(line, fields, wanted, dialect)
        if reason:
            bad.append((turn, number, line + lines.rest, reason))
        else:
            assert fields is not None
            rows.append(fields)
            places.append((turn, number))
        turn += 1
        read += len(line) + sum(map(len, fields or ()))
    skipped = [(number - first, data) for number, data in lines.skipped]
    lines.skipped.clear()
    if lines.number == first:
        return None
    found = np.array(places, dtype=np.int64).reshape(-1, 2)
    return Block(turn, found[:, 0], found[:, 1], to_columns(rows, kept), bad, skipped)


def to_columns(rows: list[list[bytes]], kept: list[int]) -> list[pa.Array]:
    """Turn rows of fields into a binary array for each field that is kept."""
    return [pa.array([row[index] for row in rows], pa.binary()) for index in kept]


def no_more(nbytes: int) -> Any:
    """Read nothing: for a text that is all there."""
    return b""
