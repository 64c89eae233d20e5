"""Input files of requests: their stamps, and their digests, which a process of their own takes."""

from __future__ import annotations

import itertools
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field

from axtui.base.errors import JobError
from axtui.base.files import changed_ns, is_fresh, stamp_from
from axtui.engine.tickets import Ticket
from axtui.execute.executor import Executor, FileDigested


@dataclass
class _Reading:
    """A file that is being read, and the requests that wait for that."""

    path: str
    stamp: tuple[int, ...]
    tickets: list[Ticket] = field(default_factory=list)


class InputFiles:
    """What is known of input files. `go_on` is called with each request whose file has been read."""

    def __init__(self, directory: str, go_on: Callable[[Ticket], None]) -> None:
        self._directory = directory
        self._go_on = go_on
        self._known: dict[tuple[str, tuple[int, ...]], str] = {}
        self._readings: dict[int, _Reading] = {}
        self._shared: dict[tuple[str, tuple[int, ...]], int] = {}
        """Readings that whoever asks for the same file may join."""
        self._numbers = itertools.count(1)
        self.executor: Executor

    def digest(self, ticket: Ticket, names: dict[str, str]) -> dict[str, str] | None:
        """Return the digest of each input file by option; None if some are still being read.

        Args:
            ticket: The request; it goes on when they have been read.
            names: The files, by option, relative to the input directory.

        Raises:
            JobError: A file is not there, or cannot be read; it is as if the job had failed, but has no directory.
        """
        found = {}
        for option, name in names.items():
            path = os.path.join(self._directory, name)
            method = ticket.row.method
            what = f"option {option} of {method}: "
            try:
                stamp = ticket.stamps.get(option) or read_stamp(path)
            except ValueError as error:
                raise JobError("", method, {"server": f"{what}{error}"}) from None
            ticket.stamps[option] = ticket.build.input_files[path] = stamp
            if path in ticket.unreadable:
                text = f"{what}{path} cannot be read ({ticket.unreadable[path]})"
                raise JobError("", method, {"server": text})
            known = ticket.digests.get(path) or self._known.get((path, tuple(stamp)))
            if known is None:
                self._read(ticket, path, tuple(stamp))
            else:
                found[option] = known
        return found if len(found) == len(names) else None

    def take(self, report: FileDigested) -> None:
        """Take in a digest; it is remembered unless stat might not show that the file has changed again."""
        reading = self._readings.pop(report.number)
        place = (reading.path, reading.stamp)
        self._shared.pop(place, None)
        if report.digest and not is_fresh(changed_ns(reading.stamp)):
            self._known[place] = report.digest
        for ticket in reading.tickets:
            ticket.files_open -= 1
            if report.digest:
                ticket.digests[reading.path] = report.digest
            else:
                ticket.unreadable[reading.path] = report.error
            if not ticket.files_open:
                self._go_on(ticket)

    def _read(self, ticket: Ticket, path: str, stamp: tuple[int, ...]) -> None:
        ticket.files_open += 1
        place = (path, stamp)
        if place in self._shared:
            self._readings[self._shared[place]].tickets.append(ticket)
            return
        number = next(self._numbers)
        self._readings[number] = _Reading(path, stamp, tickets=[ticket])
        if not is_fresh(changed_ns(stamp)):
            self._shared[place] = number
        self.executor.digest(number, path)


def read_stamp(path: str) -> list[int]:
    """Return what stat says of a file's content; see `stamp_from`.

    Raises:
        ValueError: It is not there or no file.
    """
    try:
        info = os.stat(path)
    except OSError as error:
        raise ValueError(f"there is no input file {path} ({error.strerror})") from None
    if not stat.S_ISREG(info.st_mode):
        raise ValueError(f"{path} is no regular file")
    return stamp_from(info)
