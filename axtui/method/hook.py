"""The import hook of a process that runs project code: what was hashed is what runs.

Modules of the snapshot are compiled from its bytes; no `.pyc` is read or written. A project module that the snapshot
does not have (its name was computed at run time) is read from disk once, and remembered as observed.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import linecache
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import spec_from_file_location, spec_from_loader
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, cast

from axtui.base.errors import MethodError
from axtui.method.opened import Opened
from axtui.method.snapshot import Snapshot, find_declared
from axtui.method.sources import Source, Sources

if TYPE_CHECKING:
    from importlib.abc import Loader


class SnapshotFinder:
    """Finds project modules in a snapshot first, then on disk, and nothing else.

    It and its loader do without the bases that Python offers, which bring in a hundred modules that no job needs.
    """

    def __init__(self, snapshot: Snapshot, sources: Sources) -> None:
        self._snapshot = snapshot
        self._sources = sources
        self.observed: dict[str, Source] = {}
        """Project modules that were imported without being in the snapshot."""
        self.opened = Opened()
        """Files that were opened, where that is watched."""

    @property
    def absent(self) -> tuple[str, ...]:
        """The modules that the snapshot's modules import from elsewhere, or would."""
        return self._snapshot.absent

    def accounted(self, declared: Sequence[str]) -> set[str]:
        """Return the real paths of modules and of declared files: that these were opened is no news."""
        paths = [str(each.path) for each in (*self._snapshot.modules.values(), *self.observed.values())]
        for each in declared:
            with suppress(MethodError):
                paths += [path for _, path in find_declared(self._snapshot.path, each)]
        return set(map(os.path.realpath, paths))

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return how to load a project module; None leaves it to Python's own finders."""
        source = self._snapshot.modules.get(fullname) or self._observe(fullname)
        if source is None:
            return None
        if source.path.suffix != ".py":
            if source.path.read_bytes() != source.data:
                raise ImportError(f"{source.path} changed while it was loaded", name=fullname)
            return spec_from_file_location(fullname, source.path)
        loader = cast("Loader", _BytesLoader(source))
        spec = spec_from_loader(fullname, loader, origin=str(source.path), is_package=source.is_package)
        if spec is not None:
            spec.has_location = True
            if source.is_package:
                spec.submodule_search_locations = [str(source.path.parent)]
        return spec

    def claim(self) -> None:
        """Make sure that each module of the snapshot is the one that will run, before anything is imported.

        Raises:
            MethodError: A module of the same name, such as one of Python's own, is loaded in every process of axtui.
        """
        for name, source in self._snapshot.modules.items():
            loaded = sys.modules.get(name)
            if loaded is None:
                continue
            place = getattr(loaded, "__file__", None) or "Python itself"
            if os.path.realpath(place) != os.path.realpath(source.path):
                raise MethodError(
                    f"{source.path} has the name of a module that is loaded already ({name!r}, from {place}), "
                    "which would run in its place; wanted another name"
                )
            del sys.modules[name]

    def _observe(self, fullname: str) -> Source | None:
        if fullname.partition(".")[0] == "axtui":
            return None
        self._sources.rescan()  # this process was forked from one that may have looked long ago
        found = self._sources.find(fullname)
        if not isinstance(found, Source):
            return None
        self.observed[fullname] = found
        return found


class _BytesLoader:
    def __init__(self, source: Source) -> None:
        self._source = source

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """Let Python make the module."""

    def get_code(self, fullname: str) -> CodeType:
        path = str(self._source.path)
        return compile(self._source.data, path, "exec", dont_inherit=True)

    def get_source(self, fullname: str) -> str:
        return decode_source(self._source.data)

    def is_package(self, fullname: str) -> bool:
        return self._source.is_package

    def get_filename(self, fullname: str) -> str:
        return str(self._source.path)

    def exec_module(self, module: ModuleType) -> None:
        remember_lines(self._source)
        module.__file__ = str(self._source.path)
        exec(self.get_code(module.__name__), module.__dict__)


def install(snapshot: Snapshot, sources: Sources) -> SnapshotFinder:
    """Make this process import project modules from a snapshot."""
    sys.dont_write_bytecode = True
    finder = SnapshotFinder(snapshot, sources)
    sys.meta_path.insert(0, finder)
    for root in reversed(sources.roots):
        if str(root) not in sys.path:
            sys.path.insert(0, str(root))
    return finder


def remember_lines(source: Source) -> None:
    """Let tracebacks quote the source that runs, whatever lies on disk by then."""
    lines = decode_source(source.data).splitlines(keepends=True)
    linecache.cache[str(source.path)] = (len(source.data), None, lines, str(source.path))


def decode_source(data: bytes) -> str:
    """Decode Python source as its encoding cookie says; what cannot be decoded is replaced."""
    try:
        return importlib.util.decode_source(data)
    except (SyntaxError, UnicodeDecodeError):
        return data.decode("utf-8", "replace")
