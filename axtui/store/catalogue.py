"""All jobs of all configured workdirs: found by id, by key, by method."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from axtui.base.ids import parse_jobid
from axtui.store.index import Finished, Index, Renew, default_path
from axtui.store.record import JobRecord
from axtui.store.workdir import Workdir


class Catalogue:
    """The indexes of the workdirs, the target first.

    Args:
        workdirs: The workdirs by name.
        target: The one to look into first.
        root: The project, which has caches of its own.
        place: Where the cache of a workdir lies. With `in_memory` nothing is written anywhere, and a job is read from
            its directory when it is asked for.
        renew: Gives the record of a job as it would be written today.
    """

    def __init__(
        self,
        workdirs: dict[str, Path],
        target: str,
        root: Path,
        place: Callable[[Workdir, Path], Path] = default_path,
        renew: Renew = lambda record: record,
    ) -> None:
        names = [target, *(name for name in workdirs if name != target)]
        places = [Workdir(name, workdirs[name]) for name in names]
        self.indexes = {each.name: Index(each, place(each, root), renew) for each in places if each.path.is_dir()}

    def refresh(self) -> None:
        """Bring every index up to what lies in its workdir."""
        for index in self.indexes.values():
            index.refresh()

    def read_commits(self) -> None:
        """Take in what other engines committed."""
        for index in self.indexes.values():
            index.read_commits()

    def get(self, jobid: str) -> Finished | None:
        """Return a finished job, or None."""
        index = self._index(jobid)
        return index.get(jobid) if index else None

    def add(self, jobid: str) -> JobRecord:
        """Read a job from its directory into its index."""
        return self.indexes[jobid.rpartition("-")[0]].add(jobid)

    def find(self, key: str) -> Iterator[Finished]:
        """Give the finished jobs of a key, newest of the target workdir first."""
        for index in self.indexes.values():
            yield from index.find(key)

    def option_sets(self, method: str) -> set[frozenset[str]]:
        """Return the sets of option names that finished jobs of a method were built with."""
        return set().union(*(index.option_sets(method) for index in self.indexes.values()))

    def latest(self, method: str, most: int) -> list[Finished]:
        """Return the newest finished jobs of a method, newest of the target workdir first."""
        return [job for index in self.indexes.values() for job in index.latest(method, most)][:most]

    def users(self, jobid: str) -> list[str]:
        """Return the finished jobs that were made from a job, or that asked for it."""
        return [user for index in self.indexes.values() for user in index.users(jobid)]

    def drop(self, jobid: str) -> None:
        """Forget a job that is no longer there."""
        index = self._index(jobid)
        if index:
            index.drop(jobid)

    def find_damage(self, job: Finished) -> str:
        """Say what is wrong with the files of a finished job, or ""; a damaged job is forgotten."""
        index = self.indexes[job.jobid.rpartition("-")[0]]
        damage = index.find_damage(job)
        if damage:
            index.drop(job.jobid)
        return damage

    def directory(self, jobid: str) -> Path:
        """Return where a job lies."""
        return self.indexes[jobid.rpartition("-")[0]].workdir.path / jobid

    def close(self) -> None:
        """Close every index."""
        for index in self.indexes.values():
            index.close()

    def _index(self, jobid: str) -> Index | None:
        parts = parse_jobid(jobid)
        return self.indexes.get(parts[0]) if parts else None
