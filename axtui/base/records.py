"""JSON records: read strictly, written canonically. What comes from a disk or a socket may be hostile.

A record that cannot be read raises RecordError and nothing else, whatever its bytes are.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable
from json import encoder
from pathlib import Path
from typing import Any

from axtui.base.errors import RecordError
from axtui.base.files import read_limited

RECORD_NBYTES = 1 << 20
"""The largest record that is read, in bytes."""

Record = dict[str, Any]
_EXACT = frozenset({str, int, bool})
"""Types whose equal values have one form as JSON; of floats 0.0 and -0.0 are equal and have two."""


def _writer(item_separator: str, key_separator: str, sort_keys: bool) -> Callable[[Any], str]:
    """Return what writes a value as JSON: Python's encoder in C, made once rather than, as Python does, for each value.

    A value that holds itself is a RecursionError; NaN and infinity are a ValueError.
    """
    plain = json.JSONEncoder(sort_keys=sort_keys, separators=(item_separator, key_separator), allow_nan=False)
    make = getattr(encoder, "c_make_encoder", None)
    if make is None:
        return plain.encode
    ascii_only = encoder.encode_basestring_ascii
    encode = make(None, plain.default, ascii_only, None, key_separator, item_separator, sort_keys, False, False)
    return lambda value: "".join(encode(value, 0))


_write = _writer(",", ":", sort_keys=False)
_write_readable = _writer(", ", ": ", sort_keys=False)
_write_canonical = _writer(",", ":", sort_keys=True)


def parse_record(data: bytes) -> Record:
    """Parse one JSON object.

    Raises:
        RecordError: It is not JSON, not an object, nested too deep, or has a number that is not finite or a key twice.
    """
    return _parse(_STRICT, data)


def parse_message(data: bytes) -> Record:
    """Parse one JSON object from a process of the same user, several times faster: a key that stands twice counts once.

    Raises:
        RecordError: It is not JSON, not an object, nested too deep, or has NaN or infinity by name.
    """
    return _parse(_LENIENT, data)


def _parse(decoder: json.JSONDecoder, data: bytes) -> Record:
    try:
        value = decoder.decode(data.decode("utf-8"))
    except RecordError:
        raise
    except (ValueError, RecursionError, MemoryError) as error:
        raise RecordError(f"not a JSON record: {error}") from None
    if not isinstance(value, dict):
        raise RecordError(f"a record is a JSON object, found {type(value).__name__}")
    return value


def read_record(path: str | Path, limit: int = RECORD_NBYTES) -> Record:
    """Read a file that holds one JSON object.

    Raises:
        RecordError: The content is no record; the message names the file.
        OSError: The file cannot be read.
    """
    data = read_limited(path, limit)
    try:
        return parse_record(data)
    except RecordError as error:
        raise RecordError(f"{path}: {error}") from None


def format_record(value: Record) -> bytes:
    """Write a JSON object as ASCII on one line, keys in the order they have.

    Raises:
        ValueError: It holds NaN or infinity, which JSON cannot.
    """
    return _write(value).encode("ascii")


def format_lines(value: Record) -> bytes:
    """Write a JSON object as ASCII for people too, a key a line.

    Raises:
        ValueError: It holds NaN or infinity, which JSON cannot.
    """
    lines = (f"{_write(key)}: {_write_readable(item)}" for key, item in value.items())
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode("ascii")


def format_canonical(value: Any) -> bytes:
    """Write any JSON value in its one canonical form: sorted keys, no spaces. This is what digests are taken of."""
    return _write_canonical(value).encode("ascii")


def is_same(value: Any, other: Any) -> bool:
    """Tell whether two JSON values have one canonical form, where 1, 1.0 and true are three values."""
    kind = type(value)
    if value is other or kind is not type(other):
        return value is other
    return bool(value == other) if kind in _EXACT else format_canonical(value) == format_canonical(other)


def digest(data: bytes) -> str:
    """Return the BLAKE2b digest of some bytes, 32 bytes as hex."""
    return hashlib.blake2b(data, digest_size=32).hexdigest()


def digest_of(value: Any) -> str:
    """Return the digest of a JSON value in canonical form."""
    return digest(format_canonical(value))


def _unique(pairs: list[tuple[str, Any]]) -> Record:
    result = dict(pairs)
    if len(result) != len(pairs):
        keys = [key for key, _ in pairs]
        raise RecordError(f"the key {next(k for k in keys if keys.count(k) > 1)!r} stands twice")
    return result


def _parse_float(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _refuse(text)


def _refuse(constant: str) -> Any:
    raise RecordError(f"{constant} is no JSON value")


_LENIENT = json.JSONDecoder(parse_constant=_refuse)
_STRICT = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_parse_float)
