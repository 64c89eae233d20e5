"""The pages that jobs of a method write to: found once, and from then on copied before a job begins, all in one go.

A forked process shares its parent's memory until it writes there, which Python does wherever it looks at an object; a
small job then copies some 700 pages one by one, each by a trap into the kernel, a third of its time. Linux only, and
only a matter of speed: where something is missing, pages are copied as they are written.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import struct
from array import array
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_MADV_POPULATE_WRITE = 23
_EXCLUSIVE = 1 << 63 | 1 << 56
"""Present, and mapped by this process alone; see the kernel's pagemap documentation."""
_PAGE = mmap.PAGESIZE
_GAP = 2 * _PAGE
_COUNT = struct.Struct("<Q")
_RANGE = struct.Struct("<QQ")
_MOST = 2000
_madvise = ctypes.CDLL(None).madvise
_madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)


class WrittenPages:
    """Ranges of memory, kept where a parent and all that are forked from it see the same."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, _COUNT.size + _MOST * _RANGE.size)
        self._before: set[int] = set()

    def copy_or_watch(self) -> bool:
        """Let this process have its own copies of the pages that an earlier one wrote to.

        Returns:
            Whether there was none earlier, so that this one should `tell` at its end.
        """
        (count,) = _COUNT.unpack_from(self._shared)
        if not count:
            self._before = _own_pages()
            return True
        data = self._shared[_COUNT.size : _COUNT.size + count * _RANGE.size]
        for start, nbytes in _RANGE.iter_unpack(data):
            _madvise(start, nbytes, _MADV_POPULATE_WRITE)
        return False

    def tell(self) -> None:
        """Let later processes know which pages this one has written to."""
        ranges = list(_merge(sorted(_own_pages() - self._before)))[:_MOST]
        for index, each in enumerate(ranges):
            _RANGE.pack_into(self._shared, _COUNT.size + index * _RANGE.size, *each)
        _COUNT.pack_into(self._shared, 0, len(ranges))


def _own_pages() -> set[int]:
    """Return the address of every private page that no other process shares."""
    found: set[int] = set()
    with suppress(OSError, ValueError), open("/proc/self/pagemap", "rb", buffering=0) as pagemap:
        for line in Path("/proc/self/maps").read_text().splitlines():
            place, kind, *_ = line.split(" ", 2)
            if kind != "rw-p":
                continue
            start, end = (int(text, 16) for text in place.split("-"))
            entries = array("Q", os.pread(pagemap.fileno(), (end - start) // _PAGE * 8, start // _PAGE * 8))
            own = (index for index, entry in enumerate(entries) if entry & _EXCLUSIVE == _EXCLUSIVE)
            found.update(start + index * _PAGE for index in own)
    return found


def _merge(addresses: list[int]) -> Iterator[tuple[int, int]]:
    """Give ranges, start and length, that have all these pages and few others."""
    start = end = 0
    for address in addresses:
        if address - end > _GAP:
            if end:
                yield start, end - start
            start = address
        end = address + _PAGE
    if end:
        yield start, end - start
