"""Looking at jobs with `jobs`, `job` and `log`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from axtui.store.output_times import read_output_times
from tests.conftest import ProjectDirectory, make_project
from tests.e2e.conftest import Command


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, command_in: Callable[[Path], Command]) -> ProjectDirectory:
    """Give a project with a script's run, two finished jobs and a failed one. Tests only look at it, or copy it."""
    project = make_project(tmp_path_factory.mktemp("look") / "project")
    project.method(
        "one",
        "options = {'n': 1}\ndef analysis(sliceno): print('slice', sliceno)\n"
        "def synthesis(options, job):\n    print('sum \\x1b]0;owned\\x07')\n"
        "    job.json_save([1])\n    return options.n\n",
    )
    project.method(
        "bad", "import sys\ndef synthesis():\n    print('oh', file=sys.stderr)\n    raise ValueError('no luck')\n"
    )
    project.script("urd.build('one')\nurd.build('one', n=2, caption='the second')\nurd.build('bad')")
    command_in(project.root)("run", status=1)
    return project


@pytest.fixture
def axtui(built: ProjectDirectory, command_in: Callable[[Path], Command]) -> Command:
    """Give the command in that project."""
    return command_in(built.root)


def test_when_lines_came_is_noted(project: ProjectDirectory, command_in: Callable[[Path], Command]) -> None:
    """A job that runs for more than a moment has the times of its output beside it, outside its record."""
    project.method(
        "slow",
        "import os, time\ndef wait(name):\n"
        "    while not os.path.exists('.output-times') or name not in open('.output-times').read(): time.sleep(0.02)\n"
        "def prepare():\n    print('first')\n    wait('prepare.out')\n"
        "def synthesis():\n    print('second')\n    wait('synthesis.out')\n    print('third')\n",
    )
    project.script("urd.build('slow')")
    command_in(project.root)("run")
    job = project.root / "workdirs/dev/dev-1"

    noted = read_output_times(job)

    assert noted is not None and [nbytes for _, nbytes in noted["prepare.out"]] == [6]
    assert noted["prepare.out"][0][0] <= noted["synthesis.out"][0][0]
    assert ".output-times" not in (job / "post.json").read_text()


def test_the_most_memory_is_recorded(axtui: Command) -> None:
    """Of each slice and of the job process; of a failed job too."""
    done, failed = axtui.json("job", "dev-1")["post"]["memory"], axtui.json("job", "dev-3")["error"]["memory"]

    assert all(nbytes > 1_000_000 for nbytes in (*done["per_slice"], done["job"], failed["job"]))
    assert done["children"] >= max(done["per_slice"])
    assert "memory    " in axtui("job", "dev-1").stdout


def test_jobs_are_listed(built: ProjectDirectory, axtui: Command) -> None:
    """A line a job, the newest last, with method, state, and why it failed; the same as JSON."""
    lines = axtui("jobs").stdout.splitlines()
    told = axtui.json("jobs")

    assert [line.split()[:3] for line in lines] == [
        ["dev-0", "small.build", "failed"],
        ["dev-1", "one", "finished"],
        ["dev-2", "one", "finished"],
        ["dev-3", "bad", "failed"],
    ]
    assert lines[2].endswith("the second")
    assert "ValueError: no luck" in lines[3]
    assert [job["job"] for job in told] == ["dev-0", "dev-1", "dev-2", "dev-3"]
    assert told[1]["seconds"] > 0


def test_jobs_are_chosen(built: ProjectDirectory, axtui: Command) -> None:
    """By method, and only the newest."""
    assert [job["job"] for job in axtui.json("jobs", "one")] == ["dev-1", "dev-2"]
    assert [job["job"] for job in axtui.json("jobs", "-n", "1")] == ["dev-3"]
    assert [job["job"] for job in axtui.json("jobs", "one", "-n", "1")] == ["dev-2"]
    assert axtui("jobs", "nothing").stdout == ""


