"""Where a file comes from: the job that made it, what that job was made of, and so on down to the input files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axtui.base.errors import NoSuchJobError
from axtui.base.ids import job_of, parse_jobid, split_dataset
from axtui.base.records import Record
from axtui.build.history import History
from axtui.build.request import flat
from axtui.project.config import Project
from axtui.store.record import JobRecord

_MOST = 2000


@dataclass(frozen=True)
class InputFile:
    """A file from outside that a job read. `state` is "unchanged", "changed" or "gone", by size and time."""

    option: str
    name: str
    digest: str
    state: str

    def to_record(self) -> Record:
        """Return it as JSON."""
        return dict(vars(self))


@dataclass(frozen=True)
class Origin:
    """A job that something comes from, and what it comes from itself.

    Attributes:
        job: The job.
        record: Its records; None where it is not there any more.
        parameter: What it is to the job before it: `datasets.source`, "" for the first.
        files: The input files it read.
        inputs: The jobs it read.
        is_repeated: Whether it was told before, elsewhere in the tree.
    """

    job: str
    record: JobRecord | None
    parameter: str = ""
    files: tuple[InputFile, ...] = ()
    inputs: tuple[Origin, ...] = ()
    is_repeated: bool = False

    def to_record(self) -> Record:
        """Return the tree as JSON; a job that was told before has only `"repeated": true`."""
        head = {"job": self.job, "parameter": self.parameter}
        if self.is_repeated or self.record is None:
            return {**head, "repeated": True} if self.is_repeated else {**head, "state": "gone"}
        setup = self.record.setup
        return {
            **head,
            "method": self.record.method,
            "state": self.record.state,
            "path": str(self.record.directory),
            "started": setup.get("starttime"),
            "caption": setup.get("caption", ""),
            "options": setup.get("options", {}),
            "hash": setup.get("hash", ""),
            "source": [place for place, _ in setup.get("sources", {}).values() if place],
            "input_files": [each.to_record() for each in self.files],
            "inputs": [each.to_record() for each in self.inputs],
        }


def find_maker(project: Project, path: Path) -> tuple[str, str]:
    """Return the job in whose directory a path lies, links followed, and its name there, "" for the job itself.

    Raises:
        NoSuchJobError: It is not there, or in no job of this project.
    """
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise NoSuchJobError(f"{path} cannot be followed: {getattr(error, 'strerror', error)}") from None
    for workdir in project.workdirs.values():
        home = workdir.resolve()
        if real.is_relative_to(home) and real != home:
            jobid, *rest = real.relative_to(home).parts
            if parse_jobid(jobid):
                return jobid, os.path.join("", *rest)
    there = ", ".join(map(str, project.workdirs.values()))
    raise NoSuchJobError(f"{path} is {real}, which no job has made; jobs of this project lie in {there}")


def trace_job(history: History, jobid: str) -> Origin:
    """Follow a job down to its input files, each job once."""
    return _trace(history, jobid, "", set())


def _trace(history: History, jobid: str, parameter: str, seen: set[str]) -> Origin:
    if jobid in seen or len(seen) >= _MOST:
        return Origin(jobid, history.read(jobid), parameter, is_repeated=True)
    seen.add(jobid)
    record = history.read(jobid)
    if record is None:
        return Origin(jobid, None, parameter)
    files = tuple(_input_file(record.setup, option, told) for option, told in _input_files(record.setup))
    inputs = tuple(_trace(history, job, where, seen) for job, where in _inputs(record.setup, record.post).items())
    return Origin(jobid, record, parameter, files, inputs)


def _inputs(setup: Record, post: Record) -> dict[str, str]:
    """Return the jobs that a job read, with what they are to it; of a build script the jobs that it asked for."""
    found: dict[str, str] = {}
    for group in ("datasets", "jobs"):
        for name, value in setup[group].items():
            for item in flat(value):
                if item:
                    found.setdefault(split_dataset(item)[0], f"{group}.{name}")
    for reference in setup.get("inputs", {}):
        found.setdefault(job_of(reference), "options")
    for jobid in post.get("subjobs", {}):
        found.setdefault(jobid, "built")
    return found


def _input_files(setup: Record) -> list[tuple[str, list[Any]]]:
    return list(setup.get("input_files", {}).items())


def _input_file(setup: Record, option: str, told: list[Any]) -> InputFile:
    name, digest, stamp = told
    path = os.path.join(str(setup.get("input_directory", "")), str(name))
    try:
        info = os.stat(path)
    except OSError:
        return InputFile(option, str(name), str(digest), "gone")
    same = isinstance(stamp, list) and stamp[2:4] == [info.st_size, info.st_mtime_ns]
    return InputFile(option, str(name), str(digest), "unchanged" if same else "changed")
