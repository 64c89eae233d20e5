"""Lanes beside a list of jobs: a lane is an output that a later row still needs, like a register. Draws no colours.

At a row the lanes of its inputs join it with `├ ┤ ┼`, those that end there with `╰ ╯ ┴`; what is unrelated stays `│`.
A chain keeps its lane, so it is a straight line. When lanes run out, the output whose next use is furthest away is
given up (Belady 1966); its later users name it in `spilled`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, overload

EMPTY = -1
_Near = Callable[[int], Iterable[int]]


class LaneRow(NamedTuple):
    """What is drawn left of one row; the characters are made when the row is seen.

    Attributes:
        before: The output in each lane above the row, EMPTY where there is none.
        own: The lane of the row's own job; its character is a blank, where the state's glyph goes.
        joined: The lanes of the inputs.
        ended: Those of them that nothing below needs.
        spilled: Inputs whose lanes were given up, as row indices.
    """

    before: tuple[int, ...] = ()
    own: int = 0
    joined: tuple[int, ...] = ()
    ended: tuple[int, ...] = ()
    spilled: tuple[int, ...] = ()

    @property
    def width(self) -> int:
        """How many columns are used: lane n stands in column 2 n, between two lanes is one column."""
        last = len(self.before) - 1
        while last > self.own and self.before[last] == EMPTY:
            last -= 1
        return 2 * max(last, self.own) + 1

    @property
    def cells(self) -> tuple[tuple[str, int], ...]:
        """A character, and the lane it belongs to for its colour (EMPTY for a blank), for each column."""
        return _draw(list(self.before), self.own, list(self.joined), set(self.ended))


def lay_out(inputs: Sequence[Sequence[int]], most: int) -> list[LaneRow]:
    """Lay lanes for rows.

    Args:
        inputs: For each row the indices of earlier rows that it reads; later ones and itself are passed over.
        most: How many lanes may be used, at least 2. The last one never holds an output, only a row's own glyph.
    """
    users: list[list[int]] = [[] for _ in inputs]
    for row, parents in enumerate(inputs):
        for parent in {parent for parent in parents if parent < row}:
            users[parent].append(row)
    return list(LaneList(len(inputs), inputs.__getitem__, users.__getitem__, most))


class LaneList(Sequence[LaneRow]):
    """The lanes of rows, laid from the first row to one that is asked for, once.

    Args:
        rows: How many there are.
        inputs: Gives the rows that a row reads; itself and later ones are passed over.
        users: Gives the rows that read a row; itself and earlier ones are passed over.
        most: How many lanes may be used, at least 2. The last one never holds an output, only a row's own glyph.
    """

    def __init__(self, rows: int, inputs: _Near, users: _Near, most: int) -> None:
        self._rows = rows
        self._inputs, self._users = inputs, users
        self._uses: list[list[int]] = []
        """For each row that was laid those that use it later, the last one first."""
        self._kept: list[int] = [EMPTY] * (max(2, most) - 1)
        self._laid: list[LaneRow] = []

    def __len__(self) -> int:
        return self._rows

    @overload
    def __getitem__(self, index: int) -> LaneRow: ...
    @overload
    def __getitem__(self, index: slice) -> list[LaneRow]: ...
    def __getitem__(self, index: int | slice) -> LaneRow | list[LaneRow]:
        wanted = range(self._rows)[index]
        last = wanted if isinstance(wanted, int) else max(wanted, default=-1)
        while len(self._laid) <= last:
            self._laid.append(self._lay(len(self._laid)))
        return self._laid[index]

    def _lay(self, row: int) -> LaneRow:
        """Lay the next row: its inputs are joined, those that nothing below needs end, and it takes a lane itself."""
        before, uses, kept = tuple(self._kept), self._uses, self._kept
        inputs = sorted({parent for parent in self._inputs(row) if parent < row})
        uses.append(sorted({user for user in self._users(row) if user > row}, reverse=True))
        joined = tuple([lane for lane, output in enumerate(before) if output in inputs]) if inputs else ()
        spilled = tuple([parent for parent in inputs if parent not in before]) if len(joined) < len(inputs) else ()
        for parent in inputs:
            while uses[parent] and uses[parent][-1] <= row:
                uses[parent].pop()
        ended = tuple([lane for lane in joined if not uses[before[lane]]])
        for lane in ended:
            kept[lane] = EMPTY
        return LaneRow(before, self._place(row, ended), joined, ended, spilled)

    def _place(self, row: int, freed: Sequence[int]) -> int:
        """Choose the lane of a row and keep its output there if it is needed later."""
        free = freed or [lane for lane, output in enumerate(self._kept) if output == EMPTY]
        if not self._uses[row]:
            return free[0] if free else len(self._kept)
        lane = free[0] if free else max(range(len(self._kept)), key=self._next_use)
        if not free and self._next_use(lane) <= self._uses[row][-1]:
            return len(self._kept)
        self._kept[lane] = row
        return lane

    def _next_use(self, lane: int) -> int:
        return self._uses[self._kept[lane]][-1]


def _draw(before: list[int], own: int, joined: list[int], ended: set[int]) -> tuple[tuple[str, int], ...]:
    """Draw one row from the lanes as they were above it."""
    parents = [lane for lane in joined if lane != own]
    left, right = min([own, *parents]), max([own, *parents])
    live = [lane for lane, output in enumerate(before) if output != EMPTY]
    last = max([own, *live])
    cells: list[tuple[str, int]] = []
    for lane in range(last + 1):
        cells.append(_cell(lane, own, parents, ended, lane in live, left, right))
        inside = left <= lane < right
        cells.append(("─", _nearest(lane + (lane >= own), own, parents)) if inside else (" ", EMPTY))
    return tuple(cells[:-1])


def _cell(
    lane: int, own: int, parents: list[int], ended: set[int], live: bool, left: int, right: int
) -> tuple[str, int]:
    if lane == own:
        return " ", lane
    if lane in parents:
        outer, inner = ("╰╯", "┴") if lane in ended else ("├┤", "┼")
        return (outer[0] if lane == left else outer[1] if lane == right else inner), lane
    if live:
        return "│", lane
    if left < lane < right:
        return "─", _nearest(lane, own, parents)
    return " ", EMPTY


def _nearest(lane: int, own: int, parents: list[int]) -> int:
    """Return the joined lane whose line runs past here: the closest one on the far side of the row's own."""
    side = [parent for parent in parents if (parent <= lane if lane <= own and parent < own else parent >= lane)]
    return min(side, key=lambda parent: abs(parent - lane)) if side else own
