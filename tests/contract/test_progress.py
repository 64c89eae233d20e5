"""Whatever shows progress of a build shows it safely: plain lines anywhere, live lines on a terminal."""

from __future__ import annotations

import dataclasses
import io
import re
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from axtui.cli.progress import LiveProgress, PlainProgress, Progress, choose_progress
from axtui.event.events import Entry, Event, JobFailed, JobFinished, JobRequested, JobReused, JobStarted
from axtui.project.config import parse_project

PROJECT = parse_project("", Path("/nowhere"))
HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\r\n\u202e<b>%s{}"
MAKERS: dict[str, Callable[[io.StringIO], Progress]] = {
    "plain": lambda stream: PlainProgress(stream, PROJECT),
    "live": lambda stream: LiveProgress(stream, PROJECT),
    "dots": lambda stream: choose_progress(stream, PROJECT, "dots"),
    "log": lambda stream: choose_progress(stream, PROJECT, "log"),
}


@pytest.fixture(params=[*MAKERS])
def shown(request: pytest.FixtureRequest) -> Callable[..., str]:
    """Give a function that shows events in one way and returns all that was written."""

    def show(*events: Event) -> str:
        stream = io.StringIO()
        progress = MAKERS[request.param](stream)
        for number, event in enumerate(events, 1):
            progress.take(Entry(number, 0.0, 0.0, event))
            progress.draw()
        progress.close()
        return stream.getvalue()

    return show


_VALUES: dict[Any, Any] = {int: 3, float: 1.5, str: HOSTILE, bool: True, tuple[str, ...]: (HOSTILE, HOSTILE)}


@pytest.mark.parametrize("kind", sorted(Event.kinds))
def test_no_event_drives_the_terminal(shown: Callable[..., str], kind: str) -> None:
    """Every event with hostile text in every field: one line at most, and only our own sequences in it."""
    types = typing.get_type_hints(Event.kinds[kind])
    values = {field.name: _VALUES[types[field.name]] for field in dataclasses.fields(Event.kinds[kind])}
    values |= {"job": "dev-1"} if "job" in values else {}

    text = shown(Event.kinds[kind](**values))

    rest = re.sub(r"\x1b\[\d+F\x1b\[J", "", text)
    assert all(char >= " " or char == "\n" for char in rest)
    assert not set(rest) & set("\x7f\x9b\x9d\u202e")


def draw(verbose: str, *events: Event, times: int = 1, full_path: bool = False) -> str:
    """Give what is written for some events, when it is drawn so often after each."""
    stream = io.StringIO()
    progress = choose_progress(stream, PROJECT, verbose, full_path)
    for number, event in enumerate(events, 1):
        progress.take(Entry(number, 0.0, 0.0, event))
        for _ in range(times):
            progress.draw()
    progress.close()
    return stream.getvalue()


BEGUN = (JobRequested(1, "m.1", "m", "", "", "", ()), JobStarted(1, "m.1", "dev-1", 2, (), 0.0))
ENDED = JobFinished(1, "m.1", "dev-1", 2.0)


def test_dots_are_put_while_jobs_run() -> None:
    """Sixty a line, and what happens begins a line of its own."""
    lines = draw("dots", *BEGUN, ENDED, times=70).splitlines()

    assert [len(line) for line in lines[1:3]] == [60, 10]
    assert set("".join(lines[1:3])) == {"."}
    assert [line[:3] for line in (lines[0], lines[3])] == ["  >", "  +"]
    assert len(lines) == 4


def test_a_log_says_what_runs() -> None:
    """Every job that runs, in one line; nothing when none does."""
    lines = draw("log", *BEGUN, ENDED).splitlines()

    assert [line.split("(")[0] for line in lines[1:2]] == ["  . running: m dev-1 "]
    assert len(lines) == 3


def test_quiet_shows_what_goes_wrong() -> None:
    """And nothing else."""
    bad = JobFailed(1, "m.1", "dev-1", 0.1, "synthesis", "ValueError: no")

    assert draw("no", *BEGUN, ENDED) == ""
    assert draw("no", *BEGUN, bad).splitlines() == [
        "  ! m                            dev-1        failed in synthesis: ValueError: no"
    ]


def test_full_paths() -> None:
    """Directories stand where ids would, in plain lines as in live ones."""
    assert "  /nowhere/workdirs/dev/dev-1 " in draw("status", *BEGUN, full_path=True)
    assert "dev-1" in draw("status", *BEGUN)
    assert "/nowhere" not in draw("status", *BEGUN)


def test_jobs_are_called_by_their_name(shown: Callable[..., str]) -> None:
    """Under the name that the script gave, else the method's; built, reused and failed ones each with a line."""
    text = shown(
        JobRequested(1, "m.1", "m", "", "monthly", "", ()),
        JobStarted(1, "m.1", "dev-1", 2, ("never built",), 0.0),
        JobFinished(1, "m.1", "dev-1", 2.0, same_as="dev-0"),
        JobReused(1, "other.1", "dev-2", 0.5, "because dev-1 ≡ dev-0"),
        JobFailed(1, "bad.1", "dev-3", 0.1, "analysis(1)", "ValueError: no", "/p/small/a_bad.py", 7),
    )

    lines = [line.split("\x1b[J")[-1] for line in text.splitlines() if line.strip()]
    kept = [line for line in lines if line.startswith(("  +", "  =", "  !"))]
    assert kept[0].split() == ["+", "monthly", "dev-1", "2.0s", "same", "output", "as", "dev-0"]
    assert kept[1].split()[:4] == ["=", "other", "dev-2", "0.5s"]
    assert kept[1].endswith("reused because dev-1 ≡ dev-0")
    assert "failed in analysis(1): ValueError: no (a_bad.py:7)" in kept[2]


def test_live_lines_are_for_terminals_that_can(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file, a pipe and a dumb terminal get plain lines."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(choose_progress(Terminal(), PROJECT), LiveProgress)
    assert type(choose_progress(Terminal(), PROJECT, "plain")) is PlainProgress
    assert not isinstance(choose_progress(io.StringIO(), PROJECT), LiveProgress)
    monkeypatch.setenv("TERM", "dumb")
    assert not isinstance(choose_progress(Terminal(), PROJECT), LiveProgress)
