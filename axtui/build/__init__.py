"""What a request means: its identity, whether it is there already, why not. Never forks or waits.

Authors know `build` both as the function that builds a subjob and as the module that offers `JobList` and `JobError`;
so this package is callable, and is that function. What it offers is loaded when it is first used.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

_ROOMS = {
    "Automata": ("axtui.build.urd", "Urd"),
    "JobError": ("axtui.base.errors", "JobError"),
    "JobList": ("axtui.api.joblist", "JobList"),
    "UrdResponse": ("axtui.build.urd_response", "UrdResponse"),
    "build": ("axtui.api.subjobs", "build"),
    "fmttime": ("axtui.base.clock", "fmttime"),
}
__all__ = sorted(_ROOMS)


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module 'axtui.build' has no attribute {name!r}")
    room, there = _ROOMS[name]
    return getattr(importlib.import_module(room), there)


class _Build(ModuleType):
    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return self.build(*arguments, **keywords)


sys.modules[__name__].__class__ = _Build
