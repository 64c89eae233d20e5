"""The pure fold: events in, what the screen shows out. No I/O, no clock, no Textual.

A board holds a table of rows for each build script, and shows that of the build that began last. Rows stay where they
are from build to build; `take` says which of them changed since it was asked last.
"""

from __future__ import annotations

import sys
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from axtui.event import events as ev
from axtui.project.limits import format_attempt
from axtui.tui.estimates import Estimate, Past, estimate
from axtui.tui.happenings import Happening, tell
from axtui.tui.links import Links
from axtui.tui.rows import BAD, OPEN, SCRIPT, Broken, Build, Row, State, Table
from axtui.tui.staleness import Stale
from axtui.tui.tally import Tally

_BUILDS_MOST = 200
_NOTES_MOST = 50
_HAPPENED_MOST = 500


@dataclass(frozen=True)
class Changes:
    """What changed: rows by key, and whether rows came, went, or have other inputs."""

    rows: frozenset[str]
    relaid: bool
    any: bool


class Board:
    """What is known of a project's builds, from its events alone.

    Args:
        root: The project's directory; paths below it are shown relative to it. "" leaves them as they are.
        slots: How many jobs run side by side at most; 0 tells of no save how long what it causes will take.

    Attributes:
        build: The build that began last, or None before the first.
        table: The rows of that build's script.
        broken: The methods that cannot be used as they stand, by name.
        watching: Whether a save rebuilds; None before the engine said so.
        failures: Keys of what failed in this build, the newest last: rows, and broken methods that have none.
        notes: What the engine had to say, the newest last.
        happened: What happened, the newest last.
        past: How long jobs took.
        stale: What saves have made stale since the build began.
        held: What becomes of a save that came during the build: "wait" for its end, "ask", "" for no such save.
        last_seq: The number of the last event folded in.
    """

    def __init__(self, root: str = "", slots: int = 0) -> None:
        self._slots = slots
        self._root = root.rstrip("/") + "/" if root else ""
        self.forget()

    def forget(self) -> None:
        """Know nothing, as before the first event."""
        self.build: Build | None = None
        self.builds: dict[int, Build] = {}
        self.table = Table()
        self.broken: dict[str, Broken] = {}
        self.watching: bool | None = None
        self.methods = 0
        self.notes: deque[str] = deque(maxlen=_NOTES_MOST)
        self.happened: deque[Happening] = deque(maxlen=_HAPPENED_MOST)
        self.past = Past()
        self.held = ""
        self.stale = Stale()
        self.failures: list[str] = []
        self.last_seq = 0
        self._tables: dict[str, Table] = {}
        self._links = Links()
        self._tally = Tally()
        self._uncounted: dict[str, None] = {}
        self._changed: set[str] = set()
        self._relaid = True
        self._any = False

    @property
    def is_building(self) -> bool:
        """Whether a build runs."""
        return any(not build.outcome for build in self.builds.values())

    def running(self) -> list[Row]:
        """Return the rows whose jobs run, those first that began first."""
        self._count()
        return [row for key in self._tally.keys("running") if (row := self.table.rows[key]).state == "running"]

    def in_state(self, *states: State) -> list[str]:
        """Return the keys of the rows that are shown in some states."""
        self._count()
        return self._tally.keys(*states)

    def counts(self) -> Counter[State]:
        """Count the rows by the state they are shown in."""
        self._count()
        return self._tally.counts

    @property
    def links(self) -> Links:
        """Which row reads which."""
        self._count()
        return self._links

    def _count(self) -> None:
        """Take in what changed since something was asked last."""
        self._tally.update(self.table, self._uncounted)
        self._links.update(self.table, self._uncounted)
        self._uncounted = {}

    def estimate(self, now: float, slots: int) -> Estimate:
        """Estimate what is left of the build: what runs, and what waits or is stale and ran before."""
        rows = self.table.rows
        waiting = [key for key in self.in_state("waiting") if rows[key].build]
        keys = [*self.in_state("running"), *waiting, *self.in_state("stale")]
        return estimate(self.table, self.links, self.past, keys, now, slots)

    def users(self, row: Row) -> list[Row]:
        """Return the rows that read a row's job."""
        return [self.table.rows[key] for key in self.links.users(row.row)]

    def followers(self, rows: Iterable[Row]) -> list[Row]:
        """Return every row that needs one of these, however far down, in order."""
        found = self.links.followers(row.row for row in rows)
        return [self.table.rows[key] for key in self.table.order if key in found] if found else []

    def take(self) -> Changes:
        """Return what changed since the last call."""
        changes = Changes(frozenset(self._changed), self._relaid, self._any)
        self._changed, self._relaid, self._any = set(), False, False
        return changes

    def apply(self, entry: ev.Entry) -> None:
        """Fold in one event. An event that was folded in before changes nothing."""
        if entry.seq <= self.last_seq:
            return
        self.last_seq = entry.seq
        self._any = True
        match entry.event:
            case ev.BuildStarted() as event:
                self._begin_build(entry, event)
            case ev.BuildFinished() as event:
                self._end_build(entry, event)
            case ev.EngineStarted() | ev.EngineStopped():
                self._lose_builds()
            case ev.SourcesChanged() as event:
                for key in self.stale.take(self.table, event):
                    self._touch(key)
            case ev.SaveHeld(choice=choice):
                self.held = choice
            case ev.MethodBroken() as event:
                self._break_method(event)
            case ev.MethodRepaired(method=method):
                self._repair_method(method)
            case ev.WatchingChanged(on=on, methods=methods):
                self.watching, self.methods = on, methods
            case ev.Noted(message=message):
                self.notes.append(message)
            case event:
                self._apply_job(entry, event)
        self._tell(entry)

    def _tell(self, entry: ev.Entry) -> None:
        """Note what happened, and how long it took."""
        event = entry.event
        row = self._table(event.build).rows.get(event.row) if isinstance(event, _OF_ROWS) else None
        happening = tell(entry, row, self.past.known(row) if row else self._seconds_due(entry))
        if happening:
            self.happened.append(replace(happening, text=self._inside(happening.text)))
        if row:
            row.at = entry.at
        if isinstance(event, ev.JobFinished):
            self.past.add(event.row, event.seconds)

    def _seconds_due(self, entry: ev.Entry) -> float:
        """Return how long it takes to build what a save has made stale, 0.0 where that cannot be said."""
        if not isinstance(entry.event, ev.SourcesChanged) or not self._slots:
            return 0.0
        return self.seconds_due(self._slots)

    def seconds_due(self, slots: int) -> float:
        """Return how long it takes to build what saves have made stale since the build began, from its beginning."""
        self._count()
        keys = [key for key in self.stale.messages if key in self.table.rows]
        return estimate(self.table, self.links, self.past, keys, None, slots).seconds

    def learn(self, watching: bool, methods: object) -> None:
        """Take what the engine answers when it is asked for its state."""
        self.watching = watching
        self.methods = methods if isinstance(methods, int) else self.methods
        self._any = True

    def _apply_job(self, entry: ev.Entry, event: ev.Event) -> None:
        match event:
            case ev.JobRequested():
                self._request(event)
            case ev.JobReused():
                if event.method:
                    self._request(_request_of(event))
                row = self._answer(event.build, event.row, "reused", event.job)
                row.seconds, row.why = event.seconds, (event.because,) if event.because else ()
                self._set_inputs(row, event.inputs)
            case ev.JobHeld():
                row = self._row(event.build, event.row)
                row.state, row.message = "waiting", f"being built by {event.holder}"
            case ev.JobStarted():
                self._start(entry, event)
            case ev.StageStarted():
                row = self._row(event.build, event.row)
                if row.job in ("", event.job):  # else another build runs it too
                    row.stages = (*row.stages, (event.stage, entry.seconds))
            case ev.JobFinished():
                row = self._answer(event.build, event.row, "built", event.job)
                same = (f"same output as {event.same_as}",) if event.same_as else ()
                row.seconds, row.notes = event.seconds, (*row.notes, *same, *event.notes)
                self._end_stages(row)
            case ev.JobFailed():
                row = self._answer(event.build, event.row, "failed", event.job)
                row.seconds, row.part, row.message = event.seconds, event.part, event.message
                row.file, row.line = self._inside(event.file), event.line
                self._end_stages(row)
                self._fail(row.row)
            case ev.AttemptFailed():
                row = self._row(event.build, event.row)
                attempt = format_attempt(event.attempt, event.attempts)
                row.notes = (*row.notes, f"{attempt} failed ({event.job}): {event.message}")
            case ev.JobCancelled():
                row = self._answer(event.build, event.row, "cancelled", event.job)
                row.message, row.seconds = event.why, max(0.0, entry.seconds - row.began) if row.began else 0.0
                self._end_stages(row)
            case ev.RequestRefused():
                row = self._answer(event.build, event.row, "failed", "", event.method)
                row.file, row.line = self._inside(event.file), event.line
                row.message, row.job = self._inside(event.message), ""
                self._fail(row.row)

    def _begin_build(self, entry: ev.Entry, event: ev.BuildStarted) -> None:
        build = Build(event.build, event.script, event.job, event.cause, event.saved, entry.at, entry.seconds)
        self.builds[event.build] = self.build = build
        while len(self.builds) > _BUILDS_MOST:
            del self.builds[next(iter(self.builds))]
        self.table = self._tables.setdefault(event.script, Table())
        self.table.last = ""
        self.failures, self.held = [], ""
        self.stale.clear()
        for row in self.table:
            row.state, message = ("stale", row.message) if row.state == "stale" else ("expected", "")
            row.clear()
            row.message = message
        self._touch_all(relaid=True)

    def _end_build(self, entry: ev.Entry, event: ev.BuildFinished) -> None:
        build = self.builds.get(event.build)
        if build is None:
            return
        build.outcome, build.seconds, build.message = event.outcome, event.seconds, event.message
        build.built, build.reused, build.failed = event.built, event.reused, event.failed
        table = self._table(event.build)
        if event.outcome == "finished":
            gone = [row.row for row in table if row.state in OPEN and not row.broken]
            table.remove(gone)
            self._uncounted.update(dict.fromkeys(gone))
        elif event.outcome != "superseded":
            self._block(table, event.build, entry.at)
        if event.outcome == "failed" and not self.failures:
            self._fail(SCRIPT)
        self._touch_all(relaid=True)

    def _block(self, table: Table, build: int, at: float) -> None:
        """Mark what the failed build never came to: blocked below a failure, not reached elsewhere."""
        bad: dict[str, str] = {row.row: row.method for row in table if row.shown in BAD and row.build == build}
        for row in table:
            if row.state not in OPEN and not (row.state == "running" and row.build != build):
                continue
            culprits = [bad[parent.row] for parent in table.inputs(row) if parent.row in bad]
            if culprits:
                bad[row.row] = row.method
                row.state, row.message = "blocked", ", ".join(dict.fromkeys(culprits))
            elif row.state != "stale":
                row.message = "not reached"
        blocked = sum(row.state == "blocked" for row in table)
        if blocked:
            self.happened.append(Happening(at, "blocked", f"{blocked} job{'s' * (blocked > 1)} blocked by what failed"))

    def _lose_builds(self) -> None:
        for build in self.builds.values():
            build.outcome = build.outcome or "lost"
        for table in self._tables.values():
            for row in table:
                if row.state in ("running", "waiting"):
                    row.state, row.message = "cancelled", "the engine ended while it ran"
        self._touch_all(relaid=False)

    def _request(self, event: ev.JobRequested) -> None:
        table = self._table(event.build)
        row = table.rows.get(event.row)
        if row is None:
            row = Row(event.row, event.method, parent=event.parent)
            table.add(row)
            self._relaid = True
        else:
            row.clear()
        row.state, row.build, row.method = "waiting", event.build, sys.intern(event.method)  # the same in many rows
        row.name, row.caption = sys.intern(event.name), sys.intern(event.caption)
        row.broken = self.broken.get(event.method)
        if not event.parent:
            table.last = event.row
        self._set_inputs(row, event.inputs)
        self._touch(event.row)

    def _start(self, entry: ev.Entry, event: ev.JobStarted) -> None:
        row = self._answer(event.build, event.row, "running", event.job)
        row.slices, row.why, row.message = event.slices, event.why, ""
        row.expected = event.expected_seconds or row.expected
        row.began, row.stages, row.seconds = entry.seconds, (), 0.0
        self._set_inputs(row, event.inputs)

    def _answer(self, build: int, key: str, state: State, job: str, method: str = "") -> Row:
        row = self._row(build, key, method)
        row.state, row.build = state, build
        if job:
            self._table(build).place(row, job)
        return row

    def _row(self, build: int, key: str, method: str = "") -> Row:
        table = self._table(build)
        self._touch(key)
        if key not in table.rows:
            table.add(Row(key, method or key.rpartition(".")[0] or key, build=build))
            self._relaid = True
        return table.rows[key]

    def _table(self, build: int) -> Table:
        script = self.builds[build].script if build in self.builds else ""
        return self._tables.setdefault(script, self.table if build not in self.builds else Table())

    def _set_inputs(self, row: Row, inputs: tuple[str, ...]) -> None:
        if inputs and inputs != row.inputs:
            row.inputs = inputs
            self._relaid = True

    def _end_stages(self, row: Row) -> None:
        if row.stages:
            row.stages = (*row.stages, ("", max(row.began + row.seconds, row.stages[-1][1])))

    def _fail(self, key: str) -> None:
        if key not in self.failures:
            self.failures.append(key)

    def _break_method(self, event: ev.MethodBroken) -> None:
        message = self._inside(event.message)
        broken = Broken(event.method, self._inside(event.file), event.line, message)
        self.broken[event.method] = broken
        self._mark_method(event.method)
        self._fail(next((row.row for row in self.table if row.method == event.method), broken.key))

    def _repair_method(self, method: str) -> None:
        broken = self.broken.pop(method, None)
        self._mark_method(method)
        repaired = {row.row for row in self.table if row.method == method and not row.problem[0]}
        self.failures = [key for key in self.failures if key not in repaired and not (broken and key == broken.key)]

    def _mark_method(self, method: str) -> None:
        for table in self._tables.values():
            for row in table:
                if row.method == method:
                    row.broken = self.broken.get(method)
                    self._touch(row.row)

    def _inside(self, text: str) -> str:
        """Leave the project's directory out of a path, wherever it stands in a text."""
        return text.replace(self._root, "") if self._root else text

    def _touch(self, key: str) -> None:
        self._changed.add(key)
        self._uncounted[key] = None

    def _touch_all(self, relaid: bool) -> None:
        self._changed.update(self.table.order)
        self._uncounted.update(dict.fromkeys(self.table.order))
        self._relaid = self._relaid or relaid


_OF_ROWS = (ev.JobStarted, ev.JobFinished, ev.JobFailed, ev.AttemptFailed, ev.JobCancelled, ev.RequestRefused)


def _request_of(event: ev.JobReused) -> ev.JobRequested:
    """Return the request that was answered at once."""
    said = (event.method, event.parent, event.name, event.caption)
    return ev.JobRequested(event.build, event.row, *said, event.inputs)
