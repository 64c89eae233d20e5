"""Following output files."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from axtui.tui.tail import LINE_NBYTES, Tail, line_text


def texts(tail: Tail) -> list[tuple[str, str]]:
    """Return label and text of every line."""
    found = []
    for block in range(len(tail.blocks)):
        found += [(tail.source(block).label, line_text(raw)) for raw in tail.raw(block)]
    return found


def read_all(tail: Tail) -> int:
    """Look until there is no more; return how often that was."""
    steps = 1
    while tail.poll().more:
        steps += 1
    return steps


def test_lines_come_stage_by_stage(tmp_path: Path) -> None:
    """What is there at the start is in the order of stages and slices; other files are passed over."""
    (tmp_path / "no.txt").write_text("no\n")
    files = {"synthesis.out": "last", "analysis.10.out": "ten", "analysis.2.err": "two", "prepare.out": "first"}
    for name, text in files.items():
        (tmp_path / name).write_text(text + "\n")
    tail = Tail(tmp_path)

    tail.poll()

    assert texts(tail) == [("prep", "first"), ("s2!", "two"), ("s10", "ten"), ("syn", "last")]
    assert tail.parts() == ["prep", "s2", "s10", "syn"]


def test_large_files_stand_one_after_the_other(tmp_path: Path) -> None:
    """What was there at the start is not mixed, however many steps it takes."""
    for sliceno in range(3):
        (tmp_path / f"analysis.{sliceno}.out").write_bytes(b"%d\n" % sliceno * 3_000_000)
    tail = Tail(tmp_path)

    steps = read_all(tail)

    assert steps > 3
    assert [tail.source(block).sliceno for block in range(len(tail.blocks))] == sorted(tail.blocks.files)
    assert tail.lines == 9_000_000


def test_what_is_written_later_follows(tmp_path: Path) -> None:
    """New lines and new files are found by the next look; a line without its newline grows."""
    path = tmp_path / "analysis.0.out"
    path.write_text("one\ntw")
    tail = Tail(tmp_path)
    first = tail.poll()
    before = texts(tail)
    with open(path, "a") as handle:
        handle.write("o\nthree\n")
    (tmp_path / "analysis.1.out").write_text("other\n")

    second = tail.poll(now=100.0)

    assert (first.nbytes, second.nbytes, second.grown) == (6, 14, frozenset({0}))
    assert before == [("s0", "one"), ("s0", "tw")]
    assert texts(tail) == [("s0", "one"), ("s0", "two"), ("s0", "three"), ("s1", "other")]
    assert tail.lines == 4


def test_times_are_those_of_the_look(tmp_path: Path) -> None:
    """What was there before has no time; what comes later has that of the look that found it."""
    path = tmp_path / "prepare.out"
    path.write_text("old\n")
    tail = Tail(tmp_path)
    tail.poll(now=50.0)
    for now in (100.0, 100.2, 105.0):
        with open(path, "a") as handle:
            handle.write("new\n")
        tail.poll(now=now)

    assert list(tail.blocks.seen) == [0.0, 100.0, 105.0]
    assert list(tail.blocks.counts) == [1, 2, 1]


@settings(max_examples=60, deadline=None)
@given(pieces=st.lists(st.tuples(st.integers(0, 2), st.text("ab\n", max_size=40)), max_size=25), large=st.booleans())
def test_pieces_come_out_as_the_lines_they_make(
    tmp_path_factory: object, pieces: list[tuple[int, str]], large: bool
) -> None:
    """However files grow, each line of each file is there once, in order, whole."""
    directory = tmp_path_factory.mktemp("output")  # type: ignore[attr-defined]
    tail = Tail(directory)
    written = dict.fromkeys(range(3), "")
    for number, (sliceno, text) in enumerate(pieces):
        text = text * (3000 if large else 1)
        written[sliceno] += text
        with open(directory / f"analysis.{sliceno}.out", "a") as handle:
            handle.write(text)
        while tail.poll(now=float(number)).more:
            pass

    for sliceno, text in written.items():
        lines = text.encode().split(b"\n")[: None if text[-1:] not in ("\n", "") else -1]
        blocks = [block for block in range(len(tail.blocks)) if tail.source(block).sliceno == sliceno]
        assert [line[:100] for block in blocks for line in tail.raw(block)] == [line[:100] for line in lines]
    assert tail.lines == sum(tail.blocks.counts)


def test_hostile_output_is_harmless(tmp_path: Path) -> None:
    """Escapes other than colours, control characters and bad UTF-8 never come out; what was overwritten is marked."""
    (tmp_path / "prepare.out").write_bytes(b"\x1b]0;title\x07\x1b[31mred\x1b[0m\xff\x00\n 50%\r100%\nwindows\r\n")
    tail = Tail(tmp_path)

    tail.poll()

    assert [text for _, text in texts(tail)] == ["\x1b[31mred\x1b[0m\ufffd␀", "␍100%", "windows"]


def test_of_a_long_line_the_beginning_is_shown(tmp_path: Path) -> None:
    """A line of megabytes costs no more than its beginning, says how much is missing, and does not hide the next."""
    (tmp_path / "prepare.out").write_bytes(b"short\n" + b"x" * 6_000_000 + b"\nnext\n")
    tail = Tail(tmp_path)

    read_all(tail)

    shown = [text for _, text in texts(tail)]
    assert [len(text) for text in shown] == [5, LINE_NBYTES + len(" … 5,934,465 more bytes"), 4]
    assert shown[1].endswith("x … 5,934,465 more bytes")


def test_of_a_long_overwritten_line_the_end_is_shown(tmp_path: Path) -> None:
    """A progress bar that wrote over itself for megabytes shows what it said last."""
    bar = b"".join(b"\r%7d of 1000000" % number for number in range(200_000))
    (tmp_path / "prepare.out").write_bytes(bar)
    tail = Tail(tmp_path)

    read_all(tail)

    assert [text for _, text in texts(tail)] == ["␍ 199999 of 1000000"]


def test_links_are_not_followed(tmp_path: Path) -> None:
    """An output file that is a link to somewhere else is not read."""
    (tmp_path / "secret").write_text("secret\n")
    (tmp_path / "prepare.out").symlink_to(tmp_path / "secret")
    tail = Tail(tmp_path)

    tail.poll()

    assert tail.lines == 0


def test_no_directory_is_no_output(tmp_path: Path) -> None:
    """A job that is gone has no lines and makes no error."""
    assert Tail(tmp_path / "gone").poll().nbytes == 0
    assert Tail(None).poll().nbytes == 0


def test_a_file_that_was_cut_has_empty_lines(tmp_path: Path) -> None:
    """What is no longer in a file is shown as nothing, without an error."""
    path = tmp_path / "prepare.out"
    path.write_text("one\ntwo\n")
    tail = Tail(tmp_path)
    tail.poll()
    path.write_text("")

    assert texts(tail) == [("prep", ""), ("prep", "")]


def test_a_gigabyte_is_a_few_thousand_blocks(tmp_path: Path) -> None:
    """A large file costs memory by the 64 kB, not by the line; no line is lost at the edges of blocks."""
    path = tmp_path / "prepare.out"
    path.write_bytes(b"".join(b"line %d\n" % number for number in range(400_000)))
    tail = Tail(tmp_path)

    read_all(tail)

    assert tail.lines == 400_000
    assert len(tail.blocks) <= path.stat().st_size / 60_000 + 2
    assert [text for _, text in texts(tail)] == [f"line {number}" for number in range(400_000)]
    assert tail.line_number(len(tail.blocks) - 1, tail.blocks.counts[-1] - 1) == 400_000


def test_lines_stand_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    """Where it was noted when the files grew; what came after the last note has the time at which it was written."""
    for name, text in {"analysis.0.out": "a\nb\nc\n", "analysis.1.out": "x\nyy\nz\n"}.items():
        (tmp_path / name).write_text(text)
        os.utime(tmp_path / name, (200.0, 200.0 + (name == "analysis.1.out")))
    grown = {"analysis.0.out": [(10.0, 2), (12.0, 4)], "analysis.1.out": [(11.0, 3), (13.0, 5)]}
    tail = Tail(tmp_path, grown)

    read_all(tail)

    assert [text for _, text in texts(tail)] == ["a", "x", "yy", "b", "c", "z"]
    assert list(tail.blocks.seen) == [10.0, 11.0, 12.0, 200.0, 201.0]


def test_notes_that_do_not_fit_the_files_do_no_harm(tmp_path: Path) -> None:
    """Sizes beyond the end are passed over; every line is there once, in its order."""
    (tmp_path / "prepare.out").write_text("one\ntwo\nthree\n")
    os.utime(tmp_path / "prepare.out", (5.0, 5.0))
    tail = Tail(tmp_path, {"prepare.out": [(10.0, 6), (11.0, 6000)], "gone.out": [(1.0, 1)]})

    read_all(tail)

    assert [text for _, text in texts(tail)] == ["one", "two", "three"]
    assert set(tail.blocks.seen) == {10.0}


def test_all_lines_of_a_short_job_came_when_its_files_were_written(tmp_path: Path) -> None:
    """Nothing is noted of it. Of a long one without notes nobody knows when they came."""
    (tmp_path / "prepare.out").write_text("one\n")
    os.utime(tmp_path / "prepare.out", (200.0, 200.0))
    short, long = Tail(tmp_path, None, True), Tail(tmp_path)

    read_all(short)
    read_all(long)

    assert (list(short.blocks.seen), list(long.blocks.seen)) == ([200.0], [0.0])
