"""Which project files may have changed, as the kernel says it. Hints only: whoever gets them must look for himself.

It starts a thread, so it runs in clients and never in the engine. Decides nothing about what is stale.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from axtui.project.config import Project
from axtui.store.urd_file import urd_directory

if TYPE_CHECKING:
    from watchfiles import Change

_STEP_MS = 12
"""How long to wait for more after a change, and how often watchfiles looks: what it takes at rest goes with that."""
_DEBOUNCE_MS = 50
_PASSED_OVER = frozenset({"__pycache__", "node_modules", "build", "dist"})


Hint = tuple[str, ...]


async def follow(project: Project) -> AsyncGenerator[Hint, None]:
    """Give the paths that may have changed, batch by batch, until it is closed.

    Watched are the project's own directory, its input directory, and its source directories with all below them, also
    those that are made later.

    Raises:
        OSError: Something cannot be watched; the limit of watches may be reached.
    """
    watched = frozenset[str]()
    while True:
        before, watched = watched, await asyncio.to_thread(lambda: frozenset(find_watched(project)))
        hints = _watch(watched)
        try:
            if before:
                # whatever changed while one watch was put in the place of another is found by looking everywhere
                await anext(hints)
                yield tuple(sorted(watched))
            async for hint in hints:
                if hint:
                    yield hint
                if any(path in watched or os.path.isdir(path) for path in hint):
                    break
        except FileNotFoundError:  # a directory went before it was watched
            continue
        finally:
            await hints.aclose()


async def _watch(directories: frozenset[str]) -> AsyncGenerator[Hint, None]:
    """Give what changes directly in directories; once nothing, when the watching has begun.

    Raises:
        FileNotFoundError: One of them is not there any more.
        OSError: They cannot be watched.
    """
    from watchfiles import awatch

    changes = awatch(
        *directories,
        watch_filter=lambda _, path: is_source(path),
        debounce=_DEBOUNCE_MS,
        step=_STEP_MS,
        recursive=False,
    )
    first = asyncio.ensure_future(anext(changes))
    try:
        await asyncio.sleep(0)
        yield ()
        yield _paths(await first)
        async for batch in changes:
            yield _paths(batch)
    except FileNotFoundError:
        raise
    except (OSError, RuntimeError) as error:
        raise OSError(f"sources cannot be watched: {error}") from None
    finally:
        first.cancel()
        with suppress(asyncio.CancelledError, OSError, RuntimeError, StopAsyncIteration):
            await first
        await changes.aclose()


def _paths(batch: set[tuple[Change, str]]) -> Hint:
    return tuple(sorted({path for _, path in batch}))


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
