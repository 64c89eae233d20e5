"""kill -9 of any process at any moment: nothing that was acknowledged is lost or damaged, and nothing is left over."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.faults.killing import JOBS, VICTIMS, find_processes, kill_at_random, make_project

pytestmark = pytest.mark.slow
ROUNDS = 32
"""`make bench` does 200."""


def test_random_kills_lose_nothing(tmp_path: Path, surroundings: dict[str, str]) -> None:
    """Whatever is killed, acknowledged jobs stay whole, the next build works, and no process is left."""
    make_project(tmp_path)

    tally = kill_at_random(tmp_path, surroundings, ROUNDS, seed=1)

    assert not tally.hung
    assert not tally.lost
    assert not tally.damaged
    assert len(tally.acknowledged) >= ROUNDS * JOBS
    assert sum(tally.kills.values()) >= ROUNDS // 2 and set(tally.kills) == set(VICTIMS)
    assert not wait_for_none(tmp_path)


def wait_for_none(root: Path, seconds: float = 15.0) -> dict[str, list[int]]:
    """Wait until no process of the project is left; return those that are left all the same."""
    deadline = time.monotonic() + seconds
    while (left := find_processes(root)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left
