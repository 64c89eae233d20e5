"""The writers of the running job, and the hooks by which the executor gathers what slices wrote.

Slices inherit writers over the fork, and send what is known of their files (`end_slice`) to the job process
(`take_slice`), which finishes what is not finished (`end_prepare`, `end_job`).
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from axtui.api import context
from axtui.api.dataset import Dataset
from axtui.api.lineage import own_previous
from axtui.base.errors import DatasetUsageError
from axtui.dataset import record
from axtui.store.layout import dataset_directory

if TYPE_CHECKING:
    from axtui.api.writer import DatasetWriter


_LONGEST_NBYTES = 255
"""What file systems take as a name."""


@dataclass
class Book:
    """The writers of one job in this process: those not finished, and the names of those that are, in order."""

    open: dict[str, DatasetWriter] = field(default_factory=dict)
    finished: list[str] = field(default_factory=list)


_books: dict[Path, Book] = {}


def book() -> Book:
    """Return the writers of the job that runs here."""
    return _books.setdefault(context.current().directory, Book())


def find_open(name: str) -> DatasetWriter:
    """Return a writer that is not finished.

    Raises:
        DatasetUsageError: There is none of this name.
    """
    if name not in book().open:
        there = ", ".join(book().open) or "none"
        raise DatasetUsageError(f"there is no writer {name!r} in analysis; prepare made {there}")
    return book().open[name]


def refuse_duplicate(name: str) -> None:
    """Check that a dataset may be made.

    Raises:
        DatasetUsageError: The job has one of this name, it is too long, or no job runs here.
    """
    here = context.current()
    if not here.jobid:
        raise DatasetUsageError("a DatasetWriter is made in a job or a build script, found neither")
    path = dataset_directory(here.directory, name) / record.FILE
    nbytes = len(os.fsencode(path.parent.name))
    if nbytes > _LONGEST_NBYTES:
        raise DatasetUsageError(
            f"a dataset's name has at most {_LONGEST_NBYTES} bytes on the disk, found {nbytes}: {name!r:.60}…"
        )
    if name in book().open or name in book().finished or path.exists():
        raise DatasetUsageError(f"{here.jobid} has a dataset {name!r} already")


def enter(name: str, described: dict[str, Any]) -> Dataset:
    """Write the dataset.json of a dataset of this job, which then is finished; return the dataset."""
    here = context.current()
    directory = dataset_directory(here.directory, name)
    directory.mkdir(parents=True, exist_ok=True)
    data = record.write_dataset(directory, described)
    note_digest(directory / record.FILE, len(data), hashlib.sha256(data).hexdigest())
    book().finished.append(name)
    return Dataset(here.jobid, name)


def note_digest(path: Path, nbytes: int, digest: str) -> None:
    """Note what a file of a dataset is, for the job's commit record."""
    here = context.current()
    here.digests[path.relative_to(here.directory).as_posix()] = (nbytes, digest)


def end_prepare() -> None:
    """Finish the writers that were written to in prepare. Called in the job process."""
    _finish({name for name, writer in book().open.items() if writer.was_written})


def end_slice() -> dict[str, Any]:
    """Close what this slice wrote. Called at the end of a slice process.

    Returns:
        What is known of each dataset's slices, by its name and the slice's number as text; JSON.
    """
    closed = {name: writer.close_slice() for name, writer in book().open.items()}
    return {name: {str(n): part for n, part in parts.items()} for name, parts in closed.items() if parts is not None}


def take_slice(sliceno: int, parts: dict[str, Any]) -> None:
    """Take what `end_slice` returned in a slice. Called in the job process."""
    for name, written in parts.items():
        book().open[name].take_parts({int(number): part for number, part in written.items()})


def end_job() -> list[str]:
    """Finish all writers. Called in the job process at its end; returns the names of all datasets in finish order."""
    found = book()
    _finish(set(found.open))
    del _books[context.current().directory]
    return found.finished


def dataset_digest(directory: Path, name: str) -> str:
    """Return the output digest of a dataset of the job that lies in a directory."""
    return record.dataset_digest(dataset_directory(directory, name))


def _finish(names: set[str]) -> None:
    """Finish writers, each after the one that is its previous."""
    waiting = {name: writer for name, writer in book().open.items() if name in names}
    while waiting:
        ready = [name for name, writer in waiting.items() if own_previous(writer.previous, book().open) not in waiting]
        if not ready:
            raise DatasetUsageError(f"datasets {', '.join(waiting)} are each other's previous")
        for name in ready:
            waiting.pop(name).finish()
