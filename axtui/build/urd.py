"""The `urd` object: what a build script's `main(urd)` builds with, and what it keeps joblists with."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

from axtui.api import context
from axtui.api.calls import Calls
from axtui.api.handle import Handle
from axtui.api.joblist import JobList, NamedJob
from axtui.api.request import ask_for_job, attached, note_subjob, request_message
from axtui.base.dotdict import DotDict
from axtui.base.errors import UrdPermissionError
from axtui.base.wire import Message
from axtui.build.near_misses import format_near_misses, parse_near_misses
from axtui.build.script_options import FORCE_BUILD, WHY_BUILD, ScriptOptions
from axtui.build.session import Session
from axtui.build.timestamps import FIRST, LATEST, normal_timestamp, parse_query
from axtui.build.urd_lists import UrdLists
from axtui.build.urd_response import UrdResponse, make_response
from axtui.store.urd_file import split_list


class Urd:
    """A build script's hand: it asks for jobs, keeps the list of them, and leaves it in an urd list.

    Attributes:
        info: Slice count, input and result directory, and where the urd lists are.
        flags: What `axtui run --flags` gave.
        horizon: The latest timestamp that `latest` may find, or None.
        default_workdir: What `axtui run --workdir` gave, or None.
        workdir: What `set_workdir` gave, or None.
        warnings: What `warn` was told.
    """

    def __init__(self, options: ScriptOptions, lists: UrdLists) -> None:
        here = context.current()
        self.info = DotDict(
            slices=here.slices,
            input_directory=str(here.input_directory),
            result_directory=str(here.result_directory),
            urd=str(lists.directory),
        )
        self.flags = set(options.flags)
        self.horizon = options.horizon or None
        self.default_workdir = options.workdir or None
        self.workdir: str | None = None
        self.warnings: list[str] = []
        self._user = options.user
        self._lists = lists
        self._session: Session | None = None
        self._calls = Calls()
        self._all_calls = Calls()

    # -- jobs ---------------------------------------------------------------------------------------------------

    def build(
        self,
        method: str,
        options: Mapping[str, Any] = MappingProxyType({}),
        datasets: Mapping[str, Any] = MappingProxyType({}),
        jobs: Mapping[str, Any] = MappingProxyType({}),
        name: str | None = None,
        caption: str | None = None,
        why_build: bool = False,
        force_build: bool = False,
        workdir: str | None = None,
        concurrency: int | None = None,
        **keywords: Any,
    ) -> NamedJob:
        """Build a job, or reuse the one that is there, and return it.

        Args:
            method: The method's name.
            options, datasets, jobs: Its parameters by group; keywords are distributed to the groups by name.
            name: What it is called in the joblist and on the screen, the method's name unless given.
            caption: A text stored with a new job.
            why_build: Build nothing, and return the nearest existing jobs instead, see build/near_misses.py.
            force_build: Run it even where a job that fits exists.
            workdir: Where a new job goes; unless given, where `set_workdir`, the command line or the project say.
            concurrency: At most so many processes of its analysis at once; unless given, as the command line says.

        Raises:
            JobError: The job failed.
            ServerError, BuildError: The request was refused.
        """
        how = self._how(name, caption, force_build, workdir, concurrency)
        message = request_message(method, options, datasets, jobs, keywords, **how)
        answer = ask_for_job({**message, "why": "asked"} if why_build else message)
        if why_build:
            return cast("NamedJob", parse_near_misses(answer))  # asked for in a call that wants no job
        _stop_at_misses(answer)
        note_subjob(answer)
        job = NamedJob(answer["job"], str(name or method))
        self._add(job)
        return job

    def submit(
        self,
        method: str,
        options: Mapping[str, Any] = MappingProxyType({}),
        datasets: Mapping[str, Any] = MappingProxyType({}),
        jobs: Mapping[str, Any] = MappingProxyType({}),
        name: str | None = None,
        caption: str | None = None,
        force_build: bool = False,
        workdir: str | None = None,
        concurrency: int | None = None,
        **keywords: Any,
    ) -> Handle:
        """Have a job built, or reused, without waiting for it; the parameters are those of `build`.

        The handle can be an input of other jobs at once, `handle.dataset(name)` and `handle.withfile(name)` too; they
        start when it is there. `handle.result()` waits for the job. The script ends when all have ended; where one
        has failed whose result nobody has asked for, the script fails.

        Raises:
            AssertionError: A value is of a type that no option can have.
        """
        how = self._how(name, caption, force_build, workdir, concurrency)
        message = request_message(method, options, datasets, jobs, keywords, **how)
        requests = attached()
        handle = Handle(requests, requests.send(message), str(name or method))
        if WHY_BUILD in self.flags:
            _stop_at_misses(handle.wait())
        self._add(handle)
        return handle

    def build_chained(
        self,
        method: str,
        options: Mapping[str, Any] = MappingProxyType({}),
        datasets: Mapping[str, Any] = MappingProxyType({}),
        jobs: Mapping[str, Any] = MappingProxyType({}),
        name: str | None = None,
        caption: str | None = None,
        why_build: bool = False,
        force_build: bool = False,
        workdir: str | None = None,
        concurrency: int | None = None,
        **keywords: Any,
    ) -> NamedJob:
        """Build a job with `previous` set to the job of that name in the joblist that was fetched last.

        All else is as for `build`.

        Raises:
            AssertionError: There is no name, `previous` is given, or nothing was fetched in this session.
        """
        assert name, "build_chained must have 'name'"
        given = [group for group in (options, datasets, jobs, keywords) if "previous" in group]
        assert not given, "Don't specify previous to build_chained"
        latest = self._session.latest if self._session else None
        assert latest is not None, "Can't build_chained without a dependency to chain from"
        previous = latest.get(name)
        how: dict[str, Any] = {"force_build": force_build, "workdir": workdir, "concurrency": concurrency}
        return self.build(
            method, options, datasets, jobs, name, caption, why_build, **how, previous=previous, **keywords
        )

    @property
    def joblist(self) -> JobList:
        """The jobs of this session, in the order of the calls; waits for those that were submitted."""
        return self._calls.settle()

    @property
    def joblist_all(self) -> JobList:
        """The jobs of the whole script; see `joblist`."""
        return self._all_calls.settle()

    def wait(self) -> None:
        """Wait for everything that was submitted.

        Raises:
            AxtuiError: Something of it failed, and nobody has asked for its result so far.
        """
        self._all_calls.check()

    def set_workdir(self, workdir: str | None) -> None:
        """Have new jobs built in a workdir, or with None where they would be built without this."""
        self.workdir = workdir

    def warn(self, text: str = "") -> None:
        """Show a text in a box when the script has ended."""
        self.warnings.append(str(text))

    # -- sessions -----------------------------------------------------------------------------------------------

    def begin(self, path: str, timestamp: Any = None, caption: str | None = None, update: bool = False) -> None:
        """Begin a session, at whose end the jobs built in it are left in an urd list.

        Args:
            path: The list, `list` or `user/list`.
            timestamp: In any form of `build/timestamps.py`; `finish` can give it too.
            caption: A text for people.
            update: Let the entry come in the place of another at its timestamp.

        Raises:
            AssertionError: A session is open already, or that is no timestamp.
            UrdError: That is no name of a list.
            UrdPermissionError: The list is somebody else's.
        """
        full = self._path(path)
        assert self._session is None, f"Tried to begin {full} while running {self._session and self._session.path}"
        self._check_owner(full)
        when = "" if timestamp is None else normal_timestamp(timestamp)
        self._session = Session(full, when, caption or "", update)
        self._calls = Calls()

    def finish(self, path: str, timestamp: Any = None, caption: str | None = None) -> DotDict:
        """End the session: wait for what was submitted in it, and add what was built to its list.

        Returns:
            `new`, `changed` and `is_ghost`; if it changed also `deps`: how many entries became ghosts by that.

        Raises:
            AssertionError: The session is another one, has no jobs, or neither call gave a timestamp.
            UrdConflictError: There is another entry at that timestamp.
            AxtuiError: A submitted job failed, and nobody has asked for its result so far.
        """
        full = self._path(path)
        session = self._session
        assert session is not None, f"Tried to finish {full} with nothing running"
        assert session.path == full, f"Tried to finish {full} while running {session.path}"
        self._calls.check()
        assert self.joblist, f"Tried to finish {full} without building any jobs"
        self._session = None
        when = session.timestamp if timestamp is None else normal_timestamp(timestamp)
        assert when, f"No timestamp specified in begin or finish for {full}"
        entry = session.make_entry(self.joblist, when, caption or session.caption, context.current().jobid)
        return self._lists.add(full, entry, session.update)

    def abort(self) -> None:
        """Forget the session, if there is one."""
        self._session = None

    # -- lists --------------------------------------------------------------------------------------------------

    def get(self, path: str, timestamp: Any) -> UrdResponse:
        """Fetch an entry, and record that what this session builds is made from it.

        Raises:
            AssertionError: No session is open, or it has fetched from this list before.
        """
        session, full = self._session, self._path(path)
        assert session is not None, "Can't record dependency with nothing running"
        assert full not in session.deps, f"Duplicate {full}"
        entry = self._lists.find(full, parse_query(timestamp))
        if entry is not None:
            session.deps[full] = entry.to_dependency()
        found = make_response(full, entry)
        session.latest = found.joblist
        return found

    def latest(self, path: str) -> UrdResponse:
        """Fetch the latest entry, within the horizon; see `get`."""
        return self.get(path, self._latest())

    def first(self, path: str) -> UrdResponse:
        """Fetch the first entry; see `get`."""
        return self.get(path, FIRST)

    def peek(self, path: str, timestamp: Any) -> UrdResponse:
        """Fetch an entry without recording that."""
        full = self._path(path)
        return make_response(full, self._lists.find(full, parse_query(timestamp)))

    def peek_latest(self, path: str) -> UrdResponse:
        """Fetch the latest entry, within the horizon, without recording that."""
        return self.peek(path, self._latest())

    def peek_first(self, path: str) -> UrdResponse:
        """Fetch the first entry without recording that."""
        return self.peek(path, FIRST)

    def since(self, path: str, timestamp: Any) -> builtins.list[str]:
        """Return the timestamps of a list after another one; 0 is before all."""
        return [entry.timestamp for entry in self._lists.since(self._path(path), normal_timestamp(timestamp))]

    def list(self) -> builtins.list[str]:
        """Return every list that has entries, as `user/list`."""
        return self._lists.names()

    def truncate(self, path: str, timestamp: Any) -> DotDict:
        """Take away the entries of a list at a timestamp and after it.

        Returns:
            `count`: how many; `deps`: how many others were made from them and became ghosts.

        Raises:
            UrdPermissionError: The list is somebody else's.
        """
        full = self._path(path)
        self._check_owner(full)
        return self._lists.truncate(full, normal_timestamp(timestamp))

    def _how(
        self, name: str | None, caption: str | None, force_build: bool, workdir: str | None, concurrency: int | None
    ) -> dict[str, Any]:
        """Return what a request says besides its parameters."""
        is_count = concurrency is None or (isinstance(concurrency, int) and concurrency >= 1)
        assert is_count, f"concurrency is {concurrency!r}, wanted a number of processes, at least 1"
        return {
            "name": name or "",
            "caption": caption or "",
            "force": force_build or FORCE_BUILD in self.flags,
            "workdir": workdir or self.workdir or self.default_workdir or "",
            "concurrency": concurrency,
            "why": "missing" if WHY_BUILD in self.flags else "",
        }

    def _add(self, called: NamedJob | Handle) -> None:
        self._calls.add(called)
        self._all_calls.add(called)

    def _path(self, path: str) -> str:
        full = path if "/" in path else f"{self._user}/{path}"
        split_list(full)
        return full

    def _check_owner(self, path: str) -> None:
        owner, _ = split_list(path)
        if owner != self._user:
            raise UrdPermissionError(f"{path} is a list of {owner}; you are {self._user}, by $URD_AUTH or $USER")

    def _latest(self) -> str:
        return f"<={self.horizon}" if self.horizon else LATEST


def _stop_at_misses(answer: Message) -> None:
    """End the script at the first call that would run a job, where that was asked for."""
    if "misses" in answer:
        print(format_near_misses(answer), flush=True)  # noqa: T201
        raise context.ScriptStopped({"status": 0})
