"""How long a build will take."""

from __future__ import annotations

import pytest

from axtui.tui.estimates import Past, estimate, path_of_build
from tests.unit.tui.test_links import make


def test_the_median_of_past_runs_counts() -> None:
    """One slow run does not spoil it; the doubt is how far off the others were."""
    table, _ = make({"a": ()})
    past = Past()
    for seconds in (10.0, 12.0, 90.0, 11.0, 9.0):
        past.add("a", seconds)

    assert past.usual(table.rows["a"]) == 11.0
    assert past.doubt(table.rows["a"]) == 1.0


def test_older_runs_come_before_newer_ones() -> None:
    """Of many runs the newest are kept."""
    table, _ = make({"a": ()})
    past = Past()
    past.add("a", 5.0)
    past.put_before({"a": [100.0] * 9})
    for _ in range(6):
        past.add("a", 5.0)

    assert past.usual(table.rows["a"]) == 5.0


def test_a_chain_takes_its_sum_and_slots_share_the_rest() -> None:
    """With enough slots the longest chain decides, with one the work of all."""
    table, links = make({"a": (), "b": (), "c": ("a",)})
    past = Past()
    for key, seconds in (("a", 10.0), ("b", 8.0), ("c", 10.0)):
        past.add(key, seconds)

    wide = estimate(table, links, past, ["a", "b", "c"], 0.0, 4)
    narrow = estimate(table, links, past, ["a", "b", "c"], 0.0, 1)

    assert (wide.seconds, wide.path, wide.is_bound_by_slots) == (20.0, ("a", "c"), False)
    assert (narrow.seconds, narrow.is_bound_by_slots) == (28.0, True)
    assert wide.doubt == pytest.approx((2.5**2 + 2.5**2) ** 0.5)


def test_what_runs_counts_what_is_left_of_it() -> None:
    """And never less than nothing; what never ran is told apart."""
    table, links = make({"a": (), "b": ()})
    table.rows["a"].state, table.rows["a"].began = "running", 100.0
    past = Past()
    past.add("a", 10.0)

    assert estimate(table, links, past, ["a", "b"], 104.0, 1).seconds == 6.0
    assert estimate(table, links, past, ["a", "b"], 999.0, 1).seconds == 0.0
    assert estimate(table, links, past, ["a", "b"], 104.0, 1).unknown == 1


def test_the_path_of_a_build_is_of_what_it_built() -> None:
    """Reused jobs took no time of this build; where nothing was built, all of them count."""
    table, links = make({"a": (), "b": ("a",), "c": ("b",)})
    for row, state, seconds in (("a", "reused", 50.0), ("b", "built", 2.0), ("c", "built", 3.0)):
        table.rows[row].state, table.rows[row].seconds = state, seconds  # type: ignore[assignment]

    built = path_of_build(table, links)
    for row in table:
        row.state = "reused"

    assert built == (["b", "c"], 5.0)
    assert path_of_build(table, links) == (["a", "b", "c"], 55.0)
