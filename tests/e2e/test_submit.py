"""Submitted jobs: side by side, handles as inputs, one failure at a time, whatever the script does meanwhile."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from axtui.event.events import JobCancelled, JobFinished, JobStarted
from tests.conftest import ProjectDirectory, processes_of, wait_until
from tests.e2e.conftest import Command, events, start
from tests.e2e.engines import attached

ADD = """
options = {"n": 0, "fail": False}
jobs = ("below", ["many"])
def synthesis(options, jobs):
    if options.fail:
        raise ValueError("asked to fail")
    return options.n + (jobs.below.load() if jobs.below else 0) + sum(job.load() for job in jobs.many)
"""

MEET = """
import os, time
options = {"name": str, "other": str, "in_vain": False}
def synthesis(options, params, job):
    place = os.path.join(params.project_directory, "meet-")
    open(place + options.name, "x").close()
    until = time.monotonic() + 30
    while not os.path.exists(place + options.other):
        assert time.monotonic() < until, "nobody came"
        time.sleep(0.002)
"""


def test_submitted_jobs_run_side_by_side(project: ProjectDirectory, axtui: Command) -> None:
    """Two jobs that wait for each other come to an end."""
    project.write("axtui.toml", "parallel_jobs = 2\n" + (project.root / "axtui.toml").read_text())
    project.method("meet", MEET)
    project.script("urd.submit('meet', name='a', options={'name': 'a', 'other': 'b'})\nurd.submit('meet', name='b', "
                   "options={'name': 'b', 'other': 'a'})")  # fmt: skip

    axtui("run")

    assert project.methods() == ["meet", "meet"]


def test_handles_are_inputs(project: ProjectDirectory, axtui: Command) -> None:
    """Of jobs, in lists, as datasets before they are there, as files; in submit and in build."""
    project.method("add", ADD)
    project.method(
        "data",
        "options = {'n': 3}\ndatasets = ('previous',)\n"
        "def prepare(job, options, datasets):\n    dw = job.datasetwriter(name='d', previous=datasets.previous)\n"
        "    dw.add('x', 'number')\n    dw.set_slice(0)\n    dw.write(options.n)\n    dw.set_slice(1)\n"
        "    dw.finish()\n    job.json_save(options.n, 'n.json')\n",
    )
    project.method(
        "use",
        "from axtui import JobWithFile\noptions = {'files': [JobWithFile]}\ndatasets = ('source',)\n"
        "def synthesis(options, datasets):\n    values = list(datasets.source.iterate_chain(None, 'x'))\n"
        "    return values, [file.json_load() for file in options.files]\n",
    )
    project.script(
        "from axtui import JobWithFile\n"
        "one = urd.submit('add', n=1)\n"
        "two = urd.submit('add', n=2, below=one)\n"
        "three = urd.submit('add', n=3, many=[one, two, one])\n"
        "d = urd.submit('data')\n"
        "e = urd.submit('data', n=4, previous=d.dataset('d'))\n"
        "files = [d.withfile('n.json'), JobWithFile(e, 'n.json')]\n"
        "use = urd.submit('use', source=e.dataset('d'), files=files)\n"
        "print(urd.build('add', n=100, below=three).load(), use.result().load())\n"
        "print(d.result().dataset('d').lines, [name for name, job in urd.joblist.as_tuples])\n"
    )

    said = axtui("run").stdout.splitlines()
    again = axtui("run")

    assert said == ["108 ([3, 4], [3, 4])", "[1, 0] ['add', 'add', 'add', 'data', 'data', 'use', 'add']"]
    assert again.stdout.splitlines() == said
    assert "0 built, 7 reused" in again.stderr


def test_a_failure_reaches_only_what_depends_on_it(project: ProjectDirectory, axtui: Command) -> None:
    """The others end first; the script fails though it asked for no result; each dependant says which input failed."""
    project.method("add", ADD)
    project.script(
        "bad = urd.submit('add', n=1, fail=True, name='bad')\n"
        "good = urd.submit('add', n=2, name='good')\n"
        "urd.submit('add', n=3, many=[good, bad], name='sum')\n"
        "after = urd.submit('add', n=4, below=good)\n"
        "urd.submit('nothing', name='unknown')\n"
        "print(after.result().load())\n"
    )

    said = axtui("run", status=1)

    assert said.stdout == "6\n"
    assert "JobError: Failed to build dev-1 (add)" in said.stderr
    assert "2 built, 0 reused, 2 failed" in said.stderr
    cancelled = [event for event in events(project) if isinstance(event, JobCancelled)]
    assert [(event.row, event.job, event.why) for event in cancelled] == [("sum.1", "", "its input bad (dev-1) failed")]


def test_failures_that_were_looked_at(project: ProjectDirectory, axtui: Command) -> None:
    """A script that asks for a result and catches the error goes on and ends well; a dependant's error tells why."""
    project.method("add", ADD)
    project.script(
        "from axtui import BuildError, JobError\n"
        "bad = urd.submit('add', fail=True)\n"
        "worse = urd.submit('add', below=bad, name='worse')\n"
        "worst = urd.submit('add', below=worse, name='worst')\n"
        "for handle in (bad, worse, worst):\n"
        "    try:\n"
        "        handle.result()\n"
        "    except BuildError as error:\n"
        "        print(type(error).__name__, error)\n"
        "print(urd.joblist)"
    )

    said = axtui("run").stdout.splitlines()

    assert said == [
        "JobError Failed to build dev-1 (add)",
        "BuildError worse was not built: its input add (dev-1) failed",
        "BuildError worst was not built: its input worse was not built: add (dev-1) failed",
        "JobList([])",
    ]


