"""The table that every bench prints: one line a figure, with its goal and whether it is met."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured thing, in seconds or another unit; None where a side has nothing like it or was not there."""

    what: str
    axtui: float | None
    accelerator: float | None
    goal: str
    met: bool | None
    unit: str = "s"


def ratio_figure(what: str, axtui: float, accelerator: float | None, most: float, unit: str = "s") -> Figure:
    """Return a figure whose goal is that axtui takes at most `most` of what the Accelerator takes."""
    met = None if accelerator is None else axtui <= most * accelerator
    return Figure(what, axtui, accelerator, f"ratio ≤ {most:.3f}", met, unit)


def time_figure(what: str, axtui: float, most: float | None = None) -> Figure:
    """Return a figure whose goal is a time in seconds, or that is there to compare with (`most` is None)."""
    if most is None:
        return Figure(what, axtui, None, "", None)
    return Figure(what, axtui, None, f"≤ {format_seconds(most)}", axtui <= most)


def quantity_figure(what: str, value: float, unit: str, most: float | None = None) -> Figure:
    """Return a figure in another unit than seconds; its goal, if it has one, is at most `most`."""
    goal = "" if most is None else f"≤ {_format(most, unit)}"
    return Figure(what, value, None, goal, None if most is None else value <= most, unit)


def format_seconds(seconds: float | None) -> str:
    """Write a time with three digits and its unit."""
    if seconds is None:
        return "–"
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def format_table(figures: Sequence[Figure]) -> str:
    """Write figures as a Markdown table with aligned columns."""
    head = ("what", "axtui", "accelerator", "ratio", "goal", "met")
    rows = [head, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines.insert(1, "-|-".join("-" * width for width in widths))
    return "\n".join(f"| {line} |" for line in lines)


def format_machine() -> str:
    """Say what the figures were measured on, for the line above the table."""
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.release()}"


def _format(value: float | None, unit: str) -> str:
    return format_seconds(value) if unit == "s" or value is None else f"{value:.3g} {unit}"


def _cells(figure: Figure) -> tuple[str, ...]:
    both = figure.axtui is not None and figure.accelerator
    ratio = f"{figure.axtui / figure.accelerator:.3f}" if both else ""
    met = {True: "yes", False: "NO", None: ""}[figure.met]
    axtui, accelerator = (_format(value, figure.unit) for value in (figure.axtui, figure.accelerator))
    return figure.what, axtui, accelerator, ratio, figure.goal, met
