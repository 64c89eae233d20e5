"""Checksums of columns, taken when a record batch is written and compared when it is first read. Knows no files.

A checksum is the CRC-32 of what an array hands out: its type, its number of lines and of nulls, then buffer by buffer
what of it belongs to these lines (a bitmap without the bits after the end), and the same for the arrays that it is made
of. It does not depend on where in a larger array the lines lay, and not on compression.
"""

from __future__ import annotations

from zlib import crc32

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def checksum(array: pa.Array, start: int = 0) -> int:
    """Return the checksum of an array of any type that storage.py uses.

    Args:
        array: Shape (lines,).
        start: The checksum of what comes before it.
    """
    kind = array.type
    total = crc32(f"{kind} {len(array)} {array.null_count}".encode(), start)
    buffers = array.buffers()
    if array.null_count:
        total = _bits(buffers[0], array.offset, len(array), total)
    if not len(array):
        return total
    if pa.types.is_dictionary(kind):
        return checksum(array.indices, total)
    if pa.types.is_struct(kind):
        for index in range(kind.num_fields):
            total = checksum(array.field(index), total)
        return total
    if pa.types.is_fixed_size_list(kind):
        width = kind.list_size
        return checksum(array.values.slice(array.offset * width, len(array) * width), total)
    if pa.types.is_boolean(kind):
        return _bits(buffers[1], array.offset, len(array), total)
    if pa.types.is_string(kind) or pa.types.is_binary(kind):
        return _text(buffers[1], buffers[2], array.offset, len(array), total)
    width = kind.bit_width // 8
    return crc32(memoryview(buffers[1])[array.offset * width : (array.offset + len(array)) * width], total)


def _bits(buffer: pa.Buffer, offset: int, lines: int, start: int) -> int:
    """Add a bitmap, from bit `offset` on."""
    found: npt.NDArray[np.uint8] = np.frombuffer(buffer, dtype=np.uint8)
    if offset % 8:
        bits = np.unpackbits(found[offset // 8 : (offset + lines + 7) // 8], bitorder="little")
        found = np.packbits(bits[offset % 8 : offset % 8 + lines], bitorder="little")
    else:
        found = found[offset // 8 : (offset + lines + 7) // 8]
    whole, rest = divmod(lines, 8)
    total = crc32(found[:whole].data, start)
    return crc32(bytes([int(found[whole]) & ((1 << rest) - 1)]), total) if rest else total


def _text(offsets: pa.Buffer, data: pa.Buffer | None, offset: int, lines: int, start: int) -> int:
    """Add the lengths and bytes of text, from line `offset` on."""
    ends = np.frombuffer(offsets, dtype=np.int32)[offset : offset + lines + 1]
    first, last = int(ends[0]), int(ends[-1])
    total = crc32((ends - ends[0] if first else ends).data, start)
    return crc32(memoryview(data)[first:last], total) if data is not None and last > first else total
