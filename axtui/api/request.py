"""Asking the engine for jobs, from a build script or from a running job.

A request carries a tag, and so does its answer; answers come in any order, and nobody has to wait for them in between.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, Protocol

from axtui.api import context
from axtui.base import errors
from axtui.base.errors import AxtuiError, BuildError, JobError, NoSuchWhateverError, missing_input
from axtui.base.values import encode_value
from axtui.base.wire import Message

_SAYS_NOTHING = ("", None)


class Connection(Protocol):
    """What `Requests` wants of a wire."""

    def send(self, message: Message) -> None:
        """Send a message."""

    def receive(self) -> Message:
        """Wait for the next message."""

    def poll(self) -> list[Message]:
        """Return every message that has come."""


class Requests:
    """What this process has asked the engine for, and what has been answered so far."""

    def __init__(self, wire: Connection) -> None:
        self._wire = wire
        self._tags = itertools.count(1)
        self._answers: dict[int, Message] = {}

    def send(self, message: Message) -> int:
        """Send a request without waiting for its answer; return its tag."""
        tag = next(self._tags)
        self._wire.send({**message, "tag": tag})
        return tag

    def has_answer(self, tag: int) -> bool:
        """Tell, without waiting, whether a request is answered and its answer not yet taken."""
        for message in self._wire.poll():
            self._answers[message["tag"]] = message
        return tag in self._answers

    def take_answer(self, tag: int) -> Message:
        """Wait for the answer to a request and return it; it is given once."""
        while tag not in self._answers:
            message = self._wire.receive()
            self._answers[message["tag"]] = message
        return self._answers.pop(tag)


def ask_for_job(message: Message) -> Message:
    """Send a build request and wait for its answer: `{"job": id, "reused": bool}`.

    Raises:
        JobError: The job failed.
        AxtuiError: The request was refused; the class says how.
    """
    requests = attached()
    answer = requests.take_answer(requests.send(message))
    if "error" in answer:
        raise make_error(answer["error"])
    return answer


def attached() -> Requests:
    """Return the requests of this process.

    Raises:
        BuildError: This process has no engine.
    """
    here = context.current()
    assert here.stage != "analysis", "subjobs are built in prepare and synthesis, not in analysis"
    if here.requests is None:
        raise BuildError("jobs are built from build scripts and running jobs; no engine is attached here")
    return here.requests


def request_message(
    method: str,
    options: Mapping[str, Any],
    datasets: Mapping[str, Any],
    jobs: Mapping[str, Any],
    keywords: Mapping[str, Any],
    **how: Any,
) -> Message:
    """Make the message that asks for a job; of `how` it is to be built only what says something is sent.

    Raises:
        AssertionError: A value is of a type that no option can have.
    """
    try:
        return {
            "do": "build",
            "method": method,
            "options": _encode(options),
            "datasets": _encode(datasets),
            "jobs": _encode(jobs),
            "keywords": _encode(keywords),
            **{name: value for name, value in how.items() if value not in _SAYS_NOTHING},
        }
    except TypeError as error:
        raise AssertionError(f"{method}: {error}") from None


def _encode(group: Mapping[str, Any]) -> dict[str, Any]:
    return {str(key): encode_value(value) for key, value in dict(group).items()} if len(group) else {}


def note_subjob(answer: Message) -> None:
    """Note that the running job or script has built or reused a job; one that it built stays so when asked again."""
    subjobs = context.current().subjobs
    subjobs[answer["job"]] = subjobs.get(answer["job"], False) or not answer["reused"]


def make_error(record: dict[str, Any]) -> AxtuiError:
    """Return the exception that an answer tells of."""
    from axtui.api.job import job_or_none  # jobs know handles, and those know requests

    if record["class"] == "JobError":
        return JobError(job_or_none(record["job"]), record["method"], record["status"])
    kind = getattr(errors, record["class"], BuildError)
    if issubclass(kind, NoSuchWhateverError):
        return missing_input(kind.__name__, record["method"], record["text"])
    error: AxtuiError = kind(record["text"])
    return error
