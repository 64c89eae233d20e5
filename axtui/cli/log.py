"""Show what a job printed, stage by stage and slice by slice, and why it failed if it did."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from axtui.base.text import safe
from axtui.build.job_spec import find_job
from axtui.cli.follow import Follower, Printed
from axtui.cli.job import add_job_argument
from axtui.project.config import find_root, read_project
from axtui.store import layout
from axtui.store.record import JobRecord, read_job

EXAMPLE = "axtui log dev-42 --slice 3   or   axtui log -f csvimport"
_CHUNK_NBYTES = 1 << 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_job_argument(parser)
    parser.add_argument("--stage", choices=("prepare", "analysis", "synthesis"), help="only this stage")
    parser.add_argument("--slice", type=int, default=None, metavar="N", help="only this slice of analysis")
    parser.add_argument("-f", "--follow", action="store_true", help="go on with what it prints until it ends")
    parser.add_argument("--json", action="store_true", help="print JSON: a list of stage, slice, stream and text")


def run(arguments: argparse.Namespace) -> int:
    """Print the output of a job; followed to its end, the status is 1 if it failed."""
    record = find_job(read_project(find_root(Path.cwd())), arguments.job)
    if arguments.follow:
        return _follow(record, arguments)
    files = [each for each in _output_files(record) if _is_wanted(arguments, each[1], each[2])]
    if arguments.json:
        print(json.dumps([_read(*each) for each in files], indent=1))
        return 0
    for path, stage, sliceno, stream in files:
        if len(files) > 1:
            print(f"--- {stage}{f' {sliceno}' if sliceno >= 0 else ''} {stream}", flush=True)
        _copy(path)
    _print_error(record)
    return 0


def _follow(record: JobRecord, arguments: argparse.Namespace) -> int:
    is_one = arguments.slice is not None or arguments.stage in ("prepare", "synthesis")
    for line in Follower(record.directory).follow():
        if _is_wanted(arguments, line.stage, line.sliceno):
            print(_as_json(line) if arguments.json else _as_text(line, is_one), flush=True)
    ended = read_job(record.directory)
    if not arguments.json:
        _print_error(ended)
    return int(ended.state != "finished")


def _as_json(line: Printed) -> str:
    text = line.data.decode("utf-8", "backslashreplace")
    sliceno = line.sliceno if line.sliceno >= 0 else None
    return json.dumps({"stage": line.stage, "slice": sliceno, "stream": line.stream, "text": text})


def _as_text(line: Printed, is_one: bool) -> str:
    colours = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    text = safe(line.data.decode("utf-8", "replace"), colours)
    return text if is_one else f"{line.label:<5}│ {text}"


def _print_error(record: JobRecord) -> None:
    if record.error:
        print("--- error")
        for line in str(record.error.get("traceback", "")).splitlines():
            print(safe(line))


def _output_files(record: JobRecord) -> list[tuple[Path, str, int, str]]:
    directory = record.directory / layout.OUTPUT
    order = {"prepare": 0, "analysis": 1, "synthesis": 2}
    try:
        names = os.listdir(directory)
    except OSError:
        names = []
    found = [(directory / name, *parsed) for name in names if (parsed := layout.parse_output_name(name))]
    return sorted(found, key=lambda each: (order[each[1]], each[2], each[3] == "err"))


def _is_wanted(arguments: argparse.Namespace, stage: str, sliceno: int) -> bool:
    return arguments.stage in (None, stage) and arguments.slice in (None, sliceno)


def _read(path: Path, stage: str, sliceno: int, stream: str) -> dict[str, object]:
    text = path.read_bytes().decode("utf-8", "backslashreplace")
    return {"stage": stage, "slice": sliceno if sliceno >= 0 else None, "stream": stream, "text": text}


def _copy(path: Path) -> None:
    """Pass a file on as it is, but let nothing in it drive a terminal."""
    with open(path, "rb") as handle:
        if not sys.stdout.isatty():
            while data := handle.read(_CHUNK_NBYTES):
                sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
            return
        for line in handle:
            print(safe(line.decode("utf-8", "replace").rstrip("\n"), colours=not os.environ.get("NO_COLOR")))
