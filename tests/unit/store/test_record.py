"""Reading a job back: whatever lies in its directory, reading gives a record."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtui.base.errors import AxtuiError
from axtui.base.records import digest
from axtui.cli.job import _lines
from axtui.cli.jobs import _line, summarise_job
from axtui.store import layout
from axtui.store.lock import write_owner
from axtui.store.record import find_damage, read_job
from tests.unit.store.jobs import commit, forge_post, make_job, make_workdir, setup_of, start_job


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """Give the directory of a finished job."""
    return make_job(make_workdir(tmp_path), 3)


def test_a_finished_job_is_read(job: Path) -> None:
    """State, method and all three records are there."""
    record = read_job(job)

    assert (record.jobid, record.state, record.reason, record.method) == ("dev-3", "finished", "", "count")
    assert record.setup["options"] == {"n": 1}
    assert record.post["output"] == "d" * 64
    assert record.error == {}


def test_states_of_unfinished_jobs(tmp_path: Path) -> None:
    """A job whose owner lives is running, without one crashed, with an error failed, without a directory gone."""
    workdir = make_workdir(tmp_path)
    running, crashed, failed = (start_job(workdir, number) for number in (1, 2, 3))
    empty = workdir.path / "dev-4"
    empty.mkdir()
    owner = write_owner(running, "1-1")
    (failed / layout.ERROR).write_text('{"message": "no luck", "part": "analysis(1)"}')

    states = [read_job(path).state for path in (running, crashed, failed, empty, workdir.path / "dev-5")]

    assert owner >= 0
    assert states == ["running", "crashed", "failed", "crashed", "gone"]
    assert read_job(failed).reason == "no luck"


def test_a_job_whose_order_was_lost_with_the_power_has_crashed(tmp_path: Path) -> None:
    """It was never finished, so nothing of it is damaged; one that is being built all the same is running."""
    workdir = make_workdir(tmp_path)
    empty, zeros, running = (start_job(workdir, number) for number in (1, 2, 3))
    for directory, data in ((empty, b""), (zeros, bytes(500)), (running, b"")):
        (directory / layout.SETUP).write_bytes(data)
    owner = write_owner(running, "1-1")

    records = [read_job(path) for path in (empty, zeros, running)]

    assert owner >= 0
    assert [record.state for record in records] == ["crashed", "crashed", "running"]
    assert records[0].reason.startswith("its engine died before it was finished; setup.json: ")


@pytest.mark.parametrize("name", [layout.SETUP, layout.POST])
def test_a_record_cut_at_any_byte_is_damaged(job: Path, name: str) -> None:
    """A job whose record is cut short is never finished, wherever it is cut."""
    data = (job / name).read_bytes()

    for length in range(len(data)):
        (job / name).write_bytes(data[:length])
        record = read_job(job)
        assert record.state == "damaged", length
        assert name.partition(".")[0] in record.reason


@pytest.mark.parametrize("name", [layout.SETUP, layout.POST])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(st.data())
def test_a_changed_record_is_never_accepted(job: Path, name: str, data: st.DataObject) -> None:
    """Bits flipped, bytes put in, taken out, zeroed: the job is damaged, and nothing is raised."""
    path = job / name
    whole = path.with_name(name + ".whole")
    if not whole.exists():
        shutil.copy(path, whole)
    before = whole.read_bytes()
    at = data.draw(st.integers(0, len(before)))
    changed = before[:at] + data.draw(st.binary(max_size=5)) + before[at + data.draw(st.integers(0, 5)) :]
    path.write_bytes(changed)

    record = read_job(job)

    assert (record.state == "finished") == (changed == before)
    path.write_bytes(before)


def test_a_setup_from_another_job_is_damage(job: Path, tmp_path: Path) -> None:
    """A valid order that is not the one that was committed is found."""
    (job / layout.SETUP).write_text(json.dumps(setup_of("dev-3", options={"n": 2})))

    assert read_job(job).reason == "setup.json is not the one that was committed"


@pytest.mark.parametrize("name", [layout.SETUP, layout.POST])
@pytest.mark.parametrize("kind", ["directory", "link", "fifo"])
def test_foreign_things_in_place_of_records(job: Path, name: str, kind: str) -> None:
    """A directory, a link or a pipe is not read, followed or waited for."""
    path = job / name
    shutil.move(path, job / "elsewhere")
    if kind == "directory":
        path.mkdir()
    elif kind == "link":
        path.symlink_to(job / "elsewhere")
    else:
        import os

        os.mkfifo(path)

    assert read_job(job).state == "damaged"


def test_a_file_in_place_of_the_job_is_damage(tmp_path: Path) -> None:
    """A file with a job's name is no job."""
    workdir = make_workdir(tmp_path)
    (workdir.path / "dev-9").write_text("")

    assert read_job(workdir.path / "dev-9").state in ("damaged", "gone")


