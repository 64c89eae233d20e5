"""Urd lists and the ends of build scripts, through the command."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from axtui.store.record import JobRecord, read_job
from tests.conftest import ProjectDirectory
from tests.e2e.conftest import SECONDS, Command

COUNT = "options = {'n': 0}\ndef synthesis(options):\n    return options.n\n"
CHAINED = "options = {'n': 0}\njobs = ('previous',)\ndef synthesis(jobs):\n    return (jobs.previous.load() or 0) + 1\n"


@pytest.fixture
def axtui(axtui: Command, project: ProjectDirectory) -> Command:
    """Give the command, run by anna, in a project with two methods."""
    project.method("count", COUNT)
    project.method("chained", CHAINED)
    return run_by(axtui, "anna:secret")


def run_by(axtui: Command, auth: str) -> Command:
    """Give the command as somebody runs it."""
    return replace(axtui, environment={**axtui.environment, "URD_AUTH": auth})


def last_run(project: ProjectDirectory) -> JobRecord:
    """Read the job of the last run of a build script."""
    found = [read_job(path) for path in (project.root / "workdirs/dev").glob("dev-*")]
    builds = [job for job in found if job.setup.get("is_build")]
    return max(builds, key=lambda job: int(job.jobid.rpartition("-")[2]))


def test_lists_are_kept_between_runs(axtui: Command, project: ProjectDirectory) -> None:
    """A run finds what the one before it left, builds on it, and the command shows both."""
    project.script(
        """
entries = len(urd.since('daily', 0))
urd.begin('daily', f'2024-06-0{entries + 1}', caption=f'run {entries}')
urd.latest('daily')
near = urd.build_chained('chained', name='sum', n=entries, why_build=True)
urd.build_chained('chained', name='sum', n=entries)
nearest = [*near['chained'].values()][:1]
assert [each['options'] for each in nearest] == [{'n': entries - 1}][:entries], near
print(urd.finish('daily').new, urd.joblist['sum'].load())
"""
    )

    said = [axtui("run").stdout for _ in range(3)]

    assert said == ["True 1\n", "True 2\n", "True 3\n"]
    assert axtui.json("urd", "daily/", "daily", "anna/daily/first", ":daily/2024-06-02:sum") == [
        [{"timestamp": f"2024-06-0{n}", "caption": f"run {n - 1}"} for n in (1, 2, 3)],
        {
            "list": "anna/daily",
            "timestamp": "2024-06-03",
            "build_job": "dev-4",
            "caption": "run 2",
            "deps": {"anna/daily": "2024-06-02"},
            "joblist": [["sum", "dev-5"]],
        },
        {
            "list": "anna/daily",
            "timestamp": "2024-06-01",
            "build_job": "dev-0",
            "caption": "run 0",
            "deps": {},
            "joblist": [["sum", "dev-1"]],
        },
        "dev-3",
    ]
    assert axtui("urd").stdout == "anna/__auto__\nanna/daily\n"
    assert axtui("urd", "daily").stdout.splitlines()[:4] == [
        "timestamp: 2024-06-03",
        "build job: dev-4",
        "caption  : run 2",
        "deps     : anna/daily/2024-06-02",
    ]


def test_run_leaves_an_automatic_entry(axtui: Command, project: ProjectDirectory) -> None:
    """Every good run that built or reused a job is listed, and its record says where; others are not."""
    project.script("urd.build('count')\nurd.build('count', n=1, name='one')")
    axtui("run")
    place = last_run(project).post["urd-list"]
    path, _, timestamp = place.rpartition("/")
    project.script("from axtui import Job\nprint(Job('dev-0').params.options['urd-list'])")
    assert axtui("run").stdout == f"{place}\n"
    project.script("urd.build('count')\nreturn 4")
    axtui("run", status=4)
    project.script("urd.build('count')\nraise ValueError('no')")
    axtui("run", status=1)

    (entry,) = axtui.json("urd", place)

    assert path == "anna/__auto__"
    assert entry["joblist"] == [["count", "dev-1"], ["one", "dev-2"]]
    assert entry["build_job"] == "dev-0"
    assert axtui.json("urd", f"{path}/") == [[{"timestamp": timestamp, "caption": ""}]]


@pytest.mark.parametrize(
    ("statement", "status", "result"),
    [
        ("return 3", 3, None),
        ("return 0", 0, None),
        ("return 256", 1, None),
        ("return -1", 255, None),
        ("return {'a': 1}", 0, {"a": 1}),
        ("return True", 0, True),
        ("return", 0, None),
        ("job.finish_early(5)", 5, None),
        ("job.finish_early('x')", 0, "x"),
    ],
)
def test_return_value(axtui: Command, project: ProjectDirectory, statement: str, status: int, result: Any) -> None:
    """An int becomes the exit status; another value is the result of the run's job, and the status is 0."""
    project.write("small/build.py", f"def main(urd, job):\n    {statement}\n")

    axtui("run", status=status)

    run = last_run(project)
    path = run.directory / "result.pickle"
    assert run.state == "finished"
    assert (pickle.loads(path.read_bytes()) if path.exists() else None) == result


def test_scripts_stop_at_the_first_that_says_so(axtui: Command, project: ProjectDirectory) -> None:
    """Of several scripts those after one with an exit status other than 0 do not run; each begins afresh."""
    project.script("urd.begin('a', 1)\nprint('one')", "build_one")
    project.script("urd.begin('a', 1)\nprint('two', urd.joblist_all)\nreturn 7", "build_two")
    project.script("print('three')", "build_three")

    done = axtui("run", "one", "two", "three", status=7)

    assert done.stdout == "one\ntwo JobList([])\n"


