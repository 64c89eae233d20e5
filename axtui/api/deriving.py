"""New datasets of the running job that are made of columns that are there already: nothing is copied.

What lies in the files stays where it is; only a dataset.json is written, whose columns say where they lie.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from axtui.api import context, gathering, reading
from axtui.api.dataset import KEEP, Dataset
from axtui.api.lineage import resolve_previous
from axtui.api.new_columns import check_column_name
from axtui.base.errors import DatasetUsageError, NoSuchWhateverError
from axtui.base.ids import format_dataset
from axtui.dataset.new_record import inherit_columns


def link(
    source: Dataset,
    name: str,
    column_filter: Iterable[str] | None,
    rename: Mapping[str, str | None] | None,
    override_previous: Any,
    filename: str | None,
) -> Dataset:
    """Make a dataset of the columns of another; see `Dataset.link_to_here`."""
    where = _begin(name)
    names = _select(source, rename or {}, column_filter, where)
    inherited = inherit_columns(str(source), source.record, set())
    columns = {new: inherited[old] for old, new in names.items()}
    previous = resolve_previous(
        source.previous if override_previous is KEEP else override_previous, where, gathering.book().open
    )
    whole = _describe(name, source, columns, previous)
    whole["hashlabel"] = None if source.hashlabel is None else names.get(source.hashlabel)
    whole["parent"] = str(source)
    whole["filename"] = source.filename if filename is None else filename
    return gathering.enter(name, whole)


def merge(one: Dataset, other: Dataset, name: str, previous: Any, allow_unrelated: bool) -> Dataset:
    """Make a dataset of the columns of two; see `Dataset.merge`."""
    where = _begin(name)
    if one == other:
        raise DatasetUsageError(f"cannot merge {one} with itself in {where}")
    if one.lines != other.lines:
        raise DatasetUsageError(
            f"cannot merge {one} and {other} in {where}: they have {one.lines} and {other.lines} lines"
        )
    if not allow_unrelated and not _ancestors(one) & _ancestors(other):
        raise DatasetUsageError(
            f"cannot merge {one} and {other} in {where}: they have no common ancestor; wanted allow_unrelated=True"
        )
    columns = inherit_columns(str(one), one.record, set(other.columns))
    columns |= inherit_columns(str(other), other.record, set())
    whole = _describe(name, other, columns, resolve_previous(previous, where, gathering.book().open))
    kept = one.hashlabel if one.hashlabel not in other.columns else None
    whole["hashlabel"] = other.hashlabel or kept
    whole["parent"] = [str(one), str(other)]
    return gathering.enter(name, whole)


def _begin(name: str) -> str:
    here = context.current()
    where = format_dataset(here.jobid, name)
    if here.stage == "analysis":
        raise DatasetUsageError(f"{where} cannot be made in analysis, where every slice would make it")
    gathering.refuse_duplicate(name)
    return where


def _select(
    source: Dataset, rename: Mapping[str, str | None], column_filter: Iterable[str] | None, where: str
) -> dict[str, str]:
    """Return the new name of each column that stays, by its old name: renamed first, then chosen by its new name."""
    _refuse_unknown(set(rename) - set(source.columns), source, source.columns, where)
    named = {old: rename.get(old, old) for old in source.columns}
    names = {old: new for old, new in named.items() if new is not None}
    for new in set(names.values()) - set(source.columns):
        check_column_name(new, where)
    twice = sorted({new for new in names.values() if list(names.values()).count(new) > 1})
    if twice:
        raise DatasetUsageError(f"{where} would have several columns named {', '.join(map(repr, twice))}")
    if column_filter is not None:
        wanted = [column_filter] if isinstance(column_filter, str) else list(column_filter)
        _refuse_unknown(set(wanted) - set(names.values()), source, names.values(), where)
        names = {old: new for old, new in names.items() if new in wanted}
    if not names:
        raise DatasetUsageError(f"{where} would have no columns of {source}")
    return names


def _refuse_unknown(unknown: set[str], source: Dataset, there: Iterable[str], where: str) -> None:
    if unknown:
        missing, found = (", ".join(map(repr, sorted(names))) for names in (unknown, there))
        raise DatasetUsageError(f"{where} cannot have {missing}: {source} has {found}")


def _ancestors(dataset: Dataset) -> set[str]:
    """Return a dataset and everything it came from by parents, as far as that is still there."""
    found: set[str] = set()
    waiting = [str(dataset)]
    while waiting:
        reference = waiting.pop()
        if reference not in found:
            found.add(reference)
            waiting += _parents(reference)
    return found


def _parents(reference: str) -> tuple[str, ...]:
    try:
        return reading.find_record(reference)[1].parents
    except NoSuchWhateverError:
        return ()


def _describe(name: str, source: Dataset, columns: dict[str, Any], previous: Dataset | None) -> dict[str, Any]:
    return {
        "name": name,
        "caption": source.caption,
        "filename": source.filename,
        "hashlabel": None,
        "previous": None if previous is None else {"dataset": str(previous), "digest": previous.digest},
        "parent": None,
        "compression": None,
        "lines": source.lines,
        "slices": [None] * len(source.lines),
        "columns": columns,
    }
