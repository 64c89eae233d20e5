"""When each job of a build ran, from its events; what came before what. Pure: no clock, no files.

All times are seconds since the build began.
"""

from __future__ import annotations

import statistics
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from axtui.event import events as ev
from axtui.store.progress import Progress
from axtui.tui.rows import Build, State

_TOGETHER = 0.02
"""What happens within this many seconds counts as at once: an event is noted a moment after what it tells of."""
_WAITED = 0.1
"""A job that begins later than this after all that it needs was there waited for a place."""


@dataclass
class Span:
    """One job that ran: asked for, begun, ended. `ended` is the end of what is known while it runs."""

    row: str
    method: str
    name: str = ""
    parent: str = ""
    job: str = ""
    state: State = "waiting"
    asked: float = 0.0
    began: float = -1.0
    ended: float = -1.0
    slices: int = 0
    expected: float = 0.0
    once: float = 0.0
    """What a reused job took when it was built, in seconds."""
    message: str = ""
    inputs: tuple[str, ...] = ()
    stages: list[tuple[str, float]] = field(default_factory=list)

    @property
    def has_run(self) -> bool:
        """Whether it began."""
        return self.began >= 0

    @property
    def seconds(self) -> float:
        """How long it ran."""
        return max(0.0, self.ended - self.began) if self.has_run else 0.0

    def runs_at(self, at: float) -> bool:
        """Tell whether it ran at a time."""
        return self.has_run and self.began <= at < self.ended


@dataclass(frozen=True)
class Slice:
    """One slice of a job: when it ran, and how many lines it went through."""

    number: int
    began: float
    ended: float
    lines: int
    failed: bool

    @property
    def seconds(self) -> float:
        """How long it ran."""
        return max(0.0, self.ended - self.began)


@dataclass(frozen=True)
class Timeline:
    """A build in time.

    Attributes:
        build: The build.
        spans: The jobs that were asked for and not reused, those first that began first; those that never ran last.
        reused: The jobs that were reused; `seconds` is what these once took.
        seconds: Until it ended, or until now.
        moments: The times of its events, rising, each with what happened.
        slots: How many jobs may run side by side.
    """

    build: Build
    spans: Sequence[Span]
    reused: Sequence[Span]
    seconds: float
    moments: Sequence[tuple[float, str]]
    slots: int
    _named: dict[str, Span] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for span in (*self.reused, *self.spans):
            self._named[span.row] = self._named[span.job or span.row] = span

    @property
    def ran(self) -> list[Span]:
        """The jobs that ran, those first that began first."""
        return [span for span in self.spans if span.has_run]

    def failures(self) -> list[float]:
        """Return when jobs failed, rising."""
        return sorted(max(span.ended, span.asked) for span in self.spans if span.state == "failed")

    def running(self, at: float) -> list[Span]:
        """Return the jobs that ran at a time, without those that wait for jobs of their own and lend their place."""
        running = [span for span in self.spans if span.runs_at(at)]
        lending = {span.parent for span in self.spans if span.parent and span.asked <= at < span.ended}
        return [span for span in running if span.row not in lending]

    def inputs(self, span: Span) -> list[Span]:
        """Return the jobs of this build that a job reads, reused ones too."""
        found = (self._named.get(reference.partition("/")[0]) for reference in span.inputs)
        return [other for other in found if other is not None and other is not span]


def collect_spans(entries: Iterable[ev.Entry], build: Build, slots: int, now: float) -> Timeline:
    """Put the events of a build into a timeline.

    Args:
        entries: What the journal says of it; events of other builds are passed over.
        build: The build, as it was folded.
        slots: How many jobs may run side by side.
        now: The monotonic clock, where it still runs.
    """
    spans: dict[str, Span] = {}
    moments: list[tuple[float, str]] = []
    end = 0.0
    for entry in entries:
        event, at = entry.event, max(0.0, entry.seconds - build.began)
        if isinstance(event, ev.EngineStarted | ev.EngineStopped) and moments:
            _end_all(spans.values(), end, "cancelled")
        if getattr(event, "build", None) != build.number:
            continue
        end = max(end, at)
        _take(spans, event, at)
        text = _tell(event)
        moments += [(at, text)] if text else []
    if not build.outcome:
        end = max(end, now - build.began)
        _end_all(spans.values(), end, "running")
    ordered = sorted(spans.values(), key=lambda span: (not span.has_run, span.began, span.asked))
    reused = [span for span in ordered if span.state == "reused"]
    rest = [span for span in ordered if span.state != "reused"]
    return Timeline(build, rest, reused, end, moments, slots)


