"""A method's source with all that it imports from the project: hashed, run and stored as the same bytes.

The code digest is BLAKE2b over sorted lines `module <dotted name> <digest>`, `file <declared name> <digest>` and
`absent <dotted name>`, with a scheme version in front (identity.md). An absent name is one that the project could
shadow: a file added later under that name changes the digest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
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

    @property
    def path(self) -> Path:
        """Where the module itself lies."""
        return self.modules[self.module].path


def take_snapshot(
    sources: Sources, module: str, extra_modules: Iterable[str] = (), extra_files: Iterable[tuple[str, str]] = ()
) -> Snapshot:
    """Follow a module's imports through the project.

    Args:
        sources: The project's files.
        module: The dotted name to start from.
        extra_modules: Declared modules (`depend_extra`), followed as if they were imported.
        extra_files: Declared files by name and path, hashed byte by byte.

    Raises:
        MethodError: The module is not there, or a declared file cannot be read.
        BrokenSourceError: It, or something it imports from the project, does not parse.
    """
    modules, absent = _close(sources, module, extra_modules)
    files = {name: (Path(path), sources.read(Path(path))) for name, path in extra_files}
    lines = [
        *(f"module {name} {source.digest}" for name, source in modules.items()),
        *(f"file {name} {digest(data)}" for name, (_, data) in files.items()),
        *(f"absent {name}" for name in absent),
    ]
    text = "\n".join([_SCHEME, *sorted(lines)])
    return Snapshot(module, digest(text.encode("utf-8", "surrogatepass")), modules, files, tuple(sorted(absent)))


def _close(sources: Sources, module: str, extra: Iterable[str]) -> tuple[dict[str, Source], set[str]]:
    modules: dict[str, Source] = {}
    absent: set[str] = set()
    parents = [module[: index] for index, char in enumerate(module) if char == "."]
    pending = [module, *parents, *extra]
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
        elif name == module:
            raise MethodError(f"there is no module {module} in {', '.join(map(str, sources.roots))}")
        elif _could_be_there(name, modules):
            absent.add(name)
    return modules, absent


def _is_ours(name: str) -> bool:
    """Leave out axtui itself: a new version of it does not make weeks of results stale; its methods do count."""
    return name == _OURS or (name.startswith(_OURS + ".") and not name.startswith(_OPEN))


def _could_be_there(name: str, modules: dict[str, Source]) -> bool:
    """Tell whether a file could come to define this name: a top-level one, or one below a package of the project."""
    parent = name.rpartition(".")[0]
    return not parent or (isinstance(home := modules.get(parent), Source) and home.is_package)
