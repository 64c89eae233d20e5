"""The watchdog: which jobs it stops, when it looks, and that it leaves the others alone. Its loop is made by hand."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from axtui.execute import watchdog
from axtui.execute.watchdog import MEASURE_SECONDS, Watchdog


class Clock:
    """A loop of timers alone, which passes time when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[tuple[float, Callable[[], None]]] = []

    def call_later(self, seconds: float, callback: Callable[[], None]) -> None:
        """Call back once, after some time."""
        self.timers.append((self.now + seconds, callback))

    def pass_by(self, seconds: float) -> None:
        """Let time pass, and what is due happen in order."""
        until = self.now + seconds
        while due := sorted((each for each in self.timers if each[0] <= until), key=lambda each: each[0]):
            self.timers.remove(due[0])
            self.now = due[0][0]
            due[0][1]()
        self.now = until

    def add_reader(self, fd: int, callback: Callable[[], None]) -> None:
        """Nothing is read here."""

    def remove_reader(self, fd: int) -> None:
        """Nothing is read here."""

    def want_write(self, fd: int, on_read: Callable[[], None], on_write: Callable[[], None] | None) -> None:
        """Nothing is written here."""


@pytest.fixture
def stopped() -> list[tuple[str, str, bool]]:
    """Give what was stopped."""
    return []


@pytest.fixture
def clock() -> Clock:
    """Give a clock at 0."""
    return Clock()


@pytest.fixture
def dog(clock: Clock, stopped: list[tuple[str, str, bool]]) -> Watchdog:
    """Give a watchdog that stops nothing but says so."""
    return Watchdog(clock, lambda *what: stopped.append(what))


def test_a_job_is_stopped_when_its_time_is_over(
    dog: Watchdog, clock: Clock, stopped: list[tuple[str, str, bool]]
) -> None:
    """Not a moment before, softly, and with the limit named; one that has ended is not stopped."""
    dog.begin("dev-1", {"seconds": 600.0})
    dog.begin("dev-2", {"seconds": 600.0})
    clock.pass_by(599.0)
    before = list(stopped)
    dog.end("dev-2")

    clock.pass_by(1.0)

    assert before == []
    assert stopped == [("dev-1", "ran longer than its limit of 600 s", False)]


def test_a_number_that_is_used_again_is_another_job(
    dog: Watchdog, clock: Clock, stopped: list[tuple[str, str, bool]]
) -> None:
    """The time of a job that ended does not stop one that has its name by now."""
    dog.begin("dev-1", {"seconds": 10.0})
    dog.end("dev-1")
    clock.pass_by(5.0)
    dog.begin("dev-1", {"seconds": 10.0})

    clock.pass_by(6.0)

    assert stopped == []


def test_memory_is_measured_while_a_job_has_a_limit_of_it(
    dog: Watchdog, clock: Clock, stopped: list[tuple[str, str, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice a second, over all of its processes; over the limit it is stopped at once. Without jobs nothing is done."""
    measured: list[tuple[float, int, float]] = []
    is_over = False

    def takes_more(pid: int, nbytes: float) -> bool:
        measured.append((clock.now, pid, nbytes))
        return is_over

    monkeypatch.setattr(watchdog, "takes_more", takes_more)
    dog.begin("dev-1", {"memory": 2 * 10**9})
    dog.begin("dev-2", {"seconds": 900.0})
    dog.know("dev-1", 17)
    dog.know("dev-2", 18)

    clock.pass_by(2 * MEASURE_SECONDS)
    is_over = True
    clock.pass_by(MEASURE_SECONDS)
    dog.end("dev-1")
    clock.pass_by(10 * MEASURE_SECONDS)

    assert measured == [(number * MEASURE_SECONDS, 17, 2 * 10**9) for number in (1, 2, 3)]
    assert stopped == [("dev-1", "needed more than its limit of 2 GB", True)]


def test_without_limits_nothing_is_watched(dog: Watchdog, clock: Clock) -> None:
    """Most jobs have none, and cost nothing."""
    dog.begin("dev-1", {})
    dog.know("dev-1", os.getpid())

    assert clock.timers == []