def test_a_result_that_failed_ends_the_script_when_the_others_have_ended(
    project: ProjectDirectory, axtui: Command
) -> None:
    """An error that nobody catches stops nothing that does not depend on it."""
    project.method("add", ADD)
    project.script(
        "bad = urd.submit('add', fail=True)\nlast = None\n"
        "for n in range(20):\n    last = urd.submit('add', n=n, below=last)\nbad.result()\n"
    )

    said = axtui("run", status=1)

    assert "20 built, 0 reused, 1 failed" in said.stderr
    assert project.methods() == ["add"] * 20


def test_any_other_exception_ends_the_script_at_once(project: ProjectDirectory, axtui: Command) -> None:
    """A mistake in the script is told now, not after hours; what was submitted is stopped."""
    project.method("slow", "import signal\ndef synthesis(): signal.pause()\n")
    project.script("urd.submit('slow')\nimport pathlib\npath = pathlib.Path(urd.info.input_directory, '../workdirs')\n"
                   "while not list(path.glob('dev/dev-1/progress')): pass\nraise KeyError('mine')")  # fmt: skip

    said = axtui("run", status=1)

    assert "KeyError: 'mine'" in said.stderr
    assert "cancelled: its script ended" in said.stderr


def test_hundreds_in_a_loop(project: ProjectDirectory, axtui: Command) -> None:
    """2,000 submits, each upon the one before, before the script reads a single answer; then all of them reused."""
    project.method("add", ADD)
    project.write(
        "small/build.py",
        "def main(urd):\n    last = None\n    handles = []\n    for n in range(2000):\n"
        "        last = urd.submit('add', n=1, below=last if n < 40 else handles[n % 40])\n"
        "        handles.append(last)\n"
        "    print(handles[39].result().load(), len(urd.joblist), len(set(urd.joblist)))\n",
    )

    first = axtui("run")
    again = axtui("run")

    assert first.stdout == again.stdout == "40 2000 41\n"
    assert len(project.methods()) == 41
    assert "0 built, 2000 reused" in again.stderr


