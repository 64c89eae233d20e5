"""A text file with separated fields, line by line: every option, every line number, every bad line. Writes nothing.

This is the meaning of the options; csv_blocks.py reads plain files faster and leaves the others to this room.

A line is bad when its number of fields is wrong, when it is empty, or when a quoted field does not end at a separator.
A field is quoted when it begins with a quote; quotes inside are doubled, and line ends inside belong to it.
"""

from __future__ import annotations

import gzip
import io
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from axtui import UserError

BLOCK_LINES = 1 << 15
_LONGEST_LINES = 1000
_MAGIC = {b"\x28\xb5\x2f\xfd": "zstd", b"BZh": "bzip2", b"PK\x03\x04": "zip", b"PAR1": "Parquet", b"\xfd7zXZ": "xz"}
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Dialect:
    """How lines are taken apart. `quotes` are the characters that may open a field; `separator` may be empty."""

    separator: bytes
    quotes: bytes
    comment: bytes
    newline: bytes
    skip_lines: int
    skip_empty_lines: bool
    allow_extra_empty: bool


@dataclass
class Block:
    """Some lines of the file.

    Attributes:
        positions: Shape (lines,), int64. The number of each among the lines after the labels, bad ones counted too.
        linenos: Shape (lines,), int64. Its number in the file, from 1.
        columns: A binary array of shape (lines,) for each label.
        bad: Position, number in the file, data and reason of bad lines.
    """

    positions: npt.NDArray[np.int64]
    linenos: npt.NDArray[np.int64]
    columns: list[pa.Array]
    bad: list[tuple[int, int, bytes, str]] = field(default_factory=list)


class Source:
    """A file that is being read; `position` and `nbytes` say how far it is."""

    def __init__(self, path: str) -> None:
        self._raw = open_file(path)
        self.nbytes = os.fstat(self._raw.fileno()).st_size
        self.stream = _unpack(self._raw, path)
        if self.stream.peek(3)[:3] == _BOM:
            self.stream.read(3)

    @property
    def position(self) -> int:
        """How many bytes of the file were read."""
        return self._raw.tell()

    def close(self) -> None:
        """Close the file."""
        self._raw.close()


def open_file(path: str) -> IO[bytes]:
    """Open an input file.

    Raises:
        UserError: It cannot be read; the message names it.
    """
    try:
        return open(path, "rb")
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from None


def _unpack(raw: IO[bytes], path: str) -> io.BufferedReader:
    head = raw.read(8)
    raw.seek(0)
    if head[:2] == b"\x1f\x8b":
        return io.BufferedReader(gzip.GzipFile(fileobj=raw), 1 << 20)
    for magic, name in _MAGIC.items():
        if head.startswith(magic):
            raise UserError(f"{path} is a {name} file; plain text and gzip can be read")
    return io.BufferedReader(raw, 1 << 20)  # type: ignore[arg-type]


class Lines:
    """The lines of a file, without their ends. Comments and other lines to leave out are put into `skipped`.

    Attributes:
        number: The number of the line that was given last, from 1.
        skipped: Number and data of lines that were left out and not yet fetched.
    """

    def __init__(self, stream: io.BufferedReader, dialect: Dialect) -> None:
        self.number = 0
        self.skipped: list[tuple[int, bytes]] = []
        self._dialect = dialect
        self._physical = _split_at(stream, dialect.newline) if dialect.newline not in (b"", b"\n") else iter(stream)
        self._newline = dialect.newline or b"\n"
        self._end = b""
        self._again: deque[bytes] = deque()
        for _ in range(dialect.skip_lines):
            line = self.physical()
            if line is not None:
                self.skipped.append((self.number, line))

    def physical(self) -> bytes | None:
        """Return the next line of the file, whatever it is; None at the end."""
        line = self._again.popleft() if self._again else next(self._physical, None)
        if line is None:
            return None
        self.number += 1
        is_long = not self._dialect.newline and line.endswith(b"\r\n")
        self._end = b"\r\n" if is_long else self._newline if line.endswith(self._newline) else b""
        return line.removesuffix(self._end)

    def next(self) -> bytes | None:
        """Return the next line that is not left out; None at the end."""
        while (line := self.physical()) is not None:
            is_comment = self._dialect.comment and line.startswith(self._dialect.comment)
            if not is_comment and (line or not self._dialect.skip_empty_lines):
                return line
            self.skipped.append((self.number, line))
        return None

    def fields(self, line: bytes) -> list[bytes] | None:
        """Split a line just taken, and take further ones where a quoted field goes on; None where quotes are broken."""
        found = split_line(line, self._dialect)
        taken: list[bytes] = []
        while found is UNCLOSED and len(taken) < _LONGEST_LINES:
            line += self._end
            further = self.physical()
            if further is None:
                break
            taken.append(further + self._end)
            line += further
            found = split_line(line, self._dialect)
        if found is UNCLOSED or found is None:
            self._again.extendleft(reversed(taken))
            self.number -= len(taken)
            return None
        return found


