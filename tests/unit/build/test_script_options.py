"""What a run was asked to do: over the wire and back, again after a save, limits from the command line."""

from __future__ import annotations

import json

import pytest

from axtui.base.errors import UserError
from axtui.build.script_options import ScriptOptions, parse_concurrency, parse_script_options


def test_options_travel() -> None:
    """As JSON and back they are the same."""
    options = ScriptOptions(("a", "b"), "other", "2024", "anna", {"": 2, "count": 1})

    assert parse_script_options(json.loads(json.dumps(options.to_record()))) == options


def test_what_was_forced_is_not_forced_again() -> None:
    """All else stays."""
    options = ScriptOptions(("force_build", "mine"), "other", user="anna", concurrency={"": 1})

    assert options.again() == ScriptOptions(("mine",), "other", user="anna", concurrency={"": 1})


def test_limits_are_by_method_or_for_all() -> None:
    """The last one counts."""
    assert parse_concurrency(["3", "count=2", "count=1", "4"]) == {"": 4, "count": 1}


@pytest.mark.parametrize("word", ["", "x", "0", "-1", "a=0", "=3", "a=", "1.5", "a=b=", "²"])
def test_a_limit_is_a_number(word: str) -> None:
    """What was given is in the message."""
    with pytest.raises(UserError, match=r"wanted N or method=N"):
        parse_concurrency([word])
