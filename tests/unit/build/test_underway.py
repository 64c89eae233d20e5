"""Who asks for a job, as an input of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtui.base.errors import NoSuchJobError
from axtui.build.underway import Underway
from axtui.store import layout


def test_a_job_underway_is_its_id_and_its_order(tmp_path: Path) -> None:
    """Another job, and a later one of the same id, are other inputs; one without an order is none."""
    orders = {"dev-1": "at one", "dev-2": "at one"}
    for jobid, order in orders.items():
        (tmp_path / jobid).mkdir()
        (tmp_path / jobid / layout.SETUP).write_text(order)

    first = Underway("dev-1", tmp_path / "dev-1").identity
    same = Underway("dev-1", tmp_path / "dev-1").identity
    other = Underway("dev-2", tmp_path / "dev-2").identity
    (tmp_path / "dev-1" / layout.SETUP).write_text("at two")
    later = Underway("dev-1", tmp_path / "dev-1").identity

    assert first == same
    assert len({first, other, later}) == 3
    with pytest.raises(NoSuchJobError, match="there is no job 'dev-3': No such file"):
        _ = Underway("dev-3", tmp_path / "dev-3").identity


def test_a_dataset_is_there_once_it_is_finished(tmp_path: Path) -> None:
    """Any name; a directory alone is not enough."""
    job = Underway("dev-1", tmp_path)
    place = layout.dataset_directory(tmp_path, "a/b")
    place.mkdir(parents=True)

    before = job.has_dataset("a/b")
    (place / layout.DATASET).write_text("{}")

    assert (before, job.has_dataset("a/b"), job.has_dataset("default")) == (False, True, False)
