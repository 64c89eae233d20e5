"""The columns that a writer is to write: what authors give for them, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axtui.api.dataset import Dataset, DatasetColumn
from axtui.api.lineage import check_left_out
from axtui.base.errors import DatasetUsageError
from axtui.dataset.cells import check_unicode
from axtui.dataset.raw import raw_kind
from axtui.dataset.rows import NoDefault, column_check
from axtui.dataset.types import find_type
from axtui.dataset.writer import Column


class NewColumns:
    """Columns in the order in which they were added.

    Attributes:
        columns: What is known of each.
        defaults: For each what is written instead of what its type refuses, checked; NoDefault for nothing.
        left_out: Names of columns of the parent that are not inherited.
    """

    def __init__(self, where: str, copy_mode: bool) -> None:
        """`where` is the dataset, for messages; with `copy_mode` text comes as bytes, see dataset/raw.py."""
        self.columns: list[Column] = []
        self.defaults: list[Any] = []
        self.left_out: set[str] = set()
        self._where = where
        self._copy_mode = copy_mode

    @property
    def names(self) -> list[str]:
        """The names, in order."""
        return [column.name for column in self.columns]

    def add(self, name: str, spec: Any, default: Any = NoDefault, none_support: bool | None = None) -> None:
        """Add a column.

        Args:
            name: Any text.
            spec: A type's name, `(type, none_support)` or a DatasetColumn.
            default: Written instead of what the type refuses.
            none_support: Whether None is allowed; as `spec` says, else no, unless given.
        """
        check_column_name(name, self._where)
        if name in self.names:
            raise DatasetUsageError(f"{self._where} has a column {name!r} already")
        typename, allowed = _parse(spec)
        column = Column(name, find_type(typename), allowed if none_support is None else bool(none_support))
        if default is not NoDefault:
            if column.kind.name == "pickle":
                raise DatasetUsageError(f"column {name!r} of {self._where}: a pickle column takes no default")
            default = column_check(column, NoDefault, self._where)(default)
        if self._copy_mode:
            column = Column(name, raw_kind(column.kind), column.none)
        self.columns.append(column)
        self.defaults.append(default)

    def add_all(self, wanted: Mapping[str, Any], parent: Dataset | None) -> None:
        """Add columns in sorted order; None instead of a type leaves out the parent's column."""
        self.left_out = {name for name, spec in wanted.items() if spec is None}
        for name in sorted(set(wanted) - self.left_out):
            self.add(name, wanted[name])
        check_left_out(self.left_out, parent, self._where)


def check_column_name(name: Any, where: str) -> None:
    """Refuse what Arrow cannot keep as the name of a column.

    Raises:
        DatasetUsageError: It is no text, or has a lone surrogate.
    """
    if not isinstance(name, str):
        raise DatasetUsageError(f"a column of {where} is named by text, found {name!r}")
    try:
        check_unicode(name)
    except ValueError as error:
        raise DatasetUsageError(f"a column of {where} is named by text that UTF-8 has: {error}") from None


def _parse(spec: Any) -> tuple[Any, bool]:
    if isinstance(spec, DatasetColumn):
        return spec.type, spec.none_support
    if isinstance(spec, tuple | list) and len(spec) == 2:
        return spec[0], bool(spec[1])
    return spec, False
