"""The pages that jobs of a method write to: found once, and from then on copied before a job begins, all in one go.

A forked process shares its parent's memory until it writes there, which Python does wherever it looks at an object; a
small job then copies hundreds of pages one by one, each by a trap into the kernel. Linux only, and only a matter of
speed: where something is missing, pages are copied as they are written.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import struct
from collections.abc import Iterator
from contextlib import suppress

_MADV_POPULATE_WRITE = 23
_EXCLUSIVE = 1 << 63 | 1 << 56
"""Present, and mapped by this process alone; see the kernel's pagemap documentation."""
_PAGE = mmap.PAGESIZE
_COUNT = struct.Struct("<Q")
_RANGE = struct.Struct("@NN")
"""Address and length; as C's `struct iovec`."""
_MOST = 1024
"""So many ranges does the kernel take at once."""
_MOST_WATCHED = 1 << 17
"""Of so many pages it is looked at whether they were written to: half a gigabyte."""
_ENTRY_NBYTES = 8
_libc = ctypes.CDLL(None)


class WrittenPages:
    """Ranges of memory, kept where a parent and all that are forked from it see the same."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, _COUNT.size + _MOST * _RANGE.size)
        self._place = ctypes.addressof(ctypes.c_char.from_buffer(self._shared))
        self._maps: list[tuple[int, int]] = []

    def copy_or_watch(self) -> bool:
        """Let this process have its own copies of the pages that an earlier one wrote to.

        Returns:
            Whether there was none earlier, so that this one should `tell` at its end.
        """
        (count,) = _COUNT.unpack_from(self._shared)
        if not count:
            self._maps = _private_maps()
            return True
        with suppress(AttributeError, OSError):  # another system, or an older kernel
            this = os.pidfd_open(os.getpid())
            ranges = ctypes.c_void_p(self._place + _COUNT.size)
            _libc.process_madvise(this, ranges, ctypes.c_size_t(count), _MADV_POPULATE_WRITE, 0)
            os.close(this)
        return False

    def tell(self) -> None:
        """Let later processes know which pages this one has written to."""
        ranges = _find_ranges(list(_own_pages(self._maps)))
        for index, each in enumerate(ranges):
            _RANGE.pack_into(self._shared, _COUNT.size + index * _RANGE.size, *each)
        _COUNT.pack_into(self._shared, 0, len(ranges))


def _private_maps() -> list[tuple[int, int]]:
    """Return start and end of each range of memory that a write makes this process's own."""
    found = []
    with suppress(OSError), open("/proc/self/maps", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            place, kind, _ = line.split(" ", 2)
            if kind == "rw-p":
                start, end = place.split("-")
                found.append((int(start, 16), int(end, 16)))
    return found


def _own_pages(maps: list[tuple[int, int]]) -> Iterator[int]:
    """Give the address of every page of some ranges that no other process shares, in order.

    All is read before any is looked at, and into memory of its own, so that looking is not taken for writing.
    """
    with suppress(OSError, ValueError), open("/proc/self/pagemap", "rb", buffering=0) as pagemap:
        entries = memoryview(mmap.mmap(-1, _MOST_WATCHED * _ENTRY_NBYTES))
        filled = 0
        for start, end in maps:
            room = entries[filled : filled + (end - start) // _PAGE * _ENTRY_NBYTES]
            filled += os.preadv(pagemap.fileno(), [room], start // _PAGE * _ENTRY_NBYTES)
        found = iter(entries[:filled].cast("Q"))
        for start, end in maps:
            for address, entry in zip(range(start, end, _PAGE), found, strict=False):
                if entry & _EXCLUSIVE == _EXCLUSIVE:
                    yield address


def _find_ranges(addresses: list[int]) -> list[tuple[int, int]]:
    """Return ranges, start and length, that have these pages and as few others as so many ranges can."""
    gap = 0
    while len(ranges := list(_merge(addresses, gap))) > _MOST:
        gap = 2 * gap + _PAGE
    return ranges


def _merge(addresses: list[int], gap: int) -> Iterator[tuple[int, int]]:
    """Give ranges that have these pages; pages that lie no further apart than `gap` bytes are in one."""
    start = end = 0
    for address in addresses:
        if address - end > gap:
            if end:
                yield start, end - start
            start = address
        end = address + _PAGE
    if end:
        yield start, end - start
