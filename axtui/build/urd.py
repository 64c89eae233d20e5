"""The `urd` object: what a build script's `main(urd)` builds with."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from axtui.api import context
from axtui.api.request import ask_for_job, request_message
from axtui.base.dotdict import DotDict
from axtui.build.joblist import JobList, NamedJob


class Urd:
    """A build script's hand: it asks for jobs and keeps the list of them."""

    def __init__(self) -> None:
        here = context.current()
        self.joblist = JobList()
        self.info = DotDict(
            slices=here.slices,
            input_directory=str(here.input_directory),
            result_directory=str(here.result_directory),
        )

    def build(
        self,
        method: str,
        options: Mapping[str, Any] = MappingProxyType({}),
        datasets: Mapping[str, Any] = MappingProxyType({}),
        jobs: Mapping[str, Any] = MappingProxyType({}),
        name: str | None = None,
        caption: str | None = None,
        force_build: bool = False,
        workdir: str | None = None,
        **keywords: Any,
    ) -> NamedJob:
        """Build a job, or reuse the one that is there, and return it.

        Args:
            method: The method's name.
            options, datasets, jobs: Its parameters by group; keywords are distributed to the groups by name.
            name: What it is called in the joblist and on the screen, the method's name unless given.
            caption: A text stored with a new job.
            force_build: Run it even where a job that fits exists.
            workdir: Where a new job goes, the project's target unless given.

        Raises:
            JobError: The job failed.
            ServerError, BuildError: The request was refused.
        """
        how = {"name": name or "", "caption": caption or "", "force": force_build, "workdir": workdir or ""}
        answer = ask_for_job(request_message(method, options, datasets, jobs, keywords, **how))
        context.current().subjobs[answer["job"]] = not answer["reused"]
        job = NamedJob(answer["job"], name or method)
        self.joblist.append(job)
        return job
