"""What goes wrong in a job is told with its cause, leaves nothing running, and harms nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import TREE, ProjectDirectory, make_project, processes_of, wait_until
from tests.e2e.conftest import Command, built_by, failure_of


def fail(project: ProjectDirectory, axtui: Command, text: str) -> tuple[str, dict[str, object]]:
    """Run a method that must fail; give what was said, and the job's error record."""
    project.method("bad", text)
    project.script("urd.build('bad')")
    done = axtui("run", status=1)
    assert f"{TREE}/axtui" not in done.stderr
    return done.stderr, failure_of(project)


def test_an_exception_is_told_with_the_users_own_line(project: ProjectDirectory, axtui: Command) -> None:
    """Message, file and line of the innermost frame that is not axtui's; the traceback shows no frame of ours."""
    project.write("helper.py", "def divide(x):\n    return x / 0\n")

    said, error = fail(project, axtui, "import helper\n\ndef synthesis():\n    return helper.divide(1)\n")

    assert "failed in synthesis: ZeroDivisionError: division by zero (helper.py:2)" in said
    assert error["message"] == "ZeroDivisionError: division by zero"
    assert (error["file"], error["line"]) == (str(project.root / "helper.py"), 2)
    trace = str(error["traceback"])
    assert "return helper.divide(1)" in trace
    assert "return x / 0" in trace
    assert "/axtui/execute/" not in trace


def test_a_failing_slice_names_itself(project: ProjectDirectory, axtui: Command) -> None:
    """The part is `analysis(1)`; the other slices are stopped."""
    said, error = fail(
        project,
        axtui,
        "import time\ndef analysis(sliceno):\n    if sliceno == 1: raise ValueError('bad line')\n    time.sleep(60)\n",
    )

    assert error["part"] == "analysis(1)"
    assert "failed in analysis(1): ValueError: bad line (a_bad.py:3)" in said


ENDS = {
    "killed": (
        "import os, signal\ndef analysis(sliceno):\n"
        "    if sliceno: os.kill(os.getpid(), signal.SIGKILL)\n    signal.pause()\n",
        r"slice 1 killed by signal 9 \(SIGKILL\)",
    ),
    "segmentation fault": (
        "import os, signal\ndef analysis(sliceno):\n    if sliceno: os.kill(os.getpid(), signal.SIGSEGV)\n",
        r"slice 1 killed by signal 11 \(SIGSEGV\)",
    ),
    "os._exit(0)": (
        "import os\ndef analysis(sliceno):\n    if sliceno: os._exit(0)\n",
        r"slice 1 ended with exit status 0 before it had finished",
    ),
    "os._exit(3)": (
        "import os\ndef analysis(sliceno):\n    if sliceno: os._exit(3)\n",
        r"slice 1 ended with exit status 3 before it had finished",
    ),
    "exit()": ("import sys\ndef synthesis(): sys.exit(0)\n", r"the method called exit\(0\); a job ends by returning"),
    "exit() in a slice": (
        "def analysis(sliceno): exit()\n",
        r"the method called exit\(None\); a job ends by returning",
    ),
    "job killed": (
        "import os, signal\ndef synthesis(): os.kill(os.getpid(), signal.SIGKILL)\n",
        r"the job process was killed by signal 9 \(SIGKILL\)",
    ),
    "job os._exit(0)": (
        "import os\ndef synthesis(): os._exit(0)\n",
        r"the job process ended with exit status 0 before it had finished",
    ),
    "disk full": (
        "def synthesis(job):\n    with open('/dev/full', 'w') as handle: handle.write('x')\n",
        r"disk full: OSError: .*No space left",
    ),
    "out of memory": ("def synthesis(): return bytearray(1 << 60)\n", r"out of memory: MemoryError"),
    "stack overflow": ("def synthesis(): return synthesis()\n", r"RecursionError: maximum recursion depth"),
    "interrupted": ("def synthesis(): raise KeyboardInterrupt\n", r"KeyboardInterrupt"),
    "no such parameter": (
        "def synthesis(optoins): pass\n",
        r"AttributeError: synthesis asks for 'optoins', which is not there; there are .*options",
    ),
    "analysis without sliceno": ("def analysis(): pass\n", r"TypeError: analysis has no parameter sliceno"),
    "unpicklable result": (
        "def synthesis(): return {'a': [1, 2, 3, lambda: 4]}\n",
        r"TypeError: result\['a'\]\[3\] cannot be pickled: function",
    ),
    "unpicklable slice result": (
        "def analysis(sliceno): return {sliceno: open('/dev/null')}\ndef synthesis(analysis_res): pass\n",
        r"TypeError: result\[[01]\] cannot be pickled: TextIOWrapper",
    ),
    "unpicklable attribute": (
        "class A: pass\ndef synthesis():\n    a = A()\n    a.inner = [iter(open('/dev/null'))]\n    return [a]\n",
        r"TypeError: result\[0\]\.inner\[0\] cannot be pickled",
    ),
    "background save": (
        "def synthesis(job): job.save(lambda: 1, 'x', background=True)\n",
        r"saving x in the background failed",
    ),
    "missing input": (
        "def synthesis(job): job.open_input('gone.txt')\n",
        r"FileNotFoundError: .*gone\.txt",
    ),
}


