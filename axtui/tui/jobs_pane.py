"""Pane 1: the jobs of the build, a line each, with lanes. Says what was picked or asked for; decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Key
from textual.message import Message

from axtui.base import clock
from axtui.tui.estimates import path_of_build
from axtui.tui.job_lines import JobLines
from axtui.tui.job_list import MODES, Group
from axtui.tui.reader import Reader
from axtui.tui.rows import Row
from axtui.tui.state import Board

_ALL_STEPS = 1 << 30
_SORTS: Mapping[str, Callable[[Row], tuple[object, ...]]] = {
    "time": lambda row: (-row.seconds,),
    "name": lambda row: (row.method, row.name, row.row),
    "state": lambda row: (row.shown, row.method),
}


class JobsPane(JobLines, inherit_bindings=False):
    """The job list."""

    NUMBER = 1
    WHAT = "job"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "line(1)", "down", show=False, id="jobs.down"),
        Binding("k,up", "line(-1)", "up", show=False, id="jobs.up"),
        Binding("g,home", "first", "first job", show=False, id="jobs.first"),
        Binding("G,end", "last", "last job", show=False, id="jobs.last"),
        Binding("ctrl+d", "page(0.5)", "half a page down", show=False, id="jobs.half_down"),
        Binding("ctrl+u", "page(-0.5)", "half a page up", show=False, id="jobs.half_up"),
        Binding("pagedown,ctrl+f", "page(1)", "page down", show=False, id="jobs.page_down"),
        Binding("pageup,ctrl+b", "page(-1)", "page up", show=False, id="jobs.page_up"),
        Binding("h,left", "walk(-1)", "to its input", show=False, id="jobs.input",
                tooltip="to its nearest input, again for the next one; fold a group"),
        Binding("l,right", "walk(1)", "to its user", show=False, id="jobs.user",
                tooltip="to what reads it, again for the next one; unfold a group"),
        Binding("enter", "open", "inspect", id="jobs.open", tooltip="look closely at the job; unfold a group"),
        Binding("}", "problem(1)", "next failure", show=False, id="jobs.next_failure"),
        Binding("{", "problem(-1)", "failure before", show=False, id="jobs.previous_failure"),
        Binding("minus", "fold(True)", "fold all", show=False, id="jobs.fold", tooltip="fold all repeats"),
        Binding("equals_sign", "fold(False)", "unfold all", show=False, id="jobs.unfold", tooltip="unfold all repeats"),
        Binding("a", "lineage", "lineage", id="jobs.lineage",
                tooltip="only what this job is made from and what is made from it; then 1-9 for so many steps"),
        Binding("c", "path", "critical path", show=False, id="jobs.path", tooltip="only the critical path"),
        Binding("f", "ask('filter')", "show only", show=False, id="jobs.states", tooltip="show only jobs in a state"),
        Binding("t", "mode", "graph, tree, methods, table", show=False, id="jobs.mode",
                tooltip="build order, chains together, a line a method, or a table"),
        Binding("s", "ask('sort')", "sort", show=False, id="jobs.sort", tooltip="sort the table"),
        Binding("space", "mark", "mark", show=False, id="jobs.mark", tooltip="mark this job, or take the mark away"),
        Binding("v", "mark_range", "mark range", show=False, id="jobs.mark_range",
                tooltip="mark from here; again: up to here"),
        Binding("asterisk", "mark_all", "mark all", show=False, id="jobs.mark_all", tooltip="mark all that is shown"),
        Binding("backslash", "unmark", "clear marks", show=False, id="jobs.unmark", tooltip="take all marks away"),
    ]  # fmt: skip

    @dataclass
    class Asked(Message):
        """The user wants to choose from a menu."""

        menu: str

    def __init__(self, board: Board, reader: Reader, slots: int) -> None:
        super().__init__(board, reader)
        self._slots = slots
        self._lineage_of, self._steps = "", _ALL_STEPS
        self._takes_digit = False
        self._walk: tuple[str, int, int] = ("", 0, 0)

    def widen(self) -> None:
        """Show all jobs again."""
        self._limit(None, "")
        self.narrow("")

    def action_walk(self, step: int) -> None:
        """Move the cursor to the nearest input or user; from where there is none, to the next one of the row before.

        On a group, fold or unfold it.
        """
        group = self._list.group(self.cursor)
        if group:
            return self._toggle(group, step > 0)
        if not self.row:
            return self.hint(self.nothing)
        near = self._near(self.cursor, step)
        before, direction, number = self._walk
        if near:
            self._walk = (self.cursor, step, 0)
            return self.move_to(near[0])
        others = self._near(before, step) if before and direction == step else []
        if len(others) < 2 or self.cursor not in others:
            return self.hint(self._no_way(step))
        number = (number + 1) % len(others)
        self._walk = (before, step, number)
        return self.move_to(others[number])

    def _near(self, key: str, step: int) -> list[str]:
        """Return the inputs (-1) or users (1) of a row that are shown, the nearest first."""
        links = self._board.links
        keys = links.inputs(key) if step < 0 else links.users(key)
        lines = sorted((line, key) for key in keys if (line := self._list.at(key)) is not None)
        return [key for _, key in (lines[::-1] if step < 0 else lines)]

    def _no_way(self, step: int) -> str:
        links, name = self._board.links, self.row.method if self.row else ""
        there = any(True for _ in (links.inputs(self.cursor) if step < 0 else links.users(self.cursor)))
        if there:
            return f"what {'it reads' if step < 0 else 'reads it'} is not shown; esc shows all"
        return f"{name} reads no other job" if step < 0 else f"no job reads {name}"

    def action_open(self) -> None:
        """Unfold or fold a group; ask for a close look at a row."""
        group = self._list.group(self.cursor)
        if group:
            self._toggle(group, not group.is_open)
        else:
            super().action_open()

    def _toggle(self, group: Group, is_open: bool) -> None:
        if group.is_open == is_open:
            return self.hint("it is unfolded already; h folds it" if is_open else "it is folded already; l unfolds it")
        self._list.toggle(group, is_open)
        return self._lay()

    def action_fold(self, folds: bool) -> None:
        """Fold all repeats, or unfold them."""
        self._list.fold(folds)
        self._lay()
        if folds and not any(map(self._list.group, self.keys)):
            filtered = "jobs that are filtered, or in a table, do not fold; esc shows all, t changes the order"
            self.hint(filtered if not self._list.is_folded else "nothing comes three times in a row here")

    def action_problem(self, step: int) -> None:
        """Move the cursor to the next row that failed."""
        bad = {line: key for key in (*self._board.in_state("failed", "broken"), *self._list.extra)
               if (line := self.at(key)) is not None and (row := self.find(key)) and row.problem[0]}  # fmt: skip
        if not bad:
            return self.hint("nothing failed" if not self.is_narrowed else "nothing that is shown failed")
        here = self.at(self.cursor) or 0
        ahead = [line for line in bad if (line - here) * step > 0]
        ends = ahead or list(bad)
        return self.move_to(bad[min(ends) if step > 0 else max(ends)])

    def action_lineage(self) -> None:
        """Show only what the row is made from and what is made from it; a digit that follows limits the steps."""
        row = self.row
        if row is None or row.row not in self._board.table.rows:
            return self.hint("this line is no job; lineage is that of a job")
        self._show_lineage(row, _ALL_STEPS)
        self._takes_digit = True
        return self.hint("1-9 shows only so many steps; esc shows all")

    def _show_lineage(self, row: Row, steps: int) -> None:
        self._lineage_of = row.row
        text = f"lineage of {row.method} {row.job}".rstrip()
        reach = self._board.links.lineage(row.row, steps)
        self._limit(reach, text if steps == _ALL_STEPS else f"{text}, {steps} step{'s' * (steps > 1)}")

    def on_key(self, event: Key) -> None:
        """Take the digit after the lineage key."""
        takes, self._takes_digit = self._takes_digit, False
        row = self.find(self._lineage_of)
        if takes and row and event.key in "123456789":
            self._show_lineage(row, int(event.key))
            self._takes_digit = True
            event.stop()
            event.prevent_default()

    def action_path(self) -> None:
        """Show only the rows on which the length of the build hangs."""
        board = self._board
        if board.is_building:
            found = board.estimate(clock.monotonic(), self._slots)
            path, seconds = list(found.path), found.path_seconds
        else:
            path, seconds = path_of_build(board.table, board.links)
        if not path:
            return self.hint("there is no critical path: nothing is known to take any time")
        self._limit(set(path), f"critical path, {clock.format_seconds(seconds)}")
        return self.hint(f"these {len(path)} jobs follow each other and take longest; esc shows all")

    def action_ask(self, menu: str) -> None:
        """Ask for a menu."""
        if menu == "sort" and self._list.mode != "table":
            self.hint("the table can be sorted; t goes to the table")
        else:
            self.post_message(self.Asked(menu))

    def action_mode(self) -> None:
        """Go on to the next of build order, chain order, methods and table."""
        self._list.mode = MODES[(MODES.index(self._list.mode) + 1) % len(MODES)]
        if self._list.mode == "table" and not self.sorted_by:
            self.sort("time")
        else:
            self._lay()
            self._show_title()
        words = {
            "graph": "in the order of the build script", "tree": "what belongs to a chain stands together",
            "methods": "a line a method; l unfolds one", "table": "a table; s sorts it",
        }  # fmt: skip
        self.hint(words[self._list.mode])

    def sort(self, name: str) -> None:
        """Sort the table by time, name, state or size."""
        self.sorted_by = name
        self._list.sort(_SORTS.get(name) or (lambda row: (-self._reader.nbytes(row.job),)))
        self._lay()
        self._show_title()

    def action_mark(self) -> None:
        """Mark the row, or those of the group, and go on; take the marks away where all have one."""
        if not self.cursor:
            return self.hint(self.nothing)
        self._mark(self._list.rows_of(self.cursor), toggle=True)
        line = self.at(self.cursor)
        if line is not None and line + 1 < len(self.keys):
            self.move_to(self.keys[line + 1])
        return None

    def action_mark_range(self) -> None:
        """Begin a range of marks, or end it here."""
        here, start = self.at(self.cursor), self.marks.take_anchor()
        begun = self.at(start) if start else None
        if here is None:
            return self.hint(self.nothing)
        if begun is None:
            self.marks.anchor = self.cursor
            self._mark(self._list.rows_of(self.cursor))
            return self.hint("v again marks up to there")
        lines = self.keys[min(here, begun) : max(here, begun) + 1]
        return self._mark([key for line in lines for key in self._list.rows_of(line)])

    def action_mark_all(self) -> None:
        """Mark all that is shown."""
        self._mark([key for line in self.keys for key in self._list.rows_of(line)])

    def action_unmark(self) -> None:
        """Take all marks away."""
        if not self.marks.keys:
            return self.hint("nothing is marked")
        self.marks.clear()
        self.refresh()
        return self._show_title()

    def _mark(self, keys: Collection[str], toggle: bool = False) -> None:
        self.marks.put([key for key in keys if key in self._board.table.rows], toggle)
        self.refresh()
        self._show_title()
