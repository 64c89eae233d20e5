"""Following output files."""

from __future__ import annotations

from pathlib import Path

from axtui.tui.tail import Tail


def texts(tail: Tail) -> list[tuple[str, str]]:
    """Return label and text of every line."""
    return [(source.label, text) for source, text in map(tail.text, range(len(tail.lines)))]


def test_lines_come_stage_by_stage(tmp_path: Path) -> None:
    """What is there at the start is in the order of stages and slices; other files are passed over."""
    (tmp_path / "no.txt").write_text("no\n")
    files = {"synthesis.out": "last", "analysis.10.out": "ten", "analysis.2.err": "two", "prepare.out": "first"}
    for name, text in files.items():
        (tmp_path / name).write_text(text + "\n")
    tail = Tail(tmp_path)

    tail.poll()

    assert texts(tail) == [("prep", "first"), ("s2!", "two"), ("s10", "ten"), ("syn", "last")]


def test_what_is_written_later_follows(tmp_path: Path) -> None:
    """New lines and new files are found by the next look; a line without its newline grows."""
    path = tmp_path / "analysis.0.out"
    path.write_text("one\ntw")
    tail = Tail(tmp_path)
    first = tail.poll()
    with open(path, "a") as handle:
        handle.write("o\nthree\n")
    (tmp_path / "analysis.1.out").write_text("other\n")

    second = tail.poll()

    assert (first, second) == ((6, False), (14, False))
    assert texts(tail) == [("s0", "one"), ("s0", "two"), ("s0", "three"), ("s1", "other")]


def test_only_chosen_files_are_read(tmp_path: Path) -> None:
    """One slice can be looked at alone."""
    (tmp_path / "analysis.0.out").write_text("zero\n")
    (tmp_path / "analysis.1.out").write_text("one\n")
    tail = Tail(tmp_path, lambda source: source.sliceno == 1)

    tail.poll()

    assert texts(tail) == [("s1", "one")]
    assert [source.sliceno for source in tail.sources()] == [0, 1]


def test_hostile_output_is_harmless(tmp_path: Path) -> None:
    """Escapes other than colours, control characters and bad UTF-8 never come out; long lines are cut."""
    (tmp_path / "prepare.out").write_bytes(b"\x1b]0;title\x07\x1b[31mred\x1b[0m\xff\x00 50%\r100%\n" + b"x" * 100_000)
    tail = Tail(tmp_path)

    tail.poll()

    assert texts(tail)[0] == ("prep", "100%")
    assert len(texts(tail)[1][1]) == 4096
    assert all("\x1b]" not in text for _, text in texts(tail))


def test_links_are_not_followed(tmp_path: Path) -> None:
    """An output file that is a link to somewhere else is not read."""
    (tmp_path / "secret").write_text("secret\n")
    (tmp_path / "prepare.out").symlink_to(tmp_path / "secret")
    tail = Tail(tmp_path)

    tail.poll()

    assert len(tail.lines) == 0


def test_no_directory_is_no_output(tmp_path: Path) -> None:
    """A job that is gone has no lines and makes no error."""
    assert Tail(tmp_path / "gone").poll() == (0, False)
    assert Tail(None).poll() == (0, False)


def test_a_million_lines_are_only_offsets(tmp_path: Path) -> None:
    """A large file is looked through in steps and costs ten bytes a line."""
    path = tmp_path / "prepare.out"
    path.write_bytes(b"a line of output\n" * 300_000)
    tail = Tail(tmp_path)

    steps = 1
    while tail.poll()[1]:
        steps += 1

    assert steps > 1
    assert len(tail.lines) == 300_000
    assert tail.text(299_999)[1] == "a line of output"
    assert tail.lines.starts.itemsize + tail.lines.files.itemsize == 10
