"""dataset.json: what it holds, reading it, writing it. Knows no arrays.

A dataset is a directory `datasets/NAME/` of a job, with `dataset.json` and for each slice that has lines `N.arrow`
(slicefile.py, storage.py). dataset.json is a JSON object, written when the dataset is finished and never again:

    version     2; 1 is read too, which has no `check`, nor checksums in its files
    name        the dataset's name, any text
    caption     text
    filename    text or null; what was read to make it
    hashlabel   a column's name or null; each line then lies in slice hash(value) % slices, see hashing.py
    previous    null, or {"dataset": "dev-3/name", "digest": …}: the dataset before this one in its chain
    parent      "dev-2/name" or null; where inherited columns were inherited from; two in a list for merged datasets
    compression null, "zstd" or "lz4"
    lines       a number a slice
    slices      for each slice null (no lines, or no column of its own), or {"nbytes": …, "digest": SHA-256 of N.arrow}
    columns     by name, in the order they have in the files; each an object with
                  type   a name of types.py
                  none   true where None is allowed
                  min    smallest value or null; dates and times in ISO format; "nan", "inf", "-inf"
                  max    largest value or null
                  holds  number: "int", "float", "mixed"; datetime, time: "naive", "utc", "mixed"; null without
                         values and for all other types. It is what numbers.py and moments.py call the form.
                  from   null for a column in the files here, or {"dataset": "dev-2/name", "column": …, "digest": …}:
                         the dataset whose files it lies in, its name there, and that dataset's digest
    digest      the output digest: BLAKE2b (32 bytes, hex) of the canonical JSON of the above without name, caption,
                filename, parent, compression, and without the references in previous and from, of which the digests
                stay. So it covers names, types and order of columns, lines, every byte of the files, and everything
                earlier in the chain, and says nothing of when, where and by which job.
    check       the BLAKE2b digest (32 bytes, hex) of every byte before it, so that damage shows
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from axtui.base.errors import DatasetError, NoSuchDatasetError, RecordError
from axtui.base.files import atomic_write, read_limited
from axtui.base.records import digest, digest_of, format_lines, parse_message
from axtui.dataset.types import ColumnType, find_type, parse_bound

FILE = "dataset.json"
VERSION = 2
_LIMIT_NBYTES = 64 << 20
_END = b"\n}\n"
_CHECK = b',\n"check": "'
_CHECK_END = b'"\n}\n'


@dataclass(frozen=True)
class Origin:
    """Where an inherited column lies: a dataset reference, the name it has there, that dataset's digest."""

    dataset: str
    column: str
    digest: str


@dataclass(frozen=True)
class ColumnRecord:
    """What is known of a column. `origin` is None for one in the dataset's own files."""

    name: str
    kind: ColumnType
    none: bool
    min: Any
    max: Any
    holds: str | None
    origin: Origin | None


@dataclass(frozen=True)
class SliceRecord:
    """The file of one slice."""

    nbytes: int
    digest: str


@dataclass(frozen=True)
class DatasetRecord:
    """A dataset.json that was read and checked."""

    name: str
    caption: str
    filename: str | None
    hashlabel: str | None
    previous: str | None
    parents: tuple[str, ...]
    compression: str | None
    lines: tuple[int, ...]
    slices: tuple[SliceRecord | None, ...]
    columns: Mapping[str, ColumnRecord]
    digest: str
    has_checksums: bool


