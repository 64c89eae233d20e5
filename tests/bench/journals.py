"""Projects that have only a journal: builds of any number of jobs, as an engine would have told of them."""

from __future__ import annotations

from pathlib import Path

from axtui.base import clock
from axtui.base.records import format_record
from axtui.event import events as ev
from axtui.store.progress import write_header

_METHODS = ("csvimport", "dataset_type", "dataset_sort", "dedup", "features", "join", "model", "report")
_INPUTS: tuple[tuple[int, ...], ...] = ((), (1, 8), (1,), (1,), (1, 8), (1, 4), (1,), (1,))
"""How many jobs back each one's inputs are."""


class JournalProject:
    """A project directory whose journal is written line by line."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "m").mkdir(parents=True)
        (root / "axtui.toml").write_text("slices = 2\n[methods]\npackages = ['m']\n")
        self._lines: list[bytes] = []
        self._began = clock.monotonic(), clock.wall()

    def say(self, event: ev.Event) -> None:
        """Add an event."""
        entry = ev.Entry(len(self._lines) + 1, self._began[1], self._began[0], event)
        self._lines.append(format_record(ev.format_entry(entry)))

    def write(self) -> None:
        """Write the journal."""
        journal = self.root / ".axtui/journal"
        journal.mkdir(parents=True)
        (journal / f"{1:012}.jsonl").write_bytes(b"\n".join(self._lines) + b"\n")


def write_finished(root: Path, jobs: int) -> None:
    """Write a project whose last build reused so many jobs: days of eight methods each."""
    project = JournalProject(root)
    project.say(ev.BuildStarted(1, "build", "dev-0", "asked"))
    for number in range(jobs):
        day, which = divmod(number, len(_METHODS))
        inputs = tuple(f"dev-{number - back + 1}" for back in _INPUTS[which] if number >= back)
        method = _METHODS[which]
        project.say(
            ev.JobReused(1, f"{method}.{day + 1}", f"dev-{number + 1}", 1.5, "", inputs, method, "", method, "")
        )
    project.say(ev.BuildFinished(1, "finished", 9.0, 0, jobs, 0))
    project.write()


def write_running(root: Path, jobs: int) -> None:
    """Write a project in whose build so many jobs run, each with progress in two slices."""
    project = JournalProject(root)
    project.say(ev.BuildStarted(1, "build", "dev-0", "asked"))
    for number in range(1, jobs + 1):
        project.say(ev.JobRequested(1, f"busy.{number}", "busy", "", "busy", "", ()))
        project.say(ev.JobStarted(1, f"busy.{number}", f"dev-{number}", 2, (), 60.0))
        directory = root / f"workdirs/dev/dev-{number}"
        directory.mkdir(parents=True)
        write_header(directory / "progress", 2)
    project.write()
