"""The builds of an engine: each run of a build script with its rows, and the rows of the last one for comparison."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from axtui.base.errors import AxtuiError
from axtui.build.script_options import ScriptOptions, parse_script_options
from axtui.event.events import Entry, JobFinished, JobRequested, JobReused, JobStarted
from axtui.project.config import Project
from axtui.store.record import read_setup


@dataclass
class Row:
    """A place in a build: what was asked there and which job answers. `inputs` are job ids."""

    name: str
    method: str
    parent: str
    job: str = ""
    inputs: tuple[str, ...] = ()


@dataclass
class Build:
    """One run of a build script."""

    number: int
    script: str
    job: str
    cause: str
    began: float
    options: ScriptOptions
    force: frozenset[str] = frozenset()
    """Rows that are to run even where a job that fits exists."""
    rows: dict[str, Row] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    ordinals: Counter[str] = field(default_factory=Counter)
    input_files: dict[str, list[int]] = field(default_factory=dict)
    """The stamp of every input file that was read, by path."""
    outcome: str = ""
    """What it is to end as; "" while its script runs and nobody has ended it."""
    message: str = ""
    """Why its script failed."""

    def add_row(self, method: str, name: str, parent: str) -> Row:
        """Make the row for a request."""
        label = name or method
        base = f"{parent}/{label}" if parent else label
        self.ordinals[base] += 1
        row = Row(f"{base}.{self.ordinals[base]}", method, parent)
        self.rows[row.name] = row
        return row


def find_stale(rows: dict[str, Row], methods: set[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the rows that some methods build themselves, and those downstream of them or built around them."""
    stale = {name for name, row in rows.items() if row.method in methods}
    reached = set(stale)
    changed = True
    while changed:
        jobs = {rows[name].job for name in reached if rows[name].job}
        parents = {rows[name].parent for name in reached if rows[name].parent}
        more = {
            name
            for name, row in rows.items()
            if name not in reached and (jobs.intersection(row.inputs) or name in parents)
        }
        reached |= more
        changed = bool(more)
    order = list(rows)
    return tuple(n for n in order if n in stale), tuple(n for n in order if n in reached - stale)


def read_script_options(project: Project, job: str) -> ScriptOptions:
    """Return what the run of a script was asked to do; nothing where its job has gone."""
    try:
        return parse_script_options(read_setup(project.workdirs[job.rpartition("-")[0]] / job)["options"])
    except (OSError, AxtuiError, KeyError, TypeError, ValueError):
        return parse_script_options({})


def replay_rows(entries: list[Entry]) -> dict[str, Row]:
    """Return the rows of a build from its events, for an engine that starts after it."""
    rows: dict[str, Row] = {}
    for entry in entries:
        match entry.event:
            case JobRequested(row=row, method=method, parent=parent, inputs=inputs):
                rows[row] = Row(row, method, parent, inputs=inputs)
            case JobReused(row=row, method=method, parent=parent, inputs=inputs, job=job) if method:
                rows[row] = Row(row, method, parent, job, inputs)
            case JobReused(row=row, job=job) | JobStarted(row=row, job=job) | JobFinished(row=row, job=job):
                if row in rows:
                    rows[row].job = job
    return rows