class _Columns(Mapping[str, ColumnRecord]):
    """Columns by name, each parsed when it is asked for: a chain has thousands of datasets, and few are looked into."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self._raw = raw
        self._parsed: dict[str, ColumnRecord] = {}

    def __getitem__(self, name: str) -> ColumnRecord:
        if name not in self._parsed:
            raw = self._raw[name]
            try:
                self._parsed[name] = _parse_column(name, raw)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise DatasetError(f"dataset damaged: column {name!r}: {type(error).__name__}: {error}") from None
        return self._parsed[name]

    def __contains__(self, name: object) -> bool:
        return name in self._raw

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)


def slice_path(directory: Path, sliceno: int) -> Path:
    """Return where the file of a slice lies."""
    return directory / f"{sliceno}.arrow"


def write_dataset(directory: Path, record: dict[str, Any]) -> bytes:
    """Write dataset.json, adding version, digest and check. Return its bytes."""
    whole = {"version": VERSION, **record}
    body = format_lines({**whole, "digest": content_digest(whole)}).removesuffix(_END) + _CHECK
    data = body + digest(body).encode("ascii") + _CHECK_END
    atomic_write(directory / FILE, data)
    return data


def content_digest(record: dict[str, Any]) -> str:
    """Return the output digest of a record as JSON; see above for what it covers."""
    covered = {key: record[key] for key in ("version", "hashlabel", "lines", "slices")}
    columns = [[name, _without_reference(column)] for name, column in record["columns"].items()]
    previous = record["previous"] and record["previous"]["digest"]
    return digest_of({**covered, "columns": columns, "previous": previous})


def dataset_digest(directory: Path) -> str:
    """Return the output digest of a dataset.

    Raises:
        NoSuchDatasetError, DatasetError: As of `read_dataset`.
    """
    return read_dataset(directory).digest


def read_dataset(directory: Path) -> DatasetRecord:
    """Read and check dataset.json. What did not change on disk is read once a process.

    Raises:
        NoSuchDatasetError: There is no such dataset.
        DatasetError: It is damaged; the message names the file and what is wrong.
    """
    path = f"{directory}/{FILE}"
    try:
        info = os.stat(path)
    except OSError:
        raise NoSuchDatasetError(f"there is no dataset in {directory}") from None
    return _read(path, info.st_ino, info.st_mtime_ns, info.st_size)


@lru_cache(maxsize=8192)
def _read(path: str, _inode: int, _mtime: int, _nbytes: int) -> DatasetRecord:
    try:
        return _parse(_verified(read_limited(path, _LIMIT_NBYTES)))
    except OSError as error:
        raise DatasetError(f"dataset damaged: {error}") from None
    except (KeyError, TypeError, ValueError, AttributeError, RecordError, DatasetError) as error:
        raise DatasetError(f"dataset damaged: {path}: {type(error).__name__}: {error}") from None


def _verified(data: bytes) -> dict[str, Any]:
    """Return the record that some bytes hold, if they are what was written.

    Raises:
        RecordError, KeyError, ValueError: They are not.
    """
    body, found, end = data.rpartition(_CHECK)
    record = parse_message(data)
    if found:
        _want(end == digest(body + _CHECK).encode("ascii") + _CHECK_END, "the record does not match its check")
    else:
        _want(record["version"] == 1, f"version {record['version']!r} without a check is not 1")
        _want(record["digest"] == content_digest(record), "the record does not match its digest")
    return record


def _parse(record: dict[str, Any]) -> DatasetRecord:
    _want(record["version"] in (1, VERSION), f"version {record['version']!r} is not {VERSION}")
    lines = tuple(map(_count, record["lines"]))
    slices = tuple(map(_parse_slice, record["slices"]))
    _want(isinstance(record["columns"], dict), "columns is no table")
    columns = _Columns(record["columns"])
    _want(len(slices) == len(lines), f"{len(slices)} slices have {len(lines)} line counts")
    _want(all(lines[i] for i, found in enumerate(slices) if found), "a slice without lines has a file")
    hashlabel = _text_or_none(record["hashlabel"])
    _want(hashlabel is None or hashlabel in columns, f"the hashlabel {hashlabel!r} is no column")
    return DatasetRecord(
        name=_text(record["name"]),
        caption=_text(record["caption"]),
        filename=_text_or_none(record["filename"]),
        hashlabel=hashlabel,
        previous=record["previous"] and _text(record["previous"]["dataset"]),
        parents=_parse_parents(record["parent"]),
        compression=_text_or_none(record["compression"]),
        lines=lines,
        slices=slices,
        columns=columns,
        digest=_text(record["digest"]),
        has_checksums=record["version"] > 1,
    )


def _parse_parents(found: Any) -> tuple[str, ...]:
    if isinstance(found, list):
        _want(len(found) == 2, f"{len(found)} parents")
        return tuple(_text(parent) for parent in found)
    return () if found is None else (_text(found),)


def _parse_slice(found: Any) -> SliceRecord | None:
    return None if found is None else SliceRecord(_count(found["nbytes"]), _text(found["digest"]))


def _parse_column(name: str, column: dict[str, Any]) -> ColumnRecord:
    kind = find_type(_text(column["type"]))
    found = column["from"]
    origin = found and Origin(_text(found["dataset"]), _text(found["column"]), _text(found["digest"]))
    low, high = (parse_bound(kind, column[key]) for key in ("min", "max"))
    _want(isinstance(column["none"], bool), f"none of column {name!r} is {column['none']!r}")
    _want(column["holds"] in (None, "int", "float", "mixed", "naive", "utc"), f"holds is {column['holds']!r}")
    return ColumnRecord(name, kind, column["none"], low, high, column["holds"], origin)


def _without_reference(column: dict[str, Any]) -> dict[str, Any]:
    origin = column["from"]
    return {**column, "from": origin and {"column": origin["column"], "digest": origin["digest"]}}


def _want(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} is not a count")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not text")
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)
