"""Everything that can be done by a name: the keys of a screen, and what the palette has beside them."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from textual.binding import ActiveBinding
from textual.screen import Screen

from axtui.tui.bars import glyph_legend
from axtui.tui.finder import Item
from axtui.tui.pane import Pane

if TYPE_CHECKING:
    from axtui.tui.commands_app import CommandsApp

_HERE, _EVERYWHERE = "In this pane", "Everywhere"
_JOBS_MOST = 20_000
KEY_NAMES: Mapping[str, str] = {
    "slash": "/", "question_mark": "?", "left_square_bracket": "[", "right_square_bracket": "]",
    "left_curly_bracket": "{", "right_curly_bracket": "}", "escape": "esc", "down": "↓", "up": "↑", "left": "←",
    "right": "→", "upper_g": "G", "ampersand": "&", "apostrophe": "'", "asterisk": "*", "backslash": "\\", "colon": ":",
    "plus": "+", "minus": "-", "underscore": "_", "equals_sign": "=", "exclamation_mark": "!", "full_stop": ".",
    "number_sign": "#",
}  # fmt: skip


def shown_keys(screen: Screen[Any]) -> list[tuple[str, str]]:
    """Return the keys that are shown in the last line: key and what it does, each action once."""
    keys: dict[str, tuple[str, str]] = {}
    for _, binding, _, _ in screen.active_bindings.values():
        if binding.show:
            keys.setdefault(binding.action, (screen.app.get_key_display(binding), binding.description))
    return list(keys.values())


def key_items(app: CommandsApp, screen: Screen[Any]) -> list[Item]:
    """Return what every key does here, those of the pane with the focus first. Choosing one does the same."""
    found: dict[tuple[str, str], tuple[list[str], ActiveBinding]] = {}
    for key, active in screen.active_bindings.items():
        section = _HERE if isinstance(active.node, Pane) else _EVERYWHERE
        text = active.binding.tooltip or active.binding.description
        found.setdefault((section, text), ([], active))[0].append(_name_key(key))
    items = [
        Item(text, " ".join(dict.fromkeys(keys)), section, _runner(app, active), active.binding.description)
        for (section, text), (keys, active) in found.items()
        if text
    ]
    return sorted(items, key=lambda item: item.section != _HERE)


def help_items(app: CommandsApp, screen: Screen[Any]) -> list[Item]:
    """Return what the help lists: keys, and what the glyphs mean."""
    return [*key_items(app, screen), *(Item(text, glyph, "States") for glyph, text in glyph_legend())]


def palette_items(app: CommandsApp, screen: Screen[Any]) -> list[Item]:
    """Return what the palette offers: actions, jobs, methods, builds and themes."""
    actions = [Item(item.text, item.keys, "actions", item.run, item.also) for item in key_items(app, screen)]
    return [*actions, *_job_items(app), *_method_items(app), *_build_items(app), *_theme_items(app)]


def _job_items(app: CommandsApp) -> Iterator[Item]:
    for row in list(app.board.table)[:_JOBS_MOST]:
        name = row.name if row.name not in ("", row.method) else ""
        run = functools.partial(app.show_row, row.row)
        yield Item(" ".join(filter(None, (row.method, name, row.job))), "", "jobs", run)


def _method_items(app: CommandsApp) -> Iterator[Item]:
    for method in sorted({row.method for row in app.board.table}):
        yield Item(f"only jobs of {method}", "", "methods", functools.partial(app.show_method, method))


def _build_items(app: CommandsApp) -> Iterator[Item]:
    from axtui.tui.past_workbench import title_of

    for build in reversed(app.history.builds):
        text = f"{title_of(build)}  {build.script}  {build.cause_text}"
        yield Item(text, "", "builds", functools.partial(app.show_build, build.number))


def _theme_items(app: CommandsApp) -> Iterator[Item]:
    for name in sorted(app.available_themes):
        yield Item(f"theme {name}", "", "themes", functools.partial(app.choose_theme, name))


def _runner(app: CommandsApp, active: ActiveBinding) -> functools.partial[None]:
    return functools.partial(_run, app, active)


def _run(app: CommandsApp, active: ActiveBinding) -> None:
    app.call_later(app.run_action, active.binding.action, active.node)


def _name_key(key: str) -> str:
    return KEY_NAMES.get(key, key)
