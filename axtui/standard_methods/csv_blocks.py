"""A piece of a text file, taken apart by pyarrow's CSV reader: all of it where it is plain, else what is plain of it.

A piece is whole lines. Lines that are left out, are empty, have unusual quotes or the wrong number of fields are found
with numpy and kept from pyarrow; csv_lines.py reads them one by one. Both are put together again in order, so a piece
gives what csv_lines.py alone would give.

Where quoted fields may span lines, a piece ends where no quote is open: `cut_outside_quotes` looks for such a place.
That works as long as quotes open and close fields as they should; where they do not, UnevenError is raised, and the
rest of the file is for csv_lines.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from axtui.standard_methods.csv_lines import (
    RECORD_NBYTES,
    Bad,
    Block,
    Dialect,
    Lines,
    Text,
    no_more,
    read_block,
    split_line,
    to_columns,
    why_bad,
)

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Chars = npt.NDArray[np.uint8]

_BOM = b"\xef\xbb\xbf"
_NEWLINE, _RETURN = b"\n\r"
_ASCII = 128
_SAMPLE_NBYTES = 1 << 18
_FEWEST_CODED = 500
_SPARE = b"\x1f\x1e\x1d\x1c\x01,;"
"""What may stand for a separator where there is none; one that the piece does not have."""


class UnevenError(Exception):
    """Quotes do not open and close fields as they should, so nobody knows here where lines end."""


@dataclass(frozen=True)
class Direct:
    """Columns that pyarrow may convert while it reads, all or none of a piece.

    Attributes:
        types: Arrow types by the columns' places among those that are kept.
        nulls: What is None in them.
        is_right: Tells from a piece and all its columns whether that gave what the column types of axtui want.
    """

    types: dict[int, pa.DataType]
    nulls: list[str]
    is_right: Callable[[bytes, list[pa.Array]], bool]


@dataclass(frozen=True)
class Shape:
    """How a file's lines are taken apart, how many fields they have, which of them are kept, and converted at once."""

    dialect: Dialect
    wanted: int
    kept: list[int]
    direct: Direct | None = None
    coded: frozenset[int] = frozenset()
    """Places of columns among those that are kept, whose text repeats and is read as codes where a piece is plain."""

    def type_of(self, at: int, direct: Direct | None) -> pa.DataType:
        """Return what pyarrow reads a column as."""
        kind = direct.types.get(at, pa.binary()) if direct else pa.binary()
        return pa.dictionary(pa.int32(), kind) if at in self.coded and not pa.types.is_primitive(kind) else kind


def cut_outside_quotes(data: bytes, dialect: Dialect) -> int:
    """Return where the last line of `data` ends that is followed by a new one; 0 for nowhere."""
    last = data.rfind(dialect.line_end)
    if last < 0:
        return 0
    last += len(dialect.line_end)
    quote = dialect.quotes if dialect.newlines_in_values else b""
    if not quote or data.count(quote, 0, last) % 2 == 0:
        return last
    chars = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(chars == dialect.line_end[0])
    even = ends[np.searchsorted(np.flatnonzero(chars == quote[0]), ends) % 2 == 0]
    if len(even):
        return int(even[-1]) + 1
    return last if len(data) > RECORD_NBYTES else 0


def find_repeated(data: bytes, shape: Shape) -> frozenset[int]:
    """Return places of columns, among those that are kept, of which at most half of the first lines' texts differ."""
    head = data[: cut_outside_quotes(data[:_SAMPLE_NBYTES], shape.dialect)]
    try:
        columns = parse_piece(head, shape).columns if head else []
    except UnevenError:
        return frozenset()
    pairs = enumerate(columns)
    return frozenset(at for at, column in pairs if _FEWEST_CODED <= len(column) >= 2 * len(column.unique()))


