"""Which project files may have changed, as the kernel says it. Hints only: whoever gets them must look for himself.

Decides nothing about what is stale.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from pathlib import Path

from axtui.base import clock
from axtui.project.config import Project
from axtui.store.urd_file import urd_directory
from axtui.watch.inotify import Inotify

_QUIET_SECONDS, _TOGETHER_SECONDS = 0.005, 0.05
"""A hint is given when nothing more has changed for so long, at the latest after so long."""
_PASSED_OVER = frozenset({"__pycache__", "node_modules", "build", "dist"})


Hint = tuple[str, ...]


async def follow(project: Project) -> AsyncGenerator[Hint, None]:
    """Give the paths that may have changed, batch by batch, until it is closed.

    Watched are the project's own directory, its input directory, and its source directories with all below them, also
    those that are made later.

    Raises:
        OSError: Something cannot be watched; the limit of watches may be reached.
    """
    changes, came, loop = _open(), asyncio.Event(), asyncio.get_running_loop()
    loop.add_reader(changes.fileno(), came.set)
    try:
        await asyncio.to_thread(_watch, project, changes)
        while True:
            before = changes.watched
            paths = await _gather(changes, came)
            if any(path in before or (is_source(path) and os.path.isdir(path)) for path in paths):
                await asyncio.to_thread(_watch, project, changes)
                paths |= changes.watched - before  # what came into a new directory before it was watched
            hint = tuple(sorted(filter(is_source, paths)))
            if hint:
                yield hint
    finally:
        loop.remove_reader(changes.fileno())
        changes.close()


async def _gather(changes: Inotify, came: asyncio.Event) -> set[str]:
    """Wait for changes, and for more of them until it is quiet."""
    await came.wait()
    paths, until = set[str](), clock.monotonic() + _TOGETHER_SECONDS
    while came.is_set() and clock.monotonic() < until:
        paths |= changes.read()
        came.clear()
        await asyncio.sleep(_QUIET_SECONDS)
    return paths


def _open() -> Inotify:
    try:
        return Inotify()
    except OSError as error:
        raise OSError(f"sources cannot be watched: {error.strerror}") from None


def _watch(project: Project, changes: Inotify) -> None:
    """Watch the directories there are now, and no others.

    Raises:
        OSError: They cannot be watched.
    """
    found = set()
    try:
        for directory in find_watched(project):
            changes.add(directory)
            found.add(directory)
    except OSError as error:
        raise OSError(f"sources cannot be watched: {error.strerror}") from None
    changes.keep(frozenset(found))


def find_watched(project: Project) -> Iterator[str]:
    """Give the directories in which a change may matter; each before it is looked into, so that nothing is missed."""
    yield from (str(each) for each in {project.root, project.input_directory} if each.is_dir())
    seen: set[tuple[int, int]] = set()
    for source in find_source_directories(project):
        yield from _walk(str(source), seen)


def find_source_directories(project: Project) -> list[Path]:
    """Return the directories below the project's that may hold sources: not hidden, no workdir, no results, no venv."""
    left_out = [*project.workdirs.values(), project.result_directory, project.input_directory, project.private]
    left_out.append(urd_directory(project.root))
    found = []
    with suppress(OSError):
        for directory in sorted(project.source_directory.iterdir()):
            hidden = directory.name.startswith(".") or directory.name in _PASSED_OVER
            if hidden or not directory.is_dir() or (directory / "pyvenv.cfg").exists():
                continue
            if not any(other.is_relative_to(directory) for other in left_out):
                found.append(directory)
    return found


def is_source(path: str) -> bool:
    """Tell whether a change of this file may matter: not of caches, not of an editor's swap files."""
    name = path.rpartition("/")[2]
    return not ("/__pycache__/" in path or name.startswith(".") or name.endswith(("~", ".swp", ".pyc", ".tmp")))


def _walk(directory: str, seen: set[tuple[int, int]]) -> Iterator[str]:
    """Give a directory and all below it, also behind links, each once; none that is hidden or holds caches."""
    with suppress(OSError):
        found = os.stat(directory)
        if (found.st_dev, found.st_ino) not in seen:
            seen.add((found.st_dev, found.st_ino))
            yield directory
            for name in os.listdir(directory):
                path = os.path.join(directory, name)
                if is_source(path) and name != "__pycache__" and os.path.isdir(path):
                    yield from _walk(path, seen)
