"""What authors import from `axtui.subjobs`: `build`, and `jobs`, the list of what this job has built so far."""

from axtui.api.joblist import JobList
from axtui.api.subjobs import build, collect_in

__all__ = ["build", "jobs"]

jobs = collect_in(JobList())
