"""What the screen knows of a dataset: plain values that pass between the reader's thread and the panes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NONE = "None"
"""How no value is written."""
NUMERIC = frozenset({"number", "int32", "int64", "float32", "float64", "complex32", "complex64"})


class DataError(Exception):
    """A dataset cannot be read; the text says why, and is safe to show."""


@dataclass(frozen=True)
class ColumnFacts:
    """A column: its name, the same made safe, its type, whether None is allowed, smallest and largest value as text.

    `origin` is the dataset that it was inherited from, "" for one of the dataset's own.
    """

    name: str
    label: str
    kind: str
    none: bool
    low: str
    high: str
    origin: str

    @property
    def is_right(self) -> bool:
        """Whether its values are written against the right edge."""
        return self.kind in NUMERIC


@dataclass(frozen=True)
class DatasetFacts:
    """A dataset: columns in the order of the files, lines a slice, and what its record says."""

    reference: str
    columns: tuple[ColumnFacts, ...]
    slices: tuple[int, ...]
    caption: str
    filename: str
    hashlabel: str
    previous: str
    parents: tuple[str, ...]
    compression: str

    @property
    def lines(self) -> int:
        """How many lines there are in all."""
        return sum(self.slices)


@dataclass(frozen=True)
class Page:
    """Cells as text, a list a column, of lines from `first` on (among those that are shown)."""

    first: int
    names: tuple[str, ...]
    cells: Sequence[Sequence[str]]

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return len(self.cells[0]) if self.cells else 0

    def has(self, first: int, last: int, names: Sequence[str]) -> bool:
        """Tell whether lines up to before `last` and columns are here."""
        return self.first <= first and last <= self.first + self.lines and set(names) <= set(self.names)

    def column(self, name: str, first: int, last: int) -> Sequence[str]:
        """Return the cells of a column, as many as are here."""
        if name not in self.names:
            return ()
        return self.cells[self.names.index(name)][max(0, first - self.first) : max(0, last - self.first)]

    def cell(self, name: str, line: int) -> str | None:
        """Return the text of a cell, or None where it is not here."""
        if name not in self.names or not self.first <= line < self.first + self.lines:
            return None
        return self.cells[self.names.index(name)][line - self.first]
