"""What the kernel says of changes in directories."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from pathlib import Path

import pytest

from axtui.watch.inotify import Inotify


@pytest.fixture
def changes() -> Iterator[Inotify]:
    """Watch nothing yet."""
    changes = Inotify()
    yield changes
    changes.close()


def test_what_changes_in_a_watched_directory_is_named(tmp_path: Path, changes: Inotify) -> None:
    """Files that are written, renamed or removed are named with their path; what is below a directory is not."""
    (tmp_path / "below").mkdir()
    (tmp_path / "old").write_text("")
    changes.add(str(tmp_path))

    (tmp_path / "new").write_text("x")
    (tmp_path / "old").rename(tmp_path / "renamed")
    (tmp_path / "below/unseen").write_text("x")

    assert changes.read() == {str(tmp_path / name) for name in ("new", "old", "renamed")}
    assert changes.read() == set()


def test_the_descriptor_can_be_read_when_something_changed(tmp_path: Path, changes: Inotify) -> None:
    """An event loop can wait for it."""
    changes.add(str(tmp_path))

    before = select.select([changes], [], [], 0)[0]
    (tmp_path / "new").write_text("x")

    assert before == []
    assert select.select([changes], [], [], 0)[0] == [changes]


def test_only_what_is_kept_is_watched(tmp_path: Path, changes: Inotify) -> None:
    """Directories that are not kept, and those that are gone, are not watched any more."""
    for name in ("kept", "dropped", "gone"):
        (tmp_path / name).mkdir()
        changes.add(str(tmp_path / name))

    changes.keep(frozenset({str(tmp_path / "kept"), str(tmp_path / "gone")}))
    (tmp_path / "gone").rmdir()
    for name in ("kept", "dropped"):
        (tmp_path / name / "new").write_text("x")

    assert changes.read() == {str(tmp_path / "kept/new"), str(tmp_path / "gone")}
    assert changes.watched == {str(tmp_path / "kept")}


def test_what_cannot_be_watched_is_passed_over(tmp_path: Path, changes: Inotify) -> None:
    """A file, and what is not there, are no error."""
    (tmp_path / "file").write_text("")

    for name in ("file", "nothing", "file/below"):
        changes.add(str(tmp_path / name))

    assert changes.watched == frozenset()


def test_where_the_kernel_lost_count_everything_may_have_changed(tmp_path: Path, changes: Inotify) -> None:
    """When more happened than the kernel keeps, every watched directory is named."""
    most = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    for name in ("busy", "quiet"):
        (tmp_path / name).mkdir()
        changes.add(str(tmp_path / name))
    paths = [tmp_path / "busy/a", tmp_path / "busy/b"]
    for path in paths:
        path.write_text("")

    for number in range(most + 10):
        os.utime(paths[number % 2])  # events that are alike are one only where they follow each other

    assert str(tmp_path / "quiet") in changes.read()
