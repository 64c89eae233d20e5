"""The running job: what it saves, opens and registers, and what it refuses."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest

from axtui import blob
from axtui.api import context
from axtui.api.current import FinishEarly, let_handles_travel, stop_saves, wait_for_saves
from axtui.base.errors import UnsafePathError
from axtui.base.jsontext import json_decode
from axtui.extras import job_params, json_load, json_save, pickle_load, pickle_save
from tests.unit.dataset.desk import Desk


def registered() -> dict[str, bool]:
    """Return what is registered, and whether it is temporary."""
    return context.current().registered


def test_saved_values_come_back(desk: Desk) -> None:
    """As pickles and as JSON, sliced or not; the result has a preview too."""
    job = desk.job()

    saved = job.save({"n": {1, 2}}, Path("a"), sliceno=3)
    told = job.json_save({"b": (1,), "a": {"c": {2}}}, temp=True)
    job.save([1, 2])

    assert (saved.filename, saved.path, saved.load()) == ("a.3", f"{desk.root}/{job}/a.3", {"n": {1, 2}})
    assert (told.load().a.c, job.json_load().b) == ([2], [1])
    assert saved.jobwithfile("x") == (job, "a", True, "x")
    assert told.jobwithfile() == (job, "result.json", False, None)
    assert (desk.root / job / "result.txt").read_text() == "[1, 2]\n"
    assert registered() == {"a.3": False, "result.json": True, "result.pickle": False}


def test_a_handle_may_drop_its_file(desk: Desk) -> None:
    """What is removed, or was only needed for a while, is temporary; saving or registering it again keeps it."""
    job = desk.job()
    saved = job.save(1, "a")
    job.save(2, "b", temp=True)

    saved.remove()
    job.register_file("b")

    assert registered() == {"a": True, "b": False}
    with pytest.raises(FileNotFoundError):
        job.register_file("gone")


def test_handles_travel_only_between_stages(desk: Desk) -> None:
    """A handle cannot be pickled but on the way from analysis to synthesis."""
    saved = desk.job().save([1], "a", sliceno=0, background=True)
    with pytest.raises(TypeError, match=r"pass its \.jobwithfile\(\)"):
        pickle.dumps(saved)

    with let_handles_travel():
        data = pickle.dumps(saved)

    found = pickle.loads(data)
    assert (found.filename, found.path, found.load()) == (saved.filename, saved.path, [1])


def test_background_saves_are_waited_for(desk: Desk) -> None:
    """Loading waits, the end of a stage waits for all; one that fails is an OSError with its name."""
    job = desk.job()
    saved = [job.save(n, f"part{n}", background=True) for n in range(3)]

    assert saved[1].load() == 1
    wait_for_saves()
    assert [job.load(f"part{n}") for n in range(3)] == [0, 1, 2]
    job.save(lambda: 1, "bad", background=True)
    with pytest.raises(OSError, match=r"bad in the background failed: TypeError: result cannot be pickled: function"):
        wait_for_saves()
    stop_saves()


def test_files_are_written_whole_or_not(desk: Desk) -> None:
    """A file appears when its block ends well; one that raises leaves nothing."""
    job = desk.job()
    with job.open("a.txt", "w", sliceno=0) as handle:
        handle.write("é")
        assert not (desk.root / job / "a.txt.0").exists()
    with pytest.raises(ValueError), job.open("b.bin", "wb", temp=True) as handle:
        handle.write(b"x")
        raise ValueError

    assert (desk.root / job / "a.txt.0").read_bytes() == "é".encode()
    assert sorted(path.name for path in (desk.root / job).iterdir()) == ["a.txt.0"]
    assert registered() == {"a.txt.0": False}
    assert job.open("a.txt", sliceno=0).read() == "é"


@pytest.mark.parametrize("mode", ["a", "r+", "w+", "ab", ""])
def test_files_are_not_changed(desk: Desk, mode: str) -> None:
    """Reading, or writing from the start: there is no other mode."""
    with pytest.raises(AssertionError, match=re.escape(f"found mode {mode!r}")):
        desk.job().open("a.txt", mode)


def test_files_register_by_pattern(desk: Desk) -> None:
    """Below the job only, each once, no temporary ones and none of the job's own."""
    job = desk.job()
    root = desk.root / job
    for name in ("a.txt", "deep/er/b.txt", "setup.json", "post.json", "output/x.txt", "Analysis.0.1", ".hidden.txt"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")
    job.save(1, "c.txt", temp=True)

    assert job.register_files("*.txt") == {"a.txt"}
    assert job.register_files() == {"deep/er/b.txt"}
    assert job.register_files() == set()
    assert registered()["c.txt"] is True
    for wrong in ("../*", "/tmp/*", ""):
        with pytest.raises(UnsafePathError):
            job.register_files(wrong)


def test_input_files_are_only_read(desk: Desk) -> None:
    """Names are relative to the input directory."""
    job = desk.job()
    (desk.root / "in.txt").write_text("é", encoding="utf-8")

    assert job.input_filename("a", Path("b")) == str(desk.root / "a/b")
    assert (job.open_input("in.txt").read(), job.open_input("in.txt", "rb").read()) == ("é", "é".encode())
    with pytest.raises(AssertionError, match="input files can only be read"):
        job.open_input("in.txt", "w")


def test_finishing_early_is_no_error(desk: Desk) -> None:
    """It passes `except Exception`, and has the result."""
    job = desk.job()

    with pytest.raises(FinishEarly) as caught:
        try:
            job.finish_early([1])
        except Exception:
            raise AssertionError from None

    assert caught.value.result == [1]


def test_values_of_jobs_by_function(desk: Desk) -> None:
    """`blob` and `extras` read files of any job and write those of the running one."""
    first = desk.job()
    blob.save([1], sliceno=0)
    pickle_save({2}, "two")
    json_save({"b": {"c": 1}}, temp=True)
    second = desk.job()
    blob.save("here", "two")

    assert (blob.load(jobid=first, sliceno=0), pickle_load("two", first), blob.load("two")) == ([1], {2}, "here")
    assert json_load(jobid=first).b.c == 1
    assert json_decode((desk.root / first / "result.json").read_bytes()) == {"b": {"c": 1}}
    (desk.root / second / "setup.json").write_text(
        '{"jobid": "dev-1", "method": "m", "options": {"n": {"$set": [3]}}, "datasets": {}, "jobs": {}, "slices": 3}'
    )
    assert (job_params().options.n, job_params(second).method) == ({3}, "m")
