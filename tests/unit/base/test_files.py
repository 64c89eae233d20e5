"""Files that are whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtui.base.errors import RecordError, UnsafePathError
from axtui.base.files import (
    atomic_open,
    atomic_write,
    end_last_line,
    fsync_path,
    make_directories,
    read_limited,
    safe_join,
    write_all,
    write_new,
)


def open_descriptors() -> int:
    """Count the open descriptors of this process."""
    return len(os.listdir("/proc/self/fd"))


def test_write_new_refuses_what_exists(tmp_path: Path) -> None:
    """A file that is written once is never written over, also not through a link."""
    (tmp_path / "a").write_bytes(b"first")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")

    for name in ("a", "link"):
        with pytest.raises(FileExistsError):
            write_new(tmp_path / name, b"second")

    assert (tmp_path / "a").read_bytes() == b"first"
    assert not (tmp_path / "nowhere").exists()


def test_write_all_goes_on_after_a_partial_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every byte arrives, however little the kernel takes at a time."""
    taken = bytearray()

    def take_three(fd: int, data: memoryview) -> int:
        taken.extend(data[:3])
        return min(3, len(data))

    monkeypatch.setattr(os, "write", take_three)
    write_all(1, b"ten bytes!")

    assert bytes(taken) == b"ten bytes!"


def test_atomic_write_replaces_in_one_step(tmp_path: Path) -> None:
    """A reader that has the old file open keeps it whole; the name has the new one."""
    path = tmp_path / "a"
    atomic_write(path, b"old")

    with open(path, "rb") as reader:
        atomic_write(path, b"new", durable=True)
        kept = reader.read()

    assert (kept, path.read_bytes()) == (b"old", b"new")
    assert os.listdir(tmp_path) == ["a"]


def test_a_failing_block_leaves_nothing(tmp_path: Path) -> None:
    """Where the writing block raises, the old file stays and no temporary one is left."""
    path = tmp_path / "a"
    path.write_bytes(b"old")

    with pytest.raises(ZeroDivisionError), atomic_open(path) as handle:
        handle.write(b"half")
        raise ZeroDivisionError

    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]


def test_durable_data_is_synced_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name never points to data that a power cut could take away."""
    done: list[str] = []
    sync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (done.append("sync"), sync(fd)))
    monkeypatch.setattr(os, "replace", lambda *names: (done.append("rename"), replace(*names)))

    atomic_write(tmp_path / "a", b"x", durable=True)

    assert done == ["sync", "rename"]


def test_a_failing_sync_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Data that may be lost never gets its name."""
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def fail(fd: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="Input/output"):
        atomic_write(path, b"new", durable=True)

    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]


def test_fsync_path_takes_files_and_directories(tmp_path: Path) -> None:
    """Both can be synced; what is not there is an error, and no descriptor stays open."""
    (tmp_path / "a").write_bytes(b"x")
    before = open_descriptors()

    fsync_path(tmp_path / "a")
    fsync_path(tmp_path)
    with pytest.raises(FileNotFoundError):
        fsync_path(tmp_path / "b")

    assert open_descriptors() == before


def test_new_directories_are_synced_up_to_one_that_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every directory that has a new one in it is synced, and no other; none where nothing is new."""
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda fd: synced.append(os.readlink(f"/proc/self/fd/{fd}")))

    make_directories(tmp_path / "a/b/c")
    first = sorted(synced)
    make_directories(tmp_path / "a/b/c")

    assert (tmp_path / "a/b/c").is_dir()
    assert first == sorted(synced) == [str(tmp_path), str(tmp_path / "a"), str(tmp_path / "a/b")]


def test_a_directory_whose_entry_may_be_lost_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failing sync comes out."""

    def fail(fd: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="Input/output"):
        make_directories(tmp_path / "a")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b""),
        (b"one\n", b"one\n"),
        (b"one\ntw", b"one\ntw\n"),
        (b"one\n" + bytes(100), b"one\n"),
        (b"one\n" + bytes(9000), b"one\n"),
        (b"one\ntw" + bytes(5000), b"one\n"),
        (b"one\n" + b"t" * 9000 + bytes(9000), b"one\n"),
        (bytes(9000), b""),
        (b"tw\0", b""),
        (b"o\0e\n", b"o\0e\n"),
    ],
)
def test_a_last_line_is_ended_or_cut_off(tmp_path: Path, before: bytes, after: bytes) -> None:
    """A line that was cut short is ended; one that ends in zeros, as a power cut leaves it, is not there any more."""
    path = tmp_path / "lines"
    path.write_bytes(before)
    fd = os.open(path, os.O_RDWR | os.O_APPEND)

    end_last_line(fd)
    os.write(fd, b"next\n")
    os.close(fd)

    assert path.read_bytes() == after + b"next\n"


def test_read_limited_reads_up_to_the_limit(tmp_path: Path) -> None:
    """A file of exactly the limit is read; one byte more is refused with both numbers."""
    path = tmp_path / "a"
    path.write_bytes(b"12345")

    assert read_limited(path, 5) == b"12345"
    with pytest.raises(RecordError, match=r"has 5 bytes, more than the 4"):
        read_limited(path, 4)


@pytest.mark.parametrize("kind", ["directory", "fifo", "link", "device"])
def test_read_limited_reads_regular_files_only(tmp_path: Path, kind: str) -> None:
    """Nothing else is read, waited for or followed, and no descriptor stays open."""
    path = tmp_path / "a"
    if kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "link":
        (tmp_path / "b").write_bytes(b"x")
        path.symlink_to(tmp_path / "b")
    else:
        path = Path("/dev/zero")
    before = open_descriptors()

    with pytest.raises(OSError if kind == "link" else RecordError):
        read_limited(path, 100)

    assert open_descriptors() == before


@pytest.mark.parametrize(
    "name", ["", "/etc/passwd", "..", "../a", "a/..", "a/../../b", "a\0b", "./..", "a//../b", "/", "//a", "a/.."]
)
def test_hostile_names_are_refused(tmp_path: Path, name: str) -> None:
    """A name that leads out of its directory, or could, is no name."""
    with pytest.raises(UnsafePathError, match="is not a path below"):
        safe_join(tmp_path, name)


def test_names_that_no_file_can_have_are_refused(tmp_path: Path) -> None:
    """Half a surrogate pair is told with its place; bytes that are not UTF-8 are a name like any other."""
    with pytest.raises(UnsafePathError, match=r"no file can be named 'a\\ud800': lone surrogate at position 1"):
        safe_join(tmp_path, "a\ud800")

    assert safe_join(tmp_path, "a\udcff") == tmp_path / "a\udcff"


@pytest.mark.parametrize("name", ["a", "a/b", ".a", "..a", "a..", "...", "a b", "\n", "é", "a\\..\\b"])
def test_plain_names_are_joined(tmp_path: Path, name: str) -> None:
    """What only looks odd stays below its directory."""
    assert safe_join(tmp_path, name) == tmp_path / name


@given(st.text(st.sampled_from("./a\\\0 ~")))
def test_no_name_leaves_its_directory(name: str) -> None:
    """Whatever the name is, the path lies below the directory or there is none."""
    try:
        path = safe_join("/root/of/all", name)
    except UnsafePathError:
        return

    assert os.path.normpath(path) == "/root/of/all" or os.path.normpath(path).startswith("/root/of/all/")
