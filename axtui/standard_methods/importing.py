"""What csvimport does with files: types for columns, lines dealt out to slices, bad lines and those left out beside."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from axtui import DatasetUsageError, DotDict, UserError, progress, status
from axtui.standard_methods.columns import compression_of, take_lines, utf8_of
from axtui.standard_methods.convert import Converter, has_hex, make_converter
from axtui.standard_methods.csv_blocks import Direct
from axtui.standard_methods.csv_file import CsvFile, make_dialect
from axtui.standard_methods.csv_lines import Bad, Block
from axtui.standard_methods.csv_source import open_file
from axtui.standard_methods.infer import infer_spec
from axtui.standard_methods.json_file import JsonLinesFile
from axtui.standard_methods.memory import spare_nbytes
from axtui.standard_methods.parquet_file import MAGIC, ParquetFile

Columns = dict[str, Any]
InputTable = CsvFile | ParquetFile | JsonLinesFile
_MILLION = 1_000_000
_THREAD_NBYTES = 24 << 20
"""What a thread takes beside the pieces it works on: its stack, and what the allocators keep for it."""


@dataclass(frozen=True)
class _Dealt:
    """A block, converted. `slices` has the columns of each slice, if slice 0 had the block's first turn."""

    number: int
    turns: int
    slices: list[Columns]
    bad: list[Bad]
    skipped: list[tuple[int, bytes]]


