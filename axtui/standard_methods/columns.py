"""Small things that methods do with columns before they write them: choosing lines, and how files are compressed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from axtui import UserError


def take_lines(column: Any, lines: Any) -> Any:
    """Return some lines of a column.

    Args:
        column: An Arrow array or a list, of shape (lines,).
        lines: Which, in order: integers, or one bool for each line of the column.
    """
    if lines.dtype == bool:
        if isinstance(column, pa.Array):
            return column.filter(pa.array(lines))
        lines = np.flatnonzero(lines)
    return column.take(pa.array(lines)) if isinstance(column, pa.Array) else [column[line] for line in lines]


def utf8_of(text: str, what: str) -> bytes:
    """Return text of an option as UTF-8; `what` names it.

    Raises:
        UserError: It has a lone surrogate, as what was a name of other bytes has.
    """
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UserError(f"{what} has a lone surrogate at position {error.start}, found {text!r}") from None


def compression_of(given: Any) -> str | None:
    """Return how files are compressed: None, "zstd" or "lz4"; a level from 1 to 9, as in the Accelerator, means zstd.

    Raises:
        UserError: It is something else.
    """
    if given in (None, "zstd", "lz4"):
        return given or None
    if type(given) is int and 1 <= given <= 9:
        return "zstd"
    raise UserError(f'compression is "zstd", "lz4", None or a level from 1 to 9, found {given!r}')
