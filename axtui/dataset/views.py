"""What Arrow arrays of fixed width hold, seen by numpy and by Python without copying more than there is.

`Array.to_numpy` is not used for this: it imports pandas where that is installed, which takes longer than most reading.
"""

from __future__ import annotations

import array as packed
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_CODES = {"int8": "b", "int16": "h", "int32": "i", "int64": "q", "float": "f", "double": "d"}


def raw_view(array: pa.Array) -> npt.NDArray[Any]:
    """View the values of an array of fixed width: numbers as they are, dates and times as integers.

    Returns:
        Shape (lines,), read-only. Where there is no value it holds anything.
    """
    kind = array.type
    is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind)
    dtype = kind.to_pandas_dtype() if is_number else f"i{kind.bit_width // 8}"
    buffer = array.buffers()[1]
    if buffer is None or not len(array):
        return np.zeros(len(array), dtype=dtype)
    return np.frombuffer(buffer, dtype=dtype)[array.offset : array.offset + len(array)]


def is_missing(array: pa.Array) -> npt.NDArray[np.bool_]:
    """Return where an array has no value, shape (lines,)."""
    buffer = array.buffers()[0]
    if buffer is None or not array.null_count:
        return np.zeros(len(array), dtype=bool)
    return ~_bits(buffer, array.offset, len(array))


def bool_view(array: pa.Array) -> npt.NDArray[np.bool_]:
    """Return bool values, shape (lines,); anything where there is none. They are bits in Arrow, so this is a copy."""
    buffer = array.buffers()[1]
    return np.zeros(len(array), dtype=bool) if buffer is None else _bits(buffer, array.offset, len(array))


def is_same(one: pa.Array, other: pa.Array) -> bool:
    """Tell whether two arrays lie in the same memory; as long as `one` is held, nothing else can be there."""
    here, there = ([buffer and buffer.address for buffer in array.buffers()] for array in (one, other))
    return here == there and one.offset == other.offset and len(one) == len(other)


def every(array: pa.Array, first: int, step: int) -> pa.Array:
    """Return every `step`-th line from `first` on."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        return pa.DictionaryArray.from_arrays(every(array.indices, first, step), array.dictionary)
    is_plain = pa.types.is_primitive(kind) and not pa.types.is_boolean(kind)
    if step == 1 or not is_plain:
        return array[first:] if step == 1 else array.take(_indices(np.arange(first, len(array), step)))
    values = np.ascontiguousarray(raw_view(array)[first::step])
    valid = np.packbits(~is_missing(array)[first::step], bitorder="little") if array.null_count else None
    buffers = [None if valid is None else pa.py_buffer(valid), pa.py_buffer(values)]
    return pa.Array.from_buffers(kind, len(values), buffers)


def _indices(lines: npt.NDArray[np.int64]) -> pa.Array:
    return pa.Array.from_buffers(pa.int64(), len(lines), [None, pa.py_buffer(lines)])


def packed_values(array: pa.Array) -> packed.array[Any]:
    """Return numbers without nulls as a sequence that makes each Python value only when it is taken."""
    values = packed.array(_CODES[str(array.type)])
    if len(array):
        values.frombytes(raw_view(array).data.cast("B"))
    return values


def is_packable(array: pa.Array) -> bool:
    """Tell whether `packed_values` takes an array."""
    return array.null_count == 0 and str(array.type) in _CODES


def _bits(buffer: pa.Buffer, offset: int, lines: int) -> npt.NDArray[np.bool_]:
    data = np.frombuffer(buffer, dtype=np.uint8)[offset // 8 : (offset + lines + 7) // 8]
    bits = np.unpackbits(data, bitorder="little")[offset % 8 :][:lines]
    return bits.view(np.bool_)
