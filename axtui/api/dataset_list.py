"""Lists of datasets, and chains: what they have in common, reading them one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Sequence
from typing import TYPE_CHECKING, Any, SupportsIndex, overload

from axtui.api import reading
from axtui.api.readable import Readable
from axtui.base.errors import DatasetUsageError
from axtui.dataset.common import common_column
from axtui.dataset.iteration import may_have

if TYPE_CHECKING:
    from axtui.api.dataset import Dataset


class DatasetList(list["Dataset"], Readable):
    """Datasets in order; slices and sums of it are of its own type."""

    @overload
    def __getitem__(self, index: SupportsIndex) -> Dataset: ...
    @overload
    def __getitem__(self, index: slice) -> DatasetList: ...
    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        return type(self)(found) if isinstance(index, slice) else found

    def __add__(self, other: Any) -> DatasetList:  # type: ignore[override]
        return type(self)([*self, *other])

    def min(self, column: str) -> Any:
        """Return the smallest value of a column over all datasets, or None."""
        return min((found for ds in self if (found := ds.min(column)) is not None), default=None)

    def max(self, column: str) -> Any:
        """Return the largest value of a column over all datasets, or None."""
        return max((found for ds in self if (found := ds.max(column)) is not None), default=None)

    def lines(self, sliceno: int | None = None) -> int:
        """Return how many lines all datasets have together, in one slice or in all."""
        return sum(sum(ds.lines) if sliceno is None else ds.lines[sliceno] for ds in self)

    def column_counts(self) -> Counter[str]:
        """Return for each column how many datasets have it."""
        return Counter(name for ds in self for name in ds.columns)

    def column_count(self, column: str, types: Any = None, none_support: bool | None = None) -> int:
        """Return how many datasets have a column, of these types and this none support where that is asked."""
        return len(self.with_column(column, types, none_support))

    def with_column(self, column: str, types: Any = None, none_support: bool | None = None) -> DatasetList:
        """Return the datasets that have a column, of these types and this none support where that is asked."""
        wanted = {types} if isinstance(types, str) else types and set(types)

        def fits(ds: Dataset) -> Any:
            found = ds.columns.get(column)
            if found is None or (wanted and found.type not in wanted):
                return False
            return none_support in (None, found.none_support)

        return self.filter(fits)

    def common_columns(self, but: Container[str] = ()) -> dict[str, tuple[str, bool]]:
        """Return the columns that all datasets have: a type that takes the values of all, and whether None is allowed.

        That is the type in which `arrays`, `batches` and `record_batches` give them, and can be written with.

        Args:
            but: Columns that are not looked at.

        Raises:
            DatasetUsageError: The types of a column do not go into one.
        """
        found = {}
        for name in sorted(set.intersection(*(set(ds.record.columns) for ds in self)) if self else ()):
            if name in but:
                continue
            column = common_column([ds.record.columns[name] for ds in self])
            if column is None:
                reading.refuse_types(self, name)
            found[name] = column.kind.name, column.none
        return found

    def filter(self, predicate: Callable[[Dataset], Any]) -> DatasetList:
        """Return the datasets for which a function says yes."""
        return type(self)(ds for ds in self if predicate(ds))

    def none_support(self, column: str) -> bool:
        """Tell whether a column allows None in any of the datasets."""
        return any(ds.columns[column].none_support for ds in self.with_column(column))

    def range(self, column: str, start: Any = None, stop: Any = None) -> DatasetList:
        """Return the datasets that may hold a value with start <= value < stop.

        Raises:
            DatasetUsageError: A dataset does not have the column.
        """
        for ds in self:
            if column not in ds.record.columns:
                raise DatasetUsageError(f"{ds} has no column {column!r}")
        return type(self)(ds for ds in self if may_have(ds.record.columns[column], start, stop))

    def _members(self) -> Sequence[Dataset]:
        return self


class DatasetChain(DatasetList):
    """Datasets that follow each other by `previous`, oldest first unless asked otherwise."""