@pytest.fixture(scope="module")
def ended(
    tmp_path_factory: pytest.TempPathFactory, command_in: Callable[[Path], Command]
) -> dict[str, tuple[str, str]]:
    """Run all methods that end badly, one after the other in one build; give what each job says and what was said."""
    project = make_project(tmp_path_factory.mktemp("ends") / "project")
    names = {how: f"bad_{number}" for number, how in enumerate(ENDS)}
    for how, name in names.items():
        project.method(name, ENDS[how][0])
    project.script(
        "from axtui import JobError\n"
        f"for name in {[*names.values()]}:\n    try: urd.build(name)\n    except JobError: pass\nprint('the end')"
    )

    done = command_in(project.root)("run")

    assert done.stdout == "the end\n"
    assert f"{TREE}/axtui" not in done.stderr
    errors = {job.method: str(job.error.get("message")) for job in project.jobs().values() if job.state == "failed"}
    said = {line.split()[1]: line for line in done.stderr.splitlines() if " failed in " in line}
    wait_until(lambda: not processes_of(project.root))
    return {how: (errors[name], said[name]) for how, name in names.items()}


@pytest.mark.parametrize("how", [*ENDS])
def test_every_end_has_its_cause(ended: dict[str, tuple[str, str]], how: str) -> None:
    """However a job ends that should not, one line says why, in the record and on the screen; no process is left."""
    message, said = ended[how]

    assert re.search(ENDS[how][1], message), message
    assert re.search(ENDS[how][1], said), said
    assert len(message.splitlines()) == 1


LEFT = {
    "child": "import subprocess\ndef analysis(sliceno):\n    if sliceno: subprocess.Popen(['sleep', '600'])\n",
    "daemon": (
        "import os, time\ndef analysis(sliceno):\n    if sliceno and not os.fork():\n        os.setsid()\n"
        "        if not os.fork(): os.execvp('sleep', ['sleep', '600'])\n        os._exit(0)\n"
    ),
    "daemon with closed streams": (
        "import os, time\ndef synthesis():\n    if not os.fork():\n        os.setsid()\n        os.closerange(0, 99)\n"
        "        if not os.fork(): os.execvp('sleep', ['sleep', '600'])\n        os._exit(0)\n"
    ),
    "background shell": "import os\ndef prepare(): os.system('sleep 600 &')\ndef synthesis(): return 1\n",
}


