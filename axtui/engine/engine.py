"""The engine: one project, one thread. It puts the rooms below together and is what clients talk to."""

from __future__ import annotations

import os
import signal
import traceback
from collections import ChainMap
from collections.abc import Sequence
from pathlib import Path

from axtui.base import clock
from axtui.base.errors import AxtuiError, BuildError, UserError
from axtui.base.wire import Message
from axtui.build.code import open_code
from axtui.build.renewal import open_catalogue
from axtui.build.script_options import ScriptOptions, parse_script_options
from axtui.engine.askers import Asker
from axtui.engine.builds import Build
from axtui.engine.changes import Change, Changes
from axtui.engine.desk import Desk
from axtui.engine.last_build import recall_last_build
from axtui.engine.loop import SelectLoop
from axtui.engine.orders import Orders, script_setup
from axtui.engine.removal import find_users, remove_job
from axtui.engine.runner import Runner
from axtui.engine.saves import HeldSaves, Settling
from axtui.engine.server import Server
from axtui.engine.surroundings import look_around
from axtui.event.events import (
    BuildFinished,
    BuildStarted,
    EngineStarted,
    EngineStopped,
    Event,
    Noted,
    SaveHeld,
    StageStarted,
    WatchingChanged,
)
from axtui.event.journal import Journal
from axtui.execute.bases import Bases
from axtui.execute.executor import FileDigested, JobCommitted, JobLost, JobSaid, MethodDescribed, MethodFailed, Report
from axtui.execute.forking import ForkingExecutor
from axtui.project.config import FILE_NAME, Project
from axtui.project.limits import tell_unknown

IDLE_SECONDS = 2.0
SCAN_SECONDS = 10.0


