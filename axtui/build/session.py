"""A session of a build script: what `urd.begin` opens and `urd.finish` closes."""

from __future__ import annotations

from dataclasses import dataclass, field

from axtui.api.joblist import JobList
from axtui.build.urd_entry import Dependency, Entry


@dataclass
class Session:
    """What an entry in the making is made of.

    Attributes:
        path: The list, as `user/list`.
        timestamp: In normal form, "" if `finish` has to give it.
        update: Whether the entry may come in the place of another.
        deps: The entries that were fetched, by list.
        latest: The joblist that was fetched last.
    """

    path: str
    timestamp: str
    caption: str
    update: bool
    deps: dict[str, Dependency] = field(default_factory=dict)
    latest: JobList | None = None

    def make_entry(self, joblist: JobList, timestamp: str, caption: str, build_job: str) -> Entry:
        """Return the entry that the session comes to."""
        return Entry(timestamp, tuple(joblist.as_tuples), str(caption), dict(self.deps), build_job)
