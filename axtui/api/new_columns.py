"""The columns that a writer is to write: what authors give for them, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axtui.api.dataset import Dataset, DatasetColumn
from axtui.api.lineage import check_left_out
from axtui.base.errors import DatasetUsageError
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

    def add(self, name: str, typename: Any, default: Any, none_support: bool) -> None:
        """Add a column; see `DatasetWriter.add`."""
        if not isinstance(name, str):
            raise DatasetUsageError(f"a column of {self._where} is named by text, found {name!r}")
        if name in self.names:
            raise DatasetUsageError(f"{self._where} has a column {name!r} already")
        column = Column(name, find_type(typename), bool(none_support))
        if default is not NoDefault:
            if column.kind.name == "pickle":
                raise DatasetUsageError(f"column {name!r} of {self._where}: a pickle column takes no default")
            default = column_check(column, NoDefault, self._where)(default)
        if self._copy_mode:
            column = Column(name, raw_kind(column.kind), column.none)
        self.columns.append(column)
        self.defaults.append(default)

    def add_all(self, wanted: Mapping[str, Any], parent: Dataset | None) -> None:
        """Add columns in sorted order: a type, (type, none_support), a DatasetColumn, or None to leave one out."""
        for name, spec in sorted(wanted.items()):
            match spec:
                case None:
                    self.left_out.add(name)
                case DatasetColumn():
                    self.add(name, spec.type, NoDefault, spec.none_support)
                case (kind, none_support):
                    self.add(name, kind, NoDefault, none_support)
                case _:
                    self.add(name, spec, NoDefault, False)
        check_left_out(self.left_out, parent, self._where)
