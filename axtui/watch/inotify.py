"""What the kernel says of changes in directories (inotify, Linux), for an event loop. Knows no project.

A descriptor can be read when something changed: nothing wakes up while nothing changes, and no thread is needed. (With
watchfiles, which looks a hundred times a second, the workbench took more than a percent of a core at rest, and a save
was known 12 to 20 ms later.)
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

_ATTRIB, _MODIFY, _MOVED_FROM, _MOVED_TO, _CREATE, _DELETE = 0x4, 0x2, 0x40, 0x80, 0x100, 0x200
_DELETE_SELF, _MOVE_SELF, _OVERFLOW, _IGNORED, _ONLY_DIRECTORY = 0x400, 0x800, 0x4000, 0x8000, 0x1000000
_MASK = _ATTRIB | _MODIFY | _MOVED_FROM | _MOVED_TO | _CREATE | _DELETE | _DELETE_SELF | _MOVE_SELF | _ONLY_DIRECTORY
_EVENT = struct.Struct("iIII")
"""struct inotify_event: watch, mask, cookie, length of the name behind it, which is padded with zero bytes."""
_READ_NBYTES = 1 << 16
_PASSED_OVER = (errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.ELOOP)

_libc = ctypes.CDLL(None, use_errno=True)


class Inotify:
    """Watches directories, each without what is below it.

    Raises:
        OSError: There is no room for one more of these.
    """

    def __init__(self) -> None:
        self._fd = _libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._fd < 0:
            raise _error("fs.inotify.max_user_instances")
        self._paths: dict[int, str] = {}

    def fileno(self) -> int:
        """Return the descriptor that is readable when something changed."""
        return int(self._fd)

    @property
    def watched(self) -> frozenset[str]:
        """The directories that are watched."""
        return frozenset(self._paths.values())

    def add(self, directory: str) -> None:
        """Watch a directory, under this path from now on; one that is not there or not readable is passed over.

        Raises:
            OSError: There is no room for one more.
        """
        watch = _libc.inotify_add_watch(self._fd, os.fsencode(directory), _MASK)
        if watch >= 0:
            self._paths[watch] = directory
        elif ctypes.get_errno() not in _PASSED_OVER:
            raise _error("fs.inotify.max_user_watches")

    def keep(self, directories: frozenset[str]) -> None:
        """Watch no others than these any more."""
        for watch in [watch for watch, path in self._paths.items() if path not in directories]:
            _libc.inotify_rm_watch(self._fd, watch)
            del self._paths[watch]

    def read(self) -> set[str]:
        """Return the paths that changed since the last call; every watched directory where the kernel lost count."""
        found: set[str] = set()
        while data := self._read_some():
            at = 0
            while at < len(data):
                watch, mask, _, length = _EVENT.unpack_from(data, at)
                name = data[at + _EVENT.size : at + _EVENT.size + length].rstrip(b"\0")
                at += _EVENT.size + length
                found |= self._changed(watch, mask, os.fsdecode(name))
        return found

    def close(self) -> None:
        """Watch nothing any more."""
        os.close(self._fd)
        self._fd = -1

    def _read_some(self) -> bytes:
        try:
            return os.read(self._fd, _READ_NBYTES)
        except BlockingIOError:
            return b""

    def _changed(self, watch: int, mask: int, name: str) -> set[str]:
        if mask & _OVERFLOW:
            return set(self._paths.values())
        directory = self._paths.pop(watch, "") if mask & _IGNORED else self._paths.get(watch, "")
        return {os.path.join(directory, name) if name else directory} if directory else set()


def _error(limit: str) -> OSError:
    number = ctypes.get_errno()
    reached = f"; the limit {limit} may be reached" if number in (errno.ENOSPC, errno.EMFILE) else ""
    return OSError(number, f"{os.strerror(number)}{reached}")
