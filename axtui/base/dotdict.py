"""A dictionary whose keys are attributes too."""

from __future__ import annotations

from typing import Any

_NESTED = (dict, list)


class DotDict(dict[str, Any]):
    """A dict with attribute access to its keys, in insertion order; names that start with `_` are not keys."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            raise AttributeError(name)
        self[name] = value

    def __delattr__(self, name: str) -> None:
        try:
            del self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __repr__(self) -> str:
        return "DotDict({})".format(", ".join(f"{key}={value!r}" for key, value in self.items()))

    def copy(self) -> DotDict:
        """Return a shallow copy."""
        return DotDict(self)


def dotted(value: Any) -> Any:
    """Return the value with every dict in it, at any depth of dicts and lists, turned into a DotDict."""
    if isinstance(value, dict):
        return DotDict({key: dotted(item) if isinstance(item, _NESTED) else item for key, item in value.items()})
    if isinstance(value, list):
        return [dotted(item) if isinstance(item, _NESTED) else item for item in value]
    return value
