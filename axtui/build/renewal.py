"""Jobs of an older axtui as today's would have recorded them, so that an upgrade by itself builds nothing anew.

What a code digest and a key are taken of may change from one axtui to the next (`SCHEME` in store/record.py). The
program of a job does not, and its sources are kept with it byte by byte, its request in full. So the digests of such a
job are worked out from these, as today's axtui counts, rather than taken from its record. Two programs that were once
taken for one are told apart, if today's way tells them apart. A job whose sources are not what was committed keeps its
digests as they were recorded, which nothing has that is asked for today. A declared equivalence (build/equivalence.py)
is of two digests, and says nothing where these are counted otherwise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from axtui.base.errors import MethodError, RecordError, UnsafePathError
from axtui.base.files import read_limited, safe_join
from axtui.base.records import Record, digest_of
from axtui.build.identity import recorded_parts
from axtui.method.snapshot import Snapshot, extend_with, take_snapshot
from axtui.method.sources import Broken, Source, parse_source
from axtui.project.config import Project
from axtui.store import layout
from axtui.store.catalogue import Catalogue
from axtui.store.index import default_path
from axtui.store.record import SCHEME, JobRecord, read_post
from axtui.store.workdir import Workdir

_SOURCE_NBYTES = 16 << 20
_MOST_KNOWN = 1000
"""So many versions of methods are kept; jobs of one version mostly come one after the other."""


def open_catalogue(project: Project, place: Callable[[Workdir, Path], Path] = default_path) -> Catalogue:
    """Return the jobs of a project's workdirs, all as they would be recorded today; see `Catalogue`."""
    return Catalogue(project.workdirs, project.target, project.root, place, renew_record)


def renew_record(record: JobRecord) -> JobRecord:
    """Return a job's record as it would be written today."""
    setup = _renew(record.directory, record.setup, record.post)
    return record if setup is record.setup else replace(record, setup=setup)


def renew_setup(directory: Path, setup: Record) -> Record:
    """Do as `renew_record`, for a job of which only the checked setup.json was read."""
    if _is_of_today(setup):
        return setup
    try:
        return _renew(directory, setup, read_post(directory))
    except (OSError, RecordError):
        return setup


def _is_of_today(setup: Record) -> bool:
    """Tell how an order was counted; the first axtui said nothing of it, and nothing of how options are declared."""
    return bool(setup.get("scheme", 2 if "declared" in setup else 1) == SCHEME)


def _renew(directory: Path, setup: Record, post: Record) -> Record:
    if not post or setup.get("is_build") or _is_of_today(setup):
        return setup
    try:
        modules, _ = setup.get("extra") or ([], [])
        snapshot = _take_kept(setup["module"], tuple(modules), _read_kept(directory, setup["sources"], post["files"]))
    except (OSError, RecordError, UnsafePathError, MethodError, KeyError, TypeError, ValueError):
        return setup
    told = {name: each.told for name, each in snapshot.modules.items()}
    sources = {name: [place, told.get(name, "")] for name, (place, _) in setup["sources"].items()}
    counted = {"hash": snapshot.digest, "declared": snapshot.declared, "sources": sources}
    renewed = {**setup, "scheme": SCHEME, **counted}
    return {**renewed, "key": digest_of(recorded_parts(renewed))}


@dataclass(frozen=True)
class _Kept:
    """A source that a job keeps: a module, or a file that its method declared. `path` is that in the job."""

    name: str
    path: Path
    data: bytes
    is_module: bool

    def parse(self) -> Source | Broken:
        return parse_source(self.path, self.name, self.path.stem == "__init__", self.data)


def _read_kept(directory: Path, sources: dict[str, list[str]], files: Record) -> tuple[_Kept, ...]:
    """Read what a job keeps of its method, as it was committed.

    Raises:
        OSError: A source cannot be read.
        UnsafePathError: The record says that it lies elsewhere.
        RecordError: It is not what was committed.
    """
    found = []
    for name, (place, its_digest) in sources.items():
        data = read_limited(safe_join(directory, place), _SOURCE_NBYTES) if place else b""
        if place and hashlib.sha256(data).hexdigest() != files[place][1]:
            raise RecordError(f"{place} of {directory.name} is not what was committed")
        found.append(_Kept(name, Path(place or _empty_place(name, sources)), data, bool(its_digest)))
    return tuple(found)


def _empty_place(name: str, sources: dict[str, list[str]]) -> str:
    """Return where an empty source would lie, which is not written: a package if something lies below it."""
    is_package = any(other.startswith(name + ".") for other in sources)
    return name.replace(".", "/") + ("/__init__.py" if is_package else ".py")


@lru_cache(_MOST_KNOWN)
def _take_kept(module: str, extra: tuple[str, ...], kept: tuple[_Kept, ...]) -> Snapshot:
    """Return the snapshot of a method of which a job keeps the sources, with the modules that it declared.

    Raises:
        MethodError: The sources are not those of the module, or do not parse by now.
    """
    modules = _KeptModules({each.name: each.parse() for each in kept if each.is_module})
    files = {each.name: (each.path, each.data) for each in kept if not each.is_module}
    base = take_snapshot(modules, module)
    return extend_with(modules, base, extra, files) if extra or files else base


@dataclass(frozen=True)
class _KeptModules:
    """The modules of a job; what it does not keep was not of its project."""

    modules: dict[str, Source | Broken]
    roots: tuple[Path, ...] = (Path(layout.METHOD),)

    def find(self, module: str) -> Source | Broken | None:
        return self.modules.get(module)
