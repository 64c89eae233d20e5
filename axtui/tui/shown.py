"""Which lines of a tail are shown, and which of those match: counted block by block, a step at a time. Draws nothing.

Of each block only counts are kept, so that a filter or a search of a gigabyte costs a few hundred kilobytes. Which
lines of a block they are is found again when the block is looked at.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from axtui.base import clock
from axtui.tui.pattern import Pattern
from axtui.tui.tail import Source, Tail

_CACHED_BLOCKS = 64


class Place(NamedTuple):
    """A line: its block, and its number there. It stays the same line whatever is shown."""

    block: int
    line: int


Chosen = Callable[[Source], bool]


class Shown:
    """The rows of a view: the lines of the chosen files that a filter lets pass.

    Args:
        tail: Where the lines are.
        chosen: Tells which files are shown.
        wanted: The filter, None for all lines.
    """

    def __init__(self, tail: Tail, chosen: Chosen = lambda source: True, wanted: Pattern | None = None) -> None:
        self.tail = tail
        self.wanted = wanted
        self._chosen = chosen
        self._ends: array[int] = array("q")
        """How many rows there are up to the end of each block that was looked at."""
        self._found: OrderedDict[int, Sequence[int]] = OrderedDict()

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @property
    def blocks(self) -> int:
        """How many blocks have been looked at."""
        return len(self._ends)

    @property
    def share(self) -> float:
        """How much has been looked at."""
        return self.blocks / max(1, len(self.tail.blocks))

    def has(self, block: int) -> bool:
        """Tell whether a block is of a chosen file."""
        return self._chosen(self.tail.source(block))

    def step(self, grown: Iterable[int], seconds: float) -> bool:
        """Take in blocks that have grown and new ones, for about that long. Return whether there are more.

        Raises:
            SlowPatternError: The filter takes too long.
        """
        for block in grown:
            if block < self.blocks:
                self._correct(block)
        until = clock.monotonic() + seconds
        for block in range(self.blocks, len(self.tail.blocks)):
            self._ends.append(len(self) + len(self.lines(block, limited=True)))
            if self.wanted and clock.monotonic() >= until:
                break
        return self.blocks < len(self.tail.blocks)

    def lines(self, block: int, limited: bool = False) -> Sequence[int]:
        """Return which lines of a block are shown.

        Raises:
            SlowPatternError: The filter takes too long; only where `limited`, as it is for blocks not looked at before.
        """
        count = self.tail.blocks.counts[block]
        if not self.has(block):
            return ()
        if self.wanted is None:
            return range(count)
        if block not in self._found:
            self._found[block] = self.wanted.find_lines(self.tail.data(block), count, limited)
            if len(self._found) > _CACHED_BLOCKS:
                self._found.popitem(last=False)
        return self._found[block]

    def place(self, row: int) -> Place:
        """Return the line of a row."""
        block = bisect_right(self._ends, row)
        return Place(block, self.lines(block)[row - self._first(block)])

    def row(self, place: Place) -> int:
        """Return the row of a line; where it is not shown, that of the next one that is."""
        if place.block >= self.blocks:
            return len(self)
        return self._first(place.block) + bisect_left(self.lines(place.block), place.line)

    def _first(self, block: int) -> int:
        return self._ends[block - 1] if block else 0

    def _correct(self, block: int) -> None:
        """Count a block again that has grown, and move what stands behind it."""
        self._found.pop(block, None)
        more = self._first(block) + len(self.lines(block, limited=True)) - self._ends[block]
        if more:
            for behind in range(block, self.blocks):
                self._ends[behind] += more


class Search:
    """Counts the shown lines that match, from the newest back, and finds the next one.

    Attributes:
        total: How many were found so far.
        found: The line that was sought; None while it is not found, or where there is none.
        turned: Whether it was found only beyond the end, from the other side.
    """

    def __init__(self, shown: Shown, pattern: Pattern) -> None:
        self.pattern = pattern
        self._shown = shown
        self._counts: array[int] = array("i")
        self._todo: list[int] = []
        self._seek: tuple[Place, int] | None = None
        self._walk: list[int] = []
        self._walk_blocks = 0
        self.total = 0
        self.found: Place | None = None
        self.turned = False

    @property
    def share(self) -> float:
        """How much has been searched."""
        return 1 - len(self._todo) / max(1, len(self._counts)) if self._counts else float(not self._shown.blocks)

    @property
    def is_seeking(self) -> bool:
        """Whether a line is still sought."""
        return self._seek is not None

    def seek(self, place: Place, step: int) -> None:
        """Seek the next match after a line, or before it (`step` -1); `step` goes on until it is found."""
        self._take_new(())
        count = len(self._counts)
        first = min(place.block, count - 1)
        self._walk = [(first + step * number) % count for number in range(count + 1)] if count else []
        self._walk.reverse()
        self._walk_blocks = count
        self._seek, self.found, self.turned = (place, step), None, False

    def stop_seeking(self) -> None:
        """Give up what is sought."""
        self._seek, self._walk = None, []

    def step(self, grown: Iterable[int], seconds: float) -> bool:
        """Search for about that long, what is sought first. Return whether there is more to search.

        Raises:
            SlowPatternError: The pattern takes too long.
        """
        self._take_new(grown)
        until = clock.monotonic() + seconds
        while (self._seek or self._todo) and clock.monotonic() < until:
            if self._seek:
                self._seek_on()
            else:
                block = self._todo.pop()
                if self._counts[block] < 0:
                    self._count(block)
        return bool(self._seek or self._todo)

    def matches(self, block: int, again: bool = False) -> Sequence[int]:
        """Return which shown lines of a block match; `again` if that was found out before."""
        shown = self._shown.lines(block)
        if not shown:
            return ()
        tail = self._shown.tail
        found = self.pattern.find_lines(tail.data(block), tail.blocks.counts[block], limited=not again)
        return found if isinstance(shown, range) else sorted(set(found) & set(shown))

    def rank(self, place: Place) -> int:
        """Return which of all matches a line is, from 1, as far as they have been counted; 0 where it is none."""
        if place.block >= len(self._counts) or self._counts[place.block] <= 0:
            return 0
        found = self.matches(place.block, again=True)
        before = sum(count for count in self._counts[: place.block] if count > 0)
        return before + found.index(place.line) + 1 if place.line in found else 0

    def _take_new(self, grown: Iterable[int]) -> None:
        for block in grown:
            if block < len(self._counts):
                self.total -= max(0, self._counts[block])
                self._counts[block] = -1
                self._todo.append(block)
        new = range(len(self._counts), self._shown.blocks)
        self._counts.extend(-1 for _ in new)
        self._todo.extend(new)

    def _count(self, block: int) -> Sequence[int]:
        found = self.matches(block)
        if self._counts[block] < 0:
            self._counts[block] = len(found)
            self.total += len(found)
        return found

    def _seek_on(self) -> None:
        """Look at one more block for what is sought."""
        assert self._seek
        place, step = self._seek
        if not self._walk:
            self._seek = None
            return
        block = self._walk.pop()
        if self._counts[block] == 0:
            return
        found = self._count(block)
        is_last = not self._walk
        if len(self._walk) == self._walk_blocks and block == place.block:
            found = [line for line in found if (line - place.line) * step > 0]
        elif is_last and block == place.block:
            found = [line for line in found if (line - place.line) * step <= 0]
        self.turned = is_last or (block - place.block) * step < 0
        if found:
            self.found = Place(block, found[0] if step > 0 else found[-1])
            self.stop_seeking()
