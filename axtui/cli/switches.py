"""Switches of a command that can be taken back, so that a later word outweighs an alias: `--no-quiet`, `+q`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

_NEGATIONS = ("no", "not", "dont")


def add_switch(parser: argparse.ArgumentParser, letter: str, name: str, text: str) -> None:
    """Declare a switch that is off unless given: `--name`, or `-letter` where there is one; the last one counts.

    Args:
        parser: What it is declared to.
        letter: One letter, or "".
        name: The long name.
        text: What it does.
    """
    parser.prefix_chars = "-+"
    destination = name.replace("-", "_")
    short = [f"-{letter}"] if letter else []
    parser.add_argument(*short, f"--{name}", dest=destination, action="store_true", help=text)
    negations = [*_negations(letter, name)]
    parser.add_argument(*negations, dest=destination, action="store_false", help=argparse.SUPPRESS)


def _negations(letter: str, name: str) -> Iterator[str]:
    yield from (f"--{word}-{name}" for word in _NEGATIONS)
    if letter:
        yield f"+{letter}"
