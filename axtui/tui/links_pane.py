"""What leads on from a job: inputs and users, other versions, datasets, files; and its options and environment.

A line that leads somewhere is gone to with enter; the screen decides what that means.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.message import Message

from axtui.base.clock import format_seconds
from axtui.base.records import Record
from axtui.base.text import format_nbytes, safe
from axtui.store.record import JobRecord, undeclared
from axtui.tui.detail import tell_options
from axtui.tui.facts import Facts
from axtui.tui.glyphs import GLYPHS
from axtui.tui.inspected import input_references
from axtui.tui.lines_pane import LinesPane
from axtui.tui.palette import Line, Palette
from axtui.tui.rows import Row
from axtui.tui.state import Board
from axtui.tui.versions import JobVersions

Kind = Literal["", "job", "dataset", "file"]
_MOST = 500
_LABEL = 12
_USERS_MOST = 100


@dataclass(frozen=True)
class Link:
    """What a line leads to: a job id, a dataset reference or a file's path; `kind` is "" where it leads nowhere."""

    kind: Kind = ""
    target: str = ""


class LinksPane(LinesPane, inherit_bindings=True):
    """A list of links."""

    NUMBER = 7
    SEARCH = "search links /"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go", "go to", id="links.go", tooltip="go to this job, dataset or file"),
        Binding("u", "step(1)", "next link", show=False, id="links.next", tooltip="next line that leads somewhere"),
        Binding("U", "step(-1)", "link before", show=False, id="links.previous"),
    ]

    @dataclass
    class Followed(Message):
        """The user wants to go where a line leads."""

        link: Link

    def __init__(self) -> None:
        super().__init__(id="links")
        self._links: list[Link] = []
        self._job = ""

    def show(self, job: str, lines: Sequence[tuple[Line, Link]]) -> None:
        """Show lines with what they lead to."""
        self._links = [link for _, link in lines]
        self.put([line for line, _ in lines], f"Inputs and users {job}", job == self._job)
        if job != self._job:
            self._job = job
            self.put_cursor(next((y for y, link in enumerate(self._links) if link.kind), 0))

    @property
    def link(self) -> Link:
        """What the line under the cursor leads to."""
        return self._links[self.cursor] if self.cursor < len(self._links) else Link()

    def action_go(self) -> None:
        """Go where the line leads."""
        if self.link.kind:
            self.post_message(self.Followed(self.link))
        else:
            self.hint("this line leads nowhere; u goes to the next one that does")

    def action_step(self, step: int) -> None:
        """Go to the next line that leads somewhere."""
        rows = [y for y, link in enumerate(self._links) if link.kind]
        ahead = [y for y in rows if (y - self.cursor) * step > 0]
        if not ahead:
            return self.hint("there is no further link" if rows else "no line here leads anywhere")
        self.put_cursor(ahead[0 if step > 0 else -1])
        return self.moved(False)


