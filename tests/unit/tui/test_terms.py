"""What is typed to filter jobs."""

from __future__ import annotations

import pytest

from axtui.tui.rows import Row, State
from axtui.tui.terms import BadTermError, Seen, parse_terms, row_text

ROWS = {
    "import": Row("a.1", "csvimport", "reused", name="jan", job="dev-3"),
    "delays": Row("b.1", "delays", "failed", job="dev-14"),
    "join": Row("c.1", "join", "running", job="dev-15"),
}


def found(text: str, ages: dict[str, float] | None = None) -> list[str]:
    """Return which rows pass a filter."""
    names = {row.row: name for name, row in ROWS.items()}
    texts = {name: row_text(row) for name, row in ROWS.items()}
    seen = Seen(ROWS.__getitem__, texts, lambda row: (ages or {}).get(names[row.row], 0.0))
    return parse_terms(text).select(list(ROWS), seen)


def select(text: str, row: Row) -> list[str]:
    """Return the key of a row if that passes a filter."""
    return parse_terms(text).select([row.row], Seen(lambda _: row, {row.row: row_text(row)}, lambda _: 0.0))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ["import", "delays", "join"]),
        ("CSV jan", ["import"]),
        ("fail", ["delays"]),
        ("dev-1", ["delays", "join"]),
        ("~cvj", ["import"]),
        ("~jvc", []),
        ("!csv", ["delays", "join"]),
        ("!state:ok !~dly", ["join"]),
        ("state:failed,run", ["delays", "join"]),
        ("state:ok", ["import"]),
        ("method:port", ["import"]),
        ("method:d*", ["delays"]),
        ("method:[", []),
        ("!", []),
    ],
)
def test_terms(text: str, names: list[str]) -> None:
    """Words, letters in order, negations, states and methods; a row has to pass all."""
    assert found(text) == names


def test_since_is_about_when_the_job_was_made() -> None:
    """Only jobs that are younger pass."""
    assert found("since:2h", {"import": 7000.0, "delays": 7300.0, "join": 1e9}) == ["import"]


@pytest.mark.parametrize("text", ["state:blue", "since:soon", "!since:2x"])
def test_a_value_that_means_nothing_is_refused(text: str) -> None:
    """The error says what was wanted."""
    with pytest.raises(BadTermError, match=r"there are built|wanted a number"):
        parse_terms(text)


def test_letters_are_looked_for_in_one_pass() -> None:
    """A long row of equal letters is no trap."""
    row = Row("a.1", "a" * 5000, "built")

    assert select("~" + "a" * 40 + "b", row) == []


def test_every_state_can_be_named() -> None:
    """So that the state menu can show them."""
    states: list[State] = ["stale", "broken"]

    for state in states:
        row = Row("a.1", "a", state)
        assert select(f"state:{state}", row) == ["a.1"]
