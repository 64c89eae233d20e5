"""Files with one thing wrong in them, at every byte, and with several at random."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import strategies as st

_PUT = (b"", b"\0", b"\xff", b'"', b"9")
"""What stands in the place of a byte; the first takes it out."""


def mutate_everywhere(data: bytes) -> Iterator[bytes]:
    """Give a file cut at every byte, and with each byte taken out, made another one, or with a bit of it turned."""
    for place in range(len(data)):
        yield data[:place]
        found = data[place]
        for put in (*_PUT, bytes([found ^ 1])):
            if put != data[place : place + 1]:
                yield data[:place] + put + data[place + 1 :]


def mutations_of(data: bytes) -> st.SearchStrategy[bytes]:
    """Give a file with some parts of it doubled, moved, taken out, or put in from nowhere."""
    places = st.integers(0, len(data))
    parts = st.tuples(places, places).map(lambda ends: data[min(ends) : max(ends)])
    return st.lists(parts | st.binary(max_size=20), max_size=4).map(b"".join).filter(lambda made: made != data)
