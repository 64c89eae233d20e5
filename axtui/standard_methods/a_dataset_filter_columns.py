"""Leave columns of a dataset out. Nothing is copied: the columns stay where they are."""

from __future__ import annotations

from typing import Any

from axtui import DatasetUsageError, OptionDefault

description = "Link to a dataset with fewer columns"

options: dict[str, Any] = {
    "keep_columns": OptionDefault(set(), set()),  # all others are left out
    "discard_columns": OptionDefault(set(), set()),  # all others are kept; columns that are not there do not matter
}
datasets = ("source", "previous")


def synthesis(options: Any, datasets: Any) -> None:
    """Make the link."""
    if bool(options.keep_columns) == bool(options.discard_columns):
        found = "both" if options.keep_columns else "neither"
        raise DatasetUsageError(f"exactly one of keep_columns and discard_columns is wanted, found {found}")
    keep = set(options.keep_columns) or set(datasets.source.columns) - set(options.discard_columns)
    if not keep:
        raise DatasetUsageError(f"discard_columns leaves no column of {datasets.source}")
    datasets.source.link_to_here(column_filter=keep, override_previous=datasets.previous or None)
