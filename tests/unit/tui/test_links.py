"""Which row reads which."""

from __future__ import annotations

from axtui.tui.links import Links
from axtui.tui.rows import Row, Table


def make(inputs: dict[str, tuple[str, ...]], parents: dict[str, str] | None = None) -> tuple[Table, Links]:
    """Make a table in which row `a` has job `dev-a`, and its links."""
    table, links = Table(), Links()
    for key, reads in inputs.items():
        row = Row(key, key, inputs=tuple(f"dev-{each}" for each in reads), parent=(parents or {}).get(key, ""))
        table.add(row)
        table.place(row, f"dev-{key}")
        table.last = key if not row.parent else table.last
    links.update(table, ())
    return table, links


CHAINS = {"a": (), "b": (), "c": ("a",), "d": ("b",), "e": ("c",), "f": ("d", "e")}


def test_lineage_goes_both_ways_as_far_as_asked() -> None:
    """One step is inputs and users; without a limit all that is above and below, and not their other relatives."""
    _, links = make(CHAINS)

    assert links.lineage("c", 1) == {"a", "c", "e"}
    assert links.lineage("c", 9) == {"a", "c", "e", "f"}
    assert links.followers(["a", "e"]) == {"c", "f"}


def test_the_chain_order_keeps_chains_together() -> None:
    """A row is followed by what became ready through it; nothing comes before what it reads."""
    table, links = make(CHAINS)

    assert links.chain_order(table) == ["a", "c", "e", "b", "d", "f"]


def test_subjobs_stay_with_their_parent() -> None:
    """In chain order too a subjob stands below the job that asked for it."""
    table, links = make({"a": (), "b": (), "b/x": (), "c": ("a",)}, {"b/x": "b"})

    assert links.chain_order(table) == ["a", "c", "b", "b/x"]


def test_a_circle_loses_no_row() -> None:
    """Rows that read each other stay in build order."""
    table, links = make({"a": ("b",), "b": ("a",), "c": ()})

    assert links.chain_order(table) == ["c", "a", "b"]


def test_the_longest_path_is_by_seconds() -> None:
    """Of two chains the one that takes longer; rows that take no time are not named."""
    _, links = make(CHAINS)

    assert links.longest_path(CHAINS, {"a": 1.0, "c": 0.0, "e": 1.0, "b": 5.0, "f": 2.0}) == ["b", "f"]
    assert links.longest_path(CHAINS, {}) == []


def test_only_what_changed_is_read_again() -> None:
    """A row that reads something else has other inputs; one that has gone is nobody's user."""
    table, links = make(CHAINS)
    table.rows["c"].inputs = ("dev-b",)
    table.remove(["f"])

    links.update(table, ["c", "f"])

    assert list(links.users("a")) == []
    assert list(links.users("b")) == ["d", "c"]
    assert list(links.users("e")) == []
