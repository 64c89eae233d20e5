"""What a job says of itself while it runs: a stack of status texts, and how much is done of how much."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from axtui.api import context
from axtui.base import clock

_stack: list[tuple[str, float]] = []
_own_count: list[bool] = []
"""Not empty once the method counts for itself."""


@contextmanager
def status(text: str) -> Iterator[Callable[[str], None]]:
    """Show a text for as long as the block runs; the value of the block is a function that changes it.

    Raises:
        ValueError: The text is empty or holds a NUL.
    """
    _check(text)
    depth = len(_stack)
    _stack.append((text, clock.monotonic()))
    _show()

    def update(new: str) -> None:
        _check(new)
        _stack[depth] = (new, _stack[depth][1])
        _show()

    yield update
    del _stack[depth:]
    _show()


@contextmanager
def dummy_status(text: str) -> Iterator[Callable[[str], None]]:
    """Do as `status` does, but show nothing."""
    _check(text)
    yield _check


def progress(done: int, total: int = -1) -> None:
    """Say how much is done of how much, in any unit; `total` is -1 where it is not known."""
    slot = context.current().slot
    if slot is not None:
        slot.count(done, total)


def report_lines(done: int, total: int = -1) -> None:
    """Say how many lines of how many were read, unless the method itself says how far it is."""
    if not _own_count:
        _count(done, total)


def _count(done: int, total: int) -> None:
    slot = context.current().slot
    if slot is not None:
        slot.count(done, total)


def take_stack() -> list[tuple[str, float]]:
    """Return the texts that were shown when an exception left their blocks, outermost first, with their age in seconds.

    The stack is empty afterwards.
    """
    now = clock.monotonic()
    stack = [(text, now - since) for text, since in _stack]
    _stack.clear()
    return stack


def _check(text: str) -> None:
    if not isinstance(text, str) or not text or "\0" in text:
        raise ValueError(f"a status is a text that is not empty and has no NUL, found {text!r:.40}")


def _show() -> None:
    slot = context.current().slot
    if slot is not None:
        slot.say(" · ".join(text for text, _ in _stack))
