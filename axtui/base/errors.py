"""Every exception axtui raises on purpose. A message is one sentence: what was found, where, what was wanted.

The names and their order are those that authors of methods and build scripts know from the Accelerator.
"""

from __future__ import annotations

from collections.abc import Mapping


class AxtuiError(Exception):
    """Base of everything axtui raises on purpose."""


AcceleratorError = AxtuiError


class UserError(AxtuiError):
    """The command line or a configuration file asks for something that cannot be."""


class RecordError(AxtuiError):
    """A record on disk or on a wire cannot be read: too large, not JSON, or of the wrong shape."""


class UnsafePathError(AxtuiError, AssertionError):
    """A relative path would leave the directory it must stay in; the Accelerator, too, asserts that it does not."""


class EngineError(AxtuiError):
    """The engine cannot be started or reached."""


class MethodError(AxtuiError):
    """A method's source cannot be used: it does not parse, import or declare what it must."""


class ServerError(AxtuiError):
    """A build request was refused before a job was made."""


class BuildError(AxtuiError):
    """A build call cannot be carried out."""


class JobError(BuildError):
    """A job failed.

    Attributes:
        job: The id of the failed job, "" where it was refused before it had one.
        method: Its method.
        status: Traceback text by part (`prepare`, `analysis(2)`, `synthesis`, `server`, `launcher`).
    """

    def __init__(self, job: str, method: str, status: Mapping[str, str]) -> None:
        self.job = job
        self.method = method
        self.status = dict(status)
        super().__init__(job, method, self.status)

    def __str__(self) -> str:
        if not self.job:
            return f"Failed to build {self.method}: {'; '.join(self.status.values())}"
        return f"Failed to build {self.job} ({self.method})"

    def format_msg(self) -> str:
        """Return the whole story: the job, then each failing part with its traceback."""
        parts = [f"  {part}:\n    " + text.strip().replace("\n", "\n    ") for part, text in self.status.items()]
        return "\n".join([f"{self.job} ({self.method}):" if self.job else f"{self.method}:", *parts])


class NoSuchWhateverError(AxtuiError):
    """Base of what is not there."""


class NoSuchJobError(NoSuchWhateverError):
    """There is no such job."""


class NoSuchWorkdirError(NoSuchWhateverError):
    """There is no such workdir in the configuration."""


class MissingInputError(JobError):
    """A job was refused because an input of it is not there.

    Each one is a `NoSuchWhateverError` too, see `missing_input`: who knows the Accelerator, where such a job fails with
    the part `server`, catches it as a JobError. The message is the sentence alone.
    """

    def __init__(self, method: str, text: str) -> None:
        super().__init__("", method, {"server": text})

    def __str__(self) -> str:
        return self.status["server"]

    def __reduce__(self) -> tuple[object, tuple[str, str, str]]:
        return missing_input, (type(self).__name__, self.method, self.status["server"])


def missing_input(kind: str, method: str, text: str) -> MissingInputError:
    """Make the error of a job whose input is not there, which is also one of the NoSuch…Error of that name."""
    return _MISSING[kind](method, text)


class DatasetError(AxtuiError):
    """A dataset cannot be read as asked."""


class NoSuchDatasetError(NoSuchWhateverError, DatasetError):
    """There is no such dataset."""


_MISSING: dict[str, type[MissingInputError]] = {
    kind.__name__: type(kind.__name__, (MissingInputError, kind), {"__doc__": kind.__doc__})
    for kind in (NoSuchJobError, NoSuchWorkdirError, NoSuchDatasetError)
}


class DatasetUsageError(DatasetError):
    """A dataset or writer is used in a way that cannot work."""


class UrdError(AxtuiError):
    """An urd list cannot be read or written as asked."""


class UrdPermissionError(UrdError):
    """The urd list belongs to somebody else."""


class UrdConflictError(UrdError):
    """There is another entry at this timestamp already."""


class ColourError(AxtuiError):
    """There is no such colour or attribute."""
