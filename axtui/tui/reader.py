"""The one file of the screen that opens files: journal, records, progress, stored sources, lists of files.

Everything that is read may be hostile or half written: it is bounded, nothing raises, and text comes out through
`base.text.safe`. Output files, which are followed, are read by `tui/tail.py`'s `Tail`, which this file gives out.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from axtui.base.errors import NoSuchJobError, RecordError, UnsafePathError
from axtui.base.files import atomic_write, read_limited, safe_join
from axtui.base.ids import parse_jobid
from axtui.base.records import read_record
from axtui.base.text import safe
from axtui.event.build_index import BuildIndex
from axtui.event.events import BuildFinished, Entry
from axtui.event.journal import find_segments, parse_lines, read_journal
from axtui.event.reasons import Reason, grow, tells_of
from axtui.event.why import Why, recorded_why
from axtui.method.packages import changed_versions
from axtui.project.config import Project
from axtui.store import layout
from axtui.store.output_times import read_output_times
from axtui.store.progress import Progress, read_progress
from axtui.store.record import JobRecord, read_job
from axtui.tui.tail import Tail
from axtui.tui.versions import JobVersions, fold_versions

_SOURCE_NBYTES = 2 << 20
_ENTRIES_MOST = 1000
_PREVIEW_LINES = 40
_REASONS_DEEP = 2
_BUILDS = 3
_LINE_NBYTES = 1 << 16
_SHORT_SECONDS = 2.0
"""The times of the lines of a job that took no longer need not be noted: they are that of its output files."""
_STANDING = (b"MethodBroken", b"MethodRepaired", b"WatchingChanged")
_BEGIN, _END = b'"BuildStarted"', b'"BuildFinished"'
_OURS = Path(__file__).resolve().parents[1]
_OBSERVED = "observed/"
"""Where a job stores modules of the project whose import could not be foreseen; see store/layout.py."""


@dataclass(frozen=True)
class Listed:
    """A file of a job: its name, made safe, its size in bytes, and where it lies."""

    name: str
    nbytes: int
    path: Path = Path()


class Reader:
    """Reads what belongs to one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._labels: dict[str, str] = {}
        self._built: dict[str, float] = {}
        self._nbytes: dict[str, int] = {}

    def last_entries(self) -> Iterator[Entry]:
        """Give what the journal says of the last build; of a few more where that one did not finish well.

        No more is parsed than that, and each entry when it is asked for, because the first frame waits for it. What was
        said before of methods and of watching comes first.
        """
        data = b""
        for segment in reversed(find_segments(self._project.journal)):
            try:
                data = segment.read_bytes() + data
            except OSError:
                break
            start = _find_start(data, 1)
            if start >= 0 and not _finished_well(data[start:]):
                start = _find_start(data, _BUILDS)
            if start >= 0:
                return itertools.chain(_find_standing(data[:start]), parse_lines(data[start:]))
        return parse_lines(data)

    def build_index(self) -> BuildIndex:
        """Return where each build lies in the journal."""
        return BuildIndex(self._project.journal)

    def directory(self, jobid: str) -> Path | None:
        """Return where a job lies, or None where the id is none or its workdir is not configured."""
        parts = parse_jobid(jobid)
        workdir = self._project.workdirs.get(parts[0]) if parts else None
        return workdir / jobid if workdir else None

    def job(self, jobid: str) -> JobRecord | None:
        """Return what a job directory says of itself."""
        directory = self.directory(jobid)
        return read_job(directory) if directory else None

    def wanted_job(self, jobid: str) -> JobRecord:
        """Return what a job directory says of itself.

        Raises:
            NoSuchJobError: The id is none, or of no workdir here.
        """
        record = self.job(jobid)
        if record is None:
            raise NoSuchJobError(f"{jobid} is of no workdir that is configured here")
        return record

    def reason(self, record: JobRecord | None) -> Reason | None:
        """Return why a job was built, with why its own inputs were; None where its record does not say so as data."""
        why = recorded_why(record.setup) if record else None
        return grow(record.jobid, why, self._why_instead, _REASONS_DEEP) if record and why else None

    def _why_instead(self, before: str, now: str) -> Why | None:
        record = self.job(now)
        why = recorded_why(record.setup) if record else None
        return why if tells_of(why, before) else None

    def label(self, jobid: str) -> str:
        """Return what tells a job from others of its method: the names of its input files. Read once a job."""
        directory = self.directory(jobid)
        if jobid not in self._labels and directory is not None:
            try:
                files = read_record(directory / layout.SETUP).get("input_files")
            except (OSError, RecordError):
                return ""
            names = [str(value[0]) for value in files.values() if value] if isinstance(files, dict) else []
            self._labels[jobid] = safe(", ".join(names))
        return self._labels.get(jobid, "")

    def progress(self, jobid: str) -> list[Progress]:
        """Return the progress records of a job: its slices, then the job process."""
        directory = self.directory(jobid)
        return read_progress(directory / layout.PROGRESS) if directory else []

    def tail(self, jobid: str) -> Tail:
        """Return the output of a job, to be followed."""
        directory = self.directory(jobid)
        if directory is None:
            return Tail(None)
        return Tail(directory / layout.OUTPUT, read_output_times(directory), _is_short(directory))

    def sources(self, jobid: str) -> list[str]:
        """Return the names of the source files that a job stored."""
        directory = self.directory(jobid)
        if directory is None:
            return []
        base = directory / layout.METHOD
        return sorted(os.path.relpath(path, base) for path, _ in _walk(base))[:_ENTRIES_MOST]

    def source(self, jobid: str, name: str) -> list[str]:
        """Return the lines of a stored source."""
        directory = self.directory(jobid)
        return _read_lines(directory / layout.METHOD, name) if directory else []

    def disk_path(self, name: str) -> Path | None:
        """Return where a stored source lies in the project, absolute; None where it is not, or not in the project.

        A source of axtui's own methods lies in axtui.
        """
        root = _OURS.parent if self.is_ours(name) else self._project.root
        path = Path(name.removeprefix(_OBSERVED))
        if path.is_absolute() and not path.is_relative_to(root):
            return None
        try:
            found = safe_join(root, str(path.relative_to(root) if path.is_absolute() else path))
            return found if found.is_file() else None
        except (OSError, UnsafePathError):
            return None

    def is_ours(self, name: str) -> bool:
        """Tell whether a stored source is of axtui's own methods."""
        return name.startswith(f"{_OURS.name}/")

    def disk_source(self, name: str) -> list[str]:
        """Return the lines of a file as it lies in the project now."""
        path = self.disk_path(name)
        return _read_lines(path.parent, path.name) if path else []

    def disk_stamp(self, name: str) -> tuple[int, ...]:
        """Return what changes when the file in the project is saved; nothing where there is none."""
        path = self.disk_path(name)
        try:
            found = path.stat() if path else None
        except OSError:
            return ()
        return (found.st_ino, found.st_size, found.st_mtime_ns) if found else ()

    def files(self, jobid: str) -> list[Listed]:
        """Return the method's own files of a job, by name."""
        directory = self.directory(jobid)
        if directory is None:
            return []
        found = []
        for path, nbytes in _walk(directory, layout.RESERVED | {layout.RESULT, layout.POST}):
            name = os.path.relpath(path, directory)
            if not name.startswith(".") and not name.endswith(".tmp"):
                found.append(Listed(safe(name), nbytes, Path(path)))
        return sorted(found, key=lambda file: file.name)

    def file_lines(self, path: Path) -> Iterator[bytes]:
        """Give a file of a job for a pager, line by line, fit for a terminal."""
        try:
            with open(path, "rb") as handle:
                while line := handle.readline(_LINE_NBYTES):
                    yield safe(line.decode("utf-8", "replace").rstrip("\r\n")).encode() + b"\n"
        except OSError as error:
            yield safe(f"cannot be read: {error}").encode()

    def versions_now(self, job: str) -> dict[str, str]:
        """Return the versions of today, "" for what is gone, where they are others than a job ran with.

        It may look at every package that is installed, the first time.
        """
        record = self.job(job)
        versions = record.setup.get("versions") if record else None
        return {name: now for name, _, now in changed_versions(versions)} if isinstance(versions, dict) else {}

    def versions(self) -> JobVersions:
        """Return which jobs stood in the same place of a build script, from the whole journal; takes a while."""
        return fold_versions(read_journal(self._project.journal))

    def memory(self, process: Progress) -> tuple[int, int]:
        """Return how many bytes of memory a running process of a job has, and had at most; 0 where it is not known.

        Its number may be another process's by now; those of an engine of this project carry that in their environment.
        """
        if process.state != "running":
            return 0, 0
        place = Path(f"/proc/{process.pid}")
        try:
            if b"AXTUI_PROJECT=" + os.fsencode(self._project.root) not in (place / "environ").read_bytes().split(b"\0"):
                return 0, 0
            text = (place / "status").read_text("ascii", "replace")
        except OSError:
            return 0, 0
        found = dict(line.split(":", 1) for line in text.splitlines() if line.startswith(("VmRSS:", "VmHWM:")))
        now, most = (int(found.get(name, "0 kB").split()[0]) << 10 for name in ("VmRSS", "VmHWM"))
        return now, most

    def preview(self, jobid: str) -> list[str]:
        """Return the first lines of what a job returned, as text."""
        directory = self.directory(jobid)
        return _read_lines(directory, layout.PREVIEW)[:_PREVIEW_LINES] if directory else []

    def built_at(self, jobid: str) -> float:
        """Return the wall time at which a job was committed; 0.0 where it was not, or is gone."""
        if jobid not in self._built:
            directory = self.directory(jobid)
            try:
                self._built[jobid] = os.stat(directory / layout.POST).st_mtime if directory else 0.0
            except OSError:
                return 0.0
        return self._built[jobid]

    def nbytes(self, jobid: str) -> int:
        """Return how many bytes lie in a job's directory."""
        if jobid not in self._nbytes:
            directory = self.directory(jobid)
            self._nbytes[jobid] = sum(nbytes for _, nbytes in _walk(directory)) if directory else 0
        return self._nbytes[jobid]

    @property
    def slots(self) -> int:
        """How many jobs run side by side at most."""
        return self._project.parallel_jobs

    def export(self, name: str, data: bytes) -> Path:
        """Write what a user wants to keep into `exports` of the project's private directory, and return where.

        Raises:
            OSError: It cannot be written.
        """
        path = self._project.private / "exports" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_write(path, data)
        return path

    def project_name(self) -> str:
        """Return the project's directory for people, with `~` for the home."""
        root = str(self._project.root)
        home = os.path.expanduser("~")
        return safe("~" + root[len(home) :] if root.startswith(home + "/") else root)


