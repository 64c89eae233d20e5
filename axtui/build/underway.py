"""Jobs that are not finished, as inputs of the jobs that they ask for themselves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from axtui.base.errors import NoSuchJobError
from axtui.base.records import digest_of
from axtui.store import layout


@dataclass(frozen=True)
class Underway:
    """A job or script that runs and asks for another job, which may read what it has finished so far.

    What it comes out as is not known yet, so it is known by its id and its order, which has the time it was given: no
    other run, and no later job of the same id, is the same input.
    """

    jobid: str
    directory: Path

    @cached_property
    def identity(self) -> str:
        """What this job is as an input.

        Raises:
            NoSuchJobError: Its order cannot be read.
        """
        try:
            order = (self.directory / layout.SETUP).read_text(encoding="utf-8")
        except OSError as error:
            raise NoSuchJobError(f"there is no job {self.jobid!r}: {error.strerror} ({error.filename})") from None
        return digest_of(["underway", self.jobid, order])

    def has_dataset(self, name: str) -> bool:
        """Tell whether it has finished a dataset of this name."""
        return (layout.dataset_directory(self.directory, name) / layout.DATASET).is_file()
