"""Run a job's method once more here, in the foreground, with the parameters of the job: `breakpoint()` stops in it.

The source is that of now. Slices run one after the other. What it writes lies aside and is removed; no job is made.
"""

from __future__ import annotations

import argparse
import bdb
import pdb
import sys
from pathlib import Path

from axtui.base.text import safe
from axtui.build.job_spec import find_job
from axtui.cli.job import add_job_argument
from axtui.execute.debugging import debug_job
from axtui.project.config import find_root, read_project

EXAMPLE = "axtui debug dev-42   or   axtui debug csvimport --slice 3 --pdb"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_job_argument(parser)
    parser.add_argument("--slice", type=int, default=-1, metavar="N", help="run prepare and this slice alone")
    parser.add_argument("--pdb", action="store_true", help="where it raises an error, look around there with pdb")


def run(arguments: argparse.Namespace) -> int:
    """Run a job here; say how it ended."""
    project = read_project(find_root(Path.cwd()))
    record = find_job(project, arguments.job)
    try:
        failure, result = debug_job(project, record, arguments.slice, _look_around if arguments.pdb else _pass_over)
    except bdb.BdbQuit:
        print(safe(f"{record.method} was left where it was"), file=sys.stderr)
        return 1
    sys.stdout.flush()
    if failure is not None:
        for line in failure.traceback.splitlines():
            print(safe(line), file=sys.stderr)
        return 1
    print(safe(f"{record.method} ended well{f': {result}' if result else ''}"), file=sys.stderr)
    return 0


def _look_around(error: BaseException) -> None:
    _pass_over(error)
    print(safe(f"{type(error).__name__}: {error}"), file=sys.stderr)
    pdb.post_mortem(error.__traceback__)


def _pass_over(error: BaseException) -> None:
    """Look at no error; only that somebody left the debugger is none of the method's."""
    if isinstance(error, bdb.BdbQuit):
        raise error
