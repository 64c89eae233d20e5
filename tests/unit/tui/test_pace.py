"""How often lines that pour in are drawn."""

from __future__ import annotations

import itertools

import pytest

from axtui.base import clock
from axtui.tui.pace import Pace


def _draw_for(monkeypatch: pytest.MonkeyPatch, pace: Pace, seconds: float, size: tuple[int, int]) -> list[float]:
    """Draw as soon as that is allowed, for so long; return when."""
    at, drawn = 0.0, []
    monkeypatch.setattr(clock, "monotonic", lambda: 100.0 + at)
    while at < seconds:
        wait = pace.wait(*size)
        if wait < 0.001:
            pace.note()
            drawn.append(at)
        at += max(wait, 0.001)
    return drawn


def test_the_first_drawings_follow_at_once_and_others_are_spaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """What begins is seen at once; a large pane that is never quiet is drawn every one and a half seconds."""
    drawn = _draw_for(monkeypatch, Pace(), 30.0, (160, 45))

    assert [at < 0.1 for at in drawn[:4]] == [True, True, True, False]
    gaps = [later - earlier for earlier, later in itertools.pairwise(drawn[3:])]
    assert gaps and all(abs(gap - 1.5) < 0.01 for gap in gaps)


def test_a_small_pane_is_drawn_more_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes few bytes may come more often, at most four times a second."""
    small = len(_draw_for(monkeypatch, Pace(), 30.0, (40, 4)))
    large = len(_draw_for(monkeypatch, Pace(), 30.0, (160, 45)))

    assert large < small <= 3 + 4 * 30


def test_something_else_is_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a change of what is shown nothing has to be waited for."""
    pace = Pace()
    _draw_for(monkeypatch, pace, 10.0, (160, 45))

    pace.begin()

    assert pace.wait(160, 45) == 0.0