@pytest.mark.parametrize("what", [*LEFT])
def test_what_a_job_leaves_is_ended_and_noted(project: ProjectDirectory, axtui: Command, what: str) -> None:
    """A process that outlives its stage does not hold up the job; it is ended, and the job says so."""
    project.method("one", LEFT[what])
    project.script("urd.build('one')")

    axtui("run")

    job = [*project.jobs().values()][-1]
    assert job.state == "finished"
    (note,) = job.post["notes"]
    assert re.fullmatch(r"left \d process(es)? running: .+", note)
    assert not [pid for pid in processes_of(project.root) if b"sleep" in _command(pid)]


def _command(pid: int) -> bytes:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as handle:
            return handle.read()
    except OSError:
        return b""


def test_a_failed_job_is_kept_and_never_taken_for_a_result(project: ProjectDirectory, axtui: Command) -> None:
    """Its source, options and log stay; the next run tries again, and with the cause gone it is built."""
    text = (
        "import os\ndef synthesis():\n    print('so far')\n    assert os.path.exists('../../../ready')\n    return 7\n"
    )
    fail(project, axtui, text)
    (failed,) = project.jobs().values()
    again = built_by(axtui, project, status=1)

    project.write("ready", "")
    built = built_by(axtui, project)

    assert again == []
    assert built == ["bad"]
    assert (failed.directory / "method/small/a_bad.py").read_text() == text
    assert (failed.directory / "output/synthesis.out").read_text() == "so far\n"
    assert not (failed.directory / "post.json").exists()


def test_a_failure_stops_the_script_and_keeps_what_was_built(project: ProjectDirectory, axtui: Command) -> None:
    """Jobs before the failing one are finished; a script may catch the error and go on."""
    project.method("one", "options = {'n': 0}\ndef synthesis(options): return 1 / options.n\n")
    project.script("urd.build('one', n=1)\nurd.build('one', n=0)\nurd.build('one', n=2)")
    first = built_by(axtui, project, status=1)
    project.script(
        "from axtui import JobError\n"
        "for n in range(3):\n    try: print(urd.build('one', n=n).load())\n"
        "    except JobError as error: print(error)"
    )

    done = axtui("run")

    assert first == ["one"]
    assert re.fullmatch(r"Failed to build dev-\d+ \(one\)\n1.0\n0.5\n", done.stdout)


def test_a_failing_script_is_told(project: ProjectDirectory, axtui: Command) -> None:
    """An error in the build script itself: exit status 1, its message, and what it had printed."""
    project.script("print('begun')\nraise KeyError('oops')")

    done = axtui("run", status=1)

    assert done.stdout == "begun\n"
    assert "failed in" in done.stderr
    assert "KeyError: 'oops'" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_input_that_changes_while_it_is_read(project: ProjectDirectory, axtui: Command) -> None:
    """The job is kept with a note and not reused."""
    project.method(
        "one",
        "from axtui import InputFile\noptions = {'file': InputFile}\n"
        "def synthesis(job, options):\n"
        "    with open(job.input_filename(options.file), 'a') as handle: handle.write('more')\n",
    )
    project.write("data/a.txt", "x")
    project.script("urd.build('one', file='a.txt')")
    axtui("run")

    (job,) = project.jobs().values()

    assert job.post["notes"] == ["the input file a.txt changed while it was read; this job will not be reused"]
    assert not job.post["repeatable"]


def test_the_frames_of_a_longer_way_are_shown(project: ProjectDirectory, axtui: Command) -> None:
    """Where the one line with message and place does not say how it came there, the user's own frames do."""
    project.method("deep", "import json\n\ndef read(text): return json.loads(text)\n\ndef synthesis(): read('{')\n")
    project.script("urd.build('deep')")

    said = axtui("run", status=1).stderr

    assert "failed in synthesis: json.decoder.JSONDecodeError" in said and "(a_deep.py:3)" in said
    assert "line 5, in synthesis" in said and "line 3, in read" in said
    assert f"{TREE}/axtui" not in said
