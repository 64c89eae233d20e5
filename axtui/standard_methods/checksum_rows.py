"""The bytes that stand for a row in a checksum. They are stable for ever: sums that people wrote down depend on them.

A row is the heads of its cells, in the order of its columns, then the tails in the same order. A head has 9 bytes: a
letter and 8 bytes, little-endian. Values that are equal have the same bytes, whatever the type of their column and the
way it is stored:

    value                                          letter   8 bytes                               tail
    None                                           N        0
    bool; int of 64 bits; float that is such one   i        int64 (True is 1)
    any other float; int that is such one          f        float64; every NaN is 7ff8000000000000
    any other int                                  I        bytes of the tail                     two's complement of
                                                                                                  bit_length // 8 + 1
                                                                                                  bytes
    complex, unless the imaginary part is 0        c        float64, the real part                float64, the imaginary
    date                                           d        days since 1970-01-01
    datetime, naive or UTC                         t or u   microseconds since 1970-01-01, without fold
    time, naive or UTC                             h or k   microseconds since midnight, without fold
    text, bytes                                    s        bytes of the tail                     UTF-8, or the bytes
    json                                           j        bytes of the tail                     as `canonical_json`
    pickle                                         p        bytes of the tail                     the pickle as stored

A pickle is the one exception: equal objects may have different pickles. JSON's None is None.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import md5
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Words = npt.NDArray[np.uint64]
_INT64 = float(1 << 63)
_NAN = 0x7FF8 << 48
_HEAD = np.dtype([("letter", "u1"), ("word", "<u8")])


def digest_rows(kinds: Sequence[str], arrays: Sequence[pa.Array]) -> bytes:
    """Return the MD5 of every row.

    Args:
        kinds: The type's name of each column.
        arrays: One a column, shape (lines,), in a form of its type.

    Returns:
        16 bytes a line, in order.
    """
    if not arrays or not len(arrays[0]):
        return b""
    heads = np.zeros((len(arrays[0]), len(arrays)), dtype=_HEAD)
    tails = []
    for index, (kind, array) in enumerate(zip(kinds, arrays, strict=True)):
        letters, words, tail = _cells(kind, array)
        heads["letter"][:, index] = letters
        heads["word"][:, index] = words
        if tail is not None:
            tails.append(tail.fill_null(b""))
    rows = heads.tobytes()
    wide = 9 * len(arrays)
    starts = range(0, len(rows), wide)
    if not tails:
        return b"".join([md5(rows[start : start + wide]).digest() for start in starts])
    joined = pc.binary_join_element_wise(*tails, b"") if len(tails) > 1 else tails[0]
    pairs = zip(starts, joined.to_pylist(), strict=True)
    return b"".join([md5(rows[start : start + wide] + tail).digest() for start, tail in pairs])


def canonical_json(text: str) -> bytes:
    """Return JSON with sorted keys, without spaces, non-ASCII text kept, and whole floats as integers."""
    value = json.loads(text, parse_float=_whole_or_float)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def _whole_or_float(text: str) -> int | float:
    value = float(text)
    return int(value) if value.is_integer() else value


def _cells(kind: str, array: pa.Array) -> tuple[Any, Any, pa.Array | None]:
    """Return letters and words of a column, shape (lines,) or one for all, and its tails or None."""
    if kind == "json":
        texts = array.to_pylist()
        array = pa.array([None if text in (None, "null") else canonical_json(text) for text in texts], pa.binary())
    letters, words, tail = _plain_cells(kind, array)
    missing = np.asarray(array.is_null())
    return np.where(missing, ord("N"), letters), np.where(missing, np.uint64(0), words), tail


def _plain_cells(kind: str, array: pa.Array) -> tuple[Any, Any, pa.Array | None]:
    if kind in ("ascii", "unicode", "bytes", "json", "pickle"):
        data = array.cast(pa.binary())
        nbytes = pc.binary_length(data).fill_null(0).to_numpy().astype(np.uint64)
        return ord({"json": "j", "pickle": "p"}.get(kind, "s")), nbytes, data
    if kind == "date":
        return ord("d"), _words(array.cast(pa.int32()).cast(pa.int64())), None
    if kind in ("datetime", "time"):
        return _moments(kind, array)
    if pa.types.is_struct(array.type):
        return _numbers(array)
    if pa.types.is_fixed_size_list(array.type):
        return _pairs(array)
    if pa.types.is_floating(array.type):
        return (*_floats(array.cast(pa.float64()).fill_null(0.0).to_numpy()), None)
    return ord("i"), _words(array.cast(pa.int64())), None


def _words(array: pa.Array) -> Words:
    words: Words = array.fill_null(0).to_numpy().view(np.uint64)
    return words


def _floats(values: npt.NDArray[np.float64]) -> tuple[Any, Words]:
    whole = (np.floor(values) == values) & (values >= -_INT64) & (values < _INT64)
    ints = np.where(whole, values, 0.0).astype(np.int64).view(np.uint64)
    return np.where(whole, ord("i"), ord("f")), np.where(whole, ints, _float_words(values))


def _float_words(values: npt.NDArray[np.float64]) -> Words:
    positive_zero = np.where(values == 0, 0.0, values)
    return np.where(np.isnan(values), np.uint64(_NAN), positive_zero.view(np.uint64))


def _numbers(array: pa.Array) -> tuple[Any, Words, pa.Array]:
    """Numbers of all kinds; integers beyond 64 bits are few, and handled one by one."""
    ints, floats, bigs = array.flatten()
    is_int = np.asarray(ints.is_valid())
    letters, words = _floats(floats.fill_null(0.0).to_numpy())
    letters, words = np.where(is_int, ord("i"), letters), np.where(is_int, _words(ints), words)
    tails: list[bytes | None] = [None] * len(array)
    for line in np.flatnonzero(np.asarray(bigs.is_valid())):
        value = int(bigs[int(line)].as_py())
        letters[line], words[line], tails[line] = _big(value)
    return letters, words, pa.array(tails, pa.binary())


def _big(value: int) -> tuple[int, Any, bytes | None]:
    if abs(value) < 1 << 1023 and float(value) == value:
        return ord("f"), np.float64(value).view(np.uint64), None
    data = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return ord("I"), len(data), data


def _pairs(array: pa.Array) -> tuple[Any, Words, pa.Array]:
    parts = pc.list_flatten(array.fill_null([0.0, 0.0])).cast(pa.float64()).to_numpy().reshape(-1, 2)
    real, imaginary = np.ascontiguousarray(parts[:, 0]), np.ascontiguousarray(parts[:, 1])
    letters, words = _floats(real)
    is_real = imaginary == 0
    buffer = pa.py_buffer(_float_words(imaginary).astype("<u8").tobytes())
    data = pa.FixedSizeBinaryArray.from_buffers(pa.binary(8), len(array), [None, buffer]).cast(pa.binary())
    tail = pc.if_else(pa.array(is_real), pa.scalar(None, pa.binary()), data)
    return np.where(is_real, letters, ord("c")), np.where(is_real, words, _float_words(real)), tail


def _moments(kind: str, array: pa.Array) -> tuple[Any, Words, None]:
    naive, flagged = (ord("t"), ord("u")) if kind == "datetime" else (ord("h"), ord("k"))
    if pa.types.is_struct(array.type):
        at, utc, _ = array.flatten()
        return np.where(np.asarray(utc.fill_null(False)), flagged, naive), _words(at.cast(pa.int64())), None
    is_flagged = pa.types.is_timestamp(array.type) and array.type.tz is not None
    return flagged if is_flagged else naive, _words(array.cast(pa.int64())), None
