"""How many rows are in which state, and which ones: kept up from what changed, never counted from the beginning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from axtui.tui.rows import STATES, State, Table


class Tally:
    """Counts the rows of a table by the state they are shown in.

    Attributes:
        counts: How many rows there are of each state.
    """

    def __init__(self) -> None:
        self._table: Table | None = None
        self._begin()

    def _begin(self) -> None:
        self.counts: Counter[State] = Counter()
        self._states: dict[str, State] = {}
        self._keys: dict[State, dict[str, None]] = {state: {} for state in STATES}

    def update(self, table: Table, changed: Iterable[str]) -> None:
        """Take in rows that came, went or changed; another table is counted from its beginning."""
        if table is not self._table:
            self._table = table
            self._begin()
            changed = table.order
        for key in changed:
            row = table.rows.get(key)
            before, now = self._states.pop(key, None), row.shown if row else None
            if before is not None and before is not now:
                del self._keys[before][key]
                self.counts[before] -= 1
            if now is not None:
                self._states[key] = now
                if now is not before:
                    self._keys[now][key] = None
                    self.counts[now] += 1

    def keys(self, *states: State) -> list[str]:
        """Return the rows in some states, those first that came to them first."""
        return [key for state in states for key in self._keys[state]]
