"""A file of JSON objects, one a line, as csvimport reads it. Their keys are the columns.

The first lines decide on types: number, bool or unicode where all values are such, else json. A column that is given a
type in `types` is text: that of a string, else the JSON. What is missing is None. A line is bad if it is no object, has
a key that the first lines have not (unless `labels` names the keys to read), or a value of another type.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa

from axtui.standard_methods.csv_blocks import Direct
from axtui.standard_methods.csv_file import Kind, Result, Work
from axtui.standard_methods.csv_lines import Bad, Block, Text
from axtui.standard_methods.csv_source import Source
from axtui.standard_methods.typed_file import TypedFile

_PIECE_NBYTES = 1 << 20
_ARROW = {"unicode": pa.string(), "bool": pa.bool_()}


class JsonLinesFile(TypedFile):
    """A file of JSON objects that is being read. Attributes are those of `ParquetFile`."""

    def __init__(self, path: str, options: Any) -> None:
        self._source = Source(path, options.encoding, options.inside_filename)
        self.path, self.nbytes = self._source.path, self._source.nbytes
        self._text = Text(self._source.read, b"\n")
        self._skips_empty = options.skip_empty_lines
        self._is_open = not options.labels
        first = self._piece()
        self._text.put_back(first)
        objects = [value for line in first.split(b"\n") if isinstance(value := _parse(line), dict)]
        self.labels = list(options.labels or dict.fromkeys(key for each in objects for key in each))
        self._known = set(self.labels)
        self._typed = {old for old in self.labels if options.rename.get(old, old) in options.types}
        self.kinds: list[Kind] = [(self._find_kind(label, objects), True) for label in self.labels]

    @property
    def position(self) -> int:
        """How many bytes of the file were read."""
        return self._source.position

    def process(
        self, kept: list[int], work: Work[Result], pool: ThreadPoolExecutor, threads: int, direct: Direct | None = None
    ) -> Iterator[Result]:
        """Do `work` with the lines, block by block; give what it returned. See `CsvFile.process`."""
        number = 1
        while data := self._piece():
            yield work(number, self._block(data, kept))
            number += data.count(b"\n")

    def close(self) -> None:
        """Close the file."""
        self._source.close()

    def _piece(self) -> bytes:
        return self._text.piece(_PIECE_NBYTES, lambda data: data.rfind(b"\n") + 1)

    def _find_kind(self, label: str, objects: list[dict[str, Any]]) -> str:
        if label in self._typed:
            return "unicode"
        values = [each[label] for each in objects if each.get(label) is not None]
        return next(
            (kind for kind in ("bool", "number", "unicode") if values and all(map(_FITS[kind], values))), "json"
        )

    def _block(self, data: bytes, kept: list[int]) -> Block:
        rows: list[dict[str, Any]] = []
        places: list[tuple[int, int]] = []
        bad: list[Bad] = []
        skipped: list[tuple[int, bytes]] = []
        lines = data.removesuffix(b"\n").split(b"\n")
        turn = 0
        for number, line in enumerate(lines):
            if not line.strip() and self._skips_empty:
                skipped.append((number, line))
                continue
            value = _parse(line)
            reason = self._why_bad(value, kept)
            if reason:
                bad.append((turn, number, line, reason))
            else:
                rows.append(value)
                places.append((turn, number))
            turn += 1
        columns = [self._column(index, rows) for index in kept]
        found = np.array(places, dtype=np.int64).reshape(-1, 2)
        return Block(turn, found[:, 0], found[:, 1], columns, bad, skipped)

    def _why_bad(self, value: Any, kept: list[int]) -> str:
        if not isinstance(value, dict):
            return "Line {number} bad: no JSON object"
        unknown = [key for key in value if key not in self._known] if self._is_open else []
        if unknown:
            hint = "labels=[…] names those to read"
            return f"Line {{number}} bad: key {unknown[0]!r} is not among those of the first lines; {hint}"
        for index in kept:
            label, kind = self.labels[index], self.kinds[index][0]
            cell = value.get(label)
            is_fit = _FITS[kind](cell) if label not in self._typed else _is_text(cell) or not isinstance(cell, str)
            if cell is not None and not is_fit:
                shown = json.dumps(cell)[:40]
                return (
                    f'Line {{number}} bad: {label!r} is {shown}, wanted {kind}; types={{"{label}": "json"}} takes all'
                )
        return ""

    def _column(self, index: int, rows: list[dict[str, Any]]) -> Any:
        label, kind = self.labels[index], self.kinds[index][0]
        values = [row.get(label) for row in rows]
        if label in self._typed:
            values = [each if isinstance(each, str | None) else json.dumps(each, ensure_ascii=False) for each in values]
        return pa.array(values, _ARROW[kind]) if kind in _ARROW else values


def _parse(line: bytes) -> Any:
    """Return the value that a line has; None where it is no JSON."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _is_text(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return value.isascii() or bool(value.encode("utf-8"))
    except UnicodeEncodeError:
        return False


_FITS: dict[str, Callable[[Any], bool]] = {
    "bool": lambda value: isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "unicode": _is_text,
    "json": lambda value: True,
}
