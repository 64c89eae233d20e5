"""Local times to UTC. A zone is what $TZ may be: a name as Europe/Stockholm, or rules as CET-1CEST,M3.5.0,M10.5.0/3.

A time that comes twice, when clocks go back, is the first; one that never comes is taken as if they had not gone ahead.
"""

from __future__ import annotations

import io
import re
import struct
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt

from axtui import DatasetUsageError

Stamps = npt.NDArray[np.datetime64]

_HOUR = 3_600_000_000
_RULES = re.compile(r"([A-Za-z]{3,}|<[-+A-Za-z0-9]+>)[-+]?\d{1,2}(:\d\d){0,2}(([A-Za-z]{3,}|<[-+A-Za-z0-9]+>).*)?")


class Zone:
    """A zone of $TZ.

    Raises:
        DatasetUsageError: There is none of this name, and it is no rule.
    """

    def __init__(self, name: str) -> None:
        self._zone = _find(name.removeprefix(":"), name)

    def moment_to_utc(self, local: datetime) -> datetime:
        """Return a local time, given without a zone, as a UTC one.

        Raises:
            OverflowError: It is not within the years 1 to 9999.
        """
        return local.replace(tzinfo=self._zone).astimezone(UTC)

    def to_utc(self, local: Stamps) -> Stamps:
        """Turn local times into UTC, all at once.

        Args:
            local: Shape (lines,), datetime64[us].
        """
        micro = local.astype(np.int64)
        hours, places = np.unique(micro // _HOUR, return_inverse=True)
        first = np.array([self._offset(hour * _HOUR) for hour in hours.tolist()], dtype=np.int64)
        last = np.array([self._offset((hour + 1) * _HOUR - 1) for hour in hours.tolist()], dtype=np.int64)
        offsets = first[places]
        for line in np.flatnonzero((first != last)[places]).tolist():
            offsets[line] = self._offset(int(micro[line]))
        found: Stamps = (micro - offsets).astype("datetime64[us]")
        return found

    def _offset(self, micro: int) -> int:
        """Return how far local time is ahead of UTC, both in microseconds."""
        local: datetime = np.datetime64(micro, "us").item()
        offset: Any = self._zone.utcoffset(local)
        return round(1_000_000 * float(offset.total_seconds()))


def _find(name: str, given: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    try:
        if _RULES.fullmatch(name):
            return ZoneInfo.from_file(_zone_file(name), key=name)
    except ValueError:
        pass
    wanted = "a name as Europe/Stockholm, or rules as CET-1CEST,M3.5.0,M10.5.0/3"
    raise DatasetUsageError(f"there is no timezone {given!r}; wanted {wanted}")


def _zone_file(rules: str) -> io.BytesIO:
    """Return a zone file that has nothing but rules (RFC 8536)."""
    header = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    body = struct.pack(">lBB", 0, 0, 0) + b"UTC\0"
    return io.BytesIO((header + body) * 2 + b"\n" + rules.encode("ascii") + b"\n")
