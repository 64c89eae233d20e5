"""What a job says of itself while it runs: a stack of status texts, and how much is done of how much."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from types import CodeType, FrameType

from axtui.api import context
from axtui.base import clock

_Frame = tuple[int, CodeType]
"""What tells a frame from others: its identity, which may come again, and its code."""
_Place = list[tuple[_Frame, int]]


@dataclass(eq=False)
class _Line:
    text: str
    since: float
    """On the monotonic clock, seconds."""
    more: Callable[[], str] | None = None
    left: _Place | None = None
    """Where the callers were when a generator was dropped in this block: by an exception, or by a `break`."""


_stack: list[_Line] = []
_top: list[str] = []
_counts_itself = False
"""Whether the method has said itself how far it is."""
_SHOWN = "_axtui_status"


def status(text: str) -> AbstractContextManager[Callable[[str], None]]:
    """Show a text for as long as the block runs; the value of the block is a function that changes it.

    An exception that leaves the block remembers what was shown when it was raised.

    Raises:
        ValueError: The text is empty or holds a NUL.
    """
    return live_status(text, None)


@contextmanager
def live_status(text: str, more: Callable[[], str] | None) -> Iterator[Callable[[str], None]]:
    """Do as `status` does; what `more` says at the moment of an exception stands after the text."""
    _check(text)
    _drop_left()
    line = _Line(text, clock.monotonic(), more)
    _stack.append(line)
    _show()

    def update(new: str) -> None:
        _check(new)
        line.text = new
        _show()

    try:
        yield update
    except GeneratorExit:
        line.text += more() if more else ""
        line.left, line.more = _place(), None
        raise
    except BaseException as error:
        _remember(error)
        raise
    finally:
        if line.left is None:
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
    return _read_stack(error)


def _remember(error: BaseException) -> None:
    if not hasattr(error, _SHOWN):
        with suppress(AttributeError):
            setattr(error, _SHOWN, _read_stack(error))


def _read_stack(error: BaseException) -> list[tuple[str, float]]:
    now = clock.monotonic()
    raised = _raised(error)
    lines = [line for line in _stack if line.left is None or _is_of(line.left, raised)]
    return [(line.text + (line.more() if line.more else ""), now - line.since) for line in lines]


def _place() -> _Place:
    """Return every frame of the callers and where it is, the innermost first, but for those of this machinery."""
    found = []
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_globals.get("__name__") not in (__name__, "contextlib"):
            found.append(((id(frame), frame.f_code), frame.f_lasti))
        frame = frame.f_back
    return found


def _raised(error: BaseException) -> dict[_Frame, int]:
    """Return every frame that an exception has left, and where."""
    found = {}
    entry = error.__traceback__
    while entry is not None:
        found[id(entry.tb_frame), entry.tb_frame.f_code] = entry.tb_lasti
        entry = entry.tb_next
    return found


def _is_of(place: _Place, raised: dict[_Frame, int]) -> bool:
    """Tell whether it was this exception that dropped a generator: it left the same frame at the same instruction."""
    return next((raised[frame] == at for frame, at in place if frame in raised), False)


def _drop_left() -> None:
    _stack[:] = [line for line in _stack if line.left is None]


def _check(text: str) -> None:
    if not isinstance(text, str) or not text or "\0" in text:
        raise ValueError(f"a status is a text that is not empty and has no NUL, found {text!r:.40}")


def _show() -> None:
    slot = context.current().slot
    if slot is not None:
        slot.say(" · ".join([*_top, *(line.text for line in _stack if line.left is None)]))
