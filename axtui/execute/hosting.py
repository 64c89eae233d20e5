"""What a job's process lends itself to: being the job's alone, or being that of a test or a debugger for a while.

In a process of its own a job may do everything to it. In a shared one it gets no output files, no process group and no
slices of their own: the slices run one after the other where they are, and a breakpoint stops in any of them.
"""

from __future__ import annotations

import copy
import os
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from axtui.api import context
from axtui.base.records import Record, format_record, parse_message
from axtui.execute import slices
from axtui.execute.failure import PartFailedError, describe_exception
from axtui.execute.memory import hold_memory
from axtui.execute.process import become_subreaper, end_descendants, keep_streams, line_buffer_c, redirect

Work = Callable[[int], Record]


class Host(Protocol):
    """What a job needs of the process that it runs in."""

    def begin(self) -> None:
        """Prepare the process for a job."""

    def hold_memory(self, nbytes: int) -> None:
        """Keep to a limit of memory."""

    def begin_stage(self, directory: Path, stage: str, sliceno: int = -1) -> None:
        """Go to the job's directory, and let a stage print where it should."""

    def run_slices(self, count: int, work: Work, at_once: int) -> list[Record]:
        """Run the slices, and return what each said at its end, in slice order.

        Raises:
            PartFailedError: A slice failed.
        """

    def end_leftovers(self) -> list[str]:
        """End what the job has started and left running; return the names of that."""

    def peak_memory(self) -> Record:
        """Return how many bytes of memory the job process, and any one of its children, had at most; what is known."""


class OwnProcess:
    """A process that is the job's alone. What one stage does to it is undone before the next."""

    def __init__(self) -> None:
        self._umask = os.umask(0o022)
        os.umask(self._umask)

    def begin(self) -> None:
        """Lead a process group, and take in what the job's processes leave behind."""
        os.setpgid(0, 0)
        become_subreaper()
        line_buffer_c()

    def hold_memory(self, nbytes: int) -> None:
        """Let the kernel hold the process, and its slices, to a limit."""
        hold_memory(nbytes)

    def begin_stage(self, directory: Path, stage: str, sliceno: int = -1) -> None:
        """Send what is printed to the stage's files."""
        os.umask(self._umask)
        redirect(directory, stage, sliceno)

    def run_slices(self, count: int, work: Work, at_once: int) -> list[Record]:
        """Fork a process a slice."""
        keep_streams()
        return slices.run_slices(count, work, at_once)

    def end_leftovers(self) -> list[str]:
        """Kill every descendant that is left; called before anything of the job is committed."""
        os.umask(self._umask)
        keep_streams()
        return end_descendants()

    def peak_memory(self) -> Record:
        """Return what the kernel has measured."""
        return {
            "job": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10,
            "children": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10,
        }


class SharedProcess:
    """A process that does other things before and after, and may have children of its own."""

    def begin(self) -> None:
        """The process stays what it is."""

    def hold_memory(self, nbytes: int) -> None:
        """A limit would stay for what comes after the job; there is none."""

    def begin_stage(self, directory: Path, stage: str, sliceno: int = -1) -> None:
        """Go to the job's directory; what is printed goes where it went."""
        os.chdir(directory)

    def run_slices(self, count: int, work: Work, at_once: int) -> list[Record]:
        """Run the slices here, one after the other; each finds the process as the one before it did."""
        return [_run_slice(sliceno, work) for sliceno in range(count)]

    def end_leftovers(self) -> list[str]:
        """Whose children there are cannot be told; they stay."""
        return []

    def peak_memory(self) -> Record:
        """What the process had at most need not be the job's."""
        return {}


def _run_slice(sliceno: int, work: Work) -> Record:
    with _as_it_was():
        try:
            return parse_message(format_record(work(sliceno)))
        except Exception as error:
            raise PartFailedError(describe_exception(f"analysis({sliceno})", error)) from error


@contextmanager
def _as_it_was() -> Iterator[None]:
    """Put back what a slice does to its process: what is known of the job, its open datasets, the directory."""
    here = context.current()
    before, directory = dict(vars(here)), os.getcwd()
    room = sys.modules.get("axtui.api.gathering")
    writers: list[Any] = list(room.book().open.values()) if room else []
    same = {id(each): each for each in (*writers, here, *here.jobs.values())}
    states = [copy.deepcopy(vars(writer), dict(same)) for writer in writers]
    try:
        yield
    finally:
        vars(here).update(before)
        os.chdir(directory)
        for writer, state in zip(writers, states, strict=True):
            vars(writer).clear()
            vars(writer).update(state)