class Engine:
    """Serves one project until no client is attached and no build runs."""

    def __init__(
        self,
        project: Project,
        loop: SelectLoop,
        socket_path: Path,
        engine: str,
        notes: Sequence[str],
        bases: Bases | None = None,
    ) -> None:
        self._project = project
        self._surroundings = look_around(project)
        self._loop = loop
        self._journal = Journal(project.journal)
        self._server = Server(loop, socket_path, project.journal, self._handle, self._idle_from_now)
        self._publish(EngineStarted(os.getpid(), clock.boot_id()))
        for note in notes:
            self._publish(Noted(note))
        self._catalogue = open_catalogue(project)
        self._catalogue.refresh()
        self._code = open_code(project)
        self._orders = Orders(project, self._catalogue, engine)
        self._desk = Desk(project, self._code, self._catalogue, self._publish, self._reply)
        self._runner = Runner(project, self._catalogue, self._orders, self._desk, self._publish)
        self._executor = ForkingExecutor(loop, self._report, project, self._code.sources, bases)
        self._desk.use(self._executor)
        self._runner.executor = self._executor
        self._desk.pass_on = self._runner.take
        self._desk.call_later = self._runner.call_later = loop.call_later
        self._builds: dict[str, Build] = {}
        self._ending: list[Build] = []
        """Builds whose scripts have ended, and jobs not yet."""
        self._last = recall_last_build(project)
        self._environment: dict[str, str] | None = None
        """That of whoever asked for a build last; kept here alone, for it may hold secrets."""
        self._is_watching = True
        self._settling = Settling(loop, lambda: self._changes.stamps(), lambda: self._follow(self._look()))
        self._held = HeldSaves(project.during_build)
        self._changes = Changes(project.root, self._code, self._last.jobs(self._catalogue))
        self._note_changes(self._look())
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.on_signal(number, self._terminate)
        loop.on_signal(signal.SIGHUP, lambda: None)
        loop.on_error = self._fail_builds
        loop.call_later(SCAN_SECONDS, self._scan_again)
        self._idle_from_now()

    def close(self, reason: str) -> None:
        """End every job, and say goodbye."""
        self._executor.close()
        self._publish(EngineStopped(reason))
        self._server.close()
        self._catalogue.close()
        self._journal.close()

    # -- clients ------------------------------------------------------------------------------------------------

    def _handle(self, message: Message) -> Message:
        match message.get("do"):
            case "build":
                return self._ask_build(message)
            case "rebuild":
                force = tuple(map(str, message["rows"])) if message.get("force") else ()
                return self._ask_build({"script": self._last.script or "build", "cause": "asked", "force": force})
            case "hint":
                self._settling.begin()
                return {}
            case "watch":
                self._is_watching = bool(message["on"])
                self._publish(WatchingChanged(self._is_watching, len(self._code.methods)))
                return {}
            case "cancel":
                return self._cancel(message, hard=False)
            case "kill":
                return self._cancel(message, hard=True)
            case "users":
                return {"users": find_users(self._catalogue, str(message["job"]))}
            case "remove":
                is_busy = bool(self._builds) or bool(self._runner.running())
                self._publish(Noted(remove_job(self._catalogue, str(message["job"]), is_busy)))
                return {}
            case "held":
                self._held.answer(str(message["choice"]))
                self._build_held()
                return {}
            case "state":
                running = [build.number for build in [*self._ending, *self._builds.values()]]
                return {"watching": self._is_watching, "building": running, "methods": len(self._code.methods)}
            case "stop":
                self._terminate()
                return {}
        raise UserError(f"the engine has no request {message.get('do')!r:.40}")

    def _ask_build(self, message: Message) -> Message:
        if self._surroundings != look_around(self._project):
            return self._start_anew()
        self._note_changes(self._look())
        for text in tell_unknown(self._project.method_limits, self._code.methods, FILE_NAME):
            self._publish(Noted(text))
        script = str(message.get("script") or "build")
        given = message.get("options")
        self._environment = message.get("environment") or self._environment
        build = self._start_build(
            script,
            str(message.get("cause") or "asked"),
            tuple(map(str, message.get("saved") or ())),
            frozenset(map(str, message.get("force") or ())),
            self._last.options_again(script) if given is None else parse_script_options(given),
        )
        return {"build": build.number, "job": build.job}

    def _start_anew(self) -> Message:
        """Leave, so that the client starts an engine that knows the new configuration."""
        if self._builds or self._runner.running():
            raise UserError("the configuration has changed, and counts once the build that runs has ended")
        self._publish(Noted("the configuration has changed; a new engine reads it"))
        self._server.stop_listening()
        self._loop.stop()
        return {"again": True}

    def _cancel(self, message: Message, hard: bool) -> Message:
        number, row = int(message["build"]), str(message.get("row") or "")
        builds = [build for build in self._builds.values() if build.number == number]
        if not row:
            for build in builds:
                self._end_build(build, "cancelled", "you", hard)
            return {"found": bool(builds)}
        ticket = self._runner.find(number, row)
        if ticket is not None:
            self._runner.cancel(ticket, "you", hard)
        return {"found": ticket is not None}

    def _idle_from_now(self) -> None:
        """Leave if nothing happens for a while from now on."""
        self._idle_since = clock.monotonic()
        self._loop.call_later(IDLE_SECONDS, self._leave_if_idle)

    def _leave_if_idle(self) -> None:
        is_idle = not self._server.clients and not self._builds and not self._runner.running()
        if is_idle and clock.monotonic() - self._idle_since >= IDLE_SECONDS:
            self._server.stop_listening()
            self._loop.stop()

    def _terminate(self) -> None:
        for build in [*self._ending, *self._builds.values()]:
            self._finish_build(build, "cancelled", "the engine was told to end")
        self._builds.clear()
        self._ending.clear()
        self._loop.stop()

    # -- builds -------------------------------------------------------------------------------------------------

    def _start_build(
        self, script: str, cause: str, saved: tuple[str, ...], force: frozenset[str], options: ScriptOptions
    ) -> Build:
        snapshot = self._code.script(script)
        setup = script_setup(self._project, script, snapshot, cause, options)
        try:
            directory = self._orders.make_job(self._project.runs, setup, snapshot)
        except OSError as error:
            where = f"workdir {self._project.runs} ({self._project.workdirs[self._project.runs]})"
            raise BuildError(f"no job can be made in {where}: {error.strerror}") from None
        number = self._journal.next_build()
        build = Build(number, script, directory.name, cause, clock.monotonic(), options, force)
        self._builds[build.job] = build
        self._held.forget()
        self._desk.before = self._last.rows
        self._desk.askers[build.job] = Asker(build, 0, "", options.workdir or self._project.target)
        self._desk.forget_failures()
        self._catalogue.read_commits()
        self._last.script = script
        self._changes.script_runs(script, snapshot.digest)
        self._last.options = options
        self._publish(BuildStarted(number, script, build.job, cause, saved))
        self._executor.start_script(directory, snapshot, self._environment)
        return build

    def _end_build(self, build: Build, outcome: str, why: str, hard: bool = False) -> None:
        """End a build's script and all that it asked for."""
        build.outcome = outcome
        self._executor.stop(build.job, hard)
        self._runner.cancel_build(build.number, why, hard)

    def _supersede(self, build: Build, methods: frozenset[str]) -> None:
        """End a build whose sources changed; of its jobs only those go on that the change does not touch."""
        build.outcome = "superseded"
        self._executor.stop(build.job, hard=True)
        for ticket in self._runner.open_tickets(build.number):
            is_touched = ticket.row.method in methods or ticket.parent
            if is_touched or not ticket.job:
                self._runner.cancel(ticket, "its source changed", hard=False)

    def _finish_build(self, build: Build, outcome: str, message: str = "") -> None:
        seconds = clock.monotonic() - build.began
        counts = build.counts
        self._last.finish(build, outcome)
        self._publish(
            BuildFinished(build.number, outcome, seconds, counts["built"], counts["reused"], counts["failed"], message)
        )

    # -- reports of the executor --------------------------------------------------------------------------------

    def _report(self, report: Report) -> None:
        match report:
            case MethodDescribed() | MethodFailed():
                self._desk.take_description(report)
            case FileDigested():
                self._desk.take_digest(report)
            case JobSaid(jobid=jobid, message=message):
                self._hear(jobid, message)
            case JobCommitted(jobid=jobid):
                if jobid in self._builds:
                    self._script_ended(jobid, "")
                else:
                    self._runner.committed(report)
            case JobLost(jobid=jobid, failure=failure):
                if jobid in self._builds:
                    self._script_ended(jobid, failure.message)
                else:
                    self._runner.lost(report)
        self._finish_ended()
        if not self._builds:
            self._idle_from_now()

    def _hear(self, jobid: str, message: Message) -> None:
        asker = self._desk.askers.get(jobid)
        if asker is None:
            return
        if message.get("do") == "build":
            self._desk.ask(jobid, message)
        elif message.get("say") == "stage" and asker.row:
            self._publish(StageStarted(asker.build.number, asker.row, jobid, str(message["stage"])))

    def _script_ended(self, jobid: str, failure: str) -> None:
        build = self._builds.pop(jobid)
        self._orders.release(jobid)
        self._catalogue.add(jobid)
        self._desk.askers.pop(jobid, None)
        if build.outcome != "superseded":
            self._runner.cancel_build(build.number, "its script ended")
        for ticket in self._desk.open_tickets(build.number):
            self._desk.cancel(ticket, "its script ended")
        build.outcome = build.outcome or ("failed" if failure else "finished")
        build.message = failure
        self._ending.append(build)

    def _finish_ended(self) -> None:
        """Finish builds whose scripts have ended, when the jobs that are being stopped have ended too."""
        if not self._ending:
            return
        ended = [each for each in self._ending if each.outcome == "superseded" or not self._is_open(each)]
        self._ending = [each for each in self._ending if each not in ended]
        for build in ended:
            self._finish_build(build, build.outcome, build.message)
        self._build_held()

    def _build_held(self) -> None:
        """Build what was saved during a build, when that is due."""
        change = self._held.take(bool(self._builds) or bool(self._ending))
        if change is not None:
            self._build_saved(change)

    def _is_open(self, build: Build) -> bool:
        return bool(self._runner.open_tickets(build.number))

    def _reply(self, jobid: str, message: Message) -> None:
        self._executor.answer(jobid, message)
        self._loop.expect_soon()

    # -- changes ------------------------------------------------------------------------------------------------

    def _look(self) -> Change:
        """Look at what the last build used, and at what one that runs has used so far; it may be the first."""
        running = self._running()
        rows = ChainMap(*(build.rows for build in reversed(running)), self._last.rows)
        inputs = ChainMap(*(build.input_files for build in reversed(running)), self._last.inputs)
        return self._changes.look(dict(rows), self._last.script, dict(inputs))

    def _running(self) -> list[Build]:
        """Return the builds of the last script that run."""
        return [build for build in self._builds.values() if build.script == self._last.script]

    def _scan_again(self) -> None:
        self._loop.call_later(SCAN_SECONDS, self._scan_again)
        if self._server.clients:
            self._settling.begin()

    def _note_changes(self, change: Change) -> None:
        for event in change.events:
            self._publish(event)

    def _follow(self, change: Change) -> None:
        """Build again what the last build built, if that would come out differently."""
        self._note_changes(change)
        is_due = change.is_any or (change.is_repaired and self._last.outcome != "finished")
        if not is_due or not self._is_watching or not self._last.script:
            return
        running = self._running()
        if self._held.hold(change, bool(running)):
            self._publish(SaveHeld(running[-1].number, self._names(change), self._held.choice))
        else:
            self._build_saved(change)

    def _names(self, change: Change) -> tuple[str, ...]:
        return tuple(os.path.relpath(path, self._project.root) for path in change.files)

    def _build_saved(self, change: Change) -> None:
        """Build what was saved, in the place of a build that runs."""
        for build in self._running():
            self._supersede(build, change.methods)
        try:
            options = self._last.options_again(self._last.script)
            self._start_build(self._last.script, "saved", self._names(change), frozenset(), options)
        except AxtuiError as error:
            self._publish(Noted(str(error)))

    # -- the rest -----------------------------------------------------------------------------------------------

    def _fail_builds(self, error: Exception) -> None:
        """Survive a mistake of our own: say so, and end what may wait for an answer that never comes."""
        traceback.print_exception(error)
        log = os.path.relpath(self._project.private / "engine.log", self._project.root)
        self._publish(Noted(f"the engine made a mistake, {type(error).__name__}: {error}; {log} has the whole of it"))
        for build in self._builds.values():
            self._executor.stop(build.job, hard=True)

    def _publish(self, event: Event) -> None:
        self._server.publish(self._journal.append(event))
