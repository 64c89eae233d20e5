"""What a new dataset comes from: its parent, the hashlabel of that, and the dataset before it in its chain."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

from axtui.api import context
from axtui.api.dataset import Dataset
from axtui.base.errors import DatasetUsageError
from axtui.base.ids import format_dataset, split_dataset


def choose_hashlabel(parent: Dataset | None, wanted: str | None, override: bool) -> str | None:
    """Return the hashlabel of a dataset with a parent: the wanted one, or the parent's.

    Raises:
        DatasetUsageError: They differ, and that was not asked for.
    """
    inherited = parent.hashlabel if parent is not None else None
    if wanted and inherited and wanted != inherited and not override:
        raise DatasetUsageError(f"hashlabel {wanted!r} is not the parent's {inherited!r}; wanted hashlabel_override")
    return wanted if override else wanted or inherited


def check_left_out(names: Iterable[str], parent: Dataset | None, where: str) -> None:
    """Check that columns which are not to be inherited could be.

    Raises:
        DatasetUsageError: There is no parent, or it does not have them.
    """
    there: Container[str] = parent.columns if parent is not None else ()
    unknown = sorted(name for name in names if name not in there)
    if unknown:
        raise DatasetUsageError(f"{where} cannot leave out {', '.join(unknown)}: not in a parent")


def own_previous(previous: Any, names: Container[str]) -> str | None:
    """Return which of these unfinished datasets of this job a `previous` means, or None.

    Args:
        previous: A writer, or a dataset in any form.
        names: Of the unfinished datasets.
    """
    if _is_writer(previous):
        return str(previous.name)
    if isinstance(previous, tuple | list) and len(previous) == 2:
        previous = format_dataset(*previous)
    if not isinstance(previous, str):
        return None
    job, name = split_dataset(previous)
    return name if job == context.current().jobid and name in names else None


def resolve_previous(previous: Any, where: str, unfinished: Container[str]) -> Dataset | None:
    """Return the dataset that a `previous` means, or None.

    Args:
        previous: A writer, or a dataset in any form.
        where: The dataset whose previous it is, for messages.
        unfinished: Names of the unfinished datasets of this job.

    Raises:
        DatasetUsageError: It is a dataset of this job that is not finished.
        NoSuchDatasetError: There is no such dataset.
    """
    own = own_previous(previous, unfinished)
    if own is not None and own in unfinished:
        raise DatasetUsageError(f"previous of {where} is {own!r} of this job, which is not finished")
    if _is_writer(previous):
        return Dataset(context.current().jobid, previous.name)
    return (Dataset(previous) or None) if previous else None


def _is_writer(previous: Any) -> bool:
    from axtui.api.writer import DatasetWriter

    return isinstance(previous, DatasetWriter)
