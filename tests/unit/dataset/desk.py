"""A place to make jobs by hand: directories and a context, without an engine. Slices are forked, as in a real job."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from axtui import Dataset
from axtui.api import context, gathering
from axtui.api.context import Context
from axtui.api.current import CurrentJob


class Desk:
    """Makes jobs `dev-0`, `dev-1`, … in a directory."""

    def __init__(self, root: Path, slices: int = 3) -> None:
        self.root = root
        self.slices = slices
        self._next = 0

    def job(self, stage: str = "synthesis") -> CurrentJob:
        """Begin a job; it is the one that runs until the next is begun."""
        jobid = f"dev-{self._next}"
        self._next += 1
        directory = self.root / jobid
        directory.mkdir()
        context.use(
            Context(
                workdirs={"dev": self.root},
                slices=self.slices,
                jobid=jobid,
                directory=directory,
                stage=stage,
                input_directory=self.root,
            )
        )
        return CurrentJob(jobid)

    def analyse(self, work: Callable[[int], Any]) -> list[Any]:
        """Run analysis: `work` in a forked process for each slice; return what it returned, which JSON must carry.

        Raises:
            RuntimeError: It raised in a slice; the message has the exception's class and text.
        """
        context.current().stage = "analysis"
        answers = [self._fork(work, sliceno) for sliceno in range(self.slices)]
        context.current().stage = "synthesis"
        for sliceno, answer in enumerate(answers):
            if "error" in answer:
                raise RuntimeError(answer["error"])
            gathering.take_slice(sliceno, answer["datasets"])
        return [answer["result"] for answer in answers]

    def finish(self) -> list[str]:
        """End the job; return the names of its datasets."""
        return gathering.end_job()

    def dataset(self, columns: dict[str, Any], rows: list[tuple[Any, ...]], **arguments: Any) -> Dataset:
        """Make a job with one dataset, its rows dealt out to the slices; values are in the order of sorted names."""
        writer = self.job().datasetwriter(columns=columns, **arguments)
        write = writer.get_split_write()
        for row in rows:
            write(*row)
        return writer.finish()

    def _fork(self, work: Callable[[int], Any], sliceno: int) -> Any:
        reading, writing = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(reading)
            context.current().sliceno = sliceno
            try:
                answer = {"result": work(sliceno), "datasets": gathering.end_slice()}
            except BaseException as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            with os.fdopen(writing, "w") as handle:
                json.dump(answer, handle)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as handle:
            answer = json.load(handle)
        os.waitpid(process, 0)
        return answer
