"""Which project files may have changed, as the kernel says it. Hints only: whoever gets them must look for himself.

It starts a thread, so it runs in clients and never in the engine. Decides nothing about what is stale.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import suppress
from pathlib import Path

from axtui.project.config import Project
from axtui.store.urd_file import urd_directory

_STEP_MS = 10
"""How long to wait for more after a change; 10 ms give 12 to 20 ms from a save to a hint."""
_DEBOUNCE_MS = 50
_PASSED_OVER = frozenset({"__pycache__", "node_modules", "build", "dist"})


Hint = tuple[str, ...]


async def follow(project: Project) -> AsyncGenerator[Hint, None]:
    """Give the paths that may have changed, batch by batch, until it is cancelled.

    The project's own directory and its input directory are watched flat, its source directories with all below them.

    Raises:
        OSError: Something cannot be watched, or not any more; the limit of watches may be reached.
    """
    hints: asyncio.Queue[Hint | OSError] = asyncio.Queue()
    flat = {project.root, project.input_directory}
    tasks = [
        asyncio.create_task(_watch(flat, False, hints)),
        asyncio.create_task(_watch(find_source_directories(project), True, hints)),
    ]
    try:
        while True:
            hint = await hints.get()
            if isinstance(hint, OSError):
                raise hint
            yield hint
    finally:
        for task in tasks:
            task.cancel()


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


async def _watch(directories: Iterable[Path], deep: bool, hints: asyncio.Queue[Hint | OSError]) -> None:
    """Put hints, and what ended the watching, into the queue."""
    from watchfiles import awatch

    present = [directory for directory in directories if directory.is_dir()]
    if not present:
        return
    changes = awatch(*present, watch_filter=lambda _, path: is_source(path), debounce=_DEBOUNCE_MS, step=_STEP_MS,
                     recursive=deep)  # fmt: skip
    try:
        async for batch in changes:
            await hints.put(tuple(sorted({path for _, path in batch})))
    except (OSError, RuntimeError) as error:
        await hints.put(OSError(f"sources cannot be watched: {error}"))
