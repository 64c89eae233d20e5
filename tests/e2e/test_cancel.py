"""Stopping: what somebody else wants goes on, what nobody wants any more ends, what is wanted again runs anew."""

from __future__ import annotations

import signal

from axtui.event.events import JobCancelled, JobRequested, JobStarted
from tests.conftest import ProjectDirectory, processes_of, wait_until
from tests.e2e.conftest import WAITS_FOR_GO, Command, events, start
from tests.e2e.engines import attached

SLOW = f"""
import os, time
def synthesis(params):
{WAITS_FOR_GO}
    return 5
"""
OUTER = "from axtui import build\ndef synthesis(): return build('slow').load()\n"


def started(project: ProjectDirectory, method: str) -> int:
    """Count the rows of a method, and below it, for which a job has started."""
    return len({(e.build, e.row) for e in events(project) if isinstance(e, JobStarted) and e.row.startswith(method)})


def test_a_job_that_another_run_wants_goes_on(project: ProjectDirectory, axtui: Command) -> None:
    """Control-C ends one of two runs; the other gets the job, and the subjob of it, that the first had started."""
    project.method("slow", SLOW)
    project.method("outer", OUTER)
    project.script("print(urd.build('outer').load())")
    first = start(axtui, "run")
    wait_until(lambda: (project.root / "workdirs/dev/dev-2/progress").exists())
    second = start(axtui, "run")
    wait_until(lambda: started(project, "outer") == 3)

    first.send_signal(signal.SIGINT)
    first.communicate(timeout=20)
    wait_until(lambda: any(isinstance(event, JobCancelled) for event in events(project)))
    project.write("go", "")
    said, errors = second.communicate(timeout=60)

    assert (first.returncode, second.returncode) == (130, 0), errors
    assert said == "5\n"
    assert sorted(project.methods()) == ["outer", "slow"]
    assert len(project.jobs()) == 2


def test_a_job_that_is_being_stopped_runs_anew_for_the_next_run(project: ProjectDirectory, axtui: Command) -> None:
    """A run right after control-C does not get the end of the job that this stopped."""
    project.method("slow", SLOW.replace("def synthesis", "import signal\ndef synthesis").replace(
        "    until", "    signal.signal(signal.SIGTERM, lambda *_: None)\n    until"))  # fmt: skip
    project.script("print(urd.build('slow').load())")
    first = start(axtui, "run")
    wait_until(lambda: (project.root / "workdirs/dev/dev-1/progress").exists())
    wait_until(lambda: started(project, "slow") == 1)

    first.send_signal(signal.SIGINT)
    first.communicate(timeout=20)
    second = start(axtui, "run")
    wait_until(lambda: len([e for e in events(project) if isinstance(e, JobRequested) and e.row == "slow.1"]) >= 2)
    wait_until(lambda: project.jobs()["dev-1"].state == "failed")
    project.write("go", "")
    said, errors = second.communicate(timeout=60)

    assert (second.returncode, said) == (0, "5\n"), errors
    assert project.methods() == ["slow"]


def test_the_subjobs_of_a_stopped_job_are_stopped(project: ProjectDirectory, axtui: Command) -> None:
    """Nobody waits for them any more; another job of the build goes on."""
    project.method("slow", SLOW)
    project.method("outer", OUTER)
    project.method("other", SLOW.replace('"go"', '"other"'))
    project.script("a = urd.submit('outer')\nprint(urd.build('other').load())")
    run = start(axtui, "run")
    wait_until(lambda: started(project, "outer") == 2 and started(project, "other") == 1)

    with attached(axtui) as client:
        client.request("cancel", build=1, row="outer.1")
        wait_until(lambda: len([e for e in events(project) if isinstance(e, JobCancelled)]) == 2)
    project.write("other", "")
    said, errors = run.communicate(timeout=60)

    assert (run.returncode, said) == (1, "5\n"), errors
    assert project.methods() == ["other"]
    cancelled = {event.row: event.why for event in events(project) if isinstance(event, JobCancelled)}
    (outer,) = [jobid for jobid, job in project.jobs().items() if job.method == "outer"]
    assert cancelled == {"outer.1": "you", "outer.1/slow.1": f"{outer}, which asked for it, has ended"}
    wait_until(lambda: not processes_of(project.root))
