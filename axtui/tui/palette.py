"""The theme, and the styles that widgets draw with, made from whatever theme is chosen. Draws nothing."""

from __future__ import annotations

from collections.abc import Mapping

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.theme import Theme

from axtui.tui.rows import State

AXTUI_THEME = Theme(
    name="axtui",
    primary="#7aa2f7",
    secondary="#7dcfff",
    accent="#bb9af7",
    foreground="#c8d0e0",
    background="#0f1117",
    surface="#0f1117",
    panel="#1b1f2b",
    success="#8ccf7e",
    warning="#e5b567",
    error="#ff6b81",
    variables={"border": "#3b4261", "border-blurred": "#3b4261"},
)
_LANES = ("#7aa2f7", "#bb9af7", "#7dcfff", "#ff9e64", "#73daca", "#f4b8e4", "#9aa5ce")
_STATE_COLOURS: dict[State, str] = {
    "built": "success",
    "reused": "success",
    "running": "primary",
    "waiting": "muted",
    "expected": "faint",
    "stale": "warning",
    "failed": "error",
    "broken": "error",
    "blocked": "warning",
    "cancelled": "muted",
}
_NAMED = ("primary", "secondary", "accent", "success", "warning", "error", "foreground")


class Palette:
    """Styles by name: the colours of the theme, `muted`, `faint`, `bold` (text),
    `strong` (only bold), `focus`, `cursor`, `mark`, `found`, `added` and `removed` (backgrounds), and states.

    Args:
        variables: The CSS variables of the theme, as Textual gives them.
        ansi: Whether the terminal's own 16 colours are used: then nothing is blended.
        own: Whether it is axtui's theme, which has colours for lanes.
    """

    def __init__(self, variables: Mapping[str, str], ansi: bool, own: bool) -> None:
        colours = {name: Color.parse(variables[name]) for name in _NAMED}
        self._styles = {name: Style(color=colour.rich_color) for name, colour in colours.items()}
        self._styles["bold"] = Style(color=colours["foreground"].rich_color, bold=True)
        self._styles["strong"] = Style(bold=True)
        self._styles["reverse"] = Style(reverse=True, bold=True)
        if ansi:
            self._styles |= {"muted": Style(dim=True), "faint": Style(dim=True), "cursor": Style(reverse=True)}
            self._styles |= {"focus": Style(reverse=True), "mark": Style(underline=True)}
            self._styles |= {"found": Style(reverse=True), "added": Style(color="green"), "removed": Style(color="red")}
        else:
            self._blend(colours, Color.parse(variables["background"]))
        lanes = _LANES if own else tuple(variables[name] for name in ("primary", "accent", "secondary", "warning"))
        self._lanes = [Style(color=Color.parse(lane).rich_color) for lane in lanes]

    def _blend(self, colours: Mapping[str, Color], background: Color) -> None:
        text = colours["foreground"]
        self._styles["muted"] = Style(color=background.blend(text, 0.62).rich_color)
        self._styles["faint"] = Style(color=background.blend(text, 0.34).rich_color)
        self._styles["focus"] = Style(bgcolor=background.blend(colours["primary"], 0.24).rich_color)
        self._styles["cursor"] = Style(bgcolor=background.blend(colours["primary"], 0.12).rich_color)
        self._styles["mark"] = Style(bgcolor=background.blend(colours["error"], 0.22).rich_color)
        self._styles["found"] = Style(bgcolor=background.blend(colours["warning"], 0.45).rich_color)
        self._styles["added"] = Style(bgcolor=background.blend(colours["success"], 0.16).rich_color)
        self._styles["removed"] = Style(bgcolor=background.blend(colours["error"], 0.16).rich_color)

    def __getitem__(self, name: str) -> Style:
        return self._styles[name]

    def state(self, state: State) -> Style:
        """Return the style of a state's glyph."""
        return self._styles[_STATE_COLOURS[state]]

    def lane(self, lane: int) -> Style:
        """Return the style of a lane."""
        return self._lanes[lane % len(self._lanes)]


class Line(list[Segment]):
    """A line that is being put together from pieces of text, each with a style."""

    def put(self, text: str, style: Style | None = None) -> Line:
        """Add text at the end."""
        if text:
            self.append(Segment(text, style))
        return self

    def pad(self, width: int) -> Line:
        """Add blanks until the line is as wide as that."""
        return self.put(" " * (width - self.width))

    def cut(self, width: int) -> Line:
        """Cut what is too long, `…` in place of what is gone."""
        if self.width <= width:
            return self
        kept = Line()
        for text, style, _ in self:
            room = width - 1 - kept.width
            if cell_len(text) > room:
                return kept.put(set_cell_size(text, room).rstrip(), style).put("…", style)
            kept.put(text, style)
        return kept

    @property
    def width(self) -> int:
        """How many cells the line takes."""
        return sum(cell_len(segment.text) for segment in self)
