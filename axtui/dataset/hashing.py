"""The hash that places a line in a slice. It is stable for ever: what is on disk depends on it.

The hash is SipHash-2-4 of 64 bits with a fixed key, over these bytes (little-endian):

    None, 0, 0.0, False, empty text or bytes      not hashed: 0.  True: 1
    text, bytes                                   the UTF-8 or raw bytes
    int                                           int64; beyond 64 bits two's complement of bit_length // 8 + 1 bytes
    float                                         the int64 if it is one, so 1 == 1.0; else the float64; NaN as one NaN.
                                                  float32 is rounded before
    complex                                       as float where the imaginary part is 0, else two float64
    date                                          uint32: Y<<9 | m<<5 | d
    datetime, time (on 1970-01-01)                uint32: Y<<14 | m<<10 | d<<5 | H, uint32: M<<26 | S<<20 | microsecond;
                                                  UTC and fold do not count

A line with hash h goes to slice h % slices. Vectorised over arrays here; `hash_value` is the same for one value.

Source: Aumasson and Bernstein (2012), "SipHash: a fast short-input PRF".
"""

from __future__ import annotations

import math
import struct
from datetime import date, datetime, time
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from axtui.dataset import moments, numbers
from axtui.dataset.cells import show
from axtui.dataset.codes import repeats
from axtui.dataset.types import ColumnType, to_arrow
from axtui.dataset.views import is_missing, raw_view

Hashes = npt.NDArray[np.uint64]

_KEY = struct.unpack("<QQ", bytes.fromhex("5e46afff981eed61fc7dae4ca5701009"))
_BEGIN = tuple(
    key ^ word
    for key, word in zip(
        _KEY * 2, (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573), strict=True
    )
)
_MASK = (1 << 64) - 1
_NAN = 0x7FF8 << 48
_PIECE = 8192
_FEWEST_CODED = 1024
_INT64 = 1 << 63


def slice_of(hashes: Hashes, slices: int) -> npt.NDArray[np.int64]:
    """Return the slice of each line.

    Args:
        hashes: Shape (lines,).
        slices: At least 1.

    Returns:
        Shape (lines,), in range(slices).
    """
    found: npt.NDArray[np.int64] = (hashes % np.uint64(slices)).astype(np.int64)
    return found


def hash_array(array: pa.Array) -> Hashes:
    """Hash every value of an array in the form that a column type gives it.

    Args:
        array: Shape (lines,). Integers, floats, pairs of floats (complex), bool, text, bytes, dates, times, mixed.

    Returns:
        Shape (lines,). 0 where there is no value.
    """
    kind = array.type
    hashes: Hashes
    if pa.types.is_dictionary(kind):
        return _hash_coded(array)
    if pa.types.is_boolean(kind):
        hashes = array.fill_null(False).to_numpy(zero_copy_only=False).astype(np.uint64)
    elif pa.types.is_integer(kind):
        hashes = _hash_ints(array.fill_null(0).to_numpy().astype(np.int64, copy=False))
    elif pa.types.is_floating(kind):
        hashes = _hash_floats(array.fill_null(0.0).to_numpy().astype(np.float64, copy=False))
    elif pa.types.is_fixed_size_list(kind):
        hashes = _hash_complex(array)
    elif pa.types.is_date(kind):
        days = array.cast(pa.int32()).fill_null(0).to_numpy().astype("datetime64[D]")
        hashes = _siphash(moments.packed_dates(days).astype(np.uint64) | np.uint64(4 << 56))
    elif kind == numbers.MIXED:
        hashes = _hash_mixed(array)
    elif pa.types.is_timestamp(kind) or pa.types.is_time(kind) or pa.types.is_struct(kind):
        hashes = _hash_moments(moments.strip(array))
    else:
        hashes = _hash_texts(array)
    if array.null_count:
        hashes[np.asarray(array.is_null())] = 0
    return hashes


def _hash_coded(array: pa.DictionaryArray) -> Hashes:
    missing = is_missing(array.indices)
    if missing.all():
        return np.zeros(len(array), dtype=np.uint64)
    hashes = hash_array(array.dictionary)[np.where(missing, 0, raw_view(array.indices))]
    hashes[missing] = 0
    return hashes


def hash_value(value: Any) -> int:
    """Hash one value by its Python type.

    Raises:
        TypeError: It is of a type that cannot be hashed.
        ValueError: It is text with a lone surrogate.
    """
    if isinstance(value, bool):
        return int(value)
    data = _bytes_of(value)
    return _siphash_bytes(data) if data else 0


