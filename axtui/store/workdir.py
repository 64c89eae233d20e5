"""A workdir: its slice count, its jobs by number, new job directories, the list of commits."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from axtui.base.errors import RecordError, UserError
from axtui.base.files import atomic_write, fsync_path, make_directories, read_limited, write_all
from axtui.base.ids import format_jobid, parse_jobid
from axtui.base.records import read_record
from axtui.store import layout

_FAR = 1_000_000
"""So many numbers are not skipped: jobs are removed, but not that many in a row."""
_MOST = 10**17
"""From here on numbers might come to an end, which no honest job has reached."""


@dataclass(frozen=True)
class Workdir:
    """A directory of jobs, bound to a name and a slice count."""

    name: str
    path: Path

    def prepare(self, slices: int) -> str:
        """Make the workdir, durably, if it is not there, and check that it is fit for use.

        Returns:
            "" where jobs can be made here, else a sentence that says why they cannot: it can only be read.

        Raises:
            UserError: Its slice count is another one, or others could put files in its place.
        """
        try:
            make_directories(self.path)
            _refuse_unsafe(self.path)
            if not (self.path / layout.SLICES).exists():
                atomic_write(self.path / layout.SLICES, f"{slices}\n".encode(), durable=True)
                fsync_path(self.path)
        except PermissionError as error:
            if not self.path.is_dir():
                raise UserError(f"workdir {self.name} cannot be made: {error}") from None
        except OSError as error:
            raise UserError(f"workdir {self.name} cannot be made: {error}") from None
        self._check_slices(slices)
        if os.access(self.path, os.W_OK | os.X_OK):
            return ""
        return f"workdir {self.name} ({self.path}) cannot be written: its jobs are reused, new ones cannot be built"

    def _check_slices(self, slices: int) -> None:
        path = self.path / layout.SLICES
        try:
            found = int(read_limited(path, 100))
        except (OSError, ValueError, RecordError):
            raise UserError(f"{path} does not hold a slice count") from None
        if found != slices:
            raise UserError(f"workdir {self.name} has {found} slices ({path}), but the project asks for {slices}")

    def jobids(self) -> list[str]:
        """Return the ids of all job directories, oldest first. Other things in the workdir are passed over."""
        numbers = []
        for name in os.listdir(self.path):
            parts = parse_jobid(name)
            if parts and parts[0] == self.name:
                numbers.append(parts[1])
        return [format_jobid(self.name, number) for number in sorted(numbers)]

    def is_in_line(self, number: int, highest: int) -> bool:
        """Tell whether the job of a number may be the one that the next number follows on.

        One far above all others is, where it is a job that says of itself that it is this one; a copy or a directory
        that somebody made does not, and must not use up the numbers there are.

        Args:
            number: Its number, of a directory that is there.
            highest: The highest number in line below it.
        """
        if number - highest <= _FAR:
            return True
        jobid = format_jobid(self.name, number)
        try:
            record = read_record(self.path / jobid / layout.SETUP)
        except (OSError, RecordError):
            return False
        return record.get("jobid") == jobid and number < _MOST

    def allocate(self, first: int) -> str:
        """Make a new job directory, at `first` or the next free number, and return its id.

        Raises:
            OSError: The directory cannot be made.
        """
        number = first
        while True:
            jobid = format_jobid(self.name, number)
            try:
                os.mkdir(self.path / jobid, 0o777)
                return jobid
            except FileExistsError:
                number += 1


def _refuse_unsafe(path: Path) -> None:
    for directory in (path, *path.parents):
        mode = os.stat(directory).st_mode
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            raise UserError(f"{directory} can be written by anybody; a workdir below it would not be safe")


class CommitList:
    """The file that names committed jobs in order, so that another engine sees new ones without a scan."""

    def __init__(self, workdir: Workdir) -> None:
        self._path = workdir.path / layout.COMMITS
        try:
            self._offset = os.stat(self._path).st_size
        except OSError:
            self._offset = 0

    def read_new(self) -> list[str]:
        """Return the ids that were added since the last call."""
        try:
            size = os.stat(self._path).st_size
            if size == self._offset:
                return []
            with open(self._path, "rb") as handle:
                handle.seek(self._offset if size > self._offset else 0)
                data = handle.read()
        except OSError:
            return []
        whole = data[: data.rfind(b"\n") + 1]
        self._offset = (self._offset if size > self._offset else 0) + len(whole)
        return [line for line in whole.decode("ascii", "replace").split("\n") if parse_jobid(line)]


def append_commit(directory: Path) -> None:
    """Add a job to its workdir's list of commits."""
    fd = os.open(f"{directory.parent}/{layout.COMMITS}", os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        write_all(fd, directory.name.encode("ascii") + b"\n")
    finally:
        os.close(fd)
