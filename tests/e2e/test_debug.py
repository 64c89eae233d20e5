"""`axtui debug`: a job's method in the foreground, in process, with the job's parameters; nothing is left of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ProjectDirectory
from tests.e2e.conftest import Command
from tests.program import PROGRAM

METHOD = """
import os
options = {'n': 0}
def prepare(options): return options.n * 10
def analysis(sliceno, prepare_res, job):
    with job.open(f'part{sliceno}', 'w') as handle: handle.write('x')
    return [prepare_res + sliceno]
def synthesis(analysis_res, options):
    found = analysis_res.merge_auto()
    print('in process', os.getpid())
    return {'found': found, 'inverse': 1 / options.n}
"""


@pytest.fixture
def built(project: ProjectDirectory, axtui: Command) -> ProjectDirectory:
    """Give a project with a finished job, dev-1, and a failed one, dev-2."""
    project.method("one", METHOD)
    project.script("urd.build('one', n=2)\nurd.build('one', n=0)")
    axtui("run", status=1)
    return project


def left(project: ProjectDirectory) -> set[str]:
    """Give everything that lies in the workdir, and what a debugged job might leave."""
    found = {str(path) for path in (project.root / "workdirs").rglob("*")}
    return found | {str(path) for path in (project.root / ".axtui").glob("debug-*")}


def test_a_job_runs_again_and_leaves_nothing(built: ProjectDirectory, axtui: Command) -> None:
    """All stages, with its options; its result is shown, and no job, file or directory is there that was not."""
    before = left(built)

    done = axtui("debug", "dev-1")

    assert done.stderr == "one ended well: {'found': [20, 21], 'inverse': 0.5}\n"
    assert done.stdout.startswith("in process ")
    assert left(built) == before


def test_a_failure_is_shown_with_the_users_frames(built: ProjectDirectory, axtui: Command) -> None:
    """The exit status is 1; a source that was repaired since runs as it is now."""
    failed = axtui("debug", "dev-2", status=1)
    built.method("one", METHOD.replace("1 / options.n", "options.n"))
    repaired = axtui("debug", "dev-2")

    assert failed.stderr.rstrip().endswith("ZeroDivisionError: division by zero")
    assert "'inverse': 1 / options.n" in failed.stderr
    assert "/axtui/execute/" not in failed.stderr
    assert repaired.stderr == "one ended well: {'found': [0, 1], 'inverse': 0}\n"


def debug(project: ProjectDirectory, axtui: Command, keys: str, *words: str) -> str:
    """Debug with something typed; give all that is said."""
    command = [sys.executable, "-c", PROGRAM, "debug", *words]
    done = subprocess.run(
        command, cwd=project.root, env=axtui.environment, input=keys, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def test_a_breakpoint_stops_in_every_stage_and_slice(built: ProjectDirectory, axtui: Command) -> None:
    """In prepare, in each slice, in synthesis: what is asked there is answered, from one process."""
    stopped = METHOD.replace("    return [prepare", "    breakpoint()\n    return [prepare")
    built.method("one", stopped.replace("    found =", "    breakpoint()\n    found ="))

    said = debug(built, axtui, "p 'at', sliceno, prepare_res\nc\np 'at', sliceno\nc\np options.n + 40\nc\n", "dev-1")

    assert "('at', 0, 20)" in said
    assert "('at', 1)" in said
    assert "42" in said
    assert "one ended well" in said
    assert debug(built, axtui, "q\n", "dev-1").endswith("(Pdb) one was left where it was\n")


def test_one_slice_alone_and_a_look_where_it_fails(built: ProjectDirectory, axtui: Command) -> None:
    """`--slice` leaves out the others and synthesis; `--pdb` stops where the error was raised."""
    built.method("one", METHOD.replace("    return [prepare", "    found = sliceno / 0\n    return [prepare"))

    said = debug(built, axtui, "p 'here', sliceno, prepare_res\nq\n", "dev-1", "--slice", "1", "--pdb")

    assert "('here', 1, 20)" in said
    assert "ZeroDivisionError: division by zero" in said


def test_what_cannot_be_debugged_is_told(built: ProjectDirectory, axtui: Command) -> None:
    """A script's run, a slice that is not there, a job that is not there."""
    script = axtui("debug", "dev-0", status=2).stderr
    slice_ = axtui("debug", "dev-1", "--slice", "7", status=2).stderr
    nobody = axtui("debug", "dev-77", status=2).stderr

    assert "dev-0 is the run of a build script; wanted a job of a method" in script
    assert "there is no slice 7; there are 0 to 1" in slice_
    assert "dev-77" in nobody
    assert not list(Path(built.root / ".axtui").glob("debug-*"))
    assert os.listdir(built.root / "workdirs/dev/dev-1")


TWO = """
from axtui import subjobs
options = {'n': 2}
def prepare(options): return subjobs.submit('one', n=options.n)
def synthesis(prepare_res, options):
    again = subjobs.build('one', n=options.n)
    return prepare_res.result().load()['inverse'], again, options.n, [str(job) for job in subjobs.jobs]
"""


def test_subjobs_that_exist_are_used(built: ProjectDirectory, axtui: Command) -> None:
    """By `build` and `submit`, as a build would reuse them; one that would be built is refused by name."""
    built.method("two", TWO)
    built.method("one", METHOD + "# a comment\n")
    built.script("urd.build('two')")
    axtui("run")
    before = left(built)

    found = axtui("debug", "two").stderr
    built.method("two", TWO.replace("again = subjobs.build('one', n=options.n)", "again = subjobs.build('one', n=77)"))
    missing = axtui("debug", "two", status=1).stderr

    assert found == "two ended well: (0.5, 'dev-1', 2, ['dev-1', 'dev-1'])\n"
    assert "BuildError: two is debugged, and can have subjobs that exist alone: a job of one would have" in missing
    assert "synthesis" in missing
    assert left(built) == before