def hash_as(kind: ColumnType, value: Any) -> int:
    """Hash one value as a column of a type has it, which may round it.

    Args:
        kind: The type.
        value: What `kind.check` returned, or None.

    Raises:
        TypeError: The type has no hash.
    """
    if not kind.hashable:
        raise TypeError(f"values of type {kind.name} have no hash")
    if kind.name in ("float32", "complex32"):
        return int(hash_array(to_arrow(kind, [value]))[0])
    return hash_value(value)


def _bytes_of(value: Any) -> bytes:
    if value is None:
        return b""
    if isinstance(value, str):
        try:
            return value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise ValueError(f"{show(value)} has a lone surrogate at position {error.start}") from None
    if isinstance(value, bytes):
        return value
    if isinstance(value, int):
        return _bytes_of_int(value)
    if isinstance(value, float):
        return _bytes_of_float(value)
    if isinstance(value, complex):
        return struct.pack("<dd", value.real, value.imag) if value.imag else _bytes_of_float(value.real)
    if isinstance(value, time):
        value = datetime.combine(date(1970, 1, 1), value)
    if isinstance(value, datetime):
        low = value.year << 14 | value.month << 10 | value.day << 5 | value.hour
        return struct.pack("<II", low, value.minute << 26 | value.second << 20 | value.microsecond)
    if isinstance(value, date):
        return struct.pack("<I", value.year << 9 | value.month << 5 | value.day)
    raise TypeError(f"{show(value)} cannot be hashed")


