"""What a job leaves is described as it lies there; what changed under it is said."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from axtui.api import context
from axtui.api.context import Context
from axtui.base.files import full_stamp
from axtui.execute.finished import FinishedJob
from axtui.method.hook import SnapshotFinder
from axtui.method.opened import Opened


@pytest.fixture
def here(tmp_path: Path) -> Any:
    """Be a job in a directory of its own."""
    directory = tmp_path / "dev-1"
    (directory / "output").mkdir(parents=True)
    before = context.current()
    made = Context(root=tmp_path, input_directory=tmp_path, jobid="dev-1", directory=directory)
    context.use(made)
    yield made
    context.use(before)


def _finish(here: Context, **setup: Any) -> Any:
    finder = SimpleNamespace(observed={}, opened=Opened(), accounted=lambda declared: set())
    order = {"sources": {}, "jobs": {}, "input_files": {}, **setup}
    return FinishedJob(here, cast("SnapshotFinder", finder), order, []).describe()


def test_files_that_nothing_registered_are_output_and_temporary_ones_go(here: Context) -> None:
    """Where a method registers nothing its files are the output; a temporary one is neither kept nor told of."""
    (here.directory / "kept").write_bytes(b"data")
    (here.directory / "scratch").write_bytes(b"more")
    here.registered["scratch"] = True

    manifest, record, notes = _finish(here)

    assert manifest == {"kept": (4, hashlib.sha256(b"data").hexdigest())}
    assert record["registered"] == ["kept"] and record["repeatable"] and notes == []
    assert not (here.directory / "scratch").exists()


def test_output_that_was_written_is_in_the_manifest_and_empty_output_is_removed(here: Context) -> None:
    """An output file is part of what the job left only where something was printed."""
    (here.directory / "output" / "synthesis.out").write_bytes(b"said\n")
    (here.directory / "output" / "synthesis.err").write_bytes(b"")

    manifest, record, _ = _finish(here)

    assert list(manifest) == ["output/synthesis.out"] and record["registered"] == []
    assert not (here.directory / "output" / "synthesis.err").exists()


def test_an_input_file_that_changed_makes_the_job_unrepeatable(here: Context) -> None:
    """The stamp that its digest was taken at has to hold still when the job ends; the note names the file."""
    path = here.root / "table.csv"
    path.write_bytes(b"1\n")
    stamp = full_stamp(path)
    told = {"table": ["table.csv", "digest", stamp]}

    _, steady, said = _finish(here, input_files=told)
    path.write_bytes(b"1\n2\n")
    _, changed, notes = _finish(here, input_files=told)

    assert steady["repeatable"] and said == []
    assert not changed["repeatable"]
    assert notes == ["the input file table.csv changed while it was read; this job will not be reused"]