def test_warnings_come_at_the_end(axtui: Command, project: ProjectDirectory) -> None:
    """What `urd.warn` was told is printed in a box when the script has ended, also when it failed."""
    project.script("urd.warn('look at this')\nprint('built')")
    good = axtui("run").stdout
    project.script("urd.warn('look at that')\nraise ValueError('no')")
    bad = axtui("run", status=1).stdout

    box = ["", "##################", "## look at this ##", "##################"]
    assert good.splitlines() == ["built", *box]
    assert bad.splitlines() == [line.replace("this", "that") for line in box]


def test_options_of_a_run_reach_the_script(axtui: Command, project: ProjectDirectory) -> None:
    """Flags, workdir and horizon are the script's to see, and in the record of its run."""
    config = (project.root / "axtui.toml").read_text().replace("[methods]", 'other = "workdirs/other"\n[methods]')
    project.write("axtui.toml", config)
    project.script("print(sorted(urd.flags), urd.horizon, urd.workdir, urd.build('count'))")

    plain = axtui("run").stdout
    given = axtui("run", "-f", "force_build,b", "-w", "other", "--horizon", "2024-06 ").stdout

    assert plain == "[] None None dev-1\n"
    assert given == "['b', 'force_build'] 2024-06 None other-0\n"
    assert last_run(project).setup["options"] == {
        "script": "build",
        "flags": ["force_build", "b"],
        "workdir": "other",
        "horizon": "2024-06",
        "user": "anna",
        "concurrency": {},
    }


@pytest.mark.parametrize(
    ("words", "said"), [(["-w", "gone"], "workdir 'gone' does not exist"), (["--horizon", "soon"], "timestamp 'soon'")]
)
def test_options_that_cannot_be_are_refused(axtui: Command, words: list[str], said: str) -> None:
    """An unknown workdir and a horizon that is no timestamp are named before anything starts."""
    assert said in axtui("run", *words, status=2).stderr


def test_unknown_workdir_in_a_script(axtui: Command, project: ProjectDirectory) -> None:
    """A call for a workdir that is not there is refused by name."""
    project.script(
        """
urd.set_workdir('gone')
try:
    urd.build('count')
except Exception as error:
    print(type(error).__name__, error)
"""
    )

    assert axtui("run").stdout == "ServerError Submit failed: Workdir gone does not exist\n"


def test_everybody_writes_their_own(axtui: Command, project: ProjectDirectory) -> None:
    """Whose lists a run writes is decided by who runs it, whoever started the engine."""
    project.script("urd.begin('daily', 1)\nurd.build('count')\nurd.finish('daily')")
    axtui("run")
    run_by(axtui, "berta")("run")
    project.script("urd.begin('anna/daily', 2)")

    done = run_by(axtui, "berta")("run", status=1)

    assert "UrdPermissionError: anna/daily is a list of anna; you are berta" in done.stdout + done.stderr
    assert axtui("urd").stdout.split() == ["anna/__auto__", "anna/daily", "berta/__auto__", "berta/daily"]


def test_runs_at_once_lose_nothing(axtui: Command, project: ProjectDirectory) -> None:
    """Scripts that run side by side and write the same list all find their entries there."""
    for name in "abc":
        project.script(
            f"""
for n in range(20):
    urd.begin('shared', ({{'a': 1, 'b': 2, 'c': 3}}['{name}'], n))
    urd.build('count')
    urd.finish('shared')
""",
            f"build_{name}",
        )

    running = [start(axtui, "run", name) for name in "abc"]
    ended = [process.wait(SECONDS) for process in running]

    assert ended == [0, 0, 0]
    (found,) = axtui.json("urd", "shared/")
    assert [each["timestamp"] for each in found] == [f"{script}+{n}" for script in (1, 2, 3) for n in range(20)]


def start(axtui: Command, *words: str) -> subprocess.Popen[bytes]:
    """Start the command without waiting for it."""
    return subprocess.Popen(
        [sys.executable, "-m", "axtui.cli.main", *words],
        cwd=axtui.directory,
        env=axtui.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_damaged_line_is_named_and_costs_itself(axtui: Command, project: ProjectDirectory) -> None:
    """A script goes on without a line that somebody altered, and says which one at its end; so does the command."""
    project.script("for n in (1, 2, 3):\n    urd.begin('a', n)\n    urd.build('count')\n    urd.finish('a')")
    axtui("run")
    path = project.root / "urd/anna/a.urd"
    path.write_bytes(path.read_bytes().replace(b'"timestamp":"2"', b'"timestamp":"4"'))
    project.script("print(urd.since('a', 0))")

    said = axtui("run").stdout
    shown = axtui("urd", "a/")

    assert said.startswith("['1', '3']\n")
    assert "line 2 is" in said
    assert shown.stdout == "1\n3\n"
    assert f"{Path('urd/anna/a.urd')}: line 2 is damaged and left out" in shown.stderr


@pytest.mark.parametrize("path", ["gone", "gone/", "a/b/c/d", "../x", ":gone:x", "x/since/never"])
def test_wrong_paths_are_one_sentence(axtui: Command, path: str) -> None:
    """What is not there is named in one line, with status 2."""
    done = axtui("urd", path, status=2)

    assert done.stderr.startswith("axtui urd: ")
    assert len(done.stderr.splitlines()) == 1
