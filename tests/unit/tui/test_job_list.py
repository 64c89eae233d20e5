"""Which lines the job list has."""

from __future__ import annotations

import pytest

from axtui.event import events as ev
from axtui.tui.job_list import FOLD_FROM, JobList
from axtui.tui.state import Board


class Days:
    """A build of a first row and many days, each of three jobs in a chain."""

    def __init__(self, days: int) -> None:
        self.board = Board()
        self.seq = 0
        self.say(ev.BuildStarted(1, "build", "dev-0", "asked"))
        self.reuse("setup.1", 1, ())
        for day in range(1, days + 1):
            number = 10 * day
            self.reuse(f"load.{day}", number, ("dev-1",))
            self.reuse(f"sort.{day}", number + 1, (f"dev-{number}",))
            self.reuse(f"sum.{day}", number + 2, (f"dev-{number + 1}",))
        self.reuse("report.1", 5, (f"dev-{10 * days + 2}",))
        self.list = JobList(self.board, lambda _: 0.0)

    def say(self, event: ev.Event) -> None:
        """Tell an event."""
        self.seq += 1
        self.board.apply(ev.Entry(self.seq, 1e9, float(self.seq), event))

    def reuse(self, row: str, number: int, inputs: tuple[str, ...]) -> None:
        """Ask for a job that is there."""
        method = row.partition(".")[0]
        self.say(ev.JobReused(1, row, f"dev-{number}", 1.0, "", inputs, method, "", method, ""))

    def lines(self, cursor: str = "") -> list[str]:
        """Find the lines."""
        self.list.visit(cursor)
        self.list.arrange(8)
        return list(self.list.keys)


