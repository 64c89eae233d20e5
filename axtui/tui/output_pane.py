"""Pane 3: what a job writes, followed. Lines are parsed when they are drawn; the view is never taken from the user."""

from __future__ import annotations

from typing import ClassVar

from rich.ansi import AnsiDecoder
from textual.binding import Binding, BindingType
from textual.geometry import Region

from axtui.tui.palette import Line
from axtui.tui.pane import Pane
from axtui.tui.reader import Reader
from axtui.tui.tail import Source, Tail

_GUTTER = 7


class OutputPane(Pane, inherit_bindings=True):
    """Standard output and error of one job: merged, or one slice of it."""

    NUMBER = 3
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("F", "follow", "follow", id="output.follow"),
        Binding("s", "slice(1)", "next slice", id="output.slice"),
        Binding("S", "slice(-1)", "slice before", show=False, id="output.slice_before"),
        Binding("A", "all", "all slices", id="output.all"),
    ]

    def __init__(self, reader: Reader) -> None:
        super().__init__(id="output")
        self._reader = reader
        self._job = ""
        self._tail = Tail(None)
        self._chosen = ""
        self.follows = True

    def show(self, job: str) -> None:
        """Show another job's output, from its end on."""
        if job != self._job:
            self._job, self._chosen = job, ""
            self._open()

    def poll(self) -> None:
        """Look for new lines; stay at the end if the view is there."""
        at_end = self.follows and self.scroll_offset.y >= self._lines - self.size.height
        came, more = self._tail.poll()
        if came:
            self.resize_content(len(self._tail.lines))
            if at_end:
                self.go_to(self._lines)
            self.refresh_tail()
        if more:
            self.call_later(self.poll)

    def refresh_tail(self) -> None:
        """Redraw what is visible, and say how much there is."""
        self.refresh(Region(0, 0, self.size.width, self.size.height))
        self._show_title()

    @property
    def nothing(self) -> str:
        """Say that the job is silent."""
        return "nothing was written" if self._job else "no job"

    def line(self, y: int) -> Line:
        """Draw a line with the stage or slice that wrote it."""
        source, text = self._tail.text(y)
        line = Line().put(f" {source.label:<4} ", self.palette["error" if source.stream == "err" else "muted"])
        line.put("│ ", self.palette["faint"])
        for part in AnsiDecoder().decode(text):
            line.extend(part.render(self.app.console))
        return line

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow while the view is at the end, and not while it is elsewhere."""
        super().watch_scroll_y(old_value, new_value)
        self.follows = new_value >= self._lines - self.size.height
        self._show_title()

    def action_follow(self) -> None:
        """Go to the end and stay there."""
        self.follows = True
        self.action_last()
        self._show_title()

    def action_slice(self, step: int) -> None:
        """Show the next part of the output alone; after the last one all of it again."""
        parts = ["", *dict.fromkeys(_part(source) for source in self._tail.sources())]
        at = parts.index(self._chosen) if self._chosen in parts else 0
        self._chosen = parts[(at + step) % len(parts)]
        self._open()

    def action_all(self) -> None:
        """Show all of the output."""
        self._chosen = ""
        self._open()

    def close(self) -> None:
        """Let go of the files."""
        self._tail.close()

    def _open(self) -> None:
        self._tail.close()
        chosen = self._chosen
        self._tail = self._reader.tail(self._job, lambda source: not chosen or _part(source) == chosen)
        self._left = 0
        self.follows = True
        self.resize_content(0)
        self.poll()
        self.refresh_tail()

    def _show_title(self) -> None:
        part = {"": "all slices", "prep": "prepare", "syn": "synthesis"}.get(self._chosen, f"slice {self._chosen[1:]}")
        follow = "FOLLOW" if self.follows else "follow off, F"
        subtitle = f"{follow} · {self._lines:,} line{'s' * (self._lines != 1)}" if self._lines else ""
        self.title(f"Output {self._job} · {part}" if self._job else "Output", subtitle)


def _part(source: Source) -> str:
    return source.label.rstrip("!")
