"""Values of columns as keys that compare like them: unsigned words, and text where a word does not hold it.

    type                      keys, from the most significant
    bool, int32, int64        the value moved up to be unsigned; None is 0
    float32, float64          the bits in ascending order, -0.0 as 0.0; None is 0, NaN the highest
    date, datetime, time      days or microseconds moved up, without zone and fold; None is the highest
    number                    as int64 or float64 if all are; else the nearest float64, and what is missing to the value
                              as a word and, where integers beyond 64 bits are about, as text
    bytes, ascii, unicode     where None is allowed 0 for it and 1 for text; the bytes, which for UTF-8 is by code point

So None comes first but among dates and times, where it comes last, and NaN comes last. In descending order all of this
is the other way round.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import total_ordering
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from axtui import Dataset, DatasetUsageError

Words = npt.NDArray[np.uint64]
Keys = list[Words | pa.Array]
"""The keys of some lines, from the most significant: arrays of shape (lines,)."""

_HALF = 1 << 63
_TOP = np.uint64((1 << 64) - 1)
_SORTABLE = (
    *("bool", "int32", "int64", "float32", "float64", "number", "date", "datetime", "time"),
    *("bytes", "ascii", "unicode"),
)


@dataclass(frozen=True)
class SortColumn:
    """A column to sort on.

    Attributes:
        name: Its name.
        kind: Its type's name.
        none: Whether None is allowed.
        has_big: Whether there are integers beyond 64 bits.
        is_descending: Whether large values come first.
    """

    name: str
    kind: str
    none: bool
    has_big: bool = False
    is_descending: bool = False

    def keys(self, array: pa.Array) -> Keys:
        """Return the keys of values; how many they are does not depend on the values.

        Args:
            array: Shape (lines,). In the form that the schema of the whole chain has.
        """
        found = self._keys(array)
        return [~key if isinstance(key, np.ndarray) else key for key in found] if self.is_descending else found

    def _keys(self, array: pa.Array) -> Keys:
        if self.kind in ("bytes", "ascii", "unicode"):
            return _text_keys(array, self.none)
        if self.kind in ("date", "datetime", "time"):
            return [_with_none(array, _moment_words(array), _TOP)]
        if pa.types.is_struct(array.type):
            return _number_keys(array, self.has_big)
        if pa.types.is_floating(array.type):
            values = array.cast(pa.float64()).fill_null(0.0).to_numpy()
            return [_with_none(array, _float_words(values), np.uint64(0))]
        words = _int_words(array.cast(pa.int64()))
        if self.kind == "number" and self.none:
            return [np.asarray(array.is_valid()).astype(np.uint64), words]
        return [_with_none(array, words, np.uint64(0))]


def find_sort_columns(chain: Sequence[Dataset], names: Sequence[str], is_descending: bool) -> list[SortColumn]:
    """Return the columns to sort a chain on.

    Raises:
        DatasetUsageError: There are none, one is not there, or has a type without an order.
    """
    if not names:
        raise DatasetUsageError("sort_columns is empty, wanted at least one column to sort on")
    return [_find_sort_column(chain, name, is_descending) for name in names]


def sort_order(keys: Keys, is_descending: bool) -> npt.NDArray[np.int64]:
    """Return the lines in ascending order of their keys; of equal keys the earlier line comes first.

    Args:
        keys: At least one.
        is_descending: Whether text is in descending order; words are turned round already.
    """
    lines = len(keys[0])
    packed = _pack([_rank(key, is_descending) for key in keys], lines)
    number_bits = max(1, lines - 1).bit_length()
    words, bits = packed[-1]
    if len(packed) == 1 and bits + number_bits <= 64:
        together = words << np.uint64(number_bits) | np.arange(lines, dtype=np.uint64)
        together.sort()
        return (together & np.uint64((1 << number_bits) - 1)).astype(np.int64)
    order = np.argsort(words, kind="stable")
    for more, _ in reversed(packed[:-1]):
        order = order[np.argsort(more[order], kind="stable")]
    return order


class KeyRow:
    """The keys of one line, to find its place among sorted keys."""

    def __init__(self, keys: Keys, line: int, is_descending: bool) -> None:
        self._is_descending = is_descending
        self.values = _row(keys, line, is_descending)

    def place_in(self, keys: Keys, is_after_equal: bool) -> int:
        """Return how many of some sorted lines come before this one; equal ones do if it is to come after them."""
        bisect = bisect_right if is_after_equal else bisect_left
        lines = range(len(keys[0]))
        return bisect(lines, self.values, key=lambda line: _row(keys, line, self._is_descending))


@total_ordering
class _Backwards:
    """Bytes that compare the other way round."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Backwards) and self.data == other.data

    def __lt__(self, other: _Backwards) -> bool:
        return other.data < self.data


