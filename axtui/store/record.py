"""Reading a job back from its directory. Whatever lies there, reading gives a record and never an exception.

`setup.json` (written before the job runs, never changed):
    version, jobid, method, package, module, script (of build jobs), caption, name, parent, is_build, starttime,
    slices, seed, scheme (how hash, declared, key and the digests of sources were counted, see `SCHEME`), hash (code
    digest), declared {option: digest of its declaration}, key, parameters (digest of method and options), options
    (typed values), datasets, jobs, concurrency (how many analysis processes at once, 0 for all), limits {memory: bytes,
    seconds}, attempt [this one, of how many] (where it is tried again when it fails), input_files {option: [name,
    digest, stamp]}, inputs {reference, or job:file of an option: identity}, packages {name: version} (those that the
    key holds), sources {module or declared file: [where it lies in the job, "" of an empty one; its digest, "" of a
    declared file]}, input_directory, project_directory, versions {axtui, python, packages}, host, user, environment,
    why (sentences), reason (the same as data, see event/why.py), extra [modules, files] (what `depend_extra` named)

`post.json` (the commit record: one JSON line, then the digest of that line):
    version, outcome, setup (digest of setup.json), files {name: [nbytes, sha256]}, registered [name], datasets
    {name: digest} in finish order, subjobs {jobid: built}, links, output (the output digest), observed
    {module: digest}, opened {name: [sha256, nbytes, mtime_ns]} (files read undeclared, see method/opened.py),
    repeatable, notes, starttime, endtime (wall), exectime {prepare, analysis, per_slice, synthesis, total}
    (monotonic), memory {job, children, per_slice} (the most bytes that the job process, any one of its children, and
    each slice had; not in older records), boot; of a build script's run also status (if it returned an int) and
    urd-list (the `user/list/timestamp` where its jobs are listed)
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axtui.base.errors import RecordError
from axtui.base.files import read_limited
from axtui.base.records import Record, digest, parse_record, read_record
from axtui.base.text import is_utf8
from axtui.store import layout
from axtui.store.lock import is_owned

VERSION = 1
SCHEME = 2
"""How sources and requests are counted: in front of every code digest and every key. Whoever has one of them mean
something else raises this; jobs of before stay what they are, see build/renewal.py."""
_POST_NBYTES = 64 << 20
"""A job may have a million files; its commit record lists them all."""
_CRASHED = "its engine died before it was finished"


@dataclass(frozen=True)
class JobRecord:
    """What a job directory says. `state` is "finished", "failed", "running", "crashed", "damaged" or "gone"."""

    jobid: str
    directory: Path
    state: str
    reason: str
    setup: Record
    post: Record
    error: Record

    @property
    def method(self) -> str:
        """The method's name, "" where it cannot be known."""
        return str(self.setup.get("method", ""))


def read_job(directory: Path) -> JobRecord:
    """Read everything a job directory says of itself."""
    jobid = directory.name
    try:
        setup_bytes = read_limited(directory / layout.SETUP, _POST_NBYTES)
        setup = parse_record(setup_bytes)
        _check(setup, _SETUP, _SETUP_MAY_HAVE)
    except FileNotFoundError:
        return _read_without_order(directory, "it has no setup.json")
    except (OSError, RecordError) as error:
        if isinstance(error, RecordError) and not os.path.lexists(f"{directory}/{layout.POST}"):
            return _read_without_order(directory, f"{_CRASHED}; setup.json: {error}")
        return JobRecord(jobid, directory, "damaged", f"setup.json: {error}", {}, {}, {})
    try:
        post = read_post(directory)
    except FileNotFoundError:
        return _read_unfinished(directory, setup)
    except (OSError, RecordError) as error:
        return JobRecord(jobid, directory, "damaged", f"post.json: {error}", setup, {}, {})
    if post["setup"] != digest(setup_bytes):
        return JobRecord(jobid, directory, "damaged", "setup.json is not the one that was committed", setup, post, {})
    return JobRecord(jobid, directory, "finished", "", setup, post, {})


def read_setup(directory: Path) -> Record:
    """Read and check the order of a job.

    Raises:
        OSError: It cannot be read.
        RecordError: The record is damaged.
    """
    setup = parse_record(read_limited(directory / layout.SETUP, _POST_NBYTES))
    _check(setup, _SETUP, _SETUP_MAY_HAVE)
    return setup


def read_post(directory: Path) -> Record:
    """Read and check a commit record.

    Raises:
        FileNotFoundError: The job is not finished.
        RecordError: The record is damaged.
    """
    data = read_limited(directory / layout.POST, _POST_NBYTES)
    line, newline, rest = data.partition(b"\n")
    if not newline or rest != digest(line).encode("ascii") + b"\n":
        raise RecordError("the digest does not fit the record")
    post = parse_record(line)
    _check(post, _POST, _POST_MAY_HAVE)
    for name, value in post["files"].items():
        if not (isinstance(value, list) and len(value) == 2 and isinstance(value[0], int)):
            raise RecordError(f"the entry of file {name!r} is not a size and a digest")
    for name in post.get("registered", []):
        if not isinstance(name, str) or name not in post["files"]:
            raise RecordError(f"registered has {name!r:.40}, which is no file of the job")
    for stage in ("prepare", "analysis", "synthesis", "total"):
        if not isinstance(post["exectime"].get(stage, 0.0 if stage != "total" else None), (int, float)):
            raise RecordError(f"exectime has no seconds for {stage}")
    return post


