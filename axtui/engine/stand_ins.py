"""Jobs that are not there: a catalogue in which jobs that would be built stand in for themselves.

A stand-in is known under two identities. By the first it is no job that ever was, so that what reads it would be built.
By the hoped one it came out as the job nearest to it did, so that what would then be reused is found.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from axtui.base.ids import format_jobid
from axtui.build.facts import Wanted
from axtui.build.renewal import renew_record
from axtui.project.config import Project
from axtui.store.catalogue import Catalogue
from axtui.store.index import Finished, default_path
from axtui.store.workdir import Workdir

_NAME = "would-be"


def choose_name(taken: Mapping[str, Path]) -> str:
    """Return the name of a workdir that no workdir has."""
    name = _NAME
    while name in taken:
        name += "-"
    return name


class StandIns(Catalogue):
    """A project's jobs, and those that would be built. Nothing is written but in `place`.

    Attributes:
        name: The workdir that the jobs which are not there are named by.
    """

    def __init__(self, project: Project, name: str, place: Path) -> None:
        self.name = name
        self._place = place
        self._made: dict[str, Finished] = {}
        self._hoped: dict[str, Finished] = {}
        self._is_hopeful = False
        workdirs = {each: path if path.is_dir() else _empty(place / each) for each, path in project.workdirs.items()}
        super().__init__({**workdirs, name: place / name}, project.target, project.root, self._copy_index, renew_record)

    def get(self, jobid: str) -> Finished | None:
        """Return a finished job or one that would be, or None."""
        if jobid in self._made:
            return (self._hoped if self._is_hopeful else self._made)[jobid]
        return super().get(jobid)

    def is_stand_in(self, jobid: str) -> bool:
        """Tell whether a job is not there."""
        return jobid in self._made

    def add_stand_in(self, wanted: Wanted, nearest: Finished | None, found: Finished | None) -> str:
        """Add a job that would be built, and return its id.

        Args:
            wanted: What it would be built from.
            nearest: The job that it is hoped to come out as.
            found: The job that would be reused in its place if its inputs come out as hoped.
        """
        index = self.indexes[self.name]
        index.highest += 1
        jobid = format_jobid(self.name, index.highest)
        made = _make(jobid, wanted)
        self._made[jobid] = made
        self._hoped[jobid] = found or (replace(made, output=nearest.output) if nearest else made)
        return jobid

    @contextmanager
    def hoping(self) -> Iterator[None]:
        """Let every stand-in be as it is hoped to come out."""
        self._is_hopeful = True
        try:
            yield
        finally:
            self._is_hopeful = False

    def _copy_index(self, workdir: Workdir, root: Path) -> Path:
        """Use a copy of the index; one that is cut short, being written just now, is found out and made anew."""
        copy = self._place / f"{workdir.name}.sqlite"
        with suppress(OSError):
            shutil.copyfile(default_path(workdir, root), copy)
        return copy


def _empty(path: Path) -> Path:
    path.mkdir()
    return path


class _Any(tuple[str, ...]):
    """Holds every name: which datasets a job that is not there has nobody knows."""

    def __contains__(self, name: object) -> bool:
        return True


def _make(jobid: str, wanted: Wanted) -> Finished:
    return Finished(
        jobid=jobid,
        method=wanted.request.method,
        key="",
        code=wanted.identity.code,
        parameters=wanted.identity.parameters,
        output=f"of {jobid}",
        inputs=wanted.identity.inputs,
        files={},
        subjobs=(),
        observed={},
        repeatable=True,
        seconds=0.0,
        datasets=_Any(),
        extra=[[], []],
        declared=wanted.snapshot.declared,
        options=tuple(sorted(wanted.request.options)),
        packages=wanted.identity.packages,
        opened={},
        stamp=[],
    )
