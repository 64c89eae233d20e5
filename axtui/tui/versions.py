"""Which jobs stood in the same place of a build script, build after build, from the journal. Opens no files."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field

from axtui.base.clock import format_seconds
from axtui.event.events import BuildStarted, Entry, JobFinished, JobReused, JobStarted

_RUNS = 5


@dataclass
class JobVersions:
    """The jobs of each place, the oldest first, and how long those ran that were finished."""

    places: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    place_of: dict[str, tuple[str, str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def of(self, job: str) -> list[str]:
        """Return the versions of a job, the oldest first; itself alone where no build had it."""
        return self.places.get(self.place_of.get(job, ("", "")), [job])

    def past_seconds(self, job: str) -> list[float]:
        """Return how long the versions before a job ran, the newest last, at most five."""
        versions = self.of(job)
        before = versions[: versions.index(job)] if job in versions else versions
        return [self.seconds[each] for each in before if each in self.seconds][-_RUNS:]


def fold_versions(entries: Iterable[Entry]) -> JobVersions:
    """Fold the events of all builds."""
    found, scripts = JobVersions(), dict[int, str]()
    for entry in entries:
        match entry.event:
            case BuildStarted(build=build, script=script):
                scripts[build] = script
            case JobStarted(build=build, row=row, job=job) | JobReused(build=build, row=row, job=job) if job:
                place = scripts.get(build, ""), row
                jobs = found.places.setdefault(place, [])
                if job not in jobs:
                    jobs.append(job)
                found.place_of.setdefault(job, place)
            case JobFinished(job=job, seconds=seconds):
                found.seconds[job] = seconds
    return found


def tell_expected(past: list[float]) -> str:
    """Say how long a job is likely to take, with how far its runs lie apart; "" where it never ran."""
    if not past:
        return ""
    middle = statistics.median(past)
    if len(past) == 1:
        return f"{format_seconds(middle)}, as its only run before"
    spread = max(abs(each - middle) for each in past)
    return f"{format_seconds(middle)} ± {format_seconds(spread)}, the median of its last {len(past)} runs"
