"""The keys that do something on a screen as it is: for the bar at the bottom, and for the help. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.screen import Screen

from axtui.tui.pane import Pane


def shown_keys(screen: Screen[Any]) -> list[tuple[str, str]]:
    """Return the keys that a bar should show, with what they do."""
    keys: dict[str, tuple[str, str]] = {}
    for _, binding, _, _ in screen.active_bindings.values():
        if binding.show:
            keys.setdefault(binding.action, (screen.app.get_key_display(binding), binding.description))
    return list(keys.values())


def key_sections(screen: Screen[Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what every key does here, those of the pane with the focus first."""
    sections: dict[str, dict[str, tuple[list[str], str]]] = {}
    for key, active in screen.active_bindings.items():
        title = "In this pane" if isinstance(active.node, Pane) else "Everywhere"
        texts = sections.setdefault(title, {})
        text = active.binding.tooltip or active.binding.description
        keys, _ = texts.setdefault(text, ([], text))
        keys.append(screen.app.get_key_display(active.binding) if "," in key else _plain_key(key))
    return [(title, [(" ".join(keys), text) for keys, text in texts.values()]) for title, texts in sections.items()]


def _plain_key(key: str) -> str:
    return _KEY_NAMES.get(key, key)


_KEY_NAMES: Mapping[str, str] = {
    "slash": "/",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "escape": "esc",
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
    "upper_g": "G",
    "ampersand": "&",
    "apostrophe": "'",
    "colon": ":",
    "equals_sign": "=",
}