def undeclared(post: Record) -> list[str]:
    """Name what a job used without having declared it: modules that were found while it ran, and files."""
    return [*(f"module {name}" for name in post.get("observed", {})), *map(str, post.get("opened", {}))]


def find_damage(directory: Path | str, files: dict[str, Any]) -> str:
    """Return a sentence on the first listed file that is not there with its size, or ""."""
    base = str(directory)
    for name, (nbytes, _) in files.items():
        try:
            found = os.stat(f"{base}/{name}").st_size  # of what it leads to, if it is a link
        except OSError as error:
            return f"{name}: {error.strerror}"
        if found != nbytes:
            return f"{name} has {found} bytes, committed were {nbytes}"
    return ""


def _read_without_order(directory: Path, reason: str) -> JobRecord:
    """Say what became of a job that was never finished, and whose order was not written, or lost in a power cut."""
    state = "gone" if not directory.is_dir() else "running" if is_owned(directory) else "crashed"
    return JobRecord(directory.name, directory, state, reason, {}, {}, {})


def _read_unfinished(directory: Path, setup: Record) -> JobRecord:
    error = _read_error(directory)
    if error:
        return JobRecord(directory.name, directory, "failed", error.get("message", ""), setup, {}, error)
    if is_owned(directory):
        return JobRecord(directory.name, directory, "running", "", setup, {}, {})
    return JobRecord(directory.name, directory, "crashed", _CRASHED, setup, {}, {})


def _read_error(directory: Path) -> Record:
    """Read why a job failed; what is not of the type it must be is left out, for the job has failed in any case."""
    try:
        error = read_record(directory / layout.ERROR)
    except (OSError, RecordError):
        return {}
    return {"message": "", **{key: value for key, value in error.items() if isinstance(value, _ERROR.get(key, object))}}


_Types = dict[str, type | tuple[type, ...]]
_NUMBER = (int, float)
_SETUP: _Types = {"jobid": str, "method": str, "options": dict, "datasets": dict, "jobs": dict, "slices": int}
_SETUP_MAY_HAVE: _Types = {
    "starttime": _NUMBER, "caption": str, "name": str, "why": list, "reason": dict, "sources": dict, "inputs": dict,
    "input_files": dict, "extra": list, "key": str, "hash": str, "parameters": str, "versions": dict, "declared": dict,
    "packages": dict, "concurrency": int, "limits": dict, "attempt": list, "scheme": int,
}  # fmt: skip
_POST: _Types = {"files": dict, "setup": str, "output": str, "datasets": dict, "subjobs": dict, "exectime": dict}
_POST_MAY_HAVE: _Types = {
    "registered": list, "notes": list, "links": list, "observed": dict, "opened": dict, "repeatable": bool,
    "starttime": _NUMBER, "endtime": _NUMBER, "status": int, "urd-list": str, "memory": dict,
}  # fmt: skip
_ERROR: _Types = {
    "message": str,
    "traceback": str,
    "part": str,
    "file": str,
    "line": int,
    "seconds": _NUMBER,
    "notes": list,
    "memory": dict,
}
_LATEST_SECONDS = 1e11


def _check(record: Record, wanted: _Types, may_have: _Types) -> None:
    wrong = [key for key, kind in wanted.items() if not isinstance(record.get(key), kind)]
    wrong += [key for key, kind in may_have.items() if key in record and not isinstance(record[key], kind)]
    if wrong:
        kind = (wanted | may_have)[wrong[0]]
        raise RecordError(f"{wrong[0]} is {record.get(wrong[0])!r:.40}, wanted {_name(kind)}")
    if not 0 <= record.get("starttime", 0) < _LATEST_SECONDS:
        raise RecordError(f"starttime is {record['starttime']!r}, wanted seconds since 1970")
    if wanted is _SETUP and not is_utf8(record["method"] + record.get("key", "")):
        raise RecordError(f"method {record['method']!r:.40} or key is not UTF-8")
    for name, place in record.get("sources", {}).items():
        if not (isinstance(place, list) and len(place) == 2):
            raise RecordError(f"the source of {name!r} is not a path and a digest")

    for name, told in record.get("input_files", {}).items():
        if not (isinstance(told, list) and len(told) == 3):
            raise RecordError(f"the input file of {name!r} is not a name, a digest and a stamp")
    for group in ("datasets", "jobs"):
        for name, value in record[group].items() if wanted is _SETUP else ():
            if not all(
                item is None or isinstance(item, str) for item in (value if isinstance(value, list) else [value])
            ):
                raise RecordError(f"{group} has {name!r} as {value!r:.40}, wanted names of inputs")


def _name(kind: type | tuple[type, ...]) -> str:
    return kind.__name__ if isinstance(kind, type) else "a number"
