"""The rows of a build: named, followed downstream, replayed."""

from __future__ import annotations

from axtui.build.script_options import ScriptOptions
from axtui.engine.builds import Build, Row, find_stale, replay_rows
from axtui.event.events import (
    BuildStarted,
    Entry,
    Event,
    JobFinished,
    JobRequested,
    JobReused,
    JobStarted,
    Noted,
)


def rows(*given: tuple[str, str, str, str, tuple[str, ...]]) -> dict[str, Row]:
    """Make rows from name, method, parent, job and inputs."""
    return {name: Row(name, method, parent, job, inputs) for name, method, parent, job, inputs in given}


CHAIN = rows(
    ("a.1", "a", "", "dev-1", ()),
    ("a.2", "a", "", "dev-2", ()),
    ("b.1", "b", "", "dev-3", ("dev-1",)),
    ("c.1", "c", "", "dev-4", ("dev-3",)),
    ("d.1", "d", "", "dev-5", ("dev-2",)),
    ("e.1", "e", "", "dev-6", ()),
    ("e.1/f.1", "f", "e.1", "dev-7", ()),
)


def test_rows_are_counted_by_what_they_are_called() -> None:
    """Each name counts for itself, below each parent too."""
    build = Build(1, "build", "dev-0", "asked", 0.0, ScriptOptions())

    names = [
        build.add_row("m", name, parent).name
        for name, parent in (("", ""), ("", ""), ("x", ""), ("", "m.1"), ("x", ""))
    ]

    assert names == ["m.1", "m.2", "x.1", "m.1/m.1", "x.2"]


def test_stale_rows_and_those_after_them() -> None:
    """The rows of an edited method, and what was built from their jobs, at any distance; nothing else."""
    assert find_stale(CHAIN, {"b"}) == (("b.1",), ("c.1",))
    assert find_stale(CHAIN, {"a"}) == (("a.1", "a.2"), ("b.1", "c.1", "d.1"))
    assert find_stale(CHAIN, {"e"}) == (("e.1",), ())
    assert find_stale(CHAIN, {"other"}) == ((), ())


def test_a_job_built_around_a_stale_one_is_stale_too() -> None:
    """A job whose subjob is edited runs again after it."""
    assert find_stale(CHAIN, {"f"}) == (("e.1/f.1",), ("e.1",))


def test_rows_without_a_job_lead_nowhere() -> None:
    """A row that was refused has nothing after it."""
    made = rows(("a.1", "a", "", "", ()), ("b.1", "b", "", "", ("",)))

    assert find_stale(made, {"a"}) == (("a.1",), ())


def test_the_last_build_is_replayed_from_its_events() -> None:
    """An engine that starts later knows the rows with the jobs that answered them at the end."""
    events: list[Event] = [
        BuildStarted(1, "build", "dev-0", "asked"),
        JobRequested(1, "a.1", "a", "", "", "", ()),
        JobRequested(1, "b.1", "b", "", "", "", ("dev-1",)),
        JobStarted(1, "a.1", "dev-1", 2, (), 0.0),
        JobFinished(1, "a.1", "dev-1", 1.0),
        JobStarted(1, "b.1", "dev-2", 2, (), 0.0, ("dev-1",)),
        Noted("x"),
    ]

    found = replay_rows([Entry(number, 0.0, 0.0, event) for number, event in enumerate(events)])

    assert found == rows(("a.1", "a", "", "dev-1", ()), ("b.1", "b", "", "dev-2", ("dev-1",)))


def test_reused_rows_are_replayed() -> None:
    """A job that was reused in one step is a row as well."""
    event = JobReused(1, "a.1", "dev-3", 1.0, "", inputs=("dev-2",), method="a")

    assert replay_rows([Entry(1, 0.0, 0.0, event)]) == rows(("a.1", "a", "", "dev-3", ("dev-2",)))
