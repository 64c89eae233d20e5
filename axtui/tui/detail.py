"""What the detail pane says of one row, as drawn lines. Reads no files and knows no widget."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from axtui.base.clock import format_seconds
from axtui.base.errors import RecordError
from axtui.base.records import Record
from axtui.base.text import format_nbytes, safe
from axtui.base.values import decode_value
from axtui.event.reasons import Branch, branches
from axtui.project.limits import tell_limits
from axtui.store.peaks import peaks_of, tell_peaks
from axtui.store.progress import Progress
from axtui.tui.facts import Facts
from axtui.tui.glyphs import GLYPHS, SLICE_GLYPHS, bar, cut, format_expected, format_rate
from axtui.tui.measure import slice_seconds, slice_share
from axtui.tui.palette import Line, Palette
from axtui.tui.rows import SCRIPT, STATES, Row
from axtui.tui.state import Board

_LABEL = 10
_SLICE_WIDE, _SLICE_NARROW = 44, 20
"""What a slice's line takes beside its bar, with and without the lines it has done."""
_SECONDS_LEAST = 0.05
_SLOWEST = 6
_NAMES_MOST = 12
_BEHIND_MOST = 3
_LINES_MOST = 30
_SLICE_STYLES = {"done": "success", "running": "primary", "failed": "error", "stopped": "muted", "waiting": "faint"}


def draw_detail(row: Row, board: Board, facts: Facts, width: int, palette: Palette) -> list[Line]:
    """Draw everything that is known of a row's job, the weightiest first."""
    page, table = _Page(width, palette), board.table
    _say_problem(page, row, facts)
    _say_why(page, row, facts)
    if row.row == SCRIPT:
        _say_build(page, board)
    else:
        _say_stages(page, row, facts)
    _say_slices(page, facts)
    _say_rows(page, "inputs", table.inputs(row), row.inputs)
    _say_rows(page, "users", board.users(row), ())
    _say_setup(page, facts)
    _say_memory(page, facts)
    _say_limits(page, facts)
    _say_traceback(page, row, facts)
    _say_files(page, row, facts)
    return page.lines


class _Page:
    """Lines under labels: a label stands only before the first line of its section."""

    def __init__(self, width: int, palette: Palette) -> None:
        self.width = width
        self.palette = palette
        self.lines: list[Line] = []
        self._label = ""

    def section(self, label: str) -> None:
        self._label = label

    def line(self) -> Line:
        """Begin a line, with the label if it has not been said."""
        line = Line().put(f" {self._label}".ljust(_LABEL), self.palette["muted"])
        self._label = ""
        self.lines.append(line)
        return line

    def say(self, text: str, style: str = "foreground") -> None:
        """Add a line of plain text."""
        self.line().put(safe(text), self.palette[style])


def _say_problem(page: _Page, row: Row, facts: Facts) -> None:
    message, file, number = row.problem
    if message:
        page.section("error")
        where = f"{file}:{number}" if file else ""
        part = f"in {row.part}" if row.part and row.state == "failed" else ""
        page.say(message, "error")
        if where or part:
            page.line().put(safe(where), page.palette["bold"]).put(safe(f"  {part}"), page.palette["muted"])
    elif row.state in ("blocked", "cancelled", "stale") and row.message:
        page.section(row.state)
        page.say(row.message, "warning")
    elif row.state != "running" and facts.record and facts.record.state in ("damaged", "crashed", "gone"):
        page.section(facts.record.state)
        page.say(facts.record.reason, "error")


def _say_traceback(page: _Page, row: Row, facts: Facts) -> None:
    text = facts.record.error.get("traceback") if facts.record else None
    if row.state == "failed" and isinstance(text, str) and "\n" in text:
        page.section("trace")
        for line in text.strip().splitlines()[-_LINES_MOST:]:
            page.say(line, "muted")


def _say_why(page: _Page, row: Row, facts: Facts) -> None:
    page.section("caption")
    if row.caption:
        page.say(row.caption)
    page.section("why")
    if row.state == "reused":
        page.say(f"reused, {row.why[0]}" if row.why else "reused: nothing that it depends on has changed")
    elif row.row == SCRIPT:
        page.say(", ".join(row.why))
    else:
        for branch in _reasons(row, facts)[:_NAMES_MOST]:
            page.line().put("Δ ", page.palette["accent"]).put(safe(branch.text), page.palette["foreground"])
            for text in _behind(branch):
                page.line().put("  └ ", page.palette["faint"]).put(safe(text), page.palette["muted"])
    page.section("notes")
    for text in row.notes:
        page.say(text, "secondary")


