"""Files that a method opens without having declared them: noticed while it runs, compared before its job is reused.

An audit hook sees each `open` of Python; what C libraries open on their own it does not see. Files count that lie below
the project or the input directory, outside workdirs and installed packages, and that the process itself did not write.
A name is `input:` and a path in the input directory, or a path in the project, so that a project may be moved.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from axtui.base.files import is_fresh

Stamp = tuple[int, int]
"""Size and mtime in ns; (-1, 0) of a file that is not there."""
Told = list[Any]
"""What a record says of a file: the SHA-256 of its content ("" of one that is not there), its size, its mtime in ns."""

_GONE: Stamp = (-1, 0)
_IN_INPUT = "input:"
_INSTALLED = ("/site-packages/", "/dist-packages/", "/__pycache__/")
_DIRECTORY_FLAGS = os.O_DIRECTORY | os.O_PATH


class Opened:
    """What this process has opened since `watch`, with the stamp that each file had then."""

    def __init__(self) -> None:
        self.read: dict[str, Stamp] = {}
        self.written: set[str] = set()
        self._below: tuple[str, ...] = ()
        self._except: tuple[str, ...] = ()

    def watch(self, below: Iterable[str | Path], but: Iterable[str | Path]) -> None:
        """Begin to notice files below some directories but not below others. A hook stays as long as its process."""
        is_first = not self._below
        self._below = tuple({f"{each}{os.sep}" for path in below for each in (path, os.path.realpath(path))})
        self._except = tuple(
            {
                f"{each}{os.sep}"
                for path in (*but, sys.prefix, sys.base_prefix)
                for each in (path, os.path.realpath(path))
            }
        )
        if is_first:
            sys.addaudithook(self._hear)

    def tell(self) -> tuple[list[tuple[str, int, int]], list[str]]:
        """Return what was opened, as `take` of another process wants it."""
        return [(path, *stamp) for path, stamp in self.read.items()], sorted(self.written)

    def take(self, read: Iterable[tuple[str, int, int]], written: Iterable[str]) -> None:
        """Add what another process, forked from this one, has opened."""
        for path, nbytes, mtime_ns in read:
            self.read.setdefault(path, (nbytes, mtime_ns))
        self.written.update(written)

    def counts(self, path: str) -> bool:
        """Tell whether a file counts: it is no directory, was not written here, and no link leads out of the project
        to a workdir or an installed package."""
        real = os.path.realpath(path)
        is_left_out = real.startswith(self._except) or any(part in real for part in _INSTALLED)
        return path not in self.written and not is_left_out and not os.path.isdir(real)

    def forget(self) -> None:
        """Begin anew, as a process that was just forked."""
        self.read, self.written = {}, set()

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event != "open":
            return
        path, _, flags = arguments
        if path.__class__ is not str or not path.startswith("/"):
            path = _absolute(path)
        if path.startswith(self._below) and not path.startswith(self._except) and path not in self.read:
            self._note(path, flags)

    def _note(self, path: str, flags: int) -> None:
        if flags & os.O_ACCMODE != os.O_RDONLY:
            self.written.add(path)
        elif path not in self.written and not flags & _DIRECTORY_FLAGS:
            self.read[path] = stamp_of(path)


class OpenedFiles:
    """Names of such files, and whether they are what they were."""

    def __init__(self, root: Path, input_directory: Path) -> None:
        self._root = root
        self._input = input_directory
        self._digests: dict[tuple[str, Stamp], str] = {}

    def name_of(self, path: str) -> str:
        """Return the name of a file, "" for one that lies elsewhere, which a link may lead to."""
        plain, real = os.path.normpath(path), os.path.realpath(path)
        for prefix, directory in ((_IN_INPUT, self._input), ("", self._root)):
            for base, found in ((str(directory), plain), (os.path.realpath(directory), real)):
                if found.startswith(base + os.sep):
                    return prefix + found[len(base) + 1 :]
        return ""

    def path_of(self, name: str) -> str:
        """Return the file of a name."""
        if name.startswith(_IN_INPUT):
            return os.path.join(self._input, name.removeprefix(_IN_INPUT))
        return os.path.join(self._root, name)

    def is_unchanged(self, name: str, told: Told) -> bool:
        """Tell whether a file is what a record says; it is read only where its stamp is another one of equal size."""
        digest, nbytes, mtime_ns = told
        path = self.path_of(name)
        now = stamp_of(path)
        if now[0] != nbytes:
            return False
        return now == (nbytes, mtime_ns) or self._digest(path, now) == digest

    def _digest(self, path: str, stamp: Stamp) -> str:
        known = self._digests.get((path, stamp))
        if known is None:
            known = digest_of_file(path)
            if not is_fresh(stamp[1]):
                self._digests[path, stamp] = known
        return known


def tell_opened(opened: Opened, files: OpenedFiles, known: Collection[str]) -> tuple[dict[str, Told], list[str]]:
    """Return what a record says of the files that were opened, and which of them changed after that.

    Args:
        opened: What was opened.
        files: How files are named.
        known: Real paths of files that are accounted for otherwise.
    """
    told: dict[str, Told] = {}
    changed: list[str] = []
    for path, stamp in sorted(opened.read.items()):
        if os.path.realpath(path) in known or not opened.counts(path) or not (name := files.name_of(path)):
            continue
        digest = digest_of_file(path)
        if stamp_of(path) != stamp:
            changed.append(name)
        told[name] = [digest, *stamp_then(stamp)]
    return told, changed


def stamp_of(path: str) -> Stamp:
    """Return size and mtime of a file."""
    try:
        info = os.stat(path)
    except OSError:
        return _GONE
    return (info.st_size, info.st_mtime_ns)


def stamp_then(stamp: Stamp) -> Stamp:
    """Return a stamp to compare with later; a fresh one could hide one more edit of the same size, so it fits none."""
    nbytes, mtime_ns = stamp
    return (nbytes, 0 if is_fresh(mtime_ns) else mtime_ns)


def digest_of_file(path: str) -> str:
    """Return the SHA-256 of a file, "" for one that is not there or cannot be read."""
    try:
        with open(path, "rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError:
        return ""


def _absolute(path: Any) -> str:
    """Return a path from the root; "" for what is none, such as the number of an open file."""
    try:
        return os.path.abspath(os.fsdecode(path))
    except (TypeError, ValueError, OSError):
        return ""
