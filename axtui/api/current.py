"""The running job as its own code sees it: saving, writing files and datasets, finishing early."""

from __future__ import annotations

import glob
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn, cast

from axtui.api import context
from axtui.api.job import Job, JobWithFile
from axtui.api.pickles import dump_pickle, load_pickle, preview
from axtui.api.status import status
from axtui.base.errors import UnsafePathError
from axtui.base.files import atomic_open, safe_join
from axtui.base.jsontext import json_decode, json_encode
from axtui.store import layout

if TYPE_CHECKING:
    from axtui.api.writer import DatasetWriter


class FinishEarly(BaseException):
    """Raised by `finish_early`; not an error, and not to be caught by `except Exception`."""

    def __init__(self, result: Any) -> None:
        super().__init__("the job finished early")
        self.result = result


class CurrentJob(Job):
    """The job that runs in this process."""

    @property
    def path(self) -> str:
        """Its directory."""
        return str(context.current().directory)

    def save(
        self,
        obj: Any,
        filename: str | Path = layout.RESULT,
        sliceno: int | None = None,
        temp: bool | None = None,
        background: bool = False,
    ) -> SavedFile:
        """Pickle a value to a file of this job.

        Args:
            obj: The value.
            filename: The name in the job directory.
            sliceno: Add the slice to the name.
            temp: The file is deleted when the job ends.
            background: Save in another process, which the stage waits for before it ends.

        Raises:
            TypeError: Something in it cannot be pickled; the message says where in the value.
        """
        saved = SavedFile(self, filename, sliceno, _load_pickled)
        _save(saved, temp, background, lambda handle: dump_pickle(obj, handle))
        if saved.name == layout.RESULT:
            with open(os.path.join(self.path, layout.PREVIEW), "wb") as handle:
                handle.write(preview(obj, layout.PREVIEW_NBYTES))
        return saved

    def json_save(
        self,
        obj: Any,
        filename: str | Path = "result.json",
        sliceno: int | None = None,
        sort_keys: bool = True,
        temp: bool | None = None,
        background: bool = False,
    ) -> SavedFile:
        """Write a value as JSON: ASCII, indented by 4, with a newline at the end.

        Raises:
            TypeError: JSON has no form for something in it.
        """
        data = json_encode(obj, sort_keys) + b"\n"
        saved = SavedFile(self, filename, sliceno, _load_json)
        _save(saved, temp, background, lambda handle: handle.write(data))
        return saved

    def open(
        self,
        filename: str | Path,
        mode: str = "r",
        sliceno: int | None = None,
        encoding: str | None = None,
        errors: str | None = None,
        temp: bool | None = None,
    ) -> IO[Any]:
        """Open a file of this job. For writing it must be used as a context manager.

        A written file appears under its name when the block ends well, and not at all when it raises.

        Raises:
            UnsafePathError: The name leads out of the job directory, or is one of the job's own records.
            AssertionError: The mode is neither for reading nor for writing from the start.
        """
        if "r" in mode and "+" not in mode:
            return super().open(filename, mode, sliceno, encoding, errors)
        is_whole = mode.replace("b", "").replace("t", "") in ("w", "x")
        assert is_whole, f"files of a job are read, or written whole in mode 'w' or 'wb'; found mode {mode!r}"
        return cast("IO[Any]", _write_file(self.path, _own_name(filename, sliceno), mode, encoding, errors, bool(temp)))

    def datasetwriter(self, *arguments: Any, **named: Any) -> DatasetWriter:
        """Make a writer for a dataset of this job; in analysis, get the one that prepare made."""
        from axtui.api.writer import DatasetWriter

        return DatasetWriter(*arguments, **named)

    def register_file(self, filename: str | Path) -> None:
        """Say that a file belongs to the job's output.

        Raises:
            FileNotFoundError: It is not there.
        """
        name = _own_name(filename, None)
        os.stat(Path(self.path) / name)
        context.current().registered[name] = False

    def register_files(self, pattern: str = "**/*") -> set[str]:
        """Register every file that fits a glob pattern and is not registered yet; return their names."""
        safe_join(self.path, pattern)
        here = context.current()
        found = set()
        for name in glob.glob(pattern, root_dir=self.path, recursive=True, include_hidden=False):
            is_ours = name.partition("/")[0] in layout.RESERVED or name.startswith("Analysis.")
            if not is_ours and name not in here.registered and os.path.isfile(os.path.join(self.path, name)):
                here.registered[name] = False
                found.add(name)
        return found

    def input_filename(self, *parts: str | Path) -> str:
        """Return a path in the input directory."""
        return os.path.join(context.current().input_directory, *(os.fspath(part) for part in parts))

    def open_input(
        self, filename: str | Path, mode: str = "r", encoding: str | None = None, errors: str | None = None
    ) -> IO[Any]:
        """Open a file in the input directory for reading."""
        assert "r" in mode and "+" not in mode, f"input files can only be read, found mode {mode!r}"
        encoding = encoding or (None if "b" in mode else "utf-8")
        return open(self.input_filename(filename), mode, encoding=encoding, errors=errors)

    def finish_early(self, result: Any = None) -> NoReturn:
        """End the job here, well, with this result; what is left of its stages is not run."""
        raise FinishEarly(result)


