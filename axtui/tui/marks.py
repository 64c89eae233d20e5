"""Which rows of a list are marked."""

from __future__ import annotations

from collections.abc import Collection, Sequence


class Marks:
    """Marked rows, in the order they were marked.

    Attributes:
        anchor: Where a range begins that has no end yet, "" for none.
    """

    def __init__(self) -> None:
        self._keys: dict[str, None] = {}
        self.anchor = ""

    @property
    def keys(self) -> Sequence[str]:
        """The rows that are marked."""
        return list(self._keys)

    def has(self, keys: Sequence[str]) -> bool:
        """Tell whether all of some rows are marked."""
        return bool(self._keys) and all(key in self._keys for key in keys)

    def put(self, keys: Collection[str], toggle: bool = False) -> None:
        """Mark rows; with `toggle` take the marks away where all have one."""
        if toggle and all(key in self._keys for key in keys):
            for key in keys:
                del self._keys[key]
        else:
            self._keys.update(dict.fromkeys(keys))

    def take_anchor(self) -> str:
        """Return where a range begins, and forget it."""
        anchor, self.anchor = self.anchor, ""
        return anchor

    def clear(self) -> None:
        """Take all marks away."""
        self._keys.clear()
        self.anchor = ""
