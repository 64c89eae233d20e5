"""Hints on what may have changed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest

from axtui.project.config import Project, read_project
from axtui.watch.watcher import Hint, find_source_directories, find_watched, follow, is_source


def make_project(root: Path) -> Project:
    """Make a project with a package, a helper, data, results, a workdir and a virtual environment."""
    for name in ("flights", "helpers/deep", "data", "results", "workdirs/dev", ".git", "venv", "__pycache__"):
        (root / name).mkdir(parents=True)
    (root / "venv/pyvenv.cfg").write_text("")
    (root / "axtui.toml").write_text('input = "data"\nresults = "results"\n[methods]\npackages = ["flights"]\n')
    return read_project(root)


def writer(path: Path) -> Callable[[int], object]:
    """Return what writes a number into a file."""
    return lambda number: path.write_text(str(number))


async def hear(hints: AsyncGenerator[Hint, None], write: Callable[[int], object], wanted: str) -> set[str]:
    """Write until a hint names the wanted path; return every path that was hinted at."""
    found: set[str] = set()

    async def listen() -> None:
        async for paths in hints:
            found.update(paths)
            if wanted in found:
                return

    listening = asyncio.create_task(listen())
    number = 0
    while not listening.done():
        write(number)
        number += 1
        await asyncio.wait([listening], timeout=0.2)
    return found


def hints_after(project: Project, write: Callable[[int], object], wanted: str) -> set[str]:
    """Watch, and write until a hint names the wanted path; return every path that was hinted at."""

    async def run() -> set[str]:
        hints = follow(project)
        found = await hear(hints, write, wanted)
        await hints.aclose()
        return found

    return asyncio.run(asyncio.wait_for(run(), 20))


def test_sources_are_watched_and_jobs_are_not(tmp_path: Path) -> None:
    """Every directory that may hold sources is watched; workdirs, results, data and environments are not."""
    project = make_project(tmp_path)

    assert [path.name for path in find_source_directories(project)] == ["flights", "helpers"]


def test_a_save_in_a_helper_is_a_hint(tmp_path: Path) -> None:
    """A file in a directory below the project's is seen, and what a job writes is not."""
    project = make_project(tmp_path)
    helper = tmp_path / "helpers/deep/merge.py"

    def write(number: int) -> None:
        (tmp_path / "workdirs/dev/dev-1").write_text(str(number))
        helper.write_text(f"x = {number}\n")

    found = hints_after(project, write, str(helper))

    assert found == {str(helper)}


def test_a_build_script_and_an_input_file_are_seen(tmp_path: Path) -> None:
    """Files directly in the project and in the input directory are watched too."""
    project = make_project(tmp_path)
    paths = (tmp_path / "build.py", tmp_path / "data/flights.csv")

    for path in paths:
        assert str(path) in hints_after(project, writer(path), str(path))


@pytest.mark.parametrize("place", ["later/deep", "flights/below", "helpers/deep"])
def test_a_directory_that_is_made_later_is_watched(tmp_path: Path, place: str) -> None:
    """Files are seen in a package made after the watching began, below another, and in one put in the place of one."""
    project = make_project(tmp_path)
    script, file = tmp_path / "build.py", tmp_path / place / "a_new.py"

    async def run() -> None:
        hints = follow(project)
        await hear(hints, writer(script), str(script))
        if file.parent.exists():
            file.parent.rename(tmp_path / "helpers/before")
        file.parent.mkdir(parents=True)
        await hear(hints, writer(file), str(file))
        await hints.aclose()

    asyncio.run(asyncio.wait_for(run(), 20))


def test_each_directory_is_watched_once(tmp_path: Path) -> None:
    """Links that lead back, hidden directories and caches are no reason to watch more."""
    project = make_project(tmp_path)
    (tmp_path / "helpers/deep/back").symlink_to(tmp_path / "helpers")
    for name in (".git", "__pycache__", "more"):
        (tmp_path / "flights" / name).mkdir()

    found = {os.path.relpath(path, tmp_path) for path in find_watched(project)}

    assert found == {".", "data", "flights", "flights/more", "helpers", "helpers/deep"}


def test_editors_leavings_are_no_hint() -> None:
    """Swap files, backups and caches are passed over."""
    names = ("a_b.py", ".a_b.py.swp", "a_b.py~", "__pycache__/a_b.pyc", "4913")

    assert [is_source(f"/p/{name}") for name in names] == [True, False, False, False, True]
