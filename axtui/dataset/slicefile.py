"""One Arrow IPC file: written once, its digest taken on the way; mapped when read. Knows no columns.

The files are in Arrow's IPC file format (Feather V2), uncompressed or with "zstd" or "lz4" buffers.
"""

from __future__ import annotations

import hashlib
import io
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from axtui.base.errors import DatasetError

COMPRESSIONS = ("zstd", "lz4")


class SliceFile:
    """An Arrow file that is being written. `nbytes` and `digest` (SHA-256, hex) are right after `close`."""

    def __init__(self, path: Path, schema: pa.Schema, compression: str | None) -> None:
        self.path = path
        self._sink = _Sink(path)
        options = pa.ipc.IpcWriteOptions(compression=compression, use_threads=False)
        self._writer = pa.ipc.new_file(self._sink, schema, options=options)

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
        self._writer.write_batch(batch)

    def close(self) -> None:
        """Write the footer and close the file."""
        self._writer.close()
        self._sink.close()


class _Sink(io.RawIOBase):
    """A new file that hashes what goes through it. A file is never written over."""

    def __init__(self, path: Path) -> None:
        self._file = open(path, "xb", buffering=0)  # noqa: SIM115
        self.hash = hashlib.sha256()
        self.nbytes = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        self.hash.update(view)
        rest = view
        while rest:
            rest = rest[self._file.write(rest) :]
        self.nbytes += view.nbytes
        return view.nbytes

    def tell(self) -> int:
        return self.nbytes

    def close(self) -> None:
        if not self.closed:
            self._file.close()
            super().close()


def open_slice(path: Path, nbytes: int, names: tuple[str, ...]) -> pa.ipc.RecordBatchFileReader:
    """Map an Arrow file. What is read from it points into the map, which lives as long as an array of it does.

    Args:
        path: The file.
        nbytes: The size that was recorded when it was written.
        names: The columns that will be read; others are not unpacked.

    Raises:
        DatasetError: It is not there, has another size, has no such column, or is not an Arrow file.
    """
    try:
        info = os.stat(path)
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror}") from None
    if info.st_size != nbytes:
        raise DatasetError(f"{path} is damaged: it has {info.st_size} bytes and was written with {nbytes}")
    return _open(str(path), names, info.st_ino, info.st_mtime_ns)


@lru_cache(maxsize=64)
def _open(path: str, names: tuple[str, ...], _inode: int, _mtime: int) -> pa.ipc.RecordBatchFileReader:
    reader = map_file(Path(path))
    fields = [reader.schema.get_field_index(name) for name in names]
    if min(fields) < 0:
        raise DatasetError(f"{path} is damaged: it has no column {names[fields.index(-1)]!r}")
    return map_file(Path(path), fields) if len(set(fields)) < len(reader.schema) else reader


def map_file(path: Path, fields: list[int] | None = None) -> pa.ipc.RecordBatchFileReader:
    """Map an Arrow file without looking at its size; `fields` are the only columns that are read.

    Raises:
        DatasetError: It is not an Arrow file.
    """
    options = pa.ipc.IpcReadOptions(use_threads=False, included_fields=fields)
    try:
        return pa.ipc.open_file(pa.memory_map(str(path)), options=options)
    except (pa.ArrowInvalid, OSError) as error:
        raise DatasetError(f"{path} is damaged: {error}") from None


def read_batch(path: Path, reader: pa.ipc.RecordBatchFileReader, index: int) -> pa.RecordBatch:
    """Read one record batch of an open file.

    Raises:
        DatasetError: It is damaged; the message names the file and the batch.
    """
    try:
        return reader.get_batch(index)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        batches = reader.num_record_batches
        raise DatasetError(f"{path} is damaged in record batch {index} of {batches}: {error}") from None
