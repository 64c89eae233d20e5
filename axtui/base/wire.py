"""The one wire: a JSON object a line over a stream socket, size-limited. No pickles, no results.

Messages are dictionaries. `Wire` is one end: it packs, unpacks, and never blocks unless told to.
"""

from __future__ import annotations

import contextlib
import select
import socket
import time
from collections import deque
from typing import Any

from axtui.base.awake import Awake
from axtui.base.errors import RecordError
from axtui.base.records import format_record, parse_message

LINE_NBYTES = 8 << 20
"""The longest message, in bytes."""

_READ_NBYTES = 1 << 16
"""So much is read at once; from twice as much on the C library asks the kernel for memory each time."""

Message = dict[str, Any]


class WireClosedError(ConnectionError):
    """The other end is gone."""


class Wire:
    """One end of a connection that carries messages. With an `awake` it waits for them awake at first."""

    def __init__(self, connection: socket.socket, awake: Awake | None = None) -> None:
        self.socket = connection
        self._incoming = bytearray()
        self._messages: deque[Message] = deque()
        self._outgoing = bytearray()
        self._awake = awake

    def fileno(self) -> int:
        """Return the descriptor to wait on."""
        return self.socket.fileno()

    @property
    def unsent(self) -> int:
        """How many bytes wait to be sent."""
        return len(self._outgoing)

    def send(self, message: Message) -> None:
        """Send a message and wait until the kernel has taken all of it."""
        self.queue(message)
        while not self.flush():
            self._wait(select.POLLOUT)

    def queue(self, message: Message) -> None:
        """Put a message in line; `flush` sends it."""
        self.queue_line(format_record(message))

    def queue_line(self, line: bytes) -> None:
        """Put a message in line that is JSON already."""
        self._outgoing += line
        self._outgoing += b"\n"

    def flush(self) -> bool:
        """Send what can be sent without waiting. Return whether nothing is left.

        Raises:
            WireClosedError: The other end is gone.
        """
        while self._outgoing:
            try:
                sent = self.socket.send(self._outgoing, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return False
            except OSError as error:
                raise WireClosedError(str(error)) from None
            del self._outgoing[:sent]
        return True

    def receive(self) -> Message:
        """Wait for the next message.

        Raises:
            WireClosedError: The other end is gone.
            RecordError: What came is not a message.
        """
        if self._awake and not self._messages:
            self._look(self._awake)
        while not self._messages:
            self._wait(select.POLLIN)
            self._read(0)
        return self._messages.popleft()

    def _wait(self, events: int) -> None:
        """Sleep until there is something to read or room to write; a `recv` that sleeps is woken by either."""
        waiting = select.poll()
        waiting.register(self.socket, events)
        waiting.poll()

    def _look(self, awake: Awake) -> None:
        until = awake.begin()
        if not until:
            return
        looking = select.poll()
        looking.register(self.socket, select.POLLIN)
        while not self._messages and time.monotonic() < until:
            if looking.poll(0):
                self._read(0)
        awake.end(bool(self._messages))

    def poll(self) -> list[Message]:
        """Return every message that has come, without waiting.

        Raises:
            WireClosedError: The other end is gone and every message of it was returned before.
            RecordError: What came is not a message.
        """
        closed = False
        with contextlib.suppress(BlockingIOError):
            try:
                self._read(socket.MSG_DONTWAIT)
            except WireClosedError:
                closed = True
        messages = list(self._messages)
        self._messages.clear()
        if closed and not messages:
            raise WireClosedError("closed")
        return messages

    def close(self) -> None:
        """Close this end."""
        self.socket.close()

    def _read(self, flags: int) -> None:
        try:
            data = self.socket.recv(_READ_NBYTES, flags)
        except BlockingIOError:
            raise
        except OSError as error:
            raise WireClosedError(str(error)) from None
        if not data:
            raise WireClosedError("closed")
        if not self._incoming and data.find(b"\n") == len(data) - 1:
            self._messages.append(parse_message(data))
            return
        self._incoming += data
        if b"\n" in data:
            *lines, rest = bytes(self._incoming).split(b"\n")
            self._incoming = bytearray(rest)
            self._messages.extend(_parse_line(line) for line in lines)
        if len(self._incoming) > LINE_NBYTES:
            raise RecordError(f"a message of more than {LINE_NBYTES} bytes")


def _parse_line(line: bytes) -> Message:
    if len(line) > LINE_NBYTES:
        raise RecordError(f"a message of more than {LINE_NBYTES} bytes")
    return parse_message(line)
