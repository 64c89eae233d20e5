"""The project's methods as they are on disk now: which there are, their snapshots, which are broken."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from axtui.base.errors import BuildError, MethodError
from axtui.method.description import Description
from axtui.method.find import STANDARD, MethodPlace, find_methods, find_script, source_roots
from axtui.method.snapshot import Snapshot, extend_snapshot, take_snapshot
from axtui.method.sources import Sources


class Code:
    """Methods and their snapshots at the moment of the last `rescan`."""

    def __init__(self, root: Path, packages: tuple[str, ...], listed: tuple[str, ...] = ()) -> None:
        self._packages = packages
        self._listed = listed
        self.sources = Sources(source_roots(root))
        self._methods: dict[str, MethodPlace] = {}
        self._snapshots: dict[str, Snapshot | MethodError] = {}

    def rescan(self) -> None:
        """Look at the project's files again.

        Raises:
            UserError: A method package is not there, or a method is defined twice.
        """
        self.sources.rescan()
        self._snapshots.clear()
        self._methods = find_methods(self.sources, self._packages, self._listed)

    @property
    def methods(self) -> dict[str, MethodPlace]:
        """Every method by name."""
        return self._methods

    def place(self, method: str) -> MethodPlace:
        """Return where a method is.

        Raises:
            BuildError: There is no such method.
        """
        if method not in self._methods:
            raise BuildError(f"Unknown method {method}")
        return self._methods[method]

    def snapshot(self, method: str) -> Snapshot:
        """Return the snapshot of a method as found by its imports.

        Raises:
            BuildError: There is no such method.
            MethodError: Its source cannot be used.
        """
        return self._take(self.place(method).module)

    def full_snapshot(self, base: Snapshot, description: Description) -> Snapshot:
        """Return the snapshot of a method with all that it declares in `depend_extra`.

        Raises:
            MethodError: Something declared cannot be used.
        """
        return extend_snapshot(self.sources, base, description.extra_modules, description.extra_files)

    def script(self, name: str) -> Snapshot:
        """Return the snapshot of a build script.

        Raises:
            BuildError: There is no such script.
            MethodError: Its source cannot be used.
        """
        return self._take(find_script(self.sources, self._packages, name))

    def current_digest(self, method: str, modules: list[str], files: list[list[str]]) -> str:
        """Return the code digest of a method whose `depend_extra` is known from a job of it.

        Raises:
            BuildError: There is no such method.
            MethodError: Its source cannot be used.
        """
        return self.current_snapshot(method, modules, files).digest

    def current_snapshot(self, method: str, modules: list[str], files: list[list[str]]) -> Snapshot:
        """Return the snapshot of a method whose `depend_extra` is known from a job of it.

        Raises:
            BuildError: There is no such method.
            MethodError: Its source cannot be used.
        """
        extra = [(name, path) for name, path in files]
        return extend_snapshot(self.sources, self.snapshot(method), modules, extra)

    def observed_digest(self, module: str) -> str:
        """Return the digest of a project module as it is now, "" where there is none that can be used."""
        return getattr(self.sources.find(module), "digest", "")

    def path(self, method: str) -> Path:
        """Return the file of a method, as far as its name tells."""
        return self.sources.roots[0].joinpath(*self.place(method).module.split(".")).with_suffix(".py")

    def is_ours(self, method: str) -> bool:
        """Tell whether a method comes with axtui."""
        return method in self._methods and self._methods[method].package == STANDARD

    def digests(self, also: Collection[str] = ()) -> dict[str, str]:
        """Return the digest of the project's own methods and of some others, "" for broken ones."""
        snapshots = {name: self._try(name) for name in self._watched(also)}
        return {name: "" if isinstance(found, MethodError) else found.digest for name, found in snapshots.items()}

    def broken(self, also: Collection[str] = ()) -> dict[str, MethodError]:
        """Return those of the project's own methods, and of some others, whose source cannot be used."""
        snapshots = {name: self._try(name) for name in self._watched(also)}
        return {name: found for name, found in snapshots.items() if isinstance(found, MethodError)}

    def _watched(self, also: Collection[str]) -> list[str]:
        return [name for name in self._methods if name in also or not self.is_ours(name)]

    def _try(self, method: str) -> Snapshot | MethodError:
        try:
            return self.snapshot(method)
        except MethodError as error:
            return error

    def _take(self, module: str) -> Snapshot:
        if module not in self._snapshots:
            try:
                self._snapshots[module] = take_snapshot(self.sources, module)
            except MethodError as error:
                self._snapshots[module] = error
        found = self._snapshots[module]
        if isinstance(found, MethodError):
            raise found
        return found
