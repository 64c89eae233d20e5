"""How far a build is, in lines: plain ones anywhere, and on a terminal a live line for each running job below them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TextIO

from axtui.base import clock
from axtui.base.clock import format_seconds
from axtui.base.records import Record
from axtui.base.text import safe
from axtui.event.events import (
    AttemptFailed,
    Entry,
    Event,
    JobCancelled,
    JobFailed,
    JobFinished,
    JobHeld,
    JobRequested,
    JobReused,
    JobStarted,
    MethodBroken,
    Noted,
    RequestRefused,
)
from axtui.project.config import Project
from axtui.project.limits import format_attempt
from axtui.store import layout
from axtui.store.progress import read_progress
from axtui.store.record import read_job

_LIVE_LINES = 6
_BAR_CELLS = 20
_DRAW_SECONDS = 0.25
_DOTS = 60
"""How many dots a line has."""
_LOG_SECONDS = 60.0
_JOB_CELLS = 12
_TRACEBACK_LINES = 60
VERBOSITIES = ("no", "status", "dots", "log")


class Progress(Protocol):
    """Takes events and shows them. `seconds` is how often it wants to draw, None for never."""

    seconds: float | None

    def take(self, entry: Entry) -> None:
        """Take in an event; `flush` shows it."""

    def flush(self) -> None:
        """Show what was taken since the last time."""

    def draw(self) -> None:
        """Do the same, and show how far the running jobs are."""

    def close(self) -> None:
        """Show what was taken, and clear what is not to stay."""


def choose_progress(stream: TextIO, project: Project, verbose: str = "status", full_path: bool = False) -> Progress:
    """Return what shows how far a build is.

    Args:
        stream: Where it is shown.
        project: The project.
        verbose: "no" for what goes wrong alone; "status" for live lines where the stream is a terminal that can move
            its cursor, "plain" for none there either; "dots" for a dot a second and "log" for a line a
            minute while jobs run.
        full_path: Show directories of jobs instead of their ids.
    """
    is_live = stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    kinds = {"no": QuietProgress, "plain": PlainProgress, "dots": DotProgress, "log": LogProgress}
    kind = kinds.get(verbose, LiveProgress if is_live else PlainProgress)
    return kind(stream, project, full_path)


@dataclass
class _Running:
    job: str
    name: str
    expected: float
    began: float = field(default_factory=clock.monotonic)


class PlainProgress:
    """A line for each thing that happens."""

    seconds: float | None = None

    def __init__(self, stream: TextIO, project: Project, full_path: bool = False) -> None:
        self._stream = stream
        self._project = project
        self._full_path = full_path
        self._methods: dict[str, str] = {}
        self._running: dict[str, _Running] = {}
        self._told: set[str] = set()
        """The failed jobs whose tracebacks were shown."""
        self._lines: list[str] = []
        """What is still to be shown."""

    def take(self, entry: Entry) -> None:
        """Take in what happened; it is shown if it is worth a line."""
        event = entry.event
        if isinstance(event, JobRequested) or (isinstance(event, JobReused) and event.method):
            self._methods[event.row] = event.name or event.method
        if isinstance(event, JobStarted):
            self._running[event.row] = _Running(event.job, self._name(event.row), event.expected_seconds)
        elif isinstance(event, (JobFinished, JobFailed, AttemptFailed, JobCancelled)):
            self._running.pop(event.row, None)
        line = self._line(event)
        if line:
            self._lines += map(safe, [line, *self._traceback(event)])

    def flush(self) -> None:
        """Print what is new."""
        if self._lines:
            self._stream.write("".join(f"{line}\n" for line in self._lines))
            self._stream.flush()
            self._lines.clear()

    def draw(self) -> None:
        """Print what is new; nothing moves here."""
        self.flush()

    def close(self) -> None:
        """Print what is new; nothing is to be cleared."""
        self.flush()

    def _line(self, event: Event) -> str:
        match event:
            case JobReused(row=row, job=job, seconds=seconds, because=because):
                reason = f"reused {because}".rstrip()
                return f"  = {self._name(row):<28} {self._job(job)} {format_seconds(seconds):>8}  {reason}"
            case JobStarted(row=row, job=job, why=why):
                return f"  > {self._name(row):<28} {self._job(job)} {'':>8}  {'; '.join(why)}"
            case JobFinished(row=row, job=job, seconds=seconds, same_as=same_as, notes=notes):
                text = "; ".join([f"same output as {same_as}" if same_as else "built", *notes])
                return f"  + {self._name(row):<28} {self._job(job)} {format_seconds(seconds):>8}  {text}"
            case JobFailed(row=row, job=job, part=part, message=message):
                return f"  ! {self._name(row):<28} {self._job(job)} failed in {part}: {message}{_place(event)}"
            case AttemptFailed(row=row, job=job, part=part, message=message, attempt=attempt, attempts=attempts):
                tried = format_attempt(attempt, attempts)
                return f"  ! {self._name(row):<28} {self._job(job)} {tried} failed in {part}: {message}{_place(event)}"
            case JobCancelled(row=row, job=job, why=why):
                return f"  x {self._name(row):<28} {self._job(job)} cancelled: {why}"
            case JobHeld(row=row, holder=holder):
                return f"  . {self._name(row):<28} {self._job('')} being built by {holder}"
            case RequestRefused(row=row, message=message):
                return f"  ! {self._name(row):<28} {self._job('')} refused: {message}"
            case MethodBroken(file=file, line=line, message=message):
                return f"  ! {file}:{line}: {message}"
            case Noted(message=message):
                return f"  . {message}"
        return ""

    def _traceback(self, event: Event) -> list[str]:
        """Return what the record of a failed job says at length, the first time that the job fails a row."""
        if not isinstance(event, JobFailed) or event.job in self._told or not self._is_known(event.job):
            return []
        self._told.add(event.job)
        lines = long_traceback(read_job(self._directory(event.job)).error)
        more = [f"... axtui job {event.job} has all {len(lines)} lines"] if len(lines) > _TRACEBACK_LINES else []
        return [f"      {line}" for line in [*lines[:_TRACEBACK_LINES], *more]]

    def _is_known(self, job: str) -> bool:
        return job.rpartition("-")[0] in self._project.workdirs

    def _job(self, job: str) -> str:
        shown = str(self._directory(job)) if self._full_path and self._is_known(job) else job
        return f"{shown:<{_JOB_CELLS}}"

    def _directory(self, job: str) -> Path:
        return self._project.workdirs[job.rpartition("-")[0]] / job

    def _name(self, row: str) -> str:
        return self._methods.get(row, row.rpartition(".")[0] or row)


def _place(event: JobFailed | AttemptFailed) -> str:
    return f" ({os.path.basename(event.file)}:{event.line})" if event.file else ""


class QuietProgress(PlainProgress):
    """Only what goes wrong."""

    def _line(self, event: Event) -> str:
        is_bad = isinstance(event, (JobFailed, AttemptFailed, JobCancelled, RequestRefused, MethodBroken))
        return super()._line(event) if is_bad else ""


class DotProgress(PlainProgress):
    """A dot for every second without news, while jobs run."""

    seconds: float | None = 1.0

    def __init__(self, stream: TextIO, project: Project, full_path: bool = False) -> None:
        super().__init__(stream, project, full_path)
        self._dots = 0

    def flush(self) -> None:
        """Print what is new on lines of its own."""
        if self._lines:
            self._end_line()
        super().flush()

    def draw(self) -> None:
        """Print what is new, and put a dot."""
        self.flush()
        if self._running:
            self._dots += 1
            self._stream.write(".")
            if self._dots == _DOTS:
                self._end_line()
            self._stream.flush()

    def close(self) -> None:
        """Print what is new, and end the line of dots."""
        self.flush()
        self._end_line()

    def _end_line(self) -> None:
        if self._dots:
            self._stream.write("\n")
            self._stream.flush()
        self._dots = 0


class LogProgress(PlainProgress):
    """A line for every minute without news, while jobs run."""

    seconds: float | None = _LOG_SECONDS

    def draw(self) -> None:
        """Print what is new, and say what runs, and for how long."""
        self.flush()
        now = clock.monotonic()
        jobs = [f"{each.name} {each.job} ({format_seconds(now - each.began)})" for each in self._running.values()]
        if jobs:
            print(safe(f"  . running: {', '.join(jobs)}"), file=self._stream, flush=True)


class LiveProgress(PlainProgress):
    """Plain lines above, and below them a line a running job, drawn again as it goes on."""

    seconds: float | None = _DRAW_SECONDS

    def __init__(self, stream: TextIO, project: Project, full_path: bool = False) -> None:
        super().__init__(stream, project, full_path)
        self._drawn = 0

    def flush(self) -> None:
        """Print what is new above the live lines; a job that starts gets a live line instead."""
        self.draw()

    def draw(self) -> None:
        """Print what is new, and draw the live lines again, in place."""
        from shutil import get_terminal_size  # brings in much that plain lines have no need of

        width = get_terminal_size().columns
        lines = [self._live_line(each)[: width - 1] for each in list(self._running.values())[:_LIVE_LINES]]
        hidden = len(self._running) - len(lines)
        if hidden > 0:
            lines[-1] = f"  … and {hidden + 1} more"
        self.close()
        self._stream.write("".join(f"{line}\n" for line in lines))
        self._stream.flush()
        self._drawn = len(lines)

    def close(self) -> None:
        """Take the live lines away, and print what is new."""
        self._clear()
        super().flush()

    def _clear(self) -> None:
        if self._drawn:
            self._stream.write(f"\x1b[{self._drawn}F\x1b[J")
            self._stream.flush()
            self._drawn = 0

    def _line(self, event: Event) -> str:
        return "" if isinstance(event, JobStarted) else super()._line(event)

    def _live_line(self, running: _Running) -> str:
        records = read_progress(self._directory(running.job) / layout.PROGRESS)
        seconds = clock.monotonic() - running.began
        share = _share([(each.done, each.total, each.state) for each in records[:-1]])
        bar = "━" * int(share * _BAR_CELLS)
        percent = f"{share:4.0%}" if share else "    "
        left = f"of {format_seconds(running.expected)}" if running.expected else ""
        stage = next((each.stage for each in reversed(records) if each.state == "running"), "")
        stage = f"{stage}, stopped by a signal" if any(each.is_stopped for each in records) else stage
        name = safe(running.name)
        took = format_seconds(seconds)
        return f"  ▶ {name:<28} {self._job(running.job)} {took:>8}  {bar:─<{_BAR_CELLS}} {percent} {stage} {left}"


def long_traceback(error: Record) -> list[str]:
    """Return the traceback of a failure, where it says more than the one line with message and place."""
    lines = str(error.get("traceback", "")).splitlines()
    frames = [line for line in lines if line.lstrip().startswith('File "')]
    return lines if len(frames) > 1 or any(line.startswith("Status when") for line in lines) else []


def _share(counts: list[tuple[int, int, str]]) -> float:
    """Return the share that is done, 0.0 where it is not known: each slice counts alike."""
    shares = [1.0 if state == "done" else min(1.0, done / total) if total > 0 else 0.0 for done, total, state in counts]
    return sum(shares) / len(shares) if shares else 0.0
