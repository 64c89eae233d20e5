"""What a finished job is made of is read once, and is that of this very job."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtui.base.records import format_lines
from axtui.build.facts import read_finished_facts, remember_facts
from axtui.store import layout
from tests.unit.store.jobs import setup_of


def test_what_is_remembered_is_not_read(tmp_path: Path) -> None:
    """A job that was taken in when it ended is known without its directory; another one with its id is read."""
    directory = tmp_path / "dev-3"
    kept = remember_facts(directory, [7, 8, 9], setup_of("dev-3", options={"n": 5}))

    assert read_finished_facts(directory, [7, 8, 9]) is kept
    with pytest.raises(FileNotFoundError):
        read_finished_facts(directory, [7, 8, 10])


def test_what_is_read_is_read_once(tmp_path: Path) -> None:
    """The order of a finished job never changes."""
    directory = tmp_path / "dev-4"
    directory.mkdir()
    (directory / layout.SETUP).write_bytes(format_lines(setup_of("dev-4", options={"n": 6})))

    first = read_finished_facts(directory, [1, 2, 3])
    (directory / layout.SETUP).unlink()

    assert read_finished_facts(directory, [1, 2, 3]) is first
    assert first.options == {"n": 6}


def test_the_oldest_are_forgotten(tmp_path: Path) -> None:
    """Memory is bounded: after hundreds of others a job is read again."""
    directory = tmp_path / "dev-5"
    remember_facts(directory, [1], setup_of("dev-5"))
    for number in range(300):
        remember_facts(tmp_path / f"dev-{100 + number}", [1], setup_of("dev-5"))

    with pytest.raises(FileNotFoundError):
        read_finished_facts(directory, [1])