class Import:
    """One import, of one or several files, into new datasets of a job."""

    def __init__(self, job: Any, options: Any, datasets: Any, slices: int) -> None:
        self._job, self._options, self._datasets, self._slices = job, options, datasets, slices
        self._compression = compression_of(options.compression)
        self._dialect = make_dialect(options)
        self._none_as = [utf8_of(text, "none_as") for text in options.none_as]
        self._path = ""
        self._kept: list[tuple[int, str]] = []
        self._converters: dict[str, Converter] = {}
        self._writers: dict[str, Any] = {}
        self._turns = 0
        self._is_text = True
        self._done = self._nbytes = 0
        self._broken = np.zeros(slices, dtype=np.int64)
        self._skipped = 0

    def run(self, paths: list[str]) -> DotDict:
        """Read the files; return the job's result.

        Raises:
            UserError: A file cannot be read, or the options do not fit it.
            ValueError: A line is bad, or a value cannot be converted.
        """
        self._nbytes = sum(os.path.getsize(path) for path in paths if os.path.exists(path))
        threads = max(1, min(self._slices, len(os.sched_getaffinity(0)), spare_nbytes(1) // _THREAD_NBYTES))
        with status("Reading") as say, ThreadPoolExecutor(threads) as pool:
            for path in paths:
                file = self._open(path)
                self._path = file.path
                try:
                    self._begin(file)
                    self._read(file, pool, threads, say)
                finally:
                    file.close()
                self._done += file.nbytes
        return self._result()

    def _open(self, path: str) -> InputTable:
        kind = _format_of(path, self._options)
        if kind == "parquet":
            return ParquetFile(path, self._options)
        return JsonLinesFile(path, self._options) if kind == "jsonl" else CsvFile(path, self._options, self._dialect)

    def _begin(self, file: InputTable) -> None:
        labels = [self._options.rename.get(label, label) for label in file.labels]
        _check_labels(labels, self._options, self._path)
        kept = [(index, label) for index, label in enumerate(labels) if label not in self._options.discard]
        if not self._writers:
            self._kept = kept
            self._start(file)
        elif sorted(label for _, label in kept) != sorted(label for _, label in self._kept):
            there = ", ".join(label for _, label in self._kept)
            raise UserError(f"{self._path} has columns {', '.join(label for _, label in kept)}, wanted {there}")
        self._kept = kept
        self._write_skipped(file.take_skipped())

    def _start(self, file: InputTable) -> None:
        """Make the writers, and find types in the first lines where that is wished."""
        self._converters = _converters(self._options, [label for _, label in self._kept])
        if self._options.infer:
            sample = file.sample([index for index, _ in self._kept])
            for (index, label), column in zip(self._kept, sample, strict=True):
                if label not in self._options.types and file.kinds[index][0] == "bytes" and len(column):
                    self._converters[label] = make_converter(infer_spec(column, self._none_as))
        columns = {}
        for index, label in self._kept:
            kind, none = file.kinds[index]
            converter = self._converters.get(label)
            if converter and kind not in ("bytes", "unicode"):
                raise UserError(f"types: column {label!r} of {self._path} is {kind}, wanted text to give it a type")
            columns[label] = (converter.type, converter.none or none) if converter else (kind, none)
        if self._options.lineno_label:
            columns[self._options.lineno_label] = ("int64", False)
        self._add_writer("default", columns, self._datasets.previous)
        beside = {"lineno": ("int64", False), "data": ("bytes", False)}
        if self._options.allow_bad:
            self._add_writer("bad", beside, self._beside("bad"))
        if self._options.comment or self._options.skip_lines or self._options.skip_empty_lines:
            self._add_writer("skipped", beside, self._beside("skipped"))

    def _add_writer(self, name: str, columns: Columns, previous: Any) -> None:
        self._writers[name] = writer = self._job.datasetwriter(
            name=name,
            columns=columns,
            previous=previous,
            filename=self._path,
            caption=f"csvimport of {self._path}",
            compression=self._compression,
        )
        for sliceno in range(self._slices):
            writer.set_slice(sliceno)

    def _beside(self, name: str) -> Any:
        """Return the previous import's dataset of this name, if that import's default is the previous dataset."""
        previous = self._datasets.previous
        if not previous or previous.name != "default":
            return None
        return next((ds for ds in previous.job.datasets if ds.name == name), None)

    def _read(self, file: InputTable, pool: ThreadPoolExecutor, threads: int, say: Callable[[str], None]) -> None:
        said = self._turns // _MILLION
        kept = [index for index, _ in self._kept]
        self._is_text = isinstance(file, CsvFile)
        for dealt in file.process(kept, self._deal, pool, threads, self._direct()):
            self._write(dealt)
            progress(self._done + file.position, self._nbytes)
            if self._turns // _MILLION != said:
                said = self._turns // _MILLION
                say(f"{said * _MILLION:,} lines read")

    def _direct(self) -> Direct | None:
        """Return which columns may be converted while they are read."""
        converters = [self._converters.get(label) for _, label in self._kept]
        found = {at: each for at, each in enumerate(converters) if each is not None and each.direct is not None}

        def is_right(data: bytes, columns: list[pa.Array]) -> bool:
            return not has_hex(data) and all(each.is_right(columns[at]) for at, each in found.items())

        types = {at: each.direct for at, each in found.items()}
        return Direct(types, ["", *self._options.none_as], is_right) if types else None

    def _deal(self, number: int, block: Block) -> _Dealt:
        """Convert a block and deal it out; runs in a thread."""
        linenos = block.positions if block.linenos is None else block.linenos
        columns: Columns = {}
        for (_, label), column in zip(self._kept, block.columns, strict=True):
            columns[label] = self._convert(label, column, number, linenos)
        if self._options.lineno_label:
            columns[self._options.lineno_label] = pa.array(
                np.arange(number, number + block.turns) if linenos is None else linenos + number
            )
        if block.positions is None:
            places = [np.arange(first, block.turns, self._slices) for first in range(self._slices)]
        else:
            turns = block.positions % self._slices
            places = [np.flatnonzero(turns == first) for first in range(self._slices)]
        slices = [{label: take_lines(column, lines) for label, column in columns.items()} for lines in places]
        return _Dealt(number, block.turns, slices, block.bad, block.skipped)

    def _convert(self, label: str, column: pa.Array, number: int, linenos: Any) -> Any:
        converter = self._converters.get(label)
        if converter is None or (self._is_text and _plain_type(column) == converter.direct):
            return column
        values, bad = converter.convert(column, self._none_as)
        if bad.any():
            at = int(np.argmax(bad))
            text = column.slice(at, 1).cast(_plain_type(column)).cast(pa.binary())[0].as_py()
            shown = text.decode("utf-8", "backslashreplace")
            hint = "; infer found that type in the first lines" if label not in self._options.types else ""
            line = number + int(at if linenos is None else linenos[at])
            raise ValueError(
                f'Failed to convert "{shown:.200}" from {self._path} column {label} line {line} '
                f"to {converter.type}{hint}"
            )
        return values

    def _write(self, dealt: _Dealt) -> None:
        self._write_bad(dealt)
        for first, columns in enumerate(dealt.slices):
            self._write_slice("default", (first + self._turns) % self._slices, columns)
        self._turns += dealt.turns
        self._write_skipped([(dealt.number + line, data) for line, data in dealt.skipped])

    def _write_bad(self, dealt: _Dealt) -> None:
        if not dealt.bad:
            return
        reasons = [reason.replace("{number}", str(dealt.number + line)) for _, line, _, reason in dealt.bad]
        if not self._options.allow_bad:
            head, colon, found = reasons[0].partition(":")
            raise ValueError(f"{head} of {self._path}{colon}{found}; allow_bad=True puts such lines into a dataset")
        slices = np.array([turn + self._turns for turn, *_ in dealt.bad]) % self._slices
        for sliceno in range(self._slices):
            lines = np.flatnonzero(slices == sliceno)
            if len(lines):
                if not self._broken[sliceno]:
                    print(f"slice {sliceno}: {reasons[lines[0]]}")  # noqa: T201
                self._broken[sliceno] += len(lines)
                bad = [dealt.bad[line] for line in lines]
                numbers, data = [dealt.number + line for _, line, *_ in bad], [data for _, _, data, _ in bad]
                self._write_slice("bad", sliceno, {"lineno": numbers, "data": data})

    def _write_skipped(self, skipped: list[tuple[int, bytes]]) -> None:
        for sliceno in range(self._slices):
            here = skipped[(sliceno - self._skipped) % self._slices :: self._slices]
            if here:
                columns = {"lineno": [number for number, _ in here], "data": [data for _, data in here]}
                self._write_slice("skipped", sliceno, columns)
        self._skipped += len(skipped)

    def _write_slice(self, name: str, sliceno: int, columns: Columns) -> None:
        if columns and len(next(iter(columns.values()))):
            self._writers[name].set_slice(sliceno)
            self._writers[name].write_arrays(columns)

    def _result(self) -> DotDict:
        lines = self._writers["default"].finish().lines
        return DotDict(
            num_lines=sum(lines),
            lines_per_slice=lines,
            num_broken_lines=int(self._broken.sum()),
            broken_lines_per_slice=self._broken.tolist(),
            num_skipped_lines=self._skipped,
            skipped_lines_per_slice=[len(range(each, self._skipped, self._slices)) for each in range(self._slices)],
        )


def _plain_type(column: pa.Array) -> pa.DataType:
    return column.type.value_type if pa.types.is_dictionary(column.type) else column.type


def _format_of(path: str, options: Any) -> str:
    """Return what a file is, by its name and first bytes unless it is given: "csv", "parquet" or "jsonl"."""
    if options.format:
        return str(options.format)
    name = (options.inside_filename or path).lower()
    for ending in (".gz", ".bz2", ".xz", ".zst"):
        name = name.removesuffix(ending)
    if name.endswith((".jsonl", ".ndjson")):
        return "jsonl"
    with open_file(path) as handle:
        return "parquet" if handle.read(len(MAGIC)) == MAGIC else "csv"


def _check_labels(labels: list[str], options: Any, path: str) -> None:
    if not labels or labels == [""]:
        raise UserError(f"{path} has no labels; give them as labels=[…]")
    kept = [label for label in labels if label not in options.discard]
    twice = sorted({label for label in kept if kept.count(label) > 1})
    if twice:
        raise UserError(f"{path} has the label {twice[0]!r} twice; rename or discard one")
    if not kept:
        raise UserError(f"{path} has no columns left: all of {', '.join(labels)} are discarded")
    if options.lineno_label and options.lineno_label in kept:
        raise UserError(f"{path} has a column {options.lineno_label!r} already; wanted another lineno_label")
    missing = sorted(set(options.types) - set(kept))
    if missing:
        raise UserError(f"{path} has no column {missing[0]!r} to give a type; it has {', '.join(kept)}")


def _converters(options: Any, labels: list[str]) -> dict[str, Converter]:
    found = {}
    for label in labels:
        if options.types.get(label):
            try:
                found[label] = make_converter(options.types[label])
            except DatasetUsageError as error:
                raise UserError(f"types of column {label!r}: {error}") from None
    return found
