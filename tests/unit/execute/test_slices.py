"""Slices of analysis: all are run, no more at a time than may, and the first that fails ends the rest."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from axtui.base.records import Record
from axtui.execute.failure import PartFailedError
from axtui.execute.slices import run_slices


def count_running(place: Path, sliceno: int) -> Record:
    """Say how many others run, from the files that each makes and takes away again."""
    mine = place / str(sliceno)
    mine.touch()
    found = len(list(place.iterdir()))
    mine.unlink()
    return {"sliceno": sliceno, "running": found}


@pytest.mark.parametrize("at_once", [1, 2, 7])
def test_no_more_run_than_may(tmp_path: Path, at_once: int) -> None:
    """Each is run once, and what it said is in slice order."""
    said = run_slices(7, lambda sliceno: count_running(tmp_path, sliceno), at_once)

    assert [each["sliceno"] for each in said] == list(range(7))
    assert max(each["running"] for each in said) <= at_once


def test_a_slice_that_waits_starts_when_one_ends(tmp_path: Path) -> None:
    """Two at once: the first waits for the last, which starts in the place of the second."""
    os.mkfifo(tmp_path / "pipe")

    def work(sliceno: int) -> Record:
        if sliceno == 0:
            return {"heard": (tmp_path / "pipe").read_text()}
        if sliceno == 2:
            (tmp_path / "pipe").write_text("last")
        return {}

    assert run_slices(3, work, 2) == [{"heard": "last"}, {}, {}]


def test_a_failure_ends_the_others(tmp_path: Path) -> None:
    """Those that run are killed, and those that wait are never started."""

    def work(sliceno: int) -> Record:
        (tmp_path / str(sliceno)).touch()
        if sliceno == 1:
            raise ValueError("mine")
        signal.pause()
        return {}

    with pytest.raises(PartFailedError) as raised:
        run_slices(9, work, 2)

    assert raised.value.failure.part == "analysis(1)"
    assert raised.value.failure.message == "ValueError: mine"
    assert {path.name for path in tmp_path.iterdir()} <= {"0", "1"}
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_killed_slice_is_named() -> None:
    """Its signal is the reason."""
    with pytest.raises(PartFailedError, match="slice 1 killed by signal 9"):
        run_slices(2, lambda sliceno: os.kill(os.getpid(), signal.SIGKILL) or {} if sliceno else {}, 2)
