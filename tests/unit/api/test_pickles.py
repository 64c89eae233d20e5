"""Pickles of results: what cannot be pickled is pointed at; what belongs to somebody else is not loaded."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest

from axtui.api.pickles import can_pickle, dump_pickle, load_pickle, preview
from axtui.base.errors import UserError


class Holder:
    """Something with an attribute."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner


def function() -> None:
    """Do nothing; it can be pickled by its name."""


WHERE = [
    (lambda: 1, "result cannot be pickled: function"),
    ([1, (2, lambda: 1)], r"result\[1\]\[1\] cannot be pickled: function"),
    ({"a": {"b": {1: lambda: 1}}}, r"result\['a'\]\['b'\]\[1\] cannot be pickled: function"),
    ({function: 1, (lambda: 1): 2}, "key of result cannot be pickled: function"),
    (Holder([lambda: 1]), r"result\.inner\[0\] cannot be pickled: function"),
    ({lambda: 1}, "element of result cannot be pickled: function"),
]


@pytest.mark.parametrize(("value", "wanted"), WHERE, ids=[wanted for _, wanted in WHERE])
def test_what_cannot_be_pickled_is_pointed_at(value: Any, wanted: str) -> None:
    """The error says where in the value, and of what type."""
    with pytest.raises(TypeError, match=wanted):
        dump_pickle(value, io.BytesIO())

    assert not can_pickle(value)
    assert can_pickle(function)


def test_a_pickle_of_somebody_else_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading runs code of whoever wrote it, so it is refused; one's own is loaded, old text as bytes."""
    path = tmp_path / "result.pickle"
    path.write_bytes(b"S'old text'\n.")

    assert load_pickle(path) == b"old text"
    assert load_pickle(path, encoding="ascii") == "old text"
    owner = os.stat(path).st_uid or 4711
    os.chown(path, owner, -1)
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    with pytest.raises(UserError, match=f"belongs to user {owner}; loading it would run their code"):
        load_pickle(path)


def test_a_preview_is_bounded() -> None:
    """However large a value is, and whatever its repr does, looking at it costs little."""

    class Wicked:
        def __repr__(self) -> str:
            raise ValueError

    assert preview({"a": [1, "é"]}, 100) == "{'a': [1, 'é']}\n".encode()
    assert len(preview(list(range(10**6)), 1000)) <= 1001
    assert b"repr failed with ValueError" in preview(Wicked(), 100) or b"Wicked" in preview(Wicked(), 100)
