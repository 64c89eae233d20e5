"""What authors import from `axtui.subjobs`: `build`, and `jobs`, the list of what this job has built so far."""

from axtui.api.subjobs import build, collect_in
from axtui.build.joblist import JobList

__all__ = ["build", "jobs"]

jobs = collect_in(JobList())
