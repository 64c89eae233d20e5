"""Import a text file with separated fields as a dataset.

Lines are dealt out to the slices in turn: line i after the labels goes to slice i % slices. Every column is `bytes`
unless `types` names a type for it, or `infer` looks for one.

Result: `num_lines`, `lines_per_slice`, and the same for `broken` and `skipped` lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from axtui import DatasetUsageError, InputFile, UserError, progress
from axtui.standard_methods import csv_blocks, csv_lines
from axtui.standard_methods.convert import Converter, make_converter
from axtui.standard_methods.csv_lines import Block, Dialect, Lines, Source
from axtui.standard_methods.infer import infer_spec

description = "Import a CSV file as a dataset"

options = {
    "filename": InputFile,
    "separator": ",",  # one character; '' for a single column
    "comment": "",  # lines that begin with this are left out
    "newline": "",  # '' for \n or \r\n
    "quotes": None,  # '' for none, True for both ' and ", or the character
    "label_lines": int,  # 1 unless given, 0 with labels
    "label_encoding": "utf-8",
    "labels": [],  # instead of those in the file
    "strip_labels": False,
    "rename": {},  # {old: new}, before discard
    "discard": set(),  # columns that are not kept
    "lineno_label": "",  # a column with the line's number in the file
    "allow_bad": False,  # put bad lines into the dataset "bad"
    "allow_extra_empty": False,  # empty fields after the last column are fine
    "skip_lines": 0,
    "skip_empty_lines": False,
    "compression": None,  # "zstd" or "lz4"; a number as in the Accelerator means zstd
    "types": {},  # {column: type as for dataset_type}
    "infer": False,  # find types for the columns that `types` does not name
    "none_as": [],  # what stands for None, beside nothing, in columns with +None
}
datasets = ("previous",)


def synthesis(job: Any, options: Any, datasets: Any, slices: int) -> dict[str, Any]:
    """Read the file and write the datasets."""
    path = str(job.input_filename(options.filename))
    dialect = _dialect(options)
    try:
        return _Import(job, options, datasets, slices, path, dialect, use_lines=False).run()
    except csv_blocks.NotPlainError:
        return _Import(job, options, datasets, slices, path, dialect, use_lines=True).run()


class _Import:
    """One reading of the file, into new datasets."""

    def __init__(
        self, job: Any, options: Any, datasets: Any, slices: int, path: str, dialect: Dialect, use_lines: bool
    ) -> None:
        self._job, self._options, self._datasets, self._slices = job, options, datasets, slices
        self._path = path
        self._dialect = dialect
        self._use_lines = use_lines
        self._source = Source(path)
        self._lines = Lines(self._source.stream, dialect)
        self._labels = _read_labels(self._lines, options, path)
        self._kept = [(index, label) for index, label in enumerate(self._labels) if label not in options.discard]
        self._converters: dict[str, Converter] = _converters(options, [label for _, label in self._kept])
        self._broken = np.zeros(slices, dtype=np.int64)
        self._skipped = 0
        self._writers: dict[str, Any] = {}

    def run(self) -> dict[str, Any]:
        """Read it all; return the job's result."""
        try:
            for block in self._blocks():
                if "default" not in self._writers:
                    self._start(block)
                self._write(block)
                self._write_skipped()
                progress(self._source.position, self._source.nbytes)
            if "default" not in self._writers:
                self._start(None)
        except csv_blocks.NotPlainError:
            for writer in self._writers.values():
                writer.discard()
            raise
        finally:
            self._source.close()
        self._write_skipped()
        return self._result()

    def _blocks(self) -> Iterator[Block]:
        wants_lines = bool(self._options.lineno_label and self._dialect.quotes)
        if self._use_lines or wants_lines or not csv_blocks.can_read(self._dialect, len(self._labels)):
            return csv_lines.read_blocks(self._lines, self._dialect, len(self._labels))
        return csv_blocks.read_blocks(self._source.stream, self._dialect, len(self._labels), self._lines.number + 1)

    def _start(self, block: Block | None) -> None:
        """Make the writers, once the first lines are there to find types in."""
        none_as = _none_as(self._options)
        if self._options.infer and block is not None:
            for index, label in self._kept:
                if label not in self._converters and label not in self._options.types:
                    self._converters[label] = make_converter(infer_spec(block.columns[index], none_as))
        columns = {}
        for _, label in self._kept:
            converter = self._converters.get(label)
            columns[label] = (converter.type, converter.none) if converter else ("bytes", False)
        if self._options.lineno_label:
            columns[self._options.lineno_label] = ("int64", False)
        self._add_writer("default", columns, self._datasets.previous)
        extra = {"lineno": ("int64", False), "data": ("bytes", False)}
        if self._options.allow_bad:
            self._add_writer("bad", extra, self._beside("bad"))
        if self._dialect.comment or self._dialect.skip_lines or self._dialect.skip_empty_lines:
            self._add_writer("skipped", extra, self._beside("skipped"))

    def _add_writer(self, name: str, columns: dict[str, Any], previous: Any) -> None:
        compression = self._options.compression
        self._writers[name] = writer = self._job.datasetwriter(
            name=name,
            columns=columns,
            previous=previous,
            filename=self._path,
            caption=f"csvimport of {self._path}",
            compression="zstd" if isinstance(compression, int) else compression,
        )
        for sliceno in range(self._slices):
            writer.set_slice(sliceno)

    def _beside(self, name: str) -> Any:
        """Return the previous import's dataset of this name, if that import's default is the previous dataset."""
        previous = self._datasets.previous
        if not previous or previous.name != "default":
            return None
        return next((ds for ds in previous.job.datasets if ds.name == name), None)

    def _write(self, block: Block) -> None:
        self._write_bad(block)
        columns = {label: self._convert(label, block.columns[index], block) for index, label in self._kept}
        if self._options.lineno_label:
            columns[self._options.lineno_label] = pa.array(block.linenos)
        self._deal("default", columns, block.positions)

    def _convert(self, label: str, column: pa.Array, block: Block) -> Any:
        converter = self._converters.get(label)
        if converter is None:
            return column
        values, bad = converter.convert(column, _none_as(self._options))
        if bad.any():
            if self._dialect.quotes and not self._use_lines:
                raise csv_blocks.NotPlainError
            line = int(np.argmax(bad))
            text = column[line].as_py().decode("utf-8", "backslashreplace")
            hint = "; infer found that type in the first lines" if label not in self._options.types else ""
            raise ValueError(
                f'Failed to convert "{text:.200}" from {self._path} column {label} line {block.linenos[line]} '
                f"to {converter.type}{hint}"
            )
        return values

    def _write_bad(self, block: Block) -> None:
        if not block.bad:
            return
        if not self._options.allow_bad:
            reason = block.bad[0][3]
            head, colon, found = reason.partition(":")
            raise ValueError(f"{head} of {self._path}{colon}{found}; allow_bad=True puts such lines into a dataset")
        positions = np.array([position for position, *_ in block.bad])
        slices, first, counts = np.unique(positions % self._slices, return_index=True, return_counts=True)
        for sliceno, index, count in zip(slices, first, counts, strict=True):
            if not self._broken[sliceno]:
                print(f"slice {sliceno}: {block.bad[index][3]}")  # noqa: T201
            self._broken[sliceno] += count
        columns = {"lineno": [number for _, number, *_ in block.bad], "data": [data for _, _, data, _ in block.bad]}
        self._deal("bad", columns, positions)

    def _write_skipped(self) -> None:
        skipped = self._lines.skipped
        if skipped:
            columns = {"lineno": [number for number, _ in skipped], "data": [data for _, data in skipped]}
            self._deal("skipped", columns, np.arange(len(skipped)) + self._skipped)
            self._skipped += len(skipped)
            skipped.clear()

    def _deal(self, name: str, columns: dict[str, Any], positions: Any) -> None:
        """Write each line to the slice that its position names."""
        slices = positions % self._slices
        writer = self._writers[name]
        for sliceno in range(self._slices):
            lines = np.flatnonzero(slices == sliceno)
            if len(lines):
                writer.set_slice(sliceno)
                writer.write_arrays({label: _take(column, lines) for label, column in columns.items()})

    def _result(self) -> dict[str, Any]:
        lines = self._writers["default"].finish().lines
        skipped = [len(range(sliceno, self._skipped, self._slices)) for sliceno in range(self._slices)]
        return {
            "num_lines": sum(lines),
            "lines_per_slice": lines,
            "num_broken_lines": int(self._broken.sum()),
            "broken_lines_per_slice": self._broken.tolist(),
            "num_skipped_lines": self._skipped,
            "skipped_lines_per_slice": skipped,
        }