def _is_short(directory: Path) -> bool:
    """Tell whether a job came to its end within a moment after it was asked for, by when its records were written."""
    began, *ended = (_modified(directory / name) for name in (layout.SETUP, layout.POST, layout.ERROR))
    return bool(began) and 0 < max(ended) < began + _SHORT_SECONDS


def _modified(path: Path) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0


def _find_start(data: bytes, builds: int) -> int:
    """Return where the line of the last but `builds` - 1 BuildStarted begins, or -1."""
    at = len(data)
    for _ in range(builds):
        at = data.rfind(_BEGIN, 0, at)
        if at < 0:
            return -1
    return data.rfind(b"\n", 0, at) + 1


def _finished_well(data: bytes) -> bool:
    """Tell whether a build in these lines came to its end."""
    entries = parse_lines(b"".join(_lines_with(data, _END)))
    return any(isinstance(entry.event, BuildFinished) and entry.event.outcome == "finished" for entry in entries)


def _find_standing(data: bytes) -> list[Entry]:
    """Return the entries on methods and watching, which stand until another says otherwise."""
    found = [line for name in _STANDING for line in _lines_with(data, b'"%s"' % name)]
    return sorted(parse_lines(b"".join(found)), key=lambda entry: entry.seq)


def _lines_with(data: bytes, text: bytes) -> Iterator[bytes]:
    at = data.find(text)
    while at >= 0:
        end = data.find(b"\n", at) + 1 or len(data)
        yield data[data.rfind(b"\n", 0, at) + 1 : end]
        at = data.find(text, end)


def _read_lines(base: Path, name: str) -> list[str]:
    try:
        data = read_limited(safe_join(base, name), _SOURCE_NBYTES)
    except (OSError, RecordError, UnsafePathError) as error:
        return [safe(f"cannot be shown: {error}")] if not isinstance(error, FileNotFoundError) else []
    text = data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")
    return [safe(line) for line in text.split("\n")[: -1 if text.endswith("\n") else None]]


def _walk(base: Path, leave: frozenset[str] = frozenset(), depth: int = 8) -> Iterator[tuple[str, int]]:
    """Give regular files below a directory with their sizes, never following a link."""
    try:
        entries = sorted(os.scandir(base), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries[:_ENTRIES_MOST]:
        if entry.name in leave:
            continue
        if entry.is_dir(follow_symlinks=False) and depth:
            yield from _walk(Path(entry.path), depth=depth - 1)
        elif entry.is_file(follow_symlinks=False):
            yield entry.path, entry.stat(follow_symlinks=False).st_size
