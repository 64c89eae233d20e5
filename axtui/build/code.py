"""The project's methods as they are on disk now: which there are, their snapshots, which are broken."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from axtui.base.errors import BuildError, MethodError
from axtui.build.equivalence import FILE_NAME, Equivalences, Lacks
from axtui.method.description import Description
from axtui.method.find import STANDARD, MethodPlace, find_methods, find_script, source_roots
from axtui.method.opened import OpenedFiles
from axtui.method.packages import version_of
from axtui.method.snapshot import Snapshot, extend_snapshot, take_snapshot
from axtui.method.sources import Sources
from axtui.project.config import Project
from axtui.store.index import Finished

Extra = tuple[Sequence[str], Sequence[str]]
"""What a method declares in `depend_extra`: names of modules, and of files."""
NO_EXTRA: Extra = ((), ())


def open_code(project: Project) -> Code:
    """Return the code of a project, looked at by the next `rescan`."""
    opened = OpenedFiles(project.root, project.input_directory)
    return Code(project.source_directory, project.packages, project.listed, opened, project.root / FILE_NAME)


class Code:
    """Methods and their snapshots at the moment of the last `rescan`."""

    def __init__(
        self,
        root: Path,
        packages: tuple[str, ...],
        listed: tuple[str, ...] = (),
        opened: OpenedFiles | None = None,
        equivalent: Path | None = None,
    ) -> None:
        self._packages = packages
        self._listed = listed
        self.extra: dict[str, Extra] = {}
        """What methods were last found to declare, where that is more than their imports."""
        self.opened = opened or OpenedFiles(root, root)
        self.equivalences = Equivalences(equivalent or root / FILE_NAME)
        self.sources = Sources(source_roots(root))
        self._methods: dict[str, MethodPlace] = {}
        self.faults: dict[str, str] = {}
        """A sentence on each name that cannot be used as a method: there are two of it, or none as listed."""
        self._snapshots: dict[str, Snapshot | MethodError] = {}

    def rescan(self) -> None:
        """Look at the project's files again.

        Raises:
            UserError: A method package is not there.
        """
        self.sources.rescan()
        self._snapshots.clear()
        self.equivalences.refresh()
        found = find_methods(self.sources, self._packages, self._listed)
        self._methods, self.faults = found.methods, found.faults

    @property
    def methods(self) -> dict[str, MethodPlace]:
        """Every method by name."""
        return self._methods

    def place(self, method: str) -> MethodPlace:
        """Return where a method is.

        Raises:
            BuildError: There is no such method, or it cannot be told which it is.
        """
        if method not in self._methods:
            raise BuildError(self.faults.get(method, f"Unknown method {method}"))
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
        extra = (description.extra_modules, description.extra_files)
        self.learn_extra(description.method, extra)
        return extend_snapshot(self.sources, base, *extra)

    def learn_extra(self, method: str, extra: Extra) -> None:
        """Take in what a method declares in `depend_extra`, which only running it tells: modules and files."""
        if any(extra):
            self.extra[method] = extra
        else:
            self.extra.pop(method, None)

    def digest_with(self, method: str, extra: Extra) -> str:
        """Return what a method would mean if it declared this in `depend_extra`, "" where it cannot be used."""
        try:
            return self.current_snapshot(method, *extra).meaning
        except MethodError:
            return ""

    def script(self, name: str) -> Snapshot:
        """Return the snapshot of a build script.

        Raises:
            BuildError: There is no such script.
            MethodError: Its source cannot be used.
        """
        return self._take(find_script(self.sources, self._packages, name))

    def accepted(self, method: str, snapshot: Snapshot) -> dict[str, Lacks]:
        """Return the older code digests whose jobs stand for those of a method, with the options they may lack."""
        return self.equivalences.accepted(method, snapshot)

    def is_current(self, job: Finished) -> bool:
        """Tell whether a finished job is what its request would bring now, as far as its method is concerned.

        Raises:
            BuildError: There is no such method.
            MethodError: Its source cannot be used.
        """
        return self.is_made_so(job.method, job.code, job.declared, job.packages, job.extra)

    def is_made_so(
        self, method: str, code: str, declared: Mapping[str, str], packages: Mapping[str, str], extra: list[Any]
    ) -> bool:
        """Do as `is_current`, for what the record of a job says of it; see store/index.py for the fields."""
        snapshot = self.current_snapshot(method, *extra)
        if any(version_of(name) != version for name, version in packages.items()):
            return False
        if any(snapshot.declared.get(name) != its_digest for name, its_digest in declared.items()):
            return False
        new = snapshot.declared.keys() - declared.keys()
        if code == snapshot.digest:
            return not new or (snapshot.reads is not None and not new & snapshot.reads)
        accepted = self.accepted(method, snapshot)
        lacks = accepted.get(code, frozenset())
        return code in accepted and (lacks is None or new <= lacks)

    def current_snapshot(self, method: str, modules: Sequence[str], files: Sequence[str]) -> Snapshot:
        """Return the snapshot of a method whose `depend_extra` is known, as from a job of it.

        Raises:
            BuildError: There is no such method.
            MethodError: Its source cannot be used.
        """
        return extend_snapshot(self.sources, self.snapshot(method), modules, files)

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
        """Return what the project's own methods and some others mean, as a digest, "" for broken ones."""
        snapshots = {name: self._try(name) for name in self._watched(also)}
        return {name: "" if isinstance(found, MethodError) else found.meaning for name, found in snapshots.items()}

    def broken(self, also: Collection[str] = ()) -> dict[str, MethodError]:
        """Return those of the project's own methods, and of some others, whose source cannot be used."""
        snapshots = {name: self._try(name) for name in self._watched(also)}
        return {name: found for name, found in snapshots.items() if isinstance(found, MethodError)}

    def _watched(self, also: Collection[str]) -> list[str]:
        return [name for name in self._methods if name in also or not self.is_ours(name)]

    def _try(self, method: str) -> Snapshot | MethodError:
        try:
            return self.current_snapshot(method, *self.extra.get(method, NO_EXTRA))
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