def parse_piece(data: bytes, shape: Shape) -> Block:
    """Take a piece apart.

    Args:
        data: Whole lines; the last may lack its end.
        shape: What they are like.

    Raises:
        UnevenError: Quoted fields may span lines here, and quotes are unusual.
    """
    if not shape.dialect.newline and data.endswith(b"\r"):
        return parse_exactly(data, shape)  # the end of the file, in the middle of a line's end
    ready = _make_usual(data, shape)
    if ready is None:
        if shape.dialect.newlines_in_values:
            raise UnevenError
        return parse_exactly(data, shape)
    data, usual, separator = ready
    quote = usual.dialect.quotes
    if quote and usual.dialect.newlines_in_values and not _is_even(data, usual.dialect, separator):
        raise UnevenError
    if _is_plain(data, usual, separator):
        for direct in (usual.direct, None) if usual.direct else (None,):
            columns = _read_plain(data, usual, separator, direct)
            if columns is not None:
                return Block(len(columns[0]), None, None, columns)
    return _Mixed(data, usual, separator).parse()


def parse_exactly(data: bytes, shape: Shape) -> Block:
    """Take a piece apart line by line."""
    lines = Lines(Text(_once(data), shape.dialect.line_end), shape.dialect)
    block = read_block(lines, shape.dialect, shape.wanted, shape.kept, nbytes=len(data) * 3 + 1)
    assert block is not None and lines.physical() is None
    return block


def _once(data: bytes) -> Any:
    left = [data]
    return lambda nbytes: left.pop() if left else no_more(nbytes)


def _make_usual(data: bytes, shape: Shape) -> tuple[bytes, Shape, bytes] | None:
    """Bring newline, quotes and separator into a form that pyarrow knows, ASCII but NUL; None where that cannot be."""
    dialect = shape.dialect
    if dialect.newline not in (b"", b"\n"):
        if len(dialect.newline) > 1 or b"\n" in data or b"\r" in data:
            return None
        data = data.replace(dialect.newline, b"\n")
        dialect = replace(dialect, newline=b"\n")
    used = [bytes([quote]) for quote in dialect.quotes if quote in data]
    if len(used) > 1:
        return None
    dialect = replace(dialect, quotes=used[0] if used else b"")
    separator = dialect.separator or next((bytes([each]) for each in _SPARE if each not in data), b"")
    special = separator + dialect.quotes
    if not separator or not all(0 < each < _ASCII and each not in (_NEWLINE, _RETURN) for each in special):
        return None
    return data, replace(shape, dialect=dialect), separator


def _is_plain(data: bytes, shape: Shape, separator: bytes) -> bool:
    """Tell whether pyarrow reads a piece as csv_lines.py does, but for lines that are empty or lack or have fields."""
    dialect = shape.dialect
    if dialect.comment or data.startswith(_BOM):
        return False
    returns = data.count(b"\r")
    if returns and (dialect.newline or returns != data.count(b"\r\n")):
        return False
    if not dialect.quotes:
        return True
    return not dialect.newlines_in_values and _is_even(data, dialect, separator) and _closes(data, dialect.quotes)


def _closes(data: bytes, quote: bytes) -> bool:
    """Tell whether no quote is open at the end of any line, if they open and close as they should."""
    chars = np.frombuffer(data, dtype=np.uint8)
    before = np.searchsorted(np.flatnonzero(chars == quote[0]), np.flatnonzero(chars == _NEWLINE))
    return not (before % 2).any() and data.count(quote) % 2 == 0


def _is_even(data: bytes, dialect: Dialect, separator: bytes) -> bool:
    """Tell whether opening quotes begin a field and closing ones end it; two in a row are one inside."""
    chars = np.frombuffer(b"\n" + data + b"\n", dtype=np.uint8)
    at = np.flatnonzero(chars == dialect.quotes[0])
    if len(at) % 2:
        return False
    beside = _beside(dialect, separator)
    return bool(beside[chars[at[::2] - 1]].all() and beside[chars[at[1::2] + 1]].all())


