"""Which row reads which: neighbours, lineage, the chain order, the longest path. Pure values; draws nothing.

Everything is by row key. What a row reads is resolved once and again only when that row changed, so that a list of a
hundred thousand rows is not gone through for each event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from axtui.tui.rows import Table

_NONE: tuple[str, ...] = ()


class Links:
    """Inputs and users of every row of a table."""

    def __init__(self) -> None:
        self._table: Table | None = None
        self._inputs: dict[str, tuple[str, ...]] = {}
        self._users: dict[str, dict[str, None]] = {}

    def update(self, table: Table, changed: Iterable[str]) -> None:
        """Take in rows that came, went or read something else; another table is read from its beginning."""
        if table is not self._table:
            self._table, self._inputs, self._users = table, {}, {}
            changed = table.order
        for key in changed:
            row = table.rows.get(key)
            now = tuple(found.row for found in table.inputs(row)) if row and row.inputs else _NONE
            before = self._inputs.get(key, _NONE)
            if row is None:
                self._inputs.pop(key, None)
            else:
                self._inputs[key] = now
            if now != before:
                for parent in before:
                    self._users[parent].pop(key, None)
                for parent in now:
                    self._users.setdefault(parent, {})[key] = None

    def inputs(self, key: str) -> Sequence[str]:
        """Return the rows that a row reads."""
        return self._inputs.get(key, _NONE)

    def users(self, key: str) -> Iterable[str]:
        """Return the rows that read a row."""
        return self._users.get(key, _NONE)

    def lineage(self, key: str, depth: int) -> set[str]:
        """Return a row with everything it is made from and everything made from it, at most `depth` steps away."""
        return self._reach(key, depth, self.inputs) | self._reach(key, depth, self.users)

    def followers(self, keys: Iterable[str]) -> set[str]:
        """Return every row that needs one of these, however far down, without these."""
        given = set(keys)
        found: set[str] = set()
        for key in given:
            found |= self._reach(key, len(self._inputs) + 1, self.users, found)
        return found - given

    @staticmethod
    def _reach(key: str, depth: int, step: Callable[[str], Iterable[str]], known: Iterable[str] = _NONE) -> set[str]:
        found, edge = {key, *known}, [key]
        while edge and depth > 0:
            edge = list(dict.fromkeys(other for near in edge for other in step(near) if other not in found))
            found.update(edge)
            depth -= 1
        return found

    def chain_order(self, table: Table) -> list[str]:
        """Return the rows so that a row is followed by what became ready through it, subjobs after their parent.

        Rows that read each other in a circle stay where they were asked for.
        """
        heads = _heads(table)
        blocks: dict[str, list[str]] = {}
        for key in table.order:
            blocks.setdefault(heads[key], []).append(key)
        needs = {head: {heads[parent] for key in keys for parent in self.inputs(key)} - {head}
                 for head, keys in blocks.items()}  # fmt: skip
        left = {head: len(parents) for head, parents in needs.items()}
        users: dict[str, list[str]] = {}
        for head, parents in needs.items():
            for parent in parents:
                users.setdefault(parent, []).append(head)
        ready = [head for head in reversed(blocks) if not left[head]]
        placed: dict[str, None] = {}
        while ready:
            head = ready.pop()
            placed[head] = None
            for user in users.get(head, ()):
                left[user] -= 1
            ready += [user for user in reversed(users.get(head, ())) if not left[user]]
        return [key for head in (*placed, *(head for head in blocks if head not in placed)) for key in blocks[head]]

    def longest_path(self, order: Iterable[str], seconds: Mapping[str, float]) -> list[str]:
        """Return the chain of rows that takes longest one after the other; rows that take no time are left out.

        Args:
            order: The rows, each after what it reads; an input that comes later does not count.
            seconds: How long each row takes; a row that is not in it takes no time.
        """
        ends: dict[str, float] = {}
        before: dict[str, str] = {}
        for key in order:
            known = [parent for parent in self.inputs(key) if parent in ends]
            nearest = max(known, key=ends.__getitem__, default="")
            ends[key] = (ends[nearest] if nearest else 0.0) + seconds.get(key, 0.0)
            before[key] = nearest
        at = max(ends, key=ends.__getitem__, default="")
        path = []
        while at:
            if seconds.get(at, 0.0) > 0:
                path.append(at)
            at = before[at]
        return path[::-1]


def _heads(table: Table) -> dict[str, str]:
    """Return for each row the row of the script that it belongs to: itself, or that of its parent."""
    heads: dict[str, str] = {}
    for key in table.order:
        parent = table.rows[key].parent
        heads[key] = heads.get(parent, parent if parent in table.rows else key)
    return {key: heads.get(head, head) for key, head in heads.items()}
