"""Noting when output grows. The loop is made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtui.base import clock as wall_clock
from axtui.execute.output_watch import LOOK_SECONDS, OutputWatch
from axtui.store import layout
from axtui.store.output_times import read_output_times
from tests.unit.execute.test_watchdog import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Give a clock at 0 that all look at."""
    made = Clock()
    monkeypatch.setattr(wall_clock, "monotonic", lambda: made.now)
    monkeypatch.setattr(wall_clock, "wall", lambda: 1000.0 + made.now)
    return made


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """Give the directory of a job."""
    (tmp_path / "dev-1" / layout.OUTPUT).mkdir(parents=True)
    return tmp_path / "dev-1"


def test_growth_is_noted_as_it_is_seen(clock: Clock, job: Path) -> None:
    """Once a second, only what has grown; after the end of the job nothing."""
    watch, path = OutputWatch(clock), job / layout.OUTPUT / "prepare.out"
    watch.begin(job)
    clock.pass_by(LOOK_SECONDS)
    path.write_text("one")
    clock.pass_by(2 * LOOK_SECONDS)
    path.write_text("one two")
    clock.pass_by(LOOK_SECONDS)
    watch.end("dev-1")
    path.write_text("one two three")
    clock.pass_by(60.0)

    assert read_output_times(job) == {"prepare.out": [(1002.0, 3), (1004.0, 7)]}
    assert clock.timers == []


def test_a_job_of_a_moment_leaves_nothing(clock: Clock, job: Path) -> None:
    """It has ended when somebody would look."""
    watch = OutputWatch(clock)
    watch.begin(job)
    watch.end("dev-1")
    clock.pass_by(60.0)

    assert read_output_times(job) is None


def test_a_job_of_days_is_looked_at_ever_rarer(clock: Clock, job: Path) -> None:
    """So that the notes stay small."""
    watch, path = OutputWatch(clock), job / layout.OUTPUT / "prepare.out"
    watch.begin(job)
    for _ in range(20_000):
        with open(path, "a") as handle:
            handle.write("x")
        clock.pass_by(LOOK_SECONDS)

    noted = read_output_times(job)
    assert noted is not None and 3_000 < len(noted["prepare.out"]) < 8_000


def test_a_job_whose_directory_goes_is_no_trouble(clock: Clock, tmp_path: Path) -> None:
    """Nothing is raised into the loop."""
    watch = OutputWatch(clock)
    watch.begin(tmp_path / "gone-1")
    clock.pass_by(5 * LOOK_SECONDS)

    assert not (tmp_path / "gone-1").exists()