def _beside(dialect: Dialect, separator: bytes) -> Mask:
    """Return shape (256,): what may stand before an opening quote and after a closing one."""
    found = np.zeros(256, dtype=bool)
    found[[*separator, *dialect.quotes, _NEWLINE]] = True
    found[_RETURN] = not dialect.newline
    return found


def _read_plain(data: bytes, shape: Shape, separator: bytes, direct: Direct | None) -> list[pa.Array] | None:
    """Read a piece; None where a line is empty, lacks or has too many fields, or a value is not what `direct` says."""
    try:
        columns = _read(data, shape, separator, direct)
    except pa.ArrowInvalid:
        return None
    if _may_be_empty(columns[0]) and (data.startswith((b"\n", b"\r\n")) or b"\n\n" in data or b"\n\r\n" in data):
        return None
    return columns if direct is None or direct.is_right(data, columns) else None


def _may_be_empty(column: pa.Array) -> bool:
    """Tell whether a line of a column may be that of an empty line."""
    texts = column.dictionary if pa.types.is_dictionary(column.type) else column
    if pa.types.is_binary(texts.type) or pa.types.is_string(texts.type):
        return bool(pc.min(pc.binary_length(texts)).as_py() == 0)
    return bool(column.null_count)


def _read(data: bytes, shape: Shape, separator: bytes, direct: Direct | None = None) -> list[pa.Array]:
    """Read lines with pyarrow; return the columns that are kept."""
    names = [str(index) for index in range(shape.wanted)]
    kept = [names[index] for index in shape.kept]
    table = pa.csv.read_csv(
        pa.BufferReader(_BOM + data if data.startswith(_BOM) else data),
        read_options=pa.csv.ReadOptions(column_names=names, block_size=len(data) + 8, use_threads=False),
        parse_options=pa.csv.ParseOptions(
            delimiter=separator.decode("latin-1"),
            quote_char=shape.dialect.quotes.decode("latin-1") or False,
            newlines_in_values=True,
            ignore_empty_lines=False,
        ),
        convert_options=pa.csv.ConvertOptions(
            column_types={name: shape.type_of(at, direct) for at, name in enumerate(kept)},
            null_values=direct.nulls if direct else [],
            include_columns=kept,
            strings_can_be_null=False,
        ),
    )
    return [pa.concat_arrays(column.chunks) if column.num_chunks != 1 else column.chunk(0) for column in table.columns]


