"""What goes into the dataset.json of a new dataset: the records of its columns and slices, as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from axtui.dataset.record import ColumnRecord, DatasetRecord, Origin
from axtui.dataset.types import ColumnType, common_form, form_of, format_bound, holds, parse_bound, widen_bounds
from axtui.dataset.writer import Column, Part


def merge_column(kind: ColumnType, parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return `min`, `max` and `holds` of a column from those of its slices."""
    both: tuple[Any, Any] | None = None
    for part in parts:
        if part["min"] is not None:
            both = widen_bounds(both, (parse_bound(kind, part["min"]), parse_bound(kind, part["max"])))
    forms = {form_of(kind, part["holds"]) for part in parts if part["holds"]}
    low, high = both or (None, None)
    held = holds(kind, common_form(kind, forms)) if forms else None
    return {"min": format_bound(low), "max": format_bound(high), "holds": held}


def describe_columns(columns: Sequence[Column], parts: Sequence[Part]) -> dict[str, Any]:
    """Return the records of written columns, from what is known of their slices."""
    return {
        each.name: {
            "type": each.kind.name,
            "none": each.none,
            **merge_column(each.kind, [part["columns"][each.name] for part in parts]),
            "from": None,
        }
        for each in columns
    }


def describe_slices(parts: Mapping[int, Part], slices: int) -> list[dict[str, Any] | None]:
    """Return the records of the files, from what is known of the slices by number."""
    found = [parts.get(sliceno) for sliceno in range(slices)]
    return [{"nbytes": p["nbytes"], "digest": p["digest"]} if p and p["lines"] else None for p in found]


def inherit_columns(reference: str, found: DatasetRecord, without: set[str]) -> dict[str, Any]:
    """Return the records of the columns of a parent, with where they lie, except some."""
    inherited = [column for name, column in found.columns.items() if name not in without]
    return {each.name: _inherit(each, each.origin or Origin(reference, each.name, found.digest)) for each in inherited}


def _inherit(column: ColumnRecord, origin: Origin) -> dict[str, Any]:
    return {
        "type": column.kind.name,
        "none": column.none,
        "min": format_bound(column.min),
        "max": format_bound(column.max),
        "holds": column.holds,
        "from": {"dataset": origin.dataset, "column": origin.column, "digest": origin.digest},
    }
