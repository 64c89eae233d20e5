"""Jobs as people name them on a command line.

A name begins with a job id (`dev-42`), the newest finished job of a method in a workdir (`dev-LATEST`), the path of a
job directory, a method for its newest job (`csvimport`; with `!` for its newest one that is still current), or a job of
an urd list (`:LIST:ENTRY`, see urd_spec.py). After that, any number of

    ~ ~N     the job of the same method before it, or N before it       + +N   after it
    < <N     the job with the number before it in its workdir           > >N   after it
    ^ ^N     its `jobs.previous`, else the job of its `datasets.previous`
    .name    the job that its parameter `name` refers to; also `.jobs.name` and `.datasets.name`
"""

from __future__ import annotations

import heapq
import math
import re
from collections.abc import Iterator
from pathlib import Path

from axtui.base.errors import AxtuiError, NoSuchJobError
from axtui.base.ids import format_jobid, parse_jobid, split_dataset
from axtui.build.code import Code, open_code
from axtui.build.renewal import renew_record
from axtui.build.script_options import current_user
from axtui.build.urd_lists import UrdLists
from axtui.build.urd_spec import find_job as find_listed_job
from axtui.build.urd_spec import parse_job
from axtui.project.config import Project
from axtui.store.record import JobRecord, read_job
from axtui.store.urd_file import urd_directory
from axtui.store.workdir import Workdir

_LATEST = re.compile(r"(?P<workdir>.+)-LATEST")
_STEPS = r"(?P<steps>(?:[~+<>^][0-9]{0,9}|\.(?:(?:jobs|datasets)\.)?[^\W\d]\w*)*)"
_LISTED = re.compile(r"(?P<base>:.*:[^~+<>^.]*)" + _STEPS)
_SPEC = re.compile(r"(?P<base>.+?)" + _STEPS)
_STEP = re.compile(r"(?P<sign>[~+<>^])(?P<count>[0-9]{0,9})|\.(?:(?P<group>jobs|datasets)\.)?(?P<name>[^\W\d]\w*)")


def find_job(project: Project, spec: str) -> JobRecord:
    """Return the job that a name means.

    Raises:
        NoSuchJobError: There is none.
        UrdError: An urd list has no such entry.
    """
    return JobFinder(project).find(spec)


def newest_jobs(project: Project, method: str = "") -> Iterator[JobRecord]:
    """Give the jobs of all workdirs, the newest first; those of one method alone where one is named."""
    workdirs = [Workdir(name, path) for name, path in project.workdirs.items() if path.is_dir()]
    for _, record in heapq.merge(*map(_newest, workdirs), key=lambda found: -found[0]):
        if not method or record.method == method:
            yield record


def _newest(workdir: Workdir) -> Iterator[tuple[float, JobRecord]]:
    """Give the jobs of a workdir by falling number, with when they were started or, at the latest, the one after it."""
    latest = math.inf
    for jobid in reversed(workdir.jobids()):
        record = read_job(workdir.path / jobid)
        latest = min(latest, record.setup.get("starttime", latest))
        if record.state != "gone":
            yield latest, record


