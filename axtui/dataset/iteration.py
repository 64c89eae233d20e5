"""Rows of datasets for Python code: lists of columns zipped, piece by piece, with everything between that was asked.

What happens to a row, in this order: range, rehash, translators, filters. Translators and filters are called as rows
are taken, never ahead. Knows no jobs: `Source.dataset` is only handed to callbacks.
"""

from __future__ import annotations

import array as packed
import inspect
import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from operator import itemgetter, length_hint
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from axtui.dataset.hashing import hash_array, slice_of
from axtui.dataset.reader import Find, Located, locate, read_pieces
from axtui.dataset.record import ColumnRecord, DatasetRecord
from axtui.dataset.storage import load
from axtui.dataset.types import to_list
from axtui.dataset.values import ColumnValues
from axtui.dataset.views import is_missing, raw_view
from axtui.dataset.wishes import (
    SkipDataset,
    SkipSlice,
    Source,
    Wishes,
    check_copied,
    check_range,
    check_wishes,
    column_names,
    filter_columns,
    slice_bounds,
)

Report = Callable[[int, int], None]
Show = Callable[[str, Callable[[], str]], AbstractContextManager[Callable[[str], None]]]
"""Shows a text for as long as a block runs, with what a function says at the moment it is looked at; gives what changes
the text."""
Rows = Iterator[Any]


_PackedIterator = type(iter(packed.array("b")))


class _Stopped(Exception):
    """A callback raised StopIteration, which a generator may not let through."""


