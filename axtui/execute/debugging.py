"""Runs the request of a job in this process, for a debugger: aside, with the source as it is now. Commits nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from axtui.base.errors import AxtuiError, UserError
from axtui.base.files import write_new
from axtui.base.ids import format_jobid
from axtui.base.records import format_lines
from axtui.base.wire import Message
from axtui.build.code import open_code
from axtui.execute.existing import ExistingJobs
from axtui.execute.failure import Failure, PartFailedError, describe_exception
from axtui.execute.hosting import SharedProcess
from axtui.execute.in_process import borrowed_process, import_method
from axtui.execute.job import JobProcess
from axtui.execute.rerun import order_again
from axtui.method.description import describe_method
from axtui.project.config import Project
from axtui.store import layout
from axtui.store.record import JobRecord

Examine = Callable[[BaseException], None]


class _Alone:
    """The wire of a job that no engine hears: what it asks for is answered with jobs that exist, and never built."""

    def __init__(self, method: str, existing: ExistingJobs) -> None:
        self._method = method
        self._existing = existing
        self._answers: deque[Message] = deque()

    def send(self, message: Message) -> None:
        """Answer a request; whatever else is said is not heard."""
        if message.get("do") == "build":
            self._answers.append({**self._answer(message), "tag": message.get("tag")})

    def _answer(self, message: Message) -> Message:
        try:
            return {"job": self._existing.find(message), "reused": True}
        except AxtuiError as error:
            text = f"{self._method} is debugged, and can have subjobs that exist alone: {error}"
            return {"error": {"class": "BuildError", "text": text}}

    def receive(self) -> Message:
        """Return the next answer."""
        return self._answers.popleft()

    def poll(self) -> list[Message]:
        """Return all answers."""
        answers = list(self._answers)
        self._answers.clear()
        return answers


def debug_job(project: Project, record: JobRecord, sliceno: int, examine: Examine) -> tuple[Failure | None, str]:
    """Run a job's request here, in a directory that is gone afterwards.

    Args:
        project: The project.
        record: A job of a method, finished or not.
        sliceno: The only slice to run, after prepare and with nothing after it; -1 for the whole job.
        examine: Called with what the method raised, while all that it has made is there.

    Returns:
        Why it failed, or None; and a bounded repr of its result, "" without one.

    Raises:
        AxtuiError: It cannot be run at all; the message says why.
        OSError: There is no place to run it in.
    """
    if not record.setup or record.setup.get("is_build"):
        what = "is the run of a build script" if record.setup else f"has no order: {record.reason}"
        raise UserError(f"{record.jobid} {what}; wanted a job of a method")
    if not -1 <= sliceno < project.slices:
        raise UserError(f"there is no slice {sliceno}; there are 0 to {project.slices - 1}")
    project.private.mkdir(mode=0o700, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix="debug-", dir=project.private))
    try:
        return _run_in(place, project, record, sliceno, examine)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _run_in(
    place: Path, project: Project, record: JobRecord, sliceno: int, examine: Examine
) -> tuple[Failure | None, str]:
    code = open_code(project)
    code.rescan()
    snapshot = code.current_snapshot(record.method, *(record.setup.get("extra") or ([], [])))
    directory = place / format_jobid(place.name, 1)
    directory.mkdir()
    there = replace(project, workdirs={**project.workdirs, place.name: place})
    with borrowed_process(snapshot, code.sources) as finder:
        module = import_method(finder, snapshot)
        order = order_again(record.setup, directory, project, describe_method(record.method, module))
        write_new(directory / layout.SETUP, format_lines(order))
        process = JobProcess(
            directory, _Alone(record.method, ExistingJobs(project, code)), there, finder, SharedProcess()
        )
        try:
            if sliceno < 0:
                process.try_method(module)
            else:
                process.run_one_slice(module, sliceno)
        except Exception as error:
            cause = error.__cause__ if isinstance(error, PartFailedError) and error.__cause__ else error
            examine(cause)
            return describe_exception("the method", error), ""
    preview = directory / layout.PREVIEW
    return None, preview.read_text(errors="replace").strip() if preview.is_file() else ""
