"""Syncing a whole file system: where it is done, and that every failure comes out."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from axtui.base import syncing


class Kernel:
    """Stands for libc: records calls, and fails at one of them."""

    def __init__(self, failing: str = "") -> None:
        self.calls: list[str] = []
        self._failing = failing

    def syncfs(self, fd: int) -> int:
        """Be called for a directory."""
        return self._call("syncfs", fd)

    def sync_file_range(self, fd: int, *_: Any) -> int:
        """Be called for a file."""
        return self._call("look", fd)

    def _call(self, what: str, fd: int) -> int:
        name = os.path.basename(os.readlink(f"/proc/self/fd/{fd}"))
        self.calls.append(f"{what} {name}")
        return -1 if self.calls[-1] == self._failing else 0


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Give a few files."""
    paths = [tmp_path / f"{number}.arrow" for number in range(3)]
    for path in paths:
        path.write_bytes(b"x" * 5000)
    return [str(path) for path in paths]


def test_really_syncing(tmp_path: Path, files: list[str]) -> None:
    """The real calls succeed here, and the files stay what they are."""
    syncing.sync_at_once(str(tmp_path), files)

    assert {Path(path).read_bytes() for path in files} == {b"x" * 5000}


def test_every_file_is_asked_after_all_is_synced(
    tmp_path: Path, files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One call syncs everything; then each file is asked for the error with which it was written."""
    kernel = Kernel()
    monkeypatch.setattr(syncing, "_libc", kernel)

    syncing.sync_at_once(str(tmp_path), files)

    assert kernel.calls == [f"syncfs {tmp_path.name}", "look 0.arrow", "look 1.arrow", "look 2.arrow"]


@pytest.mark.parametrize("failing", ["syncfs", "look 1.arrow"])
def test_a_failure_comes_out(tmp_path: Path, files: list[str], monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    """Whichever call fails, the error is raised with the path, and nothing is asked again."""
    kernel = Kernel(f"syncfs {tmp_path.name}" if failing == "syncfs" else failing)
    monkeypatch.setattr(syncing, "_libc", kernel)
    monkeypatch.setattr(syncing.ctypes, "get_errno", lambda: errno.EIO)

    with pytest.raises(OSError, match="Input/output error") as found:
        syncing.sync_at_once(str(tmp_path), files)

    assert kernel.calls[-1] == (f"syncfs {tmp_path.name}" if failing == "syncfs" else failing)
    assert found.value.errno == errno.EIO and found.value.filename in (str(tmp_path), files[1])


def test_what_lies_elsewhere_is_synced_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link to a file of another file system is followed and synced."""
    (tmp_path / "linked").symlink_to("/proc/self/status")
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda fd: synced.append(os.readlink(f"/proc/self/fd/{fd}")))

    syncing.sync_at_once(str(tmp_path), [str(tmp_path / "linked")])

    assert synced == [f"/proc/{os.getpid()}/status"]


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    """What is to be synced has to be there."""
    with pytest.raises(FileNotFoundError, match="nothing"):
        syncing.sync_at_once(str(tmp_path), [str(tmp_path / "nothing")])


def test_writing_is_begun_for_each_file_that_is_there(files: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file is begun, in order; one that is not there, or that the system cannot begin, is left to its sync."""
    kernel = Kernel(failing="look 1.arrow")
    monkeypatch.setattr(syncing, "_libc", kernel)

    syncing.begin_writing([files[0], f"{files[0]}.gone", *files[1:]])
    monkeypatch.setattr(syncing, "_libc", object())
    syncing.begin_writing(files)

    assert kernel.calls == ["look 0.arrow", "look 1.arrow", "look 2.arrow"]


def test_writing_is_really_begun(files: list[str]) -> None:
    """The real call succeeds here, and the files stay what they are."""
    syncing.begin_writing(files)

    assert {Path(path).read_bytes() for path in files} == {b"x" * 5000}


@pytest.mark.parametrize(
    ("kind", "release", "wanted"),
    [
        (0xEF53, "6.1.0-13-amd64", True),
        (0x58465342, "5.8.0", True),
        (0xEF53, "5.7.19", False),
        (0xEF53, "strange", False),
        (0x6969, "6.1.0", False),
        (-1, "6.1.0", False),
    ],
)
def test_only_where_it_was_measured(monkeypatch: pytest.MonkeyPatch, kind: int, release: str, wanted: bool) -> None:
    """It is for ext4 and XFS on a Linux that reports errors; on NFS and what is not known files go one by one."""
    monkeypatch.setattr(syncing, "file_system", lambda path: kind)
    monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(sysname="Linux", release=release))

    assert syncing.can_sync_at_once("/") == wanted


def test_the_kind_of_a_file_system_is_found(tmp_path: Path) -> None:
    """/proc is known by its number, and what is not there by none."""
    assert syncing.file_system("/proc") == 0x9FA0
    assert syncing.file_system(str(tmp_path / "nothing")) == -1