def _bytes_of_int(value: int) -> bytes:
    if -_INT64 <= value < _INT64:
        return struct.pack("<q", value) if value else b""
    return value.to_bytes(abs(value).bit_length() // 8 + 1, "little", signed=True)


def _bytes_of_float(value: float) -> bytes:
    if math.isnan(value):
        return struct.pack("<Q", _NAN)
    if value.is_integer() and -_INT64 <= value < _INT64:
        return _bytes_of_int(int(value))
    return struct.pack("<d", value)


def _siphash_bytes(data: bytes) -> int:
    padded = data + bytes(7 - len(data) % 8) + bytes([len(data) & 255])
    v0, v1, v2, v3 = _BEGIN
    for word in (*struct.unpack(f"<{len(padded) // 8}Q", padded), None):
        rounds = 2
        if word is None:
            v2 ^= 255
            rounds = 4
        else:
            v3 ^= word
        for _ in range(rounds):
            v0 = (v0 + v1) & _MASK
            v1 = ((v1 << 13 | v1 >> 51) & _MASK) ^ v0
            v2 = (v2 + v3) & _MASK
            v3 = ((v3 << 16 | v3 >> 48) & _MASK) ^ v2
            v0 = ((v0 << 32 | v0 >> 32) + v3) & _MASK
            v3 = ((v3 << 21 | v3 >> 43) & _MASK) ^ v0
            v2 = (v2 + v1) & _MASK
            v1 = ((v1 << 17 | v1 >> 47) & _MASK) ^ v2
            v2 = (v2 << 32 | v2 >> 32) & _MASK
        if word is not None:
            v0 ^= word
    return int(v0 ^ v1 ^ v2 ^ v3)


def _siphash(*words: Hashes) -> Hashes:
    """Hash messages of the same number of 8-byte words; the last word carries the length in its top byte.

    A message of one full word is given as two: itself and `8 << 56`, which may be a scalar array.
    """
    lines = len(words[0])
    result = np.empty(lines, dtype=np.uint64)
    for start in range(0, lines, _PIECE):
        stop = min(start + _PIECE, lines)
        result[start:stop] = _siphash_piece([word[start:stop] for word in words], stop - start)
    return result


def _siphash_piece(words: list[Hashes], lines: int) -> Hashes:
    state = [np.full(lines, begin, dtype=np.uint64) for begin in _BEGIN]
    scratch = np.empty(lines, dtype=np.uint64)
    for word in words:
        state[3] ^= word
        _round(state, scratch)
        _round(state, scratch)
        state[0] ^= word
    state[2] ^= np.uint64(255)
    for _ in range(4):
        _round(state, scratch)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def _round(state: list[Hashes], scratch: Hashes) -> None:
    v0, v1, v2, v3 = state
    v0 += v1
    _rotate(v1, 13, scratch)
    v1 ^= v0
    _rotate(v0, 32, scratch)
    v2 += v3
    _rotate(v3, 16, scratch)
    v3 ^= v2
    v0 += v3
    _rotate(v3, 21, scratch)
    v3 ^= v0
    v2 += v1
    _rotate(v1, 17, scratch)
    v1 ^= v2
    _rotate(v2, 32, scratch)


def _rotate(words: Hashes, bits: int, scratch: Hashes) -> None:
    np.right_shift(words, np.uint64(64 - bits), out=scratch)
    np.left_shift(words, np.uint64(bits), out=words)
    words |= scratch


def _hash_words(words: Hashes) -> Hashes:
    return _siphash(words, np.full(len(words), 8 << 56, dtype=np.uint64))


def _hash_ints(values: npt.NDArray[np.int64]) -> Hashes:
    return np.where(values == 0, np.uint64(0), _hash_words(values.view(np.uint64)))


def _hash_floats(values: npt.NDArray[np.float64]) -> Hashes:
    whole = (np.floor(values) == values) & (values >= -float(_INT64)) & (values < float(_INT64))
    ints = np.where(whole, values, 0.0).astype(np.int64)
    words = np.where(np.isnan(values), np.uint64(_NAN), np.ascontiguousarray(values).view(np.uint64))
    words = np.where(whole, ints.view(np.uint64), words)
    return np.where(values == 0, np.uint64(0), _hash_words(words))


def _hash_complex(array: pa.Array) -> Hashes:
    pairs = array.fill_null([0.0, 0.0]) if array.null_count else array
    parts = pairs.flatten().to_numpy(zero_copy_only=False).astype(np.float64).reshape(-1, 2)
    real, imaginary = (np.ascontiguousarray(parts[:, index]) for index in (0, 1))
    end = np.full(len(real), 16 << 56, dtype=np.uint64)
    both = _siphash(real.view(np.uint64), imaginary.view(np.uint64), end)
    return np.where(imaginary == 0, _hash_floats(real), both)


def _hash_moments(array: pa.Array) -> Hashes:
    stamps = array.cast(pa.int64()).fill_null(0).to_numpy().astype("datetime64[us]")
    return _hash_words(moments.packed_stamps(stamps))


def _hash_mixed(array: pa.Array) -> Hashes:
    ints, floats, bigs = array.flatten()
    hashes = np.where(ints.is_valid().to_numpy(zero_copy_only=False), hash_array(ints), hash_array(floats))
    for line in np.flatnonzero(bigs.is_valid().to_numpy(zero_copy_only=False)):
        hashes[line] = hash_value(int(bigs[int(line)].as_py()))
    return hashes


def _hash_texts(array: pa.Array) -> Hashes:
    """Hash text or bytes; where values come again and again each is hashed once."""
    if len(array) < _FEWEST_CODED or not repeats(array):
        return _hash_bytes(array)
    return _hash_coded(array.dictionary_encode())


def _hash_bytes(array: pa.Array) -> Hashes:
    """Hash text or bytes: lines of the same number of 8-byte words go together, read where they lie."""
    offsets, data = _text_buffers(array)
    starts, nbytes = offsets[:-1], np.diff(offsets)
    overlapping: Hashes = np.ndarray(shape=(len(data) - 7,), dtype="<u8", buffer=data, strides=(1,))
    result = np.zeros(len(starts), dtype=np.uint64)
    full = nbytes >> 3
    for words in np.unique(full):
        lines = np.flatnonzero((full == words) & (nbytes > 0))
        tail = (nbytes[lines] & 7).astype(np.uint64) << np.uint64(3)
        end = overlapping[starts[lines] + words * 8] & ((np.uint64(1) << tail) - np.uint64(1))
        end |= (nbytes[lines].astype(np.uint64) & np.uint64(255)) << np.uint64(56)
        result[lines] = _siphash(*(overlapping[starts[lines] + word * 8] for word in range(words)), end)
    return result


def _text_buffers(array: pa.Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    """Return offsets, shape (lines + 1,), and the bytes they point into, with 8 spare bytes at the end."""
    array = array.cast(pa.binary()) if not pa.types.is_binary(array.type) else array
    _, offset_buffer, data_buffer = array.buffers()
    if not len(array) or data_buffer is None:
        return np.zeros(len(array) + 1, dtype=np.int64), np.zeros(8, dtype=np.uint8)
    offsets = np.frombuffer(offset_buffer, dtype=np.int32)[array.offset : array.offset + len(array) + 1]
    used = np.frombuffer(data_buffer, dtype=np.uint8)[offsets[0] : offsets[-1]]
    data = np.concatenate([used, np.zeros(8, dtype=np.uint8)])
    return offsets.astype(np.int64) - int(offsets[0]), data
