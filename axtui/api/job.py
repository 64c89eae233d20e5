"""Jobs as authors see them: a `Job` is its id, a str, with everything that its directory holds."""

from __future__ import annotations

import fnmatch
import os
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from axtui.api import context
from axtui.api.handle import Handle
from axtui.api.links import link
from axtui.api.params import read_output, read_params
from axtui.api.pickles import load_pickle
from axtui.api.status import status
from axtui.base.dotdict import DotDict, dotted
from axtui.base.errors import NoSuchJobError
from axtui.base.files import safe_join
from axtui.base.ids import parse_jobid
from axtui.base.jsontext import json_decode
from axtui.base.values import FileReference, decode_value, encode_file, register_type
from axtui.store import layout
from axtui.store.record import read_post

if TYPE_CHECKING:
    from axtui.api.dataset import Dataset, DatasetList
    from axtui.api.joblist import JobList

_ERROR = object()


class Job(str):
    """The id of a job, with its parameters, files, result, output and datasets.

    Raises:
        NoSuchJobError: It is not a job id.
    """

    def __new__(cls, jobid: str) -> Job:
        known = context.current().jobs.get(jobid) if cls is Job else None
        if known is not None:
            return known
        if not isinstance(jobid, str) or parse_jobid(jobid) is None:
            raise NoSuchJobError(f"{jobid!r} is not a job id; wanted one like dev-42")
        job = super().__new__(cls, jobid)
        if cls is Job:
            context.current().jobs[str(jobid)] = job
        return job

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str(self),)

    @property
    def workdir(self) -> str:
        """The name of its workdir."""
        return str(self).rpartition("-")[0]

    @property
    def number(self) -> int:
        """Its number in the workdir."""
        return int(str(self).rpartition("-")[2])

    @cached_property
    def path(self) -> str:
        """Its directory.

        Raises:
            NoSuchWorkdirError: Its workdir is not configured.
        """
        return str(context.job_directory(self))

    @cached_property
    def params(self) -> DotDict:
        """The request it was built from (setup.json), typed.

        Raises:
            NoSuchJobError: There is no such job, or its record is damaged.
        """
        return read_params(Path(self.path), self)

    @property
    def post(self) -> DotDict:
        """Its commit record.

        Raises:
            FileNotFoundError: It is not finished.
        """
        record = read_post(Path(self.path))
        return DotDict(
            {
                "starttime": record["starttime"],
                "endtime": record["endtime"],
                "exectime": dotted(record["exectime"]),
                "files": record["registered"],
                "subjobs": record["subjobs"],
                "version": record["version"],
            }
        )

    @property
    def method(self) -> str:
        """The method it ran; a job returned by a build call may carry the name given there."""
        return str(self.params.method)

    @property
    def input_directory(self) -> str:
        """Where its input files were looked for."""
        return str(self.params.input_directory)

    @property
    def version(self) -> int:
        """The version of its record."""
        return int(self.params.version)

    @property
    def is_build(self) -> bool:
        """Whether it is the run of a build script."""
        return bool(self.params.get("is_build", False))

    @property
    def parent(self) -> Job:
        """The job or build script that asked for it, or NoJob."""
        return job_or_none(self.params.get("parent"))

    @property
    def build_job(self) -> Job:
        """The nearest build script above it, or NoJob."""
        job = self.parent
        while job and not job.is_build:
            job = job.parent
        return job

    @property
    def datasets(self) -> DatasetList:
        """Its datasets, in the order they were finished."""
        from axtui.api.dataset import Dataset, DatasetList

        try:
            names = read_post(Path(self.path))["datasets"]
        except FileNotFoundError:
            names = {}
        return DatasetList(Dataset(self, name) for name in names)

    def dataset(self, name: str = "default") -> Dataset:
        """Return a dataset of this job.

        Raises:
            NoSuchDatasetError: It has none of this name.
        """
        from axtui.api.dataset import Dataset

        return Dataset(self, name)

    def filename(self, filename: str | Path, sliceno: int | None = None) -> str:
        """Return the path of a file in the job directory; sliced files end in their slice."""
        name = os.fspath(filename)
        return os.path.join(self.path, name if sliceno is None else f"{name}.{sliceno}")

    def open(
        self,
        filename: str | Path,
        mode: str = "r",
        sliceno: int | None = None,
        encoding: str | None = None,
        errors: str | None = None,
    ) -> IO[Any]:
        """Open a file of the job for reading; text is UTF-8 unless said otherwise."""
        assert "r" in mode and "+" not in mode, f"files of {self} can only be read, found mode {mode!r}"
        return _open_read(self.filename(filename, sliceno), mode, encoding, errors)

    def load(
        self,
        filename: str | Path = layout.RESULT,
        sliceno: int | None = None,
        encoding: str = "bytes",
        default: Any = _ERROR,
    ) -> Any:
        """Unpickle a file of the job, its return value unless another is named.

        Raises:
            FileNotFoundError: There is no such file, and no default was given.
        """
        path = self.filename(filename, sliceno)
        try:
            with status(f"Loading {path}"):
                return load_pickle(Path(path), encoding)
        except FileNotFoundError:
            if default is _ERROR:
                raise
            return default

    def json_load(self, filename: str | Path = "result.json", sliceno: int | None = None, default: Any = _ERROR) -> Any:
        """Read a JSON file of the job; objects come as DotDict.

        Raises:
            FileNotFoundError: There is no such file, and no default was given.
        """
        try:
            with _open_read(self.filename(filename, sliceno), "r", None, None) as handle:
                return json_decode(handle.read())
        except FileNotFoundError:
            if default is _ERROR:
                raise
            return default

    def files(self, pattern: str = "*") -> set[str]:
        """Return the registered files that fit a pattern; none while it runs."""
        try:
            names = read_post(Path(self.path))["registered"]
        except FileNotFoundError:
            return set()
        return set(fnmatch.filter(names, pattern))

    def withfile(self, filename: str | Path, sliced: bool = False, extra: Any = None) -> JobWithFile:
        """Return one of its files as a value for an option."""
        return JobWithFile(self, os.fspath(filename), sliced, extra)

    def output(self, what: str | int | None = None) -> str | dict[str | int, str]:
        """Return captured output as text: of everything, of a stage, of a slice, or "parts": a dict of all."""
        parts = read_output(Path(self.path))
        if what == "parts":
            return dict(parts)
        if what is None:
            return "".join(parts.values())
        if what == "analysis":
            return "".join(text for part, text in parts.items() if isinstance(part, int))
        return parts.get(what, "")

    def link_result(
        self,
        filename: str | Path = layout.RESULT,
        linkname: str | None = None,
        header: str | None = None,
        description: str | None = None,
    ) -> None:
        """Make a symlink in the result directory that points to a file of this job. For build scripts.

        Args:
            filename: The file in the job directory.
            linkname: Its name in the result directory, also below folders; one that ends in `/` keeps the file's name.
            header: A heading for people who look at the results.
            description: A text for them.

        Raises:
            UnsafePathError: The file lies outside the job, or the link would lie outside the result directory.
            AssertionError: The job has no such file, or this is no build script.
        """
        if context.is_would_be(self):
            return
        source = str(safe_join(self.path, os.path.relpath(self.filename(filename), self.path)))
        assert os.path.exists(source), f"{self} has no file {os.fspath(filename)!r} to link to"
        here = context.current()
        assert here.is_build, f"link_result({os.fspath(filename)!r}): results are linked by build scripts alone"
        name = link(source, here.result_directory, linkname or os.path.basename(source))
        here.links.append(
            {"job": str(self), "file": os.fspath(filename), "link": name, "header": header, "description": description}
        )

    def link_to_here(self, filename: str | Path = layout.RESULT) -> None:
        """Make a file of this job a file of the current job too, as a symlink."""
        source = self.filename(filename)
        assert os.path.exists(source), f"{self} has no file {os.fspath(filename)!r}"
        here = context.current()
        target = safe_join(here.directory, filename)
        target.parent.mkdir(parents=True, exist_ok=True)
        is_beside = Path(self.path).parent == here.directory.parent
        os.symlink(os.path.relpath(source, target.parent) if is_beside else source, target)
        here.registered[os.fspath(filename)] = False

    def chain(self, length: int = -1, reverse: bool = False, stop_job: Any = None) -> JobList:
        """Follow `jobs.previous` backwards from this job, and return the jobs, oldest first.

        Args:
            length: At most so many; -1 for all.
            reverse: Newest first.
            stop_job: Stop before this job; `{job: name}` means that job's `jobs.name`.
        """
        from axtui.api.joblist import JobList  # made of jobs

        stop = _stop_job(stop_job)
        found = JobList()
        job: Job = self
        while job and job != stop and len(found) != length:
            found.append(job)
            job = job_or_none(job.params.jobs.get("previous"))
        return found if reverse else found[::-1]


