"""Whether the terminal is light."""

from __future__ import annotations

import os
import pty
import termios
import threading
from collections.abc import Iterator

import pytest

from axtui.tui import background
from axtui.tui.background import ask_background, drop_late_answer, parse_background

WHITE, WHO = b"\x1b]11;rgb:ffff/ffff/f0f0\x1b\\", b"\x1b[?64;1;2c"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, int]]:
    """Give both ends of a terminal that says nothing by itself: the screen's, and that of the terminal."""
    monkeypatch.delenv("COLORFGBG", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    theirs, ours = pty.openpty()
    yield ours, theirs
    os.close(ours)
    os.close(theirs)


def answering(theirs: int, answer: bytes) -> threading.Thread:
    """Let the terminal answer when it is asked."""

    def answer_it() -> None:
        asked = b""
        while not asked.endswith(b"\x1b[c"):
            asked += os.read(theirs, 100)
        os.write(theirs, answer)

    thread = threading.Thread(target=answer_it)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        (WHITE, "light"),
        (b"\x1b]11;rgb:1a1a/1b1b/2626\x07", "dark"),
        (b"\x1b]11;rgba:ff/ff/ff/ff\x07", "light"),
        (b"\x1b]11;rgb:f/0/0\x07", "dark"),
        (WHO, ""),
        (b"\x1b]11;rgb:zz/0/0\x07", ""),
        (b"", ""),
    ],
)
def test_the_brightness_decides(answer: bytes, wanted: str) -> None:
    """Whatever number of digits a colour has; what is no colour says nothing."""
    assert parse_background(answer) == wanted


def test_a_terminal_is_asked(terminal: tuple[int, int]) -> None:
    """It answers, and is left as it was."""
    ours, theirs = terminal
    before = termios.tcgetattr(ours)
    thread = answering(theirs, WHITE + WHO)

    found = ask_background(ours)
    thread.join()

    assert found == "light"
    assert termios.tcgetattr(ours) == before


def test_a_terminal_that_knows_no_colours_says_what_it_is(terminal: tuple[int, int]) -> None:
    """Nobody waits for more than that."""
    thread = answering(terminal[1], WHO)

    assert ask_background(terminal[0]) == ""
    thread.join()


def test_a_terminal_that_says_nothing_is_not_waited_for_long(
    terminal: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it had said by then is not taken for keys."""
    monkeypatch.setattr(background, "_WAIT_SECONDS", 0.05)
    thread = answering(terminal[1], b"\x1b]11;rgb:ff")

    assert ask_background(terminal[0]) is None
    thread.join()
    os.write(terminal[1], b"ff/ffff/ffff\x1b\\\n")
    drop_late_answer(terminal[0])
    os.write(terminal[1], b"j\n")
    assert os.read(terminal[0], 100) == b"j\n"


def test_keys_that_wait_are_left_to_the_screen(terminal: tuple[int, int]) -> None:
    """Who types ahead is not asked."""
    ours, theirs = terminal
    os.write(theirs, b"jj\n")

    assert ask_background(ours) == ""
    assert os.read(ours, 10) == b"jj\n"


def test_what_is_known_is_not_asked(terminal: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """COLORFGBG says it; what is no terminal cannot."""
    monkeypatch.setenv("COLORFGBG", "0;15")
    assert ask_background(terminal[0]) == ""
    monkeypatch.delenv("COLORFGBG")
    with open(os.devnull, "rb") as nothing:
        assert ask_background(nothing.fileno()) == ""
