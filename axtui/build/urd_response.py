"""What a build script gets when it asks an urd list: an entry with its names as attributes, or one that is false."""

from __future__ import annotations

from axtui.api.job import Job
from axtui.api.joblist import JobList, NamedJob
from axtui.base.dotdict import DotDict
from axtui.build.urd_entry import Dependency, Entry


class UrdResponse(DotDict):
    """An entry: `timestamp`, `joblist`, `caption`, `deps`, `build_job`, `user` and `build` (the list's name)."""

    __slots__ = ()


class EmptyUrdResponse(UrdResponse):
    """No entry: false, with timestamp "0" and an empty joblist."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(caption="", timestamp="0", joblist=JobList(), deps={}, build_job=None)

    def __bool__(self) -> bool:
        return False


def make_response(path: str, entry: Entry | None) -> UrdResponse:
    """Return what an entry of a list is for a build script."""
    if entry is None:
        return EmptyUrdResponse()
    user, _, name = path.partition("/")
    return UrdResponse(
        build=name,
        build_job=Job(entry.build_job) if entry.build_job else None,
        caption=entry.caption,
        deps=DotDict({where: _make_dependency(dep) for where, dep in entry.deps.items()}),
        joblist=_make_joblist(entry),
        timestamp=entry.timestamp,
        user=user,
    )


def _make_dependency(dep: Dependency) -> DotDict:
    return DotDict(caption=dep.caption, joblist=_make_joblist(dep), timestamp=dep.timestamp)


def _make_joblist(entry: Entry | Dependency) -> JobList:
    return JobList(NamedJob(job, name) for name, job in entry.joblist)
