"""What a build did in words and numbers: against the one before it, what took longest, how busy it was. Pure lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from axtui.base.clock import format_seconds
from axtui.base.text import safe
from axtui.tui.build_diff import BuildDiff
from axtui.tui.palette import Line, Palette
from axtui.tui.rows import Row
from axtui.tui.slots import busy_share
from axtui.tui.spans import Link, Timeline

_SLOWEST = 6
_SLOW = 1.2


def draw_summary(
    timeline: Timeline, critical: Sequence[Link], compared: BuildDiff, before: int, usual: Mapping[str, float],
    palette: Palette,
) -> list[Line]:  # fmt: skip
    """Draw the summary of a build.

    Args:
        timeline: The build.
        critical: Its critical path.
        compared: How it differs from the build before, whose number is `before` (0 for none).
        usual: The median time that each row's job took before, in seconds.
    """
    page = _Page(palette)
    page.head(f"build {timeline.build.number}" + (f" against {before}" if before else ""))
    page.say("", timeline.build.cause_text)
    _say_comparison(page, compared)
    path = sum(link.span.seconds for link in critical)
    page.say("time", f"{format_seconds(timeline.seconds)}, critical path {format_seconds(path)}")
    page.say("", f"slots busy {busy_share(timeline):.0%}")
    saved = sum(span.once for span in timeline.reused)
    if saved >= 0.05:
        page.say("", f"saved by reuse {format_seconds(saved)}")
    _say_slowest(page, timeline, usual)
    return page.lines


def _say_comparison(page: _Page, compared: BuildDiff) -> None:
    for glyph, style, pairs, word in (
        ("+", "secondary", compared.added, "new"), ("~", "accent", compared.rebuilt, "rebuilt"),
        ("=", "muted", compared.same, "reused"), ("−", "muted", compared.gone, "not asked for"),
        ("✘", "error", compared.failed, "failed"),
    ):  # fmt: skip
        if pairs:
            rows = [pair.row for pair in pairs]
            page.count(glyph, style, f"{len(rows)} job{'s' * (len(rows) != 1)} {word}", _reason(rows))


def _reason(rows: Sequence[Row]) -> str:
    """Return what most of these rows say of why, or what went wrong."""
    texts = Counter(row.message if row.state == "failed" else row.why[0] for row in rows if row.why or row.message)
    return texts.most_common(1)[0][0] if texts and rows[0].state in ("built", "failed") else ""


def _say_slowest(page: _Page, timeline: Timeline, usual: Mapping[str, float]) -> None:
    slowest = sorted(timeline.ran, key=lambda span: -span.seconds)
    if slowest:
        page.head("slowest jobs")
    for span in slowest[:_SLOWEST]:
        page.job(span.method, span.job, format_seconds(span.seconds) + (" ✘" if span.state == "failed" else ""))
    ratios = [(span.seconds / usual[span.row], span) for span in slowest if usual.get(span.row)]
    slow = sorted((each for each in ratios if each[0] >= _SLOW), key=lambda each: -each[0])[:_SLOWEST]
    if slow:
        page.head("slowest against their own history")
    for ratio, span in slow:
        page.job(span.method, span.job, f"{ratio:.1f}× median")


class _Page:
    """Lines under headings."""

    def __init__(self, palette: Palette) -> None:
        self.lines: list[Line] = []
        self._palette = palette

    def head(self, text: str) -> None:
        if self.lines:
            self.lines.append(Line())
        self.lines.append(Line().put(f" {safe(text)}", self._palette["accent"] + self._palette["strong"]))

    def say(self, label: str, text: str) -> None:
        line = Line().put(f"   {label:<5}", self._palette["muted"])
        self.lines.append(line.put(safe(text), self._palette["foreground"]))

    def count(self, glyph: str, style: str, text: str, reason: str) -> None:
        line = Line().put(f"   {glyph} ", self._palette[style] + self._palette["strong"])
        self.lines.append(line.put(f"{text}  ").put(safe(reason), self._palette["muted"]))

    def job(self, method: str, job: str, text: str) -> None:
        line = Line().put(f"   {safe(method):<18.18} ", self._palette["foreground"])
        self.lines.append(line.put(f"{safe(job):<9} ", self._palette["muted"]).put(text, self._palette["foreground"]))
