"""One line of the job list, drawn from a row and its lanes. Knows no widget."""

from __future__ import annotations

from dataclasses import dataclass

from axtui.base.clock import format_seconds
from axtui.base.text import safe
from axtui.tui.glyphs import GLYPHS, bar, cut, format_expected
from axtui.tui.lanes import LaneRow
from axtui.tui.measure import Share
from axtui.tui.palette import Line, Palette
from axtui.tui.rows import Build, Row, Table

_TIME = 7


@dataclass(frozen=True)
class Columns:
    """Widths in cells."""

    lanes: int
    name: int
    job: int
    whole: int

    @property
    def bar(self) -> int:
        """The width of a progress bar."""
        return 12 if self.whole >= 70 else 8


@dataclass(frozen=True)
class View:
    """What a line is drawn against: the clock, the gutter's mark, how far the job is."""

    now: float
    mark: str = " "
    share: Share | None = None
    label: str = ""


def draw_row(row: Row, lane: LaneRow, table: Table, columns: Columns, view: View, palette: Palette) -> Line:
    """Draw a row: gutter, lanes, name, job, time and what there is to say."""
    line = Line().put(view.mark, palette["primary"]).put(" ")
    _put_lanes(line, row, lane, palette)
    line.pad(2 + columns.lanes + 1)
    _put_name(line, row, table.depth(row), columns.name, palette)
    job = "" if row.state == "waiting" else row.job
    line.put(f" {cut(safe(job or '·'), columns.job).ljust(columns.job)} ", palette["muted" if job else "faint"])
    if row.state == "running":
        _put_running(line, row, columns, view, palette)
    else:
        line.put(_time(row).rjust(_TIME) + " ", palette["muted"])
        _put_reason(line, row, table, view.label, palette)
    return _put_spilled(line, lane, table, palette)


def draw_script(row: Row, build: Build, columns: Columns, view: View, palette: Palette) -> Line:
    """Draw the row of the build script: what it did so far, and why it ran."""
    line = Line().put(view.mark, palette["primary"]).put(" ")
    line.put(GLYPHS[row.shown], palette.state(row.shown) + palette["strong"]).pad(2 + columns.lanes + 1)
    line.put(cut(safe(f"{row.method}.py"), columns.name).ljust(columns.name), palette["strong"])
    line.put(f" {cut(safe(row.job or '·'), columns.job).ljust(columns.job)} ", palette["muted"])
    seconds = row.seconds or (max(0.0, view.now - row.began) if row.state == "running" else 0.0)
    line.put(f"{format_seconds(seconds) if seconds else '':>{_TIME}} ", palette["muted"])
    if row.state == "failed":
        return line.put(safe(row.message or "failed"), palette["error"])
    line.put(safe(build.cause_text), palette["muted"])
    if build.outcome == "finished":
        line.put(" → ", palette["faint"]).put(f"{build.built} built, {build.reused} reused", palette["foreground"])
    elif build.outcome:
        line.put(f", {safe(build.outcome)}", palette["warning"])
    return line


def _put_lanes(line: Line, row: Row, lane: LaneRow, palette: Palette) -> None:
    for column, (char, number) in enumerate(lane.cells):
        if column == 2 * lane.own:
            line.put(GLYPHS[row.shown], palette.state(row.shown) + palette["strong"])
        else:
            line.put(char, palette.lane(number) if number >= 0 else None)


def _put_name(line: Line, row: Row, depth: int, width: int, palette: Palette) -> None:
    quiet = row.shown in ("expected", "cancelled")
    style = palette["muted"] if quiet else palette["error"] if row.problem[0] else palette["foreground"]
    indent = "  " * (depth - 1) + "└ " if depth else ""
    label = cut(indent + safe(row.method), width)
    line.put(indent, palette["faint"]).put(label[len(indent) :], style)
    rest = width - len(label)
    if row.name not in ("", row.method) and rest > 3:
        name = cut(safe(row.name), rest - 1)
        line.put(" " + name, palette["muted"])
        rest -= len(name) + 1
    line.put(" " * rest)


def _put_running(line: Line, row: Row, columns: Columns, view: View, palette: Palette) -> None:
    elapsed = max(0.0, view.now - row.began) if row.began else 0.0
    share = view.share
    filled, empty = bar(share.value if share else 0.0, columns.bar)
    line.put(filled, palette["primary" if share and not share.guessed else "accent"]).put(empty, palette["faint"])
    percent = f"{int(share.value * 100)}%" if share and share.value > 0 else "–"
    line.put(f" {'~' if share and share.guessed and share.value > 0 else ''}{percent}".rjust(6), palette["bold"])
    line.put(f" {format_seconds(elapsed)}".rjust(7), palette["foreground"])
    left = _left(row, share, elapsed)
    if left > 0:
        line.put(f" eta {format_seconds(left)}", palette["muted"])
    if share and share.text:
        line.put(f"  {safe(share.text)}", palette["muted"])


def _left(row: Row, share: Share | None, elapsed: float) -> float:
    """Guess how many seconds are left: from what is done where that is known, else from the last run."""
    if share and not share.guessed and share.value > 0.05:
        return elapsed / share.value - elapsed
    return row.expected - elapsed if row.expected else 0.0


def _time(row: Row) -> str:
    if row.state in ("waiting", "expected", "stale") and not row.broken:
        return format_expected(row.expected or row.seconds)
    return format_seconds(row.seconds) if row.state in ("built", "reused", "failed") and row.job else ""


def _put_reason(line: Line, row: Row, table: Table, label: str, palette: Palette) -> None:
    message, file, number = row.problem
    if message:
        line.put(safe(message), palette["error"])
        if file:
            line.put(f"  {safe(file.rpartition('/')[2])}:{number}", palette["muted"])
    elif row.state == "built":
        _put_built(line, row, label, palette)
    elif row.state == "reused":
        line.put("reused", palette["muted"]).put(f"  {safe(row.why[0]) if row.why else label}", palette["faint"])
    elif row.state == "stale":
        line.put(safe(row.message or "stale"), palette["warning"])
    elif row.state == "blocked":
        line.put(f"blocked: {safe(row.message)}", palette["warning"])
    elif row.state == "waiting":
        line.put(_waits_for(row, table), palette["muted"])
    else:
        line.put(safe(row.message) or label, palette["faint"])


def _put_built(line: Line, row: Row, label: str, palette: Palette) -> None:
    if row.notes and row.notes[0].startswith("same output"):
        line.put("≡ ", palette["secondary"]).put(safe(row.notes[0]), palette["muted"])
    elif row.why == (f"{row.method} was never built",):
        line.put("new  ", palette["secondary"]).put(label, palette["muted"])
    elif row.why:
        # a file that is another one than in the nearest job needs no more words than its name
        text = label if label and label in row.why[0] else safe(row.why[0])
        line.put("Δ ", palette["accent"]).put(text, palette["muted"])
    else:
        line.put("built", palette["muted"])


def _waits_for(row: Row, table: Table) -> str:
    if row.message:
        return safe(row.message)
    open_inputs = [found.method for found in table.inputs(row) if found.state not in ("built", "reused")]
    return f"waits {safe(', '.join(dict.fromkeys(open_inputs)))}" if open_inputs else "waiting"


def _put_spilled(line: Line, lane: LaneRow, table: Table, palette: Palette) -> Line:
    for index in lane.spilled:
        if index < len(table.order):
            line.put(f"  ◂ {safe(table.rows[table.order[index]].method)}", palette["secondary"])
    return line
