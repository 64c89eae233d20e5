"""Pane 3: what a job writes, followed. The view is never taken from the user; lines are parsed when they are drawn."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.message import Message

from axtui.base import clock
from axtui.tui.output_lines import OutputLines
from axtui.tui.output_title import output_subtitle, output_title
from axtui.tui.pace import Pace
from axtui.tui.palette import Line
from axtui.tui.pattern import SlowPatternError, parse_pattern
from axtui.tui.reader import Reader
from axtui.tui.shown import Place
from axtui.tui.styled import Styled
from axtui.tui.text_pane import TextPane
from axtui.tui.traceback_line import find_places

if TYPE_CHECKING:
    from axtui.tui.app import AxtuiApp

FILTER = "show lines &"
_POLL_SECONDS = 0.1
_STEP_SECONDS = 0.004
_REST_SECONDS = 0.004
_TRACEBACK_LINES = 200
_SLICE_HELP = "one slice (two digits from 10 on); tab leaves the pane"


class OutputPane(TextPane, inherit_bindings=True):
    """Standard output and error of one job, merged or apart, of all slices or of one."""

    NUMBER = 3
    SEARCH = "search output /"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("F", "follow", "follow", id="output.follow", tooltip="go to the end and stay there"),
        Binding("e", "error(1)", "next error", id="output.next_error", tooltip="next line with an error"),
        Binding("E", "error(-1)", "error before", show=False, id="output.previous_error"),
        Binding("ampersand", "narrow", "only lines", id="output.narrow",
                tooltip="show only lines that match; &! those that do not"),
        Binding("s", "stream", "stream", id="output.stream", tooltip="stdout, stderr, a stage, or all"),
        Binding("A", "all", "all", show=False, id="output.all", tooltip="all stages, slices and streams"),
        Binding("enter", "trace", "to source", id="output.trace", tooltip="open the source line that is named here"),
        Binding("i", "times", "times", show=False, id="output.times", tooltip="when lines came, or not"),
        Binding("m", "mark", "mark", show=False, id="output.mark", tooltip="draw a line below this one, or remove it"),
        Binding("apostrophe", "next_mark", "next mark", show=False, id="output.next_mark"),
        *(Binding(str(digit), f"slice({digit})", "one slice", show=False,
                  id=f"output.slice{digit}", tooltip=_SLICE_HELP) for digit in range(10)),
    ]  # fmt: skip

    @dataclass
    class Traced(Message):
        """Source lines, the likeliest first, of which one should be opened."""

        places: list[tuple[str, int]]

    @dataclass
    class Asked(Message):
        """The user wants to choose a stream or a stage."""

        parts: list[str]

    @dataclass
    class Prompted(Message):
        """The user wants to type; `purpose` says what for."""

        purpose: str

    def __init__(self, reader: Reader) -> None:
        super().__init__(id="output")
        self._reader = reader
        self._job = ""
        self.lines = OutputLines(reader.tail(""))
        self.follows = True
        self._left_at = 0
        self._times = False
        self._marks: dict[Place, str] = {}
        self._anchor: Place | None = None
        self._searched_from = Place(0, 0), 1
        self._is_working = False
        self._is_due = False
        self._pace = Pace()

    def on_mount(self) -> None:
        """Look for new lines as long as the job runs."""
        self._polls = self.set_interval(_POLL_SECONDS, self._poll_unless_typing, pause=True)

    @property
    def is_busy(self) -> bool:
        """Whether lines are looked for, or have been found and not yet drawn."""
        return self._is_working or self._is_due

    def show(self, job: str, runs: bool) -> None:
        """Show a job's output; another job's from its end on. `runs` tells whether more is likely to come."""
        if job != self._job:
            self._job = job
            self.lines.close()
            self.lines = OutputLines(self._reader.tail(job))
            self._marks, self._anchor, self._left, self.follows = {}, None, 0, True
            self.drop_selection()
            self._begin_anew()
        if runs:
            self._polls.resume()
        else:
            self._polls.pause()

    def _poll_unless_typing(self) -> None:
        if not self._gives_way:
            self.poll()

    @property
    def _gives_way(self) -> bool:
        """Whether keys come first, and none of them is what is being worked on."""
        return cast("AxtuiApp", self.app).keys_come_first and not self.lines.is_seeking

    def poll(self) -> None:
        """Look for new lines, and search on."""
        if not self._is_working and self._step():
            self._is_working = True
            self.run_worker(self._work(), group="output")

    @property
    def nothing(self) -> str:
        """Say why there is no line."""
        if not self._job:
            return "no job"
        return f"no line {self.lines.wanted_text}" if self.lines.is_narrowed else "nothing was written"

    @property
    def label_width(self) -> int:
        """How many cells the label of a line takes."""
        return self.lines.label_width + 4 + 9 * self._times

    def text(self, y: int) -> Styled:
        """Return a line."""
        return self.lines.text(y)

    def draw_label(self, y: int) -> Line:
        """Draw when a line came, and the stage or slice that wrote it."""
        source, seen = self.lines.origin(y)
        when = time.strftime(" %H:%M:%S", time.localtime(seen)) if seen else " " * 9
        text = f"{when if self._times else ''} {source.label:<{self.lines.label_width}} │ "
        return Line().put(text, self.palette["error" if source.stream == "err" else "muted"])

    def rule(self, y: int) -> str:
        """Return what a mark says."""
        return self._marks.get(self.lines.place(y), "") if self._marks else ""

    def found(self, y: int, plain: str) -> list[tuple[int, int]]:
        """Return what is searched for and stands in a line."""
        return self.lines.spans(plain)

    @property
    def shows_cursor(self) -> bool:
        """Whether the cursor's line is to be seen: not while it runs ahead by itself."""
        return self.has_focus and not self.follows

    def moved(self, at_end: bool) -> None:
        """Follow from the end on; who goes elsewhere leaves."""
        follows = at_end and self._selected_from is None
        if self.follows and not follows:
            self._left_at = self._lines
        if follows != self.follows:
            self.follows = follows
            self.redraw_lines(self.cursor, self.cursor)
        self.lines.stop_seeking()
        self._show_title()

    def begin_search(self) -> None:
        """Search from the cursor on, from the end back, whatever is found while the user types."""
        self._searched_from = self._here(), -1 if self.follows else 1

    def typed(self, purpose: str, text: str) -> None:
        """Search or narrow as the user types; "" ends it."""
        if purpose == self.SEARCH:
            self.lines.search(parse_pattern(text) if text else None)
            if text:
                self.lines.seek(*self._searched_from, stay=True)
        else:
            inverse = text.startswith("!")
            self._change(lambda: self.lines.narrow(parse_pattern(text[inverse:], inverse) if text[inverse:] else None))
        self.poll()
        self.redraw()
        self._show_title()

    def step_back(self) -> bool:
        """Undo the last of selection, search, filter and choice. Return whether there was one."""
        if self.drop_selection():
            return True
        if self.lines.pattern:
            self.typed(self.SEARCH, "")
        elif self.lines.wanted:
            self.typed(FILTER, "")
        elif self.lines.is_narrowed:
            self.action_all()
        else:
            return False
        return True

    def choose(self, part: str, stream: str) -> None:
        """Show one stage or slice and one stream; "" stands for all."""
        self._change(lambda: self.lines.choose(part, stream))
        self.poll()
        self._show_title()

    def page(self) -> Iterator[bytes]:
        """Give the lines that are shown, as a pager reads them, with files of its own."""
        return self.lines.page(self._reader.tail(self._job))

    def close(self) -> None:
        """Let go of the files."""
        self.lines.close()

    def action_follow(self) -> None:
        """Go to the end and stay there."""
        if self.follows:
            self.hint("the end is followed already; k or the wheel leaves it")
        self.drop_selection()
        self.action_last()

    def action_find(self, step: int) -> None:
        """Go to the next line that matches the search."""
        if self.lines.pattern is None:
            return self.hint("nothing is searched for; / searches")
        self.lines.seek(self._here(), step)
        return self.poll()

    def action_error(self, step: int) -> None:
        """Go to the next line that says what went wrong."""
        self.lines.seek(self._here(), step, errors=True)
        self.poll()

    def action_narrow(self) -> None:
        """Type which lines to show."""
        self.post_message(self.Prompted(FILTER))

    def action_stream(self) -> None:
        """Choose a stream or a stage."""
        self.post_message(self.Asked(self.lines.tail.parts()))

    def action_slice(self, digit: int) -> None:
        """Show one slice alone; a second digit makes it a larger number, if there is such a slice."""
        parts, before = self.lines.tail.parts(), self.lines.part
        wanted = next((part for part in (f"{before}{digit}", f"s{digit}") if part in parts and part != before), "")
        if wanted:
            return self.choose(wanted, self.lines.stream)
        if before == f"s{digit}":
            return self.hint(f"slice {digit} is shown alone already; A shows all")
        slices = [part[1:] for part in parts if part.startswith("s") and part != "syn"]
        there = f"there are {slices[0]} to {slices[-1]}" if slices else "no slice wrote anything"
        return self.hint(f"slice {digit} wrote nothing: {there}")

    def action_all(self) -> None:
        """Show all of the output."""
        if not self.lines.part and not self.lines.stream:
            self.hint("all stages, slices and streams are shown already")
        self.choose("", "")

    def action_trace(self) -> None:
        """Open the source line that the cursor's line names, or that of the traceback it belongs to."""
        places = find_places(self.text(y).plain for y in self._upward())
        if places:
            self.post_message(self.Traced(places))
        else:
            self.hint("this line names no source line; e goes to the next error")

    def action_times(self) -> None:
        """Show when lines came, or not."""
        self._times = not self._times
        known = any(self.lines.tail.blocks.seen)
        self.hint("when lines came, within a second or two" if known else
                  "when these lines came was not noted")  # fmt: skip
        self.redraw()

    def action_mark(self) -> None:
        """Draw a line below the cursor's line, or remove it."""
        if not self._lines:
            return self.hint("there is no line to mark")
        place = self.lines.place(self.cursor)
        if self._marks.pop(place, None) is None:
            self._marks[place] = time.strftime("mark %H:%M:%S", time.localtime(clock.wall()))
        self.hint("marked; ' goes to the next mark" if place in self._marks else "the mark is gone")
        self.put_cursor(self.cursor)
        return self.redraw()

    def action_next_mark(self) -> None:
        """Go to the next marked line, round and round."""
        rows = sorted(self.lines.row(place) for place in self._marks)
        if not rows:
            return self.hint("nothing is marked; m marks a line")
        self.show_line(next((row for row in rows if row > self.cursor), rows[0]))
        return self.moved(False)

    async def _work(self) -> None:
        while self._gives_way or self._step():
            await asyncio.sleep(_REST_SECONDS)
        self._is_working = False

    def _step(self) -> bool:
        """Look for lines and search for a moment. Return whether there is more to do at once."""
        was_counting = self.lines.is_counting
        try:
            came, more = self.lines.step(clock.wall(), _STEP_SECONDS)
        except SlowPatternError:
            self.hint("this pattern takes too long; it was given up")
            self._change(self.lines.give_up)
            return True
        self._arrive()
        if came or was_counting or len(self.lines) != self._lines:
            self._draw_soon()
        return more

    def _arrive(self) -> None:
        """Go to what was sought and is found, and to the line that stays where it is."""
        if self._anchor and self._anchor.block < self.lines.known_blocks:
            self.resize_content(len(self.lines))
            self.show_line(self.lines.row(self._anchor))
            self.redraw()
            self._anchor = None
        sought = self.lines.take_sought()
        if sought is None:
            return
        if sought.place is None:
            self.hint(f"no line with {sought.what}")
        else:
            self.resize_content(len(self.lines))
            self.show_line(self.lines.row(sought.place))
            self.redraw()
            self.moved(False)
            if sought.turned:
                self.hint("went on from the other end")

    def _draw_soon(self) -> None:
        if self._is_due:
            return
        seconds = self._pace.wait(*self.size)
        if seconds:
            self._is_due = True
            self.set_timer(seconds, self._draw_unless_typing)
        else:
            self._draw()

    def _draw_unless_typing(self) -> None:
        if self._gives_way:
            self.set_timer(_REST_SECONDS, self._draw_unless_typing)
        else:
            self._draw()

    def _draw(self) -> None:
        """Draw what has come: all if the end is followed or seen, else only how much it is."""
        self._is_due = False
        self._pace.note()
        sees_end = self._view.last >= self._lines - 1
        self.resize_content(len(self.lines))
        if self.follows:
            self.go_to_end()
        elif sees_end:
            self.redraw()
        self._show_title()

    def _begin_anew(self) -> None:
        self.resize_content(0)
        self._pace.begin()
        self.poll()
        self._draw()

    def _change(self, change: object) -> None:
        """Change what is shown; the cursor stays on its line."""
        assert callable(change)
        self._anchor = None if self.follows else self._here()
        self.drop_selection()
        change()
        self._begin_anew()

    def _here(self) -> Place:
        return self.lines.place(self.cursor) if self._lines else Place(0, 0)

    def _upward(self) -> Iterator[int]:
        return iter(range(self.cursor, max(-1, self.cursor - _TRACEBACK_LINES), -1)) if self._lines else iter(())

    def _show_title(self) -> None:
        behind = None if self.follows else max(0, self._lines - self._left_at)
        self.set_class(bool(behind), "behind")
        self.title(
            output_title(self._job, self.lines, self._searched()),
            output_subtitle(self.lines, self._lines, self.cursor, behind),
        )

    def _searched(self) -> Place | None:
        return self.lines.place(self.cursor) if self._lines and not self.follows else None
