"""Runs the request of a job that exists once more, with the source as it is now, aside, and compares what comes out.

A process of its own (`python -m axtui.execute.rerun ROOT JOB SLICE`), so that it has the surroundings of a job. SLICE
is -1 for the whole job. It makes no job: what it writes lies below the project's private directory until it ends. It
prints one JSON object: `compared` and `differs` are names of files and datasets, `fault` says why nothing was compared.
"""

from __future__ import annotations

import importlib
import os
import shutil
import socket
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from axtui.base.errors import AxtuiError, BuildError, RecordError
from axtui.base.files import full_stamp, write_new
from axtui.base.ids import format_jobid
from axtui.base.records import Record, format_lines, format_record, read_record
from axtui.base.values import encode_value
from axtui.base.wire import Wire, WireClosedError
from axtui.build.code import Code, open_code
from axtui.execute.job import JobProcess
from axtui.execute.process import begin_child, describe_end, exit_now
from axtui.method.description import Description, describe_method
from axtui.method.hook import install
from axtui.method.snapshot import Snapshot
from axtui.project.config import Project, read_project
from axtui.store import layout
from axtui.store.commit import file_digest
from axtui.store.index import summarise
from axtui.store.record import JobRecord, find_damage, read_job, read_post

_SLICE_FILES = "slice.json"


@dataclass(frozen=True)
class Compared:
    """What came of it. Names are of files and datasets; `fault` is "" where something was compared."""

    compared: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()
    fault: str = ""

    @property
    def is_same(self) -> bool:
        """Whether all that came out is what it was."""
        return bool(self.compared) and not self.differs and not self.fault


def run_again(project: Project, record: JobRecord, sliceno: int) -> Compared:
    """Run a job's request again and compare; the job's directory is only read.

    Args:
        project: The project.
        record: A finished job.
        sliceno: The slice to run after prepare, -1 for the whole job.

    Raises:
        AxtuiError: The job cannot be run again; the message says why.
        OSError: There is no place to run it in.
    """
    code = open_code(project)
    code.rescan()
    snapshot = code.current_snapshot(record.method, *(record.setup.get("extra") or ([], [])))
    _refuse_other_inputs(project, code, record)
    project.private.mkdir(mode=0o700, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix="check-", dir=project.private))
    try:
        return _compare(_run_in(place, project, record, snapshot, sliceno), record, sliceno)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _refuse_other_inputs(project: Project, code: Code, record: JobRecord) -> None:
    damage = find_damage(record.directory, record.post["files"])
    if damage:
        raise BuildError(f"{record.jobid} is damaged: {damage}")
    for name, digest, _ in record.setup.get("input_files", {}).values():
        path = project.input_directory / str(name)
        if not path.is_file() or file_digest(path)[1] != digest:
            raise BuildError(f"the input file {name} of {record.jobid} is another one now")
    for name, told in summarise(record, []).opened.items():
        if not code.opened.is_unchanged(name, told):
            raise BuildError(f"{record.jobid} read {name}, which is another one now")


def _run_in(place: Path, project: Project, record: JobRecord, snapshot: Snapshot, sliceno: int) -> Path:
    """Run it in a process of its own; return its directory."""
    name = place.name
    directory = place / format_jobid(name, 1)
    directory.mkdir()
    there = replace(project, workdirs={**project.workdirs, name: place})
    ours, theirs = socket.socketpair()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _be_job(parent, Wire(theirs), directory, there, record.setup, snapshot, sliceno)
    theirs.close()
    _refuse_subjobs(Wire(ours), record.method)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code:
        raise BuildError(f"{record.method} does not run as {record.jobid} did: {_failure(directory, code)}")
    return directory


def _be_job(
    parent: int, wire: Wire, directory: Path, project: Project, setup: Record, snapshot: Snapshot, sliceno: int
) -> None:
    """Be the job process, and never return."""
    code = 1
    try:
        begin_child(parent, "check", [wire.fileno()])
        finder = install(snapshot, open_code(project).sources)
        finder.claim()
        module = importlib.import_module(snapshot.module)
        order = order_again(setup, directory, project, describe_method(str(setup["method"]), module))
        write_new(directory / layout.SETUP, format_lines(order))
        job = JobProcess(directory, wire, project, finder)
        if sliceno < 0:
            code = job.run(lambda process: process.run_method(module))
        else:
            files = job.run_one_slice(module, sliceno)
            write_new(directory / _SLICE_FILES, format_record({"files": files}))
            code = 0
    except BaseException as error:  # whatever the user's code raises is why it cannot be compared
        with suppress(OSError):
            write_new(directory / layout.ERROR, format_record({"message": f"{type(error).__name__}: {error}"}))
    finally:
        exit_now(code)


def order_again(setup: Record, directory: Path, project: Project, description: Description) -> Record:
    """Return the order of a job for another directory, with options that are new since at their defaults."""
    defaults = {name: encode_value(form.default) for name, form in description.options.items()}
    files = {
        option: [name, digest, full_stamp(project.input_directory / name)]
        for option, (name, digest, _) in setup.get("input_files", {}).items()
    }
    places = {"input_directory": str(project.input_directory), "project_directory": str(project.root)}
    options = {**defaults, **setup["options"]}
    return {**setup, **places, "jobid": directory.name, "options": options, "input_files": files, "sources": {}}


def _refuse_subjobs(wire: Wire, method: str) -> None:
    """Listen until the job is over; no job is built for it."""
    with suppress(WireClosedError, RecordError):
        while True:
            message = wire.receive()
            if message.get("do") == "build":
                text = f"{method} builds subjobs, which a check does not"
                wire.send({"error": {"class": "BuildError", "text": text}, "tag": message.get("tag")})


def _failure(directory: Path, code: int) -> str:
    with suppress(OSError, RecordError):
        return str(read_record(directory / layout.ERROR)["message"])
    return describe_end(code)


def _compare(directory: Path, record: JobRecord, sliceno: int) -> Compared:
    before = record.post
    if sliceno >= 0:
        now = read_record(directory / _SLICE_FILES)["files"]
        data = layout.DATASETS + "/"
        mine = tuple(sorted(name for name in now if name in before["files"] or name.startswith(data)))
        if not mine:
            fault = f"slice {sliceno} of {record.jobid} left no file of its own to compare; check the whole job"
            return Compared(fault=fault)
        return Compared(mine, tuple(name for name in mine if now[name] != before["files"].get(name, [0, ""])))
    post = read_post(directory)
    then = {**{name: before["files"][name] for name in before["registered"]}, **before["datasets"]}
    made = {**{name: post["files"][name] for name in post["registered"]}, **post["datasets"]}
    names = sorted(then.keys() | made.keys())
    differs = tuple(name for name in names if then.get(name) != made.get(name))
    if post["output"] != before["output"] and not differs:
        differs = ("what it gives to others",)
    return Compared(tuple(names) or ("that it makes nothing",), differs)


def main(words: list[str]) -> int:
    """Run as a process; see above."""
    root, jobid, sliceno = words
    project = read_project(Path(root))
    try:
        record = read_job(project.workdirs[jobid.rpartition("-")[0]] / jobid)
        found = run_again(project, record, int(sliceno))
    except (AxtuiError, OSError) as error:
        found = Compared(fault=str(error))
    told = {"compared": found.compared, "differs": found.differs, "fault": found.fault}
    os.write(1, format_record(told) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
