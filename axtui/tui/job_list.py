"""Which lines the job list has: rows in an order, filtered, repeats of a pattern folded, lanes. Pure; draws nothing.

A line is known by its key: that of its row, or that of a group. A group is a stretch of repeats of one pattern of
methods (see repeats.py); folded it is one line. The first repeat is always open, so that the pattern is seen, and so is
every repeat in which something runs or has failed, or to which the cursor went.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from axtui.tui.lanes import LaneList, LaneRow
from axtui.tui.repeats import Repeat, find_repeats
from axtui.tui.rows import SCRIPT, Row, State
from axtui.tui.state import Board
from axtui.tui.terms import Seen, Terms, parse_terms, row_text

FOLD_FROM = 500
"""A longer list is folded until the user unfolds it."""
COLLAPSE_FROM = 100_000
"""A longer list begins with a line a method."""
Mode = Literal["graph", "tree", "methods", "table"]
MODES: tuple[Mode, ...] = ("graph", "tree", "methods", "table")
_LANES_AT_ONCE = 600
GROUP = "▸"
"""The key of a group is this and the key of its first row."""


@dataclass(frozen=True, slots=True)
class Group:
    """`times` repeats of a pattern of `period` rows; its rows are those from `start` to before `end` of the order."""

    key: str
    start: int
    period: int
    times: int
    is_open: bool

    @property
    def end(self) -> int:
        """The index after its last row."""
        return self.start + self.period * self.times


class JobList:
    """The lines of a board's table, and of what else is shown among them.

    Args:
        board: The rows.
        age: Gives how many seconds ago a row's job was made.

    Attributes:
        keys: The key of each line.
        lanes: What is drawn left of each line; empty in the table.
        loops: Lines of groups in which one row reads another.
        back: Lines that a line reads and that come after it.
        scope: The rows that are shown at most; None for all.
    """

    def __init__(self, board: Board, age: Callable[[Row], float]) -> None:
        self._board = board
        self._age = age
        self.keys: list[str] = []
        self.lanes: Sequence[LaneRow] = []
        self.loops: set[int] = set()
        self.back: dict[int, list[int]] = {}
        self._mode: Mode | None = None
        self.scope: Collection[str] | None = None
        self.extra: dict[str, Row] = {}
        self._terms = Terms()
        self._folds: bool | None = None
        self._opened: set[str] = set()
        self._visited: set[str] = set()
        self._order: list[str] = []
        self._index: dict[str, int] = {}
        self._sorted: list[str] = []
        self._repeats: list[Repeat] = []
        self._starts: list[int] = []
        self._line_of: dict[str, int] = {}
        self._groups: dict[str, Group] = {}
        self._counts: dict[str, Counter[State]] = {}
        self._texts: dict[str, str] = {}
        self._shown: set[str] = set()
        self._actives: frozenset[str] = frozenset()

    @property
    def mode(self) -> Mode:
        """Build order with lanes, chain order with lanes, a line a method, or sorted without lanes."""
        return self._mode or ("graph" if len(self._board.table.order) <= COLLAPSE_FROM else "methods")

    @mode.setter
    def mode(self, mode: Mode) -> None:
        self._mode = mode
        self._opened.clear()

    def find(self, key: str) -> Row | None:
        """Return a row of the build, or one that is shown among them."""
        return self._board.table.rows.get(key) or self.extra.get(key)

    def group(self, key: str) -> Group | None:
        """Return the group of a line, or None where the line is a row."""
        return self._groups.get(key)

    def at(self, key: str) -> int | None:
        """Return the line of a row, or of the group that it is folded into; None where it is not shown."""
        return self._line_of.get(key, self._line_of.get(key.removeprefix(GROUP)))

    def place(self, key: str) -> tuple[int, int]:
        """Return which of the jobs that are shown, or folded, a line is (from 1, 0 for none of them), and how many."""
        return self._index.get(key.removeprefix(GROUP), -1) + 1, len(self._order)

    def rows_of(self, key: str) -> list[str]:
        """Return the rows that a line stands for."""
        group = self._groups.get(key)
        return self._order[group.start : group.end] if group else [key]

    def counts(self, group: Group) -> Counter[State]:
        """Count a group's rows by state."""
        found = self._counts.get(group.key)
        if found is None:
            rows = (self._board.table.rows[key].shown for key in self._order[group.start : group.end])
            found = self._counts[group.key] = Counter(rows)
        return found

    def is_filtered(self) -> bool:
        """Whether rows may be left out."""
        return self.scope is not None or bool(self._terms.tests)

    @property
    def is_folded(self) -> bool:
        """Whether repeats are folded: as the user said, else where the list is long."""
        if self.mode == "methods":
            return True
        if self.is_filtered() or self.mode == "table":
            return False
        return self._folds if self._folds is not None else len(self._board.table.order) > FOLD_FROM

    def narrow(self, text: str) -> None:
        """Show only rows that pass a filter; "" shows all.

        Raises:
            BadTermError: The filter cannot be read; the one before stays.
        """
        self._terms = parse_terms(text)

    @property
    def folds(self) -> bool | None:
        """Whether the user has had all repeats folded or unfolded; None where nothing was said."""
        return self._folds

    def fold(self, folds: bool) -> None:
        """Fold all repeats, or unfold them; methods alike."""
        self._opened.clear()
        self._visited.clear()
        if self.mode != "methods":
            self._folds = folds
        elif not folds:
            self._opened.update(self._order)

    def toggle(self, group: Group, is_open: bool) -> None:
        """Unfold the repeats of one group, or fold them again."""
        firsts = self._order[group.start : group.end : group.period]
        self._visited.difference_update(firsts)
        self._opened = self._opened.union(firsts) if is_open else self._opened.difference(firsts)

    def sort(self, value: Callable[[Row], tuple[object, ...]]) -> None:
        """Sort the table once; rows that come later stand at the end until it is sorted again."""
        rows = sorted(self._board.table, key=value)
        self._sorted = [row.row for row in rows]

    def visit(self, key: str) -> None:
        """Keep the repeat that a row is in open until all are folded: the user was there."""
        first = self._first_of(key)
        if first and self.mode == "methods":
            self._opened.add(first)
        elif first:
            self._visited.add(first)

    def touch(self, changed: Collection[str]) -> bool:
        """Take in that rows changed, not which ones there are; return whether other lines are to be shown now."""
        for key in changed:
            self._texts.pop(key, None)
        if self._groups:
            lines = {self._line_of[key] for key in changed if key in self._line_of}
            for line in lines:
                self._counts.pop(self.keys[line], None)
        if self._terms.tests:
            passing = set(self._select([key for key in changed if self.find(key)]))
            extra = {key for key in self.extra if key in self._line_of and key in changed}
            if passing != self._shown.intersection(changed) | extra:
                return True
        return self.is_folded and self._find_active() != self._actives

    def arrange(self, most_lanes: int) -> None:
        """Find the lines anew, with at most so many lanes."""
        self._order = self._find_order()
        self._index = {key: number for number, key in enumerate(self._order)}
        self._repeats = self._find_repeats() if self.is_folded else []
        self._starts = [repeat.start for repeat in self._repeats]
        self._actives = self._find_active()
        self._groups, self._counts = {}, {}
        self.keys, self._line_of = [], {}
        extra = self._select(list(self.extra)) if self.is_filtered() else list(self.extra)
        for key in (key for key in extra if key == SCRIPT):
            self._put_row(key)
        self._put_order()
        for key in (key for key in extra if key != SCRIPT):
            self._put_row(key)
        self.lanes = self._lay_lanes(most_lanes) if self.mode != "table" else []

    def _find_order(self) -> list[str]:
        table = self._board.table
        order = table.order
        if self.mode == "tree":
            order = self._board.links.chain_order(table)
        elif self.mode == "table":
            known = set(self._sorted)
            order = [*(key for key in self._sorted if key in table.rows), *(key for key in order if key not in known)]
        elif self.mode == "methods":
            order = self._by_method(order)
        found = self._select(order) if self.is_filtered() else list(order)
        self._shown = set(found) if self.is_filtered() else set()
        return found

    def _by_method(self, order: Sequence[str]) -> list[str]:
        """Put the rows of each method together, in the order in which methods come first."""
        rows = self._board.table.rows
        found: dict[str, list[str]] = {}
        for key in order:
            found.setdefault(rows[key].method, []).append(key)
        return [key for keys in found.values() for key in keys]

    def _select(self, keys: Sequence[str]) -> list[str]:
        """Return those of some rows that may be shown."""
        if self.scope is not None:
            keys = [key for key in keys if key in self.scope]
        texts = self._texts
        if self._terms.tests:
            missing = [key for key in keys if key not in texts]
            texts.update((key, row_text(self._row(key))) for key in missing)
        return self._terms.select(keys, Seen(self._row, texts, self._age))

    def _row(self, key: str) -> Row:
        return self._board.table.rows.get(key) or self.extra[key]

    def _find_repeats(self) -> list[Repeat]:
        rows = self._board.table.rows
        if self.mode == "methods":
            lengths = [len(list(keys)) for _, keys in itertools.groupby(self._order, lambda key: rows[key].method)]
            starts = itertools.accumulate(lengths, initial=0)
            return [Repeat(start, 1, length) for start, length in zip(starts, lengths, strict=False) if length > 1]
        return find_repeats([(row.method, bool(row.parent)) for row in map(rows.__getitem__, self._order)])

    def _find_active(self) -> frozenset[str]:
        """Return the first row of every repeat that has to be open."""
        if not self.is_folded or self.mode == "methods":
            return frozenset()
        found = map(self._first_of, self._board.in_state("running", "failed", "broken"))
        return frozenset(key for key in found if key) | self._visited

    def _first_of(self, key: str) -> str:
        """Return the first row of the repeat that a row is in, "" where it is in none."""
        index = self._index.get(key, -1)
        number = bisect_right(self._starts, index) - 1
        if index < 0 or number < 0 or index >= self._repeats[number].end:
            return ""
        repeat = self._repeats[number]
        if self.mode == "methods":
            return self._order[repeat.start]
        return self._order[index - (index - repeat.start) % repeat.period]

    def _put_row(self, key: str) -> None:
        self._line_of[key] = len(self.keys)
        self.keys.append(key)

    def _put_order(self) -> None:
        at = 0
        for repeat in self._repeats:
            self._put_rows(at, repeat.start)
            for group, kind in self._stretches(repeat):
                self._put_group(group, kind)
            at = repeat.end
        self._put_rows(at, len(self._order))

    def _put_rows(self, start: int, end: int) -> None:
        line = len(self.keys)
        keys = self._order[start:end]
        self.keys += keys
        self._line_of.update(zip(keys, range(line, line + len(keys)), strict=True))

    def _stretches(self, repeat: Repeat) -> Iterator[tuple[Group, str]]:
        """Give the parts of a repeat: those that have to be open, those the user opened, and the folded ones."""
        if self.mode == "methods":
            is_open = self._order[repeat.start] in self._opened
            key = GROUP + self._order[repeat.start]
            yield Group(key, repeat.start, 1, repeat.times, is_open), "opened" if is_open else "folded"
            return
        firsts = self._order[repeat.start : repeat.end : repeat.period]
        number = 0
        for kind, keys in itertools.groupby(firsts, lambda key: self._kind(key, key == firsts[0])):
            times = len(list(keys))
            start = repeat.start + number * repeat.period
            yield Group(GROUP + firsts[number], start, repeat.period, times, kind == "opened"), kind
            number += times

    def _kind(self, first: str, is_first: bool) -> str:
        if first in self._opened:
            return "opened"
        return "active" if is_first or first in self._actives else "folded"

    def _put_group(self, group: Group, kind: str) -> None:
        if kind == "active":
            self._put_rows(group.start, group.end)
            return
        line = len(self.keys)
        self._groups[group.key] = group
        self._put_row(group.key)
        if kind == "folded":
            self._line_of.update(dict.fromkeys(self._order[group.start : group.end], line))
        else:
            self._put_rows(group.start, group.end)

    def _lay_lanes(self, most: int) -> Sequence[LaneRow]:
        """Lay lanes: those of a long list when they are seen; those of groups at once, which stand for many rows."""
        self.loops, self.back = set(), {}
        lanes = LaneList(len(self.keys), self._inputs_of, self._users_of, most)
        return list(lanes) if self._groups or len(self.keys) <= _LANES_AT_ONCE else lanes

    def _inputs_of(self, line: int) -> set[int]:
        """Return the lines that a line reads; note those below it."""
        found = self._near(line, self._board.links.inputs)
        if line in found and self.keys[line] in self._groups:
            self.loops.add(line)
        if later := sorted(parent for parent in found if parent > line):
            self.back[line] = later
        return found

    def _users_of(self, line: int) -> set[int]:
        return self._near(line, self._board.links.users)

    def _near(self, line: int, step: Callable[[str], Iterable[str]]) -> set[int]:
        """Return the lines of what is one step from the rows of a line."""
        line_of, group = self._line_of, self._groups.get(self.keys[line])
        rows = () if group and group.is_open else self.rows_of(self.keys[line])
        return {line_of[other] for row in rows for other in step(row) if other in line_of}
