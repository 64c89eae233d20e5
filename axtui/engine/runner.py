"""The runner: carries out what the scheduler decides, and tells it what became of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from axtui.base.errors import BuildError
from axtui.base.wire import Message
from axtui.build.facts import remember_facts
from axtui.build.why import explain
from axtui.engine.askers import Outcome
from axtui.engine.desk import Desk
from axtui.engine.orders import Orders, method_setup
from axtui.engine.tickets import Publish, Ticket
from axtui.event.events import AttemptFailed, JobCancelled, JobFailed, JobFinished, JobHeld, JobReused, JobStarted
from axtui.event.sentences import sentences
from axtui.event.why import Why
from axtui.execute.executor import Executor, JobCommitted, JobLost
from axtui.execute.failure import Failure, plain_failure
from axtui.project.config import Project
from axtui.project.limits import Limits, format_attempt, limits_of
from axtui.schedule import tasks
from axtui.schedule.scheduler import Scheduler
from axtui.store.catalogue import Catalogue

_LOCK_SECONDS = 0.1


class Runner:
    """The jobs that have to be built."""

    def __init__(self, project: Project, catalogue: Catalogue, orders: Orders, desk: Desk, publish: Publish) -> None:
        self._project = project
        self._catalogue = catalogue
        self._orders = orders
        self._desk = desk
        self._publish = publish
        self._scheduler = Scheduler(project.parallel_jobs)
        self._tickets: dict[int, Ticket] = {}
        self._by_job: dict[str, Ticket] = {}
        self._answers: dict[int, Message] = {}
        """What became of a task, until everybody who waits for it is answered."""
        self._is_ticking = False
        self.executor: Executor
        self.call_later: Callable[[float, Callable[[], None]], None]

    def take(self, ticket: Ticket) -> None:
        """Take a request for a job that has to be built."""
        self._tickets[ticket.number] = ticket
        # a forced job must not be answered by one that runs already for somebody else
        key = f"{ticket.key}/{ticket.number}" if ticket.force else ticket.key
        self._do(tasks.Wanted(ticket.number, key, ticket.row.method, ticket.parent))
        leader = self._tickets.get(self._scheduler.leader(ticket.number))
        if leader is not None and leader is not ticket and leader.job and not leader.cancelled:
            self._announce_start(ticket, leader.job, ("being built already",))

    def running(self) -> dict[str, Ticket]:
        """Return the ticket of every running job, by job."""
        return dict(self._by_job)

    def cancel(self, ticket: Ticket, why: str, hard: bool = False) -> None:
        """Stop wanting a job in its build; if it runs, and no other build wants it, it is stopped."""
        if ticket.number not in self._tickets:
            self._desk.cancel(ticket, why)
            return
        for each in self._group(ticket):
            if each.build is ticket.build:
                each.cancelled = each.cancelled or why
                self._do(tasks.Cancelled(each.number, hard))

    def cancel_build(self, build: int, why: str, hard: bool = False) -> None:
        """Stop wanting every job of a build."""
        for ticket in self.open_tickets(build):
            if ticket.build.number == build and not ticket.is_answered:
                self.cancel(ticket, why, hard)

    def open_tickets(self, build: int) -> list[Ticket]:
        """Return the requests of a build that are not answered yet."""
        waiting = [each for each in self._tickets.values() if each.build.number == build]
        return [*self._desk.open_tickets(build), *waiting]

    def find(self, build: int, row: str) -> Ticket | None:
        """Return the open request of a row."""
        return next((each for each in self.open_tickets(build) if each.row.name == row), None)

    def committed(self, report: JobCommitted) -> None:
        """Take in that a job is finished."""
        ticket = self._by_job.pop(report.jobid)
        self._orders.release(report.jobid)
        self._drop_asker(report.jobid)
        self._answers[ticket.number] = {"job": report.jobid, "reused": False}
        same_as = self._same_as(ticket, report.output)
        for each in self._group(ticket):
            each.build.counts["built" if each is ticket else "reused"] += 1
            row = each.row.name
            self._publish(JobFinished(each.build.number, row, report.jobid, report.seconds, same_as, report.notes))
        self._do(tasks.Ended(ticket.number))
        record = self._catalogue.add(report.jobid)
        job = self._catalogue.get(report.jobid)
        if job is not None:
            remember_facts(record.directory, job.stamp, record.setup)
            self._desk.follow_opened(ticket.build, job)

    def lost(self, report: JobLost) -> None:
        """Take in that a job failed or was stopped."""
        ticket = self._by_job.pop(report.jobid)
        self._orders.release(report.jobid)
        self._catalogue.add(report.jobid)
        self._drop_asker(report.jobid)
        if not ticket.cancelled and self._attempts(ticket) > len(ticket.failed) + 1:
            self._try_again(ticket, report)
        else:
            self._fail(ticket, report.jobid, report.seconds, report.failure)

    def _attempts(self, ticket: Ticket) -> int:
        return int(self._limits(ticket).get("retries", 0)) + 1

    def _try_again(self, ticket: Ticket, report: JobLost) -> None:
        """Start another attempt; whoever waits for the job waits for the last one."""
        failure, attempts = report.failure, self._attempts(ticket)
        attempt = len(ticket.failed) + 1
        said = (report.jobid, report.seconds, failure.part, failure.message, attempt, attempts)
        for each in self._group(ticket):
            self._publish(AttemptFailed(each.build.number, each.row.name, *said, failure.file, failure.line))
        ticket.failed.append(f"{report.jobid} failed in {failure.part}: {failure.message}")
        self._carry_out_all([tasks.Start(ticket.number)])

    def _drop_asker(self, jobid: str) -> None:
        """Stop wanting what a job has asked for that has ended."""
        build = self._desk.askers.pop(jobid).build
        for ticket in [each for each in self.open_tickets(build.number) if each.asker == jobid]:
            self.cancel(ticket, f"{jobid}, which asked for it, has ended")

    def _fail(self, ticket: Ticket, jobid: str, seconds: float, failure: Failure) -> None:
        self._answers[ticket.number] = _job_error(jobid, ticket.row.method, failure)
        for each in self._group(ticket):
            each.build.counts["failed"] += 1
            where = (each.build.number, each.row.name, jobid)
            if ticket.cancelled:
                self._publish(JobCancelled(*where, ticket.cancelled))
            else:
                self._publish(JobFailed(*where, seconds, failure.part, failure.message, failure.file, failure.line))
        self._do(tasks.Ended(ticket.number))

    def _do(self, event: tasks.Input) -> None:
        self._carry_out_all(self._scheduler.handle(event))

    def _carry_out_all(self, actions: list[tasks.Action]) -> None:
        pending = [*actions]
        while pending:
            pending += self._carry_out(pending.pop(0))
        self._answers.clear()
        if self._scheduler.has_locking() and not self._is_ticking:
            self._is_ticking = True
            self.call_later(_LOCK_SECONDS, self._tick)

    def _tick(self) -> None:
        self._is_ticking = False
        self._do(tasks.Ticked())

    def _carry_out(self, action: tasks.Action) -> list[tasks.Action]:
        ticket = self._tickets[action.task]
        match action:
            case tasks.TryLock():
                return self._try_lock(ticket)
            case tasks.LookAgain():
                return self._look_again(ticket)
            case tasks.Start():
                return self._start(ticket)
            case tasks.Stop(hard=hard):
                self.executor.stop(ticket.job, hard)
            case tasks.HandOver(to=to):
                self._hand_over(ticket, self._tickets[to])
            case tasks.Unlock():
                self._orders.unlock(ticket.workdir, ticket.key)
            case tasks.Answer(like=like):
                self._answer(ticket, self._answers[like])
            case tasks.AnswerCancelled():
                self._publish(JobCancelled(ticket.build.number, ticket.row.name, "", ticket.cancelled))
                self._answer(ticket, _error("BuildError", f"{ticket.row.method} was cancelled: {ticket.cancelled}"))
            case tasks.Refuse(chain=chain):
                del self._tickets[ticket.number]
                self._desk.refuse(ticket, BuildError(f"a job cannot wait for itself: {' -> '.join(chain)}"))
        return []

    def _try_lock(self, ticket: Ticket) -> list[tasks.Action]:
        try:
            held = self._orders.try_lock(ticket.workdir, ticket.key)
        except OSError as error:
            return self._cannot_start(ticket, error)
        if not held and not ticket.is_held:
            ticket.is_held = True
            self._publish(JobHeld(ticket.build.number, ticket.row.name, "another process"))
        return self._scheduler.handle(tasks.LockAnswered(ticket.number, held))

    def _look_again(self, ticket: Ticket) -> list[tasks.Action]:
        found = self._desk.look_again(ticket)
        if found:
            self._answers[ticket.number] = {"job": ticket.row.job, "reused": True}
        return self._scheduler.handle(tasks.LookedAgain(ticket.number, found))

    def _start(self, ticket: Ticket) -> list[tasks.Action]:
        assert ticket.wanted is not None and ticket.snapshot is not None
        why = explain(ticket.wanted, self._catalogue, ticket.before, ticket.fault, ticket.force)
        try:
            directory = self._make_job(ticket, why)
        except OSError as error:
            return self._cannot_start(ticket, error)
        ticket.job = directory.name
        self._by_job[ticket.job] = ticket
        self._desk.open_for(ticket)
        for each in self._group(ticket):
            self._announce_start(each, ticket.job, self._why_started(ticket, why))
        limits = limits_of(self._limits(ticket))
        self.executor.start_job(directory, ticket.row.method, ticket.snapshot, limits)
        return []

    def _why_started(self, ticket: Ticket, why: Why) -> tuple[str, ...]:
        if not ticket.failed:
            return sentences(why)
        attempt = format_attempt(len(ticket.failed) + 1, self._attempts(ticket))
        return (f"{attempt}: {ticket.failed[-1]}", *sentences(why))

    def _limits(self, ticket: Ticket) -> Limits:
        assert ticket.description is not None
        return self._project.limits_for(ticket.row.method, ticket.description.limits)

    def _make_job(self, ticket: Ticket, why: Why) -> Path:
        assert ticket.wanted is not None and ticket.description is not None
        setup = method_setup(
            self._project,
            ticket.wanted,
            ticket.description,
            ticket.stamps,
            package=ticket.wanted.snapshot.module.rpartition(".")[0],
            caption=str(ticket.message.get("caption") or ""),
            name=str(ticket.message.get("name") or ""),
            parent=ticket.asker,
            concurrency=ticket.concurrency,
            why=self._why_started(ticket, why),
            reason=why.to_record(),
            limits=limits_of(self._limits(ticket)),
            **({"attempt": [len(ticket.failed) + 1, self._attempts(ticket)]} if self._attempts(ticket) > 1 else {}),
        )
        return self._orders.make_job(ticket.workdir, setup, ticket.wanted.snapshot)

    def _announce_start(self, ticket: Ticket, jobid: str, why: tuple[str, ...]) -> None:
        ticket.row.job = jobid
        latest = self._catalogue.latest(ticket.row.method, 1)
        before = self._catalogue.get(ticket.before) if ticket.before else (latest[0] if latest else None)
        expected = before.seconds if before else 0.0
        row = ticket.row
        started = JobStarted(ticket.build.number, row.name, jobid, self._project.slices, why, expected, row.inputs)
        self._publish(started)

    def _cannot_start(self, ticket: Ticket, error: OSError) -> list[tasks.Action]:
        reason = f"no job can be made in workdir {ticket.workdir}: {error.strerror} ({error.filename})"
        failure = plain_failure("server", reason)
        self._answers[ticket.number] = _error("BuildError", reason)
        for each in self._group(ticket):
            each.build.counts["failed"] += 1
            self._publish(JobFailed(each.build.number, each.row.name, "", 0.0, failure.part, failure.message))
        return self._scheduler.handle(tasks.Ended(ticket.number))

    def _hand_over(self, ticket: Ticket, to: Ticket) -> None:
        """Let a running job be that of another request, of another build maybe; and so the jobs that it asked for."""
        to.job, to.workdir = ticket.job, ticket.workdir
        self._by_job[ticket.job] = to
        asker = self._desk.askers[ticket.job]
        asker.build, asker.ticket, asker.row = to.build, to.number, to.row.name
        for each in [*self._desk.open_tickets(ticket.build.number), *self._tickets.values()]:
            if each.asker == ticket.job:
                each.build, each.parent = to.build, to.number
        ticket.job = ""

    def _group(self, ticket: Ticket) -> list[Ticket]:
        """Return the tickets that one job answers, first that for which it runs."""
        return [self._tickets[number] for number in self._scheduler.group(ticket.number)]

    def _answer(self, ticket: Ticket, message: Message) -> None:
        del self._tickets[ticket.number]
        if ticket.is_answered:
            return
        job = str(message.get("job", ""))
        if message.get("reused"):
            ticket.row.job = job
            self._publish(JobReused(ticket.build.number, ticket.row.name, job, 0.0, ""))
        self._desk.settle(ticket, message, Outcome(ticket.label, job) if job else _fault(ticket))

    def _same_as(self, ticket: Ticket, output: str) -> str:
        before = self._catalogue.get(ticket.before) if ticket.before else None
        return before.jobid if before and before.output == output else ""


def _fault(ticket: Ticket) -> Outcome:
    what = f"{ticket.label} ({ticket.row.job})" if ticket.row.job else ticket.label
    return Outcome(ticket.label, fault=f"{what} {'was cancelled' if ticket.cancelled else 'failed'}")


def _error(kind: str, text: str) -> Message:
    return {"error": {"class": kind, "text": text}}


def _job_error(jobid: str, method: str, failure: Failure) -> Message:
    status = {failure.part: failure.traceback}
    return {"error": {"class": "JobError", "job": jobid, "method": method, "status": status}}
