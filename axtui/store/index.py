"""The index of a workdir: what reuse needs of every finished job, by id and by key. A cache; the directories are true.

It lies in the user's cache directory as a sqlite3 file. When it cannot be read, is of another version or was cut
short, it is thrown away and made anew. One engine a project writes it; a workdir that several projects share has one
index for each of them.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from axtui.base.errors import RecordError
from axtui.base.ids import parse_jobid
from axtui.base.records import digest, digest_of
from axtui.store import layout
from axtui.store.record import SCHEME, JobRecord, find_damage, read_job
from axtui.store.workdir import CommitList, Workdir

_SCHEMA = 4 << 16 | SCHEME
"""Version of the cache, which has everything as it is counted today."""
_DAMAGED = (sqlite3.Error, OSError, ValueError)
"""What a damaged cache file may raise; text in it that is no UTF-8 is a ValueError."""
_DIGEST_LETTERS = 16
_MEMORY = Path(":memory:")
"""What sqlite3 takes for a database that lies nowhere."""
_TABLES = """
CREATE TABLE IF NOT EXISTS jobs (number INTEGER PRIMARY KEY, state TEXT, method TEXT, key TEXT, options TEXT,
    data TEXT);
CREATE INDEX IF NOT EXISTS by_key ON jobs (key);
CREATE INDEX IF NOT EXISTS by_method ON jobs (method, number);
CREATE INDEX IF NOT EXISTS by_options ON jobs (method, options);
"""


@dataclass(frozen=True)
class Finished:
    """What deciding about reuse needs to know of a finished job; see store/record.py for the fields."""

    jobid: str
    method: str
    key: str
    code: str
    parameters: str
    output: str
    inputs: dict[str, str]
    files: dict[str, Any]
    subjobs: tuple[str, ...]
    observed: dict[str, str]
    repeatable: bool
    seconds: float
    datasets: tuple[str, ...]
    extra: list[Any]
    """What `depend_extra` named: modules, and files."""
    declared: dict[str, str]
    """The digest of each option's declaration."""
    options: tuple[str, ...]
    """The names of its options, sorted."""
    packages: dict[str, str]
    """The versions that are part of the key."""
    opened: dict[str, Any]
    """Files that it read without having declared them: digest, size and mtime by name, see store/record.py."""
    stamp: list[int]
    """Inode, size and mtime of the commit record: where they differ, another job has this id by now."""

    @cached_property
    def identity(self) -> str:
        """What this job is as an input of others: the digest of method and parameters, and of what came out."""
        return digest_of([self.method, self.parameters, self.output])


_FIELDS = tuple(field.name for field in fields(Finished))
Renew = Callable[[JobRecord], JobRecord]
"""Gives a finished job's record as it would be written today."""


def summarise(record: JobRecord, stamp: list[int]) -> Finished:
    """Take what reuse needs out of a finished job's record.

    Raises:
        RecordError: A field is of another type than it must be.
    """
    try:
        return _summarise(record, stamp)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise RecordError(f"a field is not what it must be: {error}") from None


def _summarise(record: JobRecord, stamp: list[int]) -> Finished:
    setup, post = record.setup, record.post
    modules, files = setup.get("extra") or ([], [])
    return Finished(
        jobid=record.jobid,
        method=record.method,
        key=str(setup.get("key", "")),
        code=str(setup.get("hash", "")),
        parameters=str(setup.get("parameters", "")),
        output=post["output"],
        inputs={name: str(identity) for name, identity in dict(setup.get("inputs", {})).items()},
        files=post["files"],
        subjobs=tuple(post["subjobs"]),
        observed={name: str(found) for name, found in dict(post.get("observed", {})).items()},
        repeatable=bool(post.get("repeatable", True)) and not setup.get("is_build", False),
        seconds=float(post["exectime"].get("total", 0.0)),
        datasets=tuple(post["datasets"]),
        extra=[_texts(modules), _texts(files)],
        declared={name: str(found) for name, found in dict(setup.get("declared", {})).items()},
        options=tuple(sorted(setup["options"])),
        packages={name: str(version) for name, version in dict(setup.get("packages", {})).items()},
        opened={name: _told(*told) for name, told in dict(post.get("opened", {})).items()},
        stamp=stamp,
    )


def _uses(job: Finished) -> set[str]:
    """Return the jobs that a job was made from, and asked for; what a script asked for is not repeatable."""
    return {*map(_job_of, job.inputs), *(job.subjobs if job.repeatable else ())}


def _job_of(reference: str) -> str:
    """Return the job of an input: of a job, a dataset of it, or a file of it."""
    return reference.partition(":")[0].partition("/")[0]


