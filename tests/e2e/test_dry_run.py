"""`axtui run --dry-run`: what a build would reuse and what it would build, without building anything."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ProjectDirectory, make_project, wait_until
from tests.e2e.conftest import READ, Command, built_by
from tests.program import PROGRAM

HELPER = "def double(x): return 2 * x\n"
SCRIPT = (
    "source = urd.build('read', file='a.txt')\none = urd.build('one', n=2, source=source)\n"
    "two = urd.build('two', one=one)\nthree = urd.build('three', two=two)"
)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, command_in: Callable[[Path], Command]) -> ProjectDirectory:
    """Give a project with four jobs one after the other, built once: dev-1 to dev-4."""
    project = make_project(tmp_path_factory.mktemp("dry") / "project")
    project.write("helper.py", HELPER)
    project.write("data/a.txt", "hello")
    project.method("read", READ)
    project.method(
        "one",
        "from helper import double\noptions = {'n': 1}\njobs = ('source',)\n"
        "def synthesis(options): return double(options.n)\n",
    )
    project.method("two", "jobs = ('one',)\ndef synthesis(jobs): return jobs.one.load() > 0\n")
    project.method("three", "jobs = ('two',)\ndef synthesis(jobs): return jobs.two.load()\n")
    project.script(SCRIPT)
    command_in(project.root)("run")
    return project


@pytest.fixture
def project(built: ProjectDirectory) -> ProjectDirectory:
    """Give that copy to the command."""
    return built


def rehearsed(axtui: Command, *words: str) -> dict[str, Any]:
    """Give what a dry run of one script says."""
    (script,) = axtui.json("run", "--dry-run", *words)["scripts"]
    return dict(script)


def states(script: dict[str, Any]) -> list[tuple[str, str]]:
    """Give method and state of each row."""
    return [(row["method"], row["state"]) for row in script["rows"]]


def listing(root: Path) -> dict[str, tuple[int, int]]:
    """Give size and time of everything in a project."""
    return {str(path): (path.lstat().st_size, path.lstat().st_mtime_ns) for path in root.rglob("*")}


def test_where_nothing_changed_everything_is_reused(axtui: Command) -> None:
    """Each row with its job, and totals; exit status 0."""
    script = rehearsed(axtui)
    text = axtui("run", "--dry-run").stdout

    assert [(row["method"], row["state"], row["job"]) for row in script["rows"]] == [
        ("read", "reuse", "dev-1"),
        ("one", "reuse", "dev-2"),
        ("two", "reuse", "dev-3"),
        ("three", "reuse", "dev-4"),
    ]
    assert script["stopped"] is None
    assert "would be: 4 reused, 0 built; about 0.0s" in text


def test_what_depends_on_a_changed_source_may_be_reused(built: ProjectDirectory, axtui: Command) -> None:
    """The job whose source changed would be built; those after it are built, or reused if it comes out equal."""
    built.write("helper.py", "def double(x): return x + x\n")

    script = rehearsed(axtui)

    one, two, three = script["rows"][1:]
    assert states(script) == [
        ("read", "reuse"), ("one", "build"), ("two", "build or reuse"), ("three", "build or reuse")
    ]  # fmt: skip
    assert one["sentences"] == ["source changed: helper.py: double()"]
    assert (two["if_equal"], three["if_equal"]) == ("dev-3", "dev-4")
    assert three["why"]["inputs"][0]["inputs"][0]["differences"][0]["name"] == "helper.py"
    assert one["seconds"] > 0
    assert script["totals"]["build"] == 1
    assert built_by(axtui, built) == ["one"]  # it does come out equal


def test_what_depends_on_a_changed_option_is_built(built: ProjectDirectory, axtui: Command) -> None:
    """With other parameters no output makes it the same input; what comes after the next one may be reused again."""
    built.script(SCRIPT.replace("n=2", "n=3"))

    script = rehearsed(axtui)

    assert states(script) == [
        ("read", "reuse"), ("one", "build"), ("two", "build"), ("three", "build or reuse")
    ]  # fmt: skip
    assert script["rows"][1]["sentences"] == ["option n: 2 → 3"]
    assert built_by(axtui, built) == ["one", "two"]


def test_nothing_is_written(built: ProjectDirectory, axtui: Command) -> None:
    """Not a job, not an urd list, no link, no cache: the project is as it was, whatever the script does."""
    built.write("helper.py", "def double(x): return 3 * x\n")
    built.script(
        "import time\nurd.begin('tester/words', '2024-01-01')\n"
        + SCRIPT
        + "\nsource.link_result(linkname='source.pickle')\nthree.link_result(linkname='three.pickle')\n"
        "handle = urd.submit('two', one=one, name='again')\nurd.build('three', two=handle)\n"
        "urd.build('read', file='a.txt', force_build=True)\n"
        "print(urd.finish('tester/words').new, urd.peek_latest('tester/words').joblist.as_tuples[1])"
    )
    for name in ("__pycache__", "small/__pycache__"):
        shutil.rmtree(built.root / name, ignore_errors=True)
    before = listing(built.root)

    environment = {**axtui.environment, "USER": "tester"}
    script = rehearsed(Command(axtui.directory, environment))

    assert listing(built.root) == before
    assert [row["state"] for row in script["rows"]] == [
        "reuse", "build", "build or reuse", "build or reuse", "same", "same", "build"
    ]  # fmt: skip
    assert script["output"] == "True ('one', 'would-be-1')\n"
    assert script["rows"][-1]["sentences"] == ["asked to run again"]
    assert (script["stopped"], script["failed"]) == (None, None)


@pytest.mark.parametrize(
    "needs",
    ["two.load()", "two.open('x')", "two.path", "two.files()", "two.params", "two.dataset().columns", "two.post"],
)
def test_it_stops_where_the_script_needs_what_is_not_there(built: ProjectDirectory, axtui: Command, needs: str) -> None:
    """One sentence says where, and for which job; what has been answered by then is told."""
    built.write("helper.py", "def double(x): return 3 * x\n")
    first, second, third, fourth = SCRIPT.splitlines()
    lines = [first, second, third, "try:", f"    print({needs})", "except Exception:", "    pass", fourth]
    built.script("\n".join(lines))

    done = axtui("run", "--dry-run")

    rows = [line for line in done.stdout.splitlines() if line.startswith("  ")]
    assert len(rows) == 3
    assert "it can be known up to here (small/build.py:6), where the script needs what would-be-2 (two)" in done.stdout


def test_a_job_with_datasets_can_be_an_input(built: ProjectDirectory, axtui: Command) -> None:
    """Which datasets it would have nobody knows, so any of it may be named."""
    built.method("rows", "def synthesis(job):\n    w = job.datasetwriter(columns={'a': 'int64'})\n")
    built.method("sum", "datasets = ('source',)\noptions = {'file': None}\ndef synthesis(): return 1\n")
    built.script("rows = urd.build('rows')\nurd.build('sum', source=rows.dataset('x'), file=rows.withfile('y'))")

    script = rehearsed(axtui)

    assert states(script) == [("rows", "build"), ("sum", "build")]
    assert script["rows"][0]["sentences"] == ["rows was never built"]
    assert script["totals"]["never_timed"] == 2


def test_a_project_that_was_never_built(project: ProjectDirectory, command_in: Callable[[Path], Command]) -> None:
    """There is no workdir yet, and there is none afterwards."""
    project.method("one", "def synthesis(): return 1\n")
    project.script("urd.build('one')\nurd.build('one')")
    before = listing(project.root)

    script = rehearsed(command_in(project.root))

    assert states(script) == [("one", "build"), ("one", "same")]
    assert listing(project.root) == before


_WRONG = {
    "urd.build('nope')": "Unknown method nope",
    "urd.build('one', nope=1)": "Keyword nope not in options/datasets/jobs for method one",
    "urd.build('one', source='dev-99')": "there is no finished job 'dev-99'",
    "urd.build('read', file='nope')": "there is no input file",
    "1 / 0": "division by zero",
}


@pytest.mark.parametrize("line", [*_WRONG])
def test_a_script_that_would_fail_says_so(built: ProjectDirectory, axtui: Command, line: str) -> None:
    """With its error and its line; exit status 1."""
    built.script(f"urd.build('read', file='a.txt')\n{line}")

    done = axtui("run", "--dry-run", status=1)

    assert "= read" in done.stdout
    assert "! the script fails (small/build.py:3): " in done.stdout
    assert _WRONG[line] in done.stdout


def test_several_scripts_and_those_that_are_not_there(built: ProjectDirectory, axtui: Command) -> None:
    """They are rehearsed in order, one knowing the urd lists of those before it; a name that is none is refused."""
    built.script("urd.begin('tester/a', 1)\nurd.build('read', file='a.txt')\nurd.finish('tester/a')", name="build_a")
    built.script("print(urd.peek_latest('tester/a').joblist.as_tuples)", name="build_b")
    command = Command(axtui.directory, {**axtui.environment, "USER": "tester"})

    told = command.json("run", "--dry-run", "a", "b")

    assert [script["script"] for script in told["scripts"]] == ["a", "b"]
    assert told["scripts"][1]["output"] == "[('read', 'dev-1')]\n"
    said = axtui("run", "--dry-run", "nope", status=2).stderr
    assert said.startswith("axtui run: No build script 'nope'")


def test_an_interrupted_rehearsal_leaves_nothing(built: ProjectDirectory, axtui: Command, tmp_path: Path) -> None:
    """No process and no directory, though the script was in the middle of something."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    marker = tmp_path / "marker"
    built.script(f"import os, time\nopen({str(marker)!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)")
    words = [sys.executable, "-c", PROGRAM, "run", "--dry-run"]
    environment = {**axtui.environment, "TMPDIR": str(temporary)}
    process = subprocess.Popen(words, cwd=built.root, env=environment, start_new_session=True)
    wait_until(lambda: marker.exists() and marker.read_text())

    os.killpg(process.pid, signal.SIGINT)

    assert process.wait(60) == 130
    assert [*temporary.iterdir()] == []
    wait_until(lambda: not Path(f"/proc/{marker.read_text()}").exists())