def _dialect(options: Any) -> Dialect:
    quotes = {None: "", False: "", "": "", True: "'\"", "True": "'\""}.get(options.quotes, options.quotes)
    for name in ("separator", "comment"):
        if len(options[name]) > 1 and name == "separator":
            raise UserError(f"{name} is one character or none, found {options[name]!r}")
    if len(quotes) > 1 and quotes != "'\"":
        raise UserError(f"quotes is True, one character or none, found {quotes!r}")
    try:
        separator, quote_bytes = options.separator.encode("iso-8859-1"), quotes.encode("iso-8859-1")
    except UnicodeEncodeError:
        raise UserError(f"separator and quotes are in iso-8859-1, found {options.separator!r}, {quotes!r}") from None
    return Dialect(
        separator=separator,
        quotes=quote_bytes,
        comment=options.comment.encode("utf-8"),
        newline=options.newline.encode("utf-8"),
        skip_lines=options.skip_lines,
        skip_empty_lines=options.skip_empty_lines,
        allow_extra_empty=options.allow_extra_empty,
    )


def _read_labels(lines: Lines, options: Any, path: str) -> list[str]:
    wanted = options.label_lines if options.label_lines is not None else 0 if options.labels else 1
    parts: list[list[str]] = []
    for _ in range(wanted):
        line = lines.next()
        fields = None if line is None else lines.fields(line)
        if fields is None:
            raise UserError(f"{path} has no labels on line {lines.number + (line is None)}")
        parts.append([_decode_label(each, options.label_encoding, path) for each in fields])
    if len({len(part) for part in parts}) > 1:
        raise UserError(f"{path}: the label lines have {', '.join(str(len(part)) for part in parts)} labels")
    labels = list(options.labels) or [" ".join(part) for part in zip(*parts, strict=True)]
    labels = [label.strip() if options.strip_labels else label for label in labels]
    labels = [options.rename.get(label, label) for label in labels]
    _check_labels(labels, options, path)
    return labels


