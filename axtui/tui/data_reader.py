"""Opens the datasets of jobs for the screen: what they have, pages of cells as text, scans of a column.

Like reader.py it opens files, and what it reads may be hostile or damaged: texts come out through `base.text.safe`,
bounded, pickles are never loaded, and everything that goes wrong is a `DataError` with a sentence. It imports pyarrow,
so it is imported in a worker, after the first frame. Nothing is kept of what was read but the page that was asked for.
"""

from __future__ import annotations

import bisect
import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from axtui.base.errors import AxtuiError, DatasetError, NoSuchDatasetError
from axtui.base.ids import split_dataset
from axtui.base.text import safe
from axtui.dataset.reader import Located, locate, read_pieces
from axtui.dataset.record import ColumnRecord, DatasetRecord, read_dataset
from axtui.store.layout import dataset_directory
from axtui.tui.condition import Condition, value_of
from axtui.tui.data_facts import ColumnFacts, DataError, DatasetFacts, Page
from axtui.tui.value_texts import CELL_LETTERS, format_cells

_SCAN_LINES = 1 << 16
_WHOLE_LETTERS = 1 << 16
_SHOWN_LETTERS = 60
_TROUBLES = (AxtuiError, OSError, ValueError, TypeError, KeyError, IndexError, OverflowError, MemoryError)
_reading = threading.Lock()
"""One thread at a time looks into files: what maps them is shared."""

Directory = Callable[[str], Path | None]


def open_dataset(directory: Directory, reference: str) -> OpenDataset:
    """Open a dataset.

    Args:
        directory: Says where a job lies, None for one that is of no workdir here.
        reference: `dev-42` or `dev-42/name`.

    Raises:
        DataError: There is none, or it is damaged.
    """
    with _telling():
        where, record = _find(directory, reference)
        return OpenDataset(directory, reference, where, record)


class OpenDataset:
    """A dataset whose lines are counted through all its slices, from 0.

    Attributes:
        facts: What is known of it without reading lines.
    """

    def __init__(self, directory: Directory, reference: str, where: Path, record: DatasetRecord) -> None:
        self._directory = directory
        self._where = where
        self._record = record
        self._starts = [0, *itertools.accumulate(record.lines)]
        columns = tuple(_describe(column) for column in record.columns.values())
        self.facts = DatasetFacts(
            reference,
            columns,
            record.lines,
            caption=safe(record.caption),
            filename=safe(record.filename or ""),
            hashlabel=safe(record.hashlabel or ""),
            previous=record.previous or "",
            parents=record.parents,
            compression=record.compression or "",
        )

    def page(self, names: Sequence[str], first: int, lines: int) -> Page:
        """Read lines that follow each other.

        Raises:
            DataError: A file is gone or damaged.
        """
        with _telling(), _reading:
            return Page(first, tuple(names), self._cells(names, first, lines))

    def lines_at(self, names: Sequence[str], first: int, numbers: Sequence[int]) -> Page:
        """Read single lines.

        Args:
            names: The columns.
            first: Which of the lines that are found the first one is.
            numbers: The lines, ascending.

        Raises:
            DataError: A file is gone or damaged.
        """
        with _telling(), _reading:
            found: list[list[str]] = [[] for _ in names]
            for number in numbers:
                for cells, cell in zip(found, self._cells(names, number, 1), strict=True):
                    cells += cell
            return Page(first, tuple(names), found)

    def whole(self, name: str, line: int) -> list[str]:
        """Return one value as lines of text, as long as the screen can take.

        Raises:
            DataError: A file is gone or damaged.
        """
        with _telling(), _reading:
            text = self._cells([name], line, 1, _WHOLE_LETTERS, False)[0][0]
        return [safe(part) for part in text.split("\n")]

    def condition_at(self, column: ColumnFacts, line: int) -> Condition:
        """Return the condition that a value equals the one in a line.

        Raises:
            DataError: A file is gone or damaged.
        """
        with _telling(), _reading:
            located = self._locate([column.name])
            kind, array = located[0].column.kind, self._arrays(located, line, 1)[0]
            shown = safe(format_cells(kind, array, _SHOWN_LETTERS)[0])
            return Condition(column.name, "=", value_of(kind, array), f"{column.label} = {shown}")

    def scan(self, name: str, stops: threading.Event) -> Iterator[tuple[int, ColumnRecord, pa.Array]]:
        """Read a column from beginning to end, a piece at a time, until `stops` is set.

        Yields:
            The number of the first line of a piece, the column, and the piece as stored, shape (lines,).

        Raises:
            DataError: A file is gone or damaged.
        """
        with _telling():
            located = self._locate([name])
            for sliceno, at in enumerate(self._starts[:-1]):
                pieces = read_pieces(located, sliceno, _SCAN_LINES)
                while not stops.is_set():
                    with _reading:
                        piece = next(pieces, None)
                    if piece is None:
                        break
                    yield at, located[0].column, piece[0]
                    at += len(piece[0])

    def _cells(
        self, names: Sequence[str], first: int, lines: int, letters: int = CELL_LETTERS, is_safe: bool = True
    ) -> list[list[str]]:
        """Return the text of cells, a list a column."""
        located = self._locate(names)
        found: list[list[str]] = [[] for _ in names]
        first, end = max(0, first), min(first + lines, self._starts[-1])
        while first < end and located:
            piece = self._arrays(located, first, end - first)
            for cells, column, array in zip(found, located, piece, strict=True):
                texts = format_cells(column.column.kind, array, letters)
                cells += map(safe, texts) if is_safe else texts
            first += len(piece[0])
        return found

    def _arrays(self, located: list[Located], first: int, most: int) -> list[pa.Array]:
        """Return columns as stored from a line on, as far as they lie together, shape (lines,) each."""
        sliceno = bisect.bisect_right(self._starts, first) - 1
        return next(read_pieces(located, sliceno, most, first - self._starts[sliceno]))

    def _locate(self, names: Sequence[str]) -> list[Located]:
        return locate(self._where, self._record, names, lambda reference: _find(self._directory, reference))


def _find(directory: Directory, reference: str) -> tuple[Path, DatasetRecord]:
    job, name = split_dataset(reference)
    place = directory(job)
    if place is None:
        raise NoSuchDatasetError(f"{job} is of no workdir that is configured here")
    where = dataset_directory(place, name)
    return where, read_dataset(where)


def _describe(column: ColumnRecord) -> ColumnFacts:
    bounds = [safe(_bound(value)) for value in (column.min, column.max)]
    origin = safe(column.origin.dataset) if column.origin else ""
    return ColumnFacts(column.name, safe(column.name), column.kind.name, column.none, bounds[0], bounds[1], origin)


def _bound(value: object) -> str:
    return "" if value is None else str(value)[:CELL_LETTERS]


@contextmanager
def _telling() -> Iterator[None]:
    """Turn whatever goes wrong with files into one sentence."""
    try:
        yield
    except DatasetError as error:
        raise DataError(safe(str(error))) from None
    except (*_TROUBLES, pa.ArrowException) as error:
        raise DataError(safe(f"cannot be read: {type(error).__name__}: {error}")) from None
