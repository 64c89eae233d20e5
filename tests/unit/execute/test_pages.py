"""The pages that a job writes to: the first process tells, later ones have them before they write."""

from __future__ import annotations

import mmap
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from axtui.execute.pages import WrittenPages, _find_ranges

PAGES = 256
TREE = Path(__file__).resolve().parents[3]


def in_child(work: Callable[[], int]) -> int:
    """Run something in a forked process and return the small number that it returns."""
    pid = os.fork()
    if pid == 0:
        code = 255
        try:
            code = work()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def write_to(memory: mmap.mmap) -> int:
    """Write to every fourth page, and return how often that trapped into the kernel, at most 200."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for index in range(0, PAGES, 4):
        memory[index * mmap.PAGESIZE] = 1
    return min(200, resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)


def trap_twice() -> tuple[int, int]:
    """Return how often the first process trapped, and the next; 254 for one that took itself for the other."""
    memory = mmap.mmap(-1, PAGES * mmap.PAGESIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    memory.write(b"x" * len(memory))
    pages = WrittenPages()

    def first() -> int:
        is_first = pages.copy_or_watch()
        trapped = write_to(memory)
        pages.tell()
        return trapped if is_first else 254

    def second() -> int:
        is_first = pages.copy_or_watch()
        return 254 if is_first else write_to(memory)

    return in_child(first), in_child(second)


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux")
def test_a_later_process_has_the_pages_before_it_writes() -> None:
    """The first process is told that it is the first, and traps at each page; the second has all it will write to."""
    small = "from tests.unit.execute.test_pages import trap_twice; print(*trap_twice())"  # this one may be large
    done = subprocess.run([sys.executable, "-c", small], cwd=TREE, capture_output=True, text=True, check=True)
    first, second = map(int, done.stdout.split())

    assert PAGES // 4 <= first < 254
    assert second < PAGES // 8


@pytest.mark.parametrize(("count", "step"), [(3, 1), (1024, 2), (1025, 2), (40_000, 3)])
def test_the_pages_are_all_in_as_many_ranges_as_fit(count: int, step: int) -> None:
    """Pages far apart are ranges of their own as long as the kernel takes so many; then neighbours share one."""
    addresses = [(100 + index * step) * mmap.PAGESIZE for index in range(count)]

    ranges = _find_ranges(addresses)

    found = {page for start, nbytes in ranges for page in range(start, start + nbytes, mmap.PAGESIZE)}
    assert found >= set(addresses)
    assert len(ranges) <= 1024
    assert len(found) == count if count <= 1024 else len(found) > count


def test_a_process_sees_its_own_changes_alone() -> None:
    """Having its own copy of a page changes nothing of what stands there, here or in the parent."""
    memory = mmap.mmap(-1, PAGES * mmap.PAGESIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    memory.write(b"x" * len(memory))
    pages = WrittenPages()

    def work() -> int:
        pages.copy_or_watch()
        found = memory[0] == ord("x") and memory[4 * mmap.PAGESIZE] == ord("x")
        write_to(memory)
        pages.tell()
        return int(found)

    assert [in_child(work), in_child(work)] == [1, 1]
    assert memory[0] == ord("x")
