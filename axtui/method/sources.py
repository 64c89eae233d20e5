"""Project files as they are now: read once, parsed once, remembered by what stat says of them.

A file that was read within two seconds of its last change is read again, because an edit of the same size in the same
tick of the clock cannot be told from its predecessor by stat, however much later one looks. The time of the last change
of the inode counts too: nobody can put that back.
"""

from __future__ import annotations

import ast
import importlib.machinery
import os
from dataclasses import dataclass
from pathlib import Path

from axtui.base.errors import MethodError
from axtui.base.files import changed_ns, full_stamp, is_fresh, stamp_from
from axtui.base.records import digest
from axtui.method.declared import DeclarationError, Own, own_form, reaches_options
from axtui.method.editable import editable_home
from axtui.method.imports import imported_modules
from axtui.method.syntax import module_digest

_OURS = Path(__file__).resolve().parents[2]
_EXTENSIONS = importlib.machinery.EXTENSION_SUFFIXES
"""What Python looks for before it looks for source."""


@dataclass(frozen=True)
class Source:
    """A project module as read: what is hashed, compiled and stored."""

    module: str
    path: Path
    data: bytes
    digest: str
    """Digest of its normalised form; of its bytes where it is no Python source."""
    imports: tuple[str, ...]
    is_package: bool
    own: Own | None = None
    """What it is as a method; None where its name says that it is none."""
    reaches_options: bool = True
    """Whether it could get at the options of the job that uses it without being given them."""

    @property
    def told(self) -> str:
        """The digest that is kept with a stored source: of a method without what is only said to people."""
        return self.own.quiet if self.own else self.digest


@dataclass(frozen=True)
class Broken:
    """A project module that does not parse."""

    module: str
    path: Path
    line: int
    message: str


class Sources:
    """The modules below some root directories, the first root that has a module being its home.

    axtui's own modules are looked for where axtui lies, and nothing else is. What no root has may come from an editable
    install; see method/editable.py.
    """

    def __init__(self, roots: tuple[Path, ...]) -> None:
        self.roots = roots
        self._contents: dict[Path, tuple[list[int], bytes]] = {}
        self._parsed: dict[Path, tuple[bytes, Source | Broken]] = {}
        self._listings: dict[Path, frozenset[str]] = {}
        self._seen: dict[str, Source | Broken | None] = {}
        self._homes: dict[str, Path | None] = {}

    def rescan(self) -> None:
        """Forget what was looked at; from now on every file is looked at once more when it is asked for."""
        self._seen.clear()
        self._listings.clear()

    def find(self, module: str) -> Source | Broken | None:
        """Return the project module of a dotted name, or None where the project has none."""
        if module not in self._seen:
            self._seen[module] = self._look(module)
        return self._seen[module]

    def roots_of(self, module: str) -> tuple[Path, ...]:
        """Return the directories below which a module may lie."""
        return (_OURS,) if module.partition(".")[0] == "axtui" else self.roots

    def list(self, directory: Path) -> frozenset[str]:
        """Return the names in a directory; none where it cannot be read."""
        found = self._listings.get(directory)
        if found is None:
            try:
                found = frozenset(os.listdir(directory))
            except OSError:
                found = frozenset()
            self._listings[directory] = found
        return found

    def read(self, path: Path) -> bytes:
        """Return a file's bytes, read again only where it may have changed.

        Raises:
            MethodError: It cannot be read.
        """
        known = self._contents.get(path)
        if known is not None and known[0] and known[0] == full_stamp(path):
            return known[1]
        data, stamp = _read(path)
        if known is not None and known[1] == data:
            data = known[1]
        self._contents[path] = ([] if is_fresh(changed_ns(stamp)) else stamp, data)
        return data

    def files(self) -> tuple[Path, ...]:
        """Return every file that was ever read."""
        return tuple(self._contents)

    def _look(self, module: str) -> Source | Broken | None:
        *parents, last = module.split(".")
        for root in self.roots_of(module):
            found = self._look_in(root.joinpath(*parents), last, module)
            if found is not None:
                return found
        home = self._home(module.partition(".")[0])
        if home is None:
            return None
        if parents:
            return self._look_in(home.joinpath(*parents[1:]), last, module)
        if "__init__.py" in self.list(home):
            return self._load(home / "__init__.py", module, True)
        return self._load(home, module, False) if home.suffix in (".py", ".so") else None

    def _look_in(self, directory: Path, last: str, module: str) -> Source | Broken | None:
        names = self.list(directory)
        if last in names and "__init__.py" in self.list(directory / last):
            return self._load(directory / last / "__init__.py", module, True)
        for suffix in (*_EXTENSIONS, ".py"):
            if last + suffix in names:
                return self._load(directory / (last + suffix), module, False)
        return None

    def _home(self, top: str) -> Path | None:
        """Return where a top-level module lies that an editable install has."""
        if top not in self._homes:
            self._homes[top] = None  # whoever is asked may ask here
            self._homes[top] = editable_home(top)
        return self._homes[top]

    def _load(self, path: Path, module: str, is_package: bool) -> Source | Broken:
        data = self.read(path)
        known = self._parsed.get(path)
        if known is None or known[0] is not data:
            known = (data, parse_source(path, module, is_package, data))
            self._parsed[path] = known
        return known[1]


def _read(path: Path) -> tuple[bytes, list[int]]:
    try:
        with open(path, "rb") as handle:
            info = os.fstat(handle.fileno())
            return handle.read(), stamp_from(info)
    except OSError as error:
        raise MethodError(f"{path} cannot be read: {error.strerror}") from None


def parse_source(path: Path, module: str, is_package: bool, data: bytes) -> Source | Broken:
    """Take a source for the module of a dotted name, as it is to be found at a path."""
    if path.suffix != ".py":
        return Source(module, path, data, digest(data), (), False)
    try:
        tree = ast.parse(data, filename=str(path))
    except SyntaxError as error:
        return Broken(module, path, error.lineno or 0, error.msg or "invalid syntax")
    except (ValueError, RecursionError, MemoryError) as error:
        return Broken(module, path, 0, str(error) or "nested too deep")
    try:
        own = own_form(tree) if path.name.startswith("a_") else None
    except DeclarationError as error:
        return Broken(module, path, error.line, str(error))
    imports = imported_modules(tree, module, is_package)
    return Source(module, path, data, module_digest(tree), imports, is_package, own, reaches_options(tree))