def test_a_chain_of_2000_is_reused_from_end_to_end(project: ProjectDirectory, axtui: Command) -> None:
    """A failure at its head reaches its end, 2,000 requests on, without a job being made."""
    project.method("add", ADD)
    project.script("last = urd.submit('add', fail=True, name='head')\nfor n in range(2000):\n"
                   "    last = urd.submit('add', n=n, below=last)\nlast.result()")  # fmt: skip

    said = axtui("run", status=1)

    assert "BuildError: add was not built: its input add was not built: head (dev-1) failed" in said.stderr
    assert len(project.jobs()) == 1


def test_the_same_job_submitted_twice_runs_once(project: ProjectDirectory, axtui: Command) -> None:
    """Both handles give it, and what is built upon either."""
    project.method("add", ADD)
    project.script(
        "a, b = urd.submit('add', n=5), urd.submit('add', n=5)\nc, d = [urd.submit('add', below=h) for h in (a, b)]\n"
        "print(a.result(), b.result(), c.result(), d.result(), urd.joblist.as_tuples)"
    )

    said = axtui("run").stdout

    assert said == (
        "dev-1 dev-1 dev-2 dev-2 [('add', 'dev-1'), ('add', 'dev-1'), ('add', 'dev-2'), ('add', 'dev-2')]\n"
    )
    assert len(project.jobs()) == 2
    built = json.loads((project.root / "workdirs/dev/dev-0/post.json").read_text().splitlines()[0])["subjobs"]
    assert built == {"dev-1": True, "dev-2": True}


def test_an_input_file_is_read_while_the_script_computes(project: ProjectDirectory, axtui: Command) -> None:
    """A script that never waits holds up nothing: neither the file's digest nor what is built upon the job."""
    project.method(
        "read",
        "from axtui import InputFile\noptions = {'filename': InputFile}\n"
        "def synthesis(job, options):\n    with job.open_input(options.filename) as file: return len(file.read())\n",
    )
    project.method("add", ADD)
    project.write("data/a.txt", "12345")
    project.write("data/b.txt", "123")
    project.script(
        "import os, time\na = urd.submit('read', filename='a.txt')\nb = urd.submit('read', filename='b.txt')\n"
        "urd.submit('add', many=[a, b])\n"
        "place = os.path.join(urd.info.input_directory, '../workdirs/dev')\n"
        "until = time.monotonic() + 30\n"
        "while not os.path.exists(os.path.join(place, 'dev-3/post.json')): assert time.monotonic() < until\n"
        "print(urd.joblist[-1].load())"
    )

    assert axtui("run").stdout == "8\n"


@pytest.mark.parametrize(
    ("name", "words"), [("none.txt", "there is no input file"), (".", "no regular file"), ("closed", "cannot be read")]
)
def test_an_input_file_that_cannot_be_read(project: ProjectDirectory, axtui: Command, name: str, words: str) -> None:
    """Its request is refused, with the option and the path; others go on."""
    if name == "closed" and os.getuid() == 0:
        pytest.skip("root reads everything")
    project.method("read", "from axtui import InputFile\noptions = {'f': InputFile}\ndef synthesis(): pass\n")
    project.method("add", ADD)
    project.write("data/closed", "x").chmod(0)
    project.script(f"urd.submit('read', f={name!r})\nurd.submit('add')")

    said = axtui("run", status=1)

    assert f"option f of read: {'' if name == 'none.txt' else project.root / 'data'}" in said.stderr
    assert words in said.stderr
    assert project.methods() == ["add"]


