"""Follow a file back to where it comes from: the job that made it, its source and parameters, down to the input files.

FILE is a link in the result directory, or anything in a job directory.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from axtui.base.text import safe
from axtui.build.history import History
from axtui.build.trace import Origin, find_maker, trace_job
from axtui.cli.tree import format_tree, terminal_width
from axtui.event.reasons import Branch
from axtui.event.why import show_value
from axtui.project.config import find_root, read_project

EXAMPLE = "axtui trace results/report.html"
_VALUE_LETTERS = 60
_DIGEST_LETTERS = 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("file", metavar="FILE", help="a result, or a file in a job directory")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print where a file comes from, as a tree."""
    path = Path(arguments.file)
    project = read_project(find_root(Path.cwd()))
    jobid, name = find_maker(project, path)
    origin = trace_job(History(project), jobid)
    if arguments.json:
        print(json.dumps({"file": str(path), "name": name, **origin.to_record()}, indent=1))
        return 0
    print(safe(f"{path} is {name} of {jobid}" if name else f"{path} is {jobid}"))
    for line in format_tree([_branch(origin)], terminal_width()):
        print(line)
    return 0


def _branch(origin: Origin) -> Branch:
    where = f"{origin.parameter}: " if origin.parameter else ""
    if origin.record is None:
        return Branch(f"{where}{origin.job}, which is gone")
    title = f"{where}{origin.job} {origin.record.method}"
    if origin.is_repeated:
        return Branch(f"{title}, as told above")
    started = origin.record.setup.get("starttime")
    when = f"  {datetime.fromtimestamp(started):%Y-%m-%d %H:%M}" if started else ""
    state = "" if origin.record.state == "finished" else f"  {origin.record.state}"
    return Branch(f"{title}{when}{state}", (*_own(origin), *(_branch(each) for each in origin.inputs)))


def _own(origin: Origin) -> Iterator[Branch]:
    assert origin.record is not None
    setup = origin.record.setup
    places = [place for place, _ in setup.get("sources", {}).values() if place]
    if places:
        yield Branch(f"source {', '.join(str(place).partition('/')[2] for place in places)}")
    if setup.get("is_build"):
        return
    for name, value in setup.get("options", {}).items():
        if name not in setup.get("input_files", {}):
            yield Branch(f"{name} = {show_value(value):.{_VALUE_LETTERS}}")
    for file in origin.files:
        changed = "" if file.state == "unchanged" else f", {file.state} since"
        yield Branch(f"input file {file.name} ({file.option}), sha256 {file.digest[:_DIGEST_LETTERS]}…{changed}")
