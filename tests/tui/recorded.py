"""A small builder of project directories: a journal and job directories as an engine would have left them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from axtui.base.records import digest, format_record
from axtui.event import events as ev
from axtui.project.config import Project, read_project
from axtui.store import layout
from axtui.store.progress import HEADER, RECORD, STAGES, STATES, write_header

BOOT_SECONDS = 1000.0
WALL_SECONDS = 1_795_300_000.0


class Recorded:
    """A project whose journal and jobs are written by hand. Time goes on by a second an event."""

    def __init__(self, root: Path, slices: int = 2) -> None:
        self.root = root
        self.seq = 0
        self.build = 0
        self.now = BOOT_SECONDS
        self.slices = slices
        root.mkdir(parents=True, exist_ok=True)
        (root / "axtui.toml").write_text(f"slices = {slices}\n[methods]\npackages = ['flights']\n")
        (root / "flights").mkdir(exist_ok=True)
        (root / "workdirs/dev").mkdir(parents=True, exist_ok=True)

    @property
    def project(self) -> Project:
        """The project as configured."""
        return read_project(self.root)

    def entry(self, event: ev.Event, seconds: float = 1.0) -> ev.Entry:
        """Make the next entry without writing it."""
        self.seq += 1
        self.now += seconds
        return ev.Entry(self.seq, WALL_SECONDS + self.now - BOOT_SECONDS, self.now, event)

    def say(self, event: ev.Event, seconds: float = 1.0) -> ev.Entry:
        """Write the next entry of the journal."""
        entry = self.entry(event, seconds)
        journal = self.root / ".axtui/journal"
        journal.mkdir(parents=True, exist_ok=True)
        with open(journal / f"{1:012}.jsonl", "ab") as handle:
            handle.write(format_record(ev.format_entry(entry)) + b"\n")
        return entry

    def begin(self, script: str = "build", cause: str = "asked", saved: tuple[str, ...] = ()) -> int:
        """Begin a build."""
        self.build += 1
        self.say(ev.BuildStarted(self.build, script, f"dev-{900 + self.build}", cause, saved))
        return self.build

    def finish(self, outcome: str = "finished", seconds: float = 12.3) -> None:
        """End the build."""
        self.say(ev.BuildFinished(self.build, outcome, seconds, 1, 1, 0))

    def ask(self, row: str, inputs: tuple[str, ...] = (), name: str = "", parent: str = "") -> None:
        """Let the script ask for a job."""
        method = row.rpartition(".")[0]
        self.say(ev.JobRequested(self.build, row, method, parent, name or method, "", inputs), 0.0)

    def reuse(self, row: str, job: str, inputs: tuple[str, ...] = (), seconds: float = 4.1, name: str = "") -> None:
        """Answer a request with a job that exists."""
        self.ask(row, inputs, name)
        self.say(ev.JobReused(self.build, row, job, seconds, "", inputs), 0.0)

    def start(self, row: str, job: str, inputs: tuple[str, ...] = (), why: str = "", expected: float = 0.0,
              name: str = "", parent: str = "") -> None:  # fmt: skip
        """Let a job start and enter analysis."""
        self.ask(row, inputs, name, parent)
        self.say(ev.JobStarted(self.build, row, job, self.slices, (why,) if why else (), expected, inputs), 0.0)
        self.say(ev.StageStarted(self.build, row, job, "prepare"), 0.0)
        self.say(ev.StageStarted(self.build, row, job, "analysis"), 0.2)

    def end(self, row: str, job: str, seconds: float = 2.0, same_as: str = "") -> None:
        """Let a job be committed."""
        self.say(ev.StageStarted(self.build, row, job, "synthesis"), seconds)
        self.say(ev.JobFinished(self.build, row, job, seconds, same_as), 0.3)

    def built(self, row: str, job: str, inputs: tuple[str, ...] = (), why: str = "no such job yet",
              seconds: float = 2.0, name: str = "") -> None:  # fmt: skip
        """Let a job run from request to commit."""
        self.start(row, job, inputs, why, name=name)
        self.end(row, job, seconds)

    def job(self, jobid: str, method: str, source: str = "", outputs: dict[str, str] | None = None,
            options: dict[str, Any] | None = None, result: str = "", finished: bool = True,
            datasets: tuple[str, ...] = (), inputs: dict[str, str] | None = None) -> Path:  # fmt: skip
        """Write a job directory, and its source into the project unless there is another one.

        `datasets` are those that lie in it, `inputs` the datasets that it reads by parameter.
        """
        directory = self.root / "workdirs/dev" / jobid
        on_disk = self.root / "flights" / f"a_{method}.py"
        if not on_disk.exists():
            on_disk.write_text(source or f"# {method}\n")
        (directory / layout.METHOD / "flights").mkdir(parents=True)
        (directory / layout.OUTPUT).mkdir()
        (directory / layout.METHOD / "flights" / f"a_{method}.py").write_text(source or f"# {method}\n")
        for name, text in (outputs or {}).items():
            (directory / layout.OUTPUT / name).write_text(text)
        setup = format_record(
            {"jobid": jobid, "method": method, "options": options or {}, "datasets": inputs or {}, "jobs": {},
             "slices": self.slices, "hash": digest(source.encode()),
             "sources": {f"flights.a_{method}": [f"method/flights/a_{method}.py", digest(source.encode())]}}
        )  # fmt: skip
        (directory / layout.SETUP).write_bytes(setup)
        if result:
            (directory / layout.PREVIEW).write_text(result)
        if finished:
            self._commit(directory, setup, datasets)
        return directory

    def progress(self, jobid: str, slices: list[tuple[str, int, int, float]], text: str = "") -> None:
        """Write the progress of a job: state, done, total and seconds so far for each slice."""
        path = self.root / "workdirs/dev" / jobid / layout.PROGRESS
        write_header(path, len(slices))
        data = bytearray(path.read_bytes())
        for index, (state, done, total, seconds) in enumerate([*slices, ("running", 0, -1, 1.0)]):
            ended = self.now + seconds if state in ("done", "failed") else 0.0
            words = text.encode() if index == len(slices) else b""
            began = 0.0 if state == "waiting" else self.now
            record = (STATES.index(state), STAGES.index("analysis"), len(words), 1, began, self.now + seconds, ended)
            RECORD.pack_into(data, HEADER.size + index * RECORD.size, *record, done, total, words)
        path.write_bytes(data)

    def _commit(self, directory: Path, setup: bytes, datasets: tuple[str, ...]) -> None:
        times = {"prepare": 0.1, "analysis": 1.5, "synthesis": 0.2, "total": 1.8}
        post = format_record(
            {"files": {}, "setup": digest(setup), "output": digest(setup), "subjobs": {},
             "datasets": dict.fromkeys(datasets, "0" * 64), "exectime": times}
        )  # fmt: skip
        (directory / layout.POST).write_bytes(post + b"\n" + digest(post).encode() + b"\n")