def _reasons(row: Row, facts: Facts) -> tuple[Branch, ...]:
    """Return why a row's job was built: from its record, which also says why its inputs were, else from its event."""
    if row.why and facts.reason is not None and facts.reason.job == row.job:
        return branches(facts.reason)
    return tuple(Branch(text) for text in row.why)


def _behind(branch: Branch) -> list[str]:
    """Return why the inputs of which a reason speaks came anew, a line each."""
    lines = []
    for each in branch.below[:_BEHIND_MOST]:
        reasons = "; ".join(inner.text for inner in each.below)
        lines.append(f"{each.text.partition(',')[0]}: {reasons}" if reasons else each.text)
    left = len(branch.below) - _BEHIND_MOST
    return [*lines, f"and {left} more"] if left > 0 else lines


def _say_stages(page: _Page, row: Row, facts: Facts) -> None:
    page.section("stages")
    stages = timed_stages(row, facts)
    if not stages:
        if row.expected >= _SECONDS_LEAST:
            page.section("takes")
            page.say(f"{format_expected(row.expected)}, as the last time", "muted")
        return
    line = page.line()
    for name, seconds, glyph in stages:
        style = {"✔": "success", "✘": "error", "▶": "primary"}[glyph]
        line.put(f"{name} ").put(glyph, page.palette[style])
        line.put(f" {format_seconds(seconds)}   ", page.palette["muted"])


def _say_build(page: _Page, board: Board) -> None:
    """Say what became of the jobs, and which took longest."""
    page.section("jobs")
    counts = board.counts()
    line = page.line() if counts else Line()
    for state in (state for state in STATES if counts[state]):
        line.put(f"{GLYPHS[state]} {counts[state]} {state}   ", page.palette.state(state))
    page.section("slowest")
    built = map(board.table.rows.__getitem__, board.in_state("built"))
    done = sorted(built, key=lambda row: -row.seconds)[:_SLOWEST]
    for row in done:
        filled, _ = bar(row.seconds / max(done[0].seconds, 0.001), 20)
        line = page.line().put(f"{format_seconds(row.seconds):>6} ", page.palette["foreground"])
        line.put(f"{filled:<20} ", page.palette["primary"]).put(safe(f"{row.method} "), page.palette["foreground"])
        line.put(safe(row.job), page.palette["muted"])


def timed_stages(row: Row, facts: Facts) -> list[tuple[str, float, str]]:
    """Return stages with their seconds and a glyph: from this build's events, else from the commit record."""
    if row.stages:
        ends = [at for _, at in row.stages[1:]]
        over = bool(row.stages[-1][0] == "")
        starts = [stage for stage in row.stages if stage[0]]
        ends = ends if over else [*ends, max(facts.now, row.stages[-1][1])]
        last = "▶" if not over else "✘" if row.state in ("failed", "cancelled") else "✔"
        glyphs = ["✔"] * (len(starts) - 1) + [last]
        return [(name, end - at, glyph) for (name, at), end, glyph in zip(starts, ends, glyphs, strict=False)]
    record = facts.record
    times = (record.post.get("exectime") or record.error.get("exectime")) if record else None
    if not isinstance(times, dict):
        return []
    names = [name for name in ("prepare", "analysis", "synthesis") if isinstance(times.get(name), (int, float))]
    return [(name, float(times[name]), "✔") for name in names if times[name]]


def _say_slices(page: _Page, facts: Facts) -> None:
    if not any(record.began for record in facts.slices):
        text = facts.progress[-1].text if facts.progress else ""
        page.section("status")
        if text:
            page.say(text)
        return
    page.section("slices")
    two = len(facts.slices) > 4 and page.width >= 72
    half = (len(facts.slices) + 1) // 2 if two else len(facts.slices)
    column = (page.width - _LABEL - 1) // (2 if two else 1)
    for index in range(half):
        line = page.line()
        _put_slice(line, index, facts.slices[index], facts.now, column, page.palette)
        if two and index + half < len(facts.slices):
            line.pad(_LABEL + column)
            _put_slice(line, index + half, facts.slices[index + half], facts.now, column, page.palette)


