"""The output of one job as lines, over files that still grow: only offsets are kept. Draws nothing.

Lines stand in the order in which they were found: stage by stage and slice by slice for what was there at the start,
as they come for what is written later. A last line without its newline is a line too, and grows.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from axtui.base.text import safe
from axtui.store.layout import parse_output_name

_STEP_NBYTES = 4 << 20
"""How much of one file is looked through in one step, so that the screen stays awake."""
_LINE_NBYTES = 4096
_STAGES = {"prepare": 0, "analysis": 1, "synthesis": 2}


@dataclass(frozen=True, order=True)
class Source:
    """An output file. `sliceno` is -1 outside analysis; `stage` is a number in the order of the stages."""

    stage: int
    sliceno: int
    stream: str
    name: str

    @property
    def label(self) -> str:
        """A name of at most four characters: prep, s3, syn; an error stream ends in `!`."""
        text = ("prep", f"s{self.sliceno}", "syn")[self.stage]
        return text[:3] + "!" if self.stream == "err" else text


@dataclass
class _File:
    source: Source
    fd: int
    seen: int = 0
    fresh: bool = True
    """Whether the next byte begins a line."""


@dataclass
class Lines:
    """Where lines begin: for each the number of its file and its offset."""

    files: array[int] = field(default_factory=lambda: array("H"))
    starts: array[int] = field(default_factory=lambda: array("q"))

    def __len__(self) -> int:
        return len(self.starts)

    def add(self, number: int, start: int) -> None:
        """Put a line at the end."""
        self.files.append(number)
        self.starts.append(start)


Chosen = Callable[[Source], bool]


class Tail:
    """Follows the output directory of a job; None where the job has none.

    Attributes:
        lines: Every line that was found and chosen.
    """

    def __init__(self, directory: Path | None, chosen: Chosen = lambda source: True) -> None:
        self._directory = directory
        self._chosen = chosen
        self._files: list[_File] = []
        self._names: set[str] = set()
        self.lines = Lines()

    def sources(self) -> list[Source]:
        """Return the output files that are there, in order."""
        found = []
        for name in self._list():
            parts = parse_output_name(name)
            if parts:
                found.append(Source(_STAGES[parts[0]], parts[1], parts[2], name))
        return sorted(found, key=lambda source: (source.stage, source.sliceno, source.stream != "out"))

    def poll(self) -> tuple[int, bool]:
        """Look for more output. Return how many bytes came, and whether there is more to look through at once."""
        self._open_new()
        came = [self._scan(number, file) for number, file in enumerate(self._files)]
        return sum(came), any(nbytes == _STEP_NBYTES for nbytes in came)

    def text(self, line: int) -> tuple[Source, str]:
        """Return a line with its colours, its newline and what is too long cut off."""
        file = self._files[self.lines.files[line]]
        try:
            data = os.pread(file.fd, _LINE_NBYTES, self.lines.starts[line])
        except OSError:
            data = b""
        raw = data.partition(b"\n")[0].removesuffix(b"\r")
        return file.source, safe(raw.rpartition(b"\r")[2].decode("utf-8", "replace"), colours=True)

    def close(self) -> None:
        """Close the files."""
        for file in self._files:
            os.close(file.fd)
        self._files = []

    def _list(self) -> list[str]:
        try:
            return os.listdir(self._directory) if self._directory else []
        except OSError:
            return []

    def _open_new(self) -> None:
        for source in self.sources():
            if source.name in self._names or not self._chosen(source) or self._directory is None:
                continue
            self._names.add(source.name)
            flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
            try:
                self._files.append(_File(source, os.open(self._directory / source.name, flags)))
            except OSError:
                continue

    def _scan(self, number: int, file: _File) -> int:
        """Note where lines begin in what one file has gained. Return how many bytes were looked through."""
        try:
            data = os.pread(file.fd, _STEP_NBYTES, file.seen)
        except OSError:
            return 0
        if not data:
            return 0
        if file.fresh:
            self.lines.add(number, file.seen)
        at = data.find(b"\n")
        while at >= 0 and at + 1 < len(data):
            self.lines.add(number, file.seen + at + 1)
            at = data.find(b"\n", at + 1)
        file.seen += len(data)
        file.fresh = data.endswith(b"\n")
        return len(data)