UNCLOSED: list[bytes] = []


def split_line(line: bytes, dialect: Dialect) -> list[bytes] | None:
    """Split a line into fields; UNCLOSED where a quoted field does not end, None where its quotes are broken."""
    separator, quotes = dialect.separator, dialect.quotes
    if not any(quote in line for quote in quotes):
        return line.split(separator) if separator else [line]
    fields = []
    at = 0
    while True:
        if line[at : at + 1] and line[at] in quotes:
            end = _closing(line, at)
            if end < 0:
                return UNCLOSED
            quote = line[at : at + 1]
            fields.append(line[at + 1 : end].replace(quote * 2, quote))
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


def _closing(line: bytes, start: int) -> int:
    """Return where the quoted field that begins at `start` closes, or -1."""
    quote = line[start : start + 1]
    at = start + 1
    while True:
        at = line.find(quote, at)
        if at < 0 or line[at + 1 : at + 2] != quote:
            return at
        at += 2


def read_blocks(lines: Lines, dialect: Dialect, wanted: int) -> Iterator[Block]:
    """Read what is left of a file.

    Args:
        lines: The lines after the labels.
        dialect: How they are taken apart.
        wanted: How many fields a line has.
    """
    position = 0
    rows: list[list[bytes]] = []
    places: list[tuple[int, int]] = []
    bad: list[tuple[int, int, bytes, str]] = []
    while (line := lines.next()) is not None:
        number = lines.number
        fields = lines.fields(line)
        reason = _reason(line, fields, wanted, dialect.allow_extra_empty)
        if reason:
            bad.append((position, number, line, reason.format(number=number)))
        else:
            assert fields is not None
            rows.append(fields[:wanted])
            places.append((position, number))
        position += 1
        if len(rows) + len(bad) == BLOCK_LINES:
            yield _block(rows, places, bad, wanted)
            rows, places, bad = [], [], []
    if rows or bad:
        yield _block(rows, places, bad, wanted)


def _reason(line: bytes, fields: list[bytes] | None, wanted: int, allow_extra_empty: bool) -> str:
    """Say why a line is bad; empty where it is not. `{number}` is where its number goes."""
    if fields is None:
        return "Line {number} bad: broken quotes"
    if not line:
        return "Line {number} bad: empty"
    if len(fields) < wanted:
        return f"Not enough fields on line {{number}}: found {len(fields)}, wanted {wanted}"
    if len(fields) > wanted and not (allow_extra_empty and not any(fields[wanted:])):
        return f"Too many fields on line {{number}}: found {len(fields)}, wanted {wanted}"
    return ""


def _block(
    rows: list[list[bytes]], places: list[tuple[int, int]], bad: list[tuple[int, int, bytes, str]], wanted: int
) -> Block:
    columns: Any = zip(*rows, strict=True) if rows else [()] * wanted
    arrays = [pa.array(list(column), pa.binary()) for column in columns]
    found = np.array(places, dtype=np.int64).reshape(-1, 2)
    return Block(found[:, 0], found[:, 1], arrays, bad)


def _split_at(stream: io.BufferedReader, newline: bytes) -> Iterator[bytes]:
    rest = b""
    while data := stream.read(1 << 20):
        *whole, rest = (rest + data).split(newline)
        yield from (line + newline for line in whole)
    if rest:
        yield rest
