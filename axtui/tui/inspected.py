"""What is shown of a job that stands in no build that is known: a row made from its record. Reads nothing."""

from __future__ import annotations

from axtui.base.ids import split_dataset
from axtui.base.records import Record
from axtui.store.record import JobRecord
from axtui.tui.rows import Row, State, Table

_STATES: dict[str, State] = {"finished": "built", "failed": "failed", "running": "running"}


def row_of(job: str, table: Table, record: JobRecord | None) -> Row:
    """Return the row that has a job now, or make one from what its directory says."""
    key = table.jobs.get(job, "")
    row = table.rows.get(key)
    if row is not None and row.job == job:
        return row
    return _make(job, record)


def _make(job: str, record: JobRecord | None) -> Row:
    if record is None:
        return Row("", "", "cancelled", job=job, message="its workdir is not configured here")
    row = Row("", record.method, _STATES.get(record.state, "cancelled"), job=job)
    row.name, row.caption = (str(record.setup.get(key, "")) for key in ("name", "caption"))
    row.inputs = tuple(input_jobs(record.setup))
    row.why = tuple(str(text) for text in record.setup.get("why", ()))
    row.seconds = seconds_of(record)
    error = record.error
    row.message, row.part, row.file = (str(error.get(key, "")) for key in ("message", "part", "file"))
    row.line = int(error.get("line", 0))
    row.notes = tuple(str(text) for text in record.post.get("notes", ()))
    return row


def seconds_of(record: JobRecord) -> float:
    """Return how long a job took, 0.0 where that is not recorded."""
    found = record.post.get("exectime", {}).get("total", record.error.get("seconds", 0.0))
    return float(found) if isinstance(found, (int, float)) else 0.0


def input_jobs(setup: Record) -> list[str]:
    """Return the jobs that a job reads, each once, in order."""
    return list(dict.fromkeys(split_dataset(reference)[0] for _, reference in input_references(setup)))


def input_references(setup: Record) -> list[tuple[str, str]]:
    """Return the inputs of a job: parameter and reference."""
    found = []
    for group in ("jobs", "datasets"):
        for name, value in setup.get(group, {}).items():
            items = value if isinstance(value, list) else [value]
            found += [(name, item) for item in items if isinstance(item, str) and item]
    return found


def datasets_of(record: JobRecord | None) -> list[str]:
    """Return the names of a finished job's datasets."""
    found = record.post.get("datasets") if record else None
    return [str(name) for name in found] if isinstance(found, dict) else []


def tell_no_dataset(row: Row, record: JobRecord | None) -> str:
    """Say why a job has no dataset."""
    if record is not None and record.state in ("gone", "damaged", "crashed"):
        return f"{row.job} has no dataset: it is {record.state}, {record.reason}"
    why = {"failed": "it failed", "running": "it still runs", "built": "it made none", "reused": "it made none"}
    return f"{row.job} has no dataset: {why.get(row.state, f'it is {row.shown}')}"
