"""The journal: what was appended is what is read, whatever happened to the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtui.base.records import parse_record
from axtui.event import journal
from axtui.event.events import BuildFinished, BuildStarted, Event, JobStarted, Noted, parse_entry
from axtui.event.journal import Journal, find_segments, read_journal, read_last_builds


def write(directory: Path, *events: Event) -> None:
    """Append events in an engine's life of its own."""
    end = Journal(directory)
    for event in events:
        end.append(event)
    end.close()


def started(build: int) -> BuildStarted:
    """Make the start of a build."""
    return BuildStarted(build, "build", f"dev-{build}", "asked")


def finished(build: int) -> BuildFinished:
    """Make the end of a build."""
    return BuildFinished(build, "finished", 1.0, 1, 0, 0)


def messages(directory: Path, since: int = 1) -> list[tuple[int, str]]:
    """Read number and text of every note."""
    return [
        (entry.seq, entry.event.message) for entry in read_journal(directory, since) if isinstance(entry.event, Noted)
    ]


def test_appended_events_are_read(tmp_path: Path) -> None:
    """Events come back in order, numbered from 1, and what append returns is the line."""
    end = Journal(tmp_path)
    line = end.append(Noted("a"))
    end.append(JobStarted(1, "x.1", "dev-3", 2, ("never built",), 0.0))

    entries = list(read_journal(tmp_path))

    assert [entry.seq for entry in entries] == [1, 2]
    assert entries[0] == parse_entry(parse_record(line))
    assert entries[1].event == JobStarted(1, "x.1", "dev-3", 2, ("never built",), 0.0)


def test_numbering_goes_on_after_reopening(tmp_path: Path) -> None:
    """A new engine takes up the numbers of events and of builds where the last one stopped."""
    write(tmp_path, started(1), Noted("a"))

    end = Journal(tmp_path)
    end.append(Noted("b"))

    assert end.next_build() == 2
    assert messages(tmp_path) == [(2, "a"), (3, "b")]


def test_reading_from_a_number(tmp_path: Path) -> None:
    """A client that has seen some is given the rest."""
    write(tmp_path, *(Noted(str(number)) for number in range(1, 6)))

    assert messages(tmp_path, since=4) == [(4, "4"), (5, "5")]
    assert messages(tmp_path, since=6) == []


@pytest.mark.parametrize("cut", range(1, 20))
def test_a_torn_last_line_costs_itself_alone(tmp_path: Path, cut: int) -> None:
    """After a kill in the middle of a write, everything before is read and what comes after is whole."""
    write(tmp_path, Noted("a"), Noted("b"))
    (segment,) = find_segments(tmp_path)
    segment.write_bytes(segment.read_bytes()[:-cut])

    write(tmp_path, Noted("c"))
    texts = [text for _, text in messages(tmp_path)]

    whole = cut == 1  # only the newline was missing
    assert texts == (["a", "b", "c"] if whole else ["a", "c"])
    numbers = [seq for seq, _ in messages(tmp_path)]
    assert numbers == sorted(set(numbers))


def test_zeros_that_a_power_cut_left_are_cut_off(tmp_path: Path) -> None:
    """A line that was lost with the power leaves nothing in a journal that is opened again."""
    write(tmp_path, Noted("a"))
    (segment,) = find_segments(tmp_path)
    with segment.open("ab") as handle:
        handle.write(bytes(10_000))

    write(tmp_path, Noted("b"))

    assert messages(tmp_path) == [(1, "a"), (2, "b")]
    assert b"\0" not in segment.read_bytes()