def test_missing_short_and_changed_files_are_found(job: Path) -> None:
    """Every listed file is looked at, by size; a link, as a job may have itself, counts as what it leads to."""
    files = read_job(job).post["files"]
    assert find_damage(job, files) == ""

    (job / "charts/a.svg").write_text("<svg>")
    assert find_damage(job, files) == "charts/a.svg has 5 bytes, committed were 6"
    (job / "charts/a.svg").unlink()
    assert find_damage(job, files) == "charts/a.svg: No such file or directory"
    (job / "charts/a.svg").symlink_to(job / "b.svg")
    assert find_damage(job, files) == "charts/a.svg: No such file or directory"
    (job / "b.svg").write_text("<svg>")
    assert find_damage(job, files) == "charts/a.svg has 5 bytes, committed were 6"
    (job / "b.svg").write_text("<svg/>")
    assert find_damage(job, files) == ""


_WRONG: list[Any] = [None, 3, -1.5, "text", [], [1], [[]], {}, {"a": 1}, {"a": [1]}, True, {"$set": [[1]]}, 1e300]


@pytest.mark.parametrize("field", sorted(setup_of("dev-3")))
@pytest.mark.parametrize("value", _WRONG, ids=repr)
def test_an_order_with_fields_of_other_types_is_shown(tmp_path: Path, field: str, value: Any) -> None:
    """Somebody else's order may hold anything; reading, listing and showing it raise nothing but our own errors."""
    directory = commit(start_job(make_workdir(tmp_path), 3, **{field: value}))

    record = read_job(directory)

    assert record.state in ("finished", "damaged")
    show(record)


@pytest.mark.parametrize("field", ["method", "key"])
def test_an_order_with_half_a_character_is_damaged(tmp_path: Path, field: str) -> None:
    """What the index of a workdir cannot hold is one damaged job, not an index that cannot be made."""
    directory = commit(start_job(make_workdir(tmp_path), 3, **{field: "a\ud800"}))

    record = read_job(directory)

    assert (record.state, record.setup) == ("damaged", {})
    assert "is not UTF-8" in record.reason


@pytest.mark.parametrize(
    "field",
    ["files", "registered", "datasets", "subjobs", "links", "observed", "repeatable", "notes", "exectime", "endtime"],
)
@pytest.mark.parametrize("value", _WRONG, ids=repr)
def test_a_commit_record_with_fields_of_other_types_is_shown(job: Path, field: str, value: Any) -> None:
    """A forged commit record raises nothing but our own errors either."""
    forge_post(job, **{field: value})

    record = read_job(job)

    assert record.state in ("finished", "damaged")
    show(record)


@pytest.mark.parametrize("value", _WRONG, ids=repr)
def test_an_error_record_may_hold_anything(tmp_path: Path, value: Any) -> None:
    """A failed job is shown whatever its error record says."""
    directory = start_job(make_workdir(tmp_path), 3)
    names = ("message", "traceback", "seconds", "part", "notes")
    (directory / layout.ERROR).write_text(json.dumps(dict.fromkeys(names, value)))

    record = read_job(directory)

    assert record.state == "failed"
    show(record)


def show(record: Any) -> None:
    """List and show a job as the commands do."""
    try:
        _line(summarise_job(record))
        _lines(record)
    except AxtuiError:
        return


def test_a_copied_job_is_whole(job: Path, tmp_path: Path) -> None:
    """Every byte that counts is below the job's directory; digests do not depend on where it lies."""
    copy = tmp_path / "elsewhere/dev-3"
    shutil.copytree(job, copy)

    assert read_job(copy).state == "finished"
    assert find_damage(copy, read_job(copy).post["files"]) == ""
    assert digest((copy / layout.SETUP).read_bytes()) == read_job(copy).post["setup"]
