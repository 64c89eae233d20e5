"""A client's end: finding the project's engine, starting it, talking to it."""

from __future__ import annotations

import os
import resource
import select
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from axtui.base import clock
from axtui.base.errors import EngineError
from axtui.base.wire import Message, Wire
from axtui.engine.place import socket_path
from axtui.project.config import Project

if TYPE_CHECKING:
    import subprocess

_START_SECONDS = 120.0
"""An engine that has not ended has not failed, however long a machine with much else to do lets it wait."""


class EngineClient:
    """A connection to an engine."""

    def __init__(self, connection: socket.socket) -> None:
        self.wire = Wire(connection)
        self._number = 0

    def fileno(self) -> int:
        """Return the descriptor to wait on."""
        return self.wire.fileno()

    def request(self, do: str, **fields: Any) -> int:
        """Send a request and return its number; the reply carries it as `re`.

        Raises:
            WireClosedError: The engine is gone.
        """
        self._number += 1
        self.wire.send({"do": do, "id": self._number, **fields})
        return self._number

    def poll(self) -> list[Message]:
        """Return what has come, without waiting.

        Raises:
            WireClosedError: The engine is gone.
        """
        return self.wire.poll()

    def batches(self, seconds: float | None = None) -> Iterator[list[Message]]:
        """Give messages as they come, those together that have come by then, for ever.

        A list is empty where nothing came for some seconds.

        Raises:
            WireClosedError: The engine is gone.
        """
        waiting = select.poll()
        waiting.register(self.wire, select.POLLIN)
        while True:
            has_come = waiting.poll(None if seconds is None else seconds * 1000)
            yield self.wire.poll() if has_come else []

    def close(self) -> None:
        """End the connection; the engine goes on."""
        self.wire.close()


def find_engine(project: Project) -> EngineClient | None:
    """Return a connection to the project's engine, None where none runs."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(str(socket_path(project)))
    except OSError:
        connection.close()
        return None
    return EngineClient(connection)


def start_engine(project: Project) -> subprocess.Popen[bytes]:
    """Start an engine in a session of its own. Where one is running already the new one leaves at once.

    Raises:
        EngineError: No process can be started, or the project's own directory cannot be written.
    """
    import subprocess  # nearly always there is an engine, and none to start

    try:
        project.private.mkdir(mode=0o700, exist_ok=True)
        with open(project.private / "engine.log", "ab") as log:
            return subprocess.Popen(
                [sys.executable, "-P", "-s", "-m", "axtui.engine.main", str(project.root)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=project.root,
                env=_marked_environment(project),
                start_new_session=True,
            )
    except OSError as error:
        raise EngineError(f"the engine cannot be started: {error}") from None


def reach_engine(project: Project) -> EngineClient:
    """Return a connection to the project's engine, started if need be.

    Raises:
        EngineError: It cannot run, then the message is the last line of its log; or it does not answer for minutes.
    """
    client = find_engine(project)
    if client is not None:
        return client
    process = start_engine(project)
    deadline = clock.monotonic() + _START_SECONDS
    while clock.monotonic() < deadline:
        client = find_engine(project)
        if client is not None:
            return client
        status = process.poll()
        if status:
            raise EngineError(explain_loss(project))
        if status == 0:  # another one answered, or was about to leave
            process = start_engine(project)
        time.sleep(0.005)
    raise EngineError(f"the engine of {project.root} does not answer for {_START_SECONDS:g} s; it may still come")


def explain_loss(project: Project) -> str:
    """Say why an engine does not answer, from the last line of its log."""
    line = _last_line(project.private / "engine.log")
    return line.removeprefix("axtui engine: ") or f"the engine of {project.root} is gone, and left no word why"


def engine_environment() -> dict[str, str]:
    """Return the environment of a process that forks jobs: one OS thread, hashes that repeat."""
    return {
        **os.environ,
        "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": os.environ.get("OPENBLAS_NUM_THREADS", "1"),
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
        **_memory_settings(),
    }


def _marked_environment(project: Project) -> dict[str, str]:
    """Return the environment of an engine, with a marker that strays are known by."""
    marker = {"AXTUI_PROJECT": str(project.root), "AXTUI_ENGINE": f"{os.getpid()}-{time.time_ns()}"}
    return {**engine_environment(), **marker}


def _memory_settings() -> dict[str, str]:
    """Where memory is limited, let Arrow take what it needs only; else it takes a large part of the limit at once."""
    limit, _ = resource.getrlimit(resource.RLIMIT_DATA)
    return {} if limit == resource.RLIM_INFINITY else {"MIMALLOC_ARENA_RESERVE": "0"}


def _last_line(path: Path) -> str:
    try:
        lines = path.read_text(errors="replace").strip().splitlines()
    except OSError:
        lines = []
    return lines[-1] if lines else ""
