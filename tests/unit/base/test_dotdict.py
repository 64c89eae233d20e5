"""A dictionary whose keys are attributes too."""

from __future__ import annotations

import copy
import pickle

import pytest

from axtui.base.dotdict import DotDict, dotted


def test_keys_are_attributes() -> None:
    """What is set in one way is there in the other."""
    value = DotDict(a=1)
    value.b = 2

    assert (value.a, value["b"]) == (1, 2)
    del value.a
    assert list(value) == ["b"]


def test_missing_names_are_attribute_errors() -> None:
    """`hasattr` works, and names with an underscore are never keys."""
    value = DotDict({"_hidden": 1})

    assert not hasattr(value, "a")
    assert not hasattr(value, "_hidden")
    with pytest.raises(AttributeError):
        del value.a
    with pytest.raises(AttributeError):
        value._b = 1


def test_copies_are_dotdicts() -> None:
    """A copy, shallow, deep or through a pickle, has attributes too."""
    value = DotDict(a=DotDict(b=1))

    for other in (value.copy(), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert other.a.b == 1
        assert other == value


def test_dotted_reaches_every_depth() -> None:
    """Dicts in lists in dicts have attributes."""
    value = dotted({"a": [{"b": {"c": 1}}]})

    assert value.a[0].b.c == 1
