"""What a job may take, and how often it is tried again: said in a method's source or in the configuration.

Limits are a mapping that has only what is limited: `memory` in bytes, over all processes of a job; `seconds` of the
whole job; `retries`, how often a job that failed is tried again.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

Limits = dict[str, float]
KEYS = ("memory", "seconds", "retries")
_LEAST_NBYTES = 10**6
"""Who asks for less has meant another unit."""
_MOST_RETRIES = 100
_UNITS = {
    "B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
    "TiB": 1 << 40,
}  # fmt: skip
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]+)")
_FOLDED = {name.lower(): nbytes for name, nbytes in _UNITS.items()}


def parse_limits(values: Mapping[str, Any], where: str = "") -> Limits:
    """Read limits as people write them: `memory` as "2GB" or in bytes, the others as numbers.

    Args:
        values: What was written.
        where: What stands before a key in a message.

    Raises:
        ValueError: A key is not known, or a value cannot be; the message names both, and the nearest known key.
    """
    for key in values:
        if key not in KEYS:
            import difflib

            near = difflib.get_close_matches(str(key), KEYS, n=1, cutoff=0.0)[0]
            raise ValueError(f"unknown key {where + str(key)!r}; the nearest known one is {where + near!r}")
    readers = {"memory": _parse_memory, "seconds": _parse_seconds, "retries": _parse_retries}
    return {key: readers[key](where + key, values[key]) for key in KEYS if key in values}


def tell_unknown(limits: Iterable[str], methods: Collection[str], file: str) -> list[str]:
    """Say which limits of a configuration file are for methods that do not exist; a method may come later."""
    found = []
    for name in limits:
        if name not in methods:
            import difflib

            near = difflib.get_close_matches(name, methods, n=1)
            nearest = f"; the nearest one is {near[0]!r}" if near else ""
            found.append(f"{file}: limits.{name} is for a method {name!r}, which does not exist{nearest}")
    return found


def limits_of(limits: Mapping[str, float]) -> Limits:
    """Return what limits one attempt of a job, without how often there is another."""
    return {key: value for key, value in limits.items() if key != "retries"}


def format_limit(key: str, value: float) -> str:
    """Write a limit for people: "2 GB", "600 s"."""
    return f"{value:g} s" if key == "seconds" else _format_memory(int(value))


def tell_limits(setup: Mapping[str, Any]) -> list[str]:
    """Say from a job's order what limits it, and which attempt it is; nothing where that cannot be read."""
    try:
        limits = parse_limits(setup.get("limits") or {})
        told = [f"{key} {format_limit(key, value)}" for key, value in limits_of(limits).items()]
        attempt = [int(number) for number in setup.get("attempt") or ()]
    except (ValueError, TypeError, AttributeError, OverflowError):
        return []
    return [*told, *([format_attempt(*attempt)] if len(attempt) == 2 else [])]


def format_attempt(attempt: int, attempts: int) -> str:
    """Write which attempt of how many a job is."""
    return f"attempt {attempt} of {attempts}"


def _parse_memory(name: str, value: Any) -> int:
    match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    unit = _FOLDED.get(match[2].lower(), 0) if match else 0
    nbytes = round(float(match[1]) * unit) if match else value
    if not isinstance(nbytes, int) or isinstance(nbytes, bool) or (match and not unit):
        raise ValueError(f'{name} is {value!r:.40}; wanted a size like "2GB", or a number of bytes')
    if nbytes < _LEAST_NBYTES:
        raise ValueError(f"{name} is {value!r:.40}; wanted at least {_format_memory(_LEAST_NBYTES)}")
    return nbytes


def _parse_seconds(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not (value > 0 and math.isfinite(value)):
        raise ValueError(f"{name} is {value!r:.40}; wanted a number of seconds above 0")
    return float(value)


def _parse_retries(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_RETRIES:
        raise ValueError(f"{name} is {value!r:.40}; wanted a whole number from 0 to {_MOST_RETRIES}")
    return value


def _format_memory(nbytes: int) -> str:
    """Write a size in the largest unit that it fills, in powers of two where it was given so."""
    is_binary = nbytes % (1 << 20) == 0 and nbytes % 10**6 != 0
    names = [name for name in _UNITS if name.endswith("iB") == is_binary or name == "B"]
    name = [each for each in names if _UNITS[each] <= nbytes][-1]
    return f"{nbytes / _UNITS[name]:.4g} {name}"
