"""Urd lists as files: lines that come back, damage that costs itself alone, writers that do not meet."""

from __future__ import annotations

import json
import os
import signal
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axtui.base.errors import RecordError, UrdError
from axtui.base.records import Record
from axtui.store.urd_file import LINE_NBYTES, UrdFile, find_lists, is_list_name, open_line, seal_line


def make(directory: Path, path: str = "anna/daily") -> UrdFile[Any]:
    """Make a list whose transactions are their number, `n`."""
    return UrdFile(directory, path, lambda record: record["n"])


def add(file: UrdFile[Any], *numbers: int) -> None:
    """Append a line a number."""
    for number in numbers:
        with file.locked():
            file.append({"n": number})
        file.refresh()


def test_lines_come_back_in_order(tmp_path: Path) -> None:
    """What was appended is read by another, in order, as one JSON object a line."""
    add(make(tmp_path), 1, 2, 3)

    file = make(tmp_path)
    assert file.refresh()

    assert file.transactions == [1, 2, 3]
    lines = (tmp_path / "anna/daily.urd").read_text().splitlines()
    assert [json.loads(line)["n"] for line in lines] == [1, 2, 3]


def test_reading_on_gives_only_what_is_new(tmp_path: Path) -> None:
    """A reader sees what another one appends, and is told whether there was anything."""
    reader = make(tmp_path)
    writer = make(tmp_path)

    seen = [reader.refresh()]
    add(writer, 1)
    seen += [reader.refresh(), reader.refresh()]
    add(writer, 2)
    seen += [reader.refresh(), writer.refresh()]

    assert seen == [False, True, False, True, False]
    assert reader.transactions == writer.transactions == [1, 2]


@pytest.mark.parametrize("change", [b'"n":7', b'"n": 2', b'"n":2,"x":1'])
def test_altered_line_costs_itself_alone(tmp_path: Path, change: bytes) -> None:
    """A line that was edited is left out and named; those around it count."""
    add(make(tmp_path), 1, 2, 3)
    path = tmp_path / "anna/daily.urd"
    path.write_bytes(path.read_bytes().replace(b'"n":2', change))

    file = make(tmp_path)
    file.refresh()

    assert file.transactions == [1, 3]
    assert len(file.damage) == 1
    assert f"{path}: line 2 is damaged" in file.damage[0]


def test_torn_line_costs_itself_alone(tmp_path: Path) -> None:
    """A line that was cut short at any byte is passed over, and what comes after it stands on a line of its own."""
    add(make(tmp_path), 1, 2)
    path = tmp_path / "anna/daily.urd"
    whole = path.read_bytes()
    start = whole.index(b"\n") + 1

    for cut in range(start + 1, len(whole)):
        path.write_bytes(whole[:cut])
        reader = make(tmp_path)
        reader.refresh()
        assert (reader.transactions, reader.damage) == ([1], [])
        add(make(tmp_path), 3)
        reader.refresh()
        is_whole = cut == len(whole) - 1
        assert reader.transactions == ([1, 2, 3] if is_whole else [1, 3])
        assert len(reader.damage) == (0 if is_whole else 1)


def test_a_line_that_was_lost_with_the_power_is_no_damage(tmp_path: Path) -> None:
    """Zeros in its place, of which nobody was told, are waited for by readers, and cut off by the next writer."""
    add(make(tmp_path), 1)
    path = tmp_path / "anna/daily.urd"
    with path.open("ab") as handle:
        handle.write(bytes(300))
    reader = make(tmp_path)
    reader.refresh()
    before = ([*reader.transactions], [*reader.damage])

    add(make(tmp_path), 2)
    reader.refresh()

    assert before == ([1], [])
    assert (reader.transactions, reader.damage) == ([1, 2], [])
    assert b"\0" not in path.read_bytes()


def test_replaced_file_is_read_anew(tmp_path: Path) -> None:
    """A list whose file was put back from elsewhere, or removed, is what it is now."""
    file = make(tmp_path)
    add(file, 1, 2)
    other = tmp_path / "other"
    add(make(other), 5)

    os.replace(other / "anna/daily.urd", tmp_path / "anna/daily.urd")
    assert file.refresh()
    after_replacing = list(file.transactions)
    os.unlink(tmp_path / "anna/daily.urd")
    assert file.refresh()

    assert (after_replacing, file.transactions) == ([5], [])


def test_line_that_is_too_long_is_passed_over(tmp_path: Path) -> None:
    """A line longer than any that is written costs itself alone."""
    add(make(tmp_path), 1)
    with open(tmp_path / "anna/daily.urd", "ab") as handle:
        handle.write(b"x" * (LINE_NBYTES * 2 + 9) + b"\n")
    add(make(tmp_path), 2)

    file = make(tmp_path)
    file.refresh()

    assert file.transactions == [1, 2]
    assert "too long" in file.damage[0]


