"""The desk: takes a request from asking to knowing. Is there such a method, are its inputs there, are its parameters
right, what is its key, does a job answer it already? What has to be built goes on to the runner.

A request may have to wait three times: for the loader to import its method, for jobs that are its inputs, and for input
files to be read. No request waits for another one that is not an input of it.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

from axtui.base import clock
from axtui.base.errors import AxtuiError, BuildError, JobError, MethodError, ServerError
from axtui.base.files import full_stamp
from axtui.base.wire import Message
from axtui.build.code import Code
from axtui.build.facts import Wanted
from axtui.build.identity import identify
from axtui.build.near_misses import describe_near_misses
from axtui.build.request import make_request
from axtui.build.reuse import Reuse
from axtui.build.underway import Underway
from axtui.build.why import explain_reuse
from axtui.engine.askers import Asker, InputFailedError, Outcome, fill, find_handles
from axtui.engine.builds import Build, Row
from axtui.engine.inputfiles import InputFiles
from axtui.engine.tickets import Publish, Reply, Ticket
from axtui.event.events import Event, JobCancelled, JobRequested, JobReused, RequestRefused
from axtui.execute.executor import Executor, FileDigested, MethodDescribed, MethodFailed
from axtui.execute.failure import Failure
from axtui.method.description import Description
from axtui.method.packages import versions_of
from axtui.method.snapshot import BrokenSourceError
from axtui.project.config import Project
from axtui.store.catalogue import Catalogue
from axtui.store.index import Finished

_MAX_DEPTH = 100
"""How deep subjobs may be nested below a job that a script asked for; what goes on for ever ends here."""
_TURN_SECONDS = 0.01
"""After so long the loop is let look at other things."""


class Desk:
    """Requests that are being looked at."""

    def __init__(self, project: Project, code: Code, catalogue: Catalogue, publish: Publish, reply: Reply) -> None:
        self._project = project
        self._code = code
        self._catalogue = catalogue
        self._publish = publish
        self._reply = reply
        self._reuse = Reuse(catalogue, code)
        self._files = InputFiles(str(project.input_directory), self._queue)
        self._numbers = itertools.count(1)
        self._descriptions: dict[tuple[str, str], Description] = {}
        self._failures: dict[tuple[str, str], Failure] = {}
        self._waiting: dict[tuple[str, str], list[Ticket]] = {}
        self._tickets: dict[int, Ticket] = {}
        """Requests that are neither answered nor passed on."""
        self._ready: list[int] = []
        """A heap of those of them that can go on: what was asked for first goes first, whatever it has waited for."""
        self._is_called = False
        self.askers: dict[str, Asker] = {}
        self.before: dict[str, Row] = {}
        """The rows of the last build."""
        self.pass_on: Callable[[Ticket], None]
        self.call_later: Callable[[float, Callable[[], None]], None]

    def use(self, executor: Executor) -> None:
        """Set who imports methods and reads files."""
        self._executor = self._files.executor = executor

    def ask(self, jobid: str, message: Message) -> None:
        """Take a request from a running script or job."""
        ticket = self._make_ticket(jobid, message)
        self._tickets[ticket.number] = ticket
        self._queue(ticket)

    def open_for(self, ticket: Ticket) -> None:
        """Let the job that a request started ask for jobs of its own."""
        asker = self.askers.get(ticket.asker)
        depth = asker.depth + 1 if asker else 1
        self.askers[ticket.job] = Asker(
            ticket.build, ticket.number, ticket.row.name, ticket.workdir, depth, ticket.asker
        )

    def open_tickets(self, build: int) -> list[Ticket]:
        """Return the requests of a build that are being looked at."""
        return [each for each in self._tickets.values() if each.build.number == build]

    def take_description(self, report: MethodDescribed | MethodFailed) -> None:
        """Let the requests go on that waited for a method to be imported."""
        key = (report.method, report.content)
        if isinstance(report, MethodDescribed):
            self._descriptions[key] = report.description
        else:
            self._failures[key] = report.failure
            self._descriptions.pop(key, None)
        for ticket in self._waiting.pop(key, []):
            ticket.description = self._descriptions.get(key)
            self._queue(ticket)

    def take_digest(self, report: FileDigested) -> None:
        """Let the requests go on that waited for a file to be read."""
        self._files.take(report)

    def forget_failures(self) -> None:
        """Let methods that could not be imported be tried once more; what they lacked may be there by now."""
        self._failures.clear()

    def look_again(self, ticket: Ticket) -> bool:
        """Answer a request with a job that was built meanwhile. Return whether there is one."""
        self._catalogue.read_commits()
        return not ticket.force and self._answer_from_store(ticket)

    def follow_opened(self, build: Build, job: Finished) -> None:
        """Let an edit of a file that a job read undeclared be one of the build's input files."""
        for name in job.opened:
            path = self._code.opened.path_of(name)
            build.input_files[path] = full_stamp(path)

    def refuse(self, ticket: Ticket, error: AxtuiError) -> None:
        """Answer that a request cannot be carried out."""
        if ticket.is_answered:
            return
        self._announce(ticket)
        path, line = "", 0
        if isinstance(error, BrokenSourceError):
            path, line = str(error.path), error.line
        elif isinstance(error, _ImportFailedError):
            path, line = error.failure.file, error.failure.line
        ticket.build.counts["failed"] += not ticket.is_question
        place = (ticket.build.number, ticket.row.name, ticket.row.method)
        self._tell(ticket, RequestRefused(*place, str(error), path, line))
        answer = _error_answer(error, ticket.row.method)
        self.settle(ticket, answer, Outcome(ticket.label, fault=f"{ticket.label} was refused"))

    def cancel(self, ticket: Ticket, why: str) -> None:
        """Answer that nobody wants a request any more that is still being looked at."""
        if not ticket.is_answered:
            self._cancel(ticket, why, Outcome(ticket.label, fault=f"{ticket.label} was cancelled"))

    def settle(self, ticket: Ticket, answer: Message, outcome: Outcome) -> None:
        """Answer a request, whatever it came to, and let go on what has waited for it."""
        ticket.is_answered = True
        self._tickets.pop(ticket.number, None)
        self._reply(ticket.asker, {**answer, "tag": ticket.tag})
        asker = self.askers.get(ticket.asker)
        if asker is None:
            return
        asker.outcomes[ticket.tag] = outcome
        for waiting in asker.waiting.pop(ticket.tag, []):
            waiting.waits.discard(ticket.tag)
            if not outcome.job or not waiting.waits:
                self._queue(waiting)

    def _make_ticket(self, jobid: str, message: Message) -> Ticket:
        asker = self.askers[jobid]
        method = str(message.get("method"))
        is_question = message.get("why") == "asked"
        label = str(message.get("name") or "")
        row = Row("", method, asker.row) if is_question else asker.build.add_row(method, label, asker.row)
        before = self.before.get(row.name)
        asker.asked = int(message.get("tag") or 0)
        return Ticket(
            number=next(self._numbers),
            asker=jobid,
            tag=asker.asked,
            parent=asker.ticket,
            build=asker.build,
            row=row,
            message=message,
            workdir=str(message.get("workdir") or asker.workdir),
            before=before.job if before and before.method == method else "",
        )

    def _queue(self, ticket: Ticket) -> None:
        """Let a request go on, from the loop; not from here, where it may be one end of a long chain."""
        heapq.heappush(self._ready, ticket.number)
        self._work_soon()

    def _work_soon(self) -> None:
        if not self._is_called:
            self._is_called = True
            self.call_later(0.0, self._work)

    def _work(self) -> None:
        until = clock.monotonic() + _TURN_SECONDS
        try:
            while self._ready and clock.monotonic() < until:
                ticket = self._tickets.get(heapq.heappop(self._ready))
                if ticket is not None:
                    self._go_on(ticket)
        finally:
            self._is_called = False
            if self._ready:
                self._work_soon()

    def _go_on(self, ticket: Ticket) -> None:
        if ticket.asker not in self.askers:
            self.cancel(ticket, "whoever asked for it has ended")
        if ticket.is_answered:
            return
        try:
            if self._is_known(ticket):
                if ticket.is_question:
                    self._answer_question(ticket)
                    return
                if not ticket.force and self._answer_from_store(ticket):
                    return
                if ticket.message.get("why"):
                    self._answer_instead(ticket)
                    return
                self._check_concurrency(ticket)
                del self._tickets[ticket.number]
                self._announce(ticket)
                self.pass_on(ticket)
            else:
                self._announce(ticket)
        except InputFailedError as error:
            label = ticket.label
            self._cancel(ticket, str(error), Outcome(label, fault=error.fault, is_first=False))
        except AxtuiError as error:
            self.refuse(ticket, error)

    def _is_known(self, ticket: Ticket) -> bool:
        """Find out more about a request; tell whether all is known of it. If not, it goes on when more is there."""
        if ticket.description is None and not self._describe(ticket):
            return False
        if not ticket.is_filled and not self._fill(ticket):
            return False
        return ticket.wanted is not None or self._identify(ticket)

    def _describe(self, ticket: Ticket) -> bool:
        method = ticket.row.method
        if self.askers[ticket.asker].depth > _MAX_DEPTH:
            raise ServerError(f"Submit failed: Too deep subjob nesting: {method} is level {_MAX_DEPTH + 1}")
        if ticket.workdir not in self._catalogue.indexes:
            raise ServerError(f"Submit failed: Workdir {ticket.workdir} does not exist")
        ticket.snapshot = snapshot = ticket.snapshot or self._code.snapshot(method)
        key = (method, snapshot.content)
        if key in self._failures:
            raise _ImportFailedError(method, self._failures[key])
        known = self._descriptions.get(key)
        if known is not None and self._executor.is_described(method, snapshot):
            ticket.description = known
            return True
        is_first = key not in self._waiting
        self._waiting.setdefault(key, []).append(ticket)
        if is_first:
            self._executor.describe(method, snapshot.module, snapshot)
        return False

    def _fill(self, ticket: Ticket) -> bool:
        """Put jobs in the place of handles, if they are all there."""
        asker = self.askers[ticket.asker]
        tags = find_handles(ticket.message)
        for tag in sorted(tags):
            outcome = asker.outcomes.get(tag)
            if outcome is None and not 0 < tag < ticket.tag:
                raise BuildError(f"handle {tag} is of no earlier request of this script")
            if outcome is not None and not outcome.job:
                raise InputFailedError(outcome)
        ticket.waits = {tag for tag in tags if tag not in asker.outcomes}
        if ticket.waits:
            for tag in ticket.waits:
                asker.waiting.setdefault(tag, []).append(ticket)
            return False
        ticket.message = fill(ticket.message, asker.outcomes) if tags else ticket.message
        ticket.is_filled = True
        return True

    def _identify(self, ticket: Ticket) -> bool:
        assert ticket.description is not None and ticket.snapshot is not None
        request = make_request(ticket.description, ticket.message)
        ticket.row.inputs = request.input_jobs()
        files = self._files.digest(ticket, request.input_files)
        if files is None:
            return False
        snapshot = self._code.full_snapshot(ticket.snapshot, ticket.description)
        packages = versions_of(request.method, (*ticket.description.packages, *self._project.depend_packages))
        slices, underway = self._project.slices, self._underway(ticket)
        identity = identify(request, snapshot.digest, self._catalogue, files, slices, packages, underway)
        ticket.wanted = Wanted(request, identity, snapshot)
        return True

    def _underway(self, ticket: Ticket) -> dict[str, Underway]:
        """Return whoever asks, who asked for him, and so on: what they have finished can be an input."""
        asker = self.askers[ticket.asker]
        if asker.underway is None:
            asker.underway = self._find_underway(ticket.asker)
        return asker.underway

    def _find_underway(self, jobid: str) -> dict[str, Underway]:
        found: dict[str, Underway] = {}
        while jobid in self.askers and jobid not in found:
            workdir = self._project.workdirs.get(jobid.rpartition("-")[0])
            if workdir is not None:  # a rehearsed script runs in none
                found[jobid] = Underway(jobid, workdir / jobid)
            jobid = self.askers[jobid].above
        return found

    def _check_concurrency(self, ticket: Ticket) -> None:
        """Set how many processes the job may have at once; a method that needs all its slices refuses to have fewer."""
        assert ticket.description is not None
        method, limits = ticket.row.method, ticket.build.options.concurrency
        explicit = int(ticket.message.get("concurrency") or 0) or limits.get(method, 0)
        needs_all = ticket.description.all_at_once
        if needs_all and 0 < explicit < self._project.slices:
            text = f"{method} cannot run with reduced concurrency: {explicit} of {self._project.slices} slices"
            raise JobError("", method, {"server": text})
        ticket.concurrency = explicit or (0 if needs_all else limits.get("", 0))

    def _answer_from_store(self, ticket: Ticket) -> bool:
        assert ticket.wanted is not None
        found, fault = self._reuse.find(ticket.wanted)
        ticket.fault = fault or ticket.fault
        if found is None:
            return False
        ticket.row.job = found.jobid
        ticket.build.counts["reused"] += 1
        self.follow_opened(ticket.build, found)
        self._answer_reused(ticket, found)
        return True

    def _answer_question(self, ticket: Ticket) -> None:
        """Answer what there is instead of a job: one that would be reused, and those that are near."""
        assert ticket.wanted is not None
        found, fault = self._reuse.find(ticket.wanted)
        misses = describe_near_misses(ticket.wanted, self._catalogue, found, fault or ticket.fault)
        self.settle(ticket, misses, Outcome(ticket.label, fault=f"{ticket.label} was only asked about"))

    def _answer_instead(self, ticket: Ticket) -> None:
        """Do the same for a request that would run a job where nobody wants one to run."""
        self._announce(ticket)
        self._tell(ticket, JobCancelled(ticket.build.number, ticket.row.name, "", "it was only asked why it would run"))
        self._answer_question(ticket)

    def _tell(self, ticket: Ticket, event: Event) -> None:
        """Tell everybody what becomes of a request, unless it only asks."""
        if not ticket.is_question:
            self._publish(event)

    def _answer_reused(self, ticket: Ticket, found: Finished) -> None:
        assert ticket.wanted is not None
        because = explain_reuse(ticket.wanted, found)
        row = ticket.row
        answer = (ticket.build.number, row.name, found.jobid, found.seconds, because, row.inputs)
        news = (row.method, row.parent, *_labels(ticket)) if ticket.announced is None else ()
        ticket.announced = row.inputs
        self.settle(ticket, {"job": found.jobid, "reused": True}, Outcome(ticket.label, found.jobid))
        self._tell(ticket, JobReused(*answer, *news))

    def _announce(self, ticket: Ticket) -> None:
        """Tell everybody of a request, and again when its inputs are known."""
        row = ticket.row
        if ticket.announced != row.inputs:
            ticket.announced = row.inputs
            place = (ticket.build.number, row.name, row.method, row.parent)
            self._tell(ticket, JobRequested(*place, *_labels(ticket), row.inputs))

    def _cancel(self, ticket: Ticket, why: str, outcome: Outcome) -> None:
        self._announce(ticket)
        self._tell(ticket, JobCancelled(ticket.build.number, ticket.row.name, "", why))
        text = f"{ticket.label} was not built: {why}"
        self.settle(ticket, {"error": {"class": "BuildError", "text": text}}, outcome)


class _ImportFailedError(BuildError):
    """A method cannot be imported."""

    def __init__(self, method: str, failure: Failure) -> None:
        super().__init__(f"method {method} cannot be imported: {failure.message}")
        self.failure = failure


def _error_answer(error: AxtuiError, method: str) -> Message:
    if isinstance(error, JobError):
        return {"error": {"class": "JobError", "job": error.job, "method": error.method, "status": error.status}}
    kind = "BuildError" if isinstance(error, (MethodError, _ImportFailedError)) else type(error).__name__
    return {"error": {"class": kind, "text": str(error), "method": method}}


def _labels(ticket: Ticket) -> tuple[str, str]:
    return str(ticket.message.get("name") or ""), str(ticket.message.get("caption") or "")
