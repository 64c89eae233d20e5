"""The part of a long text that is visible."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from axtui.tui.viewport import RULE, Viewport

_HEIGHTS = st.lists(st.tuples(st.integers(1, 4), st.booleans()), max_size=12)


def _view(heights: list[tuple[int, bool]], room: int) -> Viewport:
    view = Viewport(lambda: room, lambda y: heights[y][0], lambda y: heights[y][1])
    view.lines = len(heights)
    return view


def _all_rows(heights: list[tuple[int, bool]]) -> list[tuple[int, int]]:
    return [
        row for y, (parts, rule) in enumerate(heights) for row in [*((y, p) for p in range(parts)), *[(y, RULE)] * rule]
    ]


@given(_HEIGHTS, st.integers(1, 8), st.lists(st.integers(-20, 20), max_size=6))
def test_scrolling_shows_successive_rows_of_the_text(
    heights: list[tuple[int, bool]], room: int, steps: list[int]
) -> None:
    """However it is scrolled, what is visible is a full window on the rows of the whole text."""
    view, rows, at = _view(heights, room), _all_rows(heights), 0

    for step in steps:
        moved = view.scroll(step)

        before, at = at, max(0, min(at + step, len(rows) - room))
        assert view.rows == rows[at : at + room]
        assert moved == (at != before)


@given(_HEIGHTS.filter(bool), st.integers(1, 8), st.integers(0, 100), st.integers(0, 100))
def test_a_line_that_is_brought_into_view_is_seen(
    heights: list[tuple[int, bool]], room: int, top: int, wanted: int
) -> None:
    """All of a line is visible after it was brought into view, or a view full of it where it is higher than that."""
    view = _view(heights, room)
    view.put(top % len(heights), 0)
    wanted %= len(heights)

    view.bring(wanted)

    own = [row for row in _all_rows(heights) if row[0] == wanted]
    seen = [row for row in view.rows if row[0] == wanted]
    assert len(seen) == min(room, len(own))


@given(_HEIGHTS.filter(bool), st.integers(1, 8), st.integers(0, 100))
def test_a_line_in_the_middle_has_as_much_above_as_below(
    heights: list[tuple[int, bool]], room: int, wanted: int
) -> None:
    """A line that is put in the middle begins in the middle row, unless an end of the text is nearer."""
    view, rows = _view(heights, room), _all_rows(heights)
    wanted %= len(heights)

    view.put_in_middle(wanted)

    at = max(0, min(rows.index((wanted, 0)) - room // 2, len(rows) - room))
    assert view.rows == rows[at : at + room]


def test_an_empty_text_has_no_rows() -> None:
    """Without lines nothing is visible, and there is nowhere to scroll to."""
    view = _view([], 5)

    assert view.rows == []
    assert not view.scroll(3)
    assert view.is_at_end
