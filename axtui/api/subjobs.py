"""Building jobs from inside a job's prepare or synthesis."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from types import MappingProxyType
from typing import Any, TypeVar

from axtui.api.job import Job
from axtui.api.joblist import NamedJob
from axtui.api.request import ask_for_job, note_subjob, request_message
from axtui.api.status import status

_List = TypeVar("_List", bound=list[Any])
_built: list[Any] = []


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
    _built.append(job)
    return job


def collect_in(jobs: _List) -> _List:
    """Let every job that is built be appended to a list, which is returned with those that were built before."""
    global _built
    jobs.extend(_built)
    _built = jobs
    return jobs


def _describe(name: str, caption: str | None) -> str:
    return f'Building subjob {name} "{caption}"' if caption else f"Building subjob {name}"
