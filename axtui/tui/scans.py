"""What goes through a whole column in a thread of its own: lines that fulfil a condition, how values are spread.

The screen looks at a scan while it runs and may stop it; a scan draws nothing and keeps a bounded amount.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from axtui.base.text import safe
from axtui.dataset.record import ColumnRecord
from axtui.dataset.storage import load
from axtui.dataset.types import ColumnType
from axtui.dataset.views import is_missing, raw_view
from axtui.tui.condition import Condition
from axtui.tui.data_facts import NONE, DataError
from axtui.tui.data_reader import OpenDataset
from axtui.tui.value_texts import format_cells

_KEPT_MOST = 1 << 21
_VALUES_MOST = 1 << 16
_BINS = 24
_LETTERS = 60
_INTEGERS = ("int32", "int64", "date", "datetime", "time")


class Scan:
    """Goes through one column of a dataset.

    Attributes:
        done: How many lines it has read.
        total: How many there are.
        is_over: Whether it has ended: it is through, was stopped, or met a damage.
        trouble: What went wrong, "" for nothing.
    """

    def __init__(self, dataset: OpenDataset, name: str) -> None:
        self.done, self.total = 0, dataset.facts.lines
        self.is_over, self.trouble = False, ""
        self._dataset = dataset
        self._name = name
        self._stops = threading.Event()

    @property
    def is_exact(self) -> bool:
        """Whether every line was looked at."""
        return self.done == self.total

    def stop(self) -> None:
        """End it after the piece that is being read."""
        self._stops.set()

    def run(self) -> None:
        """Go through the column; to be called in a thread."""
        try:
            for at, column, array in self._dataset.scan(self._name, self._stops):
                self.take(at, column, array)
                self.done += len(array)
        except DataError as error:
            self.trouble = str(error)
        except (ValueError, TypeError, OverflowError, MemoryError, pa.ArrowException) as error:
            self.trouble = safe(f"{self._name}: {type(error).__name__}: {error}")
        finally:
            self.is_over = True

    def take(self, at: int, column: ColumnRecord, array: pa.Array) -> None:
        """Look at a piece, shape (lines,), which begins with line `at`."""
        raise NotImplementedError


class Filter(Scan):
    """The lines that fulfil a condition.

    Attributes:
        count: How many there are so far; no more than two million of their numbers are kept.
    """

    def __init__(self, dataset: OpenDataset, condition: Condition) -> None:
        super().__init__(dataset, condition.name)
        self.condition = condition
        self.count = 0
        self._kept: npt.NDArray[np.int64] = np.empty(1 << 10, dtype=np.int64)

    @property
    def kept(self) -> int:
        """How many of the lines can be shown."""
        return min(self.count, _KEPT_MOST)

    def numbers(self, first: int, last: int) -> list[int]:
        """Return the numbers of the lines from the `first` that was found to before the `last`."""
        found: list[int] = self._kept[max(0, first) : min(last, self.kept)].tolist()
        return found

    def take(self, at: int, column: ColumnRecord, array: pa.Array) -> None:
        """Look for lines in a piece."""
        found = np.flatnonzero(self.condition.mask(column.kind, array)) + at
        room = found[: _KEPT_MOST - self.kept]
        if self.kept + len(room) > len(self._kept):
            grown = np.empty(min(_KEPT_MOST, max(2 * len(self._kept), self.kept + len(room))), dtype=np.int64)
            grown[: self.kept] = self._kept[: self.kept]
            self._kept = grown
        self._kept[self.kept : self.kept + len(room)] = room
        self.count += len(found)


class Bar(NamedTuple):
    """A bar of a histogram: what is counted, as text, and how often it is there."""

    label: str
    lines: int


class Histogram(Scan):
    """How the values of a column are spread: in bins where they can be put on a line, else the commonest.

    Attributes:
        missing: How many lines have no value, or no number.
        is_cut: Whether there were too many different values to count each of them.
    """

    def __init__(self, dataset: OpenDataset, name: str) -> None:
        super().__init__(dataset, name)
        self.missing = 0
        self.is_cut = False
        self._values: Counter[str] = Counter()
        self._edges: npt.NDArray[np.float64] | None = None
        self._labels: list[str] = []
        self._counts: npt.NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    @property
    def different(self) -> int:
        """How many different values were met; 0 where they are in bins."""
        return len(self._values)

    def bars(self, most: int) -> Sequence[Bar]:
        """Return what was counted so far: all bins in order, or the commonest values."""
        if self._edges is not None:
            return [Bar(label, int(count)) for label, count in zip(self._labels, self._counts, strict=True)]
        return [Bar(value, lines) for value, lines in self._values.copy().most_common(most)]

    def take(self, at: int, column: ColumnRecord, array: pa.Array) -> None:
        """Count a piece."""
        if self._edges is None and not self._values:
            self._choose_bins(column)
        if self._edges is None:
            self._count(column.kind, array)
        else:
            values = _on_a_line(column.kind, array)
            inside = values[np.isfinite(values)]
            self.missing += len(values) - len(inside)
            self._counts += np.histogram(inside, self._edges)[0]

    def _count(self, kind: ColumnType, array: pa.Array) -> None:
        if kind.name in ("ascii", "unicode", "bool"):
            counted = pc.value_counts(load(kind, array))
            names = format_cells(kind, counted.field("values"), _LETTERS)
            pairs: Iterable[tuple[str, int]] = zip(names, counted.field("counts").to_pylist(), strict=True)
        else:
            pairs = Counter(format_cells(kind, array, _LETTERS)).items()
        for name, count in pairs:
            if name == NONE:
                self.missing += count
            else:
                self._values[safe(name)] += count
        if len(self._values) > _VALUES_MOST:
            self.is_cut = True
            self._values = Counter(dict(self._values.most_common(_VALUES_MOST // 2)))

    def _choose_bins(self, column: ColumnRecord) -> None:
        """Lay bins over the values, from the smallest to the largest as the dataset's record has them."""
        ends = [_place(column.kind, value) for value in (column.min, column.max)]
        low, high = ends[0], ends[1]
        if low is None or high is None or column.holds == "mixed" or not np.isfinite([low, high]).all():
            return
        is_whole = column.kind.name in _INTEGERS or column.holds == "int"
        if is_whole and high - low < _BINS:
            self._edges = np.arange(low, high + 2) - 0.5
            self._labels = [_label(column.kind, low + at, True) for at in range(len(self._edges) - 1)]
        elif low < high:
            edges = np.linspace(low, high, _BINS + 1)
            self._labels = [_label(column.kind, edge, is_whole) for edge in edges[:-1]]
            self._edges = edges
        self._counts = np.zeros(len(self._labels), dtype=np.int64)


