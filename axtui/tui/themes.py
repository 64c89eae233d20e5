"""Our themes, and which one a terminal gets: dark or light, 16 colours, none. Draws nothing."""

from __future__ import annotations

from collections.abc import Mapping

from textual.theme import Theme

from axtui.tui.palette import AXTUI_THEME

LIGHT_THEME = Theme(
    name="axtui-light",
    primary="#2e5fb8",
    secondary="#0f7c8f",
    accent="#7a3fb0",
    foreground="#22262e",
    background="#fbfbfa",
    surface="#fbfbfa",
    panel="#e9eaee",
    success="#2f7d32",
    warning="#9a6200",
    error="#c22b45",
    dark=False,
    variables={"border": "#b8bcc8", "border-blurred": "#b8bcc8"},
)
THEMES = (AXTUI_THEME.name, LIGHT_THEME.name, "ansi-dark", "ansi-light", "textual-dark", "textual-light")
"""What ctrl+t goes through; the palette has every theme."""
_LIGHT_COLOURS = frozenset({7, 9, 10, 11, 12, 13, 14, 15})


def choose_theme(colours: str | None, environment: Mapping[str, str], background: str = "") -> str:
    """Return the theme for a terminal.

    Args:
        colours: Its colour system as rich knows it: "standard" has 16 colours, None has none.
        background: "light" or "dark" where the terminal has said so.
        environment: COLORFGBG, where the terminal sets it, ends in the number of its background colour.
    """
    is_light = background == "light" if background else _is_light(environment.get("COLORFGBG", ""))
    if colours in ("standard", "windows"):
        return "ansi-light" if is_light else "ansi-dark"
    return LIGHT_THEME.name if is_light else AXTUI_THEME.name


def _is_light(colours: str) -> bool:
    last = colours.rpartition(";")[2]
    return last.isdecimal() and int(last) in _LIGHT_COLOURS
