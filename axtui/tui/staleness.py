"""What saves make stale: for its own source, or because it comes after something that is. Marks rows. Pure."""

from __future__ import annotations

from axtui.event.events import SourcesChanged
from axtui.tui.rows import Row, Table

_OWN = "source changed"
_IN_AXTUI = "changed in axtui"
_AFTER = "comes after "
_BEFORE = "something before it changed"


def is_own(message: str) -> bool:
    """Tell by what a stale row says whether it is stale for its own source, rather than for what it comes after."""
    return message != _BEFORE and not message.startswith(_AFTER)


class Stale:
    """What saves have made stale since a build began.

    Attributes:
        messages: Why, by row; of rows that ran as well.
    """

    def __init__(self) -> None:
        self.messages: dict[str, str] = {}

    @property
    def own(self) -> int:
        """How many rows are stale for their own source."""
        return sum(map(is_own, self.messages.values()))

    def clear(self) -> None:
        """Begin anew: a build takes every file as it is."""
        self.messages.clear()

    def take(self, table: Table, event: SourcesChanged) -> list[str]:
        """Mark the rows that a change of sources makes stale, but none that runs; return their keys."""
        reached = {*event.stale, *event.after}
        rows = [row for key in (*event.stale, *event.after) if (row := table.rows.get(key))]
        within: dict[str, list[str]] = {}
        for row in rows:
            within.setdefault(row.parent, []).append(row.method)
        for row in rows:
            if row.row in event.stale:
                self.messages[row.row] = _IN_AXTUI if row.method in event.ours else _OWN
            else:
                self.messages[row.row] = _tell_after(table, row, reached, within.get(row.row, []))
        return [self._mark(row) for row in rows if row.state != "running"]

    def _mark(self, row: Row) -> str:
        row.state, row.message, row.why = "stale", self.messages[row.row], ()
        return row.row


def _tell_after(table: Table, row: Row, reached: set[str], within: list[str]) -> str:
    """Say which of its inputs, and of the jobs that it asks for itself, make a row stale."""
    inputs = [each.method for each in table.inputs(row) if each.row in reached]
    names = ", ".join(dict.fromkeys([*inputs, *within]))
    return f"{_AFTER}{names}" if names else _BEFORE
