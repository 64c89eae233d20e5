"""Limits as people write them: what they mean, what is refused, and how they are told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtui.project.limits import format_limit, parse_limits, tell_limits


@pytest.mark.parametrize(
    ("text", "nbytes", "told"),
    [
        ("2GB", 2 * 10**9, "2 GB"),
        ("2 gb", 2 * 10**9, "2 GB"),
        ("1.5 GB", 15 * 10**8, "1.5 GB"),
        ("2GiB", 2 << 30, "2 GiB"),
        ("300MiB", 300 << 20, "300 MiB"),
        ("4000 kB", 4 * 10**6, "4 MB"),
        (5_000_000, 5_000_000, "5 MB"),
    ],
)
def test_a_size_has_a_unit(text: Any, nbytes: int, told: str) -> None:
    """Units of thousands and of 1024, large or small letters, or bytes; told in the largest that it fills."""
    assert parse_limits({"memory": text}) == {"memory": nbytes}
    assert format_limit("memory", nbytes) == told


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("memry", 1, "unknown key 'x.memry'; the nearest known one is 'x.memory'"),
        ("second", 1, "unknown key 'x.second'; the nearest known one is 'x.seconds'"),
        (3, 1, "unknown key 'x.3'; the nearest known one is 'x."),
        ("memory", "2 elephants", "x.memory is '2 elephants'; wanted a size like \"2GB\", or a number of bytes"),
        ("memory", "GB", "x.memory is 'GB'; wanted a size"),
        ("memory", "-2GB", "x.memory is '-2GB'; wanted a size"),
        ("memory", True, "x.memory is True; wanted a size"),
        ("memory", 2.5, "x.memory is 2.5; wanted a size"),
        ("memory", [], "x.memory is []; wanted a size"),
        ("memory", 4, "x.memory is 4; wanted at least 1 MB"),
        ("memory", "0GB", "x.memory is '0GB'; wanted at least 1 MB"),
        ("seconds", "600", "x.seconds is '600'; wanted a number of seconds above 0"),
        ("seconds", 0, "x.seconds is 0; wanted a number of seconds above 0"),
        ("seconds", -1.5, "x.seconds is -1.5; wanted"),
        ("seconds", float("nan"), "x.seconds is nan; wanted"),
        ("seconds", float("inf"), "x.seconds is inf; wanted"),
        ("seconds", True, "x.seconds is True; wanted"),
        ("retries", -1, "x.retries is -1; wanted a whole number from 0 to 100"),
        ("retries", 101, "x.retries is 101; wanted a whole number from 0 to 100"),
        ("retries", 1.0, "x.retries is 1.0; wanted a whole number"),
    ],
)
def test_what_cannot_be_is_told(key: Any, value: Any, wanted: str) -> None:
    """The message names the key, what was found, and what was wanted."""
    with pytest.raises(ValueError) as caught:
        parse_limits({key: value}, "x.")

    assert str(caught.value).startswith(wanted)


def test_an_order_tells_its_limits() -> None:
    """What a job was limited to, and which attempt it is; an order without any says nothing."""
    setup = {"limits": {"memory": 2 * 10**9, "seconds": 600.0}, "attempt": [2, 3]}

    assert tell_limits(setup) == ["memory 2 GB", "seconds 600 s", "attempt 2 of 3"]
    assert tell_limits({}) == []


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["memory", "seconds", "x"]), inner),
)


@given(_JSON, _JSON)
def test_whatever_an_order_says_can_be_looked_at(limits: Any, attempt: Any) -> None:
    """Somebody else's record is told as far as it makes sense, and never raises."""
    assert all(isinstance(text, str) for text in tell_limits({"limits": limits, "attempt": attempt}))
