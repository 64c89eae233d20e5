"""The wire: a JSON object a line."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtui.base.awake import SECONDS, Awake
from axtui.base.errors import RecordError
from axtui.base.wire import LINE_NBYTES, Wire, WireClosedError


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, Wire]]:
    """Give a raw end to write to, and a wire that reads from it."""
    raw, other = socket.socketpair()
    wire = Wire(other)
    yield raw, wire
    raw.close()
    wire.close()


def test_messages_arrive_in_order(ends: tuple[socket.socket, Wire]) -> None:
    """What one end sends the other receives, one message for each line."""
    raw, wire = ends
    other = Wire(raw)

    for number in range(3):
        other.send({"number": number, "text": "é\n"})

    assert [wire.receive()["number"] for _ in range(3)] == [0, 1, 2]


def test_a_message_may_come_in_pieces(ends: tuple[socket.socket, Wire]) -> None:
    """A part of a line is no message yet, and is not lost."""
    raw, wire = ends
    seen = []

    for piece in (b'{"a"', b": 1}", b'\n{"b": 2}\n{"c', b'": 3}\n'):
        raw.sendall(piece)
        seen.append(wire.poll())

    assert seen == [[], [], [{"a": 1}, {"b": 2}], [{"c": 3}]]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.lists(st.dictionaries(st.text(), st.text()), max_size=5), st.lists(st.integers(1, 40), min_size=1))
def test_any_cut_gives_the_same_messages(messages: list[dict[str, str]], cuts: list[int]) -> None:
    """However the stream is cut, the messages are the same."""
    first, second = socket.socketpair()
    sender, receiver = Wire(first), Wire(second)
    for message in messages:
        sender.queue(message)
    data = bytes(sender._outgoing)
    found = []

    while data:
        cut = cuts[len(data) % len(cuts)]
        first.sendall(data[:cut])
        data = data[cut:]
        found += receiver.poll()

    assert found == messages
    sender.close()
    receiver.close()


def test_nothing_there_is_no_message(ends: tuple[socket.socket, Wire]) -> None:
    """Polling does not wait."""
    _, wire = ends

    assert wire.poll() == []


def test_messages_before_the_end_are_kept(ends: tuple[socket.socket, Wire]) -> None:
    """What was sent before the other end closed is read first; half a line at the end is dropped."""
    raw, wire = ends
    raw.sendall(b'{"a": 1}\n{"b"')
    raw.close()

    assert wire.poll() == [{"a": 1}]
    with pytest.raises(WireClosedError):
        wire.poll()
    with pytest.raises(WireClosedError):
        wire.receive()


@pytest.mark.parametrize("line", [b"not json\n", b"[1]\n", b'{"a": NaN}\n', b"\n", b"\xff\n"])
def test_what_is_no_message_is_refused(ends: tuple[socket.socket, Wire], line: bytes) -> None:
    """A line that is no JSON object is an error of the other end."""
    raw, wire = ends
    raw.sendall(line)

    with pytest.raises(RecordError):
        wire.poll()


@pytest.mark.parametrize("end", [b"", b'"}\n'], ids=["endless", "whole"])
def test_a_message_without_end_is_refused(ends: tuple[socket.socket, Wire], end: bytes) -> None:
    """A line longer than the limit is refused, before it fills the memory and also when it does end."""
    raw, wire = ends
    wire.socket.settimeout(20)

    def write() -> None:
        try:
            raw.sendall(b'{"a": "' + b"x" * (LINE_NBYTES + 10) + end)
        except OSError:
            return

    thread = threading.Thread(target=write)
    thread.start()
    with pytest.raises(RecordError, match="more than"):
        wire.receive()
    wire.close()
    thread.join(20)


def test_sending_to_nobody_is_an_error(ends: tuple[socket.socket, Wire]) -> None:
    """That the other end is gone is told when something is sent."""
    raw, wire = ends
    raw.close()

    with pytest.raises(WireClosedError):
        wire.send({"a": "x"})


def test_flush_sends_what_the_kernel_takes(ends: tuple[socket.socket, Wire]) -> None:
    """A reader that is slow does not hold up the writer; what waits is counted, and goes out later."""
    raw, wire = ends
    wire.queue({"a": "x" * (4 << 20)})

    assert not wire.flush()
    assert 0 < wire.unsent < (4 << 20)

    read = 0
    while not wire.flush():
        read += len(raw.recv(1 << 20))
    assert wire.unsent == 0


def test_who_waits_awake_gets_the_same_messages(ends: tuple[socket.socket, Wire]) -> None:
    """What is there, what comes while it looks, and what comes after it has fallen asleep."""
    raw, other = ends
    wire = Wire(other.socket, Awake())
    far = Wire(raw)
    received = []

    far.send({"number": 0})
    received.append(wire.receive())
    for seconds in (SECONDS / 4, SECONDS * 40):
        sender = threading.Timer(seconds, far.send, [{"number": len(received)}])
        sender.start()
        received.append(wire.receive())
        sender.join()

    assert received == [{"number": 0}, {"number": 1}, {"number": 2}]
