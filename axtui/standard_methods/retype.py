"""What dataset_type does in a slice: text read in batches, converted, and written, bad lines aside."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from axtui import progress
from axtui.standard_methods.columns import take_lines
from axtui.standard_methods.retype_plan import Plan, Typed

Columns = dict[str, Any]
Counts = dict[str, Counter[str]]
Mask = npt.NDArray[np.bool_]

BAD, REPLACED = "bad values", "values replaced by the default"


class Retyping:
    """The work on one dataset in one slice."""

    def __init__(self, plan: Plan, sliceno: int, slices: int) -> None:
        self._plan = plan
        self._sliceno = sliceno
        self._slices = slices
        self._is_chained = len(plan.writers) > 1
        self._writer = plan.writers[sliceno if self._is_chained else 0]
        self.counts: Counts = {BAD: Counter(), REPLACED: Counter()}

    def run(self) -> Counts:
        """Convert; return by column how many values were bad and how many had the default.

        Raises:
            ValueError: A value cannot be converted, has no default, and bad lines are errors.
        """
        collects = self._plan.hashlabel is not None and not self._is_chained
        sources = range(self._slices) if collects else [self._sliceno]
        lines = self._plan.source.lines
        total, done = sum(lines[source] for source in sources), 0
        for source in sources:
            first = 1
            for texts in self._read(source):
                self._do(texts, source, first, collects)
                here = len(next(iter(texts.values())))
                first, done = first + here, done + here
                progress(done, total)
        return self.counts

    def _read(self, source: int) -> Iterator[Columns]:
        """Give the columns that are needed, by their new names."""
        olds = self._plan.olds
        wanted = list(dict.fromkeys(olds.values()))
        for batch in self._plan.source.record_batches(source, wanted):
            yield {new: batch.column(wanted.index(old)) for new, old in olds.items()}

    def _do(self, texts: Columns, source: int, first: int, collects: bool) -> None:
        """Convert a batch, of which only this slice's lines are for this process where lines are collected."""
        lines = np.arange(first, first + len(next(iter(texts.values()))))
        if collects:
            mine = self._find_mine(texts, source)
            texts = {name: take_lines(column, mine) for name, column in texts.items()}
            lines = lines[mine]
        columns: Columns = {}
        is_bad = np.zeros(len(lines), dtype=bool)
        for name, typed in self._plan.typed.items():
            columns[name], bad = self._convert(name, typed, texts[name])
            if bad.any() and self._plan.bad is None:
                at = int(np.argmax(bad))
                self._refuse(name, texts[name][at].as_py(), source, int(lines[at]))
            is_bad |= bad
            if self._plan.is_raw and typed.converter.type == "json":
                columns[name] = [None if value is None else _json_text(value) for value in columns[name]]
        columns |= {name: texts[name] for name in self._plan.copied}
        if is_bad.any():
            self._plan.bad.write_arrays({name: take_lines(column, is_bad) for name, column in texts.items()})
            columns = {name: take_lines(column, ~is_bad) for name, column in columns.items()}
        self._write(columns)

    def _find_mine(self, texts: Columns, source: int) -> Mask:
        """Return which lines come to this slice; those whose hash column cannot be converted stay where they are."""
        name = self._plan.hashlabel or ""
        values: Any = texts[name]
        bad = np.zeros(len(values), dtype=bool)
        if name in self._plan.typed:
            typed = self._plan.typed[name]
            values, bad = _defaulted(typed, *typed.converter.convert(values))
        found: Mask = np.where(bad, source == self._sliceno, self._writer.hash_slices(values) == self._sliceno)
        return found

    def _convert(self, name: str, typed: Typed, texts: pa.Array) -> tuple[Any, Mask]:
        values, bad = typed.converter.convert(texts)
        if not bad.any():
            return values, bad
        self.counts[REPLACED if typed.has_default else BAD][name] += int(bad.sum())
        return _defaulted(typed, values, bad)

    def _write(self, columns: Columns) -> None:
        if not self._is_chained:
            self._writer.write_arrays(columns)
            return
        slices = self._writer.hash_slices(columns[self._plan.hashlabel or ""])
        for sliceno in range(self._slices):
            lines = np.flatnonzero(slices == sliceno)
            self._writer.set_slice(sliceno)
            self._writer.write_arrays({name: take_lines(column, lines) for name, column in columns.items()})

    def _refuse(self, name: str, text: Any, sliceno: int, line: int) -> None:
        text = text.decode("utf-8", "backslashreplace") if isinstance(text, bytes) else text
        raise ValueError(
            f'Failed to convert "{text:.200}" from {self._plan.source} column {name} slice {sliceno} line {line} '
            f"to {self._plan.typed[name].converter.type}"
        )


def _json_text(value: Any) -> bytes:
    """Return what a writer with copy_mode takes for a value; half a surrogate pair is left as JSON writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def _defaulted(typed: Typed, values: Any, bad: Mask) -> tuple[Any, Mask]:
    """Put the default where a value was bad, if there is one; return the values, and which are still bad."""
    if not typed.has_default:
        return values, bad
    if isinstance(values, pa.Array):
        values = pc.if_else(pa.array(bad), pa.scalar(typed.default, values.type), values)
    else:
        values = [typed.default if wrong else value for value, wrong in zip(values, bad, strict=True)]
    return values, np.zeros(len(bad), dtype=bool)
