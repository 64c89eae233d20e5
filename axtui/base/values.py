"""Typed values as JSON and back: what options may be on a wire, in a record, in an identity.

JSON's own types stand for themselves; the others are an object with one key that starts with `$`:
`{"$set": [...]}` (sorted by its canonical form), `{"$datetime": "2020-01-02T03:04:05"}`, `{"$date": ...}`,
`{"$time": ...}`, `{"$timedelta": [days, seconds, microseconds]}`, `{"$path": ...}`, `{"$purepath": ...}`,
`{"$float": "nan"}`, `{"$ordered": [[key, value], ...]}` (an OrderedDict), `{"$dict": [[key, value], ...]}` (a dict
with keys that are not plain text), `{"$file": [job, name, sliced, extra]}` (a file of a job). A tuple is a list.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path, PurePath
from typing import Any, NamedTuple

from axtui.base.errors import AxtuiError, RecordError
from axtui.base.records import format_canonical

_DEEPEST = 64
_PLAIN = frozenset({str, int, bool, type(None)})
"""Types of values that stand for themselves, whatever they are."""


class FileReference(NamedTuple):
    """A file of a job, as a value of an option: see `axtui.JobWithFile`, which adds reading it."""

    job: str
    name: str
    sliced: bool = False
    extra: Any = None

    def __repr__(self) -> str:
        more = [f"{key}={value!r}" for key, value in (("sliced", self.sliced), ("extra", self.extra)) if value]
        return f"JobWithFile({', '.join([repr(str(self.job)), repr(self.name), *more])})"


_extra: dict[type, tuple[str, Callable[[Any], Any]]] = {}


def register_type(kind: type, tag: str, encode: Callable[[Any], Any], decode: Callable[[Any], Any]) -> None:
    """Let values of one more type travel, as `{tag: encode(value)}`; subclasses travel as it does."""
    _extra[kind] = (tag, encode)
    _DECODERS[tag] = decode


def encode_value(value: Any, depth: int = 0) -> Any:
    """Return a value as JSON.

    Raises:
        TypeError: It holds something that no option can be.
    """
    if depth > _DEEPEST:
        raise TypeError(f"nested more than {_DEEPEST} deep")
    if type(value) in _PLAIN:
        return value
    for kind, (tag, encode) in _extra.items():
        if isinstance(value, kind):
            return {tag: encode(value)}
    match value:
        case None | bool():
            return value
        case int():
            return int(value)
        case float():
            return float(value) if math.isfinite(value) else {"$float": repr(float(value))}
        case str():
            return str(value)
        case dict():
            return _encode_dict(value, depth)
        case list() | tuple():
            return [encode_value(item, depth + 1) for item in value]
        case set() | frozenset():
            _refuse_nested(value, "an element of a set")
            return {"$set": sorted((encode_value(item, depth + 1) for item in value), key=format_canonical)}
        case datetime():
            return {"$datetime": value.isoformat()}
        case date() | time():
            return {f"${type(value).__name__}": value.isoformat()}
        case timedelta():
            return {"$timedelta": [value.days, value.seconds, value.microseconds]}
        case PurePath():
            return {"$path" if isinstance(value, Path) else "$purepath": str(value)}
    raise TypeError(f"{type(value).__name__} is not supported in data: {value!r:.80}")


def decode_value(value: Any) -> Any:
    """Return what `encode_value` was given; tuples come back as lists.

    Raises:
        RecordError: A `$` object is not one that `encode_value` writes, or the value is nested too deep.
    """
    try:
        return _decode(value)
    except RecursionError:
        raise RecordError("not a typed value: nested too deep") from None


def _decode(value: Any) -> Any:
    if isinstance(value, list):
        return [_decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (key, inner), *_ = value.items()
        if key.startswith("$"):
            try:
                return _DECODERS[key](inner)
            except (KeyError, TypeError, ValueError, OverflowError, AxtuiError) as error:
                raise RecordError(f"not a typed value: {key}: {error}") from None
    return {key: item if type(item) in _PLAIN else _decode(item) for key, item in value.items()}


def _refuse_nested(values: Iterable[Any], what: str) -> None:
    """Refuse what would come back as a list or a set, which nothing can be looked up by."""
    for value in values:
        if isinstance(value, (tuple, frozenset)) and not isinstance(value, FileReference):
            raise TypeError(f"{type(value).__name__} is not supported in data as {what}: {value!r:.80}")


def _encode_dict(value: dict[Any, Any], depth: int) -> Any:
    _refuse_nested(value, "a key")
    pairs = [[encode_value(key, depth + 1), encode_value(item, depth + 1)] for key, item in value.items()]
    if isinstance(value, OrderedDict):
        return {"$ordered": pairs}
    if all(isinstance(key, str) and not key.startswith("$") for key in value):
        return dict(pairs)
    return {"$dict": sorted(pairs, key=format_canonical)}


def _pairs(items: list[list[Any]]) -> list[tuple[Any, Any]]:
    return [(_decode(key), _decode(item)) for key, item in items]


_DECODERS: dict[str, Callable[[Any], Any]] = {
    "$set": lambda items: {_decode(item) for item in items},
    "$datetime": datetime.fromisoformat,
    "$date": date.fromisoformat,
    "$time": time.fromisoformat,
    "$timedelta": lambda parts: timedelta(*parts),
    "$path": Path,
    "$purepath": PurePath,
    "$float": float,
    "$ordered": lambda items: OrderedDict(_pairs(items)),
    "$dict": lambda items: dict(_pairs(items)),
}


def encode_file(file: FileReference) -> list[Any]:
    """Return a file of a job as it travels; who decodes it may give a class of his own."""
    return [str(file.job), file.name, file.sliced, encode_value(file.extra)]


def _decode_file(parts: list[Any]) -> FileReference:
    job, name, sliced, extra = parts
    return FileReference(job, name, sliced, _decode(extra))


register_type(FileReference, "$file", encode_file, _decode_file)
