"""The script process: a build script, forked from the engine afresh for each run, its run recorded as a job."""

from __future__ import annotations

import gc
import importlib
import socket
from pathlib import Path
from typing import Any

from axtui.api.current import CurrentJob
from axtui.base.errors import BuildError
from axtui.base.wire import Wire
from axtui.build.urd import Urd
from axtui.execute.job import JobProcess
from axtui.execute.process import begin_child, exit_now
from axtui.execute.stages import call_function
from axtui.method.hook import install
from axtui.method.snapshot import Snapshot
from axtui.method.sources import Sources
from axtui.project.config import Project


def run_script(
    directory: Path, connection: socket.socket, parent: int, snapshot: Snapshot, sources: Sources, project: Project
) -> None:
    """Be a script process, and never return."""
    code = 1
    try:
        begin_child(parent, directory.name, [connection.fileno()])
        gc.freeze()
        finder = install(snapshot, sources)
        wire = Wire(connection)
        job = JobProcess(directory, wire, project, finder)
        code = job.run(lambda process: process.run_script(lambda: _call_main(snapshot.module, directory.name)))
    finally:
        exit_now(code)


def _call_main(module: str, jobid: str) -> Any:
    main = getattr(importlib.import_module(module), "main", None)
    if not callable(main):
        raise BuildError(f"{module} has no main(urd)")
    return call_function(main, {"urd": Urd(), "job": CurrentJob(jobid)})
