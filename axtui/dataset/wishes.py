"""What an iteration may be asked for, and what of it does not go together. Reads nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axtui.base.errors import DatasetUsageError
from axtui.dataset.record import DatasetRecord


class SkipDataset(Exception):
    """Raised by a callback: leave out the dataset that comes."""


class SkipSlice(Exception):
    """Raised by a callback: leave out the slice that comes."""


@dataclass(frozen=True)
class Source:
    """A dataset to read: what callbacks get, where it lies, what it is."""

    dataset: Any
    directory: Path
    record: DatasetRecord


@dataclass(frozen=True)
class Wishes:
    """What an author asked of an iteration; the names and meanings are those of `Dataset.iterate`."""

    columns: str | Sequence[str] | None = None
    range: dict[str, tuple[Any, Any]] | None = None
    sloppy_range: bool = False
    hashlabel: str | None = None
    rehash: bool = False
    pre_callback: Callable[..., Any] | None = None
    post_callback: Callable[..., Any] | None = None
    filters: Any = None
    translators: Any = None
    slice: Any = None
    copy_mode: bool = False


def check_copied(names: Sequence[str], sources: Sequence[Source]) -> None:
    """Check that columns can be copied from one dataset after the other.

    Raises:
        AssertionError: A column changes its type on the way.
    """
    for name in names:
        kinds = {source.record.columns[name].kind.name: source.dataset for source in sources}
        if len(kinds) > 1:
            found = ", ".join(f"{kind} in {dataset}" for kind, dataset in kinds.items())
            raise AssertionError(f"copy_mode takes columns of one type, and {name!r} is {found}")


def column_names(columns: str | Sequence[str] | None, sources: Sequence[Source]) -> list[str]:
    if isinstance(columns, str):
        return [columns]
    if columns:
        return list(columns)
    return sorted(sources[0].record.columns) if sources else []


def filter_columns(wishes: Wishes) -> list[str]:
    return list(wishes.filters) if isinstance(wishes.filters, dict) else []


def check_range(wanted: dict[str, tuple[Any, Any]] | None) -> tuple[str, Any, Any] | None:
    if not wanted:
        return None
    if len(wanted) != 1:
        raise DatasetUsageError(f"range takes exactly one column, found {', '.join(sorted(wanted))}")
    ((name, bounds),) = wanted.items()
    if not isinstance(bounds, tuple | list) or len(bounds) != 2:
        raise DatasetUsageError(f"the range of column {name!r} is (start, stop), found {bounds!r}")
    return name, bounds[0], bounds[1]


def check_wishes(wishes: Wishes, sliceno: Any, sources: Sequence[Source]) -> None:
    if not (sliceno is None or sliceno == "roundrobin" or isinstance(sliceno, int)):
        raise DatasetUsageError(f"sliceno is a slice number, None or 'roundrobin', found {sliceno!r}")
    if wishes.rehash and not wishes.hashlabel:
        raise DatasetUsageError("rehash needs a hashlabel")
    if wishes.rehash and sliceno == "roundrobin":
        raise DatasetUsageError("rehash and 'roundrobin' do not go together")
    if wishes.copy_mode and (wishes.filters or wishes.translators):
        raise AssertionError("copy_mode goes neither with filters nor with translators, which want to see values")
    if wishes.slice is not None and wishes.rehash:
        raise DatasetUsageError("slice and rehash do not go together")
    if callable(wishes.translators) and isinstance(wishes.filters, dict):
        missing = set(wishes.filters) - set(column_names(wishes.columns, sources))
        if missing:
            raise DatasetUsageError(f"with a function as translator only read columns can be filtered, found {missing}")
    for source in sources:
        if wishes.hashlabel and not wishes.rehash and source.record.hashlabel != wishes.hashlabel:
            found = source.record.hashlabel
            raise DatasetUsageError(f"{source.dataset} has hashlabel {found!r}, wanted {wishes.hashlabel!r}")
        _check_rehash(wishes, source)
        if isinstance(sliceno, int) and not 0 <= sliceno < len(source.record.lines):
            raise DatasetUsageError(f"{source.dataset} has {len(source.record.lines)} slices, found slice {sliceno}")


def _check_rehash(wishes: Wishes, source: Source) -> None:
    if not wishes.rehash or not wishes.hashlabel:
        return
    if wishes.hashlabel not in source.record.columns:
        raise DatasetUsageError(f"cannot rehash {source.dataset}: it has no column {wishes.hashlabel!r}")
    kind = source.record.columns[wishes.hashlabel].kind
    if not kind.hashable:
        raise DatasetUsageError(
            f"cannot rehash {source.dataset}: column {wishes.hashlabel!r} is {kind.name}, which has no hash"
        )


def slice_bounds(wanted: Any, total: int | None) -> tuple[int, int | None, int]:
    """Turn the slice of an iteration into start, stop and step; `total` is None where it is not known."""
    wanted = slice(wanted, None) if isinstance(wanted, int) else wanted
    parts = (wanted.start, wanted.stop, wanted.step) if isinstance(wanted, slice) else ("",)
    if not all(part is None or isinstance(part, int) for part in parts):
        raise DatasetUsageError(f"slice is a number or a slice object of numbers, found {wanted!r}")
    start, stop, step = wanted.start or 0, wanted.stop, 1 if wanted.step is None else wanted.step
    if step <= 0:
        raise DatasetUsageError(f"the step of a slice is positive, found {step}")
    if total is None:
        if start < 0 or (stop is not None and stop < 0):
            raise DatasetUsageError("a negative slice does not go together with a range or filters")
    else:
        start, stop = _from_end(start, total), total if stop is None else _from_end(stop, total)
    if stop is not None and start > stop:
        raise DatasetUsageError(f"slice starts at {start}, after its stop {stop}")
    return start, stop, step


def _from_end(offset: int, total: int) -> int:
    found = offset + total if offset < 0 else offset
    if not 0 <= found <= total:
        raise DatasetUsageError(f"slice goes to {offset}, and there are {total} lines")
    return found
