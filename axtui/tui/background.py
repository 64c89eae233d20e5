"""Asking a terminal whether its background is light: in the front process, before anything is drawn."""

from __future__ import annotations

import os
import re
import select
import termios
import time
from contextlib import suppress

_QUESTION = b"\x1b]11;?\x1b\\\x1b[c"
"""Which colour the background has (OSC 11), and what the terminal is, which every terminal answers: then it is over."""
_COLOUR = re.compile(rb"\x1b\]11;rgba?:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})")
_OVER = re.compile(rb"\x1b\[\?[0-9;]*c")
_WAIT_SECONDS = 0.15
"""Terminals answer within milliseconds, over a network within its round trip; the first frame waits for it."""
_NBYTES = 4096
_WEIGHTS = (0.299, 0.587, 0.114)
"""How bright red, green and blue look: ITU-R BT.601."""


def ask_background(terminal: int = 0) -> str | None:
    """Return "light" or "dark", "" where the terminal does not say, or where COLORFGBG or a user's typing tells enough.

    None means that it has not answered yet: an answer that comes later must not be taken for keys.

    Args:
        terminal: A descriptor of the terminal, for reading and writing.
    """
    if os.environ.get("COLORFGBG") or os.environ.get("TERM") == "linux":
        return ""
    try:
        saved = termios.tcgetattr(terminal)
    except (OSError, termios.error):
        return ""
    quiet = [*saved]
    quiet[3] &= ~(termios.ICANON | termios.ECHO)
    try:
        termios.tcsetattr(terminal, termios.TCSANOW, quiet)
        answer = _ask(terminal)
        return None if answer is None else parse_background(answer)
    except (OSError, termios.error):
        return ""
    finally:
        termios.tcsetattr(terminal, termios.TCSANOW, saved)


def parse_background(answer: bytes) -> str:
    """Return "light" or "dark" by what a terminal answered, "" where it did not say."""
    found = _COLOUR.search(answer)
    if found is None:
        return ""
    shares = (int(part, 16) / (16 ** len(part) - 1) for part in found.groups())
    return "light" if sum(weight * share for weight, share in zip(_WEIGHTS, shares, strict=True)) > 0.5 else "dark"


def drop_late_answer(terminal: int = 0) -> None:
    """Throw away what the terminal has said meanwhile, with what was typed."""
    with suppress(OSError, termios.error):
        termios.tcflush(terminal, termios.TCIFLUSH)


def _ask(terminal: int) -> bytes | None:
    """Ask, and return the answer, None if it is not whole in time.

    Nothing is asked where keys wait already, which are meant for the screen.
    """
    if select.select([terminal], [], [], 0)[0]:
        return b""
    os.write(terminal, _QUESTION)
    data, until = b"", time.monotonic() + _WAIT_SECONDS
    while not _OVER.search(data):
        left = until - time.monotonic()
        if left <= 0 or not select.select([terminal], [], [], left)[0]:
            return None
        data += os.read(terminal, _NBYTES)
    return data
