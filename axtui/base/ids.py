"""Names of jobs and datasets: how they are written and taken apart. Never looks at a disk.

A job id is `<workdir>-<number>`: the number is a canonical decimal of at most 18 digits, so that
`dev-007` and `dev-99999999999999999999` are nobody's job and cannot poison the numbering.
"""

from __future__ import annotations

import re

_WORKDIR = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*")
_JOB = re.compile(r"(?P<workdir>[A-Za-z0-9_.][A-Za-z0-9_.-]*)-(?P<number>0|[1-9][0-9]{0,17})")


def is_workdir_name(name: str) -> bool:
    """Tell whether a workdir may have this name."""
    return _WORKDIR.fullmatch(name) is not None


def parse_jobid(jobid: str) -> tuple[str, int] | None:
    """Split a job id into workdir and number, or give None where it is not one."""
    match = _JOB.fullmatch(jobid)
    return (match["workdir"], int(match["number"])) if match else None


def format_jobid(workdir: str, number: int) -> str:
    """Write the id of a job."""
    return f"{workdir}-{number}"


def split_dataset(reference: str) -> tuple[str, str]:
    """Split `job/name` into job and dataset name; a bare job means its `default` dataset."""
    job, slash, name = reference.partition("/")
    return job, name if slash else "default"


def job_of(reference: str) -> str:
    """Return the job of a reference to it, to a dataset of it (`job/name`) or to a file of it (`job:name`)."""
    return re.split("[/:]", reference, maxsplit=1)[0]


def format_dataset(job: str, name: str) -> str:
    """Write a dataset reference; the name `default` is left out."""
    return job if name == "default" else f"{job}/{name}"
