"""The bars of the inspection screen: which job, which tab, which versions there are. Each draws what it was given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.events import Click
from textual.message import Message

from axtui.base.clock import format_seconds
from axtui.base.text import safe
from axtui.tui.bars import Bar
from axtui.tui.glyphs import GLYPHS, cut
from axtui.tui.palette import Line
from axtui.tui.rows import Row

TABS = ("overview", "source", "diff", "log", "data", "slices", "links")
_NAMES = ("Overview", "Source", "Diff", "Log", "Data", "Slices", "Inputs/users")


class JobBar(Bar):
    """The job that is inspected, and the command that shows it too."""

    def __init__(self) -> None:
        super().__init__(id="header")
        self._row: Row | None = None
        self._build = 0

    def show(self, row: Row, build: int) -> None:
        """Show a job; `build` is the build on the screen below, 0 for none."""
        self._row, self._build = row, build
        self.refresh()

    def line(self) -> Line:
        """Draw the line."""
        line = Line().put(" axtui ", self.palette["accent"] + self.palette["reverse"])
        row = self._row
        if row is None:
            return line
        if self._build and self.size.width >= 100:
            line.put(f" build {self._build} ›", self.palette["muted"])
        line.put(safe(f" {row.method} {row.job}  "), self.palette["bold"])
        time = (
            f" in {format_seconds(row.seconds)}" if row.seconds and row.state in ("built", "failed", "reused") else ""
        )
        line.put(f"{GLYPHS[row.shown]} {row.shown}{time}", self.palette.state(row.shown))
        right = Line().put("esc back  [ ] older/newer version ", self.palette["muted"])
        if self.size.width >= 120:
            line.put(safe(f"     $ axtui job {row.job}"), self.palette["faint"])
        return Line(line.cut(self.size.width - right.width - 1).pad(self.size.width - right.width) + right)


class TabBar(Bar):
    """The tabs; the one that is shown is marked."""

    @dataclass
    class Picked(Message):
        """A tab was clicked."""

        tab: str

    def __init__(self) -> None:
        super().__init__(id="tabs")
        self._tab = TABS[0]
        self._against = ""

    def show(self, tab: str, against: str) -> None:
        """Mark a tab; `against` is the job that the diff compares with."""
        self._tab, self._against = tab, against
        self.refresh()

    def line(self) -> Line:
        """Draw the line."""
        line = Line()
        for tab, text in self._texts():
            style = self.palette["accent"] + self.palette["reverse"] if tab == self._tab else self.palette["muted"]
            line.put(f" {text} ", style).put(" ")
        return line

    def on_click(self, event: Click) -> None:
        """Say which tab was clicked."""
        at = 0
        for tab, text in self._texts():
            at += len(text) + 3
            if event.x < at:
                self.post_message(self.Picked(tab))
                break

    def _texts(self) -> list[tuple[str, str]]:
        wide = self.size.width >= 100
        names = [*_NAMES] if wide else [*_NAMES[:-1], "Links"]
        if wide and self._against:
            names[2] = f"Diff vs {safe(self._against)}"
        return [(tab, f"{number} {name}") for number, (tab, name) in enumerate(zip(TABS, names, strict=True), 1)]


class VersionBar(Bar):
    """The versions of a job on a line, the oldest first."""

    def __init__(self) -> None:
        super().__init__(id="versions")
        self._jobs: Sequence[str] = ()
        self._job = ""

    def show(self, jobs: Sequence[str], job: str) -> None:
        """Show versions; `job` is the one that is inspected."""
        self._jobs, self._job = jobs, job
        self.refresh()

    def line(self) -> Line:
        """Draw the line, with the version that is inspected in view."""
        jobs = list(self._jobs) or [self._job]
        at = jobs.index(self._job) if self._job in jobs else len(jobs) - 1
        room = max(1, (self.size.width - 30) // (max(map(len, jobs)) + 5))
        first = max(0, min(at - room // 2, len(jobs) - room))
        line = Line().put(" " if first == 0 else " …─", self.palette["faint"])
        for job in jobs[first : first + room]:
            here = job == self._job
            line.put(
                f"▏{safe(job)}▕", self.palette["accent"] + self.palette["reverse"] if here else self.palette["muted"]
            )
            line.put("──", self.palette["faint"])
        text = f" version {at + 1} of {len(jobs)}"
        return line.put("…" if first + room < len(jobs) else "", self.palette["faint"]).put(
            cut(text, 24), self.palette["muted"]
        )
