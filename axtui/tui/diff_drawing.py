"""A comparison of two jobs as drawn lines. Reads nothing and knows no widget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from axtui.base.clock import format_seconds
from axtui.base.text import format_nbytes, safe
from axtui.event.sentences import name_change, sentence
from axtui.event.why import Difference
from axtui.tui.palette import Line, Palette

if TYPE_CHECKING:
    from axtui.build.comparison import Comparison

_FILES_MOST = 200
_LINES_MOST = 5000
_STAGES = ("prepare", "analysis", "synthesis", "total")
_KINDS = {"source": "source", "option": "options", "input": "inputs", "file": "input files"}
_STYLES = {"+": "added", "-": "removed", "@": "secondary"}


class _Page:
    """Lines in parts; `heads` are the lines at which parts begin."""

    def __init__(self, palette: Palette) -> None:
        self.palette = palette
        self.lines: list[Line] = []
        self.heads: list[int] = []

    def head(self, text: str) -> None:
        if self.lines:
            self.lines.append(Line())
        self.heads.append(len(self.lines))
        self.lines.append(Line().put(safe(text), self.palette["accent"] + self.palette["strong"]))

    def say(self, text: str, style: str = "foreground") -> None:
        self.lines.append(Line().put(safe(text), self.palette[style]))

    def diff(self, lines: Sequence[str]) -> None:
        """Add lines of a diff, each with its sign."""
        for text in lines[:_LINES_MOST]:
            self.say(text, _STYLES.get(text[:1], "foreground") if text[:3] not in ("+++", "---") else "muted")
        if len(lines) > _LINES_MOST:
            self.say(f"and {len(lines) - _LINES_MOST:,} more lines", "muted")


def draw_comparison(
    compared: Comparison, sources: dict[str, list[str]], palette: Palette
) -> tuple[list[Line], list[int]]:
    """Draw a comparison; `sources` are unified diffs. Return the lines, and those at which parts begin."""
    page = _Page(palette)
    _draw_made_of(page, compared.why.differences)
    _draw_outcome(page, compared)
    _draw_times(page, compared)
    for name, lines in sources.items():
        page.head(f"source {name}")
        page.diff(lines)
        if not lines:
            page.say("  the same lines; what it imports, or what it is compiled to, differs", "muted")
    return page.lines, page.heads


def _draw_made_of(page: _Page, differences: Sequence[Difference]) -> None:
    page.head("What it is made of")
    kinds = {each.kind for each in differences}
    for each in differences:
        page.lines.append(
            Line().put("  ● ", page.palette["warning"]).put(safe(sentence(each)), page.palette["foreground"])
        )
        for change in each.changes:
            style = {"added": "success", "removed": "error"}.get(change.how, "secondary")
            page.say(f"      {change.how:<8} {name_change(change).lstrip('+-')}", style)
    told = kinds | ({"file"} if "option" in kinds else set())  # an option may name another file
    same = [text for kind, text in _KINDS.items() if kind not in told]
    if same:
        page.say(f"  ○ unchanged: {', '.join(same)}", "muted")


def _draw_outcome(page: _Page, compared: Comparison) -> None:
    same = compared.is_same
    if same is None:
        states = [each for each in (compared.before, compared.now) if not each.post]
        page.head(f"What came out cannot be compared: {', '.join(f'{each.jobid} is {each.state}' for each in states)}")
        return
    page.head(f"What came out: {'the same' if same else 'another output'}")
    others = [each for each in compared.files if not each.is_equal]
    for each in others[:_FILES_MOST]:
        old, new = (_size(told) for told in (each.before, each.now))
        text = f"{old} → {new}" if old != new else f"other content, {new}"
        page.lines.append(Line().put(f"  {safe(each.name)}  ", page.palette["bold"]).put(text, page.palette["warning"]))
    if len(others) > _FILES_MOST:
        page.say(f"  and {len(others) - _FILES_MOST} more files", "muted")
    equal = len(compared.files) - len(others)
    if equal:
        page.say(f"  {equal} {'file is' if equal == 1 else 'files are'} equal", "muted")
    results = compared.diff_results()
    if results:
        page.head("Result")
        page.diff(results)


def _draw_times(page: _Page, compared: Comparison) -> None:
    old, new = (each.post.get("exectime", {}) for each in (compared.before, compared.now))
    stages = [name for name in _STAGES if old.get(name) or new.get(name)]
    if not stages:
        return
    page.head("Time")
    for name in stages:
        one, other = old.get(name), new.get(name)
        line = Line().put(f"  {name:<10}", page.palette["muted"])
        line.put(f"{_seconds(one):>8} → {_seconds(other):<8}", page.palette["foreground"])
        if one and other and max(one, other) > 0.05:
            line.put(f" ×{other / one:.2f}", page.palette["warning" if other > one * 1.2 else "muted"])
        page.lines.append(line)


def _size(told: tuple[int, str] | None) -> str:
    return "not there" if told is None else format_nbytes(told[0])


def _seconds(value: float | None) -> str:
    return "-" if value is None else format_seconds(value)
