"""Run build scripts: what exists is reused, the rest is built.

Progress goes to stderr, what the script prints to stdout.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from axtui.base.clock import format_seconds
from axtui.base.errors import EngineError, RecordError, UserError
from axtui.base.records import Record
from axtui.base.text import safe
from axtui.base.wire import Message, WireClosedError
from axtui.build.script_options import ScriptOptions, current_user, parse_concurrency
from axtui.cli.progress import VERBOSITIES, Progress, choose_progress, long_traceback
from axtui.cli.switches import add_switch
from axtui.engine.client import EngineClient, explain_loss, find_engine, reach_engine
from axtui.event.events import BuildFinished, BuildStarted, Entry, parse_entry
from axtui.project.config import Project, find_root, read_project
from axtui.store import layout
from axtui.store.record import read_job, read_post

EXAMPLE = "axtui run weekly   or   axtui run --dry-run weekly"
_TRIES = 5
_ASKED = (
    "JobError:", "ServerError:", "BuildError:", "NoSuchJobError:", "NoSuchWorkdirError:", "NoSuchDatasetError:",
)  # fmt: skip
"""Failures of what a script asked for; its own code is not to blame."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("script", nargs="*", default=["build"], metavar="SCRIPT", help="build scripts (default: build)")
    parser.add_argument(
        "-f",
        "--flags",
        default="",
        metavar="A,B",
        help="words for urd.flags; force_build builds everything anew, why_build ends at the first job to run",
    )
    parser.add_argument("-w", "--workdir", default="", metavar="NAME", help="the workdir where new jobs go")
    parser.add_argument(
        "-c",
        "--concurrency",
        action="append",
        default=[],
        metavar="N|METHOD=N",
        help="at most N processes of a job's analysis at once, of all methods or of one",
    )
    parser.add_argument(
        "--horizon", default="", metavar="TIMESTAMP", help="the latest that counts as latest in an urd list"
    )
    parser.add_argument(
        "--verbose",
        choices=VERBOSITIES,
        default="status",
        help="what is shown while jobs run: nothing, a live line for each, a dot a second, or a line a minute",
    )
    add_switch(parser, "", "quiet", "show only what goes wrong, as --verbose no does")
    add_switch(parser, "", "plain", "a line for each thing that happens, for a screen reader too, and no live line")
    add_switch(parser, "p", "full-path", "show the directories of jobs instead of their ids")
    add_switch(parser, "W", "just-wait", "wait for the builds that run, and run no script")
    add_switch(parser, "q", "quick", "accepted, as by the Accelerator; a look at all methods is quick anyway")
    add_switch(parser, "", "dry-run", "build nothing, and say what would be built and why")
    add_switch(parser, "", "json", "print every event as a JSON line instead of progress; of a dry run one object")


def run(arguments: argparse.Namespace) -> int:
    """Run the scripts in order, stopping at the first that fails."""
    project = read_project(find_root(Path.cwd()))
    options = read_options(project, arguments)
    verbose = "no" if arguments.quiet else "plain" if arguments.plain else arguments.verbose
    show = Show(arguments.json, verbose, arguments.full_path)
    if arguments.dry_run:
        from axtui.cli.dry_run import run_dry  # brings in much that a run has no need of

        return run_dry(project, arguments.script, arguments.json, options)
    if arguments.just_wait:
        return wait_for_builds(project, show)
    for script in arguments.script:
        status = run_script(project, script, show, options)
        if status:
            return status
    return 0


def read_options(project: Project, arguments: argparse.Namespace) -> ScriptOptions:
    """Return what the words on the command line ask of the scripts.

    Raises:
        UserError: There is no such workdir.
        TimestampError: The horizon is no timestamp.
    """
    if arguments.workdir and arguments.workdir not in project.workdirs:
        there = ", ".join(project.workdirs)
        raise UserError(f"workdir {arguments.workdir!r} does not exist; the project has {there}")
    return ScriptOptions(
        flags=tuple(flag.strip() for flag in arguments.flags.split(",") if flag.strip()),
        workdir=arguments.workdir,
        horizon=_read_timestamp(arguments.horizon) if arguments.horizon else "",
        user=current_user(),
        concurrency=parse_concurrency(arguments.concurrency),
    )


def _read_timestamp(text: str) -> str:
    from axtui.build.timestamps import normal_timestamp  # few runs have one

    return normal_timestamp(text)