def test_failed_write_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the disk is an UrdError, and nothing of the line stays."""
    file = make(tmp_path)
    add(file, 1)
    before = (tmp_path / "anna/daily.urd").read_bytes()

    def fail(fd: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(UrdError, match="Input/output"):
        add(file, 2)

    assert (tmp_path / "anna/daily.urd").read_bytes() == before


@pytest.mark.parametrize(
    "path",
    ["", "daily", "/daily", "anna/", "../daily", "anna/..", "anna/.x", "a/b/c", "anna/x\ny", "anna/\0", "a/\ud800"],
)
def test_names_cannot_leave_the_directory(tmp_path: Path, path: str) -> None:
    """What is not one plain user and one plain list is refused by name."""
    with pytest.raises(UrdError, match="no urd list"):
        make(tmp_path, path)


@pytest.mark.parametrize("name", ["daily", "a:b", "sp ace", "å", "a@b", "__auto__", "a+b", "a-b_c.d"])
def test_plain_names_are_allowed(tmp_path: Path, name: str) -> None:
    """Any other text is a name, and is found again."""
    add(make(tmp_path, f"anna/{name}"), 1)

    assert is_list_name(name)
    assert find_lists(tmp_path) == [f"anna/{name}"]


def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    """A symlink or a pipe in the place of a list or a user is an error, and never waited for."""
    add(make(tmp_path / "real"), 1)
    (tmp_path / "urd/anna").mkdir(parents=True)
    (tmp_path / "urd/anna/link.urd").symlink_to(tmp_path / "real/anna/daily.urd")
    os.mkfifo(tmp_path / "urd/anna/pipe.urd")
    (tmp_path / "urd/berta").symlink_to(tmp_path / "real/anna")

    for path in ("anna/link", "anna/pipe", "berta/daily"):
        file = make(tmp_path / "urd", path)
        file.refresh()
        assert "cannot be read" in file.error
        with pytest.raises(UrdError, match="cannot be written"):
            add(file, 1)
    assert find_lists(tmp_path / "urd") == ["anna/link", "anna/pipe"]


records = st.dictionaries(st.text(max_size=5).filter(lambda key: key != "digest"), st.integers() | st.text(max_size=9))


@given(records.filter(bool))
def test_sealed_line_opens(record: Record) -> None:
    """A line gives back what it was made of, and has no newline inside."""
    line = seal_line(record)

    assert open_line(line) == record
    assert b"\n" not in line


@given(records.filter(bool), st.data())
def test_changed_byte_is_found(record: Record, data: st.DataObject) -> None:
    """No byte of a line can change unseen."""
    line = seal_line(record)
    index = data.draw(st.integers(0, len(line) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != line[index]))

    with pytest.raises(RecordError):
        open_line(line[:index] + bytes([byte]) + line[index + 1 :])


@settings(deadline=None, max_examples=8)
@given(st.lists(st.integers(1, 12), min_size=2, max_size=4))
def test_writers_do_not_meet(counts: list[int]) -> None:
    """Lines that several processes append at once are all there, each whole, in the order of each writer."""
    with tempfile.TemporaryDirectory() as place:
        directory = Path(place)
        children = [fork(directory, number, count) for number, count in enumerate(counts)]
        ended = [os.waitpid(child, 0)[1] for child in children]
        file = make(directory)
        file.refresh()

    assert ended == [0] * len(counts)
    assert file.damage == []
    for number, count in enumerate(counts):
        mine = [each for each in file.transactions if each // 100 == number]
        assert mine == [number * 100 + n for n in range(count)]


@pytest.mark.parametrize("told", [1, 2, 7])
def test_killed_writer_loses_nothing_it_told_of(tmp_path: Path, told: int) -> None:
    """Whenever a writer is killed, what it has acknowledged is there, and the next one can write."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            for number in range(1 << 20):
                add(make(tmp_path), number)
                os.write(writing, b".")
        finally:
            os._exit(1)
    os.close(writing)
    for _ in range(told):
        os.read(reading, 1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)

    file = make(tmp_path)
    add(file, -1)

    assert file.transactions[:told] == list(range(told))
    assert file.transactions[-1] == -1
    assert len(file.damage) <= 1


def fork(directory: Path, number: int, count: int) -> int:
    """Start a process that appends some lines, and return its id."""
    child = os.fork()
    if child:
        return child
    try:
        add(make(directory), *(number * 100 + n for n in range(count)))
    except BaseException:
        os._exit(1)
    os._exit(0)
