"""What `axtui init` writes."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

from axtui.base.errors import UserError
from axtui.project.config import read_project
from axtui.project.init import write_project


def test_a_new_project_can_be_read(tmp_path: Path) -> None:
    """The configuration is one that axtui accepts, and every folder it names is there."""
    root = tmp_path / "Click Stream"

    package = write_project(root, 4, "", "data")
    project = read_project(root)

    assert package == "click_stream"
    assert project.packages == ("click_stream",)
    assert project.slices == 4
    assert project.input_directory == root / "data"
    assert project.input_directory.is_dir()
    for path in (root / package).glob("*.py"):
        ast.parse(path.read_text())


def test_a_new_project_survives_a_power_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is synced, and every directory that has something new in it."""
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda fd: synced.append(os.readlink(f"/proc/self/fd/{fd}")))

    write_project(tmp_path / "new", 2, "small", "data")

    written = [path for path in (tmp_path / "new").rglob("*") if path.is_file()]
    assert {*map(str, written)} < {*synced}
    assert {str(tmp_path), str(tmp_path / "new"), str(tmp_path / "new/small")} < {*synced}
    assert synced[-1] == str(tmp_path / "new")


def test_slices_are_the_cores_unless_given(tmp_path: Path) -> None:
    """Nought slices means as many as there are cores."""
    write_project(tmp_path, 0, "flights", "data")

    assert read_project(tmp_path).slices == os.cpu_count()


@pytest.mark.parametrize("directory", ["data", "my data", 'a"b', "a\\b", "é"])
def test_any_input_directory_can_be_named(tmp_path: Path, directory: str) -> None:
    """Quotes and backslashes in the name come through the configuration."""
    write_project(tmp_path, 1, "small", directory)

    assert read_project(tmp_path).input_directory == tmp_path / directory


def test_what_is_there_is_not_written_over(tmp_path: Path) -> None:
    """Files of the user stay; a second project in the same place is refused."""
    (tmp_path / "small").mkdir()
    (tmp_path / "small/build.py").write_text("mine")

    write_project(tmp_path, 1, "small", "data")

    assert (tmp_path / "small/build.py").read_text() == "mine"
    with pytest.raises(UserError, match=r"there is a project in .* already"):
        write_project(tmp_path, 1, "other", "data")


@pytest.mark.parametrize("name", ["a-b", "1st", "a.b", "a b", "class/x"])
def test_a_package_name_must_be_importable(tmp_path: Path, name: str) -> None:
    """A name that Python cannot import is refused before anything is written."""
    with pytest.raises(UserError, match="is not one that Python can import"):
        write_project(tmp_path, 1, name, "data")

    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["class", "import", "None"])
def test_a_keyword_is_no_package_name(tmp_path: Path, name: str) -> None:
    """Neither can it import a word of its own language."""
    with pytest.raises(UserError, match="is not one that Python can import"):
        write_project(tmp_path, 1, name, "data")


def test_too_few_slices_are_refused(tmp_path: Path) -> None:
    """A negative count is told."""
    with pytest.raises(UserError, match="slices is -1; wanted at least 1"):
        write_project(tmp_path, -1, "small", "data")


@pytest.mark.parametrize(("place", "data"), [("odd\udcff", "data"), ("plain", "odd\udcff")])
def test_a_path_that_is_not_utf8_is_refused(tmp_path: Path, place: str, data: str) -> None:
    """Records name the directories of a project as text; nothing is written."""
    with pytest.raises(UserError, match=r"odd\\udcff.* is not UTF-8; wanted a directory with another name"):
        write_project(tmp_path / place, 1, "small", data)

    assert os.listdir(tmp_path) == []


def test_a_directory_in_the_way_is_told(tmp_path: Path) -> None:
    """Where a file stands in the place of a directory, the error names it."""
    (tmp_path / "small").write_text("a file")

    with pytest.raises(UserError, match=r"the project cannot be written to .*small"):
        write_project(tmp_path, 1, "small", "data")
