"""How one build differs from another."""

from __future__ import annotations

from axtui.tui.build_diff import Pair, compare_tables, draw_diff, tell_times
from axtui.tui.palette import AXTUI_THEME, Palette
from axtui.tui.rows import Build, Row, State, Table


def table(**rows: tuple[State, str, float]) -> Table:
    """Make a table: state, job and seconds of each row, by its name."""
    found = Table()
    for name, (state, job, seconds) in rows.items():
        found.add(Row(f"{name}.1", name, state, job=job, seconds=seconds))
        found.last = f"{name}.1"
    return found


BEFORE = table(load=("built", "dev-1", 2.0), clean=("built", "dev-2", 4.0), old=("built", "dev-3", 1.0),
               report=("built", "dev-4", 1.0), chart=("built", "dev-5", 1.0))  # fmt: skip
NOW = table(load=("reused", "dev-1", 2.0), clean=("built", "dev-9", 6.0), new=("built", "dev-8", 1.0),
            report=("failed", "dev-7", 1.0), chart=("blocked", "", 0.0))  # fmt: skip


def names(pairs: object) -> list[str]:
    """Return the rows of pairs."""
    assert isinstance(pairs, list)
    return [pair.row.row for pair in pairs]


def test_each_row_is_in_one_part() -> None:
    """Added, gone, rebuilt, failed, not built, the same."""
    found = compare_tables(NOW, BEFORE)

    assert names(found.added) == ["new.1"]
    assert names(found.gone) == ["old.1"]
    assert names(found.rebuilt) == ["clean.1"]
    assert names(found.failed) == ["report.1"]
    assert names(found.open) == ["chart.1"]
    assert names(found.same) == ["load.1"]


def test_another_job_is_another_job_though_it_was_there() -> None:
    """A build that goes back to an earlier version reuses a job, and differs from the one before all the same."""
    found = compare_tables(table(a=("reused", "dev-1", 1.0)), table(a=("built", "dev-2", 1.0)))

    assert names(found.rebuilt) == ["a.1"] and not found.same


def test_without_a_build_before_all_is_added() -> None:
    """But what was reused was there: the journal need not go back to where it was built."""
    assert names(compare_tables(BEFORE, None).added) == list(BEFORE.rows)
    assert names(compare_tables(NOW, None).same) == ["load.1"]


def test_times_are_told_where_they_differ() -> None:
    """A tenth is no news, nor is a moment."""

    def told(before: float, now: float) -> str:
        return tell_times(Pair(Row("a.1", "a", "built", seconds=before), Row("a.1", "a", "built", seconds=now)))

    assert told(4.0, 6.0) == "4.0s → 6.0s"
    assert told(10.0, 10.5) == "10.5s"
    assert told(0.01, 0.05) == "0.1s"
    assert tell_times(Pair(Row("a.1", "a", "built", seconds=2.0), None)) == "2.0s"


def test_every_change_is_a_line_that_knows_its_jobs() -> None:
    """Both builds, how many of what, and the rows under their heads; hostile texts are safe."""
    NOW.rows["clean.1"].why = ("option n: 1 → \x1b[31m2",)
    builds = (Build(1, "build", seconds=9.0, outcome="finished"), Build(2, "build", seconds=11.0, outcome="failed"))
    palette = Palette(AXTUI_THEME.to_color_system().generate(), ansi=False, own=True)

    lines = draw_diff(compare_tables(NOW, BEFORE), builds, palette, lambda build: f"build {build.number}")
    drawn = ["".join(text for text, *_ in line).strip() for line, _ in lines]
    (clean,) = [pair for line, pair in lines if pair and pair.row.row == "clean.1"]

    assert "1 added, 1 gone, 1 failed, 1 not built, 1 rebuilt, 1 the same; took 9.0s, then 11.0s" in drawn
    assert any("dev-2 → dev-9" in text and "4.0s → 6.0s" in text and "option n" in text for text in drawn)
    assert "\x1b" not in "".join(drawn)
    assert clean.before is BEFORE.rows["clean.1"] and clean.now is NOW.rows["clean.1"]
