"""Notes when the output of running jobs grows, for who looks at it later. A job of a moment costs next to nothing."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from axtui.base import clock
from axtui.execute.executor import Loop
from axtui.store import layout
from axtui.store.output_times import append_sizes

LOOK_SECONDS = 1.0
_LOOKS = 1000
"""The longer a job runs the rarer it is looked at: its age divided by this, in seconds, once that is more."""


@dataclass
class _Watched:
    directory: Path
    began: float
    due: float
    sizes: dict[str, int] = field(default_factory=dict)
    is_noted: bool = False


class OutputWatch:
    """The jobs that run."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._watched: dict[str, _Watched] = {}
        self._is_waiting = False

    def begin(self, directory: Path) -> None:
        """Look at a job's output from now on."""
        now = clock.monotonic()
        self._watched[directory.name] = _Watched(directory, now, now + LOOK_SECONDS)
        self._look_later()

    def end(self, jobid: str) -> None:
        """Look at it no longer."""
        self._watched.pop(jobid, None)

    def _look_later(self) -> None:
        if not self._is_waiting:
            self._is_waiting = True
            self._loop.call_later(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self._is_waiting = False
        now = clock.monotonic()
        for each in self._watched.values():
            if now >= each.due:
                each.due = now + max(LOOK_SECONDS, (now - each.began) / _LOOKS)
                _note(each)
        if self._watched:
            self._look_later()


def _note(watched: _Watched) -> None:
    """Note what has grown; at the first look in any case, which says that somebody looks."""
    sizes: dict[str, int] = {}
    with suppress(OSError), os.scandir(watched.directory / layout.OUTPUT) as entries:
        for entry in entries:
            sizes[entry.name] = entry.stat(follow_symlinks=False).st_size
    grown = {name: size for name, size in sizes.items() if size > watched.sizes.get(name, 0)}
    if grown or not watched.is_noted:
        watched.is_noted = True
        watched.sizes |= grown
        append_sizes(watched.directory, clock.wall(), grown)
