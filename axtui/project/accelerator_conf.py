"""`accelerator.conf`, so that a project written for the Accelerator opens: read into what `axtui.toml` would say.

A line is `key: value`, or `key:` followed by indented values; `#` begins a comment, words are quoted as in a shell, and
`${VAR}` and `${VAR=DEFAULT}` stand for environment variables. `listen`, `board listen`, `urd` and `interpreters` mean
nothing here and are passed over; so are packages of the Accelerator's own, for axtui brings the standard methods.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from axtui.base.errors import UserError

FILE_NAME = "accelerator.conf"
_VARIABLE = re.compile(r"\$\{([^}=]*)(?:=([^}]*))?\}")


class _Key(NamedTuple):
    fewest: int
    most: int
    wanted: str
    is_many: bool = False


_KEYS = {
    "slices": _Key(1, 1, "a whole number"),
    "workdirs": _Key(2, 2, "a name and a path", is_many=True),
    "target workdir": _Key(1, 1, "the name of a workdir"),
    "method packages": _Key(1, 2, "a package, and auto-discover or nothing", is_many=True),
    "listen": _Key(1, 1, "a path or host:port"),
    "board listen": _Key(1, 1, "a path or host:port"),
    "urd": _Key(1, 2, "local or remote, and a path or host:port"),
    "result directory": _Key(1, 1, "a path"),
    "input directory": _Key(1, 1, "a path"),
    "project directory": _Key(1, 1, "a path"),
    "interpreters": _Key(2, 2, "a name and a path", is_many=True),
}
_REQUIRED = ("slices", "workdirs", "method packages")
_THEIR_OWN = ("accelerator.", "axtui.")


class _Line(NamedTuple):
    number: int
    words: list[str]


@dataclass(frozen=True)
class AcceleratorConf:
    """What an `accelerator.conf` says.

    Attributes:
        values: The same as `axtui.toml` would have it.
        listed: Those packages whose methods are only the ones that their `methods.conf` lists.
        project_directory: Where packages are looked for and what paths are relative to, itself relative to the file.
    """

    values: dict[str, Any]
    listed: tuple[str, ...]
    project_directory: str


def parse_accelerator_conf(text: str, environment: Mapping[str, str]) -> AcceleratorConf:
    """Read a configuration text.

    Raises:
        UserError: A line is not one that can be; the message begins with its number.
    """
    found = _read_keys(text, environment)
    for key in _REQUIRED:
        if not found.get(key):
            raise UserError(f"there is no {key!r}; wanted {_KEYS[key].wanted}")
    single = {key: lines[0] for key, lines in found.items() if lines and not _KEYS[key].is_many}
    workdirs = _read_workdirs(found["workdirs"])
    packages = _read_packages(found["method packages"])
    values = {
        "slices": _read_slices(single["slices"]),
        "workdirs": workdirs,
        "target": _read_target(single.get("target workdir"), workdirs),
        "input": _word(single, "input directory"),
        "results": _word(single, "result directory"),
        "methods": {"packages": list(packages)},
    }
    listed = tuple(package for package, discovers in packages.items() if not discovers)
    return AcceleratorConf(values, listed, _word(single, "project directory"))


def _read_keys(text: str, environment: Mapping[str, str]) -> dict[str, list[_Line]]:
    found: dict[str, list[_Line]] = {}
    key = ""
    for number, line in enumerate(text.splitlines(), 1):
        words = _split(number, line)
        if not words:
            continue
        if not line[0].isspace():
            key, line = _read_key(number, line, found)
            words = _split(number, line)
        elif not key:
            raise UserError(f"line {number}: {line.strip()!r} is indented, but no key is above it")
        if words:
            words = [_expand(number, word, environment) for word in words]
            found[key].append(_check_line(key, _Line(number, words), found[key]))
    return found


def _read_key(number: int, line: str, found: dict[str, list[_Line]]) -> tuple[str, str]:
    """Take the key from the beginning of a line; return it with the rest."""
    key, colon, rest = line.partition(":")
    key = key.strip()
    if not colon:
        raise UserError(f"line {number}: {line.strip()!r} has no colon; wanted `key: value`")
    if key not in _KEYS:
        import difflib

        near = difflib.get_close_matches(key, _KEYS, n=1, cutoff=0.0)[0]
        raise UserError(f"line {number}: unknown key {key!r}; the nearest known one is {near!r}")
    if key in found and not _KEYS[key].is_many:
        raise UserError(f"line {number}: {key!r} stands twice")
    found.setdefault(key, [])
    return key, rest


def _check_line(key: str, line: _Line, before: list[_Line]) -> _Line:
    known = _KEYS[key]
    if before and not known.is_many:
        raise UserError(f"line {line.number}: {key!r} has a second value {line.words[0]!r}; wanted {known.wanted}")
    if not known.fewest <= len(line.words) <= known.most:
        raise UserError(f"line {line.number}: {key!r} has {shlex.join(line.words)!r}; wanted {known.wanted}")
    return line


def _split(number: int, line: str) -> list[str]:
    try:
        return shlex.split(line, comments=True)
    except ValueError as error:
        raise UserError(f"line {number}: {line.strip()!r}: {str(error).lower()}") from None


def _expand(number: int, word: str, environment: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        found = environment.get(match[1], match[2])
        if found is None:
            raise UserError(f"line {number}: the environment has no {match[1]!r}; wanted it set, or ${{{match[1]}=…}}")
        return found

    return _VARIABLE.sub(value, word)


def _read_slices(line: _Line) -> int:
    if not re.fullmatch(r"[0-9]+", line.words[0]) or int(line.words[0]) < 1:
        raise UserError(f"line {line.number}: slices is {line.words[0]!r}; wanted a whole number, at least 1")
    return int(line.words[0])


def _read_workdirs(lines: list[_Line]) -> dict[str, str]:
    workdirs: dict[str, str] = {}
    for number, (name, path) in lines:
        if workdirs.get(name, path) != path:
            raise UserError(f"line {number}: the workdir {name!r} has two paths, {workdirs[name]!r} and {path!r}")
        workdirs[name] = path
    return workdirs


def _read_target(line: _Line | None, workdirs: dict[str, str]) -> str:
    if line is None:
        return next(iter(workdirs))
    if line.words[0] not in workdirs:
        there = ", ".join(workdirs)
        raise UserError(f"line {line.number}: target workdir is {line.words[0]!r}, but the workdirs are {there}")
    return line.words[0]


def _read_packages(lines: list[_Line]) -> dict[str, bool]:
    """Return for each package whether every `a_*.py` in it is a method."""
    packages: dict[str, bool] = {}
    for number, (package, *how) in lines:
        if how not in ([], ["auto-discover"]):
            raise UserError(f"line {number}: after the package {package!r} stands {how[0]!r}; wanted auto-discover")
        if package in packages:
            raise UserError(f"line {number}: the package {package!r} stands twice")
        if not package.startswith(_THEIR_OWN):
            packages[package] = bool(how)
    return packages


def _word(single: dict[str, _Line], key: str) -> str:
    return single[key].words[0] if key in single else "."
