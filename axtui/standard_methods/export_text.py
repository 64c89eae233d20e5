"""Columns as lines of text: what csvexport writes.

    bytes                 as UTF-8; what is not, as \\xe5
    float, also number    as Python writes it: 1.0, 1e-05, nan
    json                  with sorted keys
    anything else         as str() has it: True, 2020-01-02, 2020-01-02 03:04:05+00:00

A field is put in quotes where `quotes` is given: always, or, if `lazy`, where it has a separator or a line end in it,
or begins or ends with the quote (with either of ' and ", if the quote is one of them).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True)
class LineFormat:
    """How fields become lines.

    Attributes:
        separator: Between fields; may be empty.
        line_separator: After each line.
        quotes: Around fields; empty for none.
        lazy: Only where it is needed.
        none_as: What None becomes, or that by label; None for the usual.
    """

    separator: str
    line_separator: str
    quotes: str
    lazy: bool
    none_as: Any

    def format_labels(self, labels: Sequence[str]) -> bytes:
        """Return the line of labels."""
        fields = [self._quoted(pa.array([label])) for label in labels]
        return self._join(fields)

    def format_lines(self, labels: Sequence[str], kinds: Sequence[Any], columns: Sequence[pa.Array]) -> bytes:
        """Return lines.

        Args:
            labels: Of the columns.
            kinds: What `Dataset.columns` has of them.
            columns: Their values, each of shape (lines,), in a form of the type.
        """
        fields = []
        for label, kind, column in zip(labels, kinds, columns, strict=True):
            text = to_text(kind, column)
            fields.append(self._quoted(pc.fill_null(text, self._none(label, kind.type)) if text.null_count else text))
        return self._join(fields)

    def _none(self, label: str, kind: str) -> str:
        usual = "null" if kind == "json" else "None"
        if isinstance(self.none_as, dict):
            return str(self.none_as.get(label, usual))
        return usual if self.none_as is None else str(self.none_as)

    def _quoted(self, text: pa.Array) -> pa.Array:
        if not self.quotes:
            return text
        doubled = pc.replace_substring(text, self.quotes, self.quotes * 2)
        found = pc.binary_join_element_wise(self.quotes, doubled, self.quotes, "")
        if not self.lazy or not self.separator:
            return found
        needs = pc.match_substring(text, self.separator)
        for line_end in {"\n", "\r", self.line_separator} - {""}:
            needs = pc.or_(needs, pc.match_substring(text, line_end))
        for quote in ("'", '"') if self.quotes in ("'", '"') else (self.quotes,):
            needs = pc.or_(needs, pc.or_(pc.starts_with(text, quote), pc.ends_with(text, quote)))
        return pc.if_else(needs, found, text)

    def _join(self, fields: list[pa.Array]) -> bytes:
        *before, last = fields
        ended = pc.binary_join_element_wise(last, self.line_separator, "")
        lines = pc.binary_join_element_wise(*before, ended, self.separator) if before else ended
        return _data(lines)


def to_text(kind: Any, column: pa.Array) -> pa.Array:
    """Return text for each value, None for None.

    Args:
        kind: What `Dataset.columns` has of the column.
        column: Shape (lines,), in a form of the type.
    """
    if pa.types.is_dictionary(column.type):
        return to_text(kind, column.dictionary).take(column.indices)
    if kind.type in ("ascii", "unicode") or pa.types.is_integer(column.type) or pa.types.is_date32(column.type):
        return column.cast(pa.string())
    if kind.type == "bool":
        return pc.if_else(column, "True", "False")
    if kind.type == "bytes":
        try:
            return column.cast(pa.string())
        except pa.ArrowInvalid:
            return _each(kind, column, lambda value: value.decode("utf-8", "backslashreplace"))
    if kind.type == "json":
        return _each(kind, column, lambda value: json.dumps(value, sort_keys=True, ensure_ascii=False))
    return _each(kind, column, lambda value: repr(value) if isinstance(value, float) else str(value))


def _each(kind: Any, column: pa.Array, write: Callable[[Any], str]) -> pa.Array:
    """Write each value, but equal ones once, where Arrow can tell."""
    if not pa.types.is_struct(column.type) and not pa.types.is_fixed_size_list(column.type):
        coded = column.dictionary_encode()
        if len(coded.dictionary) < len(column):
            return _each(kind, coded.dictionary, write).take(coded.indices)
    return pa.array([None if value is None else write(value) for value in kind.values(column)], pa.string())


def _data(text: pa.Array) -> bytes:
    """Return all values of a text array without None, one after the other."""
    _, offset_buffer, data = text.buffers()
    offsets = np.frombuffer(offset_buffer, dtype=np.int32)[text.offset : text.offset + len(text) + 1]
    return b"" if data is None else data.to_pybytes()[offsets[0] : offsets[-1]]
