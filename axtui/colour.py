"""Colours for what methods and scripts print: `colour("x", "red", "bold")`, `colour.red("x")`, `colour.RED`.

The module is callable, so that `from axtui import colour` and `from axtui.colour import red` both work. What the names
stand for is base/colour.py's.
"""

from __future__ import annotations

import sys
from functools import partial
from types import ModuleType
from typing import Any

from axtui.base.colour import constant, enable, paint
from axtui.base.errors import ColourError

__all__ = ["ColourError", "colour", "disable", "enable"]

colour = paint
disable = partial(enable, False)


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    try:
        shown = constant(name)
    except ColourError:
        raise AttributeError(f"module 'axtui.colour' has no attribute {name!r}") from None
    return shown if name.isupper() else partial(_paint_as, name)


def _paint_as(name: str, value: Any, *attributes: str, **how: bool) -> str:
    return paint(value, name, *attributes, **how)


class _Colour(ModuleType):
    def __call__(self, value: Any, *attributes: str, **how: bool) -> str:
        return paint(value, *attributes, **how)


sys.modules[__name__].__class__ = _Colour
