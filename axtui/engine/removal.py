"""Taking a job's directory away for good: who uses it, whether it may go, and its end."""

from __future__ import annotations

import shutil
from pathlib import Path

from axtui.base.errors import UserError
from axtui.base.ids import parse_jobid
from axtui.store.catalogue import Catalogue
from axtui.store.lock import describe_owner, is_owned

_ASIDE = ".removed-"


def find_users(catalogue: Catalogue, jobid: str) -> list[str]:
    """Return the finished jobs that were made from a job, or that asked for it, in every workdir.

    Raises:
        UserError: There is no such job in a configured workdir.
    """
    _find_directory(catalogue, jobid)
    return catalogue.users(jobid)


def remove_job(catalogue: Catalogue, jobid: str, is_busy: bool) -> str:
    """Remove a job's directory and forget the job. From the first moment on nobody finds it half removed.

    Args:
        catalogue: The workdirs.
        jobid: The job.
        is_busy: Whether a build runs; it may be about to use the job.

    Returns:
        What was done.

    Raises:
        UserError: A build runs, there is no such job, it is being built, or its directory cannot be removed.
    """
    if is_busy:
        raise UserError(f"a build runs, which may use {jobid}; it can be removed when that has ended")
    directory = _find_directory(catalogue, jobid)
    if is_owned(directory):
        raise UserError(f"{jobid} is being built by {describe_owner(directory)}; it can be removed when that has ended")
    aside = directory.with_name(_ASIDE + jobid)
    try:
        if aside.exists():
            shutil.rmtree(aside)
        directory.rename(aside)
        catalogue.drop(jobid)
        shutil.rmtree(aside)
    except OSError as error:
        raise UserError(f"{jobid} cannot be removed from {directory.parent}: {error.strerror}") from None
    return f"{jobid} was removed"


def _find_directory(catalogue: Catalogue, jobid: str) -> Path:
    parsed = parse_jobid(jobid)
    index = catalogue.indexes.get(parsed[0]) if parsed else None
    directory = index.workdir.path / jobid if index else None
    if directory is None or directory.is_symlink() or not directory.is_dir():
        raise UserError(f"there is no job {jobid} in the workdirs {', '.join(catalogue.indexes)}")
    return directory
