"""Pickles of results: written with an error that says what in the value cannot be, read from trusted places only."""

from __future__ import annotations

import os
import pickle
import reprlib
from pathlib import Path
from typing import IO, Any

from axtui.base.errors import UserError

PROTOCOL = 4
_DEEPEST = 12


def dump_pickle(value: Any, handle: IO[bytes]) -> None:
    """Pickle a value to a file.

    Raises:
        TypeError: Something in it cannot be pickled; the message says where it is and what.
    """
    try:
        pickle.dump(value, handle, PROTOCOL)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        where, culprit = _find_culprit(value, "result", _DEEPEST)
        raise TypeError(f"{where} cannot be pickled: {type(culprit).__name__} ({error})") from None


def can_pickle(value: Any) -> bool:
    """Tell whether a value can be pickled."""
    try:
        pickle.dumps(value, PROTOCOL)
    except Exception:  # what a __reduce__ of the user's own raises is not ours to choose
        return False
    return True


def load_pickle(path: Path, encoding: str = "bytes") -> Any:
    """Unpickle a file.

    Raises:
        UserError: It belongs to somebody else; unpickling runs code of whoever wrote it.
    """
    with open(path, "rb") as handle:
        owner = os.fstat(handle.fileno()).st_uid
        if owner not in (os.getuid(), 0):
            raise UserError(f"{path} belongs to user {owner}; loading it would run their code")
        return pickle.load(handle, encoding=encoding)


def preview(value: Any, nbytes: int) -> bytes:
    """Return a bounded repr of a value for looking at, at most `nbytes` of UTF-8."""
    short = reprlib.Repr()
    short.maxdict = short.maxlist = short.maxtuple = short.maxset = short.maxfrozenset = short.maxdeque = 200
    short.maxstring = short.maxother = short.maxlong = 2000
    short.maxlevel = 8
    try:
        text = short.repr(value)
    except Exception as error:  # a repr of the user's own may do anything
        text = f"<{type(value).__name__}: repr failed with {type(error).__name__}>"
    return text.encode("utf-8", "backslashreplace")[:nbytes] + b"\n"


def _find_culprit(value: Any, where: str, depth: int) -> tuple[str, Any]:
    for inner_where, inner in _parts(value, where) if depth else ():
        if not can_pickle(inner):
            return _find_culprit(inner, inner_where, depth - 1)
    return where, value


def _parts(value: Any, where: str) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        keys = [(f"key of {where}", key) for key in value]
        return keys + [(f"{where}[{key!r:.40}]", item) for key, item in value.items()]
    if isinstance(value, (list, tuple)):
        return [(f"{where}[{index}]", item) for index, item in enumerate(value)]
    if isinstance(value, (set, frozenset)):
        return [(f"element of {where}", item) for item in value]
    return [(f"{where}.{name}", item) for name, item in getattr(value, "__dict__", {}).items()]
