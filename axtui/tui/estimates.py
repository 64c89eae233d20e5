"""How long things take: medians of what they took before, what is left of a build, and on what that hangs. Pure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from axtui.tui.links import Links
from axtui.tui.rows import Row, Table

_KEPT = 7
_DOUBT_OF_ONE = 0.25
"""The doubt about a time that was measured once, as a part of it."""
_BOUND = 1.1


class Past:
    """How long the job of each row took in past builds."""

    def __init__(self) -> None:
        self._seconds: dict[str, tuple[float, ...]] = {}

    def add(self, key: str, seconds: float) -> None:
        """Take in that a row's job was built in so many seconds, the newest last."""
        self._seconds[key] = (*self._seconds.get(key, ()), seconds)[-_KEPT:]

    def put_before(self, older: Mapping[str, Sequence[float]]) -> None:
        """Take in what was measured before all that is known."""
        for key, seconds in older.items():
            self._seconds[key] = (*seconds, *self._seconds.get(key, ()))[-_KEPT:]

    def known(self, row: Row) -> float:
        """Return the median of what a row's jobs took in past builds, 0.0 where none ran."""
        seconds = self._seconds.get(row.row)
        return statistics.median(seconds) if seconds else row.expected

    def usual(self, row: Row) -> float:
        """Return what a row's job is likely to take: the median, else what the one that is there took."""
        return self.known(row) or row.seconds

    def doubt(self, row: Row) -> float:
        """Return how far off the median was, in the median of past runs; a quarter of it for a single run."""
        seconds, usual = self._seconds.get(row.row, ()), self.usual(row)
        if len(seconds) < 3:
            return usual * _DOUBT_OF_ONE
        return statistics.median(abs(each - usual) for each in seconds)


@dataclass(frozen=True)
class Estimate:
    """What is left of a build.

    Attributes:
        seconds: Until it ends, as far as is known; `doubt` is how far off that may be.
        unknown: How many of its jobs never ran, so that nobody knows how long they take.
        path: The rows that have to follow each other and take longest; they take `path_seconds`.
        work: What all rows take together.
    """

    seconds: float = 0.0
    doubt: float = 0.0
    unknown: int = 0
    path: tuple[str, ...] = ()
    path_seconds: float = 0.0
    work: float = 0.0

    @property
    def is_bound_by_slots(self) -> bool:
        """Whether more jobs side by side would end it earlier."""
        return self.seconds > self.path_seconds * _BOUND


def estimate(table: Table, links: Links, past: Past, keys: Iterable[str], now: float | None, slots: int) -> Estimate:
    """Estimate when a build ends.

    Args:
        table: Its rows.
        links: Which of them reads which.
        past: How long they took before.
        keys: The rows that run or will run.
        now: Seconds on the clock of `Row.began`; None counts what runs as if it had not begun.
        slots: How many jobs run side by side at most.
    """
    left = {key: seconds_left(table.rows[key], past, now) for key in dict.fromkeys(keys)}
    path = links.longest_path([key for key in table.order if key in left], left) if left else []
    path_seconds = sum(left[key] for key in path)
    work = sum(left.values())
    is_path = path_seconds >= work / slots
    counted = path if is_path else left
    doubt = math.sqrt(sum(past.doubt(table.rows[key]) ** 2 for key in counted)) / (1 if is_path else slots)
    unknown = sum(not past.usual(table.rows[key]) for key in left)
    return Estimate(max(path_seconds, work / slots), doubt, unknown, tuple(path), path_seconds, work)


def seconds_left(row: Row, past: Past, now: float | None) -> float:
    """Return how many seconds a row's job is likely to take from now on; None for from its beginning."""
    usual = past.usual(row)
    if now is None or row.state != "running" or not row.began:
        return usual
    return max(0.0, usual - (now - row.began))


def path_of_build(table: Table, links: Links) -> tuple[list[str], float]:
    """Return the rows of a build that ended on which its length hung, and how long they took together.

    Counted is what was built in it; where nothing was, what everything took when it was.
    """
    ran = {row.row: row.seconds for row in table if row.state in ("built", "failed")}
    seconds = ran or {row.row: row.seconds for row in table}
    path = links.longest_path(table.order, seconds)
    return path, sum(seconds[key] for key in path)
