"""Job lists: what was built, by number and by the name it was built as; and chains of jobs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, SupportsIndex, overload

from axtui.api.job import Job
from axtui.base.clock import fmttime


class NamedJob(Job):
    """A job under the name it was built as."""

    _name: str

    def __new__(cls, jobid: str, name: str) -> NamedJob:
        self = super().__new__(cls, jobid)
        assert isinstance(self, NamedJob)
        self._name = name
        return self

    @property
    def method(self) -> str:
        """The name given to the build call, else the method's."""
        return self._name


class JobList(list[Job]):
    """Jobs in the order they were built. `[int]` counts, `[str]` finds the last job of that name."""

    @overload
    def __getitem__(self, item: SupportsIndex) -> Job: ...
    @overload
    def __getitem__(self, item: str) -> Job: ...
    @overload
    def __getitem__(self, item: slice) -> JobList: ...
    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, slice):
            return JobList(super().__getitem__(item))
        if not isinstance(item, str):
            return super().__getitem__(item)
        found = self.find(item)
        if not found:
            raise IndexError(item)
        return list.__getitem__(found, -1)

    def __add__(self, other: Iterable[Job]) -> JobList:  # type: ignore[override]
        return JobList([*self, *other])

    def __radd__(self, other: Iterable[Job]) -> JobList:
        return JobList([*other, *self])

    def __repr__(self) -> str:
        return f"JobList({super().__repr__()})"

    def get(self, item: int | str, default: Any = None) -> Any:
        """Return a job by number or name, or the default."""
        try:
            return self[item]
        except IndexError:
            return default

    def find(self, name: str) -> JobList:
        """Return all jobs of a name."""
        return JobList(job for job in self if job.method == name)

    @property
    def as_tuples(self) -> list[tuple[str, str]]:
        """Name and id of every job."""
        return [(job.method, str(job)) for job in self]

    @property
    def pretty(self) -> str:
        """The list as text, a line a job."""
        width = max((len(job.method) for job in self), default=0)
        lines = [f"   [{number:>3}] {job.method:>{width}} : {job}" for number, job in enumerate(self)]
        return "\n".join(["JobList(", *lines, ")"]) if lines else "JobList([])"

    @property
    def exectime(self) -> tuple[float, dict[str, float]]:
        """How long the jobs took when they ran, in seconds: in all, and by name."""
        by_name: dict[str, float] = {}
        for job in self:
            by_name[job.method] = by_name.get(job.method, 0.0) + job.post.exectime.total
        return sum(by_name.values()), by_name

    def print_exectimes(self, verbose: bool = True) -> None:
        """Print how long the jobs took when they ran, in all and by name, the longest first."""
        total, by_name = self.exectime
        if verbose and by_name:
            width = max(len(name) for name in by_name)
            print("Time per method:")  # noqa: T201
            for name, seconds in sorted(by_name.items(), key=lambda pair: -pair[1]):
                share = seconds / total if total else 0.0
                print(f"   {name:<{width}}  {fmttime(seconds)}  ({share:.0%})")  # noqa: T201
        print(f"Total time {fmttime(total)}")  # noqa: T201
