"""What a build would do with each row: reuse a job, build one, or either, depending on how its inputs come out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from axtui.base.records import Record
from axtui.build.code import Code
from axtui.build.identity import identify
from axtui.build.reuse import Reuse
from axtui.build.why import explain
from axtui.engine.stand_ins import StandIns
from axtui.engine.tickets import Ticket
from axtui.event.events import Event, JobCancelled, JobReused, RequestRefused
from axtui.event.reasons import grow, tells_of
from axtui.event.sentences import sentences
from axtui.event.why import Why
from axtui.store.index import Finished

State = Literal["reuse", "build", "build or reuse", "same", "refused"]


@dataclass(frozen=True)
class Forecast:
    """What would become of one row.

    Attributes:
        state: "same" is a row that would share the job which another one builds.
        job: The job that would be reused, or the name of one that is not there.
        if_equal: The job that would be reused if the inputs come out equal, "" without one.
        why: Why it would be built.
        text: Why it would be reused, or was refused.
        seconds: How long the nearest job took; None where nobody knows.
    """

    row: str
    method: str
    name: str
    state: State
    job: str = ""
    if_equal: str = ""
    why: Why | None = None
    text: str = ""
    seconds: float | None = None


class Forecasts:
    """The rows of a script, in the order they were answered; what would be built is known to the scripts after it."""

    def __init__(self, catalogue: StandIns, code: Code) -> None:
        self._catalogue = catalogue
        self._reuse = Reuse(catalogue, code)
        self._rows: dict[str, Forecast] = {}
        self._whys: dict[str, Why] = {}
        self._by_key: dict[str, str] = {}

    def begin(self) -> None:
        """Begin with another script."""
        self._rows.clear()

    def take(self, event: Event) -> None:
        """Take in what the desk says of a row."""
        match event:
            case JobReused(row=row, job=job, seconds=seconds, because=because, method=method, name=name):
                self._rows[row] = Forecast(row, method or _method(row), name, "reuse", job, "", None, because, seconds)
            case RequestRefused(row=row, method=method, message=message):
                self._rows[row] = Forecast(row, method, "", "refused", text=message)
            case JobCancelled(row=row, why=why):
                self._rows[row] = Forecast(row, _method(row), "", "refused", text=why)

    def forecast(self, ticket: Ticket) -> tuple[str, bool]:
        """Say what would become of a request that no job answers.

        Returns:
            The job that stands in, and whether it is a new one.
        """
        assert ticket.wanted is not None
        row = ticket.row
        name = str(ticket.message.get("name") or "")
        known = self._by_key.get(ticket.key) if not ticket.force else None
        if known:
            self._rows[row.name] = Forecast(row.name, row.method, name, "same", known)
            return known, False
        why = explain(ticket.wanted, self._catalogue, ticket.before, ticket.fault, ticket.force)
        nearest = self._catalogue.get(why.nearest) if why.nearest else None
        found = None if ticket.force else self._find_if_equal(ticket)
        jobid = self._catalogue.add_stand_in(ticket.wanted, nearest, found)
        self._by_key[ticket.key] = jobid
        self._whys[jobid] = why
        seconds = nearest.seconds if nearest else None
        state: State = "build or reuse" if found else "build"
        if_equal = found.jobid if found else ""
        self._rows[row.name] = Forecast(row.name, row.method, name, state, jobid, if_equal, why, "", seconds)
        return jobid, True

    def _find_if_equal(self, ticket: Ticket) -> Finished | None:
        """Return the job that would be reused if every input that would be built comes out as the one nearest to it."""
        assert ticket.wanted is not None
        wanted = ticket.wanted
        if not any(self._catalogue.is_stand_in(job) for job in wanted.request.input_jobs()):
            return None
        with self._catalogue.hoping():
            identity = wanted.identity
            slices = int(identity.parts["slices"])
            hoped = identify(wanted.request, identity.code, self._catalogue, identity.files, slices, identity.packages)
            found, _ = self._reuse.find(replace(wanted, identity=hoped))
        return found

    def to_record(self) -> Record:
        """Return the rows and the totals as JSON."""
        rows = [self._tell(each) for each in self._rows.values()]
        states = [each.state for each in self._rows.values()]
        timed = {state: self._seconds(state) for state in ("build", "build or reuse")}
        totals = {
            "reuse": states.count("reuse") + states.count("same"),
            "build": states.count("build"),
            "build or reuse": states.count("build or reuse"),
            "seconds": timed["build"],
            "seconds_at_most": timed["build"] + timed["build or reuse"],
            "never_timed": len([each for each in self._rows.values() if each.why and each.seconds is None]),
        }
        return {"rows": rows, "totals": totals}

    def _seconds(self, state: str) -> float:
        return sum(each.seconds or 0.0 for each in self._rows.values() if each.state == state)

    def _tell(self, each: Forecast) -> Record:
        told = {**vars(each), "why": None, "sentences": []}
        if each.why:
            told["why"] = grow(each.job, each.why, self._behind).to_record()
            told["sentences"] = list(sentences(each.why))
        return told

    def _behind(self, before: str, now: str) -> Why | None:
        why = self._whys.get(now)
        return why if tells_of(why, before) else None


def _method(row: str) -> str:
    return row.rpartition("/")[2].rpartition(".")[0]
