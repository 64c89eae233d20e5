"""`axtui.toml`: reading, checking, defaults. An unknown key is an error that names the nearest known one.

Where there is none, an `accelerator.conf` is read instead, see accelerator_conf.py.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from axtui.base.errors import RecordError, UserError
from axtui.base.files import read_limited
from axtui.base.ids import is_workdir_name
from axtui.base.text import is_utf8
from axtui.project import accelerator_conf
from axtui.project.limits import KEYS, Limits, parse_limits

FILE_NAME = "axtui.toml"
_FILE_NBYTES = 1 << 20
_KEYS: dict[str, type] = {
    "slices": int,
    "target": str,
    "input": str,
    "results": str,
    "parallel_jobs": int,
    "during_build": str,
    "workdirs": dict,
    "methods": dict,
    "limits": dict,
}
_RUNS = "runs"
_LEAST_NBYTES = 1 << 16
_METHOD_KEYS: dict[str, type] = {"packages": list, "depend_packages": list}


@dataclass(frozen=True)
class Project:
    """A project as configured. All paths are absolute."""

    root: Path
    slices: int
    target: str
    workdirs: dict[str, Path]
    input_directory: Path
    result_directory: Path
    source_directory: Path
    """What packages are looked for in, besides PYTHONPATH."""
    packages: tuple[str, ...]
    listed: tuple[str, ...]
    """Those packages whose methods are only the ones that their `methods.conf` lists."""
    parallel_jobs: int
    limits: Limits = field(default_factory=dict)
    """Of every method that says nothing else; see project/limits.py."""
    method_limits: dict[str, Limits] = field(default_factory=dict)
    """Of single methods, whatever they say themselves."""
    during_build: str = "restart"
    """What a save does while a build runs: "restart" it, "wait" for its end, or "ask"."""
    runs: str = ""
    """The workdir for runs of build scripts: the target, or one of the project's own where that can only be read."""
    depend_packages: tuple[str, ...] = ()
    """The packages, or "python", whose version is part of the key of every job."""

    def limits_for(self, method: str, declared: Limits) -> Limits:
        """Return what holds for a method: what the configuration says of it, else what it declares, else what the
        configuration says of all."""
        return {**self.limits, **declared, **self.method_limits.get(method, {})}

    @property
    def private(self) -> Path:
        """The directory for what is only this project's own: journal, socket, logs."""
        return self.root / ".axtui"

    @property
    def journal(self) -> Path:
        """The directory of the event journal."""
        return self.private / "journal"


def find_root(start: Path) -> Path:
    """Return the nearest directory at or above `start` that holds a configuration.

    Raises:
        UserError: There is none.
    """
    for directory in (start, *start.parents):
        if configuration_file(directory).is_file():
            return directory
    raise UserError(f"no {FILE_NAME} in {start} or above it; `axtui init` makes a project, `axtui demo` a full one")


def configuration_file(root: Path) -> Path:
    """Return the file that configures the project in a directory; whether it is there is not said."""
    theirs = root / accelerator_conf.FILE_NAME
    return theirs if theirs.is_file() and not (root / FILE_NAME).exists() else root / FILE_NAME


def read_configuration(root: Path) -> bytes:
    """Return what the configuration of a directory says; nothing where it cannot be read."""
    try:
        return configuration_file(root).read_bytes()
    except OSError:
        return b""


