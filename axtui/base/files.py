"""Files that are whole or not there: atomic writing, syncing, bounded reading. Knows no format."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import takewhile
from pathlib import Path
from typing import BinaryIO

from axtui.base.errors import RecordError, UnsafePathError

_FRESH_SECONDS = 2.0
_PIECE_NBYTES = 4096


def is_fresh(changed_ns: int) -> bool:
    """Tell whether a file changed so lately that another edit of the same size might not show in its stat."""
    return time.time_ns() - changed_ns < _FRESH_SECONDS * 1e9


def full_stamp(path: str | Path) -> list[int]:
    """Return what stat says of a file's content, see `stamp_from`, nothing of one that is not there."""
    try:
        return stamp_from(os.stat(path))
    except OSError:
        return []


def stamp_from(info: os.stat_result) -> list[int]:
    """Return device, inode, size, mtime and ctime in ns. Anybody can put the mtime back, nobody the ctime."""
    return [info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns]


def changed_ns(stamp: Sequence[int]) -> int:
    """Return when a file with this stamp was last changed, whatever its mtime was set to since."""
    return max(stamp[3:])


def write_new(path: str | Path, data: bytes, mode: int = 0o644, durable: bool = False) -> None:
    """Write a file that must not exist yet, in a directory nobody looks at before it is complete.

    Raises:
        OSError: It exists, or cannot be written; or it was to be `durable` and may be lost.
    """
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, mode)
    try:
        write_all(fd, data)
        if durable:
            os.fsync(fd)
    finally:
        os.close(fd)


def write_all(fd: int, data: bytes) -> None:
    """Write every byte, however often the kernel takes only a part."""
    written = os.write(fd, data)
    while written < len(data):
        written += os.write(fd, memoryview(data)[written:])


@contextmanager
def atomic_open(path: str | Path, durable: bool = False) -> Iterator[BinaryIO]:
    """Open a file for writing that appears under its name when the block ends well, and not at all otherwise."""
    temporary = f"{os.fspath(path)}.{os.getpid()}tmp"
    try:
        with open(temporary, "wb") as handle:
            yield handle
            handle.flush()
            if durable:
                os.fsync(handle.fileno())
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def atomic_write(path: str | Path, data: bytes, durable: bool = False) -> None:
    """Replace a file's content in one step; `durable` syncs the data before the name points to it."""
    with atomic_open(path, durable) as handle:
        handle.write(data)


def fsync_path(path: str | Path) -> None:
    """Wait until a file or directory is on the disk.

    Raises:
        OSError: It is not there, or it may be lost. The caller must not try again: the kernel reports it once.
    """
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def make_directories(path: Path, mode: int = 0o777) -> None:
    """Make a directory, and those above it that are not there; wait until the new ones are on the disk.

    What is synced in a directory later is lost with it where one above it, just as new, has never been synced.

    Raises:
        OSError: One cannot be made, or may be lost.
    """
    new = [*takewhile(lambda each: not each.exists(), (path, *path.parents))]
    path.mkdir(mode=mode, parents=True, exist_ok=True)
    for directory in new:
        with suppress(PermissionError):  # one where entries can be made but not listed cannot be opened
            fsync_path(directory.parent)


def end_last_line(fd: int) -> None:
    """Make the next line of a file that lines are appended to begin where a line begins.

    A power cut leaves zeros of a line that was not synced, and that nobody was told of: it is cut off. A line that was
    cut short otherwise is ended.

    Args:
        fd: Opened for reading and for writing, in append mode.
    """
    size = os.fstat(fd).st_size
    end = _find_end(fd, size, lambda piece: len(piece.rstrip(b"\0")))
    if end < size:
        os.ftruncate(fd, _find_end(fd, end, lambda piece: piece.rfind(b"\n") + 1))
    elif end and os.pread(fd, 1, end - 1) != b"\n":
        write_all(fd, b"\n")


def _find_end(fd: int, size: int, measure: Callable[[bytes], int]) -> int:
    """Return where the last piece of a file ends of which something is left, after `measure` said how much; else 0."""
    while size:
        begin = max(0, size - _PIECE_NBYTES)
        left = measure(os.pread(fd, size - begin, begin))
        if left:
            return begin + left
        size = begin
    return 0


def read_limited(path: str | Path, limit: int) -> bytes:
    """Read a regular file of at most `limit` bytes, never following a link in its last part.

    Raises:
        RecordError: It is larger, or not a regular file.
        OSError: It cannot be read.
    """
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        info = os.fstat(fd)
        if not stat.S_ISREG(info.st_mode):
            raise RecordError(f"{path} is not a regular file")
        if info.st_size > limit:
            raise RecordError(f"{path} has {info.st_size} bytes, more than the {limit} that such a file may have")
        return _read_up_to(fd, min(limit, info.st_size + 1))
    finally:
        os.close(fd)


def _read_up_to(fd: int, nbytes: int) -> bytes:
    """Read until the end or the limit; one read does nearly always."""
    data = os.read(fd, nbytes)
    while len(data) < nbytes:
        more = os.read(fd, nbytes - len(data))
        if not more:
            break
        data += more
    return data


def safe_join(root: str | Path, name: str | Path) -> Path:
    """Join a relative name to a directory it may not leave.

    Raises:
        UnsafePathError: The name is empty, absolute, climbs out with `..`, or holds what no file's name can.
    """
    text = os.fspath(name)
    parts = text.split("/")
    if not text or text.startswith("/") or ".." in parts or "\0" in text:
        raise UnsafePathError(f"{text!r} is not a path below {root}")
    try:
        os.fsencode(text)
    except UnicodeEncodeError as error:
        raise UnsafePathError(f"no file can be named {text!r}: lone surrogate at position {error.start}") from None
    return Path(root, text)
