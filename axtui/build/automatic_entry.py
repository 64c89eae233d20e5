"""The entry that every successful run of a build script leaves in `USER/__auto__`, at the time it began (UTC)."""

from __future__ import annotations

from datetime import UTC, datetime

from axtui.api.joblist import JobList
from axtui.build.urd_entry import Entry
from axtui.build.urd_lists import AUTOMATIC, UrdLists


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
    timestamp = datetime.fromtimestamp(began, UTC).replace(tzinfo=None).isoformat()
    path = f"{user}/{AUTOMATIC}"
    # the list grows for ever, so it is not read; one engine starts all runs, each at a microsecond of its own
    lists.add_unseen(path, Entry(timestamp, tuple(joblist.as_tuples), "", {}, build_job))
    return f"{path}/{timestamp}"
