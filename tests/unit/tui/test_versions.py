"""Which jobs stood in the same place, build after build, and how long a job is likely to take."""

from __future__ import annotations

from axtui.event import events as ev
from axtui.tui.versions import fold_versions, tell_expected


def entries(*events: ev.Event) -> list[ev.Entry]:
    """Make entries from events."""
    return [ev.Entry(number, 0.0, float(number), event) for number, event in enumerate(events, 1)]


def started(build: int, row: str, job: str) -> ev.Event:
    """Let a job start."""
    return ev.JobStarted(build, row, job, 1, (), 0.0, ())


def test_versions_are_the_jobs_of_one_place() -> None:
    """Jobs of the same row of the same script are versions of each other; a reused job is no new one."""
    found = fold_versions(
        entries(
            ev.BuildStarted(1, "build", "dev-0", "asked", ()),
            started(1, "a.1", "dev-1"),
            ev.JobFinished(1, "a.1", "dev-1", 2.0, ""),
            started(1, "b.1", "dev-2"),
            ev.BuildStarted(2, "other", "dev-3", "asked", ()),
            started(2, "a.1", "dev-4"),
            ev.BuildStarted(3, "build", "dev-5", "asked", ()),
            started(3, "a.1", "dev-6"),
            ev.BuildStarted(4, "build", "dev-7", "asked", ()),
            ev.JobReused(4, "a.1", "dev-1", 2.0, "", ()),
        )
    )

    assert found.of("dev-1") == ["dev-1", "dev-6"] and found.of("dev-4") == ["dev-4"]
    assert found.of("dev-99") == ["dev-99"]
    assert found.past_seconds("dev-6") == [2.0] and found.past_seconds("dev-1") == []


def test_what_is_expected_has_its_doubt() -> None:
    """The median of the past runs is told with how far they lie apart."""
    assert tell_expected([2.0, 9.0, 3.0]) == "3.0s ± 6.0s, the median of its last 3 runs"
    assert tell_expected([2.0]) == "2.0s, as its only run before"
    assert tell_expected([]) == ""
