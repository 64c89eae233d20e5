"""The calls of a script: joblists in the order of the calls, and failures that nobody has seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from axtui.api import context
from axtui.api.calls import Calls
from axtui.api.context import Context
from axtui.api.handle import Handle
from axtui.api.joblist import NamedJob
from axtui.api.request import Requests
from axtui.base.errors import JobError
from axtui.base.wire import Message


class Answers:
    """A wire on which some answers come, in an order of their own."""

    def __init__(self, *answers: Message) -> None:
        self.answers = list(answers)

    def send(self, message: Message) -> None:
        """Take a request."""

    def receive(self) -> Message:
        """Give the next answer."""
        return self.answers.pop(0)

    def poll(self) -> list[Message]:
        """Give nothing without waiting."""
        return []


@pytest.fixture(autouse=True)
def script() -> Iterator[None]:
    """Be the process of a build script."""
    before = context.current()
    context.use(Context(jobid="dev-0", is_build=True, stage="synthesis"))
    yield
    context.use(before)


def failed(tag: int) -> Message:
    """Make the answer for a job that failed."""
    return {"tag": tag, "error": {"class": "JobError", "job": f"dev-{tag}", "method": "m", "status": {}}}


def submit(calls: Calls, *answers: Message) -> list[Handle]:
    """Submit as many jobs as there are answers, and take them in."""
    requests = Requests(Answers(*answers))
    handles = [Handle(requests, requests.send({}), f"m{number}") for number, _ in enumerate(answers, 1)]
    for handle in handles:
        calls.add(handle)
    return handles


def test_the_joblist_is_in_the_order_of_the_calls() -> None:
    """Whatever ends first, and with jobs in between that nobody had to wait for."""
    calls = Calls()
    calls.add(NamedJob("dev-7", "first"))
    submit(calls, {"tag": 2, "job": "dev-2", "reused": False}, {"tag": 1, "job": "dev-9", "reused": True})
    calls.add(NamedJob("dev-8", "last"))

    joblist = calls.settle()

    assert joblist.as_tuples == [("first", "dev-7"), ("m1", "dev-9"), ("m2", "dev-2"), ("last", "dev-8")]
    assert calls.settle() is joblist
    assert context.current().subjobs == {"dev-9": False, "dev-2": True}


def test_what_failed_is_not_in_the_joblist() -> None:
    """As with a build that fails and is caught."""
    calls = Calls()
    submit(calls, failed(1), {"tag": 2, "job": "dev-2", "reused": False})

    assert calls.settle() == ["dev-2"]


def test_a_failure_nobody_has_seen_is_raised_once() -> None:
    """The first by the order of the calls, with a note of the others; one that was asked for has been seen."""
    calls = Calls()
    handles = submit(calls, failed(3), failed(1), failed(2))
    with pytest.raises(JobError):
        handles[0].result()

    with pytest.raises(JobError, match="dev-2") as raised:
        calls.check()
    calls.check()

    assert raised.value.__notes__ == ["What also failed:\n  Failed to build dev-3 (m)"]
