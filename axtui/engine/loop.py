"""The engine's one loop: descriptors and timers, in one thread."""

from __future__ import annotations

import heapq
import itertools
import os
import select
import signal
from collections.abc import Callable
from contextlib import suppress

from axtui.base import clock
from axtui.base.awake import Awake

_Watched = tuple[Callable[[], None], Callable[[], None] | None]
"""What to call when a descriptor can be read, and when it can be written."""


class SelectLoop:
    """Calls back when a descriptor can be read or written, and when a time has come."""

    def __init__(self) -> None:
        self.on_error: Callable[[Exception], None] = _raise
        """Called when a callback raises; the loop goes on after it."""
        self._epoll = select.epoll()
        self._watched: dict[int, _Watched] = {}
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._running = False
        self._awake = Awake()
        self._awake_until = 0.0
        self._signals: dict[int, Callable[[], None]] = {}

    def add_reader(self, fd: int, callback: Callable[[], None]) -> None:
        """Call back whenever a descriptor can be read."""
        self._epoll.register(fd, select.EPOLLIN)
        self._watched[fd] = (callback, None)

    def remove_reader(self, fd: int) -> None:
        """Stop that; a descriptor that is not watched, or closed by now, is passed over."""
        if self._watched.pop(fd, None) is not None:
            with suppress(OSError):
                self._epoll.unregister(fd)

    def want_write(self, fd: int, on_read: Callable[[], None], on_write: Callable[[], None] | None) -> None:
        """Also call back when a watched descriptor can be written, or stop doing so."""
        if fd in self._watched:
            self._epoll.modify(fd, select.EPOLLIN | (select.EPOLLOUT if on_write else 0))
            self._watched[fd] = (on_read, on_write)

    def call_later(self, seconds: float, callback: Callable[[], None]) -> None:
        """Call back once, after some time."""
        heapq.heappush(self._timers, (clock.monotonic() + seconds, next(self._numbers), callback))

    def on_signal(self, number: int, callback: Callable[[], None]) -> None:
        """Call back, from the loop, after a signal came."""
        if not self._signals:
            read_end, write_end = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
            signal.set_wakeup_fd(write_end)
            self.add_reader(read_end, lambda: self._take_signals(read_end))
        self._signals[number] = callback
        signal.signal(number, lambda *_: None)

    def stop(self) -> None:
        """Let `run` return after what is being handled."""
        self._running = False

    def expect_soon(self) -> None:
        """Wait awake for what comes next; somebody was answered and will ask again."""
        self._awake_until = self._awake.begin()

    def run(self) -> None:
        """Handle what comes until `stop`."""
        self._running = True
        while self._running:
            self.turn()

    def turn(self) -> None:
        """Wait for something to come, and handle it; also from within something that is being handled."""
        for fd, mask, watched in self._select():
            on_read, on_write = watched
            if mask & ~select.EPOLLOUT and self._watched.get(fd) is watched:
                self._call(on_read)
            if mask & ~select.EPOLLIN and on_write and self._watched.get(fd) is watched:
                self._call(on_write)
        self._run_timers()

    def _select(self) -> list[tuple[int, int, _Watched]]:
        """Return what has come, with what was watched then; a callback may end that before its turn."""
        until, self._awake_until = self._awake_until, 0.0
        found = (self._look(until) if until else []) or self._epoll.poll(self._wait_seconds())
        return [(fd, mask, self._watched[fd]) for fd, mask in found if fd in self._watched]

    def _look(self, until: float) -> list[tuple[int, int]]:
        """Look without sleeping until something has come, a timer is due, or the moment is over."""
        found: list[tuple[int, int]] = []
        is_due = False
        while not found and not is_due and clock.monotonic() < until:
            found = self._epoll.poll(0)
            is_due = self._wait_seconds() == 0.0
        self._awake.end(bool(found) or is_due)
        return found

    def _call(self, callback: Callable[[], None]) -> None:
        try:
            callback()
        except Exception as error:  # one thing that goes wrong must not end everything else
            self.on_error(error)

    def _wait_seconds(self) -> float | None:
        return max(0.0, self._timers[0][0] - clock.monotonic()) if self._timers else None

    def _run_timers(self) -> None:
        now = clock.monotonic()
        while self._timers and self._timers[0][0] <= now:
            _, _, callback = heapq.heappop(self._timers)
            self._call(callback)

    def _take_signals(self, fd: int) -> None:
        for number in os.read(fd, 100):
            if number in self._signals:
                self._signals[number]()


def _raise(error: Exception) -> None:
    raise error