class _NoJob(Job):
    """The job that is not there: false, without files or datasets."""

    def __new__(cls) -> _NoJob:
        return str.__new__(cls, "")

    def __reduce__(self) -> Any:
        return "NoJob"

    @property
    def method(self) -> str:
        """No method, so that lists of jobs that hold it can be searched by name."""
        return ""

    @property
    def datasets(self) -> DatasetList:
        from axtui.api.dataset import DatasetList

        return DatasetList()

    def files(self, pattern: str = "*") -> set[str]:
        return set()

    def load(self, filename: Any = None, sliceno: Any = None, encoding: str = "bytes", default: Any = _ERROR) -> Any:
        return self._nothing(filename, default)

    def json_load(self, filename: Any = None, sliceno: Any = None, default: Any = _ERROR) -> Any:
        return self._nothing(filename, default)

    def _nothing(self, filename: Any, default: Any) -> Any:
        if default is not _ERROR:
            return default
        if filename is None:
            return None
        raise NoSuchJobError(f"there is no job to load {filename!r} from")


NoJob = _NoJob()


class JobWithFile(FileReference):
    """A file of a job: `(job, name, sliced, extra)`. A slice number is wanted exactly when it is sliced."""

    __slots__ = ()

    def __new__(cls, job: str | Handle, name: str | Path, sliced: bool = False, extra: Any = None) -> JobWithFile:
        if isinstance(job, Handle):
            return job.withfile(name, sliced, extra)  # type: ignore[return-value]  # it serves as one, as an option
        assert not os.path.isabs(name), f"{os.fspath(name)!r} is absolute, wanted a name in the job directory"
        return super().__new__(cls, Job(job) if job else NoJob, os.fspath(name), sliced, extra)

    def filename(self, sliceno: int | None = None) -> str:
        """Return its path."""
        return self._job(sliceno).filename(self.name, sliceno)

    def load(self, sliceno: int | None = None, encoding: str = "bytes", default: Any = _ERROR) -> Any:
        """Unpickle it."""
        return self._job(sliceno).load(self.name, sliceno, encoding, default)

    def json_load(self, sliceno: int | None = None, default: Any = _ERROR) -> Any:
        """Read it as JSON."""
        return self._job(sliceno).json_load(self.name, sliceno, default)

    def open(
        self, mode: str = "r", sliceno: int | None = None, encoding: str | None = None, errors: str | None = None
    ) -> IO[Any]:
        """Open it for reading."""
        return self._job(sliceno).open(self.name, mode, sliceno, encoding, errors)

    def _job(self, sliceno: int | None) -> Job:
        wanted = "a slice number is wanted" if self.sliced else "it is not sliced"
        assert self.sliced == (sliceno is not None), f"{self.job}/{self.name}: {wanted}, found {sliceno!r}"
        assert isinstance(self.job, Job)
        return self.job


def _decode_file(parts: list[Any]) -> JobWithFile:
    job, name, sliced, extra = parts
    return JobWithFile(job, name, sliced, dotted(decode_value(extra)))


register_type(FileReference, "$file", encode_file, _decode_file)


def job_or_none(jobid: str | None) -> Job:
    """Return the job of an id, NoJob for None and the empty id."""
    return Job(jobid) if jobid else NoJob


def _stop_job(stop: Any) -> str | None:
    if isinstance(stop, dict):
        ((job, name),) = stop.items()
        return Job(job).params.jobs.get(name) if job else None
    return stop or None


def _open_read(path: str, mode: str, encoding: str | None, errors: str | None) -> IO[Any]:
    if "b" not in mode and encoding is None:
        encoding = "utf-8"
    return open(path, mode, encoding=encoding, errors=errors)
