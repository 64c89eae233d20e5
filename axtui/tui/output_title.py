"""What stands above and below a job's output: what of it is shown, and where the cursor is. Draws nothing."""

from __future__ import annotations

from collections.abc import Iterator

from axtui.tui.output_lines import OutputLines
from axtui.tui.shown import Place

_PARTS = {"": "all slices", "prep": "prepare", "syn": "synthesis"}
_STREAMS = {"": "", "out": " · stdout", "err": " · stderr"}


def output_title(job: str, lines: OutputLines, searched: Place | None) -> str:
    """Name the job, the part and the stream, and say what is sought; `searched` is where the cursor is among it."""
    part = _PARTS.get(lines.part, f"slice {lines.part[1:]}") + _STREAMS[lines.stream]
    return f"Output {job} · {part}{lines.describe(searched)}" if job else "Output"


def output_subtitle(lines: OutputLines, known: int, cursor: int, behind: int | None) -> str:
    """Say where the cursor is.

    Args:
        lines: The output.
        known: How many lines are shown.
        cursor: The cursor's line.
        behind: How many lines came below since the end was left; None where the end is followed.
    """
    return " · ".join(filter(None, _pieces(lines, known, cursor, behind)))


def _pieces(lines: OutputLines, known: int, cursor: int, behind: int | None) -> Iterator[str]:
    if lines.share < 1:
        yield f"reading {lines.share:.0%}"
    if known and behind is None:
        yield f"FOLLOW · {known:,} line{'s' * (known != 1)}"
    elif known:
        yield f"▼ {behind:,} new below" if behind else ""
        yield f"line {cursor + 1:,} of {known:,} · F follow"
    yield lines.describe_errors()
