"""What a user searches for: a regular expression or plain text, found in lines and in blocks of output.

Small letters find capitals too, as in other pagers. A pattern that takes too long on one line is given up; a block is
looked through as bytes wherever what is shown does not differ from what was written.
"""

from __future__ import annotations

import contextlib
import re
import signal
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import FrameType

from axtui.tui.styled import parse_sgr
from axtui.tui.tail import line_text

_SGR = re.compile(rb"\x1b\[[0-9;:]*m")
_PLAIN = bytes(code for code in range(256) if code in (9, 10) or (code >= 32 and code != 127))
"""Where another byte is, what is shown is not what was written. A tab is shown as blanks."""
_SLOW_SECONDS = 0.5
_SPANS_MOST = 500


class SlowPatternError(Exception):
    """A pattern took too long on one piece of text."""


@dataclass(frozen=True)
class Pattern:
    """Something to look for.

    Attributes:
        text: What was typed.
        inverse: Whether lines are wanted that do not have it.
        needles: Every line that matches has one of these in it; empty where that is not known.
        is_exact: Whether having a needle is enough.
        ignore_case: Whether the needles stand for capitals too; they are small then.
    """

    text: str
    expression: re.Pattern[str]
    inverse: bool = False
    needles: tuple[bytes, ...] = ()
    is_exact: bool = False
    ignore_case: bool = False

    def matches(self, plain: str) -> bool:
        """Tell whether a line as it is shown matches."""
        return (self.expression.search(plain) is None) == self.inverse

    def spans(self, plain: str) -> list[tuple[int, int]]:
        """Return where it stands in a line as it is shown; nowhere, if that takes too long."""
        found: list[tuple[int, int]] = []
        with contextlib.suppress(SlowPatternError), _limited():
            for match in self.expression.finditer(plain):
                if match.end() > match.start():
                    found.append(match.span())
                if len(found) == _SPANS_MOST:
                    break
        return [] if self.inverse else found

    def find_lines(self, data: bytes, count: int, limited: bool = True) -> list[int]:
        """Return which of the `count` lines of a block match.

        Raises:
            SlowPatternError: The pattern takes too long; only where `limited`.
        """
        with _limited() if limited and not self.is_exact else contextlib.nullcontext():
            found = self._find(data, count)
        if not self.inverse:
            return found
        having = set(found)
        return [index for index in range(count) if index not in having]

    def _find(self, data: bytes, count: int) -> list[int]:
        plain = _SGR.sub(b"", data) if b"\x1b" in data else data
        plain = plain.replace(b"\r\n", b"\n") if b"\r" in plain else plain
        if plain.translate(None, _PLAIN) or (b"\t" in plain and " " in self.text):
            return self._verify(map(line_text, data.split(b"\n")[:count]))
        if not self.needles:
            return self._verify(plain.decode("utf-8", "replace").split("\n")[:count])
        lowered = plain.lower() if self.ignore_case else plain
        candidates = sorted({index for needle in self.needles for index in _find_bytes(lowered, needle)})
        if self.is_exact or not candidates:
            return [index for index in candidates if index < count]
        lines = plain.split(b"\n")
        search = self.expression.search
        return [index for index in candidates if index < count and search(lines[index].decode("utf-8", "replace"))]

    def _verify(self, lines: Iterable[str]) -> list[int]:
        search = self.expression.search
        return [index for index, text in enumerate(lines) if search(parse_sgr(text).plain)]


def parse_pattern(text: str, inverse: bool = False) -> Pattern:
    """Read what was typed: a regular expression, or where it is none plain text. Never raises."""
    ignore = text == text.lower()
    literal = re.escape(text)
    try:
        expression = re.compile(text, re.IGNORECASE if ignore else 0)
    except (re.error, OverflowError, RecursionError):
        expression = re.compile(literal, re.IGNORECASE if ignore else 0)
    is_plain = text.replace(" ", "").replace("-", "").replace("_", "").isalnum() or expression.pattern == literal
    if not is_plain or (ignore and not text.isascii()):
        return Pattern(text, expression, inverse)
    return Pattern(text, expression, inverse, (text.encode("utf-8", "replace"),), True, ignore)


ERRORS = Pattern(
    "errors",
    re.compile(
        r"^[\s|+]*[\w.]*(?:Error|Exception|KeyboardInterrupt|SystemExit|ExceptionGroup)(?::|$)"
        r"|\b(?:ERROR|CRITICAL|FATAL)\b|\b(?:[Ee]rror|[Ff]atal|panic)(?:\[\w+\])?:|^Fatal Python error"
    ),
    needles=(b"error", b"exception", b"critical", b"fatal", b"panic", b"interrupt", b"systemexit"),
    ignore_case=True,
)
"""Lines that say what went wrong: the last line of a traceback, and what loggers and compilers write."""


def _find_bytes(data: bytes, needle: bytes) -> Iterator[int]:
    """Give the numbers of the lines that have the needle in them."""
    index = line = 0
    at = data.find(needle)
    while at >= 0:
        index += data.count(b"\n", line, at)
        yield index
        line = data.find(b"\n", at)
        if line < 0:
            return
        at = data.find(needle, line)


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    """Give up on a match that takes too much time of the processor: the matcher looks for signals while it works."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, _SLOW_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _give_up(number: int, frame: FrameType | None) -> None:
    raise SlowPatternError
