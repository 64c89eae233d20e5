"""What a job says of itself while it runs: a stack of status texts, and how much is done of how much."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from axtui.api import context
from axtui.base import clock


@dataclass(eq=False)
class _Line:
    text: str
    since: float
    """On the monotonic clock, seconds."""


_stack: list[_Line] = []
_top: list[str] = []
_counts_itself = False
"""Whether the method has said itself how far it is."""
_SHOWN = "_axtui_status"


@contextmanager
def status(text: str) -> Iterator[Callable[[str], None]]:
    """Show a text for as long as the block runs; the value of the block is a function that changes it.

    An exception that leaves the block remembers what was shown when it was raised.

    Raises:
        ValueError: The text is empty or holds a NUL.
    """
    _check(text)
    line = _Line(text, clock.monotonic())
    _stack.append(line)
    _show()

    def update(new: str) -> None:
        _check(new)
        line.text = new
        _show()

    try:
        yield update
    except BaseException as error:
        _remember(error)
        raise
    finally:
        with suppress(ValueError):
            _stack.remove(line)
        _show()


@contextmanager
def dummy_status(text: str) -> Iterator[Callable[[str], None]]:
    """Do as `status` does, but show nothing."""
    _check(text)
    yield _check


def update_top_status(text: str) -> None:
    """Show a text above all others of this process, for as long as it runs."""
    _check(text)
    _top[:] = [text]
    _show()


def progress(done: int, total: int = -1) -> None:
    """Say how much is done of how much, in any unit; `total` is -1 where it is not known."""
    global _counts_itself
    _counts_itself = True
    _count(done, total)


def report_lines(done: int, total: int = -1) -> None:
    """Say how many lines of how many were read, unless the method itself says how far it is."""
    if not _counts_itself:
        _count(done, total)


def _count(done: int, total: int) -> None:
    slot = context.current().slot
    if slot is not None:
        slot.count(done, total)


def take_stack(error: BaseException) -> list[tuple[str, float]]:
    """Return the texts that were shown when an exception was raised, outermost first, with their age in seconds."""
    looked: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in looked:
        looked.add(id(cause))
        found: list[tuple[str, float]] | None = getattr(cause, _SHOWN, None)
        if found is not None:
            return found
        cause = cause.__cause__ or cause.__context__
    return _read_stack()


def _remember(error: BaseException) -> None:
    if not hasattr(error, _SHOWN):
        with suppress(AttributeError):
            setattr(error, _SHOWN, _read_stack())


def _read_stack() -> list[tuple[str, float]]:
    now = clock.monotonic()
    return [(line.text, now - line.since) for line in _stack]


def _check(text: str) -> None:
    if not isinstance(text, str) or not text or "\0" in text:
        raise ValueError(f"a status is a text that is not empty and has no NUL, found {text!r:.40}")


def _show() -> None:
    slot = context.current().slot
    if slot is not None:
        slot.say(" · ".join([*_top, *(line.text for line in _stack)]))
