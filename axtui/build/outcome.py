"""What came out of two jobs: which of their files differ, in size or content. Reads records alone."""

from __future__ import annotations

from dataclasses import dataclass

from axtui.base.records import Record
from axtui.store import layout

_KEPT_WITH_IT = (layout.METHOD, layout.OUTPUT)
"""What is in the manifest of a job and is not what came out."""


@dataclass(frozen=True)
class FilePair:
    """A file of two jobs: size in bytes and digest of each, None where one has no such file."""

    name: str
    before: tuple[int, str] | None
    now: tuple[int, str] | None

    @property
    def is_equal(self) -> bool:
        """Whether both have it with the same content."""
        return self.before == self.now

    def to_record(self) -> Record:
        """Return it as JSON."""
        return {"name": self.name, "before": self.before, "now": self.now, "equal": self.is_equal}


def pair_files(before: Record, now: Record) -> list[FilePair]:
    """Return what came out of two jobs, file by file, by name; an unfinished job has none.

    Args:
        before, now: Their commit records, by store/record.py.
    """
    old, new = _files(before), _files(now)
    return [FilePair(name, old.get(name), new.get(name)) for name in sorted(old | new)]


def _files(post: Record) -> dict[str, tuple[int, str]]:
    files = {name: (int(nbytes), str(digest)) for name, (nbytes, digest) in post.get("files", {}).items()}
    return {name: told for name, told in files.items() if name.partition("/")[0] not in _KEPT_WITH_IT}
