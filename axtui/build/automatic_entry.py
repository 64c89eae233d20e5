"""The entry that every successful run of a build script leaves in `USER/__auto__`, at the time it began (UTC)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from axtui.base.errors import UrdConflictError
from axtui.build.joblist import JobList
from axtui.build.urd_entry import Entry
from axtui.build.urd_lists import AUTOMATIC, UrdLists

_TICK = timedelta(microseconds=1)


def add_automatic(lists: UrdLists, user: str, joblist: JobList, build_job: str, began: float) -> str:
    """Add the entry of a run; return where it is, as `user/list/timestamp`.

    Args:
        lists: The project's lists.
        user: Who ran it.
        joblist: All jobs of the run, at least one.
        build_job: The run itself.
        began: When it began, in seconds since 1970.

    Raises:
        UrdError: The entry cannot be written.
    """
    path = f"{user}/{AUTOMATIC}"
    when = datetime.fromtimestamp(began, UTC).replace(tzinfo=None)
    while True:
        timestamp = when.isoformat()
        try:
            lists.add(path, Entry(timestamp, tuple(joblist.as_tuples), "", {}, build_job))
            return f"{path}/{timestamp}"
        except UrdConflictError:  # another run began in the same microsecond
            when += _TICK
