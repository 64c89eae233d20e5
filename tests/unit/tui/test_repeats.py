"""Patterns that come again and again."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from axtui.tui.repeats import Repeat, find_repeats


def test_months_are_found_between_what_is_there_once() -> None:
    """The pattern begins where it comes first, and ends where it is not whole."""
    assert find_repeats(list("x" + "iti" * 4 + "r")) == [Repeat(1, 3, 4)]


def test_the_pattern_that_covers_most_is_taken() -> None:
    """Three alike at the beginning of a longer pattern do not hide it."""
    assert find_repeats(list("aaab" * 3)) == [Repeat(0, 4, 3)]
    assert find_repeats(list("aaaa")) == [Repeat(0, 1, 4)]


def test_a_pattern_keeps_its_beginning() -> None:
    """What comes several times before it does not take the first thing of it away."""
    assert find_repeats(list("iiii" + "it" * 5 + "r")) == [Repeat(0, 1, 4), Repeat(4, 2, 5)]


def test_twice_is_no_repeat() -> None:
    """What comes twice is shown as it is."""
    assert find_repeats(list("abab")) == []


@given(st.lists(st.sampled_from("abc"), max_size=60))
def test_repeats_are_true_and_apart(things: list[str]) -> None:
    """Each one is its pattern again and again, and none overlaps the next."""
    found = find_repeats(things)

    for repeat in found:
        pattern = things[repeat.start : repeat.start + repeat.period]
        assert things[repeat.start : repeat.end] == pattern * repeat.times
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
