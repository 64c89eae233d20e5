"""Talking to a project's engine, as the workbench does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from axtui.engine.client import EngineClient, reach_engine
from axtui.project.config import read_project
from tests.conftest import processes_of, wait_until
from tests.e2e.conftest import Command


@contextmanager
def attached(axtui: Command, wait_for_new: bool = False) -> Iterator[EngineClient]:
    """Be a client of the engine behind a command; with `wait_for_new`, of one that starts after that has left."""
    if wait_for_new:
        wait_until(lambda: not processes_of(axtui.directory))
    before = dict(os.environ)
    os.environ.update(axtui.environment)
    try:
        client = reach_engine(read_project(axtui.directory))
    finally:
        os.environ.clear()
        os.environ.update(before)
    try:
        number = client.request("attach")
        while client.wire.receive().get("re") != number:
            pass
        yield client
    finally:
        client.close()
