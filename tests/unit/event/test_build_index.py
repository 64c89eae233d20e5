"""The index of builds in a journal."""

from __future__ import annotations

from pathlib import Path

from axtui.event import events as ev
from axtui.event.build_index import BuildIndex
from axtui.event.journal import Journal


def _journal(directory: Path) -> Journal:
    journal = Journal(directory)
    journal.append(ev.EngineStarted(1, "boot"))
    journal.append(ev.WatchingChanged(True, 3))
    return journal


def _build(journal: Journal, number: int, outcome: str, seconds: float = 1.0) -> None:
    journal.append(ev.BuildStarted(number, "build", f"dev-{number}", "asked"))
    journal.append(ev.JobFinished(number, "rows.1", f"dev-{number}0", seconds))
    if outcome:
        journal.append(ev.BuildFinished(number, outcome, 2.0, 1, 0, 0))


def test_a_build_is_read_alone_with_what_stood_before_it(tmp_path: Path) -> None:
    """A finished build is read from its beginning to its end, after what still stood when it began."""
    journal = _journal(tmp_path)
    for number in (1, 2, 3):
        _build(journal, number, "finished")

    index = BuildIndex(tmp_path)
    index.update()

    kinds = [type(entry.event).__name__ for entry in index.read(2)]
    assert kinds == ["WatchingChanged", "BuildStarted", "JobFinished", "BuildFinished"]
    assert index.read(4) == []


def test_a_build_that_failed_comes_with_the_ones_before(tmp_path: Path) -> None:
    """Rows that a failed build never came to are known from the builds before it."""
    journal = _journal(tmp_path)
    for number, outcome in ((1, "finished"), (2, "finished"), (3, "failed"), (4, "finished")):
        _build(journal, number, outcome)

    index = BuildIndex(tmp_path)
    index.update()

    assert {entry.event.build for entry in index.read(3) if hasattr(entry.event, "build")} == {1, 2, 3}


def test_what_is_appended_is_read_and_nothing_twice(tmp_path: Path) -> None:
    """A second look gives only what came since, also where that came in a new segment."""
    journal = _journal(tmp_path)
    _build(journal, 1, "finished")
    index = BuildIndex(tmp_path)
    assert [type(entry.event).__name__ for entry in index.update()] == [
        "EngineStarted", "BuildStarted", "BuildFinished",
    ]  # fmt: skip
    (tmp_path / f"{journal.next_seq:012}.jsonl").touch()
    second = Journal(tmp_path)

    _build(second, 2, "")

    assert [entry.event for entry in index.update()] == [ev.BuildStarted(2, "build", "dev-2", "asked")]
    assert index.update() == []
    assert len(index.read(2)) == 6


def test_a_damaged_line_costs_itself_alone(tmp_path: Path) -> None:
    """Lines that cannot be read, and a torn last one, are passed over."""
    journal = _journal(tmp_path)
    _build(journal, 1, "finished")
    path = next(tmp_path.glob("*.jsonl"))
    with open(path, "ab") as handle:
        handle.write(b'{"seq":7,"event":"BuildStarted","build":"x"}\n\xff\x00\n')
    _build(Journal(tmp_path), 2, "finished")
    with open(path, "ab") as handle:
        handle.write(b'{"seq":99,"at":1,"clock":1,"event":"BuildStarted","bu')

    index = BuildIndex(tmp_path)

    assert len([entry for entry in index.update() if isinstance(entry.event, ev.BuildStarted)]) == 2
    assert [entry.event for entry in index.read(2)][-1] == ev.BuildFinished(2, "finished", 2.0, 1, 0, 0)


def test_durations_are_those_before_a_build(tmp_path: Path) -> None:
    """How long a row's job took counts from the builds before, the newest last."""
    journal = _journal(tmp_path)
    for number, seconds in ((1, 3.0), (2, 5.0), (3, 4.0)):
        _build(journal, number, "finished", seconds)
    index = BuildIndex(tmp_path)
    index.update()

    assert index.durations(3) == {"rows.1": [3.0, 5.0]}
    assert index.durations(1) == {}
