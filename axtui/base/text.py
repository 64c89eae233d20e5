"""Text from outside made fit for a terminal. Whatever is shown passes `safe` first."""

from __future__ import annotations

import re
import unicodedata

_HARMLESS = re.compile(r"[\x20-\x7e]*")
_COLOURED = re.compile(r"(?:[\x20-\x7e]++|\x1b\[[0-9;:]*+m)*+")
_PLAIN = re.compile(r"[\w./+-]+")
_COMBINING_MOST = 8
_ESCAPE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]?|[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|[ -/]*[0-~]?)"
    r"|[\x90\x98\x9d\x9e\x9f][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x9b[0-?]*[ -/]*[@-~]?"
)
_SGR = re.compile(r"\x1b\[[0-9;:]*m")


def safe(text: str, colours: bool = False) -> str:
    """Return the text without anything that could drive a terminal or break a layout.

    Escape sequences are dropped, control characters become visible pictures (␀, ␛, …), a tab becomes spaces,
    bidirectional controls and lone surrogates become `�`, and runs of combining marks are cut.

    Args:
        text: One line; a newline in it becomes `␊`.
        colours: Keep SGR sequences (`ESC [ … m`) as they are.
    """
    if _HARMLESS.fullmatch(text):
        return text
    if not colours:
        return _visible(_ESCAPE.sub("", text))
    if _COLOURED.fullmatch(text):
        return text
    parts = []
    end = 0
    for match in _SGR.finditer(text):
        parts += [_visible(_ESCAPE.sub("", text[end : match.start()])), match[0]]
        end = match.end()
    return "".join([*parts, _visible(_ESCAPE.sub("", text[end:]))])


def is_utf8(text: str) -> bool:
    """Tell whether UTF-8 has the text; it has no lone surrogates, which stand for other bytes in names of files."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def format_nbytes(nbytes: int) -> str:
    """Write a size for people: `812 B`, `1.2 kB`, `31.4 GB`."""
    value = float(nbytes)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def quote(value: object) -> str:
    """Return a value as text, in quotes unless it is plain: letters, digits and `_ . / + -` alone."""
    text = str(value)
    return text if _PLAIN.fullmatch(text) else repr(text)


def _visible(text: str) -> str:
    result: list[str] = []
    column = combining = 0
    for char in text:
        code = ord(char)
        if char == "\t":
            char = " " * (8 - column % 8)
        elif code < 0x20:
            char = chr(0x2400 + code)
        elif code == 0x7F:
            char = "␡"
        elif code >= 0x80:
            category = unicodedata.category(char)
            if category in ("Mn", "Me"):
                combining += 1
                if combining > _COMBINING_MOST:
                    continue
                result.append(char)
                continue
            if category in ("Cc", "Cf", "Cs", "Zl", "Zp"):
                char = "�"
        combining = 0
        column += len(char)
        result.append(char)
    return "".join(result)
