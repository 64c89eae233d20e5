"""Project files as they are now."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from axtui.base.errors import MethodError
from axtui.method.sources import Broken, Source, Sources


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    """Give the sources below a package `small`."""
    (tmp_path / "small").mkdir()
    (tmp_path / "small/__init__.py").write_text("")
    return Sources((tmp_path,))


def found(sources: Sources, module: str) -> Source:
    """Look again and return a module that must be there."""
    sources.rescan()
    source = sources.find(module)
    assert isinstance(source, Source)
    return source


def write_with_mtime(path: Path, text: str, mtime_ns: int) -> None:
    """Write a file in place and set its mtime, as a fast edit in the same tick of the clock does."""
    path.write_text(text)
    os.utime(path, ns=(mtime_ns, mtime_ns))


def test_a_same_size_edit_in_the_same_tick_is_seen(sources: Sources, tmp_path: Path) -> None:
    """An edit that changes neither size nor mtime is seen while the file is fresh."""
    path, now = tmp_path / "small/a.py", time.time_ns()
    write_with_mtime(path, "x = 1", now)
    first = found(sources, "small.a")

    write_with_mtime(path, "x = 2", now)

    assert found(sources, "small.a").data == b"x = 2"
    assert first.data == b"x = 1"


def test_a_same_tick_edit_is_seen_however_late(
    sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What counts is how fresh the file was when it was read, and not how fresh it is when one looks again."""
    path, now = tmp_path / "small/a.py", time.time_ns()
    write_with_mtime(path, "x = 1", now)
    found(sources, "small.a")
    write_with_mtime(path, "x = 2", now)

    monkeypatch.setattr(time, "time_ns", lambda: now + 60_000_000_000)

    assert found(sources, "small.a").data == b"x = 2"


def test_a_settled_file_is_read_once(sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was old when it was read is not opened again until stat says otherwise."""
    path, old = tmp_path / "small/a.py", time.time_ns() - 60_000_000_000
    write_with_mtime(path, "x = 1", old)
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now + 60_000_000_000)
    first = found(sources, "small.a")
    monkeypatch.setattr("axtui.method.sources._read", lambda path: pytest.fail(f"{path} was read again"))

    assert found(sources, "small.a") is first


@pytest.mark.parametrize("change", ["size", "mtime", "inode", "nothing but ctime"])
def test_every_part_of_stat_counts(
    sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """Another size, another mtime, another file under the name, and an edit with both put back: each is read again."""
    path, old = tmp_path / "small/a.py", time.time_ns() - 60_000_000_000
    write_with_mtime(path, "x = 1", old)
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now + 60_000_000_000)
    found(sources, "small.a")

    if change == "inode":
        write_with_mtime(tmp_path / "new", "x = 2", old)
        os.replace(tmp_path / "new", path)
    else:
        write_with_mtime(path, "x = 22" if change == "size" else "x = 2", old + (change == "mtime"))

    assert found(sources, "small.a").data.startswith(b"x = 2")


def test_a_look_lasts_until_the_next(sources: Sources, tmp_path: Path) -> None:
    """Between two scans all answers are of one moment."""
    path = tmp_path / "small/a.py"
    path.write_text("x = 1")
    first = found(sources, "small.a")
    path.write_text("x = 22")

    assert sources.find("small.a") is first


def test_equal_bytes_are_the_same_source(sources: Sources, tmp_path: Path) -> None:
    """A touch or a save of the same bytes changes nothing, and nothing is parsed again."""
    path = tmp_path / "small/a.py"
    path.write_text("x = 1")
    first = found(sources, "small.a")

    os.utime(path, ns=(1, 1))

    assert found(sources, "small.a") is first


def test_modules_packages_and_extensions(sources: Sources, tmp_path: Path) -> None:
    """A package comes before a module of its name, and a C extension is hashed byte by byte."""
    (tmp_path / "small/a.py").write_text("x = 1")
    (tmp_path / "small/a").mkdir()
    assert found(sources, "small.a").path.name == "a.py"
    (tmp_path / "small/a/__init__.py").write_text("x = 2")
    (tmp_path / "small/fast.cpython-311-x86_64-linux-gnu.so").write_bytes(b"\x7fELF")

    package, extension = found(sources, "small.a"), found(sources, "small.fast")

    assert package.is_package
    assert package.path == tmp_path / "small/a/__init__.py"
    assert (extension.data, extension.imports, extension.is_package) == (b"\x7fELF", (), False)


@pytest.mark.parametrize("module", ["gone", "small.gone", "small.a.gone", "os", "numpy.linalg", "gone.deep.er"])
def test_other_modules_are_none_of_the_project(sources: Sources, tmp_path: Path, module: str) -> None:
    """What does not lie in the project is left to Python."""
    (tmp_path / "small/a.py").write_text("")

    assert sources.find(module) is None


def test_the_first_root_has_a_module(tmp_path: Path) -> None:
    """Of two roots with one module the first is its home."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "shared.py").write_text(f"x = '{name}'")

    assert found(Sources((tmp_path / "two", tmp_path / "one")), "shared").data == b"x = 'two'"


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"x = 1\ndef f(:\n", 2),
        (b"x = '", 1),
        (b"\xff\xfe", 0),
        (b"x = '\xff'", 1),
        (b"# coding: klingon\n", 0),
        (b"x = 1\0", 0),
        (b"(" * 1000, None),
        (b"x = " + b"-" * 100_000 + b"1", None),
    ],
    ids=["syntax", "string", "BOM", "encoding", "cookie", "NUL", "parentheses", "minus"],
)
def test_what_does_not_parse_is_broken(sources: Sources, tmp_path: Path, data: bytes, line: int | None) -> None:
    """A source that Python refuses is told with its line, and is no error for anybody else."""
    (tmp_path / "small/a.py").write_bytes(data)

    source = sources.find("small.a")

    assert isinstance(source, Broken)
    assert source.message
    assert line is None or source.line == line or (line == 0 and source.line <= 1)


def test_a_file_that_cannot_be_read_is_a_method_error(sources: Sources, tmp_path: Path) -> None:
    """A directory with a module's name is told as such."""
    (tmp_path / "small/a.py").mkdir()

    with pytest.raises(MethodError, match=r"a\.py cannot be read"):
        sources.find("small.a")


def test_a_deleted_file_is_gone(sources: Sources, tmp_path: Path) -> None:
    """After the next look a deleted module is not there, and a file that is asked for by path is an error."""
    path = tmp_path / "small/a.py"
    path.write_text("x = 1")
    found(sources, "small.a")

    path.unlink()
    sources.rescan()

    assert sources.find("small.a") is None
    with pytest.raises(MethodError, match="cannot be read: No such file"):
        sources.read(path)
