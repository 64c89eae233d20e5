"""What dataset_type does to one dataset: which columns it reads, converts, copies, and where lines go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from axtui import Dataset, DatasetUsageError
from axtui.standard_methods.convert import Converter, make_converter
from axtui.standard_methods.dates import flag_utc

Columns = dict[str, Any]
Counts = dict[str, Counter[str]]
_TEXT = ("bytes", "ascii", "unicode")


@dataclass(frozen=True)
class Typed:
    """A column that gets a type: the source's name of it, the converter, and what replaces bad values."""

    old: str
    converter: Converter
    has_default: bool
    default: Any


@dataclass(frozen=True)
class Retyping:
    """One source dataset and the writers of what it becomes.

    Attributes:
        source: The source.
        typed: New columns by name.
        copied: Columns that are copied as they are; none where they are inherited.
        writer: Of the typed dataset.
        bad: Of the lines that could not be converted, or None where those are errors.
        moves: Whether lines go to other slices than they come from.
        is_utc: Whether datetimes are flagged as UTC.
    """

    source: Dataset
    typed: dict[str, Typed]
    copied: tuple[str, ...]
    writer: Any
    bad: Any
    moves: bool
    is_utc: bool

    def convert_slice(self, sliceno: int) -> Counts:
        """Convert a slice of the source; return by column how many values were bad and how many had the default.

        Raises:
            ValueError: A value cannot be converted, has no default, and bad lines are errors.
        """
        counts: Counts = {"bad values": Counter(), "values replaced by the default": Counter()}
        if self.moves and self.bad is not None:
            self.bad.set_slice(sliceno)
        line = 1
        for texts in self._read(sliceno):
            columns, bad = self._convert(texts, (sliceno, line), counts)
            self._write(texts, columns, bad)
            line += len(bad)
        return counts

    def _read(self, sliceno: int) -> Iterator[Columns]:
        """Give the columns that are needed, by the names they have in the source."""
        names = dict.fromkeys([*(each.old for each in self.typed.values()), *self.copied])
        for batch in self.source.record_batches(sliceno, list(names)):
            yield dict(zip(names, batch.columns, strict=True))

    def _convert(self, texts: Columns, place: tuple[int, int], counts: Counts) -> tuple[Columns, Any]:
        """Return the converted columns, and shape (lines,), which lines are bad."""
        columns: Columns = {}
        is_bad = np.zeros(len(next(iter(texts.values()))), dtype=bool)
        for name, typed in self.typed.items():
            values, bad = typed.converter.convert(texts[typed.old])
            if bad.any() and typed.has_default:
                counts["values replaced by the default"][name] += int(bad.sum())
                values = [typed.default if wrong else value for value, wrong in zip(values, bad, strict=True)]
            elif bad.any():
                counts["bad values"][name] += int(bad.sum())
                is_bad |= bad
                if self.bad is None:
                    self._refuse(name, texts[typed.old], int(np.argmax(bad)), place)
            is_flagged = self.is_utc and typed.converter.type == "datetime"
            columns[name] = flag_utc(values) if is_flagged else values
        return columns, is_bad

    def _write(self, texts: Columns, columns: Columns, bad: Any) -> None:
        columns = {**{name: texts[name] for name in self.copied}, **columns}
        if bad.any():
            self.bad.write_arrays({name: _take(column, bad) for name, column in texts.items()})
            columns = {name: _take(column, ~bad) for name, column in columns.items()}
        self.writer.write_arrays(columns)

    def _refuse(self, name: str, texts: pa.Array, index: int, place: tuple[int, int]) -> None:
        text = texts[index].as_py()
        text = text.decode("utf-8", "backslashreplace") if isinstance(text, bytes) else text
        raise ValueError(
            f'Failed to convert "{text:.200}" from {self.source} column {name} slice {place[0]} '
            f"line {place[1] + index} to {self.typed[name].converter.type}"
        )


