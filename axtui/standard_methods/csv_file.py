"""One text file with separated fields: its labels, then its lines, taken apart in pieces side by side."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from axtui import UserError
from axtui.standard_methods.columns import utf8_of
from axtui.standard_methods.csv_blocks import (
    Direct,
    Shape,
    UnevenError,
    cut_outside_quotes,
    find_repeated,
    parse_exactly,
    parse_piece,
)
from axtui.standard_methods.csv_lines import Block, Dialect, Lines, Text, read_block, to_columns
from axtui.standard_methods.csv_source import Source
from axtui.standard_methods.memory import spare_nbytes

PIECE_NBYTES = 1 << 22
_SAMPLE_NBYTES = 1 << 20
_PART_OF_SPARE = 32
"""A piece takes about four times its size while it is converted, and some are in work or wait."""
_AHEAD = 1
"""How many pieces may wait to be taken apart, beside one a thread."""

Kind = tuple[str, bool]
"""The type of a column, and whether it has None."""
Result = TypeVar("Result")
Work = Callable[[int, Block], Result]
"""What is done with a block in a thread: takes the number of its first line, from 1, too."""


@dataclass(frozen=True)
class _Piece:
    number: int
    data: bytes


class CsvFile:
    """A text file that is being read.

    Attributes:
        path: The file; of one in a zip, with its name there.
        nbytes: Its size.
        labels: What its columns are called.
        kinds: Their types, and whether they have None: all are bytes.

    Raises:
        UserError: It cannot be read or has no labels; the message names the file.
    """

    def __init__(self, path: str, options: Any, dialect: Dialect) -> None:
        self._source = Source(path, options.encoding, options.inside_filename, options.separator)
        self.path, self.nbytes = self._source.path, self._source.nbytes
        self._dialect = dialect
        self._text = Text(self._source.read, dialect.line_end)
        self._piece_nbytes = min(PIECE_NBYTES, spare_nbytes(1) // _PART_OF_SPARE)
        self._lines = Lines(self._text, dialect)
        self._lines.skip(options.skip_lines)
        self.labels = _read_labels(self._lines, options, self.path)
        self.kinds: list[Kind] = [("bytes", False)] * len(self.labels)

    @property
    def position(self) -> int:
        """How many bytes of the file were read."""
        return self._source.position

    def close(self) -> None:
        """Close the file."""
        self._source.close()

    def take_skipped(self) -> list[tuple[int, bytes]]:
        """Return number and data of the lines that were left out before and among the labels."""
        return [(number + 1, data) for number, data in self._lines.skipped]

    def sample(self, kept: list[int]) -> list[pa.Array]:
        """Return the fields that are wanted of the first lines, which are read again later."""
        nbytes = min(self._piece_nbytes, _SAMPLE_NBYTES)
        data = self._text.piece(nbytes, lambda data: cut_outside_quotes(data, self._dialect))
        self._text.put_back(data)
        shape = Shape(self._dialect, len(self.labels), kept)
        return (parse_exactly(data, shape) if data else Block(0, None, None, to_columns([], kept))).columns

    def process(
        self, kept: list[int], work: Work[Result], pool: ThreadPoolExecutor, threads: int, direct: Direct | None = None
    ) -> Iterator[Result]:
        """Take the lines apart and do `work` with them in threads; give what it returned, in the order of the file.

        Args:
            kept: Which fields are wanted.
            work: Done with each block.
            pool: Does it.
            threads: How many the pool has.
            direct: Which columns may be converted while they are read.
        """
        shape = Shape(self._dialect, len(self.labels), kept, direct)
        waiting: deque[tuple[_Piece, Future[Result]]] = deque()

        def do(piece: _Piece, shape: Shape) -> Result:
            return work(piece.number, parse_piece(piece.data, shape))

        try:
            for piece in self._pieces():
                if not waiting and piece.data:
                    shape = replace(shape, coded=find_repeated(piece.data, shape))
                waiting.append((piece, pool.submit(do, piece, shape)))
                while len(waiting) > threads + _AHEAD:
                    yield waiting[0][1].result()
                    waiting.popleft()
            while waiting:
                yield waiting[0][1].result()
                waiting.popleft()
        except UnevenError:
            yield from self._process_exactly([piece for piece, _ in waiting], shape, work)
        finally:
            for _, future in waiting:
                future.cancel()

    def _pieces(self) -> Iterator[_Piece]:
        dialect = self._dialect
        number = self._lines.number + 1
        is_simple = len(dialect.quotes) < 2 and len(dialect.line_end) == 1
        if dialect.newlines_in_values and not is_simple:
            yield _Piece(number, b"")
            raise UnevenError
        while data := self._text.piece(self._piece_nbytes, lambda data: cut_outside_quotes(data, dialect)):
            yield _Piece(number, data)
            number += _count(data, dialect.line_end)

    def _process_exactly(self, pieces: list[_Piece], shape: Shape, work: Work[Result]) -> Iterator[Result]:
        """Read these pieces again, and whatever follows, line by line."""
        self._text.put_back(b"".join(piece.data for piece in pieces))
        lines = Lines(self._text, self._dialect)
        number = pieces[0].number
        while (block := read_block(lines, shape.dialect, shape.wanted, shape.kept, self._piece_nbytes)) is not None:
            yield work(number, block)
            number = pieces[0].number + lines.number


def _count(data: bytes, line_end: bytes) -> int:
    """Count line ends; numpy does that faster where one is a single byte, as there are many."""
    if len(line_end) > 1:
        return data.count(line_end)
    return int(np.count_nonzero(np.frombuffer(data, dtype=np.uint8) == line_end[0]))


def make_dialect(options: Any) -> Dialect:
    """Turn csvimport's options into a dialect.

    Raises:
        UserError: An option cannot be; the message says what was found and wanted.
    """
    quotes = {"True": "'\"", "False": "", "None": ""}.get(str(options.quotes), options.quotes)
    if len(options.separator) > 1:
        raise UserError(f"separator is one character or none, found {options.separator!r}")
    if len(quotes) > 1 and quotes != "'\"":
        raise UserError(f"quotes is True, one character or none, found {quotes!r}")
    try:
        separator, quote_bytes = options.separator.encode("iso-8859-1"), quotes.encode("iso-8859-1")
    except UnicodeEncodeError:
        raise UserError(f"separator and quotes are in iso-8859-1, found {options.separator!r}, {quotes!r}") from None
    line_end = _line_end(options)
    if separator and (separator in quote_bytes or separator == (line_end or b"\n")):
        raise UserError(f"separator cannot be a line end or a quote, found {options.separator!r}")
    return Dialect(
        separator=separator,
        quotes=quote_bytes,
        comment=utf8_of(options.comment, "comment"),
        newline=line_end,
        skip_empty_lines=options.skip_empty_lines,
        allow_extra_empty=options.allow_extra_empty,
        newlines_in_values=bool(options.newlines_in_values and quotes),
    )


def _line_end(options: Any) -> bytes:
    """Return the bytes that end a line, if that was said: as the separator in iso-8859-1, unless it is other text."""
    is_byte = not options.encoding and all(ord(letter) < 256 for letter in options.newline)
    return bytes(options.newline.encode("iso-8859-1")) if is_byte else utf8_of(options.newline, "newline")


def _read_labels(lines: Lines, options: Any, path: str) -> list[str]:
    wanted = options.label_lines if options.label_lines is not None else 0 if options.labels else 1
    parts: list[list[str]] = []
    for _ in range(wanted):
        line = lines.next()
        if line is None:
            raise UserError(f"{path} has no labels on line {lines.number + 1}: it ends there")
        number = lines.number
        fields = lines.fields(line)
        if fields is None:
            raise UserError(f"{path} has no labels on line {number}: broken quotes")
        parts.append([_decode_label(*each, number, options, path) for each in enumerate(fields, 1)])
    if len({len(part) for part in parts}) > 1:
        raise UserError(f"{path}: the label lines have {', '.join(str(len(part)) for part in parts)} labels")
    labels = list(options.labels) or [" ".join(part) for part in zip(*parts, strict=True)]
    return [label.strip() if options.strip_labels else label for label in labels]


def _decode_label(field: int, data: bytes, line: int, options: Any, path: str) -> str:
    try:
        return data.decode("utf-8" if options.encoding else options.label_encoding)
    except LookupError as error:
        raise UserError(f"label_encoding: {error}; wanted one that Python has") from None
    except UnicodeDecodeError as error:
        place = f"{path} line {line} field {field}"
        raise UserError(f"{place}: cannot read the label {data!r} as {error.encoding}: {error.reason}") from None