class LinkList:
    """Puts the lines of the pane together.

    Args:
        palette: The styles.
        read: Gives the record of a job, None for one that is nowhere.
    """

    def __init__(self, palette: Palette, read: Callable[[str], JobRecord | None]) -> None:
        self._palette = palette
        self._read = read
        self.lines: list[tuple[Line, Link]] = []

    def lay(
        self, row: Row, board: Board, facts: Facts, versions: JobVersions | None, datasets: Sequence[str],
        users: Sequence[str] = (), changed: Mapping[str, str] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        """Put in everything that leads on from a job.

        Args:
            row: The job's row.
            board: The build on the screen.
            facts: What its directory says.
            versions: The jobs of its method, None while they are looked for.
            datasets: The names of its datasets.
            users: Who reads it in any build that is known.
            changed: The versions of today, "" for what is gone, where they are others than those that it ran with.
        """
        setup = facts.record.setup if facts.record else {}
        self._section("inputs", [self._input(*pair) for pair in input_references(setup)[:_MOST]], "reads no job")
        here = board.users(row)[:_MOST] if row.row else []
        shown = [self._job("", other.job, other) for other in here]
        self._section("users", shown, "no job of the build on the screen reads it")
        elsewhere = sorted({*users} - {other.job for other in here}, key=_job_order, reverse=True)
        if elsewhere:
            self._section("users in other builds", [self._user(job) for job in elsewhere[:_USERS_MOST]], "")
        if len(elsewhere) > _USERS_MOST:
            more = f"   and {len(elsewhere) - _USERS_MOST:,} more"
            self.lines.append((Line().put(more, self._palette["faint"]), Link()))
        if versions:
            jobs = list(reversed(versions.of(row.job)))
            self._section("versions", [self._version(each, row.job, versions) for each in jobs[:_MOST]], "")
        self._section("datasets", [self._dataset(row.job, name) for name in datasets], "made none")
        files = [self._file(each.name, each.nbytes, each.path) for each in facts.files[:_MOST]]
        self._section("files", files, "kept none of its own")
        self._section("options", [(self._plain(name, text), Link()) for name, text in tell_options(setup)], "has none")
        lines = [*_environment(setup, changed), *_undeclared(facts.record.post if facts.record else {})]
        self._section("environment", [(self._plain(*pair), Link()) for pair in lines], "not recorded")

    def _section(self, title: str, lines: Sequence[tuple[Line, Link]], none: str) -> None:
        self.lines.append((Line().put(f" {title}", self._palette["accent"]), Link()))
        self.lines += lines
        if not lines:
            self.lines.append((Line().put(f"   {none}", self._palette["faint"]), Link()))

    def _input(self, name: str, reference: str) -> tuple[Line, Link]:
        job = reference.partition("/")[0]
        record = self._read(job)
        method, state = (record.method, record.state) if record else ("", "of no workdir here")
        line = Line().put(f"   {safe(name):<{_LABEL}} ", self._palette["muted"])
        line.put(safe(f"{method} "), self._palette["bold"]).put(safe(reference), self._palette["foreground"])
        style = "success" if state == "finished" else "error"
        return line.put("  ✔" if state == "finished" else f"  ✘ {state}", self._palette[style]), Link("job", job)

    def _job(self, label: str, job: str, row: Row) -> tuple[Line, Link]:
        line = Line().put(f"   {GLYPHS[row.shown]} ", self._palette.state(row.shown))
        line.put(safe(f"{row.method} "), self._palette["bold"]).put(safe(job), self._palette["foreground"])
        return line, Link("job", job) if job else Link()

    def _user(self, job: str) -> tuple[Line, Link]:
        record = self._read(job)
        line = Line().put("   ✔ " if record and record.state == "finished" else "   · ", self._palette["muted"])
        line.put(safe(f"{record.method if record else ''} "), self._palette["bold"])
        return line.put(safe(job), self._palette["foreground"]), Link("job", job)

    def _version(self, job: str, current: str, versions: JobVersions) -> tuple[Line, Link]:
        here = job == current
        line = Line().put(f"   {'▸' if here else ' '} ", self._palette["accent"])
        line.put(safe(f"{job:<{_LABEL}}"), self._palette["bold" if here else "foreground"])
        seconds = versions.seconds.get(job)
        return line.put("" if seconds is None else f" {format_seconds(seconds):>7}", self._palette["muted"]), Link(
            "job", job
        )

    def _dataset(self, job: str, name: str) -> tuple[Line, Link]:
        return Line().put(f"   {safe(name)}", self._palette["foreground"]), Link("dataset", name)

    def _file(self, name: str, nbytes: int, path: Path) -> tuple[Line, Link]:
        line = Line().put(f"   {name}", self._palette["foreground"])
        return line.put(f"  {format_nbytes(nbytes)}", self._palette["muted"]), Link("file", str(path))

    def _plain(self, name: str, text: str) -> Line:
        line = Line().put(f"   {safe(name):<{_LABEL}} ", self._palette["muted"])
        return line.put(safe(text), self._palette["foreground"])


def _job_order(job: str) -> tuple[int, str]:
    """Sort jobs by when they were made, as far as their numbers tell."""
    number = job.rpartition("-")[2]
    return int(number) if number.isdecimal() else 0, job


def _environment(setup: Record, changed: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return in what a job ran: versions, packages, host, user; and what of it is otherwise now."""
    versions = setup.get("versions")
    found = [(str(name), str(text)) for name, text in versions.items()] if isinstance(versions, dict) else []
    found = [pair for pair in found if not pair[1].startswith(("{", "["))]
    if isinstance(versions, dict) and isinstance(versions.get("packages"), dict):
        found += [(str(name), str(text)) for name, text in versions["packages"].items()]
    told = [
        (name, f"{text}; now {changed[name] or 'not installed'}" if name in changed else text) for name, text in found
    ]
    return told + [(name, str(setup[name])) for name in ("host", "user", "input_directory") if setup.get(name)]


def _undeclared(post: Record) -> list[tuple[str, str]]:
    return [("undeclared", name) for name in undeclared(post)[:_MOST]]