def test_a_short_list_is_open_and_a_long_one_folded() -> None:
    """From about five hundred rows on repeats fold, but for the first one; other rows stay."""
    short, long = Days(5), Days(FOLD_FROM // 3 + 1)

    assert len(short.lines()) == 17
    assert long.lines() == ["setup.1", "load.1", "sort.1", "sum.1", "▸load.2", "report.1"]


def test_a_folded_group_counts_states() -> None:
    """Each state of its rows with how many there are."""
    days = Days(4)
    days.list.fold(True)
    days.lines()
    group = days.list.group("▸load.2")

    assert group is not None and group.times == 3
    assert days.list.counts(group) == {"reused": 9}


def test_what_runs_or_failed_is_open_by_itself() -> None:
    """Only the repeat that it is in opens, and folds again when all is quiet."""
    days = Days(9)
    days.list.fold(True)
    before = days.lines()
    days.say(ev.JobStarted(1, "sort.5", "dev-99", 1, (), 1.0))
    opens = days.list.touch(days.board.take().rows)
    running = days.lines()
    days.say(ev.JobFinished(1, "sort.5", "dev-99", 1.0))
    closes = days.list.touch(days.board.take().rows)

    assert (opens, closes) == (True, True)
    assert running[4:9] == ["▸load.2", "load.5", "sort.5", "sum.5", "▸load.6"]
    assert days.lines() == before


def test_where_the_cursor_went_stays_open() -> None:
    """A row that the cursor went to is a line of its own until all are folded."""
    days = Days(9)
    days.list.fold(True)
    days.lines()

    assert "sum.7" in days.lines("sum.7")
    days.list.fold(True)
    assert "sum.7" not in days.lines()


def test_a_group_unfolds_under_a_line_of_its_own() -> None:
    """Its line stays, so that it can be folded again."""
    days = Days(4)
    days.list.fold(True)
    days.lines()
    group = days.list.group("▸load.2")
    assert group is not None

    days.list.toggle(group, True)
    unfolded = days.lines()
    opened = days.list.group("▸load.2")
    assert opened is not None
    days.list.toggle(opened, False)

    assert unfolded[4:6] == ["▸load.2", "load.2"] and len(unfolded) == 15
    assert days.lines()[4:] == ["▸load.2", "report.1"]


def test_lanes_lead_through_a_folded_group() -> None:
    """The group reads the first row, and the report the group: a chain keeps its lane."""
    days = Days(4)
    days.list.fold(True)
    days.lines()

    group, report = days.list.lanes[4:]
    assert (group.spilled, report.spilled) == ((), ())
    assert group.own == report.own == days.list.lanes[0].own


@pytest.mark.parametrize(("text", "lines"), [("sum", 4), ("state:failed", 0), ("method:load !load.9", 4)])
def test_a_filter_unfolds(text: str, lines: int) -> None:
    """What passes is shown row by row."""
    days = Days(4)
    days.list.fold(True)
    days.list.narrow(text)

    assert len(days.lines()) == lines


def test_a_filter_on_states_sees_them_change() -> None:
    """A row that comes to pass, or no longer passes, asks for other lines; any other change does not."""
    days = Days(4)
    days.list.narrow("state:running")
    days.lines()
    days.board.take()
    days.say(ev.JobStarted(1, "sum.2", "dev-99", 1, (), 1.0))

    asks = days.list.touch(days.board.take().rows)
    shown = days.lines()
    days.say(ev.StageStarted(1, "sum.2", "dev-99", "analysis"))

    assert asks and shown == ["sum.2"]
    assert not days.list.touch(days.board.take().rows)


def test_the_table_keeps_its_order_while_rows_change() -> None:
    """It is sorted when that is asked for; what comes later stands at the end."""
    days = Days(3)
    days.list.mode = "table"
    days.list.sort(lambda row: (row.row,))
    sorted_lines = days.lines()
    days.reuse("about.1", 77, ())

    assert sorted_lines == sorted(sorted_lines)
    assert days.lines() == [*sorted_lines, "about.1"]
    assert days.list.lanes == []


def test_methods_are_a_line_each() -> None:
    """In the order in which they come first, with the lanes between them; one that stands alone is its row."""
    days = Days(4)
    days.list.mode = "methods"

    assert days.lines() == ["setup.1", "▸load.1", "▸sort.1", "▸sum.1", "report.1"]
    assert [lane.width for lane in days.list.lanes] == [1] * 5
    assert days.list.loops == set() and days.list.back == {}
    group = days.list.group("▸load.1")
    assert group is not None and group.times == 4
    assert days.list.at("load.3") == 1


def test_a_method_unfolds_and_a_row_in_it_is_found() -> None:
    """Of one method all rows are shown; where the cursor goes to a row, its method is unfolded."""
    days = Days(3)
    days.list.mode = "methods"
    days.lines()
    group = days.list.group("▸sort.1")
    assert group is not None
    days.list.toggle(group, True)

    assert days.lines() == ["setup.1", "▸load.1", "▸sort.1", "sort.1", "sort.2", "sort.3", "▸sum.1", "report.1"]
    assert "sum.2" in days.lines("sum.2")
    days.list.fold(True)
    assert len(days.lines()) == 5
    days.list.fold(False)
    assert len(days.lines()) == 14


def test_jobs_of_a_method_that_read_each_other_are_chained() -> None:
    """An edge within a method is a loop; one to a method that comes later in the list is told as such."""
    days = Days(2)
    days.reuse("load.3", 40, ("dev-10", "dev-21"))
    days.list.mode = "methods"
    days.lines()

    assert days.list.loops == {1}
    assert days.list.back == {1: [2]}


def test_methods_can_be_filtered() -> None:
    """Only rows that pass are counted in their methods."""
    days = Days(3)
    days.list.mode = "methods"
    days.list.narrow("method:load")

    assert days.lines() == ["▸load.1"]


def test_a_huge_list_begins_with_its_methods(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the user chooses another order."""
    monkeypatch.setattr("axtui.tui.job_list.COLLAPSE_FROM", 10)
    days = Days(4)

    assert days.list.mode == "methods"
    days.list.mode = "graph"
    assert days.list.mode == "graph"
