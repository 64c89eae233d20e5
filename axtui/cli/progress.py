"""How far a build is, in lines: plain ones anywhere, and on a terminal a live line for each running job below them."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from typing import Protocol, TextIO

from axtui.base import clock
from axtui.base.clock import format_seconds
from axtui.base.text import safe
from axtui.event.events import (
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
from axtui.store import layout
from axtui.store.progress import read_progress

_LIVE_LINES = 6
_BAR_CELLS = 20
_DRAW_SECONDS = 0.25


class Progress(Protocol):
    """Takes events and shows them. `seconds` is how often it wants to draw, None for never."""

    seconds: float | None

    def take(self, entry: Entry) -> None:
        """Take in an event."""

    def draw(self) -> None:
        """Show how far the running jobs are."""

    def close(self) -> None:
        """Clear what is not to stay."""


def choose_progress(stream: TextIO, project: Project) -> Progress:
    """Return live progress for a terminal that can move its cursor, else plain lines."""
    is_live = stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    return LiveProgress(stream, project) if is_live else PlainProgress(stream)


class PlainProgress:
    """A line for each thing that happens."""

    seconds: float | None = None

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._methods: dict[str, str] = {}

    def take(self, entry: Entry) -> None:
        """Print what happened, if it is worth a line."""
        event = entry.event
        if isinstance(event, JobRequested) or (isinstance(event, JobReused) and event.method):
            self._methods[event.row] = event.name or event.method
        line = self._line(event)
        if line:
            print(safe(line), file=self._stream, flush=True)

    def draw(self) -> None:
        """Nothing moves here."""

    def close(self) -> None:
        """Nothing is to be cleared."""

    def _line(self, event: Event) -> str:
        match event:
            case JobReused(row=row, job=job, seconds=seconds, because=because):
                reason = f"reused {because}".rstrip()
                return f"  = {self._name(row):<28} {job:<12} {format_seconds(seconds):>8}  {reason}"
            case JobStarted(row=row, job=job, why=why):
                return f"  > {self._name(row):<28} {job:<12} {'':>8}  {'; '.join(why)}"
            case JobFinished(row=row, job=job, seconds=seconds, same_as=same_as, notes=notes):
                text = "; ".join([f"same output as {same_as}" if same_as else "built", *notes])
                return f"  + {self._name(row):<28} {job:<12} {format_seconds(seconds):>8}  {text}"
            case JobFailed(row=row, job=job, part=part, message=message, file=file, line=line):
                where = f" ({os.path.basename(file)}:{line})" if file else ""
                return f"  ! {self._name(row):<28} {job:<12} failed in {part}: {message}{where}"
            case JobCancelled(row=row, job=job, why=why):
                return f"  x {self._name(row):<28} {job:<12} cancelled: {why}"
            case JobHeld(row=row, holder=holder):
                return f"  . {self._name(row):<28} {'':<12} being built by {holder}"
            case RequestRefused(row=row, message=message):
                return f"  ! {self._name(row):<28} {'':<12} refused: {message}"
            case MethodBroken(file=file, line=line, message=message):
                return f"  ! {file}:{line}: {message}"
            case Noted(message=message):
                return f"  . {message}"
        return ""

    def _name(self, row: str) -> str:
        return self._methods.get(row, row.rpartition(".")[0] or row)


@dataclass
class _Running:
    job: str
    name: str
    expected: float
    began: float = field(default_factory=clock.monotonic)


class LiveProgress(PlainProgress):
    """Plain lines above, and below them a line a running job, drawn again as it goes on."""

    seconds: float | None = _DRAW_SECONDS

    def __init__(self, stream: TextIO, project: Project) -> None:
        super().__init__(stream)
        self._project = project
        self._running: dict[str, _Running] = {}
        self._drawn = 0

    def take(self, entry: Entry) -> None:
        """Print what happened above the live lines; a job that starts gets a live line instead."""
        event = entry.event
        if isinstance(event, JobStarted):
            name = self._name(event.row)
            self._running[event.row] = _Running(event.job, name, event.expected_seconds)
        elif isinstance(event, (JobFinished, JobFailed, JobCancelled)):
            self._running.pop(event.row, None)
        self.close()
        super().take(entry)
        self.draw()

    def draw(self) -> None:
        """Draw the live lines again, in place."""
        width = shutil.get_terminal_size().columns
        lines = [self._live_line(each)[: width - 1] for each in list(self._running.values())[:_LIVE_LINES]]
        hidden = len(self._running) - len(lines)
        if hidden > 0:
            lines[-1] = f"  … and {hidden + 1} more"
        self.close()
        self._stream.write("".join(f"{line}\n" for line in lines))
        self._stream.flush()
        self._drawn = len(lines)

    def close(self) -> None:
        """Take the live lines away."""
        if self._drawn:
            self._stream.write(f"\x1b[{self._drawn}F\x1b[J")
            self._stream.flush()
            self._drawn = 0

    def _line(self, event: Event) -> str:
        return "" if isinstance(event, JobStarted) else super()._line(event)

    def _live_line(self, running: _Running) -> str:
        workdir = self._project.workdirs[running.job.rpartition("-")[0]]
        records = read_progress(workdir / running.job / layout.PROGRESS)
        seconds = clock.monotonic() - running.began
        share = _share([(each.done, each.total, each.state) for each in records[:-1]])
        bar = "━" * int(share * _BAR_CELLS)
        percent = f"{share:4.0%}" if share else "    "
        left = f"of {format_seconds(running.expected)}" if running.expected else ""
        stage = next((each.stage for each in reversed(records) if each.state == "running"), "")
        name = safe(running.name)
        took = format_seconds(seconds)
        return f"  ▶ {name:<28} {running.job:<12} {took:>8}  {bar:─<{_BAR_CELLS}} {percent} {stage} {left}"


def _share(counts: list[tuple[int, int, str]]) -> float:
    """Return the share that is done, 0.0 where it is not known: each slice counts alike."""
    shares = [1.0 if state == "done" else min(1.0, done / total) if total > 0 else 0.0 for done, total, state in counts]
    return sum(shares) / len(shares) if shares else 0.0
