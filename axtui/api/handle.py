"""Handles: what `urd.submit` gives. A handle stands for a job that may not be built yet.

It can be an input of other jobs, wherever a job, a dataset or a file of a job can; the engine puts the job in its place
when there is one. It is no job id: what needs the job itself asks `result()` for it, and waits.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from axtui.api.request import Requests, make_error
from axtui.base.errors import AxtuiError
from axtui.base.values import encode_value, register_type
from axtui.base.wire import Message

if TYPE_CHECKING:
    from axtui.api.joblist import NamedJob


class Awaited:
    """Something that can be an input of a job before it is there.

    `on_wire` is how it travels, as `{"$handle": …}`: the tag of a request stands for its job, `[tag, name]` for a
    dataset of that, `[tag, name, sliced, extra]` for a file.
    """

    on_wire: Any
    _advice = "wait for the job with .result()"

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        raise AttributeError(f"{self} is not there yet and has no {name!r}; {self._advice}")

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{self} cannot be pickled; {self._advice}")

    def __fspath__(self) -> NoReturn:
        raise TypeError(f"{self} is no path; {self._advice}")

    def __str__(self) -> str:
        return repr(self)


class Handle(Awaited):
    """A job that was submitted.

    Args:
        requests: Where its answer comes.
        tag: Its request.
        name: What it is called in joblists.
    """

    def __init__(self, requests: Requests, tag: int, name: str) -> None:
        self.on_wire = tag
        self._requests = requests
        self._name = name
        self._answer: Message | None = None
        self._is_asked = False

    def __repr__(self) -> str:
        return f"<handle {self.on_wire} of a submitted {self._name}>"

    def done(self) -> bool:
        """Tell, without waiting, whether the job is there, or has failed."""
        return self._answer is not None or self._requests.has_answer(self.on_wire)

    def result(self) -> NamedJob:
        """Wait for the job and return it.

        Raises:
            JobError: It failed.
            BuildError: One of its inputs failed, or it was cancelled.
            AxtuiError: The request was refused; the class says how.
        """
        from axtui.api.joblist import NamedJob

        self._is_asked = True
        answer = self.wait()
        if "error" in answer:
            raise make_error(answer["error"])
        return NamedJob(answer["job"], self._name)

    def dataset(self, name: str = "default") -> AwaitedDataset:
        """Return a dataset of the job, as an input of other jobs."""
        return AwaitedDataset(self, name)

    def withfile(self, name: str | Path, sliced: bool = False, extra: Any = None) -> AwaitedFile:
        """Return a file of the job, as a `JobWithFile` option of other jobs."""
        return AwaitedFile(self, name, sliced, extra)

    def wait(self) -> Message:
        """Wait for the answer, good or bad, and return it."""
        if self._answer is None:
            self._answer = self._requests.take_answer(self.on_wire)
        return self._answer

    def unseen_error(self) -> AxtuiError | None:
        """Wait, and return why it failed, if it did and nobody has asked for its result. This counts as asking."""
        answer = self.wait()
        if self._is_asked or "error" not in answer:
            return None
        self._is_asked = True
        return make_error(answer["error"])


class AwaitedDataset(Awaited):
    """A dataset of a submitted job."""

    _advice = "wait for it with .result().dataset(…) of its handle"

    def __init__(self, handle: Handle, name: str) -> None:
        self._handle = handle
        self._name = name
        self.on_wire = [handle.on_wire, name]

    def __repr__(self) -> str:
        return f"<dataset {self._name!r} of {self._handle!r}>"


class AwaitedFile(Awaited):
    """A file of a submitted job."""

    _advice = "wait for it with .result().withfile(…) of its handle"

    def __init__(self, handle: Handle, name: str | Path, sliced: bool, extra: Any) -> None:
        assert not os.path.isabs(name), f"{os.fspath(name)!r} is absolute, wanted a name in the job directory"
        self._handle = handle
        self._name = os.fspath(name)
        self.on_wire = [handle.on_wire, self._name, sliced, encode_value(extra)]

    def __repr__(self) -> str:
        return f"<file {self._name!r} of {self._handle!r}>"


def _refuse(value: object) -> NoReturn:
    raise ValueError(f"handle {value} means something only to the script that got it")


register_type(Awaited, "$handle", lambda awaited: awaited.on_wire, _refuse)
