"""Give columns of a dataset other names. Nothing is copied: the columns stay where they are."""

from __future__ import annotations

from typing import Any

from axtui import OptionDefault

description = "Link to a dataset with other names for its columns"

options: dict[str, Any] = {
    "rename": OptionDefault({}, {}),  # {old: new}, or {old: None} for a column that is left out
}
datasets = ("source",)


def synthesis(options: Any, datasets: Any) -> None:
    """Make the link."""
    datasets.source.link_to_here(rename=dict(options.rename))