def test_a_job_is_shown(built: ProjectDirectory, axtui: Command) -> None:
    """What it was asked, what it made, why it was built; by id, by method, by how far back."""
    text = axtui("job", "one").stdout
    told = axtui.json("job", "one~1")

    assert text.splitlines()[0] == "dev-2  one  finished"
    for part in ("option n: 1 → 2", "the second", "n = 2", "result.json", "small/a_one.py", "result    2"):
        assert part in text
    assert told["job"] == "dev-1"
    assert told["setup"]["options"] == {"n": 1}
    assert told["post"]["registered"] == ["result.json", "result.pickle"]
    assert axtui.json("job", "dev-3")["error"]["message"] == "ValueError: no luck"


def test_a_preview_that_was_lost_is_no_result(
    built: ProjectDirectory, tmp_path: Path, command_in: Callable[[Path], Command]
) -> None:
    """A power cut may leave it empty: the job is shown without one, and differs from others by its files alone."""
    root = tmp_path / "copy"
    shutil.copytree(built.root, root, symlinks=True)
    axtui = command_in(root)
    before = axtui("diff", "dev-1", "dev-2").stdout
    (root / "workdirs/dev/dev-2/result.txt").write_text("")

    shown, compared = axtui("job", "dev-2").stdout, axtui("diff", "dev-1", "dev-2").stdout

    assert "  result  " not in shown
    assert "- 1\n" in before and "+ 2\n" in before
    assert "- 1\n" not in compared and "+ 2\n" not in compared
    assert "result.pickle" in compared


def test_a_failed_job_shows_its_error(built: ProjectDirectory, axtui: Command) -> None:
    """With the user's own frames."""
    text = axtui("job", "bad").stdout

    assert "dev-3  bad  failed: ValueError: no luck" in text
    assert "raise ValueError('no luck')" in text


def test_a_job_is_looked_at_in_a_python_prompt(built: ProjectDirectory, axtui: Command) -> None:
    """`job` is the job; modules of the project can be imported; a failed job is told to be one."""
    typed = "print(job.method, job.load(), job.params.options.n)\nimport small.a_one as a\nprint(a.options)\n"
    done = axtui("job", "one", "--python", typed=typed)
    failed = axtui("job", "bad", "--python")

    assert "one 2 2\n" in done.stdout and "{'n': 1}" in done.stdout
    assert done.stderr.startswith("job is dev-2, one, finished\ntry job.load(), ")
    assert "job is dev-3, bad, failed: not all of it is there\ntry job.params, " in failed.stderr


def test_logs_are_shown(built: ProjectDirectory, axtui: Command) -> None:
    """Stage by stage and slice by slice; one stage, one slice; byte by byte where no terminal is."""
    text = axtui("log", "one").stdout
    told = axtui.json("log", "one")

    assert text == (
        "--- analysis 0 out\nslice 0\n--- analysis 1 out\nslice 1\n--- synthesis out\nsum \x1b]0;owned\x07\n"
    )
    assert told[0] == {"stage": "analysis", "slice": 0, "stream": "out", "text": "slice 0\n"}
    assert told[2]["slice"] is None
    assert axtui("log", "one", "--slice", "1").stdout == "slice 1\n"
    assert axtui("log", "one", "--stage", "synthesis").stdout == "sum \x1b]0;owned\x07\n"
    bad = axtui("log", "bad").stdout
    assert "oh\n" in bad
    assert "--- error\n" in bad
    assert "ValueError: no luck" in bad


def test_events_as_json(project: ProjectDirectory, command_in: Callable[[Path], Command]) -> None:
    """`run --json` gives a JSON line for each event, from the build's start to its end."""
    project.method("one", "def synthesis(): return 1\n")
    project.script("urd.build('one')\nurd.build('one')")

    events = [json.loads(line) for line in command_in(project.root)("run", "--json").stdout.splitlines()]

    assert events[0]["event"] == "BuildStarted"
    assert events[-1]["event"] == "BuildFinished"
    assert {"JobStarted", "JobFinished", "JobReused"} <= {event["event"] for event in events}


