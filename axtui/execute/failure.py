"""What went wrong in a job, told with the user's own frames first."""

from __future__ import annotations

import errno
import importlib
import os
import sys
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path

from axtui.api.status import take_stack
from axtui.base.errors import AxtuiError, JobError
from axtui.base.records import Record
from axtui.execute.memory import describe_want, let_go_of_memory

_OURS = str(Path(__file__).resolve().parents[1]) + os.sep
_AUTHORS = (os.path.join(_OURS, "standard_methods") + os.sep, os.path.join(_OURS, "demo") + os.sep)
_INSTALLED = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
_LIBRARIES = tuple(path + os.sep for path in (os.path.dirname(os.__file__), *_INSTALLED))
_FULL = ("disk full", "disk quota reached")
_PLAIN = {
    errno.ENOSPC: _FULL[0],
    errno.EDQUOT: _FULL[1],
    errno.EROFS: "the file system can only be read",
    errno.EIO: "the disk failed",
    errno.EMFILE: "too many open files",
    errno.EFBIG: "file size limit reached",
}


@dataclass(frozen=True)
class Failure:
    """Why a job failed. `part` is "prepare", "analysis(2)", "synthesis", "server" or "launcher"; `message` one line;
    `file` and `line` the innermost frame of the user's own code, "" and 0 without one."""

    part: str
    message: str
    traceback: str
    file: str = ""
    line: int = 0

    @property
    def is_disk_full(self) -> bool:
        """Whether it was for want of space."""
        return self.message.startswith(_FULL)

    def to_record(self) -> Record:
        """Return it as JSON."""
        return asdict(self)


class PartFailedError(Exception):
    """A part of a job that ran in another process failed."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def parse_failure(record: Record) -> Failure:
    """Read a failure from JSON."""
    texts = {key: str(record.get(key, "")) for key in ("part", "message", "traceback", "file")}
    return Failure(**texts, line=int(record.get("line", 0)))


def plain_failure(part: str, message: str) -> Failure:
    """Make a failure that has no traceback."""
    return Failure(part, message, message)


def describe_exception(part: str, error: BaseException) -> Failure:
    """Turn an exception into a failure."""
    if isinstance(error, PartFailedError):
        return error.failure
    let_go_of_memory()
    told = traceback.TracebackException.from_exception(error)
    _cut(told, set())
    message = _explain(part, error, _one_line(error, told))
    frame = _innermost(told.stack)
    text = "".join([*_subjob_error(error), *_with_status(list(told.format()), take_stack(error))])
    part = "launcher" if isinstance(error, SystemExit) else part
    if isinstance(error, SyntaxError) and error.filename:
        return Failure(part, message, text, error.filename, error.lineno or 0)
    return Failure(part, message, text, frame.filename if frame else "", (frame.lineno or 0) if frame else 0)


def is_ours(filename: str) -> bool:
    """Tell whether a source file is axtui's own machinery rather than somebody's method."""
    is_machinery = filename.startswith("<frozen ") or filename == importlib.__file__
    return is_machinery or (filename.startswith(_OURS) and not filename.startswith(_AUTHORS))


def _innermost(stack: traceback.StackSummary) -> traceback.FrameSummary | None:
    """Return the innermost frame that is neither of a library nor of compiled code, else the innermost."""
    own = [frame for frame in stack if os.path.isabs(frame.filename) and not _is_of_library(frame.filename)]
    return own[-1] if own else (stack[-1] if stack else None)


def _is_of_library(filename: str) -> bool:
    return filename.startswith(_LIBRARIES) and not filename.startswith(_AUTHORS)


def _one_line(error: BaseException, told: traceback.TracebackException) -> str:
    if isinstance(error, AxtuiError):
        return f"{type(error).__name__}: {error}"
    last = [line for line in told.format_exception_only() if not line.startswith(" ")]
    return "".join(last).strip().replace("\n", " ") or type(error).__name__


def _explain(part: str, error: BaseException, message: str) -> str:
    plain = _PLAIN.get(getattr(error, "errno", None) or 0, "")
    if isinstance(error, SystemExit):
        return f"{part}: the method called exit({error.code!r}); a job ends by returning, or by job.finish_early()"
    plain = describe_want(error) or plain
    return f"{plain}: {message}" if plain else message


def _cut(told: traceback.TracebackException, seen: set[int]) -> None:
    if id(told) in seen:
        return
    seen.add(id(told))
    theirs = [frame for frame in told.stack if not is_ours(frame.filename)]
    told.stack = traceback.StackSummary.from_list(theirs)
    for inner in (told.__cause__, told.__context__):
        if inner is not None:
            _cut(inner, seen)


def _subjob_error(error: BaseException) -> list[str]:
    return [error.format_msg() + "\n"] if isinstance(error, JobError) and error.job else []


def _with_status(lines: list[str], stack: list[tuple[str, float]]) -> list[str]:
    if not stack:
        return lines
    shown = [f"{'    ' * depth}{text} ({age:.1f} seconds)\n" for depth, (text, age) in enumerate(stack, 1)]
    return [*lines[:-1], "Status when the exception occurred:\n", *shown, *lines[-1:]]
