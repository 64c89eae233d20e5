"""What the detail pane says of one row."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtui.event.why import Change, Difference, Why
from axtui.store.workdir import Workdir
from axtui.tui.detail import draw_detail
from axtui.tui.facts import FactsReader
from axtui.tui.palette import AXTUI_THEME, Palette
from axtui.tui.reader import Reader
from axtui.tui.rows import Row
from axtui.tui.state import Board
from tests.tui.recorded import Recorded
from tests.unit.store.jobs import make_job


@pytest.fixture
def project(tmp_path: Path) -> Recorded:
    """Give a project in which dev-4 read dev-2, and dev-7 was built because that came anew."""
    rec = Recorded(tmp_path)
    workdir = Workdir("dev", rec.project.workdirs["dev"])
    workdir.prepare(2)
    source = Difference("source", "a/delays.py", changes=(Change("changed", "function", "late"),))
    option = Difference("option", "n", 1, 2)
    input_ = Difference("input", "jobs.one", "dev-1", "dev-4")
    make_job(workdir, 4, method="one", reason=Why("one", "differs", "dev-1", "", (source, option)).to_record())
    make_job(workdir, 7, method="two", reason=Why("two", "differs", "dev-3", "", (input_,)).to_record())
    return rec


def drawn(rec: Recorded, row: Row) -> list[str]:
    """Draw the detail of a row, as text."""
    palette = Palette(AXTUI_THEME.to_color_system().generate(), ansi=False, own=True)
    facts = FactsReader(Reader(rec.project)).read(row, 0.0)
    lines = draw_detail(row, Board(), facts, 80, palette)
    return ["".join(text for text, *_ in line).rstrip() for line in lines]


def test_why_is_told_two_levels_deep(project: Recorded) -> None:
    """Below an input that came anew stands why that one did."""
    lines = drawn(project, Row("two.1", "two", "built", job="dev-7", why=("input one: dev-1 → dev-4",)))

    assert lines[:2] == [
        " why      Δ input one: dev-1 → dev-4",
        "            └ dev-4 one: source changed: delays.py: late(); option n: 1 → 2",
    ]


def test_why_is_told_without_a_record(project: Recorded) -> None:
    """A job that has just been announced, or one of an older record, has the sentences of its event."""
    lines = drawn(project, Row("two.1", "two", "running", job="dev-9", why=("two was never built",)))

    assert lines[0] == " why      Δ two was never built"


def test_what_was_built_earlier_does_not_say_why(project: Recorded) -> None:
    """A row that is stale now says what changed, not why its job was built once."""
    lines = drawn(project, Row("two.1", "two", "stale", job="dev-7", message="source changed"))

    assert not [line for line in lines if "Δ" in line]


def test_what_a_job_had_of_memory_is_told(project: Recorded) -> None:
    """The most of it, where the record says so; older records do not."""
    workdir = Workdir("dev", project.project.workdirs["dev"])
    make_job(workdir, 8, {"memory": {"job": 88_000_000, "children": 0, "per_slice": []}}, method="one")

    assert " memory   at most 88.0 MB in the job process" in drawn(project, Row("one.1", "one", "built", job="dev-8"))
    assert not [line for line in drawn(project, Row("one.1", "one", "built", job="dev-4")) if "memory" in line]
