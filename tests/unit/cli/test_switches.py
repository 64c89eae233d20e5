"""Switches and their negations: the last word counts."""

from __future__ import annotations

import argparse

import pytest

from axtui.cli import run
from axtui.cli.switches import add_switch


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("", False),
        ("--just-wait", True),
        ("-W", True),
        ("-W --no-just-wait", False),
        ("-W --not-just-wait", False),
        ("-W --dont-just-wait", False),
        ("-W +W", False),
        ("+W -W", True),
    ],
)
def test_the_last_word_counts(words: str, value: bool) -> None:
    """Whichever of the forms it has."""
    parser = argparse.ArgumentParser()
    add_switch(parser, "W", "just-wait", "wait")

    assert parser.parse_args(words.split()).just_wait is value


def test_negations_are_not_in_the_help() -> None:
    """They would take more room than all the rest."""
    parser = argparse.ArgumentParser()
    add_switch(parser, "W", "just-wait", "wait")

    assert "-W, --just-wait" in parser.format_help()
    assert "dont" not in parser.format_help()


def test_every_switch_of_run_can_be_taken_back() -> None:
    """Together with scripts and values."""
    parser = argparse.ArgumentParser()
    run.add_arguments(parser)

    words = "one two -q +q --quiet --no-quiet -p +p -W +W --json --dont-json -c 3 -c m=2 --verbose dots"
    arguments = parser.parse_args(words.split())

    assert arguments.script == ["one", "two"]
    assert not any((arguments.quick, arguments.quiet, arguments.full_path, arguments.just_wait, arguments.json))
    assert (arguments.concurrency, arguments.verbose) == (["3", "m=2"], "dots")
