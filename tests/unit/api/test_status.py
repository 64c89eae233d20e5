"""What a job says of itself: a stack of texts, remembered by the exception that leaves it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from axtui.api.status import dummy_status, status, take_stack


def texts(error: BaseException) -> list[str]:
    """Return the texts that an exception remembers."""
    return [text for text, _ in take_stack(error)]


def fail() -> None:
    """Fail three deep, the innermost changed meanwhile."""
    with status("one"), status("two"), status("three") as update:
        update("three, changed")
        raise ValueError


def test_an_exception_remembers_what_was_shown() -> None:
    """Outermost first, with the age of each; also where it is raised again as another one."""
    with pytest.raises(ValueError) as caught:
        fail()
    try:
        try:
            fail()
        except ValueError as error:
            raise RuntimeError from error
    except RuntimeError as error:
        again = texts(error)

    assert texts(caught.value) == again == ["one", "two", "three, changed"]
    assert all(0 <= age < 60 for _, age in take_stack(caught.value))


def test_a_caught_exception_leaves_nothing_behind() -> None:
    """What ran in a block that failed is not shown any more."""
    with status("outer"):
        with pytest.raises(ValueError):
            fail()
        seen = texts(KeyError())

    assert seen == ["outer"]
    assert texts(KeyError()) == []


def test_blocks_may_end_in_any_order() -> None:
    """Generators that were begun together do not take each other's texts."""

    def work(name: str) -> Iterator[str]:
        with status(name) as update:
            for n in range(3):
                update(f"{name} {n}")
                yield name

    first, second = work("a"), work("b")
    next(first), next(second)
    first.close()

    next(second)
    assert texts(KeyError()) == ["b 1"]
    second.close()
    assert texts(KeyError()) == []


@pytest.mark.parametrize("wrong", ["", "a\0b", None, 3])
def test_a_status_is_a_text(wrong: str) -> None:
    """Empty, with a NUL, or of another type: refused, at the beginning and as a change; the dummy refuses likewise."""
    for kind in (status, dummy_status):
        with pytest.raises(ValueError, match="a status is a text"), kind(wrong):
            pass
        with pytest.raises(ValueError, match="a status is a text"), kind("fine") as update:
            update(wrong)


def test_the_dummy_shows_nothing() -> None:
    """It has the same interface and is never seen."""
    with dummy_status("quiet") as update:
        update("still quiet")

        assert texts(KeyError()) == []
