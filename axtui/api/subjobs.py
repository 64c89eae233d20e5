"""Building jobs from inside a job's prepare or synthesis."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from types import MappingProxyType
from typing import Any

from axtui.api import context
from axtui.api.calls import Calls
from axtui.api.handle import Handle
from axtui.api.job import Job
from axtui.api.joblist import JobList, NamedJob
from axtui.api.request import ask_for_job, attached, note_subjob, request_message
from axtui.api.status import status

_built = JobList()


def build(
    method: str,
    options: Mapping[str, Any] = MappingProxyType({}),
    datasets: Mapping[str, Any] = MappingProxyType({}),
    jobs: Mapping[str, Any] = MappingProxyType({}),
    name: str | None = None,
    caption: str | None = None,
    **keywords: Any,
) -> Job:
    """Build a job, or reuse the one that is there, and return it.

    Args:
        method: The method's name.
        options, datasets, jobs: Its parameters by group; keywords are distributed to the groups by name.
        name: What the screen and the list of subjobs call it.
        caption: A text stored with a new job.

    Raises:
        JobError: The job failed.
        ServerError, BuildError: The request was refused.
    """
    message = request_message(method, options, datasets, jobs, keywords, name=name or "", caption=caption or "")
    with status(_describe(name or method, caption)) if name or caption else nullcontext():
        answer = ask_for_job(message)
    note_subjob(answer)
    job = NamedJob(answer["job"], name or method)
    _calls().add(job)
    return job


def submit(
    method: str,
    options: Mapping[str, Any] = MappingProxyType({}),
    datasets: Mapping[str, Any] = MappingProxyType({}),
    jobs: Mapping[str, Any] = MappingProxyType({}),
    name: str | None = None,
    caption: str | None = None,
    **keywords: Any,
) -> Handle:
    """Have a job built, or reused, without waiting for it; the parameters are those of `build`.

    The handle can be an input of other jobs at once, and `handle.result()` waits for the job, also in a later stage.
    This job ends when all that it has submitted have ended; it fails where one has failed whose result nobody has
    asked for.

    Raises:
        AssertionError: A value is of a type that no option can have; or this is analysis.
        BuildError: There is no engine.
    """
    message = request_message(method, options, datasets, jobs, keywords, name=name or "", caption=caption or "")
    requests = attached()
    handle = Handle(requests, requests.send(message), str(name or method))
    _calls().add(handle)
    return handle


def built() -> JobList:
    """Return what this job has built so far, in the order of the calls; waits for what was submitted."""
    return _calls().settle()


def wait_for_submitted(has_failed: bool = False) -> None:
    """Wait for everything that this job has submitted; one that fails is no reason to stop what it does not need.

    Raises:
        AxtuiError: Something of it failed, and nobody has asked for its result so far; not where the job itself failed.
    """
    calls = context.current().calls
    if calls is not None:
        calls.settle() if has_failed else calls.check()


def _calls() -> Calls:
    here = context.current()
    if here.calls is None:
        here.calls = Calls(_built)
    return here.calls


def _describe(name: str, caption: str | None) -> str:
    return f'Building subjob {name} "{caption}"' if caption else f"Building subjob {name}"
