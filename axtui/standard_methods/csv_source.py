"""The bytes of an input file: unpacked, in UTF-8 or as they are, without a byte order mark.

gzip, bzip2, xz, zstd and zip (of one file) are known by how they begin, whatever the name. UTF-16 and UTF-32 are known
by their byte order mark; another encoding is given. What was packed badly or cut short, and what the encoding does not
know, is an error that says where.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import os
import zipfile
import zlib
from typing import IO, Any

import pyarrow as pa

from axtui import UserError

_READ_NBYTES = 1 << 20
_MARKS = {
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_UTF8_MARK = b"\xef\xbb\xbf"
_PACKERS = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"\x28\xb5\x2f\xfd": "zstd", b"PK\x03\x04": "zip"}


class Source:
    """A file that is being read; `position` and `nbytes` say how far, in bytes of the file as it lies on the disk.

    Args:
        path: The file.
        encoding: What it is written in; empty for bytes as they are, but for the encodings that have marks.
        member: Which file of a zip; empty for the only one.
        separator: Between fields, to say where an error is.

    Raises:
        UserError: It cannot be read, or there is no such encoding; the message names the file.
    """

    def __init__(self, path: str, encoding: str = "", member: str = "", separator: str = "") -> None:
        self.path = f"{path}/{member}" if member else path
        self._raw = open_file(path)
        self.nbytes = os.fstat(self._raw.fileno()).st_size
        self._stream = _unpack(self._raw, path, member)
        self._head = self._take(4)
        encoding = encoding or next((name for mark, name in _MARKS.items() if self._head.startswith(mark)), "")
        self._decoder = _Decoder(self.path, encoding, separator) if encoding else None
        if not self._decoder and self._head.startswith(_UTF8_MARK):
            self._head = self._head[len(_UTF8_MARK) :]

    @property
    def position(self) -> int:
        """How many bytes of the file were read."""
        return self._raw.tell()

    def read(self, nbytes: int = _READ_NBYTES) -> bytes:
        """Return about `nbytes` further bytes, in UTF-8 where an encoding is known; empty at the end.

        Raises:
            UserError: The file is damaged, or does not fit its encoding.
        """
        while True:
            data, self._head = self._head + self._take(nbytes), b""
            if self._decoder is None:
                return data
            text = self._decoder.decode(data)
            if text or not data:
                return text

    def close(self) -> None:
        """Close the file."""
        self._raw.close()

    def _take(self, nbytes: int) -> bytes:
        try:
            return bytes(self._stream.read(nbytes))
        except EOFError:
            raise UserError(f"{self.path} is cut short: it ends in the middle of what was packed") from None
        except (OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile) as error:
            raise UserError(f"{self.path} is damaged near byte {self.position}: {error}") from None


class _Decoder:
    """Turns bytes of an encoding into UTF-8, and counts lines and fields to say where that failed."""

    def __init__(self, path: str, encoding: str, separator: str) -> None:
        self._path = path
        self._encoding = encoding
        self._separator = separator
        self._line = self._field = 1
        self._is_begin = True
        try:
            self._decoder = codecs.getincrementaldecoder(encoding)()
        except LookupError:
            raise UserError(f"{path}: there is no encoding {encoding!r}; wanted one that Python has") from None

    def decode(self, data: bytes) -> bytes:
        """Return the next text in UTF-8; no data means the end."""
        try:
            text = self._decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            self._count(error.object[: error.start].decode(self._encoding, "replace"))
            place = f"line {self._line} field {self._field}"
            raise UserError(f"{self._path} is not {self._encoding} on {place}: {error.reason}") from None
        self._count(text)
        if self._is_begin and text:
            text, self._is_begin = text.removeprefix("\ufeff"), False
        return text.encode("utf-8")

    def _count(self, text: str) -> None:
        lines = text.count("\n")
        begun = text.rpartition("\n")[2].count(self._separator) if self._separator else 0
        self._line, self._field = self._line + lines, begun + (1 if lines else self._field)


def open_file(path: str) -> IO[bytes]:
    """Open an input file.

    Raises:
        UserError: It cannot be read; the message names it.
    """
    try:
        return open(path, "rb")
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from None


def packed_with(head: bytes) -> str:
    """Return the name of the packer of a file that begins like this; empty for none."""
    return next((name for magic, name in _PACKERS.items() if head.startswith(magic)), "")


def _unpack(raw: IO[bytes], path: str, member: str) -> Any:
    packer = packed_with(raw.read(8))
    raw.seek(0)
    if packer == "zip":
        return _open_member(raw, path, member)
    if member:
        raise UserError(f"{path} is no zip file, wanted one that has {member!r} in it")
    if packer == "gzip":
        return gzip.GzipFile(fileobj=raw)
    if packer == "bzip2":
        return bz2.BZ2File(raw)
    if packer == "xz":
        return lzma.LZMAFile(raw)
    if packer == "zstd":
        return pa.CompressedInputStream(raw, "zstd")
    return io.BufferedReader(raw, _READ_NBYTES)


def _open_member(raw: IO[bytes], path: str, member: str) -> IO[bytes]:
    try:
        archive = zipfile.ZipFile(raw)
    except zipfile.BadZipFile as error:
        raise UserError(f"{path} is a damaged zip file: {error}") from None
    names = [each.filename for each in archive.infolist() if not each.is_dir()]
    if member and member not in names:
        raise UserError(f"{path} has no file {member!r}; it has {', '.join(names)}")
    if not member and len(names) != 1:
        raise UserError(f"{path} is a zip of {len(names)} files, wanted one; csvimport_zip imports several")
    try:
        return archive.open(member or names[0])
    except (RuntimeError, NotImplementedError) as error:
        raise UserError(f"{path} cannot be unpacked: {error}") from None