def _put_slice(line: Line, index: int, record: Progress, now: float, width: int, palette: Palette) -> None:
    style = palette[_SLICE_STYLES[record.state]]
    seconds = slice_seconds(record, now)
    length = max(6, min(24, width - (_SLICE_WIDE if width >= _SLICE_WIDE + 6 else _SLICE_NARROW)))
    filled, empty = bar(slice_share(record), length)
    line.put(f"{index:>2} ", palette["muted"]).put(SLICE_GLYPHS[record.state] + " ", style)
    line.put(filled, style).put(empty, palette["faint"])
    line.put(f" {format_seconds(seconds):>6}" if record.began else " " * 7, palette["foreground"])
    if width >= _SLICE_WIDE + 6:
        line.put(f"  {_lines_of(record):<22}", palette["muted"])
    line.put(f" {format_rate(record.done, seconds):>7}", palette["muted"])
    if record.state in ("running", "waiting") and record.text and width >= _SLICE_WIDE + 40:
        line.put(f"  {safe(record.text)}", palette["secondary"])


def _lines_of(record: Progress) -> str:
    if not record.done and record.total <= 0:
        return ""
    if record.total > 0 and record.state != "done":
        return f"{record.done:,} of {record.total:,}"
    return f"{record.done:,}"


def _say_rows(page: _Page, label: str, rows: Sequence[Row], references: Sequence[str]) -> None:
    page.section(label)
    line = None
    for row in rows[:_NAMES_MOST]:
        text = f"{safe(row.method)} {safe(row.job)}".strip()
        if line is None or line.width + len(text) + 5 > page.width:
            line = page.line()
        line.put(GLYPHS[row.shown] + " ", page.palette.state(row.shown))
        line.put(safe(row.method), page.palette["foreground"]).put(f" {safe(row.job)}   ", page.palette["muted"])
    if line is not None and len(rows) > _NAMES_MOST:
        line.put(f"and {len(rows) - _NAMES_MOST} more", page.palette["muted"])
    if line is None and references:
        page.say(", ".join(references[:_NAMES_MOST]), "muted")


def _say_setup(page: _Page, facts: Facts) -> None:
    page.section("options")
    recorded = facts.record.setup.get("options") if facts.record else None
    if not isinstance(recorded, dict):
        return
    options = {name: _read_option(value) for name, value in recorded.items()}
    for name, value in [item for item in options.items() if not _is_empty(item[1])][:_LINES_MOST]:
        line = page.line().put(safe(f"{name} = "), page.palette["muted"])
        line.put(safe(cut(_plain(value), 200)), page.palette["foreground"])
    empty = [name for name, value in options.items() if _is_empty(value)]
    if empty:
        page.say(f"empty: {', '.join(empty)}", "faint")


def tell_options(setup: Record) -> list[tuple[str, str]]:
    """Return the options of a job for people, by name: those that say something first."""
    recorded = setup.get("options")
    options = {name: _read_option(value) for name, value in recorded.items()} if isinstance(recorded, dict) else {}
    told = sorted(options.items(), key=lambda item: _is_empty(item[1]))
    return [(str(name), cut(_plain(value), 200)) for name, value in told]


def _say_memory(page: _Page, facts: Facts) -> None:
    page.section("memory")
    peaks = tell_peaks(peaks_of(facts.record))
    if peaks:
        page.say(f"at most {peaks}", "muted")


def _say_limits(page: _Page, facts: Facts) -> None:
    page.section("limits")
    limits = tell_limits(facts.record.setup) if facts.record else []
    if limits:
        page.say(", ".join(limits), "muted")


def _is_empty(value: Any) -> bool:
    return value is None or value is False or value in ("", [], {}, set())


def _read_option(value: Any) -> Any:
    """Return an option as the method saw it; what somebody else wrote there is shown as it is."""
    try:
        return decode_value(value)
    except RecordError:
        return value


def _plain(value: Any) -> str:
    """Write an option for people: as JSON where that has a form for it, else as Python does."""
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        return repr(value)


def _say_files(page: _Page, row: Row, facts: Facts) -> None:
    page.section("datasets")
    datasets = facts.record.post.get("datasets") if facts.record else None
    if isinstance(datasets, dict) and datasets:
        page.say(", ".join(map(str, list(datasets)[:_NAMES_MOST])))
    page.section("files")
    for file in facts.files[:_NAMES_MOST]:
        page.line().put(file.name, page.palette["foreground"]).put(
            f"  {format_nbytes(file.nbytes)}", page.palette["muted"]
        )
    if len(facts.files) > _NAMES_MOST:
        page.say(f"and {len(facts.files) - _NAMES_MOST} more", "muted")
    page.section("result")
    for text in facts.preview:
        page.line().put(text, page.palette["foreground"])