def _check_labels(labels: list[str], options: Any, path: str) -> None:
    if not labels or labels == [""]:
        raise UserError(f"{path} has no labels; give them as labels=[…]")
    kept = [label for label in labels if label not in options.discard]
    twice = sorted({label for label in kept if kept.count(label) > 1})
    if twice:
        raise UserError(f"{path} has the label {twice[0]!r} twice; rename or discard one")
    if options.lineno_label in kept:
        raise UserError(f"{path} has a column {options.lineno_label!r} already; wanted another lineno_label")
    missing = sorted(set(options.types) - set(kept))
    if missing:
        raise UserError(f"{path} has no column {missing[0]!r} to give a type; it has {', '.join(kept)}")


def _decode_label(data: bytes, encoding: str, path: str) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise UserError(f"{path}: cannot read the label {data!r}: {error}") from None


def _converters(options: Any, labels: list[str]) -> dict[str, Converter]:
    found = {}
    for label in labels:
        if options.types.get(label):
            try:
                found[label] = make_converter(options.types[label])
            except DatasetUsageError as error:
                raise UserError(f"types of column {label!r}: {error}") from None
    return found


def _none_as(options: Any) -> list[bytes]:
    return [text.encode("utf-8") for text in options.none_as]


def _take(column: Any, lines: Any) -> Any:
    return [column[line] for line in lines] if isinstance(column, list) else column.take(pa.array(lines))
