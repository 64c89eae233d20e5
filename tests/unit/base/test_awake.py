"""Waiting awake: for a moment, and more rarely the less often it was worth it."""

from __future__ import annotations

import pytest

from axtui.base import awake
from axtui.base.awake import Awake


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Awake:
    """Give the luck of somebody on a machine with several cores."""
    monkeypatch.setattr(awake, "_cores", lambda: 2)
    return Awake()


def vain_looks(looks: Awake, waits: int) -> list[int]:
    """Return which of so many waits began awake, when nothing ever comes in time."""
    found = []
    for wait in range(waits):
        if looks.begin():
            found.append(wait)
            looks.end(False)
    return found


def test_vain_looks_become_rare(looks: Awake) -> None:
    """Each look in vain is followed by twice as many waits without one, up to 63."""
    assert vain_looks(looks, 260) == [0, 2, 6, 14, 30, 62, 126, 190, 254]


def test_a_look_that_was_worth_it_is_followed_by_another(looks: Awake) -> None:
    """What came in time makes the next wait begin awake, however many were in vain before."""
    vain_looks(looks, 8)
    while not looks.begin():
        pass
    looks.end(True)

    assert looks.begin() > 0


def test_one_core_is_never_kept_busy_by_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is one core, whoever is waited for needs it: nearly every wait is slept."""
    monkeypatch.setattr(awake, "_cores", lambda: 1)

    assert vain_looks(Awake(), 63) == []
