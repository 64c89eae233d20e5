"""Finding methods and build scripts in the project's packages. Reads no source."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from axtui.base.errors import BuildError, UserError
from axtui.method.sources import Sources

STANDARD = "axtui.standard_methods"


@dataclass(frozen=True)
class MethodPlace:
    """Where a method is: its name, package and module."""

    name: str
    package: str

    @property
    def module(self) -> str:
        """The dotted name of its module."""
        return f"{self.package}.a_{self.name}"


def source_roots(root: Path) -> tuple[Path, ...]:
    """Return the directories whose modules count as the project's: its own and those of PYTHONPATH."""
    extra = [Path(part).resolve() for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]
    return tuple(dict.fromkeys([root, *extra]))


def find_methods(sources: Sources, packages: tuple[str, ...]) -> dict[str, MethodPlace]:
    """Return every method of the packages and of axtui by name.

    Raises:
        UserError: A package is not there, or two packages have a method of the same name.
    """
    found: dict[str, MethodPlace] = {}
    for package in (*packages, STANDARD):
        for name in sorted(_list_package(sources, package)):
            if name.startswith("a_") and name.endswith(".py"):
                place = MethodPlace(name[2:-3], package)
                if place.name in found:
                    raise UserError(
                        f"method {place.name!r} is defined both in {found[place.name].package} and in {package}"
                    )
                found[place.name] = place
    return found


def find_script(sources: Sources, packages: tuple[str, ...], script: str) -> str:
    """Return the module of a build script as named on the command line.

    `build_` is put before the last part unless it starts with `build`. Without a dot all packages are searched in
    alphabetical order; `package.script` wants a package equal to, or ending in, `.package`.

    Raises:
        BuildError: There is no such script.
    """
    where, _, last = script.rpartition(".")
    name = last if last.startswith("build") else f"build_{last}"
    for package in sorted(packages):
        fits = not where or package == where or package.endswith("." + where)
        if fits and f"{name}.py" in _list_package(sources, package):
            return f"{package}.{name}"
    scripts = sorted(
        f"{package}.{each[:-3]}"
        for package in packages
        for each in _list_package(sources, package)
        if each.startswith("build") and each.endswith(".py")
    )
    raise BuildError(f"No build script {script!r} in {', '.join(packages)}; there are {', '.join(scripts) or 'none'}")


def _list_package(sources: Sources, package: str) -> frozenset[str]:
    for root in sources.roots_of(package):
        names = sources.list(root.joinpath(*package.split(".")))
        if "__init__.py" in names:
            return names
    roots = ", ".join(map(str, sources.roots))
    raise UserError(f"there is no method package {package!r} (a folder with __init__.py) in {roots}")
