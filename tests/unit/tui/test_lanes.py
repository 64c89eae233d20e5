"""Lanes beside the job list."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from axtui.tui.lanes import LaneList, LaneRow, lay_out

PIPELINE = [[], [0], [1], [2], [3], [1, 4], [2, 5], [6], [], [8, 1], [9], [10], [11, 4], [9, 12]]
DRAWN = """\
*
*
├─*
│ ├─*
│ │ *
├─│─┼─*
│ *─│─╯
│ * │
│ * │
*─╯ │
├─* │
│ * │
│ *─╯
*─╯"""


def draw(rows: list[LaneRow]) -> str:
    """Write lanes as text, `*` for each row's own job."""
    lines = []
    for row in rows:
        chars = [char for char, _ in row.cells]
        chars[2 * row.own] = "*"
        lines.append("".join(chars).rstrip())
    return "\n".join(lines)


def test_a_pipeline_is_drawn_as_in_the_sketch() -> None:
    """Chains are straight lines, joins run to their inputs, endings close their lane."""
    rows = lay_out(PIPELINE, most=8)

    assert draw(rows) == DRAWN
    assert not any(row.spilled for row in rows)


def test_a_job_used_often_costs_one_lane() -> None:
    """Five hundred users of one job need two columns."""
    rows = lay_out([[], *([0] for _ in range(500))], most=8)

    assert max(row.width for row in rows) == 3


def test_inputs_without_a_lane_are_named() -> None:
    """When lanes run out the furthest next use is given up, and its user names the input."""
    rows = lay_out([[], [], [], [0], [1], [2]], most=3)

    assert max(row.width for row in rows) <= 5
    assert [row.spilled for row in rows] == [(), (), (), (), (), (2,)]


def test_every_input_is_drawn_or_named() -> None:
    """On random graphs no row has more lanes than allowed, and no input is lost."""
    chance = random.Random(1)
    inputs = [[chance.randrange(row) for _ in range(min(row, 2))] for row in range(300)]

    rows = lay_out(inputs, most=6)

    for row, parents in zip(rows, inputs, strict=True):
        ends = sum(char in "├┤┼╰╯┴" for char, _ in row.cells)
        assert row.width <= 11
        assert len(set(parents)) - len(row.spilled) in (ends, ends + 1)


def test_later_rows_and_itself_are_no_inputs() -> None:
    """A reference that points down, as from a job to its subjob, draws nothing."""
    assert draw(lay_out([[0, 1], []], most=4)) == "*\n*"


@given(st.lists(st.lists(st.integers(0, 40), max_size=4), min_size=1, max_size=40), st.integers(2, 6), st.data())
def test_lanes_that_are_laid_when_they_are_asked_for_are_the_same(
    inputs: list[list[int]], most: int, data: st.DataObject
) -> None:
    """In whatever order rows are looked at, each has the lanes that it has when all are laid at once."""
    users = [[row for row, parents in enumerate(inputs) if parent in parents] for parent in range(len(inputs))]
    asked = data.draw(st.lists(st.integers(0, len(inputs) - 1)))

    lanes = LaneList(len(inputs), inputs.__getitem__, users.__getitem__, most)

    wanted = lay_out(inputs, most)
    assert [lanes[row] for row in asked] == [wanted[row] for row in asked]
    assert lanes[:] == wanted