def test_a_killed_script_leaves_nothing_behind(project: ProjectDirectory, axtui: Command) -> None:
    """Jobs that ran are stopped, what waited is gone, the engine lives, and the next run uses what was finished."""
    project.method("add", ADD)
    project.method(
        "slow",
        "import signal, pathlib\njobs = ('below',)\noptions = {'go': ''}\n"
        "def synthesis(options):\n    if not pathlib.Path(options.go).exists(): signal.pause()\n",
    )
    project.script(
        "import os, pathlib\npathlib.Path(urd.info.input_directory, 'pid').write_text(str(os.getpid()))\n"
        "a = urd.submit('add', n=1)\ns = urd.submit('slow', below=a, go=urd.info.input_directory + '/go')\n"
        "for n in range(30): urd.submit('slow', below=s)\n"
    )
    run = start(axtui, "run")
    wait_until(lambda: list((project.root / "workdirs/dev").glob("dev-2/progress")))

    os.kill(int((project.root / "data/pid").read_text()), signal.SIGKILL)
    _, said = run.communicate(timeout=20)
    (project.root / "data/go").touch()
    again = axtui("run")

    assert run.returncode == 1
    assert "killed by signal 9" in said
    assert "2 built, 30 reused" in again.stderr
    wait_until(lambda: not processes_of(project.root))


def test_cancelling_one_job_reaches_what_depends_on_it(project: ProjectDirectory, axtui: Command) -> None:
    """Others end as they would."""
    project.method("slow", "import signal\ndef synthesis(): signal.pause()\n")
    project.method("add", ADD)
    project.script(
        "s = urd.submit('slow')\nurd.submit('add', below=s, name='after')\n"
        "a = urd.submit('add', n=2)\nurd.submit('add', n=3, below=a)"
    )
    run = start(axtui, "run")
    wait_until(lambda: len([e for e in events(project) if isinstance(e, JobFinished)]) == 2)

    with attached(axtui) as client:
        client.request("cancel", build=1, row="slow.1")
        _, said = run.communicate(timeout=20)

    assert run.returncode == 1
    cancelled = [event for event in events(project) if isinstance(event, JobCancelled)]
    slow = next(each.job for each in events(project) if isinstance(each, JobStarted) and each.row == "slow.1")
    assert [(event.row, event.why) for event in cancelled] == [
        ("slow.1", "you"),
        ("after.1", f"its input slow ({slow}) was cancelled"),
    ]
    assert project.methods() == ["add", "add"]
    assert "2 built" in said


def test_a_session_waits_for_what_was_submitted_in_it(project: ProjectDirectory, axtui: Command) -> None:
    """Its entry is in the order of the calls; with a failure there is none."""
    project.method("add", ADD)
    project.script(
        "urd.begin('daily', '2024-01')\na = urd.submit('add', n=1, name='a')\n"
        "urd.submit('add', n=2, below=a, name='b')\nurd.build('add', n=3, name='c')\n"
        "urd.finish('daily')\nprint(urd.peek_latest('daily').joblist.as_tuples)\n"
        "urd.begin('daily', '2024-02')\n"
        "urd.submit('add', fail=True)\nurd.finish('daily')"
    )

    said = axtui("run", status=1)

    names = [name for name, _ in eval(said.stdout)]
    assert names == ["a", "b", "c"]
    lists = [*Path(project.root / "urd").rglob("*daily*")]
    assert sum(path.read_text().count('"2024-0') for path in lists if path.is_file()) == 1


def test_rows_are_in_the_order_of_the_calls(project: ProjectDirectory, axtui: Command) -> None:
    """Twenty jobs whose methods are imported, in any order, by processes of their own."""
    for number in range(8):
        project.method(f"m{number}", f"import time\ntime.sleep({0.05 * (number % 3)})\ndef synthesis(): pass\n")
    project.script("for n in range(8): urd.submit(f'm{n}')\nprint([job.method for job in urd.joblist])")

    said = axtui("run")

    assert said.stdout == f"{[f'm{n}' for n in range(8)]}\n"
    rows = [event.row for event in events(project) if type(event).__name__ == "JobRequested"]
    assert list(dict.fromkeys(rows)) == [f"m{n}.1" for n in range(8)]
    assert {event.row for event in events(project) if isinstance(event, JobStarted)} == {f"m{n}.1" for n in range(8)}
