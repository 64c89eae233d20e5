"""A limit of memory: what this process may take, and how much the processes of a job take together.

The kernel holds a single process to it, by the size of its data: its code then has a `MemoryError`, in the line that
asked for too much. Code that survives that, or shares the work among processes, is seen by whoever measures.

Files that are mapped do not count: the kernel takes their pages back when it wants to. Datasets are read that way.
"""

from __future__ import annotations

import errno
import os
import resource
from contextlib import suppress
from pathlib import Path

from axtui.project.limits import format_limit

_PAGE = os.sysconf("SC_PAGESIZE")
_held = 0
"""The limit that this process is held to, in bytes; 0 without one."""


def hold_memory(nbytes: int) -> None:
    """Let this process, and those it forks, take no more than this, what it has taken by now included.

    Address space that is reserved and not used is no memory, and does not count.

    Raises:
        MemoryError: It has taken more already.
    """
    global _held
    taken = _proportional_nbytes(os.getpid())
    _held = nbytes
    if taken > nbytes:
        raise MemoryError(f"{format_limit('memory', taken)} are taken before it begins")
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (_data_nbytes() + nbytes - taken, hard))


def let_go_of_memory() -> None:
    """Take the limit away, so that what has failed for it can be told."""
    if _held:
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))


def describe_want(error: BaseException) -> str:
    """Say what an error of a process is that wanted more memory than it could have, "" for another error."""
    if not isinstance(error, MemoryError) and getattr(error, "errno", None) != errno.ENOMEM:
        return ""
    return over_memory(_held) if _held else "out of memory"


def over_memory(nbytes: float) -> str:
    """Return the sentence about a limit of memory that was not kept."""
    return f"needed more than its limit of {format_limit('memory', nbytes)}"


def takes_more(leader: int, nbytes: float) -> bool:
    """Tell whether a process and its descendants take more than this together; pages that they share count once.

    Private sizes are cheap to read and never below the proportional ones, which cost more the larger a process is.
    """
    pids = _family(leader)
    if sum(map(_private_nbytes, pids)) <= nbytes:
        return False
    return sum(map(_proportional_nbytes, pids)) > nbytes


def _family(leader: int) -> list[int]:
    found = [leader]
    for pid in found:
        with suppress(OSError, ValueError):
            found += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    return found


def _private_nbytes(pid: int) -> int:
    """Return the resident size without pages of files."""
    with suppress(OSError, ValueError, IndexError):
        _, resident, of_files, *_ = map(int, Path(f"/proc/{pid}/statm").read_text().split())
        return (resident - of_files) * _PAGE
    return 0


def _proportional_nbytes(pid: int) -> int:
    with suppress(OSError, ValueError, IndexError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss_Anon:"):
                return int(line.split()[1]) << 10
    return 0


def _data_nbytes() -> int:
    """Return what the kernel compares with the limit of data."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/self/statm").read_text().split()[5]) * _PAGE
    return 0