class Iteration:
    """One run over datasets. `rows` gives the iterator; it can be taken once."""

    def __init__(
        self, sources: Sequence[Source], sliceno: Any, wishes: Wishes, find: Find, report: Report, show: Show
    ) -> None:
        sliceno = sliceno.__index__() if hasattr(sliceno, "__index__") else sliceno
        self._sliceno = sliceno
        self._wishes = wishes
        self._find = find
        self._report = report
        self._show = show
        self._is_bare = isinstance(wishes.columns, str)
        self._columns = column_names(wishes.columns, sources)
        self._extra = [name for name in filter_columns(wishes) if name not in self._columns]
        self._range = check_range(wishes.range)
        check_wishes(wishes, sliceno, sources)
        self._sources = [source for source in sources if self._lines(source.record) and self._may_have(source.record)]
        self._located = [self._locate(source) for source in self._sources]
        if wishes.copy_mode:
            check_copied(self._columns, self._sources)
        self._done = self._begun = 0
        self._piece: tuple[int, Iterator[Any]] = 0, iter(())
        self._total = sum(self._lines(source.record) for source in self._sources)

    def rows(self) -> Rows:
        """Return the rows, as tuples, or bare values for a single column given as a str."""
        rows: Rows = itertools.chain.from_iterable(self._visits())
        if self._wishes.slice is None:
            return rows
        plain = not (self._wishes.filters or self._range)
        return itertools.islice(rows, *slice_bounds(self._wishes.slice, self._total if plain else None))

    def _visits(self) -> Iterator[Rows]:
        """Give the rows of one slice of one dataset after the other, calling back in between."""
        headlines = self._headlines()
        if not headlines:
            return
        at = 0
        with suppress(_Stopped), self._show(headlines[0], self._reached) as update:
            for source, located in zip(self._sources, self._located, strict=True):
                end = at + len(self._visited(source.record))
                with suppress(SkipDataset):
                    yield from self._dataset(source, located, headlines[at:end], update)
                at = end

    def _dataset(
        self, source: Source, located: list[Located], headlines: list[str], update: Callable[[str], None]
    ) -> Iterator[Rows]:
        before, after = self._wishes.pre_callback, self._wishes.post_callback
        _call(before, source.dataset)
        for headline, sliceno in zip(headlines, self._visited(source.record), strict=True):
            update(headline)
            self._begun, self._piece = self._done, (0, iter(()))
            try:
                _call(before, source.dataset, sliceno)
            except SkipSlice:
                continue
            yield from self._slice(source.record, located, sliceno)
            _call(after, source.dataset, sliceno)
        _call(after, source.dataset)

    def _headlines(self) -> list[str]:
        """Return what is shown while each slice of each dataset is read, whose name may hold any character."""
        parts = [
            f"{source.dataset}:{'REHASH' if self._is_rehashed(source.record) else sliceno}"
            for source in self._sources
            for sliceno in self._visited(source.record)
        ]
        parts = [part.replace("\0", "␀") for part in parts]
        if len(parts) == 1:
            return [f"Iterating {parts[0]}"]
        return [f"Iterating {parts[0]} to {parts[-1]}, {at}/{len(parts)} ({part})" for at, part in enumerate(parts, 1)]

    def _reached(self) -> str:
        """Say which line of the slice was taken last; the list that the rows are made from knows what is left of it."""
        lines, left = self._piece
        line = self._done - self._begun + lines - _left(left, lines)
        return f" reached line {line}" if line else ""

    def _visited(self, record: DatasetRecord) -> list[Any]:
        """Return the slices to go to, one after the other; rehashing and round-robin count as one."""
        return list(range(len(record.lines))) if self._sliceno is None else [self._sliceno]

    def _slice(self, record: DatasetRecord, located: list[Located], sliceno: Any) -> Iterator[Rows]:
        if sliceno == "roundrobin":
            yield self._in_turn(located, len(record.lines))
        elif self._is_rehashed(record):
            for each in range(len(record.lines)):
                yield from self._pieces(record, located, each)
        else:
            yield from self._pieces(record, located, sliceno)

    def _pieces(self, record: DatasetRecord, located: list[Located], sliceno: int) -> Iterator[Rows]:
        """Give the rows of a slice, a piece after the other: every level more that rows pass through costs time."""
        values = self._values(located)
        for arrays in read_pieces(located, sliceno):
            lines = len(arrays[0])
            mask = self._mask(record, located, arrays)
            if mask is not None:
                chosen = pa.array(mask)
                arrays = [array.filter(chosen) for array in arrays]
            yield self._choose(self._build(values, arrays))
            self._done += lines
            self._piece = 0, iter(())
            self._report(self._done, self._total)

    def _in_turn(self, located: list[Located], slices: int) -> Rows:
        """Give a row of each slice in turn; rows are chosen after they are in order."""
        has_range = self._range is not None and not self._wishes.sloppy_range
        wanted = len(self._columns) + len(self._extra)

        def pieces(sliceno: int) -> Iterator[Rows]:
            values = self._values(located)
            for arrays in read_pieces(located, sliceno):
                rows = self._build(values, arrays)
                mask = self._within(located[wanted], arrays[wanted]).tolist() if has_range else itertools.repeat(True)
                yield zip(rows, mask, strict=False)
                self._done += len(arrays[0])
                self._report(self._done, self._total)

        rows = _round_robin([itertools.chain.from_iterable(pieces(sliceno)) for sliceno in range(slices)])
        return self._choose(row for row, is_within in rows if is_within)

    def _mask(
        self, record: DatasetRecord, located: list[Located], arrays: list[pa.Array]
    ) -> npt.NDArray[np.bool_] | None:
        """Return which lines are in the range and belong to the slice; None for all."""
        mask = None
        position = len(self._columns) + len(self._extra)
        if self._range and not self._wishes.sloppy_range:
            mask = self._within(located[position], arrays[position])
            position += 1
        if self._is_rehashed(record) and self._sliceno is not None:
            hashes = hash_array(load(located[position].column.kind, arrays[position]))
            here = slice_of(hashes, len(record.lines)) == self._sliceno
            mask = here if mask is None else mask & here
        return mask

    def _within(self, located: Located, stored: pa.Array) -> npt.NDArray[np.bool_]:
        assert self._range is not None
        return _within(located, stored, *self._range[1:])

    def _values(self, located: list[Located]) -> list[ColumnValues]:
        """Return what makes values of the columns that rows are built of, in order."""
        wanted = len(self._columns) + len(self._extra)
        return [ColumnValues(each.column.kind, self._wishes.copy_mode) for each in located[:wanted]]

    def _build(self, values: list[ColumnValues], arrays: list[pa.Array]) -> Rows:
        """Turn columns into rows, with the columns that are only there to be filtered by at the end."""
        columns: list[Any] = [each.of(array) for each, array in zip(values, arrays, strict=False)]
        first = iter(columns[0])
        self._piece, columns[0] = (len(columns[0]), first), first
        translators = self._wishes.translators
        if isinstance(translators, dict):
            columns = [_translate(each, translators.get(name)) for name, each in self._named(columns)]
        return iter(columns[0]) if self._is_bare and not self._extra else zip(*columns, strict=True)

    def _choose(self, rows: Rows) -> Rows:
        """Apply what works on whole rows, and leave out columns that were only there to be filtered by."""
        translators, filters = self._wishes.translators, self._wishes.filters
        if callable(translators):
            rows = map(translators, rows)
        if callable(filters):
            return filter(filters, rows)
        for name, keep in (filters or {}).items():
            is_bare = self._is_bare and not self._extra
            rows = filter(keep, rows) if is_bare else _filter_by(rows, self._index(name), keep)
        return _strip(rows, len(self._columns), self._is_bare) if self._extra else rows

    def _named(self, columns: list[Any]) -> Iterator[tuple[str, Any]]:
        return zip([*self._columns, *self._extra], columns, strict=True)

    def _index(self, name: str) -> int:
        return [*self._columns, *self._extra].index(name)

    def _locate(self, source: Source) -> list[Located]:
        names = [*self._columns, *self._extra]
        if self._range and not self._wishes.sloppy_range:
            names.append(self._range[0])
        if self._wishes.hashlabel and self._is_rehashed(source.record):
            names.append(self._wishes.hashlabel)
        return locate(source.directory, source.record, names, self._find)

    def _is_rehashed(self, record: DatasetRecord) -> bool:
        return self._wishes.rehash and record.hashlabel != self._wishes.hashlabel and self._sliceno is not None

    def _lines(self, record: DatasetRecord) -> int:
        if isinstance(self._sliceno, int) and not self._is_rehashed(record):
            return record.lines[self._sliceno]
        return sum(record.lines)

    def _may_have(self, record: DatasetRecord) -> bool:
        if not self._range:
            return True
        name, start, stop = self._range
        return name not in record.columns or may_have(record.columns[name], start, stop)