def _texts(values: Any) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        raise TypeError(f"{values!r:.40}, wanted a list of names")
    return values


def _told(digest: str, nbytes: int, mtime_ns: int) -> list[Any]:
    return [str(digest), int(nbytes), int(mtime_ns)]


def default_path(workdir: Workdir, root: Path) -> Path:
    """Return where a project's index of a workdir lies."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    name = digest(f"{workdir.path}\n{root}".encode("utf-8", "surrogateescape"))[:24]
    return cache / "axtui" / "index" / f"{name}.sqlite"


def in_memory(workdir: Workdir, root: Path) -> Path:
    """Return where an index lies that no other process sees, and that is empty at first."""
    return _MEMORY


class Index:
    """The finished jobs of one workdir."""

    def __init__(self, workdir: Workdir, path: Path, renew: Renew = lambda record: record) -> None:
        self.workdir = workdir
        self._renew = renew
        self._directory = str(workdir.path)
        self._path = path
        self._commits = CommitList(workdir)
        self._known: dict[str, Finished] = {}
        self._by_key: dict[str, list[Any]] = {}
        """The numbers of the jobs of each key that was asked for, as the cache gave them."""
        self._option_sets: dict[str, set[frozenset[str]]] = {}
        """The sets of option names of each method that was asked for."""
        self._database = self._open()
        self.highest = -1
        """The highest job number that was ever seen."""

    def refresh(self) -> None:
        """Bring the index up to what lies in the workdir, by name."""
        names = {parsed[1]: jobid for jobid in self.workdir.jobids() if (parsed := parse_jobid(jobid))}
        for number in names:
            self._count(number)
        indexed = {number for (number,) in self._rows("SELECT number FROM jobs WHERE data IS NOT NULL")}
        for number in indexed - names.keys():
            self._forget(number)
        for number in sorted(names.keys() - indexed):
            self.add(names[number])
        self._commit()

    def read_commits(self) -> None:
        """Take in what other engines committed since the last call."""
        for jobid in self._commits.read_new():
            if jobid not in self._known:
                self.add(jobid)

    def add(self, jobid: str) -> JobRecord:
        """Read a job from its directory into the index."""
        stamp = self._stamp(jobid)
        record = read_job(self.workdir.path / jobid)
        parsed = parse_jobid(jobid)
        if parsed and record.state in ("finished", "failed", "damaged"):
            finished = None
            try:
                finished = summarise(self._renew(record), stamp) if record.state == "finished" else None
            except RecordError as error:
                record = replace(record, state="damaged", reason=str(error))
            self._insert(parsed[1], record, finished)
        if parsed and record.state != "gone":
            self._count(parsed[1])
        return record

    def _count(self, number: int) -> None:
        """Take a number into account for those that come after it, unless it is of something that is not from here."""
        if number > self.highest and self.workdir.is_in_line(number, self.highest):
            self.highest = number

    def get(self, jobid: str) -> Finished | None:
        """Return a finished job, or None where there is none of this id."""
        known = self._known.get(jobid) or self._read(jobid)
        if known is None or self._stamp(jobid) not in ([], known.stamp):
            self.drop(jobid)
            self.add(jobid)
            return self._known.get(jobid)
        self._known[jobid] = known
        return known

    def _read(self, jobid: str) -> Finished | None:
        """Return a job as the cache has it, None where it has not or what it has is damaged."""
        parsed = parse_jobid(jobid)
        number = parsed[1] if parsed else -1
        rows = self._rows("SELECT data FROM jobs WHERE number = ? AND data != ''", number)
        return _parse(str(rows[0][0])) if rows else None

    def find(self, key: str) -> Iterable[Finished]:
        """Give the finished jobs of a key, newest first."""
        if key not in self._by_key:
            self._by_key[key] = self._rows("SELECT number FROM jobs WHERE key = ? ORDER BY number DESC", key)
        for (number,) in self._by_key[key]:
            found = self.get(f"{self.workdir.name}-{number}")
            if found is not None and found.key == key:
                yield found

    def option_sets(self, method: str) -> set[frozenset[str]]:
        """Return the sets of option names that finished jobs of a method were built with; some may be gone by now."""
        if method not in self._option_sets:
            rows = self._rows("SELECT DISTINCT options FROM jobs WHERE method = ? AND options != ''", method)
            self._option_sets[method] = {frozenset(json.loads(text)) for (text,) in rows}
        return self._option_sets[method]

    def latest(self, method: str, most: int = 1) -> list[Finished]:
        """Return the newest finished jobs of a method."""
        query = "SELECT number FROM jobs WHERE method = ? AND state = 'finished' ORDER BY number DESC LIMIT ?"
        found = (self.get(f"{self.workdir.name}-{number}") for (number,) in self._rows(query, method, most))
        return [each for each in found if each is not None]

    def users(self, jobid: str) -> list[str]:
        """Return the finished jobs that name a job as an input or as a subjob, the oldest first; no runs of scripts."""
        query = "SELECT data FROM jobs WHERE instr(data, ?) ORDER BY number"
        jobs = (_parse(str(data)) for (data,) in self._rows(query, jobid))
        return [job.jobid for job in jobs if job and jobid in _uses(job)]

    def find_damage(self, job: Finished) -> str:
        """Say what is wrong with the files of a finished job, or ""."""
        directory = f"{self._directory}/{job.jobid}"
        if not os.path.exists(f"{directory}/{layout.POST}"):
            return "post.json is gone"
        return find_damage(directory, job.files)

    def drop(self, jobid: str) -> None:
        """Forget a job that is no longer fit for use."""
        if parsed := parse_jobid(jobid):
            self._forget(parsed[1])

    def close(self) -> None:
        """Write what is pending and close."""
        with suppress(sqlite3.Error):
            self._database.commit()
        self._database.close()

    def _stamp(self, jobid: str) -> list[int]:
        """Return inode, size and mtime of a commit record; nothing where there is none."""
        try:
            info = os.stat(f"{self._directory}/{jobid}/{layout.POST}")
        except OSError:
            return []
        return [info.st_ino, info.st_size, info.st_mtime_ns]

    def _rows(self, query: str, *values: object) -> list[Any]:
        """Ask the cache; one that cannot answer is replaced."""
        try:
            return self._database.execute(query, values).fetchall()
        except _DAMAGED:
            self._start_again()
            return self._database.execute(query, values).fetchall()

    def _commit(self) -> None:
        try:
            self._database.commit()
        except _DAMAGED:
            self._start_again()

    def _start_again(self) -> None:
        """Throw the cache away, and take every job from its directory into memory; the next engine writes a new one."""
        with suppress(sqlite3.Error):
            self._database.close()
        with suppress(OSError):
            self._path.unlink()
        self._known.clear()
        self._by_key.clear()
        self._option_sets.clear()
        self._database = _connect(":memory:")
        for jobid in self.workdir.jobids():
            self.add(jobid)

    def _forget(self, number: int) -> None:
        self._by_key.clear()
        self._known.pop(f"{self.workdir.name}-{number}", None)
        self._rows("DELETE FROM jobs WHERE number = ?", number)

    def _insert(self, number: int, record: JobRecord, finished: Finished | None) -> None:
        data = _format({name: getattr(finished, name) for name in _FIELDS}) if finished else ""
        key = finished.key if finished and finished.repeatable else ""
        options = json.dumps(finished.options) if finished and key else ""
        row = (number, record.state, record.method, key, options, data)
        self._rows("INSERT OR REPLACE INTO jobs VALUES (?, ?, ?, ?, ?, ?)", *row)
        self._by_key.pop(key, None)
        if key and finished and record.method in self._option_sets:
            self._option_sets[record.method].add(frozenset(finished.options))
        if finished:
            self._known[record.jobid] = finished

    def _open(self) -> sqlite3.Connection:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            return _connect(str(self._path))
        except _DAMAGED:
            with suppress(OSError):
                self._path.unlink()
        try:
            return _connect(str(self._path))
        except _DAMAGED:
            return _connect(":memory:")


def _connect(path: str) -> sqlite3.Connection:
    database = sqlite3.connect(path)
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version not in (0, _SCHEMA) or database.execute("PRAGMA quick_check").fetchone()[0] != "ok":
        database.close()
        raise sqlite3.DatabaseError("of another version")
    database.execute("PRAGMA synchronous = OFF")
    database.executescript(_TABLES + f"PRAGMA user_version = {_SCHEMA};")
    return database


def _format(values: dict[str, Any]) -> str:
    text = json.dumps(values)
    return digest(text.encode("ascii"))[:_DIGEST_LETTERS] + text


def _parse(data: str) -> Finished | None:
    """Read a row; None where the digest in front does not fit it."""
    text = data[_DIGEST_LETTERS:]
    if digest(text.encode("utf-8", "replace"))[:_DIGEST_LETTERS] != data[:_DIGEST_LETTERS]:
        return None
    values = json.loads(text)
    return Finished(**{**values, **{name: tuple(values[name]) for name in ("subjobs", "datasets", "options")}})