@dataclass(frozen=True)
class Show:
    """What is shown of a run: every event as JSON, or progress as `cli/progress.py` says."""

    as_json: bool = False
    verbose: str = "status"
    full_path: bool = False


def run_script(project: Project, script: str, show: Show | None = None, options: ScriptOptions | None = None) -> int:
    """Run one build script and follow it to its end; return the exit status: 1 if it failed, else what it returned."""
    options = options or ScriptOptions(user=current_user())
    show = show or Show()
    for _ in range(_TRIES):
        client = reach_engine(project)
        follower = _Follower(project, client, script, show, options)
        try:
            return follower.run()
        except _AgainError:
            continue
        except WireClosedError:
            if follower.is_accepted:
                break
        finally:
            client.close()
    raise EngineError(explain_loss(project))


def wait_for_builds(project: Project, show: Show) -> int:
    """Follow the builds that run to their ends; return 0 if all went well or there are none, else 1."""
    client = find_engine(project)
    if client is None:
        return 0
    progress = _choose_progress(project, show)
    waiting: set[int] | None = None
    status = 0
    try:
        client.request("attach")
        asked = client.request("state")
        for batch in client.batches(progress.seconds):
            if not batch:
                progress.draw()
            for message in batch:
                if message.get("re") == asked:
                    waiting = set(message["building"])
                    if waiting and show.verbose != "no":
                        names = ", ".join(map(str, sorted(waiting)))
                        print(f"waiting for build{'s' if len(waiting) > 1 else ''} {names}", file=sys.stderr)
                elif "entry" in message:
                    entry = parse_entry(message["entry"])
                    _take_entry(entry, show, progress)
                    if isinstance(entry.event, BuildFinished) and waiting is not None:
                        waiting.discard(entry.event.build)
                        status = status or int(entry.event.outcome != "finished")
                if waiting is not None and not waiting:
                    return status
            progress.flush()
    except WireClosedError:
        raise EngineError(explain_loss(project)) from None
    finally:
        progress.close()
        client.close()
    return status


def _choose_progress(project: Project, show: Show) -> Progress:
    return choose_progress(sys.stderr, project, show.verbose, show.full_path)


def _take_entry(entry: Entry, show: Show, progress: Progress) -> None:
    """Print an event as JSON, or have it shown by the next `flush`."""
    if show.as_json:
        event = entry.event
        record = {"seq": entry.seq, "at": entry.at, "event": type(event).__name__, **event.__dict__}
        print(json.dumps(record), flush=True)
    else:
        progress.take(entry)


class _AgainError(Exception):
    """The engine leaves for one that knows the new configuration."""


