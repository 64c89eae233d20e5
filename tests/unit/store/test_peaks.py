"""How much memory a job had at most, from its record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from axtui.base.records import Record
from axtui.store.peaks import Peaks, peaks_of, tell_peaks
from axtui.store.record import JobRecord

MB = 1_000_000


def record_with(post: Record, error: Record | None = None) -> JobRecord:
    """Make what a job directory says of itself."""
    return JobRecord("dev-1", Path("dev-1"), "finished", "", {}, post, error or {})


def test_the_largest_slice_is_named() -> None:
    """And what the job process had, which runs prepare and synthesis."""
    record = record_with({"memory": {"job": 88 * MB, "children": 412 * MB, "per_slice": [9 * MB, 412 * MB]}})

    assert peaks_of(record) == Peaks(88 * MB, 412 * MB, (9 * MB, 412 * MB))
    assert tell_peaks(peaks_of(record)) == "412.0 MB in slice 1, 88.0 MB in the job process"


def test_of_a_failed_job_its_processes_are_told() -> None:
    """Which of its slices that was is not known."""
    record = record_with({}, {"memory": {"job": 88 * MB, "children": 412 * MB, "per_slice": []}})

    assert tell_peaks(peaks_of(record)) == "412.0 MB in one of its processes, 88.0 MB in the job process"


@pytest.mark.parametrize("memory", [None, [], "much", {}, {"job": "9", "children": None, "per_slice": 3}, {"job": -1}])
def test_what_is_no_size_is_not_known(memory: Any) -> None:
    """Older records have none of it; others may say anything."""
    assert peaks_of(record_with({"memory": memory})) == Peaks()
    assert tell_peaks(Peaks()) == ""
    assert peaks_of(None) == Peaks()
