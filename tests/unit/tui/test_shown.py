"""Which lines are shown, and which match."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from axtui.tui.pattern import ERRORS, SlowPatternError, parse_pattern
from axtui.tui.shown import Place, Search, Shown
from axtui.tui.tail import Tail, line_text


def write(directory: Path, lines: int) -> Tail:
    """Let two slices and an error stream write; every seventh line has a `seven`."""
    for name in ("analysis.0.out", "analysis.1.out", "analysis.1.err"):
        text = "".join(f"{name} {number} {'seven' if number % 7 == 0 else ''}\n" for number in range(lines))
        (directory / name).write_text(text)
    tail = Tail(directory)
    while tail.poll().more:
        pass
    return tail


def finish(shown: Shown, *searches: Search) -> None:
    """Go on until everything is looked at."""
    while shown.step((), 1.0) or any(search.step((), 1.0) for search in searches):
        pass


def text_of(shown: Shown, row: int) -> str:
    """Return the text of a row."""
    place = shown.place(row)
    return line_text(shown.tail.raw(place.block)[place.line])


def test_rows_are_the_lines_in_order(tmp_path: Path) -> None:
    """Every line has a row, and every row is a line."""
    shown = Shown(write(tmp_path, 10_000))
    finish(shown)

    assert len(shown) == 30_000
    for row in random.Random(1).sample(range(30_000), 200):
        assert shown.row(shown.place(row)) == row
    assert text_of(shown, 20_000).split() == ["analysis.1.err", "0", "seven"]


def test_chosen_files_and_matching_lines_alone_are_shown(tmp_path: Path) -> None:
    """A filter and a choice of files narrow the rows; `inverse` gives the rest."""
    tail = write(tmp_path, 10_000)
    some = Shown(tail, lambda source: source.stream == "err", parse_pattern("seven"))
    rest = Shown(tail, lambda source: source.stream == "err", parse_pattern("seven", inverse=True))
    finish(some)
    finish(rest)

    assert (len(some), len(rest)) == (1429, 8571)
    assert text_of(some, 1).strip() == "analysis.1.err 7 seven"
    assert text_of(rest, 6).strip() == "analysis.1.err 8"
    assert all("seven" in text_of(some, row) for row in range(0, 1429, 50))


def test_matches_are_counted_and_found_in_both_directions(tmp_path: Path) -> None:
    """A search knows how many lines match, finds the next and the one before, and goes on from the other end."""
    shown = Shown(write(tmp_path, 10_000))
    search = Search(shown, parse_pattern("seven"))
    finish(shown, search)

    def seek(row: int, step: int) -> int:
        search.seek(shown.place(row), step)
        while search.step((), 1.0):
            pass
        assert search.found is not None
        return shown.row(search.found)

    assert search.total == 3 * 1429
    assert [seek(0, 1), seek(8, 1), seek(8, -1), seek(7, -1)] == [7, 14, 7, 0]
    assert not search.turned
    assert seek(0, -1) == 29_996
    assert search.turned
    assert seek(29_996, 1) == 0
    assert search.rank(shown.place(14)) == 3
    assert search.rank(shown.place(15)) == 0


def test_what_is_sought_comes_before_the_count(tmp_path: Path) -> None:
    """The next match is found at once, though most of the output has not been counted."""
    shown = Shown(write(tmp_path, 100_000))
    search = Search(shown, parse_pattern("analysis.0.out 7 "))
    finish(shown)

    search.seek(Place(0, 0), 1)
    search.step((), 0.0)
    while search.is_seeking:
        search.step((), 0.0001)

    assert search.found == Place(0, 7)
    assert search.share < 1


def test_what_is_nowhere_is_not_found(tmp_path: Path) -> None:
    """Seeking ends where nothing matches; also where the only match is the line itself."""
    shown = Shown(write(tmp_path, 1000))
    nothing, one = Search(shown, parse_pattern("nine")), Search(shown, parse_pattern("out 500 "))
    finish(shown, nothing, one)
    row = shown.place(500)
    for search in (nothing, one):
        search.seek(row, 1)
        while search.step((), 1.0):
            pass

    assert nothing.found is None
    assert one.total == 2
    assert one.found == shown.place(1500)


def test_lines_that_come_are_counted_too(tmp_path: Path) -> None:
    """New lines, and a last line that grows until it matches, are shown and counted."""
    tail = write(tmp_path, 100)
    shown = Shown(tail, wanted=parse_pattern("seven"))
    search = Search(shown, parse_pattern("seven"))
    finish(shown, search)
    before = len(shown), search.total
    counts = []
    for name, text in (("analysis.0.out", "se"), ("analysis.1.out", "seven\n"), ("analysis.0.out", "ven\n")):
        with open(tmp_path / name, "a") as handle:
            handle.write(text)
        came = tail.poll(now=9.0)
        shown.step(came.grown, 1.0)
        search.step(came.grown, 1.0)
        counts.append((len(shown), search.total))

    assert before == (45, 45)
    assert counts == [(45, 45), (46, 46), (47, 47)]
    assert [text_of(shown, row) for row in (45, 46)] == ["seven", "seven"]


@pytest.mark.parametrize(
    ("line", "pattern", "wanted"),
    [
        (b"Plain Text", "text", True),
        (b"Plain Text", "TEXT", False),
        (b"\x1b[31mre\x1b[0md line", "red line", True),
        (b"\x1b]0;red\x07title", "red", False),
        (b" 10%\r 20%", "10%", False),
        (b" 10%\r 20%", "20%", True),
        (b"a\tb", "a    ", True),
        ("Größe".encode(), "größe", True),
        ("GRÖSSE ÄNDERN".encode(), "ändern", True),
        (b"value (3)", "(3", True),
        (b"value 3", r"value \d$", True),
        (b"nul\x00here", "␀", True),
        (b"bad \xff utf", "bad . utf", True),
        (b"windows\r", "windows$", True),
    ],
)
def test_what_is_shown_is_what_is_found(line: bytes, pattern: str, wanted: bool) -> None:
    """A pattern is found in the text as it is on the screen, whatever bytes made it."""
    data = b"other\n" + line + b"\nother\n"

    assert parse_pattern(pattern).find_lines(data, 3) == ([1] if wanted else [])
    assert parse_pattern(pattern, inverse=True).find_lines(data, 3) == ([0, 2] if wanted else [0, 1, 2])


def test_a_pattern_without_end_is_given_up() -> None:
    """A pattern that would take years says so soon, in a block and in a line."""
    pattern = parse_pattern("(a+)+b")
    line = "a" * 40

    with pytest.raises(SlowPatternError):
        pattern.find_lines(line.encode(), 1)
    assert pattern.spans(line) == []


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("KeyError: 'clicks'", True),
        ("numpy.linalg.LinAlgError: singular", True),
        ("2026-11-20 ERROR cannot read", True),
        ("main.c:3: error: expected ';'", True),
        ("  | ValueError: one of a group", True),
        ("Traceback (most recent call last):", False),
        ("Fatal Python error: Segmentation fault", True),
        ("0 errors found", False),
        ("the error rate is 3 %", False),
        ("terror", False),
    ],
)
def test_errors_are_the_lines_that_say_what_went_wrong(line: str, wanted: bool) -> None:
    """The last line of a traceback is an error, its first is not; nor is a line that only speaks of errors."""
    assert ERRORS.matches(line) is wanted
    assert ERRORS.find_lines(line.encode(), 1) == ([0] if wanted else [])