class _Follower:
    def __init__(self, project: Project, client: EngineClient, script: str, show: Show, options: ScriptOptions) -> None:
        self._project = project
        self._client = client
        self._script = script
        self._show = show
        self._options = options
        self._progress = _choose_progress(project, show)
        self._build = 0
        self._directory = Path()
        self._output = _Output()
        self._early: list[Entry] = []
        """The events that came before the answer to our request."""
        self._successor: list[Entry] = []
        """The events so far of the build that a save has started in the place of ours."""

    @property
    def is_accepted(self) -> bool:
        """Whether the engine took the request; one that was about to leave does not."""
        return self._build > 0

    def run(self) -> int:
        self._client.request("attach")
        given = {"options": self._options.to_record(), "environment": dict(os.environ)}
        asked = self._client.request("build", script=self._script, cause="asked", **given)
        try:
            for batch in self._client.batches(self._progress.seconds):
                if not batch:
                    self._progress.draw()
                for message in batch:
                    status = self._hear(message, asked)
                    if status is not None:
                        return status
                self._show_news()
        except KeyboardInterrupt:
            return self._interrupted()
        raise EngineError("the engine closed the connection")

    def _hear(self, message: Message, asked: int) -> int | None:
        """Take in the answer to the request of that number, or an event; return the exit status when all is over."""
        if message.get("re") == asked:
            self._begin(message)
            return self._take_all(self._early)
        if "entry" not in message:
            return None
        entry = parse_entry(message["entry"])
        if self._build:
            return self._take(entry)
        self._early.append(entry)
        return None

    def _take_all(self, entries: list[Entry]) -> int | None:
        ended = [status for entry in entries if (status := self._take(entry)) is not None]
        return ended[0] if ended else None

    def _begin(self, message: dict[str, object]) -> None:
        if "again" in message:
            raise _AgainError
        if "error" in message:
            raise UserError(str(message["error"]))
        self._build = int(str(message["build"]))
        jobid = str(message["job"])
        workdir = self._project.workdirs[jobid.rpartition("-")[0]]
        self._directory = workdir / jobid
        self._output = _Output(self._directory / layout.OUTPUT)

    def _take(self, entry: Entry) -> int | None:
        event = entry.event
        if getattr(event, "build", self._build) != self._build:
            self._note_successor(entry)
            return None
        _take_entry(entry, self._show, self._progress)
        if not isinstance(event, BuildFinished):
            return None
        return self._go_over() if event.outcome == "superseded" and self._successor else self._end(event)

    def _show_news(self) -> None:
        """Show what happened, and what the script has printed, above the lines that are drawn again."""
        if not self._show.as_json:
            self._output.show(self._progress.close)
            self._progress.flush()

    def _note_successor(self, entry: Entry) -> None:
        event = entry.event
        if isinstance(event, BuildStarted) and event.cause == "saved" and event.script == self._script:
            self._successor = [entry]
        elif self._successor and getattr(event, "build", 0) == getattr(self._successor[0].event, "build", 0):
            self._successor.append(entry)

    def _go_over(self) -> int | None:
        """Follow the build that a save has started in the place of ours; return its status if it has ended."""
        self._show_news()
        entries, self._successor = self._successor, []
        started = entries[0].event
        assert isinstance(started, BuildStarted)
        self._begin({"build": started.build, "job": started.job})
        return self._take_all(entries)

    def _end(self, event: BuildFinished) -> int:
        if not self._show.as_json:
            self._show_news()
            self._progress.close()
            if self._show.verbose != "no" or event.outcome != "finished":
                print(_summary(event, read_job(self._directory).error), file=sys.stderr)
        return self._read_status() if event.outcome == "finished" else 1

    def _read_status(self) -> int:
        """Return the exit status that the script asked for."""
        try:
            return int(read_post(self._directory).get("status", 0))
        except (OSError, RecordError) as error:
            raise UserError(f"{self._directory.name} is finished, but its record cannot be read: {error}") from None

    def _interrupted(self) -> int:
        self._progress.close()
        if self._build:
            self._client.request("cancel", build=self._build, row="")
            print("axtui run: cancelled", file=sys.stderr)
        return 130


def _summary(event: BuildFinished, error: Record) -> str:
    counts = [f"{event.built} built", f"{event.reused} reused"]
    if event.failed:
        counts.append(f"{event.failed} failed")
    text = f"{event.outcome} in {format_seconds(event.seconds)}: {', '.join(counts)}"
    return "\n".join([text, *map(safe, _cause(event.message, error))])


def _cause(message: str, error: Record) -> list[str]:
    """Say why a script failed: what it asked for in a line with its place, a mistake of its own with the traceback."""
    if not message:
        return []
    file, line = error.get("file", ""), error.get("line", 0)
    where = f" ({os.path.basename(file)}:{line})" if file else ""
    return [*([] if message.startswith(_ASKED) else long_traceback(error)[:-1]), f"{message}{where}"]


class _Output:
    """What the script prints, passed on to the user as it comes."""

    def __init__(self, directory: Path | None = None) -> None:
        self._files = [] if directory is None else [directory / layout.output_name("synthesis", "out")]
        self._offset = 0

    def show(self, make_way: Callable[[], None]) -> None:
        """Pass on what is new; to a terminal only text goes. Where there is anything `make_way` is called first."""
        for path in self._files:
            while data := self._read_new(path):
                make_way()
                if os.isatty(1):
                    lines = data.decode("utf-8", "replace").split("\n")
                    sys.stdout.write("\n".join(safe(line, colours=True) for line in lines))
                    sys.stdout.flush()
                else:
                    sys.stdout.buffer.write(data)
                    sys.stdout.buffer.flush()

    def _read_new(self, path: Path) -> bytes:
        try:
            if os.stat(path).st_size <= self._offset:
                return b""
            with open(path, "rb") as handle:
                handle.seek(self._offset)
                data = handle.read(1 << 20)
        except OSError:
            return b""
        self._offset += len(data)
        return data