def _find_sort_column(chain: Sequence[Dataset], name: str, is_descending: bool) -> SortColumn:
    columns = [each.columns[name] for each in chain]
    kind = columns[-1].type
    if kind not in _SORTABLE:
        raise DatasetUsageError(f"column {name!r} of {chain[-1]} is {kind}, which has no order to sort by")
    bounds = [bound for column in columns for bound in (column.min, column.max) if isinstance(bound, (int, float))]
    has_big = kind == "number" and any(not -_HALF <= bound < _HALF for bound in bounds)
    return SortColumn(name, kind, any(column.none_support for column in columns), has_big, is_descending)


def _row(keys: Keys, line: int, is_descending: bool) -> tuple[Any, ...]:
    return tuple(
        int(key[line]) if isinstance(key, np.ndarray) else _text(key[line].as_py(), is_descending) for key in keys
    )


def _text(data: bytes, is_descending: bool) -> Any:
    return _Backwards(data) if is_descending else data


def _with_none(array: pa.Array, words: Words, none: np.uint64) -> Words:
    return np.where(np.asarray(array.is_null()), none, words) if array.null_count else words


def _int_words(array: pa.Array) -> Words:
    words: Words = array.fill_null(0).to_numpy().view(np.uint64) ^ np.uint64(_HALF)
    return words


def _float_words(values: npt.NDArray[np.float64]) -> Words:
    bits = np.where(values == 0, 0.0, values).view(np.uint64)
    words = np.where(bits >> np.uint64(63) == 1, ~bits, bits | np.uint64(_HALF))
    return np.where(np.isnan(values), _TOP, words)


def _moment_words(array: pa.Array) -> Words:
    if pa.types.is_struct(array.type):
        array = array.flatten()[0]
    if pa.types.is_date(array.type):
        array = array.cast(pa.int32())
    return _int_words(array.cast(pa.int64()))


def _text_keys(array: pa.Array, none: bool) -> Keys:
    texts = array if pa.types.is_dictionary(array.type) else array.cast(pa.binary())
    if not none:
        return [texts]
    return [np.asarray(array.is_valid()).astype(np.uint64), texts.fill_null(b"")]


def _number_keys(array: pa.Array, has_big: bool) -> Keys:
    """Return the nearest float64 and the integer between it and the value."""
    ints, floats, bigs = array.flatten()
    is_int = np.asarray(ints.is_valid())
    values = ints.fill_null(0).to_numpy()
    nearest = np.where(is_int, values.astype(np.float64), floats.fill_null(0.0).to_numpy())
    rest = np.where(is_int, _rest(values), np.uint64(_HALF))
    texts: list[bytes] = [b""] * len(array) if has_big else []
    for line in np.flatnonzero(np.asarray(bigs.is_valid())):
        value = int(bigs[int(line)].as_py())
        nearest[line] = float(value)
        texts[line] = _signed_bytes(value - int(float(value)))
    keys: Keys = [_with_none(array, _float_words(nearest), np.uint64(0)), rest]
    if has_big:
        keys.append(pa.array([text or _signed_bytes(0) for text in texts], pa.binary()))
    return keys


def _rest(values: npt.NDArray[np.int64]) -> Words:
    """Return what the nearest float64 is short of an integer, moved up by 2**63."""
    nearest = values.astype(np.float64)
    is_over = nearest >= float(_HALF)
    below = np.where(is_over, 0.0, nearest).astype(np.int64)
    short = np.where(is_over, values - np.int64(_HALF - 1) - 1, values - below)
    return short.view(np.uint64) ^ np.uint64(_HALF)


def _signed_bytes(value: int) -> bytes:
    """Return bytes that compare like integers of any size up to 2**2040."""
    data = abs(value).to_bytes((abs(value).bit_length() + 7) // 8, "big")
    if value < 0:
        return bytes([0, 255 - len(data), *(255 - byte for byte in data)])
    return bytes([1, len(data)]) + data


def _rank(key: Words | pa.Array, is_descending: bool) -> tuple[Words, int]:
    """Return a key as words from 0 on, and how many bits they need."""
    if isinstance(key, np.ndarray):
        words = key - key.min()
        return words, int(words.max()).bit_length()
    coded = key if pa.types.is_dictionary(key.type) else key.dictionary_encode()
    ranks = np.empty(len(coded.dictionary), dtype=np.uint64)
    distinct = coded.dictionary.cast(pa.binary())
    ranks[pc.sort_indices(distinct).to_numpy()] = np.arange(len(ranks), dtype=np.uint64)
    if is_descending:
        ranks = np.uint64(len(ranks) - 1) - ranks
    return ranks[coded.indices.to_numpy()], max(0, len(ranks) - 1).bit_length()


def _pack(ranked: list[tuple[Words, int]], lines: int) -> list[tuple[Words, int]]:
    """Put neighbouring keys into one word as long as they have room."""
    packed = [(np.zeros(lines, dtype=np.uint64), 0)]
    for words, bits in ranked:
        before, used = packed[-1]
        if used + bits <= 64 and bits < 64:
            packed[-1] = (before << np.uint64(bits) | words, used + bits)
        else:
            packed.append((words, bits))
    return packed
