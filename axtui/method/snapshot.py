"""A method's source with all that it imports from the project: hashed, run and stored as the same bytes.

The code digest is BLAKE2b over sorted lines `module <dotted name> <digest>`, `file <declared name> <digest>` and
`absent <dotted name>`, with a scheme version in front (identity.md). An absent name is one that the project could
shadow: a file added later under that name changes the digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from axtui.base.errors import MethodError
from axtui.base.records import digest
from axtui.method.sources import Broken, Source, Sources

_SCHEME = "axtui code 1"
_OURS = "axtui"
_OPEN = "axtui.standard_methods"


class BrokenSourceError(MethodError):
    """A source does not parse; `path` and `line` say where."""

    def __init__(self, broken: Broken) -> None:
        self.path = broken.path
        self.line = broken.line
        self.reason = broken.message
        super().__init__(f"{broken.path}:{broken.line}: {broken.message}")


@dataclass(frozen=True)
class Snapshot:
    """The bytes a method is made of, at one moment. `modules` and `files` are by dotted and by declared name."""

    module: str
    digest: str
    modules: dict[str, Source] = field(repr=False)
    files: dict[str, tuple[Path, bytes]] = field(repr=False)
    absent: tuple[str, ...] = field(repr=False)

    @cached_property
    def content(self) -> str:
        """The digest of the very bytes: two snapshots may differ in comments alone and have one `digest`."""
        parts = sorted((name, str(source.path), digest(source.data)) for name, source in self.modules.items())
        return digest(repr(parts).encode("utf-8", "surrogatepass"))

    @property
    def path(self) -> Path:
        """Where the module itself lies."""
        return self.modules[self.module].path


def take_snapshot(sources: Sources, module: str) -> Snapshot:
    """Follow a module's imports through the project.

    Raises:
        MethodError: The module is not there.
        BrokenSourceError: It, or something it imports from the project, does not parse.
    """
    parents = [module[:index] for index, char in enumerate(module) if char == "."]
    return _follow(sources, Snapshot(module, "", {}, {}, ()), [module, *parents])


def extend_snapshot(
    sources: Sources, base: Snapshot, modules: Sequence[str], files: Sequence[tuple[str, str]]
) -> Snapshot:
    """Add what a method declares in `depend_extra`; what the snapshot has already stays as it is.

    Args:
        sources: The project's files.
        base: The snapshot of the method's imports.
        modules: Declared modules, followed as if they were imported.
        files: Declared files by name and path, hashed byte by byte.

    Raises:
        MethodError: A declared file cannot be read.
        BrokenSourceError: A declared module does not parse.
    """
    if not modules and not files:
        return base
    read = {name: (Path(path), sources.read(Path(path))) for name, path in files}
    return _follow(sources, Snapshot(base.module, "", base.modules, read, base.absent), list(modules))


def _follow(sources: Sources, base: Snapshot, names: list[str]) -> Snapshot:
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
    code = _code_digest(modules, base.files, possible)
    return Snapshot(base.module, code, modules, base.files, possible)


def _code_digest(modules: dict[str, Source], files: dict[str, tuple[Path, bytes]], absent: Iterable[str]) -> str:
    lines = [
        *(f"module {name} {source.digest}" for name, source in modules.items()),
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
