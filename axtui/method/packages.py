"""The versions of Python and of packages: those that a job's key holds, and those that are recorded for people.

The engine makes room for a new one where something was installed or removed, so what was looked up once stays true.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from functools import cache

from axtui import __version__
from axtui.base.errors import MethodError

PYTHON = "python"
_PYTHON_PATH = "python_path"
_ALWAYS = ("numpy", "pyarrow")
"""What axtui itself stores data with."""


@cache
def version_of(package: str) -> str:
    """Return the version of a package, or of "python"; "" where it is not installed."""
    if package == PYTHON:
        return sys.version.partition(" ")[0]
    from importlib.metadata import PackageNotFoundError, version  # large, and most jobs need nothing of it

    try:
        return version(package)
    except (PackageNotFoundError, ValueError):
        return ""


def versions_of(method: str, packages: Iterable[str]) -> dict[str, str]:
    """Return the version of each package that a method depends on.

    Raises:
        MethodError: One is not installed.
    """
    found = {name: version_of(name) for name in packages}
    for name, its_version in found.items():
        if not its_version:
            raise MethodError(f"{method}: depend_packages names {name!r}, which is not installed here")
    return found


def imported_versions(names: Iterable[str]) -> dict[str, str]:
    """Return the versions of the installed packages among some modules, by module; to be asked where they are imported.

    What a package says of itself in `__version__` counts before what is installed under its name.
    """
    found: dict[str, str] = {}
    for name in sorted({name.partition(".")[0] for name in names} - sys.stdlib_module_names):
        told = getattr(sys.modules.get(name), "__version__", None)
        found[name] = told if isinstance(told, str) else version_of(name)
    return {name: its_version for name, its_version in found.items() if its_version}


def recorded_versions(imported: Mapping[str, str]) -> dict[str, str]:
    """Return what a record says of versions: axtui's, Python's, those of what stores data and of what was imported."""
    always = {name: version_of(name) for name in _ALWAYS}
    return {"axtui": __version__, PYTHON: version_of(PYTHON), _PYTHON_PATH: sys.executable, **always, **imported}


def changed_versions(recorded: Mapping[str, object]) -> list[tuple[str, str, str]]:
    """Return name, version then and version now of all that is another one than a record says, "" for what is gone."""
    then = {name: str(found) for name, found in recorded.items() if name != _PYTHON_PATH}
    now = {name: __version__ if name == "axtui" else version_of(name) or _version_of_module(name) for name in then}
    return [(name, then[name], now[name]) for name in then if then[name] != now[name]]


def _version_of_module(name: str) -> str:
    """Return the version of the package that has a module of another name than its own."""
    return next((version_of(package) for package in _packages().get(name, ())), "")


@cache
def _packages() -> Mapping[str, list[str]]:
    from importlib.metadata import packages_distributions

    return packages_distributions()
