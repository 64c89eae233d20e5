"""What the data pane draws besides rows: a line a column, a histogram, one whole value. Knows no widget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from axtui.base.text import safe
from axtui.tui.data_facts import ColumnFacts, DatasetFacts
from axtui.tui.glyphs import bar, cut
from axtui.tui.palette import Line, Palette

if TYPE_CHECKING:
    from axtui.tui.scans import Histogram

_NAME_MOST = 28
_VALUES_SHOWN = 200


def draw_columns(facts: DatasetFacts, width: int, palette: Palette) -> list[Line]:
    """Draw a line a column: name, type, smallest and largest value; then lines a slice and what else is recorded."""
    name_width = min(_NAME_MOST, max([len(column.label) for column in facts.columns], default=4))
    lines = [_draw_column(column, name_width, palette) for column in facts.columns]
    lines += [Line(), *_draw_slices(facts, width, palette), Line()]
    parents = ", ".join(facts.parents)
    told = [
        *(("caption", facts.caption), ("file", facts.filename), ("hashed on", facts.hashlabel or "nothing")),
        *(("previous", facts.previous), ("made from", parents), ("compressed", facts.compression or "no")),
    ]
    for label, text in told:
        if text:
            lines.append(Line().put(f" {label:<12}", palette["muted"]).put(safe(text), palette["foreground"]))
    return lines


def columns_heading(facts: DatasetFacts) -> str:
    """Return the heading over the columns."""
    name_width = min(_NAME_MOST, max([len(column.label) for column in facts.columns], default=4))
    return f" {'column':<{name_width}}  {'type':<10} {'None':<5} {'smallest':<26} {'largest':<26} from"


def _draw_column(column: ColumnFacts, name_width: int, palette: Palette) -> Line:
    line = Line().put(f" {cut(column.label, name_width):<{name_width}}  ", palette["bold"])
    line.put(f"{column.kind:<10} ", palette["secondary"]).put(f"{'yes' if column.none else '':<5} ", palette["muted"])
    line.put(f"{cut(column.low, 26):<26} {cut(column.high, 26):<26} ", palette["foreground"])
    return line.put(column.origin, palette["muted"])


def _draw_slices(facts: DatasetFacts, width: int, palette: Palette) -> list[Line]:
    most = max(facts.slices, default=0)
    lines = []
    for sliceno, count in enumerate(facts.slices):
        filled, _ = bar(count / most if most else 0.0, max(6, min(40, width - 40)))
        label = "lines" if sliceno == 0 else ""
        line = Line().put(f" {label:<12}", palette["muted"]).put(f"{sliceno:>3}  ", palette["muted"])
        lines.append(line.put(f"{count:>14,} ", palette["foreground"]).put(filled, palette["primary"]))
    return lines


def draw_histogram(scan: Histogram, column: ColumnFacts, width: int, palette: Palette) -> list[Line]:
    """Draw the bars that a scan has counted so far, and whether that is all."""
    bars = scan.bars(_VALUES_SHOWN)
    lines = [_draw_sign(scan, column, palette), Line()]
    most = max((each.lines for each in bars), default=0)
    label_width = min(40, max((len(each.label) for each in bars), default=1))
    room = max(6, width - label_width - 28)
    for each in bars:
        filled, _ = bar(each.lines / most if most else 0.0, room)
        text = cut(each.label, label_width)
        line = Line().put(f" {text:>{label_width}} " if column.is_right else f" {text:<{label_width}} ")
        line.put(f"{each.lines:>14,} ", palette["bold"])
        line.put(f"{100 * each.lines / max(1, scan.done):>5.1f}% ", palette["muted"])
        lines.append(line.put(filled, palette["primary"]))
    if scan.different > len(bars):
        lines.append(Line().put(f" and {scan.different - len(bars):,} other values", palette["muted"]))
    if scan.missing:
        lines.append(Line().put(f" {scan.missing:,} without a value, or with no number", palette["muted"]))
    return lines


def _draw_sign(scan: Histogram, column: ColumnFacts, palette: Palette) -> Line:
    """Say whether every line was looked at."""
    line = Line().put(f" {column.label} ", palette["bold"]).put(f"{column.kind}   ", palette["secondary"])
    if scan.trouble:
        return line.put(scan.trouble, palette["error"])
    if scan.is_exact and not scan.is_cut:
        return line.put(f"exact: all {scan.total:,} lines", palette["success"])
    share = f"the first {scan.done:,} of {scan.total:,} lines"
    line.put(f"sampled: {share}" if not scan.is_exact else "at least: too many different values", palette["warning"])
    return line.put("" if scan.is_over else "   esc stops it", palette["muted"])


def draw_value(label: str, text: Sequence[str], width: int, palette: Palette) -> list[Line]:
    """Draw one value whole, in as many lines as it takes."""
    room = max(10, width - 2)
    lines = [Line().put(f" {label}", palette["bold"]), Line()]
    for each in text:
        parts = [each[at : at + room] for at in range(0, len(each), room)] or [""]
        lines += [Line().put(f" {part}", palette["foreground"]) for part in parts]
    return lines
