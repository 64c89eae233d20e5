"""The script process: a build script, forked from the engine afresh for each run, its run recorded as a job."""

from __future__ import annotations

import gc
import importlib
import socket
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from axtui.api import context
from axtui.api.current import CurrentJob, FinishEarly
from axtui.base.awake import Awake
from axtui.base.errors import AxtuiError, BuildError
from axtui.base.wire import Wire
from axtui.build.automatic_entry import add_automatic
from axtui.build.script_options import parse_script_options
from axtui.build.urd import Urd
from axtui.build.urd_lists import UrdLists
from axtui.build.warning_box import format_box
from axtui.execute.job import JobProcess, ScriptEnd
from axtui.execute.process import begin_child, exit_now, take_environment
from axtui.execute.stages import call_function
from axtui.method.hook import SnapshotFinder, install
from axtui.method.snapshot import Snapshot
from axtui.method.sources import Sources
from axtui.project.config import Project
from axtui.store.urd_file import urd_directory


def run_script(
    directory: Path,
    connection: socket.socket,
    parent: int,
    snapshot: Snapshot,
    sources: Sources,
    project: Project,
    environment: Mapping[str, str] | None,
) -> None:
    """Be a script process, and never return."""
    code = 1
    try:
        begin_child(parent, directory.name, [connection.fileno()])
        take_environment(environment)
        gc.freeze()
        finder = install(snapshot, sources)
        wire = Wire(connection, Awake())
        job = JobProcess(directory, wire, project, finder)
        code = job.run(lambda process: process.run_script(lambda: run_main(finder, snapshot.module, directory.name)))
    finally:
        exit_now(code)


def run_main(finder: SnapshotFinder, module: str, jobid: str) -> ScriptEnd:
    """Call the script's `main`, and say how it ended."""
    finder.claim()
    job = CurrentJob(jobid)
    options = parse_script_options(job.params.options)
    lists = UrdLists(urd_directory(context.current().root))
    urd = Urd(options, lists)
    try:
        result = _call_main(module, urd, job)
        urd.wait()
    except AxtuiError:
        _ = urd.joblist_all  # one job that failed is no reason to stop what does not depend on it
        raise
    except context.ScriptStopped as stopped:
        return ScriptEnd(None, {**stopped.record, "stopped_at": _place_in(module, stopped)})
    finally:
        _show_warnings([*urd.warnings, *lists.damage])
    status = _exit_status(result)
    record: dict[str, Any] = {} if status is None else {"status": status}
    if urd.joblist_all and not status:
        record["urd-list"] = add_automatic(lists, options.user, urd.joblist_all, jobid, job.params.starttime)
    return ScriptEnd(result if status is None else None, record)


def _call_main(module: str, urd: Urd, job: CurrentJob) -> Any:
    main = getattr(importlib.import_module(module), "main", None)
    if not callable(main):
        raise BuildError(f"{module} has no main(urd)")
    try:
        return call_function(main, {"urd": urd, "job": job})
    except FinishEarly as early:
        return early.result


def _place_in(module: str, error: BaseException) -> list[Any]:
    """Return file and line of the script where an exception passed, the innermost one."""
    file = getattr(sys.modules.get(module), "__file__", "")
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return [file, lines[-1] if lines else 0]


def _exit_status(result: Any) -> int | None:
    """Return what an int means as exit status, where 256 must not become 0; None for what is a result."""
    if not isinstance(result, int) or isinstance(result, bool):
        return None
    return result & 0xFF or int(result != 0)


def _show_warnings(texts: list[str]) -> None:
    if texts:
        print(f"\n{format_box(texts)}", flush=True)  # noqa: T201
