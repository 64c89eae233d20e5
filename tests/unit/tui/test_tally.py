"""Counting rows by state."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from axtui.tui.rows import STATES, Row, State, Table
from axtui.tui.tally import Tally

STEPS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from([*STATES, None])), max_size=40)


@given(STEPS)
def test_it_counts_as_if_from_the_beginning(steps: list[tuple[str, State | None]]) -> None:
    """After whatever changes, rows that come and go, the numbers are those of the rows there are."""
    table, tally = Table(), Tally()

    for key, state in steps:
        if state is None:
            table.rows.pop(key, None)
            table.order = list(table.rows)
        elif key in table.rows:
            table.rows[key].state = state
        else:
            table.add(Row(key, key, state))
        tally.update(table, [key])

    assert +tally.counts == Counter(row.shown for row in table)
    assert {key for state in STATES for key in tally.keys(state)} == set(table.rows)
