"""Whether a job that exists is what would be built now; and if not, what differs now. Builds nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from axtui.base.errors import AxtuiError
from axtui.base.files import full_stamp
from axtui.base.ids import job_of
from axtui.base.records import Record
from axtui.build.code import open_code
from axtui.build.difference import compare, take_apart
from axtui.build.facts import Facts, facts_of_setup, pieces_of
from axtui.build.renewal import open_catalogue, renew_record
from axtui.build.request import flat
from axtui.build.reuse import Reuse
from axtui.event.reasons import Branch
from axtui.event.sentences import sentences
from axtui.event.why import Difference, Side, Why
from axtui.method.declared import declarations
from axtui.method.packages import version_of
from axtui.project.config import Project
from axtui.store.commit import file_digest
from axtui.store.index import in_memory
from axtui.store.record import JobRecord, read_job


@dataclass(frozen=True)
class Standing:
    """How a job stands to the project as it is now.

    Attributes:
        job: The job.
        why: Why it would be built again; None where nothing of its own differs.
        inputs: Those of its inputs that would be built again. It stays as it is if they come out equal.

    Where a tree of these is told, a job that is an input of several is told once.
    """

    job: str
    why: Why | None
    inputs: tuple[Standing, ...] = ()

    @property
    def is_current(self) -> bool:
        """Whether a build would reuse it as things are."""
        return self.why is None and not self.inputs

    def to_record(self) -> Record:
        """Return it as JSON; a job that was told before has only `"repeated": true`."""
        return self._to_record(set())

    def _to_record(self, told: set[str]) -> Record:
        if self.job in told:
            return {"job": self.job, "repeated": True}
        told.add(self.job)
        return {
            "job": self.job,
            "current": self.is_current,
            "why": self.why.to_record() if self.why else None,
            "inputs": [each._to_record(told) for each in self.inputs],
        }

    def branches(self) -> tuple[Branch, ...]:
        """Return what differs now, for people."""
        return self._branches(set())

    def _branches(self, told: set[str]) -> tuple[Branch, ...]:
        told.add(self.job)
        own = [Branch(text) for text in sentences(self.why)] if self.why else []
        for each in self.inputs:
            text = f"its input {each.job} is not current"
            own.append(Branch(f"{text}, as told above") if each.job in told else Branch(text, each._branches(told)))
        return tuple(own)


class Present:
    """The project as it is now.

    Raises:
        UserError: A method package is not there.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._catalogue = open_catalogue(project, in_memory)
        self._code = open_code(project)
        self._code.rescan()
        self._reuse = Reuse(self._catalogue, self._code)
        self._known: dict[str, Standing] = {}
        self._digests: dict[str, str] = {}

    def look(self, record: JobRecord) -> Standing:
        """Say how a job stands."""
        if record.jobid not in self._known:
            self._known[record.jobid] = Standing(record.jobid, None)  # nobody can be an input of himself
            self._known[record.jobid] = self._look(renew_record(record))
        return self._known[record.jobid]

    def _look(self, record: JobRecord) -> Standing:
        if record.state != "finished":
            fault = f"{record.jobid} {_STATES.get(record.state, record.state)}"
            return Standing(record.jobid, Why(record.method, "unfit", record.jobid, fault))
        if record.setup.get("is_build"):
            return Standing(record.jobid, Why(record.method, "unfit", record.jobid, "a build script always runs"))
        found = [self._look_at_input(name) for name in _input_jobs(record.setup)]
        inputs = tuple(each for each in found if not each.is_current)
        return Standing(record.jobid, self._explain(record), inputs)

    def _look_at_input(self, jobid: str) -> Standing:
        workdir = self._project.workdirs.get(jobid.rpartition("-")[0])
        if workdir is None:
            return Standing(jobid, Why("", "unfit", jobid, f"{jobid} is of a workdir that is not configured"))
        return self.look(read_job(workdir / jobid))

    def _explain(self, record: JobRecord) -> Why | None:
        try:
            differences = self._compare(record)
        except (AxtuiError, OSError, TypeError, ValueError) as error:
            return Why(record.method, "unfit", record.jobid, str(error))
        if differences:
            return Why(record.method, "differs", record.jobid, "", differences)
        fault = self._find_fault(record.jobid)
        return Why(record.method, "unfit", record.jobid, f"{record.jobid} {fault}") if fault else None

    def _find_fault(self, jobid: str) -> str:
        """Say why a job of which nothing differs is not reused, "" where it is."""
        finished = self._catalogue.get(jobid)
        if finished is None:
            return "cannot be read"
        fault = self._reuse.find_fault(finished)
        return fault or ("" if self._code.is_current(finished) else "lacks an option that its method reads by now")

    def _compare(self, record: JobRecord) -> tuple[Difference, ...]:
        before = facts_of_setup(record.directory, record.setup)
        modules, files = record.setup.get("extra") or ([], [])
        snapshot = self._code.current_snapshot(record.method, modules, files)
        code = before.parts["code"]
        parts = {
            **before.parts,
            "code": code if code in self._code.accepted(record.method, snapshot) else snapshot.digest,
            "packages": {name: version_of(name) for name in before.parts["packages"]},
            "files": {name: self._digest(record, name) for name in before.files},
            "slices": self._project.slices,
        }
        now = replace(before, job="", parts=parts, pieces=pieces_of(snapshot))
        declared = _compare_declared(record, before, now, snapshot.declared)
        return (*take_apart(compare(now, before), now, before), *declared)

    def _digest(self, record: JobRecord, option: str) -> str:
        """Return the digest of an input file as it is now; it is read where it may have changed."""
        name, digest, stamp = record.setup["input_files"][option]
        path = os.path.join(self._project.input_directory, str(name))
        if path not in self._digests:
            same = isinstance(stamp, list) and bool(stamp) and full_stamp(path)[: len(stamp)] == stamp
            self._digests[path] = str(digest) if same else file_digest(Path(path))[1]
        return self._digests[path]


def _compare_declared(record: JobRecord, before: Facts, now: Facts, declared: dict[str, str]) -> Iterator[Difference]:
    """Give the options that are declared otherwise; whether the job was given a value for them is not known."""
    changed = [name for name, digest in record.setup.get("declared", {}).items() if declared.get(name) != digest]
    if not changed:
        return
    old, new = _declarations(record.method, before), _declarations(record.method, now)
    for name in changed:
        lacks: Side = "" if name in declared else "now"
        yield Difference("declared", name, old.get(name), new.get(name), lacks)


def _declarations(method: str, facts: Facts) -> dict[str, str]:
    """Return how a method declares its options, as it was written; nothing where its source cannot be read."""
    sources = (piece.read() for piece in facts.pieces.values() if piece.label == f"a_{method}.py")
    return declarations(next(sources, None) or b"")


_STATES = {"running": "is being built", "gone": "is gone", "damaged": "is damaged"}


def _input_jobs(setup: Record) -> list[str]:
    values = [item for group in ("datasets", "jobs") for value in setup[group].values() for item in flat(value)]
    named = [item for item in values if item]
    return list(dict.fromkeys(map(job_of, (*named, *setup.get("inputs", {})))))
