"""The user's settings and keys: `settings.toml` and `keys.toml` in `~/.config/axtui`. What is wrong there is told.

settings.toml:

    theme = "axtui-light"     # any theme of the palette; without it the terminal decides
    ascii = false             # draw with ASCII characters alone
    lanes = 8                 # so many lanes at most in the job list, 1 to 20
    frames = 30               # so many pictures a second at most, 1 to 60
    notify_seconds = 60       # a build that took longer than this rings the bell when it ends; 0 never does
    osc9 = false              # and sends a desktop notification, where the terminal shows these (OSC 9)

keys.toml has the keys of an action by its id, as the help names them: `"build.run" = "b,f5"`.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from textual.binding import Binding
from textual.dom import DOMNode

from axtui.base.text import safe

SETTINGS, KEYS = "settings.toml", "keys.toml"
_NBYTES = 1 << 20
_KINDS: Mapping[str, tuple[str, tuple[type, ...]]] = {
    "str": ("text", (str,)), "float": ("a number", (int, float)), "int": ("a whole number", (int,)),
    "bool": ("true or false", (bool,)),
}  # fmt: skip
_RANGES = {"lanes": (1, 20), "frames": (1, 60)}


@dataclass(frozen=True)
class Settings:
    """What the user has set; the defaults are those of a user who has set nothing."""

    theme: str = ""
    ascii: bool = False
    lanes: int = 0
    frames: int = 30
    notify_seconds: float = 0.0
    osc9: bool = False


@dataclass(frozen=True)
class Read:
    """What a file of the user's says, and what is wrong with it, a sentence each."""

    values: Mapping[str, Any]
    wrong: tuple[str, ...] = ()


def config_directory(environment: Mapping[str, str] = os.environ) -> Path:
    """Return where a user's settings lie."""
    base = environment.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return Path(base) / "axtui"


def read_settings(directory: Path, themes: Iterable[str]) -> tuple[Settings, tuple[str, ...]]:
    """Read settings.toml. What cannot be used is left at its default, and told."""
    read = _read_toml(directory / SETTINGS)
    known = {field.name: field for field in fields(Settings)}
    values: dict[str, Any] = {}
    wrong = list(read.wrong)
    for name, value in read.values.items():
        problem = _problem(name, value, known, list(themes))
        if problem:
            wrong.append(f"settings.toml: {problem}")
        else:
            values[name] = value
    return Settings(**values), tuple(wrong)


def read_keys(directory: Path, actions: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Read keys.toml. An id that is unknown, or keys that are no text, are left out and told.

    Args:
        directory: Where it lies.
        actions: The keys of every action by its id.
    """
    read = _read_toml(directory / KEYS)
    wrong, keys = list(read.wrong), {}
    for name, value in read.values.items():
        if name not in actions:
            wrong.append(f"keys.toml: there is no action {name!r}{_nearest(name, actions)}")
        elif not isinstance(value, str) or not value.strip(" ,"):
            wrong.append(f"keys.toml: {name} is {value!r:.40}; wanted keys as text, as in {actions[name]!r}")
        else:
            keys[name] = ",".join(part.strip() for part in value.split(",") if part.strip())
    return keys, tuple(wrong)


def find_clashes(keys: Mapping[str, str], places: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    """Return which keys would mean two things in one place, a sentence each.

    Args:
        keys: The user's keys by action.
        places: For each screen or pane, the keys of its actions by id.
    """
    found: dict[str, None] = {}
    for place in places:
        of_key: dict[str, str] = {}
        for name, default in place.items():
            for key in keys.get(name, default).split(","):
                other = of_key.setdefault(key.strip(), name)
                if other != name and (other in keys or name in keys):
                    found[f"keys.toml: {key.strip()} is both {other} and {name}; it stays {other}"] = None
    return tuple(found)


def actions_of(node: type[DOMNode]) -> dict[str, str]:
    """Return the keys of each action of a screen or pane, by id."""
    return {binding.id: binding.key for binding in bindings_of(node) if binding.id}


def bindings_of(node: type[DOMNode]) -> list[Binding]:
    """Return the bindings of a screen or pane, those of the classes that it is made from first."""
    found = (kind.__dict__.get("BINDINGS", ()) for kind in reversed(node.__mro__))
    return [binding for bindings in found for binding in bindings if isinstance(binding, Binding)]


def _read_toml(path: Path) -> Read:
    try:
        if path.stat().st_size > _NBYTES:
            return Read({}, (f"{path.name}: it is larger than a megabyte and was not read",))
        return Read(tomllib.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return Read({})
    except OSError as error:
        return Read({}, (f"{path.name} cannot be read: {error.strerror}",))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return Read({}, (safe(f"{path.name} cannot be read: {error}"),))


def _problem(name: str, value: object, known: Mapping[str, Any], themes: list[str]) -> str:
    if name not in known:
        return f"there is no setting {name!r}{_nearest(name, known)}"
    wanted, kinds = _KINDS[str(known[name].type)]
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        return f"{name} is {value!r:.40}; wanted {wanted}"
    least, most = _RANGES.get(name, (0, 10**9))
    if isinstance(value, (int, float)) and not least <= value <= most:
        return f"{name} is {value!r:.40}; wanted {least} to {most:,}"
    if name == "theme" and value not in themes:
        return f"there is no theme {value!r}{_nearest(str(value), themes)}"
    return ""


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1, 0.5)
    return f"; did you mean {near[0]!r}?" if near else ""
