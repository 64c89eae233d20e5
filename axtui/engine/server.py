"""The engine's socket: clients come and go, send requests, and are sent every event of the journal."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from axtui.base.errors import AxtuiError, RecordError
from axtui.base.wire import Message, Wire, WireClosedError
from axtui.engine.loop import SelectLoop
from axtui.event.events import format_entry
from axtui.event.journal import read_journal

_BATCH_SECONDS = 0.005
_UNSENT_NBYTES = 64 << 20
"""A client that does not read is let go when so much waits for it; it can come back and catch up."""


class Server:
    """Accepts clients of the same user and passes on what they ask."""

    def __init__(
        self,
        loop: SelectLoop,
        path: Path,
        journal: Path,
        handle: Callable[[Message], Message],
        left: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._path = path
        self._journal = journal
        self._handle = handle
        self._left = left
        self._clients: dict[int, Wire] = {}
        self._attached: set[int] = set()
        self._writing: set[int] = set()
        self._is_flushing = False
        self._listener = _listen(path)
        loop.add_reader(self._listener.fileno(), self._accept)

    @property
    def clients(self) -> int:
        """How many clients there are."""
        return len(self._clients)

    def publish(self, line: bytes) -> None:
        """Send a line of the journal to every client that is attached, a few milliseconds' worth at a time."""
        if not self._attached:
            return
        for fd in self._attached:
            self._clients[fd].queue_line(b'{"entry":' + line + b"}")
        if not self._is_flushing:
            self._is_flushing = True
            self._loop.call_later(_BATCH_SECONDS, self._flush_attached)

    def _flush_attached(self) -> None:
        self._is_flushing = False
        for fd in list(self._attached):
            self._flush(fd)

    def stop_listening(self) -> None:
        """Let nobody else in, so that a new engine can take the place."""
        with suppress(OSError):
            self._path.unlink()
        self._loop.remove_reader(self._listener.fileno())
        self._listener.close()

    def close(self) -> None:
        """Send what is left, as far as it goes without waiting, and close."""
        self.stop_listening()
        for wire in self._clients.values():
            with suppress(WireClosedError):
                wire.flush()
            wire.close()

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        if _peer_uid(connection) != os.getuid():
            connection.close()
            return
        wire = Wire(connection)
        fd = connection.fileno()
        self._clients[fd] = wire
        self._loop.add_reader(fd, lambda: self._read(fd))

    def _read(self, fd: int) -> None:
        try:
            for message in self._clients[fd].poll():
                self._take(fd, message)
        except (WireClosedError, RecordError):
            self._drop(fd)

    def _take(self, fd: int, message: Message) -> None:
        reply: Message
        if message.get("do") == "attach":
            reply = self._attach(fd, message)
        else:
            try:
                reply = self._handle(message)
            except AxtuiError as error:
                reply = {"error": str(error)}
            except (KeyError, TypeError, ValueError) as error:
                reply = {"error": f"the request {message.get('do')!r:.40} cannot be read: {error!r}"}
        self._queue(fd, {"re": message.get("id"), **reply})

    def _attach(self, fd: int, message: Message) -> Message:
        since = message.get("since")
        if isinstance(since, int):
            for entry in read_journal(self._journal, since):
                self._queue(fd, {"entry": format_entry(entry)})
        self._attached.add(fd)
        return {"pid": os.getpid()}

    def _queue(self, fd: int, message: Message) -> None:
        wire = self._clients.get(fd)
        if wire is None:
            return
        wire.queue(message)
        self._flush(fd)

    def _flush(self, fd: int) -> None:
        wire = self._clients[fd]
        try:
            done = wire.flush()
        except WireClosedError:
            self._drop(fd)
            return
        if wire.unsent > _UNSENT_NBYTES:
            self._drop(fd)
            return
        if done == (fd in self._writing):
            self._writing.symmetric_difference_update({fd})
            self._loop.want_write(fd, lambda: self._read(fd), None if done else lambda: self._flush(fd))

    def _drop(self, fd: int) -> None:
        wire = self._clients.pop(fd, None)
        if wire is None:
            return
        self._attached.discard(fd)
        self._writing.discard(fd)
        self._loop.remove_reader(fd)
        wire.close()
        self._left()


def _listen(path: Path) -> socket.socket:
    with suppress(FileNotFoundError):
        path.unlink()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    old = os.umask(0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(old)
    listener.listen(64)
    return listener


def _peer_uid(connection: socket.socket) -> int:
    if not hasattr(socket, "SO_PEERCRED"):
        return os.getuid()  # the directory is closed to everybody else
    size = struct.calcsize("3i")
    _, uid, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return int(uid)
