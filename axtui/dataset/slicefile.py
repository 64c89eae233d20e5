"""One Arrow IPC file: written once, its digest taken on the way; mapped when read. Knows no column types.

The files are in Arrow's IPC file format (Feather V2), uncompressed or with "zstd" or "lz4" buffers. The metadata of
each record batch has under `axtui.crc32` a word a column, in the order of the schema: the checksum (checksum.py, hex)
of the column, begun from the number of the batch, and for a dictionary-coded column `.` and the checksum of the
dictionary. So damage of what is read shows, whatever was hit, at the cost of one look at it; damage of anything else
does no harm.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from axtui.base.errors import DatasetError
from axtui.dataset.checksum import checksum

COMPRESSIONS = ("zstd", "lz4")
_CHECKSUMS = b"axtui.crc32"
_SMALL_NBYTES = 1 << 16


class SliceFile:
    """An Arrow file that is being written. `nbytes` and `digest` (SHA-256, hex) are right after `close`."""

    def __init__(self, path: Path, schema: pa.Schema, compression: str | None) -> None:
        self.path = path
        self._sink = _Sink(path)
        options = pa.ipc.IpcWriteOptions(compression=compression, use_threads=False)
        self._writer = pa.ipc.new_file(self._sink, schema, options=options)
        self._batches = 0
        self._dictionaries: dict[int, bytes] = {}

    @property
    def nbytes(self) -> int:
        """How many bytes were written."""
        return self._sink.nbytes

    @property
    def digest(self) -> str:
        """The SHA-256 of what was written."""
        return self._sink.hash.hexdigest()

    def write(self, batch: pa.RecordBatch) -> None:
        """Add a record batch."""
        columns = enumerate(batch.columns)
        found = [_column_checksum(array, self._batches, place, self._dictionaries) for place, array in columns]
        self._writer.write_batch(batch, {_CHECKSUMS: b" ".join(found)})
        self._batches += 1

    def close(self) -> None:
        """Write the footer and close the file; once, also where it is asked for again."""
        if not self._sink.closed:
            self._writer.close()
            self._sink.close()


class _Sink(io.RawIOBase):
    """A new file that hashes what goes through it. A file is never written over.

    Arrow writes a batch in many small parts and some large ones; the small ones are held until they are worth a write.
    """

    def __init__(self, path: Path) -> None:
        self._file = open(path, "xb", buffering=0)  # noqa: SIM115
        self._held = bytearray()
        self.hash = hashlib.sha256()
        self.nbytes = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        self.nbytes += view.nbytes
        if view.nbytes < _SMALL_NBYTES:
            self._held += view
            if len(self._held) >= _SMALL_NBYTES:
                self._put_held()
        else:
            self._put_held()
            self._put(view)
        return view.nbytes

    def tell(self) -> int:
        return self.nbytes

    def close(self) -> None:
        if not self.closed:
            try:
                self._put_held()
            finally:
                self._file.close()
                super().close()

    def _put_held(self) -> None:
        held, self._held = self._held, bytearray()
        self._put(memoryview(held))

    def _put(self, rest: memoryview) -> None:
        self.hash.update(rest)
        while rest:
            rest = rest[self._file.write(rest) :]


@dataclass
class _Seen:
    """What of a file was compared with its checksums: (batch, column), and the checksums of dictionaries by column."""

    columns: set[tuple[int, int]] = field(default_factory=set)
    dictionaries: dict[int, bytes] = field(default_factory=dict)


class SliceReader:
    """An Arrow file that is mapped. What is read from it points into the map, which lives as long as an array of it.

    Every column of a record batch is compared with its checksum when this process reads it for the first time.
    """

    def __init__(
        self, path: str, reader: pa.ipc.RecordBatchFileReader, places: dict[str, int], seen: _Seen | None
    ) -> None:
        """`places` has the columns that are read, with their place among all of the file."""
        self.batches: int = reader.num_record_batches
        self._path = path
        self._reader = reader
        self._places = places
        self._seen = seen

    def read(self, index: int) -> pa.RecordBatch:
        """Read one record batch.

        Raises:
            DatasetError: It is damaged; the message names file, batch and column.
        """
        batch = read_batch(self._path, self._reader, index)
        if self._seen is None:
            return batch.batch
        unseen = [name for name, place in self._places.items() if (index, place) not in self._seen.columns]
        if unseen:
            self._verify(index, batch, unseen)
        return batch.batch

    def _verify(self, index: int, batch: Any, names: list[str]) -> None:
        assert self._seen is not None
        written = ((batch.custom_metadata or {}).get(_CHECKSUMS) or b"").split()
        for name in names:
            place = self._places[name]
            if self._checksum(batch.batch, index, name) not in written[place : place + 1]:
                at = f"record batch {index} of {self.batches}, column {name!r}"
                raise DatasetError(f"{self._path} is damaged in {at}: its checksum is not the one it was written with")
            self._seen.columns.add((index, place))

    def _checksum(self, batch: pa.RecordBatch, index: int, name: str) -> bytes:
        """Return the checksum of a column; nothing where it does not even hang together."""
        assert self._seen is not None
        try:
            return _column_checksum(batch.column(name), index, self._places[name], self._seen.dictionaries)
        except (ValueError, IndexError, TypeError, KeyError, pa.ArrowException):
            return b""


def open_slice(
    path: Path, nbytes: int, names: tuple[str, ...], has_checksums: bool, is_compressed: bool
) -> SliceReader:
    """Map an Arrow file.

    Args:
        path: The file.
        nbytes: The size that was recorded when it was written.
        names: The columns that will be read.
        has_checksums: Whether it was written with checksums.
        is_compressed: Whether columns have to be unpacked; only those that will be read are.

    Raises:
        DatasetError: It is not there, has another size, has no such column, or is not an Arrow file.
    """
    info = _stat(path, nbytes)
    return _open(str(path), names, has_checksums, is_compressed, info.st_ino, info.st_mtime_ns)


def _stat(path: Path, nbytes: int) -> os.stat_result:
    try:
        info = os.stat(path)
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror}") from None
    if info.st_size != nbytes:
        raise DatasetError(f"{path} is damaged: it has {info.st_size} bytes and was written with {nbytes}")
    return info


def batch_ends(path: Path, nbytes: int, is_compressed: bool) -> npt.NDArray[np.int64]:
    """Return how many lines an Arrow file has up to the end of each of its record batches, shape (batches,).

    Looked up once for a file as it is. Of a plain file only the metadata are read, of a compressed one its narrowest
    column too, a batch at a time.

    Args:
        path: The file.
        nbytes: The size that was recorded when it was written.
        is_compressed: Whether columns have to be unpacked.

    Raises:
        DatasetError: It is not there, has another size, or is damaged.
    """
    info = _stat(path, nbytes)
    return _batch_ends(str(path), is_compressed, info.st_ino, info.st_mtime_ns)


@lru_cache(maxsize=1024)
def _batch_ends(path: str, is_compressed: bool, inode: int, mtime: int) -> npt.NDArray[np.int64]:
    reader = map_file(Path(path))
    if is_compressed and len(reader.schema):
        reader = map_file(Path(path), [min(range(len(reader.schema)), key=lambda at: _width(reader.schema.field(at)))])
    lines = [read_batch(path, reader, index).batch.num_rows for index in range(reader.num_record_batches)]
    return np.cumsum(lines, dtype=np.int64)


def _width(field: pa.Field) -> int:
    """Return how many bits a value takes, or more than any number does where that is not fixed."""
    try:
        return int(field.type.bit_width)
    except ValueError:
        return 1 << 16


def read_whole(path: Path) -> tuple[pa.Schema, Callable[[str], SliceReader]]:
    """Map any Arrow file; checksums are compared where it has them.

    Returns:
        Its schema, and what gives the reader of one of its columns.

    Raises:
        DatasetError: It is not there, or not an Arrow file.
    """
    try:
        info = os.stat(path)
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror}") from None
    reader = map_file(path)
    first = read_batch(path, reader, 0).custom_metadata if reader.num_record_batches else None
    has_checksums = first is not None and _CHECKSUMS in first

    def of(name: str) -> SliceReader:
        return _open(
            str(path), (name,), has_checksums, True, info.st_ino, info.st_mtime_ns
        )  # who knows how it is packed

    return reader.schema, of


@lru_cache(maxsize=64)
def _open(
    path: str, names: tuple[str, ...], has_checksums: bool, is_compressed: bool, inode: int, mtime: int
) -> SliceReader:
    reader = map_file(Path(path))
    places = {name: reader.schema.get_field_index(name) for name in names}
    missing = [name for name, place in places.items() if place < 0]
    if missing:
        raise DatasetError(f"{path} is damaged: it has no column {missing[0]!r}")
    if is_compressed and len(places) < len(reader.schema):  # of a plain file Arrow would copy what else is a view
        reader = map_file(Path(path), list(places.values()))
    return SliceReader(path, reader, places, _seen(path, inode, mtime) if has_checksums else None)


@lru_cache(maxsize=8192)
def _seen(path: str, inode: int, mtime: int) -> _Seen:
    return _Seen()


def _column_checksum(array: pa.Array, index: int, place: int, dictionaries: dict[int, bytes]) -> bytes:
    """Return what stands for a column of a batch in its metadata; of a dictionary the checksum is taken once a file."""
    if not pa.types.is_dictionary(array.type):
        return b"%08x" % checksum(array, index)
    if place not in dictionaries:
        dictionaries[place] = b"%08x" % checksum(array.dictionary)
    return b"%08x.%s" % (checksum(array, index), dictionaries[place])


def map_file(path: Path, fields: list[int] | None = None) -> pa.ipc.RecordBatchFileReader:
    """Map an Arrow file without looking at its size; `fields` are the only columns that are read.

    Raises:
        DatasetError: It is not an Arrow file.
    """
    options = pa.ipc.IpcReadOptions(use_threads=False, included_fields=fields)
    try:
        return pa.ipc.open_file(pa.memory_map(str(path)), options=options)
    except (MemoryError, pa.ArrowException, OSError) as error:
        if _is_of_the_process(error):
            raise DatasetError(f"cannot read {path}: {error}") from None
        raise DatasetError(f"{path} is damaged: {error}") from None


def read_batch(path: str | Path, reader: pa.ipc.RecordBatchFileReader, index: int) -> pa.RecordBatchWithMetadata:
    """Read one record batch of an open file, without comparing checksums.

    Raises:
        DatasetError: It is damaged; the message names the file and the batch.
    """
    try:
        return reader.get_batch_with_custom_metadata(index)
    except (MemoryError, pa.ArrowException, OSError) as error:
        if _is_of_the_process(error):
            raise DatasetError(f"cannot read record batch {index} of {path}: {error}") from None
        batches = reader.num_record_batches
        raise DatasetError(f"{path} is damaged in record batch {index} of {batches}: {error}") from None


def _is_of_the_process(error: Exception) -> bool:
    """Tell whether a process lacks memory or threads; of the latter Arrow says no more than that it is an error."""
    return isinstance(error, MemoryError) or type(error) is pa.ArrowException
