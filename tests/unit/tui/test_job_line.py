"""One line of the job list."""

from __future__ import annotations

import pytest

from axtui.tui.job_line import Columns, View, draw_row, draw_script
from axtui.tui.lanes import LaneRow
from axtui.tui.measure import Share
from axtui.tui.palette import AXTUI_THEME, Palette
from axtui.tui.rows import Broken, Build, Row, State, Table

LANE = LaneRow()
COLUMNS = Columns(lanes=3, name=14, job=7, whole=90)


@pytest.fixture
def palette() -> Palette:
    """Give the styles of axtui's own theme."""
    return Palette(AXTUI_THEME.to_color_system().generate(), ansi=False, own=True)


def drawn(row: Row, palette: Palette, view: View | None = None, table: Table | None = None) -> str:
    """Draw a row as text."""
    return "".join(text for text, *_ in draw_row(row, LANE, table or Table(), COLUMNS, view or View(0.0), palette))


@pytest.mark.parametrize(
    ("state", "glyph", "words"),
    [
        ("built", "✔", "Δ option n: 1 → 2"),
        ("reused", "✔", "reused  option n: 1 → 2"),
        ("stale", "◌", "source changed"),
        ("blocked", "⊘", "blocked: source changed"),
        ("cancelled", "⊗", "source changed"),
        ("failed", "✘", "source changed"),
    ],
)
def test_each_state_has_its_glyph_and_words(state: State, glyph: str, words: str, palette: Palette) -> None:
    """Shapes differ, so that colours are not needed."""
    row = Row("a.1", "method", state, job="dev-42", why=("option n: 1 → 2",), message="source changed", seconds=3.2)

    line = drawn(row, palette)

    assert line.split()[0] == glyph
    assert words in line
    assert "dev-42" in line


def test_a_running_job_has_a_bar_a_share_and_a_guess(palette: Palette) -> None:
    """Half done after four seconds: four more."""
    row = Row("a.1", "method", "running", job="dev-42", began=10.0)

    line = drawn(row, palette, View(14.0, share=Share(0.5, False, "reading")))

    assert "━━━━━━──────" in line
    assert "50%" in line
    assert "4.0s eta 4.0s" in line
    assert line.endswith("reading")


def test_a_guessed_share_says_so(palette: Palette) -> None:
    """A share that comes from the last run's time is marked with a tilde."""
    row = Row("a.1", "method", "running", job="dev-42", began=10.0, expected=8.0)

    assert "~50%" in drawn(row, palette, View(14.0, share=Share(0.5, True)))


def test_a_waiting_job_names_what_it_waits_for(palette: Palette) -> None:
    """Inputs that are not there yet are named, those that are there are not."""
    table = Table()
    for row in (Row("a.1", "done", "built", job="dev-1"), Row("b.1", "busy", "running", job="dev-2")):
        table.add(row)
        table.place(row, row.job)

    line = drawn(Row("c.1", "method", inputs=("dev-1", "dev-2")), palette, table=table)

    assert line.rstrip().endswith("waits busy")


def test_a_broken_method_shows_its_line(palette: Palette) -> None:
    """The message and the place in the file stand on the row."""
    row = Row("a.1", "method", "built", job="dev-1", broken=Broken("method", "flights/a_method.py", 7, "SyntaxError"))

    assert drawn(row, palette).rstrip().endswith("SyntaxError  a_method.py:7")


def test_input_files_tell_jobs_apart(palette: Palette) -> None:
    """What a job of many alike read is said where nothing weightier is."""
    reused = Row("a.1", "csvimport", "reused", job="dev-1")
    first = Row("a.1", "csvimport", "built", job="dev-1", why=("csvimport was never built",))
    other = Row("a.1", "csvimport", "built", job="dev-1", why=("option filename: 'a.csv' → 'planes.csv'",))

    lines = [drawn(row, palette, View(0.0, label="planes.csv")).rstrip() for row in (reused, first, other)]

    assert [line.rpartition("0.0s ")[2] for line in lines] == ["reused  planes.csv", "new  planes.csv", "Δ planes.csv"]


def test_the_script_says_what_it_did_and_why(palette: Palette) -> None:
    """Its row counts what was built and names the file that was saved."""
    build = Build(3, "build", "dev-9", "saved", ("flights/a_b.py",), seconds=4.0, outcome="finished", built=2, reused=7)

    line = "".join(text for text, *_ in draw_script(build.to_row(), build, COLUMNS, View(0.0), palette))

    assert line.split()[:3] == ["✔", "build.py", "dev-9"]
    assert line.endswith("saved a_b.py → 2 built, 7 reused")