def _tell(event: ev.Event) -> str:
    """Say in a few words what happened, "" where that is not told."""
    match event:
        case ev.BuildStarted():
            return "the build begins"
        case ev.BuildFinished(outcome=outcome):
            return f"the build {outcome}" if outcome == "finished" else f"the build ends: {outcome}"
        case ev.JobStarted(row=row, job=job):
            return f"{row} {job} begins"
        case ev.StageStarted(row=row, stage=stage):
            return f"{row}: {stage}"
        case ev.JobFinished(row=row, job=job):
            return f"{row} {job} is built"
        case ev.JobFailed(row=row, message=message) | ev.RequestRefused(row=row, message=message):
            return f"{row} fails: {message}"
        case ev.AttemptFailed(row=row, message=message):
            return f"{row} fails and is tried again: {message}"
        case ev.JobCancelled(row=row):
            return f"{row} is cancelled"
    return ""


def _take(spans: dict[str, Span], event: ev.Event, at: float) -> None:
    match event:
        case ev.JobRequested():
            spans[event.row] = Span(event.row, event.method, event.name, event.parent, asked=at, inputs=event.inputs)
        case ev.JobReused():
            span = spans.setdefault(event.row, _new_span(event.row, at, event.method))
            span.job, span.state, span.once = event.job, "reused", event.seconds
            span.inputs = event.inputs or span.inputs
        case ev.JobStarted():
            span = spans.setdefault(event.row, _new_span(event.row, at))
            span.began = span.began if span.has_run else at  # else it is tried again
            span.job, span.state, span.slices = event.job, "running", event.slices
            span.inputs, span.expected, span.stages = event.inputs or span.inputs, event.expected_seconds, []
        case ev.StageStarted() if event.row in spans:
            spans[event.row].stages.append((event.stage, at))
        case ev.JobFinished() if event.row in spans:
            spans[event.row].ended, spans[event.row].state = at, "built"
        case ev.JobFailed():
            span = spans.setdefault(event.row, _new_span(event.row, at))
            span.ended, span.state, span.message = at, "failed", event.message
        case ev.RequestRefused():
            span = spans.setdefault(event.row, _new_span(event.row, at, event.method))
            span.ended, span.state, span.message = at, "failed", event.message
        case ev.JobCancelled() if event.row in spans:
            spans[event.row].ended, spans[event.row].state = at, "cancelled"


def _new_span(row: str, at: float, method: str = "") -> Span:
    return Span(row, method or row.rpartition(".")[0], asked=at)


def _end_all(spans: Iterable[Span], at: float, state: State) -> None:
    for span in spans:
        if span.has_run and span.ended < 0:
            span.ended, span.state = at, state


@dataclass(frozen=True)
class Link:
    """A job on the critical path, and what it waited for: an "input", the "script", a "slot", or "" for nothing."""

    span: Span
    waited_for: str


def critical_path(timeline: Timeline) -> list[Link]:
    """Return the jobs that had to follow each other as they did, the first one first, from the one that ended last.

    Before each job stands the one that it waited for last: an input, the job whose end let the script ask for it, or
    the one whose end made room. Jobs that jobs ask for are part of these.
    """
    ran = sorted((span for span in timeline.ran if not span.parent), key=lambda span: span.ended)
    ends = [span.ended for span in ran]
    found: list[Link] = []
    span = ran[-1] if ran else None
    while span is not None:
        before, kind = _waited_for(timeline, ran, ends, span)
        found.append(Link(span, kind))
        span = before
    return found[::-1]


def _waited_for(timeline: Timeline, ran: Sequence[Span], ends: Sequence[float], span: Span) -> tuple[Span | None, str]:
    def last_before(at: float) -> Span | None:
        index = bisect_right(ends, at + _TOGETHER) - 1
        while index >= 0 and not ran[index].began < span.began:
            index -= 1
        return ran[index] if index >= 0 else None

    inputs = [other for other in timeline.inputs(span) if other.has_run and other.began < span.began]
    last_input = max(inputs, key=lambda other: other.ended, default=None)
    ready = max(span.asked, last_input.ended if last_input else 0.0)
    last = last_before(span.began)
    if last and span.began > ready + _WAITED and last.ended > ready:
        return last, "slot"
    if last_input and last_input.ended + _TOGETHER >= span.asked:
        return last_input, "input"
    asked_after = last_before(span.asked)
    return asked_after, "script" if asked_after else ""


def find_slices(progress: Sequence[Progress], span: Span, began: float) -> list[Slice]:
    """Return the slices of a job as far as its progress file tells; nothing where that is of another run or boot.

    Args:
        progress: Its slices, then the job process.
        span: The job.
        began: When the build began, on the monotonic clock.
    """
    found = []
    for number, record in enumerate(progress[:-1]):
        first = record.began - began
        last = (record.ended or record.reported) - began
        if not record.began or first < span.began - 1 or last > span.ended + 1:
            return []
        found.append(Slice(number, first, last, record.done, record.state == "failed"))
    return found


def skew_of(slices: Sequence[Slice]) -> float:
    """Return how many times as long as the median slice the slowest one took; 1.0 where nothing can be told."""
    median = statistics.median(each.seconds for each in slices) if len(slices) > 1 else 0.0
    return max(each.seconds for each in slices) / median if median > 0 else 1.0
