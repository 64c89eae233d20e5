"""Hints on what may have changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from axtui.project.config import Project, read_project
from axtui.watch.watcher import find_source_directories, follow, is_source


def make_project(root: Path) -> Project:
    """Make a project with a package, a helper, data, results, a workdir and a virtual environment."""
    for name in ("flights", "helpers/deep", "data", "results", "workdirs/dev", ".git", "venv", "__pycache__"):
        (root / name).mkdir(parents=True)
    (root / "venv/pyvenv.cfg").write_text("")
    (root / "axtui.toml").write_text('input = "data"\nresults = "results"\n[methods]\npackages = ["flights"]\n')
    return read_project(root)


def hints_after(project: Project, write: Callable[[int], None], wanted: str) -> set[str]:
    """Write until a hint names the wanted path; return every path that was hinted at."""

    async def run() -> set[str]:
        found: set[str] = set()
        hints = follow(project)

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
        assert str(path) in hints_after(project, lambda number, path=path: path.write_text(str(number)), str(path))


def test_editors_leavings_are_no_hint() -> None:
    """Swap files, backups and caches are passed over."""
    names = ("a_b.py", ".a_b.py.swp", "a_b.py~", "__pycache__/a_b.pyc", "4913")

    assert [is_source(f"/p/{name}") for name in names] == [True, False, False, False, True]
