"""Editable installs: packages imported from a source tree outside the project, which are followed as if in it."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

_TAKEN_AS_INSTALLED = frozenset({"axtui", "numpy", "pandas", "pyarrow", "textual"})
"""What axtui itself has loaded before any method is; another version of it counts when the engine starts anew."""
_INSTALLED = ("site-packages", "dist-packages")


def editable_home(name: str) -> Path | None:
    """Return the package directory or the file of a top-level module of an editable install, None for any other.

    Nothing is imported: Python's finders are asked, with those that an editable install has put among them.
    """
    if name in sys.stdlib_module_names or name in _TAKEN_AS_INSTALLED:
        return None
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return None
    if spec is None:
        return None
    places = list(spec.submodule_search_locations or ([spec.origin] if spec.has_location and spec.origin else []))
    return Path(places[0]) if places and not any(map(_is_installed, places)) else None


def _is_installed(place: str) -> bool:
    real = os.path.realpath(place)
    prefixes = [os.path.join(os.path.realpath(prefix), "") for prefix in (sys.prefix, sys.base_prefix)]
    return real.startswith(tuple(prefixes)) or any(part in _INSTALLED for part in Path(real).parts)
