"""The tiny process in front of the screen: it owns the terminal and puts it right whatever becomes of the screen.

It has one thread and imports nothing of Textual, so it can fork. The screen runs in its child; the child forks nobody.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import termios
from collections.abc import Callable, Sequence
from typing import Any

from axtui.tui.background import ask_background

_RESET = (
    "\x1b[<u"  # the kitty keyboard protocol
    "\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?2004l\x1b[?1004l"
    "\x1b[0m"
)
_PLAIN_TERMS = frozenset({"", "dumb", "unknown"})


def can_draw() -> bool:
    """Tell whether a screen can be drawn here: a terminal on all three streams, and not a dumb one."""
    if os.environ.get("TERM", "") in _PLAIN_TERMS:
        return False
    return all(os.isatty(number) for number in (0, 1, 2))


def run_behind_front(screen: Callable[[str | None], int]) -> int:
    """Run the screen in a child process and restore the terminal when it is gone.

    Args:
        screen: Runs in the child, with what `ask_background` found; returns its exit status. It must import Textual
            itself.

    Returns:
        The exit status: the screen's own, or 128 + n where a signal n ended it.
    """
    saved = _save()
    sys.stdout.flush()
    sys.stderr.flush()
    background, front = ask_background(), os.getpid()
    pid = os.fork()
    if pid == 0:
        _be_screen(lambda: screen(background), front)
    _forward_signals(pid)
    status = _wait(pid)
    if os.WIFSIGNALED(status):
        _restore(saved)
        _say("the workbench was killed; jobs continue; run axtui to come back")
        return 128 + os.WTERMSIG(status)
    code = os.WEXITSTATUS(status)
    if code:
        _restore(saved)
    return code


def _be_screen(screen: Callable[[], int], front: int) -> None:
    """Be the child: never return, whatever the screen does."""
    code = 1
    try:
        _die_with(front)
        for name in ("COLUMNS", "LINES"):
            os.environ.pop(name, None)  # an exported size would be believed after the terminal was resized
        code = screen()
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _die_with(front: int) -> None:
    """Ask the kernel for SIGTERM when the front is gone: only the screen itself can restore the terminal then."""
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    if os.getppid() != front:
        os._exit(128 + signal.SIGTERM)


def _forward_signals(pid: int) -> None:
    def forward(number: int, _: Any) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)

    signal.signal(signal.SIGTERM, forward)
    signal.signal(signal.SIGHUP, forward)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGQUIT, signal.SIG_IGN)


def _wait(pid: int) -> int:
    """Wait for the child to end. When it is stopped, stop too, so that the shell gets the terminal; then wake it."""
    while True:
        _, status = os.waitpid(pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            return status
        os.kill(os.getpid(), signal.SIGSTOP)
        os.kill(pid, signal.SIGCONT)


def _save() -> list[Any] | None:
    with contextlib.suppress(OSError, termios.error):
        return termios.tcgetattr(0)
    return None


def _restore(saved: Sequence[Any] | None) -> None:
    """Switch off every mode that the screen switched on. A terminal that is gone takes nothing any more."""
    with contextlib.suppress(OSError, termios.error):
        os.write(2, _RESET.encode("ascii"))
        if saved is not None:
            termios.tcsetattr(0, termios.TCSANOW, list(saved))


def _say(text: str) -> None:
    with contextlib.suppress(OSError):
        os.write(2, f"axtui: {text}\r\n".encode())
