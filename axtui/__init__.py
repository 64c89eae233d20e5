"""axtui: a terminal workbench for people who build results from data.

The names that authors of methods and build scripts use are here; each is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_ROOMS = {
    "axtui.api.job": ("Job", "NoJob", "JobWithFile"),
    "axtui.api.current": ("CurrentJob",),
    "axtui.api.dataset": ("Dataset", "DatasetList", "DatasetChain", "NoDataset", "SkipDataset", "SkipSlice"),
    "axtui.api.writer": ("DatasetWriter",),
    "axtui.api.status": ("status", "progress", "dummy_status"),
    "axtui.base.dotdict": ("DotDict",),
    "axtui.method.forms": ("OptionEnum", "OptionString", "RequiredOption", "OptionDefault", "InputFile"),
    "axtui.base.errors": (
        "AcceleratorError",
        "AxtuiError",
        "UserError",
        "ServerError",
        "BuildError",
        "JobError",
        "NoSuchWhateverError",
        "NoSuchJobError",
        "NoSuchWorkdirError",
        "NoSuchDatasetError",
        "DatasetError",
        "DatasetUsageError",
        "UrdError",
        "UrdPermissionError",
        "UrdConflictError",
        "ColourError",
    ),
}
_WHERE = {name: room for room, names in _ROOMS.items() for name in names}
_CALLABLE = ("build", "colour")
"""Modules that are functions too."""
__all__ = sorted([*_WHERE, *_CALLABLE])


def __getattr__(name: str) -> Any:
    if name in _CALLABLE:
        return importlib.import_module(f"axtui.{name}")
    if name not in _WHERE:
        raise AttributeError(f"module 'axtui' has no attribute {name!r}")
    return getattr(importlib.import_module(_WHERE[name]), name)
