"""Making a job: its directory, its order (`setup.json`), its sources, and the locks that say it is ours."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from axtui.base import clock
from axtui.base.files import write_new
from axtui.base.ids import parse_jobid
from axtui.base.records import Record, format_lines
from axtui.build.facts import Wanted
from axtui.build.script_options import ScriptOptions
from axtui.method.description import Description
from axtui.method.packages import recorded_versions
from axtui.method.snapshot import Snapshot
from axtui.project.config import Project
from axtui.store import layout
from axtui.store.catalogue import Catalogue
from axtui.store.lock import KeyLocks, write_owner
from axtui.store.record import SCHEME, VERSION

_ENVIRONMENT = ("PYTHONHASHSEED", "OMP_NUM_THREADS", "TZ", "LANG")


class Orders:
    """Makes job directories in the target workdir."""

    def __init__(self, project: Project, catalogue: Catalogue, engine: str) -> None:
        self._project = project
        self._catalogue = catalogue
        self._engine = engine
        self._locks: dict[str, KeyLocks] = {}
        self._held: Counter[tuple[str, str]] = Counter()
        """How many builds of this engine rest on each lock; forced ones of one key run side by side."""
        self._owners: dict[str, int] = {}

    def try_lock(self, workdir: str, key: str) -> bool:
        """Try to become the one who builds a key in a workdir.

        Raises:
            OSError: The workdir cannot be written, or locks do not work there.
        """
        if workdir not in self._locks:
            self._locks[workdir] = KeyLocks(self._project.workdirs[workdir])
        is_ours = self._locks[workdir].acquire(key)
        self._held[workdir, key] += is_ours
        return is_ours

    def unlock(self, workdir: str, key: str) -> None:
        """Give a key back; the lock goes with the last build that rests on it."""
        self._held[workdir, key] -= 1
        if not self._held[workdir, key]:
            del self._held[workdir, key]
            self._locks[workdir].release(key)

    def make_job(self, workdir: str, setup: Record, snapshot: Snapshot) -> Path:
        """Make the directory of a job that is about to run.

        Raises:
            OSError: It cannot be made; nothing of it is left.
        """
        index = self._catalogue.indexes[workdir]
        jobid = index.workdir.allocate(index.highest + 1)
        parsed = parse_jobid(jobid)
        index.highest = parsed[1] if parsed else index.highest
        directory = index.workdir.path / jobid
        try:
            self._owners[jobid] = write_owner(directory, self._engine)
            sources = write_sources(directory, snapshot, self._project.root)
            record = {"version": VERSION, "jobid": jobid, "scheme": SCHEME, **setup, "sources": sources}
            write_new(directory / layout.SETUP, format_lines(record))
        except OSError:
            self.release(jobid)
            shutil.rmtree(directory, ignore_errors=True)
            raise
        return directory

    def release(self, jobid: str) -> None:
        """Give up a job that has ended."""
        fd = self._owners.pop(jobid, None)
        if fd is not None:
            os.close(fd)


def method_setup(
    project: Project, wanted: Wanted, description: Description, stamps: Mapping[str, list[int]], **more: Any
) -> Record:
    """Return the order for a job of a method.

    Args:
        project: The project.
        wanted: What was asked, and its identity.
        description: What the method declares.
        stamps: Device, inode, size and mtime of each input file, by option.
        more: Caption, name, parent, concurrency, limits, why, reason, package.
    """
    request, identity = wanted.request, wanted.identity
    names = request.input_files
    return {
        "method": request.method,
        "module": wanted.snapshot.module,
        "is_build": False,
        **more,
        "hash": identity.code,
        "declared": wanted.snapshot.declared,
        "packages": identity.packages,
        "key": identity.key,
        "parameters": identity.parameters,
        "seed": int(identity.key[:16], 16) >> 1,
        "slices": project.slices,
        "options": request.options,
        "datasets": request.datasets,
        "jobs": request.jobs,
        "inputs": identity.inputs,
        "input_files": {name: [names[name], identity.files[name], stamps[name]] for name in names},
        "extra": [description.extra_modules, description.extra_files],
        **_circumstances(project, description.versions),
    }


def script_setup(project: Project, script: str, snapshot: Snapshot, cause: str, options: ScriptOptions) -> Record:
    """Return the order for a run of a build script."""
    return {
        "method": snapshot.module,
        "module": snapshot.module,
        "package": snapshot.module.rpartition(".")[0],
        "is_build": True,
        "caption": "",
        "name": "",
        "parent": None,
        "why": [cause],
        "hash": snapshot.digest,
        "key": "",
        "parameters": "",
        "seed": 0,
        "slices": project.slices,
        "options": {"script": script, **options.to_record()},
        "datasets": {},
        "jobs": {},
        "inputs": {},
        "input_files": {},
        **_circumstances(project, {}),
    }


def write_sources(directory: Path, snapshot: Snapshot, root: Path) -> dict[str, list[str]]:
    """Write a snapshot into a job directory: modules by their dotted name, declared files by their path in the project.

    Returns:
        Where each module and declared file lies in the job, "" for an empty one, and its digest.
    """
    written: dict[str, list[str]] = {}
    seen: set[str] = set()
    base = os.fspath(directory)
    for name, source in snapshot.modules.items():
        inside = name.replace(".", "/") + ("/__init__" if source.is_package else "") + source.path.suffix
        written[name] = [_write_source(base, inside, source.data, seen), source.told]
    for name, (path, data) in snapshot.files.items():
        place = path.relative_to(root) if path.is_relative_to(root) else Path("outside", *path.parts[-3:])
        written[name] = [_write_source(base, os.fspath(place), data, seen), ""]
    return written


def _write_source(base: str, inside: str, data: bytes, seen: set[str]) -> str:
    """Write a source below a job's directory, once, and return its name there; an empty one is not written."""
    if not data:
        return ""
    name = f"{layout.METHOD}/{inside}"
    if name not in seen:
        _make_folders(base, name, seen)
        seen.add(name)
        write_new(f"{base}/{name}", data)
    return name


def _make_folders(base: str, name: str, seen: set[str]) -> None:
    """Make the directories above a file that are not there; `seen` has those that are."""
    folder = name.rpartition("/")[0]
    if folder and folder not in seen:
        _make_folders(base, folder, seen)
        seen.add(folder)
        os.mkdir(f"{base}/{folder}")


def _circumstances(project: Project, imported: Mapping[str, str]) -> Record:
    return {
        "starttime": clock.wall(),
        "input_directory": str(project.input_directory),
        "project_directory": str(project.root),
        "versions": recorded_versions(imported),
        "host": socket.gethostname(),
        "user": _user(),
        "environment": {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
    }


@cache
def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
