"""Columns in slices: types, files, hashing, reading, writing. Knows no jobs.

What authors import from here is loaded when it is first used; most of it meets jobs, and lives in `axtui.api`.
"""

from __future__ import annotations

import importlib
from typing import Any

_ROOMS = {
    "axtui.api.dataset": ("Dataset", "DatasetColumn", "NoDataset"),
    "axtui.api.dataset_list": ("DatasetChain", "DatasetList"),
    "axtui.api.writer": ("DatasetWriter",),
    "axtui.base.errors": ("DatasetError", "DatasetUsageError", "NoSuchDatasetError"),
    "axtui.dataset.wishes": ("SkipDataset", "SkipSlice"),
    "axtui.dataset.ranges": ("range_check_function",),
}
_WHERE = {name: room for room, names in _ROOMS.items() for name in names}
__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'axtui.dataset' has no attribute {name!r}")
    return getattr(importlib.import_module(_WHERE[name]), name)