def make_retyping(job: Any, options: Any, name: str, source: Dataset, previous: Any) -> Retyping:
    """Settle what happens to a dataset, and make its writers.

    Raises:
        DatasetUsageError: The options do not fit the dataset; the message says what.
    """
    typed = _typed(source, options)
    gone = {old for old, new in options.rename.items() if new is None}
    _check_rename(options.rename, typed, source)
    hashlabel = source.hashlabel if options.hashlabel is None else options.hashlabel or None
    moves = hashlabel is not None and (hashlabel != source.hashlabel or hashlabel in typed)
    untyped = [each for each in source.columns if each not in typed and each not in gone]
    inherits = not (moves or options.filter_bad)
    copied = () if inherits or options.discard_untyped else tuple(untyped)
    columns: Columns = {each: _as_is(source, each) for each in copied}
    if inherits:
        left_out = (set(untyped) if options.discard_untyped else set()) | gone
        columns |= {each: None for each in left_out if each in source.columns and each not in typed}
    columns |= {each: (found.converter.type, _takes_none(found, source)) for each, found in typed.items()}
    writer = _make_writer(job, options, name, source, previous, columns, hashlabel, inherits)
    olds = [*(each.old for each in typed.values()), *copied]
    bad = _make_bad(job, name, source, olds) if options.filter_bad else None
    return Retyping(source, typed, copied, writer, bad, moves, options.timezone == "UTC")


def _typed(source: Dataset, options: Any) -> dict[str, Typed]:
    old_names = {name: name for name in source.columns} | {new: old for old, new in options.rename.items() if new}
    typed = {}
    for name, spec in options.column2type.items():
        old = old_names.get(name)
        if old is None or old not in source.columns:
            raise DatasetUsageError(f"{source} has no column {name!r}; it has {', '.join(source.columns)}")
        if source.columns[old].type not in _TEXT:
            raise DatasetUsageError(f"column {old!r} of {source} is {source.columns[old].type}, wanted text or bytes")
        converter = make_converter(spec, options.numeric_comma)
        has_default = name in options.defaults
        default = _default(name, converter, options.defaults[name]) if has_default else None
        typed[name] = Typed(old, converter, has_default, default)
    unknown = sorted(set(options.defaults) - set(typed))
    if unknown or not typed:
        what = f"defaults: column {unknown[0]!r} is given no type" if unknown else "column2type is empty"
        raise DatasetUsageError(what)
    return typed


def _check_rename(rename: dict[str, str | None], typed: dict[str, Typed], source: Dataset) -> None:
    for old, new in rename.items():
        if old in source.columns and new is not None and new not in typed:
            raise DatasetUsageError(f"dataset_type: renaming {old!r} without giving {new!r} a type is not there yet")


def _default(name: str, converter: Converter, text: str | None) -> Any:
    if text is None:
        return None
    values, bad = converter.convert(pa.array([text]))
    if bad[0]:
        raise DatasetUsageError(f"the default {text!r} of column {name!r} is no {converter.type}")
    return values[0] if isinstance(values, list) else values[0].as_py()


def _takes_none(typed: Typed, source: Dataset) -> bool:
    is_none_default = typed.has_default and typed.default is None
    return typed.converter.none or is_none_default or source.columns[typed.old].none_support


def _as_is(source: Dataset, name: str) -> tuple[str, bool]:
    return source.columns[name].type, source.columns[name].none_support


def _make_writer(
    job: Any,
    options: Any,
    name: str,
    source: Dataset,
    previous: Any,
    columns: Columns,
    hashlabel: str | None,
    inherits: bool,
) -> Any:
    return job.datasetwriter(
        name=name,
        columns=columns,
        parent=source if inherits else None,
        previous=previous,
        caption=options.caption,
        filename=source.filename,
        hashlabel=hashlabel,
        hashlabel_override=True,
        compression="zstd" if isinstance(options.compression, int) else options.compression,
    )


def _make_bad(job: Any, name: str, source: Dataset, names: list[str]) -> Any:
    columns = {each: _as_is(source, each) for each in names}
    return job.datasetwriter(name="bad" if name == "default" else f"{name}.bad", columns=columns, caption="bad lines")


def _take(column: Any, mask: Any) -> Any:
    if isinstance(column, list):
        return [value for value, wanted in zip(column, mask, strict=True) if wanted]
    return column.filter(pa.array(mask))
