"""Takes rows from Python code, value by value, checks each at once and hands them on in columns.

The function that an author calls in the innermost loop is generated for the columns of a dataset, so that the
common value costs one comparison. What is generated is made of the fixed expressions in types.py and of parameter
names that are ASCII identifiers; every name of ours begins with a λ, so none can clash. Text from outside never
becomes code.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from types import CodeType
from typing import Any

from axtui.base.errors import DatasetUsageError
from axtui.dataset.types import PLAIN_NAMES, Check
from axtui.dataset.writer import Column

Write = Callable[..., None]

_PLAIN_NAME = re.compile(rf"(?<![.\w])(?:v|{'|'.join(PLAIN_NAMES)})\b")
_FEWEST, _MOST = 64, 16384
_AIM_NBYTES = 4 << 20


class NoDefault:
    """Stands for a default that was not given; None is a default like any other."""


class RowBuffer:
    """Collects checked rows and hands them on, few at a time where they are large.

    Attributes:
        values: What was collected since the last flush, value after value, row after row.
        limit: How many values are collected before they are handed on.
    """

    def __init__(self, columns: int, take: Callable[[list[Any]], int]) -> None:
        """`take` gets the values, which it must not keep, and returns how many bytes they have in arrays."""
        self.values: list[Any] = []
        self.limit = _FEWEST * columns
        self._columns = columns
        self._take = take

    @property
    def lines(self) -> int:
        """How many rows wait here."""
        return len(self.values) // self._columns

    def flush(self) -> None:
        """Hand on what was collected."""
        if not self.values:
            return
        lines = self.lines
        nbytes = self._take(self.values)
        self.values.clear()
        aim = lines * _AIM_NBYTES // max(nbytes, 1)
        self.limit = self._columns * max(1, min(_MOST, aim, 4 * lines))

    def end(self, why: str) -> None:
        """Refuse every row from now on, whoever still has a function that takes them."""

        def refuse(values: list[Any]) -> int:
            values.clear()
            raise DatasetUsageError(why)

        self.values.clear()
        self.limit = 0
        self._take = refuse


def parameter_names(columns: Sequence[str]) -> list[str]:
    """Return an identifier for each column, in order: other characters become `_`, clashes get `_` appended."""
    names: list[str] = []
    for column in columns:
        name = re.sub(r"[^a-zA-Z0-9_]", "_", column)
        name = f"_{name}" if not name or name[0].isdigit() else name
        while keyword.iskeyword(name) or name in names:
            name += "_"
        names.append(name)
    return names


def column_check(column: Column, default: Any, where: str) -> Check:
    """Return the function that takes any value of a column: checked, replaced by the default, or refused.

    Args:
        column: The column.
        default: Written instead of what is refused, already checked; `NoDefault` without one.
        where: The dataset, for the message.

    Returns:
        A function that raises TypeError, ValueError or OverflowError with the column and dataset in its message.
    """
    return value_check(column, default, f" (column {column.name} (type {column.kind.name}) in {where})")


def value_check(column: Column, default: Any, place: str) -> Check:
    """As `column_check`, with `place` at the end of messages."""

    def check(value: Any) -> Any:
        try:
            return check_none_too(column, value)
        except (TypeError, ValueError, OverflowError) as error:
            if default is not NoDefault:
                return default
            raise _class_of(error)(f"{error}{place}") from None

    return check


def check_none_too(column: Column, value: Any) -> Any:
    """Check a value that may be None."""
    if value is not None:
        return column.kind.check(value)
    if column.none or column.kind.takes_none:
        return None
    raise ValueError("Refusing to write None value without none_support")


def make_write(
    columns: Sequence[Column], checks: Sequence[Check], buffer: RowBuffer, guard: Check | None, at: int
) -> Write:
    """Generate `write(value, …)` for some columns, with their names as parameter names.

    Args:
        columns: In the order of the arguments.
        checks: One a column, from `column_check`.
        buffer: Where rows go.
        guard: Called with the checked value of one column before the row is taken; it raises to refuse the row.
        at: The index of that column.
    """
    scope: dict[str, Any] = {f"λ{name}": value for name, value in PLAIN_NAMES.items()}
    scope |= {"λlen": len, "λextend": buffer.values.extend, "λvalues": buffer.values, "λbuffer": buffer}
    scope["λguard"] = guard
    scope |= {f"λcheck{index}": check for index, check in enumerate(checks)}
    exec(_compile(tuple(columns), at if guard else None), scope)
    write: Write = scope["write"]
    return write


@lru_cache(maxsize=64)
def _compile(columns: tuple[Column, ...], guarded: int | None) -> CodeType:
    """Compile `write` once, however many datasets have the same columns; `guarded` is the column that has a guard."""
    names = parameter_names([column.name for column in columns])
    lines = [f"def write({', '.join(names)}):"]
    for index, (column, name) in enumerate(zip(columns, names, strict=True)):
        value = f"λ{index}"
        plain = _PLAIN_NAME.sub(r"λ\g<0>", column.kind.plain).replace("λv", value)
        allowed = f"{plain} or {value} is None" if column.none or column.kind.takes_none else plain
        lines += [f" {value} = {name}", f" if not ({allowed}): {value} = λcheck{index}({value})"]
    if guarded is not None:
        lines.append(f" λguard(λ{guarded})")
    row = "".join(f"λ{index}, " for index in range(len(columns)))
    lines += [f" λextend(({row}))", " if λlen(λvalues) >= λbuffer.limit: λbuffer.flush()"]
    return compile("\n".join(lines), "<write>", "exec")


def make_write_list(columns: Sequence[Column], write: Write) -> Callable[[Sequence[Any]], None]:
    """Return `write_list(values)` for a `write`."""
    wanted = len(columns)

    def write_list(values: Sequence[Any]) -> None:
        if len(values) != wanted:
            raise ValueError(f"a row has {wanted} values, found {len(values)}")
        write(*values)

    return write_list


def make_write_dict(columns: Sequence[Column], write: Write) -> Callable[[dict[str, Any]], None]:
    """Return `write_dict(values by column name)` for a `write`; a missing column is a KeyError."""
    names = [column.name for column in columns]

    def write_dict(values: dict[str, Any]) -> None:
        write(*[values[name] for name in names])

    return write_dict


def _class_of(error: Exception) -> type[Exception]:
    return next(kind for kind in (OverflowError, TypeError, ValueError) if isinstance(error, kind))
