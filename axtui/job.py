"""What authors import from `axtui.job`; the things themselves are in `axtui.api`."""

from axtui.api.current import CurrentJob
from axtui.api.job import Job, JobWithFile, NoJob

__all__ = ["CurrentJob", "Job", "JobWithFile", "NoJob"]
