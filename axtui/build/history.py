"""Why jobs that exist were built, from their records: as it was decided then, followed into their inputs."""

from __future__ import annotations

from dataclasses import dataclass

from axtui.base.ids import parse_jobid
from axtui.build.difference import compare, take_apart
from axtui.build.facts import Facts, facts_of_setup
from axtui.event.events import BuildStarted, Entry, JobRequested, JobReused, JobStarted
from axtui.event.reasons import Reason, grow, tells_of
from axtui.event.why import Why, recorded_why
from axtui.project.config import Project
from axtui.store.record import JobRecord, read_job


class History:
    """The records of one project, each read once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._records: dict[str, JobRecord | None] = {}

    def read(self, jobid: str) -> JobRecord | None:
        """Return a job, or None where there is none whose order can be read."""
        if jobid not in self._records:
            parts = parse_jobid(jobid)
            workdir = self._project.workdirs.get(parts[0]) if parts else None
            record = read_job(workdir / jobid) if workdir else None
            self._records[jobid] = record if record and record.setup else None
        return self._records[jobid]

    def explain(self, record: JobRecord) -> Reason | None:
        """Say why a job was built, followed into its inputs; None where its record does not say it as data."""
        why = recorded_why(record.setup)
        return grow(record.jobid, why, self._behind) if why else None

    def _behind(self, before: str, now: str) -> Why | None:
        """Say why a job came in the place of another: as it was decided when it was built with that one before it."""
        record, other = self.read(now), self.read(before)
        why = recorded_why(record.setup) if record else None
        if record is None or other is None or tells_of(why, before):
            return why
        return compare_records(record, other) if record.method == other.method else why


def compare_records(now: JobRecord, before: JobRecord) -> Why:
    """Say what a job has otherwise than another one."""
    new, old = (facts_of_setup(record.directory, record.setup) for record in (now, before))
    return compare_facts(now.method, new, old)


def compare_facts(method: str, now: Facts, before: Facts) -> Why:
    """Say what the job of one set of facts has otherwise than another one."""
    differences = take_apart(compare(now, before), now, before)
    return Why(method, "differs" if differences else "equal", before.job, "", differences)


@dataclass(frozen=True)
class Answer:
    """How a build answered one of its rows: with a job that was there, or with one that it had built."""

    build: int
    row: str
    method: str
    job: str
    reused: bool
    because: str


def last_answers(entries: list[Entry]) -> list[Answer]:
    """Return how each row of the last build was answered, in order."""
    rows: dict[str, Answer] = {}
    methods: dict[str, str] = {}
    for entry in entries:
        match entry.event:
            case BuildStarted():
                rows.clear()
            case JobRequested(row=row, method=method):
                methods[row] = method
            case JobReused(build=build, row=row, job=job, because=because, method=method):
                rows[row] = Answer(build, row, method or methods.get(row, ""), job, True, because)
            case JobStarted(build=build, row=row, job=job):
                rows[row] = Answer(build, row, methods.get(row, ""), job, False, "")
    return list(rows.values())
