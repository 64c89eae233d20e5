"""A Parquet file as csvimport reads it: its columns have types, which become those of axtui.

Parquet                                   column
integers                                  int64
uint64, decimal without a fraction        number
half, float; double                       float32; float64
bool, date, time, binary                  bool, date, time, bytes
string, other decimals                    unicode
timestamp                                 datetime; in UTC, if it has a zone
list, struct, map                         json
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from axtui import UserError
from axtui.standard_methods.csv_blocks import Direct
from axtui.standard_methods.csv_file import Kind, Result, Work
from axtui.standard_methods.csv_lines import Block
from axtui.standard_methods.typed_file import TypedFile

MAGIC = b"PAR1"
_BATCH_LINES = 1 << 15


class ParquetFile(TypedFile):
    """A Parquet file that is being read.

    Attributes:
        path: The file.
        nbytes: Its size.
        position: How much of it was read, by lines.
        labels: What its columns are called.
        kinds: Their types, and whether they have None.

    Raises:
        UserError: It cannot be read, or a column has a type that axtui has nothing for.
    """

    def __init__(self, path: str, options: Any) -> None:
        self.path = path
        self.nbytes = os.path.getsize(path)
        self.position = 0
        try:
            self._file = pq.ParquetFile(path)
        except (pa.ArrowInvalid, OSError) as error:
            raise UserError(f"{path} is a damaged Parquet file: {error}") from None
        schema = self._file.schema_arrow
        self.kinds: list[Kind] = [(_kind(field, path), field.nullable) for field in schema]
        self._names = list(schema.names)
        self.labels = list(options.labels) or self._names
        if len(self.labels) != len(self._names):
            raise UserError(f"{path} has {len(self._names)} columns, found {len(self.labels)} labels for them")

    def process(
        self, kept: list[int], work: Work[Result], pool: ThreadPoolExecutor, threads: int, direct: Direct | None = None
    ) -> Iterator[Result]:
        """Do `work` with the lines, block by block; give what it returned. See `CsvFile.process`."""
        names = [self._names[index] for index in kept]
        lines = 0
        try:
            for batch in self._file.iter_batches(_BATCH_LINES, columns=names):
                columns = [self._take(batch.column(name), self._names.index(name)) for name in names]
                done = work(lines + 1, Block(batch.num_rows, None, None, columns))
                lines += batch.num_rows
                self.position = self.nbytes * lines // self._file.metadata.num_rows
                yield done
        except (pa.ArrowInvalid, OSError) as error:
            raise UserError(f"{self.path} is damaged after line {lines}: {error}") from None

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _take(self, column: pa.Array, index: int) -> Any:
        kind = self.kinds[index][0]
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        try:
            if kind == "json" or (kind == "number" and pa.types.is_decimal(column.type)):
                return [int(value) if kind == "number" and value is not None else value for value in column.to_pylist()]
            return column.cast(_FORMS[kind](column.type)) if kind in _FORMS else column
        except pa.ArrowInvalid as error:
            raise UserError(f"column {self._names[index]!r} of {self.path} cannot be kept as {kind}: {error}") from None


_FORMS: dict[str, Any] = {
    "int64": lambda kind: pa.int64(),
    "float32": lambda kind: pa.float32(),
    "unicode": lambda kind: pa.string(),
    "bytes": lambda kind: pa.binary(),
    "date": lambda kind: pa.date32(),
    "time": lambda kind: pa.time64("us"),
    "datetime": lambda kind: pa.timestamp("us", "UTC" if kind.tz else None),
}
"""What arrays of a type are brought to, by the type that they have."""


def _kind(field: pa.Field, path: str) -> str:
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    tests = pa.types
    if kind == pa.uint64() or (tests.is_decimal(kind) and kind.scale <= 0):
        return "number"
    for name, found in (
        ("int64", tests.is_integer(kind)),
        ("float64", tests.is_float64(kind)),
        ("float32", tests.is_floating(kind)),
        ("bool", tests.is_boolean(kind)),
        ("date", tests.is_date(kind)),
        ("time", tests.is_time(kind)),
        ("datetime", tests.is_timestamp(kind)),
        ("unicode", tests.is_string(kind) or tests.is_large_string(kind) or tests.is_decimal(kind)),
        ("bytes", tests.is_binary(kind) or tests.is_large_binary(kind) or tests.is_fixed_size_binary(kind)),
        ("json", tests.is_nested(kind) or tests.is_null(kind)),
    ):
        if found:
            return name
    raise UserError(f"column {field.name!r} of {path} is {field.type}, for which there is no type here; discard it")
