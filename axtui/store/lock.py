"""Locks between processes: one build of one key at a time, and who owns an unfinished job.

The key lock is an open-file-description byte lock in one file a workdir that is never deleted: it excludes other
processes and other opens in the same process, leaves other keys free, and is released when its holder dies. The
descriptors must not be inherited by job processes: a child that keeps one keeps the lock.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import struct
from pathlib import Path

from axtui.base import clock
from axtui.base.errors import RecordError
from axtui.base.files import write_all
from axtui.base.records import Record, format_record, read_record
from axtui.store import layout

_FLOCK = struct.Struct("hhqqi4x")
_BUSY = (errno.EAGAIN, errno.EACCES)


class KeyLocks:
    """The byte locks of one workdir, as one process holds them."""

    def __init__(self, workdir: Path) -> None:
        self._path = workdir / layout.LOCKS
        self._fd = -1

    def acquire(self, key: str) -> bool:
        """Try to lock a key. Return False where another process holds it.

        Raises:
            OSError: Locks do not work here, or the file cannot be made.
        """
        if self._fd < 0 or not self._is_current():
            self._open()
        return self._set(fcntl.F_WRLCK, key)

    def release(self, key: str) -> None:
        """Give a key back."""
        self._set(fcntl.F_UNLCK, key)

    def _open(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
        self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)

    def _is_current(self) -> bool:
        """A replaced lock file would give a key two owners."""
        try:
            there = os.stat(self._path)
        except FileNotFoundError:
            return False
        return there.st_ino == os.fstat(self._fd).st_ino

    def _set(self, kind: int, key: str) -> bool:
        offset = int(key[:15], 16)
        request = _FLOCK.pack(kind, os.SEEK_SET, offset, 1, 0)
        try:
            fcntl.fcntl(self._fd, fcntl.F_OFD_SETLK, request)
        except OSError as error:
            if error.errno in _BUSY:
                return False
            raise
        return True


def write_owner(directory: Path, engine: str) -> int:
    """Make the owner file of a new job and lock it. Return the descriptor that holds the lock."""
    record: Record = {"host": socket.gethostname(), "boot": clock.boot_id(), "pid": os.getpid(), "engine": engine}
    fd = os.open(directory / layout.OWNER, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    write_all(fd, format_record(record))
    return fd


def is_owned(directory: Path) -> bool:
    """Tell whether a living process on this machine is building this job."""
    try:
        fd = os.open(directory / layout.OWNER, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(fd)
    return False


def describe_owner(directory: Path) -> str:
    """Say who is building a job: host and process."""
    try:
        record = read_record(directory / layout.OWNER)
    except (OSError, RecordError):
        return "somebody"
    return f"pid {record.get('pid')} on {record.get('host')}"
