"""A timeline as text for other programs: JSON, a Chrome trace, an SVG picture. Writes no files."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from xml.sax.saxutils import escape

from axtui.base.clock import format_seconds
from axtui.base.text import safe
from axtui.tui.slots import assign_places, busy_share
from axtui.tui.spans import Link, Slice, Span, Timeline
from axtui.tui.timeline_lines import format_clock

_WIDTH, _NAME, _ROW, _MARGIN = 1200, 200, 20, 10
_TICKS = 8
_COLOURS = {"built": "#3f8f46", "failed": "#c0392b", "cancelled": "#888888", "running": "#2f6fb0"}
_Slices = Mapping[str, Sequence[Slice]]
_Write = Callable[[Timeline, Sequence[Link], _Slices], str]


def format_json(timeline: Timeline, critical: Sequence[Link], slices: _Slices) -> str:
    """Write a timeline as JSON; all times are seconds since the build began."""
    build = timeline.build
    record = {
        "build": build.number, "script": build.script, "at": build.at, "cause": build.cause, "saved": build.saved,
        "outcome": build.outcome, "seconds": timeline.seconds, "slots": timeline.slots, "busy": busy_share(timeline),
        "critical_path": [{"row": link.span.row, "waited_for": link.waited_for} for link in critical],
        "jobs": [_job_record(span, slices.get(span.row, ())) for span in timeline.spans],
        "reused": [{"row": span.row, "job": span.job, "seconds": span.once} for span in timeline.reused],
    }  # fmt: skip
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"


def format_trace(timeline: Timeline, critical: Sequence[Link], slices: _Slices) -> str:
    """Write a timeline in the Trace Event Format that Chrome and Perfetto read: a thread a slot, times in µs."""
    on_path = {link.span.row for link in critical}
    places = assign_places(timeline.spans)
    name = {"name": f"build {timeline.build.number} of {timeline.build.script}"}
    events: list[dict[str, object]] = [{"ph": "M", "name": "process_name", "pid": 1, "tid": 0, "args": name}]
    for number in sorted(set(places.values())):
        events.append({"ph": "M", "name": "thread_name", "pid": 1, "tid": number, "args": {"name": f"slot {number}"}})
    for span in timeline.ran:
        told = {"job": span.job, "row": span.row, "state": span.state, "critical": span.row in on_path}
        events.append(_bar(span.method, span.began, span.ended, places[span.row], told))
        stages = [*span.stages, ("", span.ended)]
        for (stage, began), (_, ended) in itertools.pairwise(stages):
            events.append(_bar(stage, began, ended, places[span.row], {"job": span.job}))
        for each in slices.get(span.row, ()):
            place = 1000 * (places[span.row] + 1) + each.number
            told = {"job": span.job, "lines": each.lines}
            events.append(_bar(f"{span.method} slice {each.number}", each.began, each.ended, place, told))
    return json.dumps({"traceEvents": events, "displayTimeUnit": "ms"}) + "\n"


def format_svg(timeline: Timeline, critical: Sequence[Link], slices: _Slices) -> str:
    """Draw a timeline as SVG, a row a job; those on the critical path have a frame."""
    on_path = {link.span.row for link in critical}
    scale = (_WIDTH - _NAME - 2 * _MARGIN - 160) / max(timeline.seconds, 0.001)
    height = (len(timeline.spans) + 3) * _ROW + 2 * _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'font-family="DejaVu Sans Mono, monospace" font-size="12">',
        f'<rect width="{_WIDTH}" height="{height}" fill="white"/>',
        _text(_MARGIN, _MARGIN + 12, f"build {timeline.build.number} of {timeline.build.script}: "
              f"{timeline.build.outcome or 'runs'}, {format_seconds(timeline.seconds)}"),
    ]  # fmt: skip
    for tick in range(_TICKS + 1):
        at = timeline.seconds * tick / _TICKS
        x = _NAME + at * scale
        clock = format_clock(timeline.build.at + at, timeline.seconds / _TICKS)
        parts.append(_text(x, _MARGIN + _ROW + 12, clock))
        line = f'<line x1="{x:.1f}" y1="{_MARGIN + 2 * _ROW}" x2="{x:.1f}" y2="{height}" stroke="#dddddd"/>'
        parts.append(line)
    for number, span in enumerate(timeline.spans):
        parts += _draw_row(span, _MARGIN + (number + 2) * _ROW, scale, span.row in on_path)
    return "\n".join([*parts, "</svg>"]) + "\n"


FORMS: Mapping[str, tuple[str, _Write]] = {
    "s": (".svg", format_svg),
    "j": (".json", format_json),
    "c": (".trace.json", format_trace),
}
"""The forms by the key that chooses them: what the file's name ends in, and what writes it."""


def _job_record(span: Span, slices: Sequence[Slice]) -> dict[str, object]:
    return {
        "row": span.row, "method": span.method, "job": span.job, "state": span.state, "parent": span.parent,
        "asked": span.asked, "began": span.began if span.has_run else None,
        "ended": span.ended if span.has_run else None, "inputs": span.inputs, "message": span.message,
        "stages": [{"stage": stage, "began": at} for stage, at in span.stages],
        "slices": [{"slice": each.number, "began": each.began, "ended": each.ended, "lines": each.lines}
                   for each in slices],
    }  # fmt: skip


def _bar(name: str, began: float, ended: float, place: int, told: dict[str, object]) -> dict[str, object]:
    return {"ph": "X", "name": name, "pid": 1, "tid": place, "ts": began * 1e6, "dur": (ended - began) * 1e6,
            "args": told}  # fmt: skip


def _draw_row(span: Span, y: float, scale: float, on_path: bool) -> list[str]:
    parts = [_text(_MARGIN, y + 14, span.method[:24])]
    if not span.has_run:
        return [*parts, _text(_NAME + span.asked * scale, y + 14, span.message[:100] or "not run")]
    x, width = _NAME + span.began * scale, max(1.0, span.seconds * scale)
    frame = ' stroke="black" stroke-width="1.5"' if on_path else ""
    colour = _COLOURS.get(span.state, "#888888")
    parts.append(f'<rect x="{x:.1f}" y="{y + 3}" width="{width:.1f}" height="{_ROW - 6}" fill="{colour}"{frame}/>')
    return [*parts, _text(x + width + 4, y + 14, f"{span.job} {format_seconds(span.seconds)}")]


def _text(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="#222222">{escape(safe(text))}</text>'
