"""The desk: takes a request from asking to knowing. Is there such a method, are its parameters right, what is its key,
does a job answer it already? What has to be built goes on to the runner.

A request may have to wait twice: for the loader to import its method, and for its asker to digest input files.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass

from axtui.api.request import UNREADABLE
from axtui.base.errors import AxtuiError, BuildError, MethodError, ServerError
from axtui.base.files import is_fresh
from axtui.base.wire import Message
from axtui.build.code import Code
from axtui.build.facts import Wanted
from axtui.build.identity import identify
from axtui.build.request import make_request
from axtui.build.reuse import Reuse
from axtui.build.why import explain_reuse
from axtui.engine.builds import Build, Row
from axtui.engine.tickets import Publish, Reply, Ticket
from axtui.event.events import JobRequested, JobReused, RequestRefused
from axtui.execute.executor import Executor, MethodDescribed, MethodFailed
from axtui.execute.failure import Failure
from axtui.method.description import Description
from axtui.method.snapshot import BrokenSourceError
from axtui.project.config import Project
from axtui.store.catalogue import Catalogue
from axtui.store.index import Finished


@dataclass(frozen=True)
class Asker:
    """Who asks: a script (ticket 0) or a job, and the build it belongs to."""

    build: Build
    ticket: int
    row: str


class Desk:
    """Requests that are being looked at."""

    def __init__(self, project: Project, code: Code, catalogue: Catalogue, publish: Publish, reply: Reply) -> None:
        self._project = project
        self._code = code
        self._catalogue = catalogue
        self._publish = publish
        self._reply = reply
        self._reuse = Reuse(catalogue, code)
        self._numbers = itertools.count(1)
        self._descriptions: dict[tuple[str, str], Description] = {}
        self._failures: dict[tuple[str, str], Failure] = {}
        self._waiting: dict[tuple[str, str], list[Ticket]] = {}
        self._digesting: dict[str, Ticket] = {}
        self._digests: dict[tuple[str, tuple[int, ...]], str] = {}
        self.askers: dict[str, Asker] = {}
        self.before: dict[str, Row] = {}
        """The rows of the last build."""
        self.executor: Executor
        self.pass_on: Callable[[Ticket], None]

    def ask(self, jobid: str, message: Message) -> None:
        """Take a request from a running script or job."""
        waiting = self._digesting.pop(jobid, None)
        if waiting is not None and "digests" in message:
            self._take_digests(waiting, message["digests"])
            self._go_on(waiting)
            return
        ticket = self._make_ticket(jobid, message)
        self._go_on(ticket)

    def take_description(self, report: MethodDescribed | MethodFailed) -> None:
        """Let the requests go on that waited for a method to be imported."""
        key = (report.method, report.content)
        if isinstance(report, MethodDescribed):
            self._descriptions[key] = report.description
        else:
            self._failures[key] = report.failure
        for ticket in self._waiting.pop(key, []):
            self._go_on(ticket)

    def forget_failures(self) -> None:
        """Let methods that could not be imported be tried once more; what they lacked may be there by now."""
        self._failures.clear()

    def look_again(self, ticket: Ticket) -> bool:
        """Answer a request with a job that was built meanwhile. Return whether there is one."""
        self._catalogue.read_commits()
        return not ticket.force and self._answer_from_store(ticket)

    def refuse(self, ticket: Ticket, error: AxtuiError) -> None:
        """Answer that a request cannot be carried out."""
        if ticket.is_answered:
            return
        ticket.is_answered = True
        path, line = "", 0
        if isinstance(error, BrokenSourceError):
            path, line = str(error.path), error.line
        elif isinstance(error, _ImportFailedError):
            path, line = error.failure.file, error.failure.line
        ticket.build.counts["failed"] += 1
        self._publish(RequestRefused(ticket.build.number, ticket.row.name, ticket.row.method, str(error), path, line))
        kind = "BuildError" if isinstance(error, (MethodError, _ImportFailedError)) else type(error).__name__
        self._reply(ticket.asker, {"error": {"class": kind, "text": str(error)}})

    def _make_ticket(self, jobid: str, message: Message) -> Ticket:
        asker = self.askers[jobid]
        method = str(message.get("method"))
        row = asker.build.add_row(method, str(message.get("name") or ""), asker.row)
        workdir = str(message.get("workdir") or self._project.target)
        before = self.before.get(row.name)
        return Ticket(
            number=next(self._numbers),
            asker=jobid,
            parent=asker.ticket,
            build=asker.build,
            row=row,
            message=message,
            workdir=workdir,
            before=before.job if before and before.method == method else "",
        )

    def _go_on(self, ticket: Ticket) -> None:
        try:
            if ticket.description is None and not self._describe(ticket):
                return
            if ticket.wanted is None and not self._identify(ticket):
                return
            if not ticket.force and self._answer_from_store(ticket):
                return
        except AxtuiError as error:
            self._announce(ticket)
            self.refuse(ticket, error)
            return
        self._announce(ticket)
        self.pass_on(ticket)

    def _describe(self, ticket: Ticket) -> bool:
        method = ticket.row.method
        if ticket.workdir not in self._catalogue.indexes:
            raise ServerError(f"Submit failed: Workdir {ticket.workdir} does not exist")
        ticket.snapshot = snapshot = ticket.snapshot or self._code.snapshot(method)
        key = (method, snapshot.content)
        if key in self._failures:
            raise _ImportFailedError(method, self._failures[key])
        ticket.description = self._descriptions.get(key)
        if ticket.description is not None:
            return True
        is_first = key not in self._waiting
        self._waiting.setdefault(key, []).append(ticket)
        if is_first:
            self.executor.describe(method, snapshot.module, snapshot)
        return False

    def _identify(self, ticket: Ticket) -> bool:
        assert ticket.description is not None and ticket.snapshot is not None
        request = make_request(ticket.description, ticket.message)
        ticket.row.inputs = request.input_jobs()
        files = self._digest_files(ticket, request.input_files)
        if files is None:
            return False
        snapshot = self._code.full_snapshot(ticket.snapshot, ticket.description)
        identity = identify(request, snapshot.digest, self._catalogue, files, self._project.slices)
        ticket.wanted = Wanted(request, identity, snapshot)
        return True

    def _digest_files(self, ticket: Ticket, names: dict[str, str]) -> dict[str, str] | None:
        """Return the digest of each input file by option, or None after asking the asker for those not known."""
        missing = []
        found = {}
        for option, name in names.items():
            path = os.path.join(self._project.input_directory, name)
            stamp = ticket.stamps.get(option) or _stamp(path, option, ticket.row.method)
            ticket.stamps[option] = stamp
            ticket.build.input_files[path] = stamp
            known = ticket.digests.get(path) or self._digests.get((path, tuple(stamp)))
            if known is None:
                missing.append(path)
            elif known.startswith(UNREADABLE):
                reason = known.removeprefix(UNREADABLE)
                raise BuildError(f"option {option} of {ticket.row.method}: {path} cannot be read ({reason})")
            else:
                found[option] = known
        if not missing:
            return found
        self._digesting[ticket.asker] = ticket
        self._reply(ticket.asker, {"digest": missing})
        return None

    def _take_digests(self, ticket: Ticket, digests: dict[str, str]) -> None:
        """Take the digests for this request; remember those of files that stat would show to have changed again."""
        for path, digest in digests.items():
            stamp = ticket.build.input_files.get(path)
            if stamp is not None:
                ticket.digests[path] = str(digest)
                if not is_fresh(stamp[-1]) and not digest.startswith(UNREADABLE):
                    self._digests[path, tuple(stamp)] = str(digest)

    def _answer_from_store(self, ticket: Ticket) -> bool:
        assert ticket.wanted is not None
        found, fault = self._reuse.find(ticket.key)
        ticket.fault = fault or ticket.fault
        if found is None:
            return False
        ticket.row.job = found.jobid
        ticket.build.counts["reused"] += 1
        self._answer_reused(ticket, found)
        return True

    def _answer_reused(self, ticket: Ticket, found: Finished) -> None:
        assert ticket.wanted is not None
        ticket.is_answered = True
        because = explain_reuse(ticket.wanted, found)
        row = ticket.row
        self._reply(ticket.asker, {"job": found.jobid, "reused": True})
        answer = (ticket.build.number, row.name, found.jobid, found.seconds, because, row.inputs)
        if ticket.is_announced:
            self._publish(JobReused(*answer))
        else:
            ticket.is_announced = True
            name, caption = _labels(ticket)
            self._publish(JobReused(*answer, row.method, row.parent, name, caption))

    def _announce(self, ticket: Ticket) -> None:
        if ticket.is_announced:
            return
        ticket.is_announced = True
        row = ticket.row
        name, caption = _labels(ticket)
        self._publish(JobRequested(ticket.build.number, row.name, row.method, row.parent, name, caption, row.inputs))


class _ImportFailedError(BuildError):
    """A method cannot be imported."""

    def __init__(self, method: str, failure: Failure) -> None:
        super().__init__(f"method {method} cannot be imported: {failure.message}")
        self.failure = failure


def _labels(ticket: Ticket) -> tuple[str, str]:
    return str(ticket.message.get("name") or ""), str(ticket.message.get("caption") or "")


def _stamp(path: str, option: str, method: str) -> list[int]:
    try:
        info = os.stat(path)
    except OSError as error:
        raise BuildError(f"option {option} of {method}: there is no input file {path} ({error.strerror})") from None
    return [info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns]