def may_have(column: ColumnRecord, start: Any, stop: Any) -> bool:
    """Tell whether a column may have a value with start <= value < stop, by its minimum and maximum."""
    if not column.kind.ordered:
        return True
    return column.min is not None and (stop is None or column.min < stop) and (start is None or column.max >= start)


def _call(callback: Callable[..., Any] | None, *arguments: Any) -> None:
    """Call a callback if it takes so many arguments: one for the whole dataset, two for each slice."""
    if callback is not None and _arity(callback) == len(arguments):
        try:
            callback(*arguments)
        except StopIteration:
            raise _Stopped from None


def _arity(callback: Callable[..., Any]) -> int:
    required = [
        p
        for p in inspect.signature(callback).parameters.values()
        if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty
    ]
    return 2 if len(required) == 2 else 1


def _left(values: Iterator[Any], lines: int) -> int:
    """Return how many of some lines an iterator over a list or a packed array still has."""
    if not isinstance(values, _PackedIterator):
        return length_hint(values)
    state: tuple[Any, ...] = values.__reduce__()  # type: ignore[assignment]
    return lines - int(state[2]) if len(state) > 2 else 0


def _translate(values: Any, translator: Any) -> Any:
    if translator is None:
        return values
    return map(translator.get if isinstance(translator, dict) else translator, values)


def _filter_by(rows: Rows, index: int, keep: Callable[[Any], Any] | None) -> Rows:
    if keep is None:
        return filter(itemgetter(index), rows)
    return filter(lambda row: keep(row[index]), rows)


def _strip(rows: Rows, columns: int, is_bare: bool) -> Rows:
    return map(itemgetter(0 if is_bare else slice(columns)), rows)


def _round_robin(slices: list[Rows]) -> Rows:
    """Give one row of each in turn; those that end are left out."""
    while slices:
        going = []
        for rows in slices:
            for row in rows:
                yield row
                going.append(rows)
                break
        slices = going


def _within(located: Located, stored: pa.Array, start: Any, stop: Any) -> npt.NDArray[np.bool_]:
    """Return which lines have start <= value < stop; None is never within."""
    array = load(located.column.kind, stored)
    kind = array.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        values = raw_view(array)
        mask = ~is_missing(array)
        mask = mask & (values >= start) if start is not None else mask
        return mask & (values < stop) if stop is not None else mask
    listed = to_list(located.column.kind, array)
    inside = [v is not None and (start is None or v >= start) and (stop is None or v < stop) for v in listed]
    return np.array(inside, dtype=bool)
