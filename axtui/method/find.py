"""Finding methods and build scripts in the project's packages. Reads no source.

Every `a_*.py` of a package is a method; in a package of an Accelerator project that is not `auto-discover`, only those
that its `methods.conf` lists, a line each.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from axtui.base.errors import BuildError, UserError
from axtui.base.text import is_utf8
from axtui.method.sources import Sources

STANDARD = "axtui.standard_methods"
METHODS_CONF = "methods.conf"


@dataclass(frozen=True)
class MethodPlace:
    """Where a method is: its name, package and module."""

    name: str
    package: str

    @property
    def module(self) -> str:
        """The dotted name of its module."""
        return f"{self.package}.a_{self.name}"


@dataclass(frozen=True)
class Found:
    """The methods that there are by name, and a sentence on each name that cannot be used as a method."""

    methods: dict[str, MethodPlace]
    faults: dict[str, str]


def source_roots(root: Path) -> tuple[Path, ...]:
    """Return the directories whose modules count as the project's: its own and those of PYTHONPATH."""
    extra = [Path(part).resolve() for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]
    return tuple(dict.fromkeys([root, *extra]))


def find_methods(sources: Sources, packages: tuple[str, ...], listed: tuple[str, ...] = ()) -> Found:
    """Find every method of the packages and of axtui. A name that is wrong concerns no other method.

    Args:
        sources: The project's files.
        packages: The method packages.
        listed: Those of them whose methods are only the ones that their `methods.conf` lists.

    Raises:
        UserError: A package is not there, or one that lists its methods has no list.
    """
    found: dict[str, MethodPlace] = {}
    faults: dict[str, str] = {}
    for package in (*packages, STANDARD):
        _, names = _find_package(sources, package)
        there = {name[2:-3] for name in names if name.startswith("a_") and name.endswith(".py")}
        if package in listed:
            there = _read_list(sources, package, there, faults)
        for name in sorted(there):
            before = found.setdefault(name, MethodPlace(name, package)).package
            if before != package:
                faults[name] = f"method {name!r} is defined both in {before} and in {package}"
            elif not is_utf8(name):
                faults[name] = f"method {name!r} of {package} is in a file whose name is not UTF-8; wanted another name"
    return Found({name: place for name, place in found.items() if name not in faults}, faults)


def _read_list(sources: Sources, package: str, there: set[str], faults: dict[str, str]) -> set[str]:
    """Return the methods that a package's `methods.conf` lists; a second word, an interpreter, has no meaning here.

    What is wrong with a line is added to `faults`.
    """
    directory, names = _find_package(sources, package)
    path = directory / METHODS_CONF
    if METHODS_CONF not in names:
        raise UserError(f"the package {package!r} lists its methods in {path}, which is not there; or is auto-discover")
    listed = set()
    for number, line in enumerate(sources.read(path).decode("utf-8", "replace").splitlines(), 1):
        match line.partition("#")[0].split():
            case []:
                continue
            case [name] | [name, _]:
                listed.add(name)
                if name not in there:
                    faults[name] = f"{path} line {number}: there is no method {name!r} (a_{name}.py) in {directory}"
            case [name, _, *rest]:
                faults[name] = f"{path} line {number}: Trailing garbage after {name!r}: {' '.join(rest)!r}"
    return listed & there


def find_script(sources: Sources, packages: tuple[str, ...], script: str) -> str:
    """Return the module of a build script as named on the command line.

    `build_` is put before the last part unless it starts with `build`. Without a dot all packages are searched in
    alphabetical order; `package.script` wants a package equal to, or ending in, `.package`.

    Raises:
        BuildError: There is no such script.
    """
    if not is_utf8(script):
        raise BuildError(f"the build script {script!r} has a name that is not UTF-8; wanted another name")
    where, _, last = script.rpartition(".")
    name = last if last.startswith("build") else f"build_{last}"
    for package in sorted(packages):
        fits = not where or package == where or package.endswith("." + where)
        if fits and f"{name}.py" in _find_package(sources, package)[1]:
            return f"{package}.{name}"
    scripts = sorted(
        f"{package}.{each[:-3]}"
        for package in packages
        for each in _find_package(sources, package)[1]
        if each.startswith("build") and each.endswith(".py")
    )
    raise BuildError(f"No build script {script!r} in {', '.join(packages)}; there are {', '.join(scripts) or 'none'}")


def _find_package(sources: Sources, package: str) -> tuple[Path, frozenset[str]]:
    for root in sources.roots_of(package):
        directory = root.joinpath(*package.split("."))
        names = sources.list(directory)
        if "__init__.py" in names:
            return directory, names
    roots = ", ".join(map(str, sources.roots))
    raise UserError(f"there is no method package {package!r} (a folder with __init__.py) in {roots}")
