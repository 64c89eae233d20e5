"""How far a running job is, from its progress records. Pure: no clock, no files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from axtui.store.progress import Progress
from axtui.tui.rows import Row

_GUESS_MOST = 0.99


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a job is done, 0 to 1; `guessed` where that is elapsed time against the last run's."""

    value: float
    guessed: bool
    text: str = ""


def share_of(row: Row, progress: Sequence[Progress], now: float) -> Share | None:
    """Measure a running job, or give None where nothing tells how far it is.

    Args:
        row: The row of the job.
        progress: Its slices, then the job process.
        now: Seconds on the clock of `row.began`.
    """
    text = next((record.text for record in reversed(progress) if record.text and record.state == "running"), "")
    slices = progress[:-1]
    known = [record for record in slices if record.state == "done" or (record.done and record.total > 0)]
    if known:
        return Share(sum(map(slice_share, slices)) / len(slices), False, text)
    if progress and progress[-1].total > 0:
        return Share(slice_share(progress[-1]), False, text)
    if row.expected > 0 and row.began:
        return Share(min(_GUESS_MOST, (now - row.began) / row.expected), True, text)
    return Share(0.0, True, text) if text else None


def settle(progress: Sequence[Progress]) -> list[Progress]:
    """Return the progress of a job that runs no more: a slice that still says it does was stopped with the job.

    Its state is "stopped"; it ran until the job process ended, or until the last that any of them said.
    """
    last = max((max(record.ended, record.reported) for record in progress), default=0.0)
    ended = (progress[-1].ended if progress else 0.0) or last
    return [
        replace(record, state="stopped", ended=max(ended, record.began), is_stopped=False, text="")
        if record.state == "running" else record
        for record in progress
    ]  # fmt: skip


def slice_share(record: Progress) -> float:
    """Return how much of one slice is done, 0 to 1."""
    if record.state == "done":
        return 1.0
    return max(0.0, min(1.0, record.done / record.total)) if record.total > 0 else 0.0


def slice_seconds(record: Progress, now: float) -> float:
    """Return how long a slice ran so far, or in all."""
    if not record.began:
        return 0.0
    last = now if record.state == "running" else record.reported
    return max(0.0, (record.ended or last) - record.began)
