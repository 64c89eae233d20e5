"""Whole screens as text. Where a change of look is wanted: AXTUI_WRITE_SNAPSHOTS=1 writes them anew; look at each."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from axtui.base import clock
from axtui.tui.screenshot import take_picture
from tests.tui.datasets import record_data
from tests.tui.flights import record_flights
from tests.tui.recorded import Recorded

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.mark.parametrize(
    ("name", "size", "keys"),
    [
        ("building-160x45", (160, 45), []),
        ("failure-160x45", (160, 45), ["enter"]),
        ("running-120x30", (120, 30), ["G", "k"]),
        ("building-80x24", (80, 24), []),
        ("source-zoomed-80x24", (80, 24), ["enter", "4", "z"]),
        ("help-120x30", (120, 30), ["question_mark"]),
        ("output-error-160x45", (160, 45), ["enter", "3", "E", "m"]),
        ("output-search-120x30", (120, 30), ["enter", "3", "slash", *"line", "enter", "n", "i"]),
        ("output-zoomed-80x24", (80, 24), ["enter", "3", "z", "w", "ampersand", *"!done", "enter", "g"]),
        ("source-disk-120x30", (120, 30), ["enter", "4", "z", "u"]),
        ("help-output-160x45", (160, 45), ["3", "question_mark"]),
        ("palette-80x24", (80, 24), ["colon", *"dev3"]),
        ("timeline-160x45", (160, 45), ["T"]),
        ("timeline-120x30", (120, 30), ["T", "left", "left"]),
        ("timeline-80x24", (80, 24), ["T", "left_curly_bracket"]),
        ("inspect-source-160x45", (160, 45), ["enter", "enter"]),
        ("inspect-slices-160x45", (160, 45), ["enter", "j", "enter", "6"]),
        ("inspect-overview-120x30", (120, 30), ["enter", "enter", "1"]),
        ("inspect-links-80x24", (80, 24), ["enter", "j", "enter", "7"]),
    ],
)
def test_the_screen_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, size: tuple[int, int], keys: list[str]
) -> None:
    """At a fixed time the same project gives the same screen, character by character."""
    assert_same(record_flights(tmp_path / "flights"), tmp_path, monkeypatch, name, size, keys)


@pytest.mark.parametrize(
    ("name", "size", "keys"),
    [
        ("data-160x45", (160, 45), ["g", "j", "enter", "5", "l", "G"]),
        ("data-columns-120x30", (120, 30), ["g", "j", "enter", "5", "c"]),
        ("data-histogram-80x24", (80, 24), ["g", "j", "enter", "5", "l", "enter"]),
        ("diff-160x45", (160, 45), ["g", "j", "d"]),
        ("diff-80x24", (80, 24), ["g", "j", "d", "J", "J"]),
    ],
)
def test_data_and_differences_are_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, size: tuple[int, int], keys: list[str]
) -> None:
    """The same for jobs that hold datasets and have versions."""
    assert_same(record_data(tmp_path / "data"), tmp_path, monkeypatch, name, size, keys)


def assert_same(
    rec: Recorded, home: Path, monkeypatch: pytest.MonkeyPatch, name: str, size: tuple[int, int], keys: list[str]
) -> None:
    """Draw a screen and compare it with what it was."""
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(clock, "monotonic", lambda: rec.now + 4.0)
    monkeypatch.setattr(time, "strftime", lambda *_: "12:41:07")
    wanted = SNAPSHOTS / f"{name}.txt"

    text = "\n".join(line.rstrip() for line in take_picture(rec.project, size, keys).text.splitlines()) + "\n"

    if os.environ.get("AXTUI_WRITE_SNAPSHOTS"):
        wanted.write_text(text)
    assert text == wanted.read_text()
