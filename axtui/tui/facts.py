"""What is read of one job for the detail pane, and read again only when it can have changed. Draws nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from axtui.event.reasons import Reason
from axtui.store.progress import Progress
from axtui.store.record import JobRecord
from axtui.tui.measure import settle
from axtui.tui.reader import Listed, Reader
from axtui.tui.rows import Row


@dataclass(frozen=True)
class Facts:
    """What a job's directory says. `now` are monotonic seconds, `progress` the slices and then the job process.

    `reason` is why it was built, and why its inputs were.
    """

    record: JobRecord | None = None
    progress: Sequence[Progress] = ()
    files: Sequence[Listed] = ()
    preview: Sequence[str] = ()
    now: float = 0.0
    reason: Reason | None = None

    @property
    def slices(self) -> Sequence[Progress]:
        """The progress of the slices alone."""
        return self.progress[:-1]


class FactsReader:
    """Keeps the facts of the row that was asked for last."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._facts = Facts()
        self._of: tuple[str, str] | None = None

    def read(self, row: Row | None, now: float) -> Facts:
        """Return the facts of a row's job; while it stays in its state only the progress is read again."""
        if row is None or not row.job:
            self._of, self._facts = None, Facts(now=now)
        elif self._of == (row.job, row.state):
            self._facts = replace(self._facts, progress=self._progress(row), now=now)
        else:
            self._of, self._facts = (row.job, row.state), self._read_all(row, now)
        return self._facts

    def _read_all(self, row: Row, now: float) -> Facts:
        is_written = row.state != "running"
        files = self._reader.files(row.job) if is_written else []
        preview = self._reader.preview(row.job) if is_written else []
        record = self._reader.job(row.job)
        return Facts(record, self._progress(row), files, preview, now, self._reader.reason(record))

    def _progress(self, row: Row) -> Sequence[Progress]:
        progress = self._reader.progress(row.job)
        return progress if row.state == "running" else settle(progress)
