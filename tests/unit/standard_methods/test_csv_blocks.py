"""Pieces of a text file taken apart by pyarrow: always as line by line, whatever the text and the options."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from axtui.standard_methods.csv_blocks import (
    Shape,
    UnevenError,
    cut_outside_quotes,
    find_repeated,
    parse_exactly,
    parse_piece,
)
from axtui.standard_methods.csv_lines import Block, Dialect, Lines, Text, read_block

dialects = st.builds(
    Dialect,
    separator=st.sampled_from([b",", b"", b"\r", b"\n"]),
    quotes=st.sampled_from([b"", b'"', b"'\""]),
    comment=st.sampled_from([b"", b"#", b"#a"]),
    newline=st.sampled_from([b"", b"\n", b";", b"\r", b";#"]),
    skip_empty_lines=st.booleans(),
    allow_extra_empty=st.booleans(),
    newlines_in_values=st.booleans(),
).filter(lambda dialect: dialect.separator != dialect.line_end)
chars = st.sampled_from([b"a", b",", b'"', b"'", b"\n", b"\r\n", b"\r", b"#", b";", b"\0", b"\xff", b"\xef\xbb\xbf"])
texts = st.lists(chars, min_size=1, max_size=40).map(b"".join)
fields = st.lists(st.lists(chars, max_size=4).map(b"".join), min_size=1, max_size=3)


def table(block: Block) -> Any:
    """Return all that a block says."""
    places = range(block.turns) if block.positions is None else block.positions.tolist()
    numbers = places if block.linenos is None else block.linenos.tolist()
    columns = [column.to_pylist() for column in block.columns]
    return block.turns, list(places), list(numbers), columns, block.bad, block.skipped


def quoted(rows: list[list[bytes]]) -> bytes:
    """Write rows with all their fields in quotes."""
    return b"".join(b",".join(b'"' + field.replace(b'"', b'""') + b'"' for field in row) + b"\n" for row in rows)


plain = Dialect(b",", b'"', b"", b"", False, False, False)


@settings(max_examples=400, deadline=None)
@given(
    data=texts | st.lists(fields, min_size=1, max_size=6).map(quoted),
    dialect=dialects,
    wanted=st.integers(1, 3),
    coded=st.frozensets(st.integers(0, 2)),
)
@example(data=b'"a\n","b"\n1,2\n', dialect=plain, wanted=2, coded=frozenset())
@example(
    data=b'#,"a\n"\n1,2\n', dialect=Dialect(b",", b'"', b"#", b"", False, False, True), wanted=2, coded=frozenset()
)
@example(data=b'"\n"\r\n', dialect=Dialect(b",", b'"', b"", b"\n", False, False, True), wanted=1, coded=frozenset())
def test_pieces_are_what_their_lines_are(data: bytes, dialect: Dialect, wanted: int, coded: frozenset[int]) -> None:
    """A piece gives the rows, bad lines, skipped lines and numbers that its lines give one by one, coded or not."""
    shape = Shape(dialect, wanted, list(range(wanted)), coded=coded)
    exact = parse_exactly(data, shape)

    try:
        found = parse_piece(data, shape)
    except UnevenError:
        assert dialect.newlines_in_values
        return

    assert table(found) == table(exact)


def test_what_repeats_is_coded_from_a_piece_that_is_long_enough() -> None:
    """Columns are coded if half of their first texts, or more, are there before; in no piece of a few lines."""
    shape = Shape(plain, 3, [0, 2])
    lines = [b"%d,x,%d\n" % (line % 10, line) for line in range(2_000)]

    assert find_repeated(b"".join(lines), shape) == {0}
    assert find_repeated(b"".join(lines[:100]), shape) == frozenset()
    coded = parse_piece(b"".join(lines), Shape(plain, 3, [0, 2], coded=frozenset({0})))
    assert [str(column.type)[:10] for column in coded.columns] == ["dictionary", "binary"]


@settings(max_examples=200, deadline=None)
@given(rows=st.lists(fields, min_size=1, max_size=8), size=st.integers(1, 40))
def test_pieces_end_outside_quotes(rows: list[list[bytes]], size: int) -> None:
    """However small the pieces, a field in quotes is never cut, and the pieces are the text."""
    dialect = Dialect(b",", b'"', b"", b"", False, False, True)
    data = quoted(rows)
    left = [data[at : at + size] for at in range(0, len(data), size)][::-1]
    text = Text(lambda nbytes: left.pop() if left else b"", b"\n")

    pieces = []
    while piece := text.piece(size, lambda data: cut_outside_quotes(data, dialect)):
        pieces.append(piece)

    assert b"".join(pieces) == data
    assert all(piece.count(b'"') % 2 == 0 for piece in pieces)


@settings(deadline=None)
@given(data=texts, size=st.integers(1, 5), line_end=st.sampled_from([b"\n", b"\r\n"]))
def test_lines_do_not_depend_on_reads(data: bytes, size: int, line_end: bytes) -> None:
    """Lines are those of the text, in however small parts it is read, and after bytes were put back."""
    left = [data[at : at + size] for at in range(0, len(data), size)][::-1]
    text = Text(lambda nbytes: left.pop() if left else b"", line_end)

    found = []
    while (line := text.line()) is not None:
        found.append(line)
        if len(found) == 1:
            text.put_back(line)
            assert text.line() == line

    assert (
        found
        == [each + line_end for each in data.split(line_end)[:-1]]
        + [data.split(line_end)[-1]][: bool(data.split(line_end)[-1])]
    )


def test_a_block_line_by_line_is_not_larger_than_asked() -> None:
    """What is read line by line comes in blocks, each counted from its own first line."""
    lines = Lines(Text(_once(b"1,2\n" * 10), b"\n"), plain)

    blocks = []
    while (block := read_block(lines, plain, 2, [1], nbytes=8)) is not None:
        blocks.append(block)

    assert [block.turns for block in blocks] == [2, 2, 2, 2, 2]
    assert blocks[1].linenos is not None and blocks[1].linenos.tolist() == [0, 1]
    assert blocks[0].columns[0].to_pylist() == [b"2", b"2"]


def _once(data: bytes) -> Any:
    left = [data]
    return lambda nbytes: left.pop() if left else b""