def read_project(root: Path) -> Project:
    """Read the configuration of the project in a directory.

    Raises:
        UserError: It cannot be read, or asks for something that cannot be; the message names file and key.
    """
    check_path(root.resolve())
    path = configuration_file(root)
    parse = parse_project if path.name == FILE_NAME else _parse_accelerator_project
    try:
        return _with_runs(parse(read_limited(path, _FILE_NBYTES).decode("utf-8"), root.resolve()))
    except FileNotFoundError:
        raise UserError(f"there is no {path}") from None
    except (OSError, RecordError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise UserError(f"{path}: {error}") from None
    except UserError as error:
        raise UserError(f"{path}: {error}") from None


def check_path(path: Path) -> Path:
    """Return a path that records can hold as text, so that what another machine reads there is the same.

    Raises:
        UserError: It has bytes that are not UTF-8.
    """
    if not is_utf8(str(path)):
        raise UserError(f"the path {str(path)!r} is not UTF-8; wanted a directory with another name")
    return path


def can_be_written(workdir: Path) -> bool:
    """Tell whether new jobs have a place: the workdir can be written, and its disk is not full; or it can be made."""
    if not workdir.exists():
        return True
    found = os.statvfs(workdir)
    return os.access(workdir, os.W_OK | os.X_OK) and found.f_bavail * found.f_frsize >= _LEAST_NBYTES


def _with_runs(project: Project) -> Project:
    """Let build scripts run, and reuse what there is, where the target cannot be written: their runs are jobs too."""
    place, name = project.private / _RUNS, _RUNS
    while name in project.workdirs:
        name += "-"
    is_needed = not can_be_written(project.workdirs[project.target])
    if not is_needed and not place.is_dir():
        return project
    runs = name if is_needed else project.target
    return replace(project, workdirs={**project.workdirs, name: place}, runs=runs)


def parse_project(text: str, root: Path) -> Project:
    """Read a configuration text for a project that lies in `root`.

    Raises:
        UserError: A key or value is not one that can be.
        tomllib.TOMLDecodeError: It is not TOML.
    """
    return _make_project(tomllib.loads(text), root)


def _parse_accelerator_project(text: str, root: Path) -> Project:
    conf = accelerator_conf.parse_accelerator_conf(text, os.environ)
    home = _path(root, conf.project_directory)
    made = _make_project(conf.values, home)
    for name, path in made.workdirs.items():
        if home.is_relative_to(path):
            raise UserError(f"the project {home} lies in the workdir {name!r} ({path})")
    return replace(made, root=root, listed=conf.listed)


def _make_project(values: dict[str, Any], root: Path) -> Project:
    _check_keys(values, _KEYS, "")
    slices = _positive(values, "slices", os.cpu_count() or 1)
    workdirs = _read_workdirs(values.get("workdirs", {"dev": "workdirs/dev"}), root)
    target = values.get("target", next(iter(workdirs)))
    if target not in workdirs:
        raise UserError(f"target is {target!r}, but the workdirs are {', '.join(workdirs)}")
    methods = values.get("methods", {})
    _check_keys(methods, _METHOD_KEYS, "methods.")
    limits, method_limits = _read_limits(values.get("limits", {}))
    return Project(
        root=root,
        slices=slices,
        target=target,
        workdirs=workdirs,
        runs=target,
        input_directory=_path(root, values.get("input", ".")),
        result_directory=_path(root, values.get("results", "results")),
        source_directory=root,
        packages=_read_packages(methods.get("packages", [])),
        listed=(),
        parallel_jobs=_positive(values, "parallel_jobs", max(1, os.cpu_count() or 1)),
        during_build=_one_of(values, "during_build", ("restart", "wait", "ask")),
        limits=limits,
        method_limits=method_limits,
        depend_packages=_read_texts(methods.get("depend_packages", [])),
    )


def _check_keys(values: dict[str, Any], known: dict[str, type], where: str) -> None:
    for key, value in values.items():
        if key not in known:
            import difflib

            near = difflib.get_close_matches(key, known, n=1, cutoff=0.0)[0]
            raise UserError(f"unknown key {where + key!r}; the nearest known one is {where + near!r}")
        if type(value) is not known[key]:
            raise UserError(f"{where}{key} is {value!r}; wanted {_nouns[known[key]]}")


_nouns: dict[type, str] = {int: "a whole number", str: "a string", dict: "a table", list: "a list of strings"}


def _one_of(values: dict[str, Any], key: str, known: tuple[str, ...]) -> str:
    """Return a word of the configuration; the first of those it may be is the default."""
    value = str(values.get(key, known[0]))
    if value not in known:
        raise UserError(f"{key} is {value!r}; wanted {', '.join(known[:-1])} or {known[-1]}")
    return value


def _positive(values: dict[str, Any], key: str, default: int) -> int:
    value = values.get(key, default)
    if value < 1:
        raise UserError(f"{key} is {value}; wanted at least 1")
    return int(value)


def _read_workdirs(values: dict[str, Any], root: Path) -> dict[str, Path]:
    if not values:
        raise UserError('workdirs is empty; wanted at least one line like dev = "workdirs/dev"')
    workdirs: dict[str, Path] = {}
    for name, text in values.items():
        if not is_workdir_name(name):
            raise UserError(f"the workdir name {name!r} has characters other than letters, digits, '.', '_' and '-'")
        if not isinstance(text, str):
            raise UserError(f"workdirs.{name} is {text!r}; wanted a path")
        path = _path(root, text)
        if path in workdirs.values():
            raise UserError(f"two workdirs have the same path {path}")
        workdirs[name] = path
    return workdirs


def _read_packages(values: list[Any]) -> tuple[str, ...]:
    for value in values:
        if not isinstance(value, str) or not all(part.isidentifier() for part in value.split(".")):
            raise UserError(f"methods.packages has {value!r}; wanted the name of a package")
    if len(set(values)) != len(values):
        raise UserError("methods.packages names a package twice")
    return tuple(values)


def _read_limits(values: dict[str, Any]) -> tuple[Limits, dict[str, Limits]]:
    """Read `[limits]`, where a table is of the method that it is named after."""
    tables = {key: value for key, value in values.items() if isinstance(value, dict) and key not in KEYS}
    plain = {key: value for key, value in values.items() if key not in tables}
    try:
        of_methods = {name: parse_limits(table, f"limits.{name}.") for name, table in tables.items()}
        return parse_limits(plain, "limits."), of_methods
    except ValueError as error:
        raise UserError(str(error)) from None


def _read_texts(values: list[Any]) -> tuple[str, ...]:
    for value in values:
        if not isinstance(value, str) or not value:
            raise UserError(f"methods.depend_packages has {value!r}; wanted a package's name, or python")
    return tuple(dict.fromkeys(values))


def _path(root: Path, text: str) -> Path:
    return check_path(Path(os.path.normpath(root / os.path.expanduser(text))))