@pytest.mark.parametrize(
    "damage",
    [
        b"\0" * 40 + b"\n",
        b"[]\n",
        b'{"event": "Noted"}\n',
        b'{"seq": 2, "at": 1, "clock": 1, "event": "Unheard"}\n',
        b'{"seq": 2, "at": 1, "clock": 1, "event": "JobCancelled", "build": "x", "row": "", "job": "", "why": ""}\n',
        b"\r\n\r\n",
    ],
)
def test_a_damaged_line_is_passed_over(tmp_path: Path, damage: bytes) -> None:
    """A line that cannot be read costs itself alone, for readers and for the numbering."""
    write(tmp_path, Noted("a"), Noted("b"), Noted("c"))
    (segment,) = find_segments(tmp_path)
    first, _, third = segment.read_bytes().splitlines(keepends=True)
    segment.write_bytes(first + damage + third)

    write(tmp_path, Noted("d"))

    assert messages(tmp_path) == [(1, "a"), (3, "c"), (4, "d")]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.integers(0, 400), st.binary(max_size=6), st.integers(0, 40))
def test_any_damage_leaves_a_journal(tmp_path_factory: pytest.TempPathFactory, at: int, new: bytes, gone: int) -> None:
    """Whatever bytes are changed, the journal is read and written without an error."""
    directory = tmp_path_factory.mktemp("journal")
    write(directory, started(1), Noted("a"), finished(1))
    (segment,) = find_segments(directory)
    data = segment.read_bytes()
    segment.write_bytes(data[:at] + new + data[at + gone :])

    write(directory, Noted("last"))

    assert messages(directory)[-1][1] == "last"
    assert read_last_builds(directory)[-1].event == Noted("last")


def test_a_full_segment_is_closed_when_a_build_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Segments begin with a build and are named by their first number; reading goes across them."""
    monkeypatch.setattr(journal, "SEGMENT_NBYTES", 200)

    write(tmp_path, *(event for build in (1, 2, 3) for event in (started(build), Noted(str(build)), finished(build))))

    assert [segment.name for segment in find_segments(tmp_path)] == [
        "000000000001.jsonl",
        "000000000004.jsonl",
        "000000000007.jsonl",
    ]
    assert messages(tmp_path) == [(2, "1"), (5, "2"), (8, "3")]
    assert messages(tmp_path, since=5) == [(5, "2"), (8, "3")]
    assert [entry.seq for entry in read_journal(tmp_path, since=4)] == [4, 5, 6, 7, 8, 9]


def test_small_builds_share_a_segment(tmp_path: Path) -> None:
    """Short builds do not make a file each, also not across engines."""
    write(tmp_path, started(1), finished(1))
    write(tmp_path, started(2), finished(2))

    assert len(find_segments(tmp_path)) == 1


def test_the_last_builds_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The entries from the start of the last builds on, wherever these begin."""
    monkeypatch.setattr(journal, "SEGMENT_NBYTES", 200)
    write(tmp_path, Noted("before"))
    for build in (1, 2, 3):
        write(tmp_path, started(build), finished(build), Noted("after"))

    last = read_last_builds(tmp_path)
    two = read_last_builds(tmp_path, builds=2)

    assert [entry.event for entry in last] == [started(3), finished(3), Noted("after")]
    assert [entry.event for entry in two[:1]] == [started(2)]
    assert len(two) == 6
    assert read_last_builds(tmp_path, builds=9)[0].event == Noted("before")


def test_no_journal_is_an_empty_one(tmp_path: Path) -> None:
    """Where nothing was ever built there is nothing to read, and the first event is number 1."""
    assert read_last_builds(tmp_path / "none") == []
    assert list(read_journal(tmp_path / "none")) == []

    write(tmp_path / "none", Noted("a"))

    assert messages(tmp_path / "none") == [(1, "a")]


def test_foreign_files_are_passed_over(tmp_path: Path) -> None:
    """Other files beside the segments are left alone."""
    for name in ("README", "abcdefghijkl.jsonl", "000000000000.jsonl~", "00000000001x.jsonl"):
        (tmp_path / name).write_text("not a segment\n")

    write(tmp_path, Noted("a"))

    assert messages(tmp_path) == [(1, "a")]