class JobFinder:
    """Finds the jobs of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def find(self, spec: str) -> JobRecord:
        """Return the job that a name means; see `find_job`."""
        match = _LISTED.fullmatch(spec) or _SPEC.fullmatch(spec)
        if match is None:
            raise self._unknown(spec)
        base, steps = match["base"], [*_STEP.finditer(match["steps"])]
        found = self._find_base(base)
        while found is None and steps and steps[0]["name"]:
            base += steps.pop(0)[0]  # a build script is a method with a dot in its name, and a workdir may have one
            found = self._find_base(base)
        if found is None:
            raise self._unknown(base)
        try:
            for step in steps:
                found = self._follow(found, step)
        except NoSuchJobError as error:
            raise NoSuchJobError(f"{spec!r:.100}: {error}") from None
        return found

    def _unknown(self, spec: str) -> NoSuchJobError:
        return NoSuchJobError(
            f"{spec!r:.100} is no job here: neither an id like {self._project.target}-42 nor a method that ran"
        )

    def _find_base(self, base: str) -> JobRecord | None:
        listed = parse_job(base)
        if listed:
            lists = UrdLists(urd_directory(self._project.root))
            return self._read(find_listed_job(lists, *listed, current_user()))
        if "/" in base:
            return self._find_path(Path(base))
        latest = _LATEST.fullmatch(base)
        if latest and latest["workdir"] in self._project.workdirs:
            return self._find_latest(latest["workdir"])
        parts = parse_jobid(base)
        if parts and parts[0] in self._project.workdirs:
            return self._read(base)
        if base.endswith("!"):
            return self._find_current(base[:-1])
        return next(newest_jobs(self._project, base), None)

    def _read(self, jobid: str) -> JobRecord:
        parts = parse_jobid(jobid)
        if parts is None or parts[0] not in self._project.workdirs:
            there = ", ".join(self._project.workdirs)
            raise NoSuchJobError(f"{jobid!r:.100} is of no workdir of this project; it has {there}")
        workdir = self._project.workdirs[parts[0]]
        record = read_job(workdir / jobid)
        if record.state == "gone":
            raise NoSuchJobError(f"there is no job {jobid} in {workdir}")
        return record

    def _find_path(self, path: Path) -> JobRecord:
        directory = path.resolve()
        for workdir in self._project.workdirs.values():
            if directory.parent == workdir.resolve() and parse_jobid(directory.name):
                return self._read(directory.name)
        there = ", ".join(map(str, self._project.workdirs.values()))
        raise NoSuchJobError(f"{path} is no job directory of this project; its workdirs are {there}")

    def _find_latest(self, name: str) -> JobRecord:
        path = self._project.workdirs[name]
        for _, record in _newest(Workdir(name, path)) if path.is_dir() else ():
            if record.state == "finished" and not record.setup.get("is_build"):
                return record
        raise NoSuchJobError(f"workdir {name} has no finished job of a method")

    def _find_current(self, method: str) -> JobRecord:
        code = open_code(self._project)
        code.rescan()
        for record in newest_jobs(self._project, method):
            if record.state == "finished" and is_of_present_source(code, record):
                return record
        raise NoSuchJobError(f"no finished job of {method!r:.100} is of its present source")

    def _follow(self, record: JobRecord, step: re.Match[str]) -> JobRecord:
        count = int(step["count"] or 1) if step["sign"] else 1
        match step["sign"]:
            case "~" | "+":
                return self._step_method(record, count if step["sign"] == "~" else -count)
            case "<" | ">":
                return self._step_number(record, -count if step["sign"] == "<" else count)
            case "^":
                for _ in range(count):
                    record = self._follow_parameter(record, "", "previous")
                return record
        return self._follow_parameter(record, step["group"] or "", step["name"])

    def _step_method(self, record: JobRecord, back: int) -> JobRecord:
        """Go to an earlier job of the same method, or with a negative number to a later one."""
        jobs = [] if back == 0 else [*self._until(record, back)]
        place = next((index for index, each in enumerate(jobs) if each.jobid == record.jobid), 0)
        if back and not 0 <= place + back < len(jobs):
            side = "before" if back > 0 else "after"
            raise NoSuchJobError(f"{record.method} has no {abs(back)} jobs {side} {record.jobid}")
        return jobs[place + back] if back else record

    def _until(self, record: JobRecord, back: int) -> Iterator[JobRecord]:
        """Give the jobs of a method from the newest to as many before one as are wanted."""
        left = None
        for each in newest_jobs(self._project, record.method):
            yield each
            left = max(back, 0) if each.jobid == record.jobid else left and left - 1
            if left == 0:
                return

    def _step_number(self, record: JobRecord, forward: int) -> JobRecord:
        name, number = parse_jobid(record.jobid) or ("", 0)
        return self._read(format_jobid(name, max(number + forward, 0)))

    def _follow_parameter(self, record: JobRecord, group: str, name: str) -> JobRecord:
        groups = {each: record.setup.get(each, {}) for each in ((group,) if group else ("jobs", "datasets"))}
        value = next((found[name] for found in groups.values() if found.get(name)), None)
        if isinstance(value, list):
            value = next((item for item in reversed(value) if item), None)
        if value is None:
            there = ", ".join(f"{each}.{key}" for each, found in groups.items() for key in found) or "none"
            raise NoSuchJobError(f"{record.jobid} has no {group or 'job or dataset'} {name!r} set; it has {there}")
        return self._read(split_dataset(value)[0])


def is_of_present_source(code: Code, record: JobRecord) -> bool:
    """Tell whether a job's source is what its method is made of now."""
    setup = renew_record(record).setup
    try:
        made = (setup.get("hash", ""), setup.get("declared", {}), setup.get("packages", {}))
        return code.is_made_so(record.method, *made, setup.get("extra") or [[], []])
    except (AxtuiError, TypeError, ValueError):
        return False
