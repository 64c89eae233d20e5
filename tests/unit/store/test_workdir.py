"""A workdir: its slice count, its jobs, new ones."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from axtui.base.errors import UserError
from axtui.store import layout
from axtui.store.workdir import CommitList, Workdir, append_commit
from tests.unit.store.jobs import make_workdir


def test_a_new_workdir_keeps_its_slice_count(tmp_path: Path) -> None:
    """It is made with its parents, and remembers how many slices it has."""
    workdir = Workdir("dev", tmp_path / "a/b/dev")

    assert workdir.prepare(3) == ""
    assert workdir.prepare(3) == ""
    assert (workdir.path / layout.SLICES).read_text() == "3\n"


def test_a_new_workdir_is_on_the_disk_before_it_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The directories above it, the slice count and then its name are synced; of one that is there nothing is."""
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda fd: synced.append(os.readlink(f"/proc/self/fd/{fd}")))
    workdir = Workdir("dev", tmp_path / "above/dev")

    workdir.prepare(3)
    first = [os.path.relpath(path, tmp_path) for path in synced]
    workdir.prepare(3)

    assert sorted(first[:2]) == [".", "above"]
    assert first[2].startswith("above/dev/.slices.")
    assert first[3:] == ["above/dev"]
    assert len(synced) == len(first)


def test_another_slice_count_is_refused(tmp_path: Path) -> None:
    """The error names both numbers."""
    make_workdir(tmp_path)

    with pytest.raises(UserError, match=r"workdir dev has 2 slices \(.*\), but the project asks for 4"):
        Workdir("dev", tmp_path / "dev").prepare(4)


@pytest.mark.parametrize("content", [b"", b"two", b"2 2", b"\xff", b"1" * 200])
def test_a_damaged_slice_count_is_told(tmp_path: Path, content: bytes) -> None:
    """What does not hold a number is named."""
    workdir = make_workdir(tmp_path)
    (workdir.path / layout.SLICES).write_bytes(content)

    with pytest.raises(UserError, match=r"\.slices does not hold a slice count"):
        workdir.prepare(2)


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    """A workdir that cannot be made is an error for people."""
    (tmp_path / "dev").write_text("")

    with pytest.raises(UserError, match="workdir dev cannot be made"):
        Workdir("dev", tmp_path / "dev").prepare(2)


def test_a_place_that_others_can_write_is_refused(tmp_path: Path) -> None:
    """Where anybody could put files in a job's place, no job is made; a sticky directory is safe."""
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)

    with pytest.raises(UserError, match="can be written by anybody"):
        Workdir("dev", tmp_path / "open/dev").prepare(2)
    (tmp_path / "open").chmod(0o1777)
    assert Workdir("dev", tmp_path / "open/dev").prepare(2) == ""


def test_foreign_names_are_passed_over(tmp_path: Path) -> None:
    """Only canonical ids of this workdir are its jobs, in order of their numbers."""
    workdir = make_workdir(tmp_path)
    foreign = ("dev-007", "dev-99999999999999999999", "dev-", "dev-x", "other-1", "dev-1.bak", "dev", "-1", "dev-٣")
    for name in (*foreign, "dev-2", "dev-10", "dev-0"):
        (workdir.path / name).mkdir()

    assert workdir.jobids() == ["dev-0", "dev-2", "dev-10"]
    assert workdir.allocate(11) == "dev-11"


def test_a_taken_number_is_skipped(tmp_path: Path) -> None:
    """Numbers that anything has, also a file, are passed over."""
    workdir = make_workdir(tmp_path)
    (workdir.path / "dev-0").mkdir()
    (workdir.path / "dev-1").write_text("")

    assert workdir.allocate(0) == "dev-2"


def test_a_name_with_a_dash_is_a_workdir(tmp_path: Path) -> None:
    """The number follows the last dash, so that two workdirs may share a beginning."""
    workdir = make_workdir(tmp_path, "a-b")
    assert workdir.allocate(0) == "a-b-0"

    assert workdir.jobids() == ["a-b-0"]
    assert Workdir("a", workdir.path).jobids() == []


def test_two_processes_never_get_one_number(tmp_path: Path) -> None:
    """Whoever makes the directory has the number; nobody else gets it."""
    workdir = make_workdir(tmp_path)
    pids = []
    for _ in range(4):
        pid = os.fork()
        if pid == 0:
            try:
                taken = [workdir.allocate(0) for _ in range(25)]
                (tmp_path / f"taken.{os.getpid()}").write_text("\n".join(taken))
            finally:
                os._exit(0)
        pids.append(pid)
    for pid in pids:
        os.waitpid(pid, 0)

    taken = [jobid for path in tmp_path.glob("taken.*") for jobid in path.read_text().split()]

    assert sorted(taken) == sorted(workdir.jobids())
    assert len(taken) == len(set(taken)) == 100


def test_a_workdir_that_cannot_be_written_raises(tmp_path: Path) -> None:
    """Where no directory can be made, the error comes out instead of an endless search."""
    workdir = Workdir("dev", tmp_path / "gone")

    with pytest.raises(FileNotFoundError):
        workdir.allocate(0)


def test_commits_of_others_are_seen(tmp_path: Path) -> None:
    """A reader is told of the jobs that were added since it last looked, whole lines only."""
    workdir = make_workdir(tmp_path)
    append_commit(workdir.path / "dev-1")
    commits = CommitList(workdir)
    assert commits.read_new() == []

    append_commit(workdir.path / "dev-2")
    append_commit(workdir.path / "dev-3")
    with open(workdir.path / layout.COMMITS, "ab") as handle:
        handle.write(b"dev-4")

    assert commits.read_new() == ["dev-2", "dev-3"]
    with open(workdir.path / layout.COMMITS, "ab") as handle:
        handle.write(b"\nrubbish\n\xff\ndev-5\n")
    assert commits.read_new() == ["dev-4", "dev-5"]
    assert commits.read_new() == []


def test_a_list_that_was_made_anew_is_read_again(tmp_path: Path) -> None:
    """Somebody may remove the list; it is a hint, and reading goes on."""
    workdir = make_workdir(tmp_path)
    for number in range(5):
        append_commit(workdir.path / f"dev-{number}")
    commits = CommitList(workdir)

    (workdir.path / layout.COMMITS).unlink()
    assert commits.read_new() == []
    append_commit(workdir.path / "dev-9")

    assert commits.read_new() == ["dev-9"]
