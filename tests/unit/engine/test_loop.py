"""The engine's loop: descriptors, timers and signals, in one thread."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator

import pytest

from axtui.engine.loop import SelectLoop


@pytest.fixture
def loop() -> Iterator[SelectLoop]:
    """Give a loop; signals are as they were at the end."""
    before = {number: signal.getsignal(number) for number in (signal.SIGUSR1, signal.SIGUSR2)}
    yield SelectLoop()
    signal.set_wakeup_fd(-1)
    for number, handler in before.items():
        signal.signal(number, handler)


def test_timers_fire_in_order_of_time(loop: SelectLoop) -> None:
    """Whatever order they were set in; those of one time in the order they were set."""
    seen: list[str] = []
    loop.call_later(0.03, lambda: (seen.append("third"), loop.stop()))
    loop.call_later(0.01, lambda: seen.append("first"))
    loop.call_later(0.02, lambda: seen.append("second"))

    loop.run()

    assert seen == ["first", "second", "third"]


def test_a_timer_may_set_another(loop: SelectLoop) -> None:
    """As a scan does that comes again."""
    seen: list[int] = []

    def again() -> None:
        seen.append(len(seen))
        loop.call_later(0.0, again) if len(seen) < 3 else loop.stop()

    loop.call_later(0.0, again)
    loop.run()

    assert seen == [0, 1, 2]


def test_readers_are_called_until_removed(loop: SelectLoop) -> None:
    """A descriptor that can be read calls back; removed twice or closed it does no harm."""
    ours, theirs = socket.socketpair()
    seen: list[bytes] = []

    def read() -> None:
        seen.append(ours.recv(1))
        if len(seen) == 2:
            loop.remove_reader(ours.fileno())
            loop.remove_reader(ours.fileno())
            loop.call_later(0.0, loop.stop)

    loop.add_reader(ours.fileno(), read)
    theirs.send(b"abc")
    loop.run()

    assert seen == [b"a", b"b"]
    ours.close()
    loop.remove_reader(-1)
    theirs.close()


def test_writers_are_called_when_wanted(loop: SelectLoop) -> None:
    """A client that reads slowly is written to when it can take more, and not before it is asked for."""
    ours, theirs = socket.socketpair()
    seen: list[str] = []

    def write() -> None:
        seen.append("write")
        loop.want_write(ours.fileno(), lambda: None, None)
        loop.call_later(0.01, loop.stop)

    loop.add_reader(ours.fileno(), lambda: seen.append("read"))
    loop.want_write(ours.fileno(), lambda: None, write)
    loop.run()

    assert seen == ["write"]
    ours.close()
    theirs.close()


def test_signals_come_through_the_loop(loop: SelectLoop) -> None:
    """What a signal does is done between callbacks and never in the middle of one."""
    seen: list[str] = []

    def raise_it() -> None:
        os.kill(os.getpid(), signal.SIGUSR1)
        seen.append("callback")

    loop.on_signal(signal.SIGUSR1, lambda: (seen.append("signal"), loop.stop()))
    loop.on_signal(signal.SIGUSR2, lambda: seen.append("other"))
    loop.call_later(0.0, raise_it)
    loop.run()

    assert seen == ["callback", "signal"]


def test_waiting_awake_misses_nothing(loop: SelectLoop) -> None:
    """After `expect_soon` a message and a timer are taken as ever, whether they come at once or late."""
    ours, theirs = socket.socketpair()
    seen: list[str] = []

    def read() -> None:
        seen.append(ours.recv(1).decode())
        loop.expect_soon()
        if seen[-1] == "b":
            loop.stop()

    loop.add_reader(ours.fileno(), read)
    loop.expect_soon()
    theirs.send(b"a")
    loop.call_later(0.005, lambda: (seen.append("timer"), theirs.send(b"b")))
    loop.run()

    assert seen == ["a", "timer", "b"]
    ours.close()
    theirs.close()
