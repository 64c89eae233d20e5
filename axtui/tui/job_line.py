"""One line of the job list, drawn from a row and its lanes. Knows no widget."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.style import Style

from axtui.base.clock import format_seconds
from axtui.base.text import safe
from axtui.tui.glyphs import GLYPHS, bar, cut, format_expected
from axtui.tui.job_list import Group
from axtui.tui.lanes import LaneRow
from axtui.tui.measure import Share
from axtui.tui.palette import Line, Palette
from axtui.tui.rows import STATES, Build, Row, State, Table

_TIME = 7
_MEASURED, _LANES_MEASURED = 4000, 600
_REFERENCES_MOST = 3


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
    """What a line is drawn against.

    Attributes:
        now: The monotonic clock.
        mark: Two cells for the gutter.
        share: How far the job is.
        label: What tells the job from others of its method.
        references: Rows that it reads and that no lane leads to.
    """

    now: float
    mark: str = "  "
    share: Share | None = None
    label: str = ""
    references: tuple[str, ...] = ()


def measure(rows: Iterable[Row | None], table: Table, lanes: Sequence[LaneRow], width: int) -> Columns:
    """Choose widths for a list of rows; of a very long one some thousands are looked at."""
    known = [row for row in rows if row is not None]
    some = known[:: len(known) // _MEASURED + 1]
    name = max((len(row.method) + 2 * table.depth(row) + _extra(row) for row in some), default=10)
    job = max((len(row.job) for row in some), default=6)
    whole = max(20, width)
    widest = max((lane.width for lane in itertools.islice(lanes, _LANES_MEASURED)), default=1)
    return Columns(widest, max(10, min(name, whole * 27 // 100)), max(5, min(job, 12)), whole)


def _extra(row: Row) -> int:
    return len(row.name) + 1 if row.name not in ("", row.method) else 0


def draw_row(row: Row, lane: LaneRow, table: Table, columns: Columns, view: View, palette: Palette) -> Line:
    """Draw a row: gutter, lanes, name, job, time and what there is to say."""
    line = Line().put(view.mark, palette["primary"])
    _put_lanes(line, GLYPHS[row.shown], palette.state(row.shown) + palette["strong"], lane, palette)
    line.pad(2 + columns.lanes + 1)
    _put_name(line, row, table.depth(row), columns.name, palette)
    job = "" if row.state == "waiting" else row.job
    line.put(f" {cut(safe(job or '·'), columns.job).ljust(columns.job)} ", palette["muted" if job else "faint"])
    if row.state == "running":
        _put_running(line, row, columns, view, palette)
    else:
        line.put(_time(row).rjust(_TIME) + " ", palette["muted"])
        _put_references(line, view, palette, after="  ")
        _put_reason(line, row, table, view.label, palette)
        return line
    return _put_references(line, view, palette, before="  ")


def draw_script(row: Row, build: Build, columns: Columns, view: View, palette: Palette) -> Line:
    """Draw the row of the build script: what it did so far, and why it ran."""
    line = Line().put(view.mark, palette["primary"])
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


def draw_group(
    group: Group, methods: tuple[str, str], counts: Counter[State], lane: LaneRow, columns: Columns, view: View,
    palette: Palette,
) -> Line:  # fmt: skip
    """Draw a group of repeats: how many more there are, of what, and how many jobs are in which state."""
    line = Line().put(view.mark, palette["primary"])
    _put_lanes(line, "▾" if group.is_open else "▸", palette["accent"] + palette["strong"], lane, palette)
    line.pad(2 + columns.lanes + 1).put(f"{group.times} more".ljust(columns.name + 1), palette["strong"])
    of = " … ".join(dict.fromkeys(safe(method) for method in methods))
    line.put(f"{of}  ", palette["muted"]).put(f"{counts.total()} jobs ", palette["foreground"])
    _put_counts(line, counts, palette)
    return _put_references(line, view, palette, before="  ")


def draw_method(
    group: Group, method: str, counts: Counter[State], is_chained: bool, lane: LaneRow, columns: Columns, view: View,
    palette: Palette,
) -> Line:  # fmt: skip
    """Draw all jobs of a method as one line: how many, how many in which state, whether they read one another."""
    line = Line().put(view.mark, palette["primary"])
    _put_lanes(line, "▾" if group.is_open else "▸", palette["accent"] + palette["strong"], lane, palette)
    line.pad(2 + columns.lanes + 1).put(cut(safe(method), columns.name).ljust(columns.name + 1), palette["strong"])
    line.put(f"×{group.times}".ljust(columns.job + 1), palette["foreground"])
    _put_counts(line, counts, palette)
    line.put("  ↻ chained" if is_chained else "", palette["muted"])
    return _put_references(line, view, palette, before="  ")


def _put_counts(line: Line, counts: Counter[State], palette: Palette) -> None:
    for state in STATES:
        if counts[state]:
            text = "all " if counts[state] == counts.total() else f"{counts[state]} "
            line.put(" " + GLYPHS[state] + " " + text, palette.state(state))


def _put_lanes(line: Line, glyph: str, style: Style, lane: LaneRow, palette: Palette) -> None:
    for column, (char, number) in enumerate(lane.cells):
        if column == 2 * lane.own:
            line.put(glyph, style)
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


def _put_references(line: Line, view: View, palette: Palette, before: str = "", after: str = "") -> Line:
    """Name what the row reads and no lane leads to, as far as there is room."""
    shown = ", ".join(map(safe, view.references[:_REFERENCES_MOST]))
    more = len(view.references) - _REFERENCES_MOST
    if shown:
        more_text = f" and {more} more" if more > 0 else ""
        line.put(f"{before}◂ {shown}{more_text}{after}", palette["secondary"])
    return line
