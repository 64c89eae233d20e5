"""How far a job is."""

from __future__ import annotations

import pytest

from axtui.store.progress import Progress
from axtui.tui.measure import settle, share_of, slice_seconds
from axtui.tui.rows import Row


def record(
    state: str, done: int = 0, total: int = -1, text: str = "", began: float = 10.0, ended: float = 0.0
) -> Progress:
    """Make a progress record."""
    return Progress(state, "analysis", 1, began, began + 1, ended, done, total, text)


def test_slices_count_equally() -> None:
    """A job's share is the mean of its slices', a finished one counting whole."""
    share = share_of(Row("a.1", "a"), [record("done"), record("running", 50, 100), record("running")], 12.0)

    assert share is not None
    assert share.value == pytest.approx(0.75)
    assert not share.guessed


def test_the_last_time_is_a_guess() -> None:
    """Without counts the elapsed time against the last run's tells, and never says that it is done."""
    row = Row("a.1", "a", state="running", began=10.0, expected=4.0)

    half, over = share_of(row, [record("running")] * 2, 12.0), share_of(row, [record("running")] * 2, 99.0)

    assert half is not None and over is not None
    assert (half.value, half.guessed) == (0.5, True)
    assert over.value < 1.0


def test_nothing_known_is_no_share() -> None:
    """A job that never ran and counts nothing has no share, but its status text is told."""
    assert share_of(Row("a.1", "a"), [], 12.0) is None
    told = share_of(Row("a.1", "a"), [record("running"), record("running", text="reading")], 12.0)
    assert told is not None
    assert told.text == "reading"


def test_a_slice_is_timed_to_its_end() -> None:
    """A running slice counts until now, one that ended until its end, one that waits not at all."""
    assert slice_seconds(record("running"), 14.0) == 4.0
    assert slice_seconds(record("done", ended=12.5), 99.0) == 2.5
    assert slice_seconds(record("waiting", began=0.0), 99.0) == 0.0


def test_a_slice_that_was_stopped_with_its_job_counts_no_longer() -> None:
    """It ran until the job ended; what ended by itself stays what it is."""
    job = record("failed", ended=13.0)

    done, stopped, end = settle([record("done", ended=12.5), record("running", began=11.0), job])

    assert (done.state, stopped.state, end) == ("done", "stopped", job)
    assert slice_seconds(stopped, 99.0) == 2.0


def test_a_job_that_was_killed_ran_until_the_last_it_said() -> None:
    """Neither its slices nor the job process could say that they ended."""
    records = settle([record("running", began=11.0), record("running", began=14.0), record("running", began=10.0)])

    assert [each.state for each in records] == ["stopped"] * 3
    assert [slice_seconds(each, 99.0) for each in records] == [4.0, 1.0, 5.0]
    assert settle([]) == []
