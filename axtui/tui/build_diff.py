"""How one build differs from another: jobs added, gone, rebuilt and why, failed, the same; their times. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from axtui.base.clock import format_seconds
from axtui.base.text import safe
from axtui.tui.palette import Line, Palette
from axtui.tui.rows import BAD, Build, Row, Table

_ANSWERED = frozenset({"built", "reused"})
_PAIRS_MOST = 2000
_METHOD, _JOBS, _TIMES = 22, 17, 16
_NOTEWORTHY_SECONDS, _NOTEWORTHY_SHARE = 0.1, 0.1
"""A time is another one where it differs by this much, and by this part of the longer one."""


@dataclass(frozen=True)
class Pair:
    """A row in two builds; None where a build has none of it."""

    before: Row | None
    now: Row | None

    @property
    def row(self) -> Row:
        """The row in the later build, else in the earlier one."""
        row = self.now or self.before
        assert row is not None
        return row


@dataclass(frozen=True)
class BuildDiff:
    """The rows of two builds by what became of them. A row is `rebuilt` where another job answers than before."""

    added: Sequence[Pair]
    gone: Sequence[Pair]
    rebuilt: Sequence[Pair]
    failed: Sequence[Pair]
    open: Sequence[Pair]
    same: Sequence[Pair]


def compare_tables(now: Table, before: Table | None) -> BuildDiff:
    """Compare the rows of a build with those of an earlier one; without one all that it built itself are added."""
    known = before.rows if before else {row.row: row for row in now if row.state == "reused"}
    pairs = [Pair(known.get(row.row), row) for row in now]
    answered = [pair for pair in pairs if pair.row.state in _ANSWERED]
    old = [pair for pair in answered if pair.before and pair.before.job]
    same = [pair for pair in old if pair.before and pair.before.job == pair.row.job]
    return BuildDiff(
        added=[pair for pair in answered if pair not in old],
        gone=[Pair(row, None) for row in before or () if row.row not in now.rows],
        rebuilt=[pair for pair in old if pair not in same],
        failed=[pair for pair in pairs if pair.row.shown in BAD],
        open=[pair for pair in pairs if pair.row.state not in _ANSWERED and pair.row.shown not in BAD],
        same=same,
    )


def draw_diff(
    found: BuildDiff, builds: tuple[Build, Build], palette: Palette, title: Callable[[Build], str]
) -> list[tuple[Line, Pair | None]]:
    """Draw a comparison of two builds, the earlier one first; each line with the jobs that it is about.

    Args:
        found: What became of the rows.
        builds: The builds, the earlier one first.
        palette: The styles.
        title: Writes which build one is.
    """
    page = _Page(palette)
    for sign, build in zip("-+", builds, strict=True):
        page.put(Line().put(f" {sign} {safe(title(build))}  ", palette["bold"]).put(safe(build.cause_text)))
    page.put(Line().put(f"   {_tell_totals(found, builds)}", palette["muted"]))
    page.section("added", found.added, "+", "success", _tell_why)
    page.section("gone", found.gone, "-", "error", lambda pair: "")
    page.section("failed", found.failed, "✘", "error", lambda pair: pair.row.problem[0])
    page.section("not built", found.open, "○", "warning", lambda pair: pair.row.message)
    page.section("rebuilt", found.rebuilt, "~", "accent", _tell_why)
    page.section("the same", found.same, "=", "muted", lambda pair: "")
    return page.lines


def _tell_totals(found: BuildDiff, builds: tuple[Build, Build]) -> str:
    """Say how many rows are otherwise, and how long the builds took."""
    counts = [(found.added, "added"), (found.gone, "gone"), (found.failed, "failed"), (found.open, "not built"),
              (found.rebuilt, "rebuilt"), (found.same, "the same")]  # fmt: skip
    told = ", ".join(f"{len(pairs):,} {word}" for pairs, word in counts if pairs) or "neither has a job"
    before, now = builds
    times = f"; took {format_seconds(before.seconds)}, then {format_seconds(now.seconds)}"
    return told + (times if before.seconds and now.seconds else "")


def _tell_why(pair: Pair) -> str:
    """Say why the job of the later build is there."""
    if pair.row.state == "reused":
        return "reused: it was built before" if pair.before else "reused"
    return pair.row.why[0] if pair.row.why else ""


def tell_times(pair: Pair) -> str:
    """Write how long the job took in both builds, with the difference where that is worth a word."""
    before, now = ((row.seconds if row else 0.0) for row in (pair.before, pair.now))
    if not before or not now or pair.row.state not in _ANSWERED:
        return format_seconds(now or before) if now or before else ""
    least = max(_NOTEWORTHY_SECONDS, _NOTEWORTHY_SHARE * max(before, now))
    if abs(now - before) < least:
        return format_seconds(now)
    return f"{format_seconds(before)} → {format_seconds(now)}"


class _Page:
    """Lines, each with the pair of jobs that it is about."""

    def __init__(self, palette: Palette) -> None:
        self.lines: list[tuple[Line, Pair | None]] = []
        self._palette = palette

    def put(self, line: Line, pair: Pair | None = None) -> None:
        self.lines.append((line, pair))

    def section(self, title: str, pairs: Sequence[Pair], sign: str, style: str, tell: Callable[[Pair], str]) -> None:
        if not pairs:
            return
        self.put(Line())
        self.put(Line().put(f" {title}  {len(pairs):,}", self._palette["accent"] + self._palette["strong"]))
        for pair in pairs[:_PAIRS_MOST]:
            self.put(self._draw(pair, sign, style, safe(tell(pair))), pair)
        if len(pairs) > _PAIRS_MOST:
            self.put(Line().put(f"     and {len(pairs) - _PAIRS_MOST:,} more", self._palette["faint"]))

    def _draw(self, pair: Pair, sign: str, style: str, why: str) -> Line:
        row, palette = pair.row, self._palette
        line = Line().put(f"   {sign} ", palette[style] + palette["strong"])
        line.put(safe(f"{row.method} {row.name if row.name != row.method else ''}").ljust(_METHOD) + " ")
        jobs = [each.job for each in (pair.before, pair.now) if each and each.job]
        line.put(safe(" → ".join(dict.fromkeys(jobs))).ljust(_JOBS) + " ", palette["muted"])
        line.put(tell_times(pair).rjust(_TIMES) + "  ", palette["foreground"])
        return line.put(why, palette["error" if style == "error" else "muted"])
