"""A text file with separated fields through pyarrow's CSV reader: for plain files, which most are.

A file is plain when pyarrow's reader and csv_lines.py cannot differ: every line has its fields, quotes open and close
fields as they should, line ends are `\\n` or `\\r\\n`. What comes in is looked at on its way; at the first sign of
anything else NotPlainError is raised, and the file is read again by csv_lines.py.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.csv

from axtui.standard_methods.csv_lines import Block, Dialect

BLOCK_NBYTES = 4 << 20


class NotPlainError(Exception):
    """The file is not for this reader."""


def can_read(dialect: Dialect, labels: int) -> bool:
    """Tell whether the options are such that plain files may be read here."""
    is_plain = not (dialect.comment or dialect.skip_empty_lines or dialect.allow_extra_empty)
    is_usual = dialect.newline in (b"", b"\n") and dialect.separator != b""
    return is_plain and is_usual and len(dialect.quotes) < 2 and labels > 1


def read_blocks(stream: io.BufferedReader, dialect: Dialect, labels: int, lineno: int) -> Iterator[Block]:
    """Read what is left of a file.

    Args:
        stream: After the labels.
        dialect: How lines are taken apart.
        labels: How many fields a line has.
        lineno: The number of the first line, from 1.

    Raises:
        NotPlainError: The file is not plain.
    """
    if not stream.peek(1):
        return
    names = [str(index) for index in range(labels)]
    watched = _Watched(stream, dialect)
    position = 0
    try:
        with pa.csv.open_csv(
            pa.PythonFile(watched, "r"),
            read_options=pa.csv.ReadOptions(column_names=names, block_size=BLOCK_NBYTES, use_threads=True),
            parse_options=pa.csv.ParseOptions(
                delimiter=dialect.separator.decode("latin-1"),
                quote_char=dialect.quotes.decode("latin-1") or False,
                newlines_in_values=bool(dialect.quotes),
                ignore_empty_lines=False,
            ),
            convert_options=pa.csv.ConvertOptions(
                column_types={name: pa.binary() for name in names}, strings_can_be_null=False
            ),
        ) as reader:
            for batch in reader:
                positions = np.arange(position, position + batch.num_rows)
                yield Block(positions, positions + lineno, batch.columns)
                position += batch.num_rows
    except pa.ArrowInvalid:
        raise NotPlainError from None


class _Watched(io.RawIOBase):
    """A stream that refuses what is not plain, as it goes by."""

    def __init__(self, stream: io.BufferedReader, dialect: Dialect) -> None:
        self._stream = stream
        self._quote = dialect.quotes
        self._closers = {*dialect.separator, *b"\r\n"}
        self._keeps_return = dialect.newline == b"\n"
        self._before = b"\n"
        self._is_open = False

    def readable(self) -> bool:
        return True

    def read(self, nbytes: int = -1) -> bytes:
        """Read the next bytes, and look at them."""
        data = self._stream.read(nbytes)
        if not data and self._is_open:
            raise NotPlainError
        self._look(data)
        return data

    def _look(self, data: bytes) -> None:
        following = self._stream.peek(1)[:1]
        before = self._before + data
        if b"\n\n" in before or b"\n\r\n" in before:
            raise NotPlainError
        returns = data.count(b"\r")
        pairs = data.count(b"\r\n") + (data[-1:] + following == b"\r\n")
        if returns and (self._keeps_return or returns != pairs):
            raise NotPlainError
        if self._quote and self._quote in data:
            self._look_at_quotes(np.frombuffer(before[-len(data) - 1 :] + (following or b"\n"), dtype=np.uint8))
        self._before = before[-2:]

    def _look_at_quotes(self, seen: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> None:
        """Check that opening quotes begin a field and closing ones end it; two in a row are one inside."""
        quote = self._quote[0]
        at = np.flatnonzero(seen[1:-1] == quote) + 1
        is_opening = (np.arange(len(at)) + self._is_open) % 2 == 0
        begins, ends = np.zeros(256, dtype=bool), np.zeros(256, dtype=bool)
        begins[[*self._closers, quote]] = ends[[*self._closers, quote]] = True
        if not begins[seen[at[is_opening] - 1]].all() or not ends[seen[at[~is_opening] + 1]].all():
            raise NotPlainError
        self._is_open = bool((len(at) + self._is_open) % 2)
