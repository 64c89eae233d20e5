"""Values in files of jobs, by function. Without a job named, it is the running one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from axtui.api import context
from axtui.api.current import CurrentJob, SavedFile
from axtui.api.job import Job
from axtui.base.dotdict import DotDict
from axtui.store import layout


def load(
    filename: str | Path = layout.RESULT, jobid: str | None = None, sliceno: int | None = None, encoding: str = "bytes"
) -> Any:
    """Unpickle a file of a job.

    Raises:
        FileNotFoundError: There is no such file.
    """
    return _job(jobid).load(filename, sliceno, encoding)


def save(
    obj: Any,
    filename: str | Path = layout.RESULT,
    sliceno: int | None = None,
    temp: bool | None = None,
    background: bool = False,
) -> SavedFile:
    """Pickle a value to a file of the running job; see `CurrentJob.save`."""
    return _current().save(obj, filename, sliceno, temp, background)


def json_load(filename: str | Path = "result.json", jobid: str | None = None, sliceno: int | None = None) -> Any:
    """Read a JSON file of a job; objects come as DotDict.

    Raises:
        FileNotFoundError: There is no such file.
    """
    return _job(jobid).json_load(filename, sliceno)


def json_save(
    obj: Any,
    filename: str | Path = "result.json",
    sliceno: int | None = None,
    sort_keys: bool = True,
    temp: bool | None = None,
    background: bool = False,
) -> SavedFile:
    """Write a value as JSON to a file of the running job; see `CurrentJob.json_save`."""
    return _current().json_save(obj, filename, sliceno, sort_keys, temp, background)


def job_params(jobid: str | None = None) -> DotDict:
    """Return the request that a job was built from; see `Job.params`."""
    return _job(jobid).params


def job_post(jobid: str) -> DotDict:
    """Return the commit record of a job; see `Job.post`."""
    return Job(jobid).post


def _job(jobid: str | None) -> Job:
    return Job(jobid) if jobid else _current()


def _current() -> CurrentJob:
    return CurrentJob(context.current().jobid)
