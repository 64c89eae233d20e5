"""How much memory a process may still take, from the limits that it was given and from what the machine has."""

from __future__ import annotations

import resource
from pathlib import Path

_FEWEST_NBYTES = 8 << 20
_MOST_NBYTES = 1 << 30
_LIMITS = (("VmData", resource.RLIMIT_DATA), ("VmSize", resource.RLIMIT_AS))


def spare_nbytes(processes: int) -> int:
    """Return how many bytes a process may take for its work beside others, leaving as much again for everything else.

    Args:
        processes: How many processes do the same at the same time.

    Returns:
        Between 8 MiB and 1 GiB.
    """
    found = [_read_sizes("/proc/meminfo").get("MemAvailable", _MOST_NBYTES)]
    used = _read_sizes("/proc/self/status")
    for name, which in _LIMITS:
        limit, _ = resource.getrlimit(which)
        if limit != resource.RLIM_INFINITY:
            found.append((limit - used.get(name, 0)) // 2)  # what is freed does not all come back
    return max(_FEWEST_NBYTES, min(_MOST_NBYTES, min(found) // 2 // processes))


def _read_sizes(path: str) -> dict[str, int]:
    """Read the lines `name: number kB` of a file of the kernel; in bytes."""
    try:
        lines = Path(path).read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return {}
    parts = (line.split() for line in lines)
    return {words[0].rstrip(":"): int(words[1]) << 10 for words in parts if words[2:] == ["kB"]}
