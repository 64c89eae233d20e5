"""What authors import from `axtui.subjobs`: `build`, `submit`, and `jobs`, the list of what this job has built so far.

That is one list for the whole job. Who takes it from the module waits for what was submitted until then.
"""

from typing import Any

from axtui.api.joblist import JobList
from axtui.api.subjobs import build, built, submit

__all__ = ["build", "jobs", "submit"]

jobs: JobList


def __getattr__(name: str) -> Any:
    if name != "jobs":
        raise AttributeError(f"module 'axtui.subjobs' has no attribute {name!r}")
    return built()
