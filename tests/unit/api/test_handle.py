"""Handles: what they stand for on the wire, and that they are nothing else."""

from __future__ import annotations

import os
import pickle
from typing import Any

import pytest

from axtui import Dataset, Job, JobWithFile
from axtui.api.handle import Handle
from axtui.api.request import Requests
from axtui.base.errors import BuildError, DatasetUsageError, JobError, NoSuchJobError, RecordError
from axtui.base.values import decode_value, encode_value
from axtui.base.wire import Message


class Answers:
    """A wire that has some answers by now, and gives others to who waits."""

    def __init__(self, come: list[Message], later: list[Message]) -> None:
        self.come, self.later = come, later

    def send(self, message: Message) -> None:
        """Take a request."""

    def receive(self) -> Message:
        """Give the next answer."""
        return self.later.pop(0)

    def poll(self) -> list[Message]:
        """Give what has come."""
        come, self.come = self.come, []
        return come


def make(come: list[Message], later: list[Message]) -> list[Handle]:
    """Submit three jobs."""
    requests = Requests(Answers(come, later))
    return [Handle(requests, requests.send({}), name) for name in ("a", "b", "c")]


def test_answers_come_in_any_order() -> None:
    """Who waits for one gets it; what came before it is kept; done() never waits."""
    first = {"tag": 3, "job": "dev-3", "reused": False}
    a, b, c = make([first], [{"tag": 2, "job": "dev-2", "reused": True}, {"tag": 1, "job": "dev-1", "reused": True}])

    assert (a.done(), c.done()) == (False, True)
    assert (a.result(), b.result(), c.result()) == ("dev-1", "dev-2", "dev-3")
    assert (a.done(), a.result().method) == (True, "a")


def test_a_failure_is_raised_each_time() -> None:
    """The class is that which the engine names."""
    job = {"class": "JobError", "job": "dev-1", "method": "a", "status": {"synthesis": "…"}}
    refused = {"class": "BuildError", "text": "b was not built: its input a (dev-1) failed"}
    a, b, _ = make([], [{"tag": 1, "error": job}, {"tag": 2, "error": refused}])

    for _ in range(2):
        with pytest.raises(JobError, match="dev-1"):
            a.result()
    with pytest.raises(BuildError, match=r"its input a \(dev-1\) failed"):
        b.result()


def test_on_the_wire_they_stand_for_what_will_be_there() -> None:
    """A job, its datasets and its files, anywhere in a value."""
    _, b, _ = make([], [])

    assert encode_value([b, None]) == [{"$handle": 2}, None]
    assert encode_value({"x": b.dataset("other")}) == {"x": {"$handle": [2, "other"]}}
    assert encode_value(b.dataset()) == {"$handle": [2, "default"]}
    file = {"$handle": [2, "f.txt", True, {"$set": [1]}]}
    assert encode_value(b.withfile("f.txt", sliced=True, extra={1})) == file
    assert encode_value(JobWithFile(b, "f.txt", True, {1})) == file  # type: ignore[arg-type]


def test_they_are_no_job_ids() -> None:
    """Used as if they were, an error says what they are and what to do."""
    a, _, _ = make([], [])
    anything: Any = a

    assert str(a) == repr(a) == "<handle 1 of a submitted a>"
    with pytest.raises(AttributeError, match=r"submitted a> is not there yet and has no 'load'; wait .* \.result\(\)"):
        anything.load()
    with pytest.raises(AttributeError, match=r"dataset 'd' of .* has no 'columns'"):
        _ = anything.dataset("d").columns
    with pytest.raises(NoSuchJobError, match="submitted a> is not a job id"):
        Job(anything)
    with pytest.raises(DatasetUsageError, match="submitted a>"):
        Dataset(anything)
    with pytest.raises(TypeError, match="is no path"):
        os.stat(anything)
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(a)
    with pytest.raises(AssertionError, match="absolute"):
        a.withfile("/etc/passwd")
    with pytest.raises(RecordError, match="handle 5 means something only to the script"):
        decode_value({"$handle": 5})
