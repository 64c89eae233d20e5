"""Urd lists on disk. This is the specification of a project's `urd/` directory, as far as files go.

    urd/USER/LIST.urd      a list: a line a transaction, in order, never changed and never removed

A line is a JSON object whose last key is `digest`: 32 hex digits, BLAKE2b of the line as it would be without that key.
What else it says is specified in `build/urd_entry.py`. A line whose digest does not fit, or that says something that
cannot be, is left out and noted; it costs itself alone. Any text of at most 200 bytes is the name of a user or a list,
except that it has no `/`, no control character and no `.` in front.

A line is written under an exclusive flock on the file, by one write in append mode, and synced before anybody is told.
A last line without newline is one that is being written or was cut short: readers wait for it, and the next writer
ends it, so that what follows starts on a line of its own.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar

from axtui.base.errors import RecordError, UrdError
from axtui.base.files import end_last_line, fsync_path, write_all
from axtui.base.records import Record, format_record, parse_record

T = TypeVar("T")

LINE_NBYTES = 16 << 20
"""The longest line that is read or written, in bytes."""
_NAME = re.compile(r"[^/.\x00-\x1f\x7f][^/\x00-\x1f\x7f]*")
_NAME_NBYTES = 200
_ENDING = ".urd"
_DIGEST = re.compile(rb'(.*),"digest":"([0-9a-f]{32})"\}', re.DOTALL)


def urd_directory(root: Path) -> Path:
    """Return where the urd lists of a project are."""
    return root / "urd"


def is_list_name(name: str) -> bool:
    """Tell whether a user or a list may have this name."""
    try:
        return _NAME.fullmatch(name) is not None and len(name.encode("utf-8")) <= _NAME_NBYTES
    except UnicodeEncodeError:
        return False


def split_list(path: str) -> tuple[str, str]:
    """Return user and name of a list, `user/list`.

    Raises:
        UrdError: It is no name of one.
    """
    user, _, name = path.partition("/")
    if not is_list_name(user) or not is_list_name(name):
        raise UrdError(f"{path!r:.80} is no urd list; wanted a name like 'daily' or 'user/daily'")
    return user, name


def find_lists(directory: Path) -> list[str]:
    """Return every list that has a file, as `user/list`, sorted."""
    found = []
    with suppress(FileNotFoundError), os.scandir(directory) as users:
        for user in users:
            if is_list_name(user.name) and user.is_dir(follow_symlinks=False):
                names = [name.removesuffix(_ENDING) for name in os.listdir(user.path) if name.endswith(_ENDING)]
                found += [f"{user.name}/{name}" for name in names if is_list_name(name)]
    return sorted(found)


class UrdFile(Generic[T]):
    """The transactions of one list, read on as the file grows.

    Attributes:
        transactions: What `parse` made of each sound line, in order.
        damage: A sentence for each line that is left out.
        error: Why the file could not be read when it was last tried, "" if it could.
    """

    def __init__(self, directory: Path, path: str, parse: Callable[[Record], T]) -> None:
        user, name = split_list(path)
        self._path = directory / user / f"{name}{_ENDING}"
        self._parse = parse
        self._fd = -1
        self.error = ""
        self._reset((0, 0))

    def refresh(self) -> bool:
        """Read what is new. Return whether anything is; where the file cannot be read, `error` says so."""
        self.error = ""
        try:
            with open(self._open(os.O_RDONLY), "rb") as handle:
                return self._read(handle)
        except FileNotFoundError:
            was_there = self._stamp != (0, 0)
            self._reset((0, 0))
            return was_there
        except OSError as error:
            self.error = f"{self._path} cannot be read: {error.strerror}"
            return False

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other writer out; only here may lines be appended.

        Raises:
            UrdError: The file cannot be made or locked.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._fd = self._lock()
        except OSError as error:
            raise UrdError(f"{self._path} cannot be written: {error.strerror}") from None
        try:
            yield
        finally:
            os.close(self._fd)
            self._fd = -1

    def append(self, record: Record) -> None:
        """Add a line, and wait until it is on the disk; it is not among the transactions before it is read.

        Raises:
            UrdError: It cannot be written, or may not be there after a power cut. The file is as it was.
        """
        line = seal_line(record)
        if len(line) > LINE_NBYTES:
            raise UrdError(
                f"{self._path}: an entry of {len(line)} bytes, more than the {LINE_NBYTES} that one may have"
            )
        size = os.fstat(self._fd).st_size
        try:
            end_last_line(self._fd)
            size = os.fstat(self._fd).st_size
            write_all(self._fd, line + b"\n")
            os.fsync(self._fd)
            if not size:
                self._sync_folders()
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._fd, size)
            raise UrdError(f"{self._path} cannot be written: {error.strerror}") from None

    def _sync_folders(self) -> None:
        for folder in (self._path.parent, self._path.parent.parent, self._path.parent.parent.parent):
            fsync_path(folder)

    def _lock(self) -> int:
        while True:
            fd = self._open(os.O_RDWR | os.O_APPEND | os.O_CREAT)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX)
                if os.fstat(fd).st_ino == os.stat(self._path).st_ino:
                    return fd
            except FileNotFoundError:
                pass  # it was replaced while we waited; the lock on what it was keeps nobody out
            except BaseException:
                os.close(fd)
                raise
            os.close(fd)

    def _open(self, flags: int) -> int:
        """Open the file, never through a symlink, and nothing that is not a file."""
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            common = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
            fd = os.open(self._path.name, flags | common, 0o666, dir_fd=folder)
        finally:
            os.close(folder)
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            os.close(fd)
            raise OSError(errno.EINVAL, "it is not a regular file")
        return fd

    def _reset(self, stamp: tuple[int, int]) -> None:
        self._stamp = stamp
        self._offset = 0
        self._line = 0
        self.transactions: list[T] = []
        self.damage: list[str] = []

    def _read(self, handle: BinaryIO) -> bool:
        info = os.fstat(handle.fileno())
        stamp = (info.st_dev, info.st_ino)
        is_other = stamp != self._stamp or info.st_size < self._offset
        if is_other:
            self._reset(stamp)
        before = self._line
        handle.seek(self._offset)
        while line := _read_line(handle):
            if not line.endswith(b"\n"):
                break
            self._offset = handle.tell()
            self._line += 1
            self._take(line[:-1])
        return is_other or self._line != before

    def _take(self, line: bytes) -> None:
        if not line:
            return
        try:
            self.transactions.append(self._parse(open_line(line)))
        except RecordError as error:
            self.damage.append(f"{self._path}: line {self._line} is damaged and left out: {error}")


def seal_line(record: Record) -> bytes:
    """Write a transaction as a line with its digest."""
    body = format_record(record)
    return body[:-1] + b',"digest":"' + _digest(body) + b'"}'


def open_line(line: bytes) -> Record:
    """Read a transaction from its line.

    Raises:
        RecordError: The line is not as it was written.
    """
    match = _DIGEST.fullmatch(line)
    if not match:
        raise RecordError("it has no digest at its end" if len(line) < LINE_NBYTES else "it is too long")
    body = match[1] + b"}"
    if _digest(body) != match[2]:
        raise RecordError("its digest does not fit")
    return parse_record(body)


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=16).hexdigest().encode("ascii")


def _read_line(handle: BinaryIO) -> bytes:
    """Read a line; of one that is too long the beginning is given, and the rest passed over."""
    line = handle.readline(LINE_NBYTES + 1)
    rest = line
    while rest and not rest.endswith(b"\n"):
        rest = handle.readline(LINE_NBYTES)
    return line if rest is line or not rest else line[:LINE_NBYTES] + b"\n"
