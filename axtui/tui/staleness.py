"""Marking what a save makes stale: for its own source, or because it comes after something that is. Pure."""

from __future__ import annotations

from axtui.event.events import SourcesChanged
from axtui.tui.rows import Row, Table

OWN = "source changed"
"""What a row says that is stale for its own source; one that only comes after such a row says after which."""


def mark_stale(table: Table, event: SourcesChanged) -> list[str]:
    """Mark the rows that a change of sources makes stale, but none that runs; return their keys."""
    reached = {*event.stale, *event.after}
    within: dict[str, list[str]] = {}
    found = [row for key in (*event.stale, *event.after) if (row := table.rows.get(key))]
    for row in found:
        within.setdefault(row.parent, []).append(row.method)
    rows = [row for row in found if row.state != "running"]
    for row in rows:
        row.message = OWN if row.row in event.stale else _tell_after(table, row, reached, within.get(row.row, []))
        row.state, row.why = "stale", ()
    return [row.row for row in rows]


def _tell_after(table: Table, row: Row, reached: set[str], within: list[str]) -> str:
    """Say which of its inputs, and of the jobs that it asks for itself, make a row stale."""
    inputs = [each.method for each in table.inputs(row) if each.row in reached]
    names = ", ".join(dict.fromkeys([*inputs, *within]))
    return f"comes after {names}" if names else "something before it changed"