class _Mixed:
    """A piece in which some lines are for pyarrow and some are not."""

    def __init__(self, data: bytes, shape: Shape, separator: bytes) -> None:
        self._data = data if data.endswith(b"\n") else data + b"\n"
        self._shape = replace(shape, coded=frozenset())
        self._separator = separator
        self._chars = np.frombuffer(self._data, dtype=np.uint8)
        newlines = np.flatnonzero(self._chars == _NEWLINE)
        self._quotes = np.flatnonzero(self._chars == shape.dialect.quotes[0]) if shape.dialect.quotes else newlines[:0]
        is_end = np.searchsorted(self._quotes, newlines) % 2 == 0
        self._ends = newlines[is_end] if shape.dialect.newlines_in_values else newlines
        self._starts = np.concatenate([[0], self._ends[:-1] + 1])
        self._linenos = np.searchsorted(newlines, self._starts)
        self._stops = self._find_stops()

    def parse(self) -> Block:
        """Take it apart."""
        dialect = self._shape.dialect
        is_empty = self._starts == self._stops
        is_skipped = self._are_comments() & ~is_empty
        if dialect.newlines_in_values and is_skipped[np.searchsorted(self._ends, self._quotes)].any():
            raise UnevenError
        if dialect.skip_empty_lines:
            is_skipped |= is_empty
        is_hard = (is_empty | self._are_odd() | self._are_uneven()) & ~is_skipped
        easy = np.flatnonzero(~(is_skipped | is_hard))
        columns = self._read_easy(easy)
        turns = np.cumsum(~is_skipped) - 1
        found, rows, bad = self._read_hard(np.flatnonzero(is_hard), turns)
        good = np.concatenate([easy, found])
        order = np.argsort(good, kind="stable")
        if len(found):
            pairs = zip(columns, to_columns(rows, self._shape.kept), strict=True)
            columns = [pa.concat_arrays(pair).take(pa.array(order)) for pair in pairs]
        good = good[order]
        skipped = [(int(self._linenos[line]), self._line(line)) for line in np.flatnonzero(is_skipped)]
        lines = int(turns[-1]) + 1 if len(turns) else 0
        return Block(lines, turns[good], self._linenos[good], columns, bad, skipped)

    def _line(self, line: Any) -> bytes:
        return self._data[self._starts[line] : self._stops[line]]

    def _find_stops(self) -> Ints:
        """Return where each line's last byte is, and one."""
        if self._shape.dialect.newline:
            return self._ends
        is_long = (self._chars[self._ends - 1] == _RETURN) & (self._ends > self._starts)
        found: Ints = self._ends - is_long
        return found

    def _are_comments(self) -> Mask:
        comment = self._shape.dialect.comment
        found = np.full(len(self._starts), bool(comment))
        for at, char in enumerate(comment):
            found &= self._chars[np.minimum(self._starts + at, len(self._chars) - 1)] == char
        found &= self._stops - self._starts >= len(comment)
        return found

    def _are_odd(self) -> Mask:
        """Return which lines pyarrow would read otherwise: with a return inside, or with quotes that are unusual."""
        odd = np.zeros(len(self._starts), dtype=bool)
        returns = np.flatnonzero(self._chars == _RETURN)
        if not self._shape.dialect.newline:
            returns = returns[self._chars[returns + 1] != _NEWLINE]
        odd[np.searchsorted(self._ends, returns)] = True
        if len(self._quotes) and not self._shape.dialect.newlines_in_values:
            lines = np.searchsorted(self._ends, self._quotes)
            place = np.arange(len(lines)) - np.searchsorted(self._quotes, self._starts)[lines]
            beside = _beside(self._shape.dialect, self._separator)
            before = np.where(self._quotes > 0, self._chars[self._quotes - 1], _NEWLINE)
            is_bad = ~beside[np.where(place % 2 == 0, before, self._chars[self._quotes + 1])]
            odd[lines[is_bad]] = True
            odd |= np.bincount(lines, minlength=len(odd)) % 2 == 1
        return odd

    def _are_uneven(self) -> Mask:
        """Return which lines have too few or too many separators outside quotes."""
        separators = np.flatnonzero(self._chars == self._separator[0])
        lines = np.searchsorted(self._ends, separators)
        quotes = np.searchsorted(self._quotes, separators) - np.searchsorted(self._quotes, self._starts)[lines]
        found: Mask = np.bincount(lines[quotes % 2 == 0], minlength=len(self._starts)) != self._shape.wanted - 1
        return found

    def _read_easy(self, easy: Ints) -> list[pa.Array]:
        if not len(easy):
            return to_columns([], self._shape.kept)
        if len(easy) == len(self._starts):
            return _read(self._data, self._shape, self._separator)
        wanted = np.zeros(len(self._starts), dtype=bool)
        wanted[easy] = True
        chars = self._chars[: self._ends[-1] + 1]
        data = chars[np.repeat(wanted, self._ends - self._starts + 1)].tobytes()
        return _read(data, self._shape, self._separator)

    def _read_hard(self, hard: Ints, turns: Ints) -> tuple[Ints, list[list[bytes]], list[Bad]]:
        """Return which lines are good after all, their fields, and the bad lines."""
        dialect = self._shape.dialect
        good, rows, bad = [], [], []
        for line in hard.tolist():
            data = self._line(line)
            fields = split_line(data, dialect)
            reason = why_bad(data, fields, self._shape.wanted, dialect)
            if reason or fields is None:
                bad.append((int(turns[line]), int(self._linenos[line]), data, reason))
            else:
                good.append(line)
                rows.append(fields)
        return np.array(good, dtype=np.int64), rows, bad
