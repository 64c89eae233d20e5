"""Follows what a job prints until it ends: whole lines in the order they come, each with where it came from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from watchfiles import watch

from axtui.store import layout
from axtui.store.record import read_job

_LOOK_MILLISECONDS = 500
"""How long after a job's process was killed it is seen that nothing follows, at most."""
_CHUNK_NBYTES = 1 << 20


@dataclass(frozen=True)
class Printed:
    """A line that a job printed; `sliceno` is -1 outside analysis, `stream` "out" or "err"."""

    stage: str
    sliceno: int
    stream: str
    data: bytes

    @property
    def label(self) -> str:
        """Where it came from: prep, s3, syn; of the error stream with a `!`."""
        part = {"prepare": "prep", "synthesis": "syn"}.get(self.stage, f"s{self.sliceno}")
        return part + "!" * (self.stream == "err")


class Follower:
    """Reads the output of one job as it grows."""

    def __init__(self, job: Path) -> None:
        self._job = job
        self._offsets: dict[str, int] = {}
        self._begun: dict[str, bytes] = {}

    def follow(self) -> Iterator[Printed]:
        """Give what there is, then what comes, until the job runs no more."""
        changes = watch(self._job, rust_timeout=_LOOK_MILLISECONDS, yield_on_timeout=True, step=20)
        runs = True
        while runs:
            runs = read_job(self._job).state == "running"
            yield from self._read(is_last=not runs)
            if runs:
                next(changes)

    def _read(self, is_last: bool) -> Iterator[Printed]:
        directory = self._job / layout.OUTPUT
        try:
            names = sorted(os.listdir(directory), key=_order)
        except OSError:
            return
        for name in names:
            parsed = layout.parse_output_name(name)
            if parsed is not None:
                stage, sliceno, stream = parsed
                for data in self._new_lines(directory / name, is_last):
                    yield Printed(stage, sliceno, stream, data)

    def _new_lines(self, path: Path, is_last: bool) -> Iterator[bytes]:
        with open(path, "rb") as handle:
            handle.seek(self._offsets.get(path.name, 0))
            while data := handle.read(_CHUNK_NBYTES):
                self._offsets[path.name] = handle.tell()
                lines = (self._begun.pop(path.name, b"") + data).split(b"\n")
                if lines[-1]:
                    self._begun[path.name] = lines[-1]
                yield from lines[:-1]
        if is_last and path.name in self._begun:
            yield self._begun.pop(path.name)


def _order(name: str) -> tuple[int, int, str]:
    stage, sliceno, stream = layout.parse_output_name(name) or ("", 0, "")
    return {"prepare": 0, "analysis": 1}.get(stage, 2), sliceno, stream
