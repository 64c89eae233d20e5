"""A rehearsal: a build script run without building anything, to see what a build would reuse and what it would build.

`python -m axtui.engine.rehearsal PROJECT REQUEST` prints one JSON object. It is a process of its own, beside the engine
and whatever that builds. Requests go over the same desk; what would have to be built is answered with a job that is not
there, in a workdir that is not there, and the script goes on until it asks what such a job holds. All that a script
writes - its own job, links to results, urd lists - goes to a temporary directory, which whoever asks makes and removes.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from axtui.base import clock
from axtui.base.errors import AxtuiError, RecordError, UserError
from axtui.base.files import read_limited
from axtui.base.records import Record, format_record, parse_record
from axtui.build.code import Code
from axtui.build.script_options import ScriptOptions, parse_script_options
from axtui.engine.askers import Asker, Outcome
from axtui.engine.builds import Build, replay_rows
from axtui.engine.desk import Desk
from axtui.engine.forecast import Forecasts
from axtui.engine.loop import SelectLoop
from axtui.engine.orders import Orders, script_setup
from axtui.engine.stand_ins import StandIns, choose_name
from axtui.engine.tickets import Ticket
from axtui.event.journal import read_last_builds
from axtui.execute.executor import FileDigested, JobCommitted, JobLost, JobSaid, MethodDescribed, MethodFailed, Report
from axtui.execute.failure import Failure
from axtui.execute.forking import ForkingExecutor
from axtui.execute.process import become_subreaper
from axtui.project.config import Project, read_project
from axtui.store import layout
from axtui.store.record import read_post
from axtui.store.urd_file import urd_directory

_OUTPUT_NBYTES = 4 << 20


class Rehearsal:
    """Rehearses build scripts of one project, one after the other. Everything it writes lies in `place`."""

    def __init__(self, project: Project, place: Path, loop: SelectLoop) -> None:
        self._project = project
        self._loop = loop
        name = choose_name(project.workdirs)
        (place / name).mkdir()
        self._catalogue = StandIns(project, name, place)
        self._catalogue.refresh()
        self._code = Code(project.source_directory, project.packages, project.listed)
        self._code.rescan()
        self._orders = Orders(project, self._catalogue, "")
        stand_in = replace(
            project,
            root=place,
            workdirs={**project.workdirs, name: place / name},
            result_directory=place / "results",
        )
        stand_in.private.mkdir()
        with suppress(FileNotFoundError):
            shutil.copytree(urd_directory(project.root), urd_directory(place))
        self._executor = ForkingExecutor(loop, self._report, stand_in, self._code.sources)
        self._forecasts = Forecasts(self._catalogue, self._code)
        self._desk = Desk(project, self._code, self._catalogue, self._forecasts.take, self._executor.answer)
        self._desk.use(self._executor)
        self._desk.pass_on = self._hand_out
        self._desk.call_later = loop.call_later
        self._desk.before = replay_rows(read_last_builds(project.journal))
        self._failure: Failure | None = None

    def run(self, script: str, options: ScriptOptions) -> Record:
        """Run a script to its end, or as far as can be known.

        Raises:
            BuildError: There is no such script.
            MethodError: It cannot be used.
        """
        self._forecasts.begin()
        self._failure = None
        snapshot = self._code.script(script)
        setup = script_setup(self._project, script, snapshot, "asked", options)
        directory = self._orders.make_job(self._catalogue.name, {**setup, "would_be": self._catalogue.name}, snapshot)
        build = Build(1, script, directory.name, "asked", clock.monotonic(), options)
        self._desk.askers[build.job] = Asker(build, 0, "", options.workdir or self._project.target)
        self._executor.start_script(directory, snapshot)
        self._loop.run()
        self._orders.release(build.job)
        return {"script": script, **self._forecasts.to_record(), **self._tell_end(directory)}

    def close(self) -> None:
        """End every process."""
        self._executor.close()
        self._catalogue.close()

    def _tell_end(self, directory: Path) -> Record:
        """Return how the script ended, and what it printed."""
        told: Record = {"stopped": None, "failed": None, "status": 0, "output": _read_output(directory)}
        if self._failure is not None:
            failed = {"message": self._failure.message, "file": self._failure.file, "line": self._failure.line}
            return {**told, "failed": failed, "status": 1}
        post = read_post(directory)
        if "needs" in post:
            file, line = post["stopped_at"]
            told["stopped"] = {"job": post["needs"], "file": file, "line": line}
        return {**told, "status": int(post.get("status", 0))}

    def _hand_out(self, ticket: Ticket) -> None:
        """Answer a request for a job that would be built with one that is not there."""
        jobid, is_new = self._forecasts.forecast(ticket)
        ticket.row.job = jobid
        self._desk.settle(ticket, {"job": jobid, "reused": not is_new}, Outcome(ticket.label, jobid))

    def _report(self, report: Report) -> None:
        match report:
            case MethodDescribed() | MethodFailed():
                self._desk.take_description(report)
            case FileDigested():
                self._desk.take_digest(report)
            case JobSaid(jobid=jobid, message=message):
                if message.get("do") == "build" and jobid in self._desk.askers:
                    self._desk.ask(jobid, message)
            case JobCommitted(jobid=jobid):
                self._end(jobid)
            case JobLost(jobid=jobid, failure=failure):
                self._failure = failure
                self._end(jobid)

    def _end(self, jobid: str) -> None:
        self._desk.askers.pop(jobid, None)
        self._loop.stop()


def _read_output(directory: Path) -> str:
    try:
        data = read_limited(directory / layout.OUTPUT / layout.output_name("synthesis", "out"), _OUTPUT_NBYTES)
    except (OSError, RecordError):
        return ""
    return data.decode("utf-8", "replace")


def rehearse(project: Project, place: Path, scripts: Sequence[str], options: ScriptOptions) -> Record:
    """Run scripts in order, stopping at the first that fails, and return what is known of each.

    Raises:
        AxtuiError: A script cannot be run at all.
        OSError: `place` cannot be written.
    """
    found: list[Record] = []
    rehearsal = Rehearsal(project, place, SelectLoop())
    try:
        for script in scripts:
            found.append(rehearsal.run(script, options))
            if found[-1]["status"]:
                break
    finally:
        rehearsal.close()
    return {"scripts": found}


def main(root: Path, request: str) -> int:
    """Rehearse what a request asks, and print what came of it; return the exit status."""
    become_subreaper()
    asked = parse_record(request.encode("utf-8", "surrogateescape"))
    place, scripts = Path(asked["place"]), [str(script) for script in asked["scripts"]]
    try:
        told = rehearse(read_project(root), place, scripts, parse_script_options(asked["options"]))
    except OSError as error:
        raise UserError(f"nothing can be written to {place}: {error}") from None
    sys.stdout.buffer.write(format_record(told) + b"\n")
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
    except AxtuiError as error:
        sys.exit(f"axtui rehearsal: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