class SavedFile:
    """What a save leaves: where the file is, and reading it back."""

    def __init__(self, job: CurrentJob, filename: str | Path, sliceno: int | None, load: Callable[[str], Any]) -> None:
        self._job = job
        self._base = os.fspath(filename)
        self._sliceno = sliceno
        self._load = load
        self.name = _own_name(filename, sliceno)
        self._process = 0
        self._cause = -1

    @property
    def filename(self) -> str:
        """The name in the job directory."""
        return self.name

    @property
    def path(self) -> str:
        """Where it is."""
        return os.path.join(self._job.path, self.name)

    def load(self) -> Any:
        """Read it back."""
        self.wait()
        return self._load(self.path)

    def wait(self) -> None:
        """Wait until it is written.

        Raises:
            OSError: Writing it in the background failed.
        """
        if self._process:
            process, self._process = self._process, 0
            _, ended = os.waitpid(process, 0)
            _background.remove(self)
            cause = _read_cause(self._cause) or f"its process ended with {os.waitstatus_to_exitcode(ended)}"
            if ended:
                raise OSError(f"saving {self.name} in the background failed: {cause}")

    def remove(self) -> None:
        """Have it deleted when the job ends."""
        context.current().registered[self.name] = True

    def jobwithfile(self, extra: Any = None) -> JobWithFile:
        """Return it as a value for an option."""
        return JobWithFile(self._job, self._base, self._sliceno is not None, extra)

    def __reduce__(self) -> Any:
        if not _handles_travel:
            raise TypeError("a saved file's handle cannot be pickled; pass its .jobwithfile()")
        self.wait()
        return _restore, (self._base, self._sliceno, self._load)


def _restore(filename: str, sliceno: int | None, load: Callable[[str], Any]) -> SavedFile:
    return SavedFile(CurrentJob(context.current().jobid), filename, sliceno, load)


_CAUSE_NBYTES = 4000
"""A pipe takes as much without anybody reading."""
_background: list[SavedFile] = []
_handles_travel = False


@contextmanager
def let_handles_travel() -> Iterator[None]:
    """Let handles of saved files be pickled: from analysis to synthesis of one job they keep their meaning."""
    global _handles_travel
    _handles_travel = True
    yield
    _handles_travel = False


def wait_for_saves() -> None:
    """Wait for every save that runs in the background.

    Raises:
        OSError: One of them failed.
    """
    if _background:
        with status("Waiting for background save" + "s" * (len(_background) > 1)):
            for saved in list(_background):
                saved.wait()


def _read_cause(pipe: int) -> str:
    """Return what a process that has ended left in a pipe, "" for nothing; who else may hold it is not waited for."""
    os.set_blocking(pipe, False)
    try:
        return os.read(pipe, _CAUSE_NBYTES).decode("utf-8", "replace")
    except BlockingIOError:
        return ""
    finally:
        os.close(pipe)


def stop_saves() -> None:
    """End the processes that save in the background, for a job that has failed."""
    for saved in _background:
        os.kill(saved._process, signal.SIGKILL)


def _save(saved: SavedFile, temp: bool | None, background: bool, write: Callable[[IO[bytes]], Any]) -> None:
    context.current().registered[saved.name] = bool(temp)
    if not background:
        with status(f"Saving {saved.name}"):
            _write(saved.path, write)
        return
    cause, telling = os.pipe()
    process = os.fork()
    if process:
        os.close(telling)
        saved._process, saved._cause = process, cause
        _background.append(saved)
        return
    try:
        _write(saved.path, write)
    except BaseException as error:
        os.write(telling, f"{type(error).__name__}: {error}".encode("utf-8", "replace")[:_CAUSE_NBYTES])
        os._exit(1)
    os._exit(0)


def _write(path: str, write: Callable[[IO[bytes]], Any]) -> None:
    with atomic_open(path) as handle:
        write(handle)


@contextmanager
def _write_file(
    directory: str, name: str, mode: str, encoding: str | None, errors: str | None, temp: bool
) -> Iterator[IO[Any]]:
    with atomic_open(os.path.join(directory, name)) as raw:
        if "b" in mode:
            yield raw
        else:
            with open(raw.fileno(), "w", encoding=encoding or "utf-8", errors=errors, closefd=False) as text:
                yield text
    context.current().registered[name] = temp


def _own_name(filename: str | Path, sliceno: int | None) -> str:
    name = os.fspath(filename)
    here = context.current().directory
    if os.path.isabs(name) and name.startswith(f"{here}/"):
        name = os.path.relpath(name, here)
    safe_join(here, name)
    if name.partition("/")[0] in layout.RESERVED:
        raise UnsafePathError(f"{name!r} is one of the job's own records; wanted another name")
    return name if sliceno is None else f"{name}.{sliceno}"


def _load_pickled(path: str) -> Any:
    return load_pickle(Path(path))


def _load_json(path: str) -> Any:
    with open(path, encoding="utf-8") as handle:
        return json_decode(handle.read())
