"""A process of a job that a signal stops: it is shown as stopped, goes on when it is let, and can be cancelled."""

from __future__ import annotations

import os
import signal

from axtui.event.journal import read_journal
from axtui.store.progress import Progress, read_progress
from tests.conftest import ProjectDirectory, processes_of, wait_until
from tests.e2e.conftest import Command
from tests.e2e.engines import attached

METHOD = """
import os, signal
def analysis(sliceno):
    if sliceno == 1: os.kill(os.getpid(), signal.SIGSTOP)
    return sliceno
def synthesis(analysis_res): return analysis_res.merge_auto()
"""


def progress(project: ProjectDirectory) -> list[Progress]:
    """Give the progress of the only job."""
    return [each for job in project.jobs().values() for each in read_progress(job.directory / "progress")]


def outcomes(project: ProjectDirectory) -> list[str]:
    """Give how builds have ended."""
    events = [entry.event for entry in read_journal(project.root / ".axtui/journal")]
    return [str(getattr(event, "outcome", "")) for event in events if type(event).__name__ == "BuildFinished"]


def test_a_slice_that_stops_itself_is_shown_and_goes_on(project: ProjectDirectory, axtui: Command) -> None:
    """What is shown says how it goes on; let go on, the job is finished as any."""
    project.method("one", METHOD.replace("return sliceno", "return {sliceno}"))
    project.script("urd.build('one')")
    with attached(axtui) as client:
        client.request("build", script="build", cause="asked", options={})
        wait_until(lambda: any(each.is_stopped for each in progress(project)))
        (stopped,) = [each for each in progress(project) if each.is_stopped]

        os.kill(stopped.pid, signal.SIGCONT)
        wait_until(lambda: outcomes(project))

    assert stopped.text == f"stopped by a signal; kill -CONT {stopped.pid} lets it go on"
    assert outcomes(project) == ["finished"]
    assert not any(each.is_stopped for each in progress(project))


def test_a_slice_that_stops_itself_can_be_cancelled(project: ProjectDirectory, axtui: Command) -> None:
    """It cannot end itself, and is ended."""
    project.method("one", METHOD)
    project.script("urd.build('one')")
    with attached(axtui) as client:
        client.request("build", script="build", cause="asked", options={})
        wait_until(lambda: any(each.is_stopped for each in progress(project)))

        client.request("cancel", build=1)
        wait_until(lambda: outcomes(project))

    assert outcomes(project) == ["cancelled"]
    assert [job.state for job in project.jobs().values()] == ["failed"]
    wait_until(lambda: not processes_of(project.root))
