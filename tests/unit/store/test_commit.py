"""Committing: the order of writes, and what a failing disk leaves."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from axtui.store import commit as commits
from axtui.store import layout
from axtui.store.commit import build_manifest, commit_job, file_digest, find_files, write_error
from axtui.store.record import read_job
from tests.unit.store.jobs import commit, make_workdir, start_job


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """Give the directory of a job that was started."""
    return start_job(make_workdir(tmp_path), 3)


def record_calls(monkeypatch: pytest.MonkeyPatch, root: Path) -> list[tuple[str, str]]:
    """Record every sync and rename from now on, by the name they are of, relative to the root."""
    calls: list[tuple[str, str]] = []
    sync, rename = os.fsync, os.rename

    def synced(fd: int) -> None:
        calls.append(("sync", os.path.relpath(os.readlink(f"/proc/self/fd/{fd}"), root)))
        sync(fd)

    def renamed(old: str, new: str) -> None:
        calls.append(("rename", os.path.relpath(new, root)))
        rename(old, new)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "rename", renamed)
    return calls


def test_everything_is_on_the_disk_before_the_record_has_its_name(job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files, then their directories, then the record, its name, the job's directory and the workdir; nothing after."""
    calls = record_calls(monkeypatch, job)

    commit(job)

    at = calls.index(("rename", "post.json"))
    before, after = calls[:at], calls[at + 1 :]
    synced = [name for _, name in before]
    files = ["result.pickle", "charts/a.svg", "method/a_count.py", "setup.json"]
    assert set(synced) == {*files, "charts", "method", ".", synced[-1]}
    assert synced[-1].startswith(".post.json.")
    assert max(map(synced.index, files)) < min(map(synced.index, ("charts", "method", ".")))
    assert [name for _, name in after] == [".", ".."]


def test_the_preview_is_begun_with_the_files(job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The preview of the result is written with them, so that it is there after a power cut, and not waited for."""
    begun: list[str] = []
    monkeypatch.setattr(commits, "begin_writing", begun.extend)
    calls = record_calls(monkeypatch, job)

    commit(job)

    assert {os.path.relpath(path, job) for path in begun} == {
        "result.pickle",
        "charts/a.svg",
        "method/a_count.py",
        "setup.json",
        layout.PREVIEW,
    }
    assert ("sync", layout.PREVIEW) not in calls


def test_a_committed_job_is_finished(job: Path) -> None:
    """After the commit it is read as finished, and its workdir has it in the list of commits."""
    commit(job)

    assert read_job(job).state == "finished"
    assert (job.parent / layout.COMMITS).read_text() == "dev-3\n"
    assert sorted(name for name in os.listdir(job) if "post" in name) == ["post.json"]


@pytest.mark.parametrize("failing", range(9))
def test_a_failing_sync_is_a_failed_job(job: Path, monkeypatch: pytest.MonkeyPatch, failing: int) -> None:
    """Whichever sync fails, the error comes out, it is not tried again, and nobody is told of a finished job."""
    count = 0
    sync, rename = os.fsync, os.rename
    renamed = False

    def fail_once(fd: int) -> None:
        nonlocal count
        count += 1
        if count == failing + 1:
            raise OSError(5, "Input/output error")
        sync(fd)

    def note(old: str, new: str) -> None:
        nonlocal renamed
        renamed = True
        rename(old, new)

    monkeypatch.setattr(os, "fsync", fail_once)
    monkeypatch.setattr(os, "rename", note)
    with pytest.raises(OSError, match="Input/output"):
        commit(job)

    assert count == failing + 1
    assert (job / layout.POST).exists() == renamed == (failing >= 8)
    assert not (job.parent / layout.COMMITS).exists()


@pytest.fixture
def large(job: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the directory of a job with a hundred files, on a file system that can be synced at once."""
    monkeypatch.setattr(commits, "can_sync_at_once", lambda directory: True)
    (job / "datasets").mkdir()
    for number in range(100):
        (job / "datasets" / str(number)).write_text("x")
    return job


def test_many_files_are_synced_at_once_before_the_record(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a job with many files the file system is synced, with all of them looked at, and then the record as ever."""
    calls = record_calls(monkeypatch, large)
    names = [f"datasets/{number}" for number in range(100)]
    monkeypatch.setattr(
        commits, "sync_at_once", lambda base, paths: calls.extend(("at once", os.path.relpath(p, base)) for p in paths)
    )

    commit_job(large, build_manifest(large, names, {}), {})

    assert sorted(name for what, name in calls[:101]) == sorted([*names, "setup.json"])
    assert {what for what, _ in calls[:101]} == {"at once"}
    assert [name for _, name in calls[102:]] == ["post.json", ".", ".."]
    assert calls[101][0] == "sync" and calls[101][1].startswith(".post.json.")


def test_a_failing_sync_of_many_files_is_a_failed_job(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error comes out, nothing else is tried, and there is no record."""

    def fail(base: str, paths: list[str]) -> None:
        raise OSError(5, "Input/output error")

    calls = record_calls(monkeypatch, large)
    monkeypatch.setattr(commits, "sync_at_once", fail)
    with pytest.raises(OSError, match="Input/output"):
        commit_job(large, build_manifest(large, [f"datasets/{number}" for number in range(100)], {}), {})

    assert calls == [] and not (large / layout.POST).exists()


def test_a_missing_file_fails_the_commit(job: Path) -> None:
    """A job that lists what is not there is not committed."""
    with pytest.raises(FileNotFoundError):
        commit_job(job, {"nothing": (1, "x")}, {})

    assert read_job(job).state == "crashed"


def test_a_job_is_committed_once(job: Path) -> None:
    """The manifest has size and digest of every file, taken once where they are known."""
    (job / "a").write_bytes(b"abc")

    manifest = build_manifest(job, ["a", "method/a_count.py"], {"a": (3, "known")})

    assert manifest["a"] == (3, "known")
    content = (job / "method/a_count.py").read_bytes()
    assert manifest["method/a_count.py"] == (len(content), hashlib.sha256(content).hexdigest())
    assert file_digest(job / "a") == (3, hashlib.sha256(b"abc").hexdigest())


def test_files_are_found_below_a_folder(job: Path) -> None:
    """Names are relative to the job, sorted; a folder that is not there has none."""
    (job / "method/deep/er").mkdir(parents=True)
    (job / "method/deep/er/x.py").write_text("")

    assert find_files(job, layout.METHOD) == ["method/a_count.py", "method/deep/er/x.py"]
    assert find_files(job, layout.DATASETS) == []


def test_an_error_is_written_as_far_as_it_can_be(job: Path, tmp_path: Path) -> None:
    """A failed job says why; where that cannot be written nothing else goes wrong."""
    write_error(job, {"message": "no luck"})
    write_error(job, {"message": "again"})
    write_error(tmp_path / "gone", {"message": "nowhere"})

    assert read_job(job).reason == "no luck"
