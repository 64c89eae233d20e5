"""Building jobs from inside a job's prepare or synthesis."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from axtui.api import context
from axtui.api.job import Job
from axtui.api.request import ask_for_job, request_message


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
        name: What the screen calls it.
        caption: A text stored with a new job.

    Raises:
        JobError: The job failed.
        ServerError, BuildError: The request was refused.
    """
    message = request_message(method, options, datasets, jobs, keywords, name=name or "", caption=caption or "")
    answer = ask_for_job(message)
    context.current().subjobs[answer["job"]] = not answer["reused"]
    return Job(answer["job"])
