"""The calls of a build script or a running job, in their order: jobs, and handles of jobs that may not be there yet."""

from __future__ import annotations

from collections import deque

from axtui.api.handle import Handle
from axtui.api.joblist import JobList, NamedJob
from axtui.api.request import note_subjob
from axtui.base.errors import AxtuiError


class Calls:
    """What was asked for. The joblist is in the order of the calls, whatever ends first, and without what failed.

    Args:
        joblist: The list to put the jobs in; one of its own unless given.
    """

    def __init__(self, joblist: JobList | None = None) -> None:
        self._joblist = JobList() if joblist is None else joblist
        self._open: deque[NamedJob | Handle] = deque()
        """The first handle whose job is not in the list yet, and all that was called after it."""
        self._handles: list[Handle] = []

    def add(self, called: NamedJob | Handle) -> None:
        """Take in a call."""
        if isinstance(called, Handle):
            self._handles.append(called)
        if self._open or isinstance(called, Handle):
            self._open.append(called)
        else:
            self._joblist.append(called)

    def settle(self) -> JobList:
        """Wait until everything has ended, well or not, and return the jobs. It is the same list each time."""
        while self._open:
            called = self._open[0]
            if isinstance(called, NamedJob):
                self._joblist.append(called)
            elif "job" in (answer := called.wait()):
                note_subjob(answer)
                self._joblist.append(called.result())
            self._open.popleft()
        return self._joblist

    def check(self) -> None:
        """Wait until everything has ended, and raise the first failure that nobody has seen.

        Raises:
            AxtuiError: A submitted job failed; a note names the others.
        """
        self.settle()
        errors = [error for handle in self._handles if (error := handle.unseen_error())]
        self._handles.clear()
        if errors:
            raise _with_note(errors[0], errors[1:])


def _with_note(error: AxtuiError, others: list[AxtuiError]) -> AxtuiError:
    if others:
        error.add_note("\n".join(["What also failed:", *(f"  {other}" for other in others)]))
    return error
