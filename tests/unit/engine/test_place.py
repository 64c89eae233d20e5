"""Where an engine is reached, and that there is one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from axtui.engine.place import lock_engine, socket_path
from axtui.project.config import Project, parse_project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Give a project."""
    return parse_project("", tmp_path)


def test_the_socket_lies_in_the_users_runtime_directory(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a directory that nobody else enters, another one for each project."""
    (tmp_path / "run").mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))

    mine, other = socket_path(project), socket_path(parse_project("", tmp_path / "other"))

    assert mine.parent == other.parent == tmp_path / "run/axtui"
    assert mine != other
    assert mine.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("deep", [False, True])
def test_without_one_it_lies_in_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deep: bool) -> None:
    """Or, where that path is too long for a socket, in the temporary directory; always short enough and private."""
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    root = tmp_path / ("x" * 100 if deep else "x")
    root.mkdir()

    path = socket_path(parse_project("", root))

    assert len(os.fsencode(path)) <= 107
    assert path.is_relative_to(root) or deep or len(str(tmp_path)) > 80
    assert path.parent.stat().st_mode & 0o077 == 0


def test_an_open_directory_is_closed(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that others could enter is made private before it is used."""
    (tmp_path / "run/axtui").mkdir(parents=True)
    (tmp_path / "run/axtui").chmod(0o777)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))

    assert socket_path(project).parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.slow
def test_there_is_one_engine(project: Project) -> None:
    """Who has the lock is the engine; it is free again when that one is gone."""
    first = lock_engine(project)
    assert first is not None

    assert lock_engine(project) is None

    os.close(first)
    again = lock_engine(project)
    assert again is not None
    os.close(again)
