"""Asking the engine for a job, from a build script or from a running job."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from axtui.api import context
from axtui.base import errors
from axtui.base.errors import AxtuiError, BuildError, JobError
from axtui.base.values import encode_value
from axtui.base.wire import Message

UNREADABLE = "!"
"""Stands before the reason where a digest would stand, for an input file that cannot be read."""


def ask_for_job(message: Message) -> Message:
    """Send a build request and wait for its answer: `{"job": id, "reused": bool}`.

    Raises:
        JobError: The job failed.
        AxtuiError: The request was refused; the class says how.
    """
    here = context.current()
    assert here.stage != "analysis", "subjobs are built in prepare and synthesis, not in analysis"
    if here.ask is None:
        raise BuildError("jobs are built from build scripts and running jobs; no engine is attached here")
    answer = here.ask(message)
    while "digest" in answer:
        answer = here.ask({**message, "digests": {path: _digest(path) for path in answer["digest"]}})
    if "error" in answer:
        raise _error(answer["error"])
    return answer


def request_message(
    method: str,
    options: Mapping[str, Any],
    datasets: Mapping[str, Any],
    jobs: Mapping[str, Any],
    keywords: Mapping[str, Any],
    **how: Any,
) -> Message:
    """Make the message that asks for a job.

    Raises:
        AssertionError: A value is of a type that no option can have.
    """
    try:
        return {
            "do": "build",
            "method": method,
            "options": {str(key): encode_value(value) for key, value in dict(options).items()},
            "datasets": {str(key): encode_value(value) for key, value in dict(datasets).items()},
            "jobs": {str(key): encode_value(value) for key, value in dict(jobs).items()},
            "keywords": {key: encode_value(value) for key, value in keywords.items()},
            **how,
        }
    except TypeError as error:
        raise AssertionError(f"{method}: {error}") from None


def _digest(path: str) -> str:
    """Digest an input file here, so that the engine is free for others meanwhile."""
    try:
        with open(path, "rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError as error:
        return f"{UNREADABLE}{error.strerror}"


def _error(record: dict[str, Any]) -> AxtuiError:
    if record["class"] == "JobError":
        return JobError(record["job"], record["method"], record["status"])
    kind = getattr(errors, record["class"], BuildError)
    error: AxtuiError = kind(record["text"])
    return error
