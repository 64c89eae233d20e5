"""The list of builds, the newest first, and the summary of the one that is shown. They say what was picked."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.message import Message

from axtui.base import clock
from axtui.base.clock import format_seconds
from axtui.base.text import safe
from axtui.tui.glyphs import GLYPHS
from axtui.tui.palette import Line
from axtui.tui.pane import Pane
from axtui.tui.rows import Build

_DAY_SECONDS, _WEEK_SECONDS = 86400, 6 * 86400
_OUTCOMES = {"cancelled": "cancelled", "superseded": "overtaken by a save", "lost": "its engine was killed"}


class BuildsPane(Pane, inherit_bindings=False):
    """Every build, a line each."""

    NUMBER = 1
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "build(1)", "older", show=False, id="builds.down"),
        Binding("k,up", "build(-1)", "newer", show=False, id="builds.up"),
        Binding("g,home", "build(-1000000)", "newest", show=False, id="builds.first"),
        Binding("G,end", "build(1000000)", "oldest", show=False, id="builds.last"),
        Binding("pagedown,ctrl+f", "page(1)", "page down", show=False, id="builds.page_down"),
        Binding("pageup,ctrl+b", "page(-1)", "page up", show=False, id="builds.page_up"),
        Binding("enter", "open", "open", id="builds.open", tooltip="show this build on the main screen"),
        Binding("space", "mark", "mark", id="builds.mark", tooltip="mark this build, or take the mark away"),
        Binding("d,D", "compare", "diff", id="builds.compare",
                tooltip="what differs between the two marked builds; without marks, from the build before"),
        Binding("backslash", "unmark", "clear marks", show=False, id="builds.unmark", tooltip="take all marks away"),
    ]  # fmt: skip

    @dataclass
    class Picked(Message):
        """Another build should be shown."""

        number: int

    @dataclass
    class Opened(Message):
        """A build should be shown on the main screen."""

        number: int

    @dataclass
    class Compared(Message):
        """Builds should be compared; a single one with the build before it."""

        numbers: list[int]

    def __init__(self) -> None:
        super().__init__(id="builds")
        self._marks: list[int] = []
        self._builds: list[Build] = []
        self.cursor = 0

    def show(self, builds: Sequence[Build], number: int) -> None:
        """Show builds, given with the oldest first, with the cursor on one."""
        self._builds, self.cursor = list(builds)[::-1], number
        self.resize_content(len(self._builds))
        at = self._at()
        top = self.scroll_offset.y
        if not top <= at < top + max(1, self.size.height):
            self.go_to(at - self.size.height // 2)
        self.title("Builds", f"{at + 1} of {len(self._builds)}" if self._builds else "")
        self.refresh()

    @property
    def nothing(self) -> str:
        """Say that there was no build."""
        return "no build yet"

    def line(self, y: int) -> Line:
        """Draw a build: number, state, when, how long, what."""
        build, palette = self._builds[y], self.palette
        row = build.to_row()
        mark = "*" if build.number in self._marks else " "
        line = Line().put(mark + ("▌" if build.number == self.cursor else " "), palette["primary"])
        line.put(f"{build.number:>4} ", palette["foreground"]).put(f"{GLYPHS[row.state]} ", palette.state(row.state))
        line.put(f"{_when(build):<10} ", palette["muted"])
        line.put(f"{format_seconds(build.seconds) if build.outcome and build.seconds else '':>6}  ")
        return line.put(safe(_what(build)), palette["muted"]).cut(self.room)

    def band(self, y: int) -> Style | None:
        """Put the build that is shown on a band."""
        if self._builds[y].number != self.cursor:
            return None
        return self.palette["focus" if self.has_focus else "cursor"]

    def on_click(self, event: Click) -> None:
        """Show the build under the mouse."""
        offset = event.get_content_offset(self)
        at = offset.y + self.scroll_offset.y if offset else len(self._builds)
        if at < len(self._builds):
            self.post_message(self.Picked(self._builds[at].number))

    def action_build(self, step: int) -> None:
        """Show the next build."""
        if self._builds:
            at = max(0, min(self._at() + step, len(self._builds) - 1))
            if self._builds[at].number != self.cursor:
                self.post_message(self.Picked(self._builds[at].number))

    def action_page(self, pages: float) -> None:
        """Move by pages."""
        self.action_build(int(pages * self.size.height))

    def action_open(self) -> None:
        """Ask for the build on the main screen."""
        if self.cursor:
            self.post_message(self.Opened(self.cursor))

    def action_mark(self) -> None:
        """Mark the build, or take its mark away, and go on to the next one."""
        if self.cursor in self._marks:
            self._marks.remove(self.cursor)
        elif self.cursor:
            self._marks.append(self.cursor)
        self.refresh()
        self.action_build(1)

    def action_unmark(self) -> None:
        """Take all marks away."""
        if not self._marks:
            self.hint("nothing is marked")
        self._marks.clear()
        self.refresh()

    def action_compare(self) -> None:
        """Ask for a comparison of the marked builds, else of this one with the build before it."""
        if self._marks or self.cursor:
            self.post_message(self.Compared(self._marks or [self.cursor]))
        else:
            self.hint(self.nothing)

    def _at(self) -> int:
        return next((at for at, build in enumerate(self._builds) if build.number == self.cursor), 0)


class SummaryPane(Pane):
    """What the shown build did; lines that somebody else has drawn."""

    def __init__(self) -> None:
        super().__init__(id="summary")
        self._drawn: Sequence[Line] = ()

    def show(self, lines: Sequence[Line]) -> None:
        """Draw lines, from the first one on."""
        self._drawn = lines
        self.resize_content(len(lines))
        self.go_to(0)
        self.refresh()

    def line(self, y: int) -> Line:
        """Draw a line."""
        return self._drawn[y].cut(self.room)


def _when(build: Build) -> str:
    """Write when a build began, as short as can be understood."""
    age = clock.wall() - build.at
    form = "%H:%M:%S" if age < _DAY_SECONDS / 2 else "%a %H:%M" if age < _WEEK_SECONDS else "%d %b %y"
    return time.strftime(form, time.localtime(build.at))


def _what(build: Build) -> str:
    """Write what a build did: how many of its jobs it built."""
    if not build.outcome:
        return "runs now"
    if build.outcome in _OUTCOMES:
        return _OUTCOMES[build.outcome]
    jobs = build.built + build.reused + build.failed
    text = f"{build.built} of {jobs}" if build.built or build.failed else "no change"
    return f"{text}, {build.failed} failed" if build.failed else text
