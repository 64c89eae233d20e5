"""What a job is made of: of one that is asked for and of one that exists, in one form, so that they can be compared."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from axtui.base.errors import RecordError, UnsafePathError
from axtui.base.files import read_limited, safe_join
from axtui.base.records import Record
from axtui.build.identity import Identity, recorded_parts
from axtui.build.renewal import renew_setup
from axtui.build.request import Reference, Request
from axtui.method.snapshot import Snapshot
from axtui.store.record import read_setup

_SOURCE_NBYTES = 16 << 20
_MOST_KNOWN = 256


@dataclass(frozen=True)
class Wanted:
    """All that a request was decided from."""

    request: Request
    identity: Identity
    snapshot: Snapshot


@dataclass(frozen=True)
class Piece:
    """A source file of a job.

    Attributes:
        label: Its file name for people.
        digest: The digest of its normalised form, "" where it has none: it was declared and counts byte by byte.
        read: Gives its bytes, or None where they cannot be read.
    """

    label: str
    digest: str
    read: Callable[[], bytes | None]

    @property
    def is_method(self) -> bool:
        """Whether it is a method's own module, of which some statements do not count."""
        return self.label.startswith("a_")


@dataclass(frozen=True)
class Facts:
    """What a job is made of.

    Attributes:
        job: Its id, "" while it is only asked for.
        parts: What its key is the digest of, see build/identity.py.
        options: Its options as JSON, as they were given.
        references: Its datasets and jobs as they were named, by group and parameter.
        files: The names of its input files by option.
        pieces: Its source by dotted or declared name.
    """

    job: str
    parts: Record
    options: Record
    references: dict[str, dict[str, Reference]]
    files: dict[str, str]
    pieces: dict[str, Piece]

    def find_piece(self, path: str) -> Piece | None:
        """Return the source that people call so, see `path_of`."""
        return next((piece for name, piece in self.pieces.items() if path_of(name, piece) == path), None)


def facts_of_request(wanted: Wanted) -> Facts:
    """Return what a job that is asked for would be made of."""
    request = wanted.request
    references = {"datasets": request.datasets, "jobs": request.jobs}
    return Facts(
        "", wanted.identity.parts, request.options, references, request.input_files, pieces_of(wanted.snapshot)
    )


def pieces_of(snapshot: Snapshot) -> dict[str, Piece]:
    """Return the source of a method as it is now."""
    modules = {name: Piece(each.path.name, each.told, _giving(each.data)) for name, each in snapshot.modules.items()}
    return modules | {name: Piece(path.name, "", _giving(data)) for name, (path, data) in snapshot.files.items()}


def _giving(data: bytes) -> Callable[[], bytes]:
    return lambda: data


def read_facts(directory: Path) -> Facts:
    """Return what a job that exists is made of.

    Raises:
        OSError: Its order cannot be read.
        RecordError: Its order is damaged.
    """
    return facts_of_setup(directory, read_setup(directory))


_finished: dict[tuple[str | int, ...], Facts] = {}
"""What the latest finished jobs are made of, by directory and stamp."""


def read_finished_facts(directory: Path, stamp: list[int]) -> Facts:
    """Do as `read_facts`, once: the order of a finished job never changes, and neighbours are compared with the same.

    Args:
        directory: The job.
        stamp: What tells it from another one that had its id (`Finished.stamp`).

    Raises:
        OSError: Its order cannot be read.
        RecordError: Its order is damaged.
    """
    known = _finished.get((str(directory), *stamp))
    return known or remember_facts(directory, stamp, read_setup(directory))


def remember_facts(directory: Path, stamp: list[int], setup: Record) -> Facts:
    """Keep what a finished job is made of, from its checked setup.json; what is known for longest is forgotten."""
    if len(_finished) >= _MOST_KNOWN:
        del _finished[next(iter(_finished))]
    facts = _finished[str(directory), *stamp] = facts_of_setup(directory, setup)
    return facts


def facts_of_setup(directory: Path, setup: Record) -> Facts:
    """Return what the job of a checked setup.json is made of, as it is counted today."""
    setup = renew_setup(directory, setup)
    pieces = {name: _stored(directory, name, *map(str, place)) for name, place in setup.get("sources", {}).items()}
    references = {group: setup[group] for group in ("datasets", "jobs")}
    files = {name: str(told[0]) for name, told in setup.get("input_files", {}).items()}
    return Facts(directory.name, recorded_parts(setup), setup["options"], references, files, pieces)


def _stored(directory: Path, name: str, place: str, digest: str) -> Piece:
    label = Path(place).name or f"{name.rpartition('.')[2]}.py"
    return Piece(label, digest, lambda: _read_stored(directory, place))


def _read_stored(directory: Path, place: str) -> bytes | None:
    """Read a source out of a job; an empty one is not stored."""
    if not place:
        return b""
    with suppress(OSError, RecordError, UnsafePathError):
        return read_limited(safe_join(directory, place), _SOURCE_NBYTES)
    return None


def path_of(name: str, piece: Piece) -> str:
    """Return what people call a source: its path below the package root; of a declared file as it was declared."""
    if not piece.digest:
        return name
    parts = name.split(".")
    return "/".join([*parts, piece.label] if piece.label.startswith("__init__.") else [*parts[:-1], piece.label])
