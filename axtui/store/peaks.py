"""How much memory a job had at most, as its record says: read, and told in words. Older records say nothing of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from axtui.base.text import format_nbytes
from axtui.store.record import JobRecord


@dataclass(frozen=True)
class Peaks:
    """The most bytes of memory that the job process, any one of its children, and each slice had; 0 where unknown."""

    job: int = 0
    children: int = 0
    slices: Sequence[int] = ()

    @property
    def is_known(self) -> bool:
        """Whether the record says anything of it."""
        return bool(self.job or self.children)


def peaks_of(record: JobRecord | None) -> Peaks:
    """Return what the record of a job that has ended says; what is no size there is not known."""
    memory = (record.post.get("memory") or record.error.get("memory")) if record else None
    if not isinstance(memory, dict):
        return Peaks()
    per_slice = memory.get("per_slice")
    slices = tuple(map(_nbytes, per_slice)) if isinstance(per_slice, list) else ()
    return Peaks(_nbytes(memory.get("job")), _nbytes(memory.get("children")), slices)


def tell_peaks(peaks: Peaks) -> str:
    """Write the peaks for people: `412.1 MB in slice 2, 88.0 MB in the job process`; "" where nothing is known."""
    if not peaks.is_known:
        return ""
    told = [f"{format_nbytes(peaks.job)} in the job process"]
    if peaks.slices:
        most = max(peaks.slices)
        told.insert(0, f"{format_nbytes(most)} in slice {peaks.slices.index(most)}")
    elif peaks.children:
        told.insert(0, f"{format_nbytes(peaks.children)} in one of its processes")
    return ", ".join(told)


def _nbytes(value: Any) -> int:
    return value if isinstance(value, int) and value > 0 else 0