def _on_a_line(kind: ColumnType, array: pa.Array) -> npt.NDArray[np.float64]:
    """Return values as numbers, NaN for none, shape (lines,); moments count from the one that Arrow counts from."""
    array = load(kind, array)
    if kind.name in ("date", "datetime", "time"):
        array = array.cast(pa.int32() if kind.name == "date" else pa.int64())
    values = raw_view(array).astype(np.float64)
    values[is_missing(array)] = np.nan
    return values


def _place(kind: ColumnType, value: Any) -> float | None:
    """Return where a smallest or largest value is on the line; None where the type has no line."""
    if value is None or kind.name == "bool" or not kind.ordered:
        return None
    if kind.name in ("date", "datetime", "time"):
        plain = value if kind.name == "date" else value.replace(tzinfo=None)
        scalar = pa.scalar(plain, kind.arrow)
        return float(scalar.cast(pa.int32() if kind.name == "date" else pa.int64()).as_py())
    try:
        return float(value)
    except OverflowError:
        return None


def _label(kind: ColumnType, place: float, is_whole: bool) -> str:
    """Write where a bin begins."""
    if kind.name in ("date", "datetime", "time"):
        counted = pa.scalar(round(place), pa.int32() if kind.name == "date" else pa.int64())
        return str(counted.cast(kind.arrow).as_py())[:19]
    return f"{round(place):,}" if is_whole and abs(place) < 1 << 53 else f"{place:.6g}"
