"""The workbench as files: SVG, PNG and text. It is drawn without a terminal, from the journal and the jobs alone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textual.app import App
from textual.pilot import Pilot
from textual.strip import Strip

from axtui.project.config import Project
from axtui.tui.app import AxtuiApp
from axtui.tui.palette import AXTUI_THEME
from axtui.tui.png import draw_png

_FACES = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
_FONTS = (("Fira Code, monospace", "DejaVu Sans Mono, monospace"), ("font-size: 20px", "font-size: 20.26px"))
"""At this size a DejaVu character is exactly as wide as the cell that Textual draws for one of Fira Code."""


@dataclass(frozen=True)
class Picture:
    """One screen in three forms; `png` is empty where cairosvg (which brings cairocffi) is missing."""

    svg: str
    png: bytes
    text: str


def take_picture(
    project: Project, size: tuple[int, int] = (160, 45), keys: Sequence[str] = (), title: str = "axtui"
) -> Picture:
    """Draw the workbench of a project.

    Args:
        project: The project; its engine is not asked, so what runs is shown as it stands.
        size: Columns and rows.
        keys: Keys to press before, by their Textual names.
        title: The text above the picture.
    """
    return asyncio.run(_take(AxtuiApp(project), size, keys, title))


async def _take(app: AxtuiApp, size: tuple[int, int], keys: Sequence[str], title: str) -> Picture:
    app.theme = AXTUI_THEME.name
    async with app.run_test(size=size) as pilot:
        await _settle(app, pilot)
        for key in keys:
            await pilot.press(key)
            await _settle(app, pilot)
        return draw_screen(app, title)


def draw_screen(app: App[Any], title: str = "axtui") -> Picture:
    """Draw what an app shows now."""
    svg = _FACES.sub("", app.export_screenshot(title=title))
    for old, new in _FONTS:
        svg = svg.replace(old, new)
    return Picture(svg, draw_png(_strips(app), app.size.width), text_of(app))


async def _settle(app: AxtuiApp, pilot: Pilot[None]) -> None:
    await pilot.pause()
    await app.workers.wait_for_complete()
    while app.is_busy:
        await pilot.pause()


def text_of(app: App[Any]) -> str:
    """Return what is on the screen, a line a row."""
    return "\n".join("".join(segment.text for segment in strip) for strip in _strips(app))


def _strips(app: App[Any]) -> list[Strip]:
    """Return the screen as it is drawn. Textual 8.2.8 has no public way to this; tests hold the private one."""
    return app.screen._compositor.render_strips()
