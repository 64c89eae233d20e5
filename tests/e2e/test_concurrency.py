"""How many slices of a job run at once, and runs of a script that nobody gave options."""

from __future__ import annotations

import pytest

from axtui.store import layout
from axtui.store.progress import read_progress
from axtui.store.record import read_setup
from tests.conftest import ProjectDirectory, wait_until
from tests.e2e.conftest import WAITS_FOR_GO, Command, start
from tests.e2e.engines import attached

WAITING = "waiting for concurrency limit (1)"
SLOW = f"""
import os, time
options = {{"n": 0}}
def analysis(sliceno, params):
{WAITS_FOR_GO}
"""
NOTHING = "options = {'n': 0}\ndef analysis(sliceno): pass\n"


def limit(project: ProjectDirectory, jobid: str) -> int:
    """Give how many slices of a job could run at once, 0 for all."""
    found: int = project.jobs()[jobid].setup["concurrency"]
    return found


def test_a_slice_that_has_to_wait_says_so(project: ProjectDirectory, axtui: Command) -> None:
    """It is run when another one has ended, and the record says how many could run."""
    project.method("slow", SLOW)
    project.script("urd.build('slow', concurrency=1)")
    progress = project.root / "workdirs/dev/dev-1" / layout.PROGRESS

    run = start(axtui, "run")
    states = [("running", ""), ("waiting", WAITING)]
    wait_until(lambda: [(each.state, each.text) for each in read_progress(progress)[:2]] == states)
    project.write("go", "")
    _, said = run.communicate(timeout=30)

    assert run.returncode == 0, said
    assert [each.state for each in read_progress(progress)[:2]] == ["done", "done"]
    assert project.jobs()["dev-1"].post["exectime"]["concurrency"] == 1


def test_the_nearest_limit_counts(project: ProjectDirectory, axtui: Command) -> None:
    """That of the call, then that of the method, then that for all; it is no part of the key, and subjobs have it."""
    project.method("nothing", NOTHING)
    project.method("other", NOTHING.replace("pass", "return 1"))
    project.method("parent", "from axtui import build\ndef synthesis(): build('other', n=9)\n")
    project.script(
        "urd.build('nothing', n=1, concurrency=2)\nurd.submit('nothing', n=2).result()\nurd.build('other', n=3)\n"
        "urd.build('other', n=3, concurrency=1)\nurd.build('parent')"
    )

    axtui("run", "-c", "1", "--concurrency", "other=7", "-c", "csvimport=1")

    assert [limit(project, f"dev-{n}") for n in (1, 2, 3, 5)] == [2, 1, 7, 7]
    assert len(project.jobs()) == 5


@pytest.mark.parametrize(
    ("words", "call"), [((), ", concurrency=1"), (("-c", "csvimport=1"), ""), (("-c", "7"), ", concurrency=1")]
)
def test_csvimport_refuses_to_have_fewer(
    project: ProjectDirectory, axtui: Command, words: tuple[str, ...], call: str
) -> None:
    """Asked for explicitly it is a JobError of the part "server"; a limit for all methods it passes over."""
    project.write("data/a.csv", "x,y\n1,2\n")
    project.script(
        f"from axtui import JobError\ntry:\n    urd.build('csvimport', filename='a.csv'{call})\n"
        "except JobError as error:\n    print(error.method, error.job, error.status, error)"
    )

    said = axtui("run", *words).stdout

    text = "csvimport cannot run with reduced concurrency: 1 of 2 slices"
    assert said == f"csvimport  {{'server': '{text}'}} Failed to build csvimport: {text}\n"
    assert not project.jobs()


def test_csvimport_passes_over_a_limit_for_all(project: ProjectDirectory, axtui: Command) -> None:
    """And one that is none."""
    project.write("data/a.csv", "x,y\n1,2\n")
    project.script("urd.build('csvimport', filename='a.csv')\nurd.build('csvimport', filename='a.csv', concurrency=2)")

    axtui("run", "-c", "1")

    assert limit(project, "dev-1") == 0


def test_any_method_can_declare_that_it_needs_all_slices(project: ProjectDirectory, axtui: Command) -> None:
    """It is refused with fewer processes, in one sentence; that it begins to say so is no reason to run it again."""
    project.method("nothing", NOTHING)
    project.script("urd.build('nothing')")
    axtui("run")
    project.method("nothing", "all_slices_at_once = True\n" + NOTHING)
    again = axtui("run")
    project.script("urd.build('nothing', n=2, concurrency=1)")

    refused = axtui("run", status=1)

    assert "0 built, 1 reused" in again.stderr
    assert "nothing cannot run with reduced concurrency: 1 of 2 slices" in refused.stderr
    assert len(project.jobs()) == 1


@pytest.mark.parametrize("given", ["0", "-1", "'2'", "1.5"])
def test_no_number_of_processes(project: ProjectDirectory, axtui: Command, given: str) -> None:
    """The error says what was given."""
    project.method("nothing", NOTHING)
    project.script(f"urd.build('nothing', concurrency={given})")

    said = axtui("run", status=1)

    assert f"concurrency is {given}, wanted a number of processes, at least 1" in said.stderr


def test_subjobs_go_where_their_job_is(project: ProjectDirectory, axtui: Command) -> None:
    """Whether that was said to the command, by set_workdir, or in the call."""
    project.write("axtui.toml", (project.root / "axtui.toml").read_text().replace(
        'dev = "workdirs/dev"\n', 'dev = "workdirs/dev"\none = "workdirs/one"\ntwo = "workdirs/two"\n'))  # fmt: skip
    project.method("inner", "options = {'n': 0}\ndef synthesis(): pass\n")
    project.method("outer", "from axtui import build\noptions = {'n': 0}\n"
                   "def synthesis(options): return str(build('inner', n=options.n))\n")  # fmt: skip
    project.script(
        "print(urd.build('outer', n=1).load())\nurd.set_workdir('two')\nprint(urd.build('outer', n=2).load())\n"
        "print(urd.build('outer', n=3, workdir='dev').load())"
    )

    said = axtui("run", "-w", "one")

    assert [job.rpartition("-")[0] for job in said.stdout.split()] == ["one", "two", "dev"]


@pytest.mark.parametrize("is_new_engine", [False, True])
def test_a_save_builds_with_the_options_of_the_last_run(
    project: ProjectDirectory, axtui: Command, is_new_engine: bool
) -> None:
    """Flags, workdir, horizon and limits; also by an engine that knows of that run from its records alone."""
    project.write("axtui.toml", (project.root / "axtui.toml").read_text().replace(
        'dev = "workdirs/dev"\n', 'dev = "workdirs/dev"\none = "workdirs/one"\n'))  # fmt: skip
    project.method("nothing", NOTHING)
    project.script("print(sorted(urd.flags), urd.horizon)\nurd.build('nothing')")
    axtui("run", "-f", "mine,force_build", "-w", "one", "-c", "1", "--horizon", "2024")

    with attached(axtui, wait_for_new=is_new_engine) as client:
        project.method("nothing", NOTHING.replace("pass", "return 1"))
        client.request("hint")
        wait_until(lambda: (project.root / "workdirs/one/one-1/post.json").exists())
        wait_until(lambda: (project.root / "workdirs/dev/dev-1/post.json").exists())

    assert read_setup(project.root / "workdirs/one/one-1")["concurrency"] == 1
    printed = (project.root / "workdirs/dev/dev-1/output/synthesis.out").read_text()
    assert printed == "['mine'] 2024\n"
