"""JSON for people and programs, as methods write it: ASCII, indented by 4; objects come back as DotDict.

Records of ours are base/records.py's.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Literal, overload

from axtui.base.dotdict import DotDict


@overload
def json_encode(variable: Any, sort_keys: bool = True, as_str: Literal[False] = False) -> bytes: ...
@overload
def json_encode(variable: Any, sort_keys: bool = True, *, as_str: Literal[True]) -> str: ...
def json_encode(variable: Any, sort_keys: bool = True, as_str: bool = False) -> str | bytes:
    """Write a value as JSON, without a newline at the end; tuples and sets become lists.

    Args:
        variable: The value.
        sort_keys: Sort the keys of every dict; otherwise they keep their order.
        as_str: Return text rather than bytes.

    Raises:
        TypeError: JSON has no form for something in it.
    """
    text = json.dumps(_listed(variable), indent=4, sort_keys=sort_keys)
    return text if as_str else text.encode("ascii")


def json_decode(text: str | bytes) -> Any:
    """Read JSON; objects come as DotDict.

    Raises:
        ValueError: It is not JSON.
    """
    make: Callable[[list[tuple[str, Any]]], DotDict] = DotDict
    return json.loads(text, object_pairs_hook=make)


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _listed(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_listed(item) for item in value]
    return value
