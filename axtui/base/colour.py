"""Colours and attributes of terminal text by name: `red`, `bold`, `brightbluebg`, `#f80`, `#ff8800bg`, `X208`, …

A name may stand in any case. Nothing is coloured where nobody would see it: not on a terminal, or NO_COLOR is set.
"""

from __future__ import annotations

import os
import re
import sys
from typing import Any

from axtui.base.errors import ColourError

RESET = "\x1b[m"
_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_ATTRIBUTES = {
    "bold": ("1", "22"), "faint": ("2", "22"), "italic": ("3", "23"), "underline": ("4", "24"),
    "blink": ("5", "25"), "invert": ("7", "27"), "strike": ("9", "29"),
}  # fmt: skip
_is_on: bool | None = None


def enable(on: bool | None = True) -> None:
    """Colour always, never (False), or where somebody would see it (None)."""
    global _is_on
    _is_on = on


def is_enabled() -> bool:
    """Tell whether text is coloured: CLICOLOR_FORCE, NO_COLOR and CLICOLOR decide before the terminal does."""
    if _is_on is not None:
        return _is_on
    if os.environ.get("CLICOLOR_FORCE", "0") != "0":
        return True
    if "NO_COLOR" in os.environ or os.environ.get("CLICOLOR") == "0":
        return False
    return sys.stdout is not None and sys.stdout.isatty()


def paint(value: Any, *attributes: str, force: bool = False, reset: bool = False) -> str:
    """Return a value as coloured text; afterwards only what was set here is ended.

    Args:
        value: What is shown.
        attributes: Colours and attributes by name; `<pre >post` puts these texts around.
        force: Colour also where nobody would see it.
        reset: End everything afterwards.

    Raises:
        ColourError: An attribute is not known.
    """
    found = [_codes(word) for attribute in attributes for word in attribute.split()]
    before = "".join(text for text, _, is_text in found if is_text)
    after = "".join(text for _, text, is_text in found if is_text)
    start = ";".join(on for on, _, is_text in found if not is_text)
    stop = "" if reset else ";".join(off for _, off, is_text in found if not is_text)
    text = f"{before}{value}{after}"
    return f"\x1b[{start}m{text}\x1b[{stop}m" if start and (force or is_enabled()) else text


def constant(name: str) -> str:
    """Return the escape sequence that turns on what a name stands for, "" where nothing is coloured.

    Raises:
        ColourError: The name is not known.
    """
    sequence = RESET if name.lower() == "reset" else f"\x1b[{_codes(name)[0]}m"
    return sequence if is_enabled() else ""


def _codes(word: str) -> tuple[str, str, bool]:
    """Return what turns an attribute on and off; for `<pre` and `>post` the text before and after, and True."""
    if word[:1] in "<>" and word:
        return (word[1:], "", True) if word[0] == "<" else ("", word[1:], True)
    name = word.lower()
    if name in _ATTRIBUTES:
        return (*_ATTRIBUTES[name], False)
    is_back = name.endswith("bg")
    shade = _shade(name.removesuffix("bg"), is_back)
    if shade is None:
        known = ", ".join((*_COLOURS, *_ATTRIBUTES))
        raise ColourError(f"there is no colour or attribute {word!r}; there are {known}, bright… , …bg, #RGB and XNN")
    return shade, "49" if is_back else "39", False


def _shade(name: str, is_back: bool) -> str | None:
    """Return the code of a colour, or None where there is none of this name."""
    plain = name.removeprefix("bright")
    if plain in _COLOURS:
        return str(_COLOURS.index(plain) + (40 if is_back else 30) + (60 if plain != name else 0))
    extended = "48" if is_back else "38"
    if name == "default":
        return "49" if is_back else "39"
    if re.fullmatch(r"x\d{1,3}", name) and int(name[1:]) < 256:
        return f"{extended};5;{int(name[1:])}"
    if re.fullmatch(r"#([0-9a-f]{3}|[0-9a-f]{6})", name):
        digits = name[1:] if len(name) == 7 else "".join(digit * 2 for digit in name[1:])
        red, green, blue = (int(digits[at : at + 2], 16) for at in (0, 2, 4))
        return f"{extended};2;{red};{green};{blue}"
    return None