def test_damaged_and_foreign_jobs_are_rows(
    built: ProjectDirectory, tmp_path: Path, command_in: Callable[[Path], Command]
) -> None:
    """A job that cannot be read is a row with its reason; what is no job is passed over; all else is as before."""
    shutil.copytree(built.root, tmp_path / "project", symlinks=True, ignore=shutil.ignore_patterns("*.sock"))
    axtui = command_in(tmp_path / "project")
    workdir = tmp_path / "project/workdirs/dev"
    (workdir / "dev-1/post.json").write_bytes(b"rubbish")
    (workdir / "dev-2/setup.json").unlink()
    (workdir / "dev-007").mkdir()
    (workdir / "dev-8").mkdir()
    (workdir / "notes.txt").write_text("")

    states = {job["job"]: job["state"] for job in axtui.json("jobs")}
    shown = axtui("job", "dev-1").stdout

    assert states == {"dev-0": "failed", "dev-1": "damaged", "dev-2": "crashed", "dev-3": "failed", "dev-8": "crashed"}
    assert "damaged: post.json: " in shown


def test_logs_are_followed_to_their_end(built: ProjectDirectory, axtui: Command) -> None:
    """Each line with where it came from, or as JSON; the status tells whether the job failed."""
    bad = axtui("log", "bad", "-f", status=1).stdout
    line = json.loads(axtui("log", "-f", "one", "--slice", "1", "--json").stdout)

    assert axtui("log", "-f", "one").stdout == "s0   │ slice 0\ns1   │ slice 1\nsyn  │ sum \n"
    assert axtui("log", "-f", "one", "--slice", "1").stdout == "slice 1\n"
    assert line == {"stage": "analysis", "slice": 1, "stream": "out", "text": "slice 1"}
    assert bad.startswith("syn! │ oh\n--- error\nTraceback") and "ValueError: no luck" in bad


def test_the_graph_of_a_build_is_drawn(built: ProjectDirectory, axtui: Command) -> None:
    """As lanes, for Graphviz, for Mermaid and as JSON; a build that is not there is named."""
    lanes = axtui("graph").stdout.splitlines()
    dot = axtui("graph", "--format", "dot", "--build", "1").stdout
    mermaid = axtui("graph", "--format", "mermaid").stdout

    assert [line.split()[:3] for line in lanes] == [
        ["✔", "one", "dev-1"], ["✔", "one", "dev-2"], ["✘", "bad", "dev-3"],
    ]  # fmt: skip
    assert lanes[2].endswith("failed: ValueError: no luck")
    assert dot.startswith("digraph ") and '"bad.1" [label="bad dev-3 failed", color=red];' in dot
    assert mermaid.startswith("flowchart LR\n") and 'n2["bad dev-3 failed"]' in mermaid
    assert [row["state"] for row in axtui.json("graph")] == ["built", "built", "failed"]
    assert "there is no build 9" in axtui("graph", "--build", "9", status=2).stderr


def test_the_graph_has_what_reads_what(project: ProjectDirectory, command_in: Callable[[Path], Command]) -> None:
    """An edge from each input, also where names need quoting."""
    project.method("first", "def synthesis(): return 1\n")
    project.method("next", "jobs = ('source',)\ndef synthesis(): return 2\n")
    project.script("one = urd.build('first', name='a \"b\" \\\\ c')\nurd.build('next', source=one)")
    axtui = command_in(project.root)
    axtui("run")

    dot = axtui("graph", "--format", "dot").stdout
    assert axtui.json("graph")[1]["inputs"] == [axtui.json("graph")[0]["row"]]
    assert '\\"b\\"' in dot and dot.count(" -> ") == 1
    assert "n0 --> n1" in axtui("graph", "--format", "mermaid").stdout


@pytest.mark.parametrize("words", [["job"], ["log"]])
@pytest.mark.parametrize("name", ["dev-99", "dev-007", "nothing", "one~9", "other-1", "../dev-1", "", "~1"])
def test_what_is_not_there_is_told(built: ProjectDirectory, axtui: Command, words: list[str], name: str) -> None:
    """One sentence, exit status 2."""
    done = axtui(*words, name, status=2)

    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert name in done.stderr
