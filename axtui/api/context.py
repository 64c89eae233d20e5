"""What this process is part of: the job, stage and slice that run, and where everything lies.

The executor fills it in before any code of an author runs; outside jobs (a shell, a test) it holds the workdirs alone.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from axtui.base.errors import NoSuchJobError, NoSuchWorkdirError
from axtui.base.ids import parse_jobid
from axtui.store.progress import Slot

if TYPE_CHECKING:
    from axtui.api.calls import Calls
    from axtui.api.job import Job
    from axtui.api.request import Requests


class ScriptStopped(BaseException):
    """Ends a build script before its end, and well; not an error, and not to be caught by `except Exception`."""

    def __init__(self, record: dict[str, Any]) -> None:
        super().__init__("the script was stopped")
        self.record = record
        """What the commit record says of that."""


@dataclass
class Context:
    """The state of this process. `stage` is "prepare", "analysis", "synthesis", or "" outside a job."""

    workdirs: dict[str, Path] = field(default_factory=dict)
    slices: int = 1
    root: Path = Path()
    input_directory: Path = Path()
    result_directory: Path = Path()
    jobid: str = ""
    directory: Path = Path()
    is_build: bool = False
    stage: str = ""
    sliceno: int = -1
    slot: Slot | None = None
    requests: Requests | None = None
    """What this process asks the engine for; None where there is no engine."""
    registered: dict[str, bool] = field(default_factory=dict)
    """Files of the job by relative name; the value tells whether it is temporary."""
    digests: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Size and digest of files whose writer took them while writing, by relative name."""
    subjobs: dict[str, bool] = field(default_factory=dict)
    """Jobs built from here; the value tells whether it was built now rather than reused."""
    calls: Calls | None = None
    """What this job has asked for by `axtui.subjobs`, from the first such call on."""
    jobs: MutableMapping[str, Job] = field(default_factory=WeakValueDictionary)
    """Every `Job` that is in use, by id: one object a job."""
    given: dict[str, Any] = field(default_factory=dict)
    """What the running stage may ask for, by name."""
    links: list[dict[str, Any]] = field(default_factory=list)
    """What was linked into the result directory."""
    would_be: str = ""
    """In a rehearsal the workdir whose jobs are not there, but for the script's own; else ""."""


_current = Context()


def current() -> Context:
    """Return this process's context."""
    return _current


def use(context: Context) -> None:
    """Set this process's context."""
    global _current
    _current = context


def is_would_be(jobid: str) -> bool:
    """Tell whether a job is not there, because this is a rehearsal in which nothing is built."""
    would_be = _current.would_be
    return bool(would_be) and jobid.startswith(f"{would_be}-") and jobid != _current.jobid


def job_directory(jobid: str) -> Path:
    """Return where a job lies; whether it is there is not looked at.

    Raises:
        NoSuchJobError: It is no job id.
        NoSuchWorkdirError: Its workdir is not configured.
        ScriptStopped: This is a rehearsal, and the job would have to be built.
    """
    if is_would_be(jobid):
        raise ScriptStopped({"needs": str(jobid)})
    parts = parse_jobid(jobid)
    if parts is None:
        raise NoSuchJobError(f"{jobid!r} is not a job id; wanted one like dev-42")
    workdir, _ = parts
    if workdir not in _current.workdirs:
        raise NoSuchWorkdirError(f"{jobid}: there is no workdir {workdir!r}; there are {', '.join(_current.workdirs)}")
    return _current.workdirs[workdir] / jobid
