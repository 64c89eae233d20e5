"""A method's source with all that it imports from the project: hashed, run and stored as the same bytes.

The code digest is BLAKE2b over sorted lines `module <dotted name> <digest>`, `file <declared name> <digest>` and
`absent <dotted name>`, with a scheme version in front (identity.md). An absent name is one that the project could
shadow: a file added later under that name changes the digest. The method's own module counts without its declarations
where that may be (`method/declared.py`), unless another module of the snapshot imports it or reaches its options.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

from axtui.base.errors import MethodError
from axtui.base.records import digest, digest_of
from axtui.method.sources import Broken, Source, Sources
from axtui.store.record import SCHEME

_SCHEME = f"axtui code {SCHEME}"
_OURS = "axtui"
_OPEN = "axtui.standard_methods"


class BrokenSourceError(MethodError):
    """A source does not parse; `path` and `line` say where."""

    def __init__(self, broken: Broken) -> None:
        self.path = broken.path
        self.line = broken.line
        self.reason = broken.message
        super().__init__(f"{broken.path}:{broken.line}: {broken.message}")


class Finder(Protocol):
    """What knows the modules of a project, or of a job that keeps them; `roots` are where these lie."""

    @property
    def roots(self) -> tuple[Path, ...]: ...

    def find(self, module: str) -> Source | Broken | None:
        """Return the project module of a dotted name, or None where the project has none."""


@dataclass(frozen=True)
class Snapshot:
    """The bytes a method is made of, at one moment.

    Attributes:
        module: The method's module.
        digest: The code digest.
        modules: Every module by its dotted name.
        files: Path and bytes of every declared file, by the name it was declared with.
        absent: Names that a file could come to define.
        declared: The digest of each option's declaration; nothing where these are part of `digest`.
        reads: The options that the program could tell from ones that are not declared; None for all of them.
    """

    module: str
    digest: str
    modules: dict[str, Source] = field(repr=False)
    files: dict[str, tuple[Path, bytes]] = field(repr=False)
    absent: tuple[str, ...] = field(repr=False)
    declared: dict[str, str] = field(default_factory=dict, repr=False)
    reads: frozenset[str] | None = field(default=None, repr=False)

    @cached_property
    def content(self) -> str:
        """The digest of the very bytes: two snapshots may differ in comments alone and have one `digest`."""
        parts = sorted((name, str(source.path), digest(source.data)) for name, source in self.modules.items())
        return digest(repr(parts).encode("utf-8", "surrogatepass"))

    @cached_property
    def meaning(self) -> str:
        """The digest of code and declarations: where it is the same, the same request means the same job."""
        return digest_of([self.digest, self.declared])

    @property
    def equivalent(self) -> tuple[str, ...]:
        """The older digests that the source accepts, where its `equivalent_hashes` is for this very `meaning`."""
        own = self.modules[self.module].own
        return own.equivalent[1] if own and own.equivalent[0] == self.meaning else ()

    @property
    def path(self) -> Path:
        """Where the module itself lies."""
        return self.modules[self.module].path


def take_snapshot(sources: Finder, module: str) -> Snapshot:
    """Follow a module's imports through the project.

    Raises:
        MethodError: The module is not there.
        BrokenSourceError: It, or something it imports from the project, does not parse.
    """
    parents = [module[:index] for index, char in enumerate(module) if char == "."]
    return _follow(sources, Snapshot(module, "", {}, {}, ()), [module, *parents])


def extend_snapshot(sources: Sources, base: Snapshot, modules: Sequence[str], declared: Sequence[str]) -> Snapshot:
    """Add what a method declares in `depend_extra`; what the snapshot has already stays as it is.

    Args:
        sources: The project's files.
        base: The snapshot of the method's imports.
        modules: Declared modules, followed as if they were imported.
        declared: Declared files, directories and patterns, from the method's directory; hashed byte by byte.

    Raises:
        MethodError: A declared file is not there or cannot be read.
        BrokenSourceError: A declared module does not parse.
    """
    if not modules and not declared:
        return base
    files = dict(pair for each in declared for pair in find_declared(base.path, each))
    read = {name: (Path(path), sources.read(Path(path))) for name, path in files.items()}
    return extend_with(sources, base, modules, read)


def extend_with(
    sources: Finder, base: Snapshot, modules: Sequence[str], files: dict[str, tuple[Path, bytes]]
) -> Snapshot:
    """Add modules, followed as if they were imported, and files that were read already.

    Raises:
        BrokenSourceError: A module does not parse.
    """
    return _follow(sources, Snapshot(base.module, "", base.modules, files, base.absent), list(modules))


def find_declared(method: Path, declared: str) -> list[tuple[str, str]]:
    """Return name and path of the files that a declared name means now; a pattern may mean none.

    Args:
        method: The file of the method, from whose directory names count.
        declared: A file, a directory with all that is in it, or a pattern.

    Raises:
        MethodError: It is no pattern, and there is no such file.
    """
    home = str(method.parent)
    path = os.path.join(home, declared)
    is_directory = os.path.isdir(path)
    pattern = os.path.join(glob.escape(path), "**") if is_directory else path
    paths = [path] if os.path.isfile(path) else glob.glob(pattern, recursive=True)
    found = [each for each in paths if os.path.isfile(each) and f"{os.sep}__pycache__{os.sep}" not in each]
    if not found and not glob.has_magic(declared) and not is_directory:
        raise MethodError(f"{method.name}: depend_extra names {declared!r}, but there is no {path}")
    return [(os.path.relpath(each, home), os.path.abspath(each)) for each in sorted(found)]


def _follow(sources: Finder, base: Snapshot, names: list[str]) -> Snapshot:
    modules = dict(base.modules)
    absent = set(base.absent)
    pending = [*names]
    while pending:
        name = pending.pop()
        if name in modules or name in absent or _is_ours(name):
            continue
        found = sources.find(name)
        if isinstance(found, Broken):
            raise BrokenSourceError(found)
        if found is not None:
            modules[name] = found
            pending += found.imports
        elif name == base.module:
            raise MethodError(f"there is no module {name} in {', '.join(map(str, sources.roots))}")
        else:
            absent.add(name)
    possible = tuple(sorted(name for name in absent if _could_be_there(name, modules)))
    own, declared, reads = _own_digest(base.module, modules)
    digests = {**{name: each.digest for name, each in modules.items()}, base.module: own}
    code = _code_digest(digests, base.files, possible)
    return Snapshot(base.module, code, modules, base.files, possible, declared, reads)


def _own_digest(module: str, modules: dict[str, Source]) -> tuple[str, dict[str, str], frozenset[str] | None]:
    """Return the digest of the method's own module, that of the declaration left out of it, and what it reads."""
    source = modules[module]
    own = source.own
    others = [each for name, each in modules.items() if name != module]
    if own is None or any(module in each.imports for each in others):
        return source.digest, {}, None
    if not own.bare or any(each.reaches_options for each in others):
        return own.quiet, {}, None
    return own.bare, own.declared, own.reads


def _code_digest(modules: dict[str, str], files: dict[str, tuple[Path, bytes]], absent: Iterable[str]) -> str:
    lines = [
        *(f"module {name} {found}" for name, found in modules.items()),
        *(f"file {name} {digest(data)}" for name, (_, data) in files.items()),
        *(f"absent {name}" for name in absent),
    ]
    return digest("\n".join([_SCHEME, *sorted(lines)]).encode("utf-8", "surrogatepass"))


def _is_ours(name: str) -> bool:
    """Leave out axtui itself: a new version of it does not make weeks of results stale; its methods do count."""
    return name == _OURS or (name.startswith(_OURS + ".") and not name.startswith(_OPEN))


def _could_be_there(name: str, modules: dict[str, Source]) -> bool:
    """Tell whether a file could come to define this name: a top-level one, or one below a package of the project."""
    parent = name.rpartition(".")[0]
    return not parent or (isinstance(home := modules.get(parent), Source) and home.is_package)
