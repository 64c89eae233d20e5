"""The engine behind the command: one a project, shared by all clients, gone when nobody needs it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from axtui.event.events import EngineStarted, EngineStopped
from tests.conftest import ProjectDirectory, processes_of, wait_until
from tests.e2e.conftest import Command, events, start
from tests.e2e.engines import attached

COUNTING = """
import os, time
options = {"n": 0}
def synthesis(options, params):
    with open(os.path.join(params.project_directory, "ran.txt"), "a") as handle:
        handle.write(f"{options.n}\\n")
    time.sleep(0.05)
    return options.n
"""


def counted(project: ProjectDirectory) -> list[str]:
    """Give what the counting method wrote, a line each time that it ran."""
    return (project.root / "ran.txt").read_text().split()


def test_two_commands_at_once_build_each_job_once(project: ProjectDirectory, axtui: Command) -> None:
    """Whoever asks second waits for the job or reuses it; both come to a good end, with one engine."""
    project.method("count", COUNTING)
    project.script("print([urd.build('count', n=n).load() for n in range(8)])")

    runs = [start(axtui, "run") for _ in range(3)]
    said = [run.communicate(timeout=60) for run in runs]

    assert [run.returncode for run in runs] == [0, 0, 0], said
    assert {out for out, _ in said} == {"[0, 1, 2, 3, 4, 5, 6, 7]\n"}
    assert sorted(counted(project)) == [str(n) for n in range(8)]
    assert len([event for event in events(project) if isinstance(event, EngineStarted)]) == 1


def test_two_projects_that_share_a_workdir_build_each_job_once(
    project: ProjectDirectory, axtui: Command, tmp_path: Path
) -> None:
    """Two engines with one workdir exclude each other by the key of a job, and see each other's results."""
    project.method("count", COUNTING.replace("params.project_directory", repr(str(project.root))))
    project.script("print([urd.build('count', n=n).load() for n in range(6)])")
    other = ProjectDirectory(tmp_path / "other")
    for name in ("small/__init__.py", "small/a_count.py", "small/build.py", "axtui.toml"):
        text = (project.root / name).read_text()
        other.write(name, text.replace("workdirs/dev", str(project.root / "workdirs/dev")) if "toml" in name else text)
    (other.root / "data").mkdir()

    runs = [start(each, "run") for each in (axtui, Command(other.root, axtui.environment))]
    said = [run.communicate(timeout=60) for run in runs]

    assert [run.returncode for run in runs] == [0, 0], said
    assert sorted(counted(project)) == [str(n) for n in range(6)]


def test_several_scripts_run_in_order(project: ProjectDirectory, axtui: Command) -> None:
    """Each after the one before; the first that fails is the last."""
    project.script("print('first')", "build_one")
    project.script("raise ValueError", "build_two")
    project.script("print('third')", "build_three")

    both = axtui("run", "one", "build_three")
    stopped = axtui("run", "one", "two", "three", status=1)

    assert both.stdout == "first\nthird\n"
    assert stopped.stdout == "first\n"


def test_the_engine_leaves_when_nobody_needs_it(project: ProjectDirectory, axtui: Command) -> None:
    """Some time after the last command no process of the project is left, and its journal says why."""
    project.script("print('done')")
    axtui("run")

    wait_until(lambda: not processes_of(project.root))

    assert events(project)[-1] == EngineStopped("idle")


def test_an_engine_is_reused_by_the_next_command(project: ProjectDirectory, axtui: Command) -> None:
    """As long as it has not left; it stays while a client is attached."""
    project.script("print('done')")
    with attached(axtui):
        for _ in range(3):
            axtui("run")

    assert len([event for event in events(project) if isinstance(event, EngineStarted)]) == 1


def test_a_killed_engine_takes_its_jobs_along(project: ProjectDirectory, axtui: Command) -> None:
    """The command says so; no process is left; the next run builds the job anew, and the old one is crashed."""
    ready = project.root / "ready"
    project.method(
        "slow",
        "import signal, pathlib\n"
        f"def analysis(sliceno):\n    if not pathlib.Path({str(ready)!r}).exists(): signal.pause()\n",
    )
    project.script("urd.build('slow')")
    run = start(axtui, "run")
    wait_until(lambda: list((project.root / "workdirs/dev").glob("dev-1/output/analysis.1.out")))

    (started,) = [event for event in events(project) if isinstance(event, EngineStarted)]
    os.kill(started.pid, signal.SIGKILL)
    _, said = run.communicate(timeout=20)
    wait_until(lambda: not processes_of(project.root))
    project.write("ready", "")
    again = axtui("run")

    assert run.returncode == 2
    assert "axtui run: the engine " in said
    assert "Traceback" not in said
    assert "1 built" in again.stderr
    assert project.jobs()["dev-1"].state == "crashed"


@pytest.mark.parametrize("number", [signal.SIGINT])
def test_an_interrupted_command_cancels_its_build(project: ProjectDirectory, axtui: Command, number: int) -> None:
    """Control-C ends the build: exit status 130, the job is stopped, nothing is left running."""
    project.method("slow", "import signal\ndef analysis(sliceno): signal.pause()\n")
    project.script("urd.build('slow')")
    run = start(axtui, "run")
    wait_until(lambda: list((project.root / "workdirs/dev").glob("dev-1/output/analysis.1.out")))

    run.send_signal(number)
    _, said = run.communicate(timeout=20)

    assert run.returncode == 130
    assert "axtui run: cancelled" in said
    wait_until(lambda: not processes_of(project.root))
    assert project.jobs()["dev-1"].state == "failed"


def test_a_build_goes_on_without_its_command(project: ProjectDirectory, axtui: Command) -> None:
    """A command that is killed leaves its build to the engine, which finishes it and then leaves."""
    go = project.root / "go"
    project.method(
        "slow",
        "import pathlib, time\n"
        f"def synthesis():\n    while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.01)\n    return 5\n",
    )
    project.script("urd.build('slow')")
    run = start(axtui, "run")
    wait_until(lambda: list((project.root / "workdirs/dev").glob("dev-1/progress")))

    run.kill()
    run.communicate(timeout=20)
    project.write("go", "")

    wait_until(lambda: project.methods() == ["slow"])
    wait_until(lambda: not processes_of(project.root))


def test_strays_of_a_killed_engine_are_ended(project: ProjectDirectory, axtui: Command) -> None:
    """A daemon that survived its engine is found at the next start and ended."""
    project.method(
        "one",
        "import os, signal\ndef synthesis():\n    if not os.fork():\n        os.setsid()\n        if not os.fork():\n"
        "            os.execvp('sleep', ['sleep', '600'])\n        os._exit(0)\n    signal.pause()\n",
    )
    project.script("urd.build('one')")
    run = start(axtui, "run")
    wait_until(lambda: any(_name(pid) == "sleep" for pid in processes_of(project.root)))
    (started,) = [event for event in events(project) if isinstance(event, EngineStarted)]
    os.kill(started.pid, signal.SIGKILL)
    run.communicate(timeout=20)

    project.script("print('next')")
    axtui("run")

    assert not [pid for pid in processes_of(project.root) if _name(pid) == "sleep"]


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""
