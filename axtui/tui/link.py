"""The connection to the engine, kept up: found, started, lost, found again. Folds nothing and draws nothing.

The engine runs in a session of its own; this process only talks to it. Whatever blocks (starting one, looking for its
socket) runs beside the event loop.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from axtui.base import clock
from axtui.base.errors import AxtuiError
from axtui.base.wire import Message, WireClosedError
from axtui.project.config import Project

_STARTS_MOST, _STARTS_SECONDS = 3, 30.0
_FIND_SECONDS = 10.0
_PAUSE_SECONDS, _PAUSE_SECONDS_MOST = 0.01, 0.25


class Client(Protocol):
    """One connection to an engine; see engine/client.py."""

    def fileno(self) -> int:
        """Return the descriptor to wait on."""

    def request(self, do: str, **fields: Any) -> int:
        """Send a request and return its number."""

    def poll(self) -> list[Message]:
        """Return what came, without waiting."""

    def close(self) -> None:
        """Close the connection."""


class Engines(Protocol):
    """How a project's engine is found and started. Both may block for a moment."""

    def find(self) -> Client | None:
        """Attach to a running engine."""

    def start(self) -> None:
        """Start one if none runs."""


class ProjectEngines:
    """The engine of a project. Its client is imported in the thread that needs it, not before the first frame."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def find(self) -> Client | None:
        """Attach to a running engine."""
        from axtui.engine.client import find_engine

        return find_engine(self._project)

    def start(self) -> None:
        """Start one if none runs."""
        from axtui.engine.client import start_engine

        start_engine(self._project)


class Link:
    """Keeps a connection for as long as `keep` runs.

    Args:
        engines: Where engines come from.
        heard: Is called in the event loop with each batch of messages.
        changed: Is called with what is wrong with the connection, "" when nothing is.
        ready: Is called after each connecting, to attach.
    """

    def __init__(
        self,
        engines: Engines,
        heard: Callable[[list[Message]], None],
        changed: Callable[[str], None],
        ready: Callable[[], None],
    ) -> None:
        self._engines = engines
        self._heard, self._changed, self._ready = heard, changed, ready
        self._client: Client | None = None
        self._starts: deque[float] = deque()
        self._lost = asyncio.Event()

    @property
    def is_up(self) -> bool:
        """Whether there is a connection."""
        return self._client is not None

    def request(self, do: str, **fields: Any) -> int | None:
        """Send a request; return its number, or None where there is no connection."""
        if self._client is None:
            return None
        try:
            return self._client.request(do, **fields)
        except (WireClosedError, OSError):
            self._lose()
            return None

    async def keep(self) -> None:
        """Connect, and connect again whenever the connection is lost, until too many starts did not help."""
        while True:
            try:
                client = await self._connect()
            except (AxtuiError, OSError) as error:
                self._changed(f"read-only: {error}")
                return
            if client is None:
                self._changed("read-only: the engine does not run, see .axtui/engine.log")
                return
            self._take(client)
            await self._lost.wait()
            self._changed("engine lost, starting it again")

    def close(self) -> None:
        """Let go of the connection; a build goes on without it."""
        if self._client is not None:
            asyncio.get_running_loop().remove_reader(self._client.fileno())
            self._client.close()
            self._client = None

    async def _connect(self) -> Client | None:
        loop = asyncio.get_running_loop()
        deadline = clock.monotonic() + _FIND_SECONDS
        started, pause = False, _PAUSE_SECONDS
        while clock.monotonic() < deadline:
            client = await loop.run_in_executor(None, self._engines.find)
            if client is not None:
                return client
            if not started:
                if not self._may_start():
                    return None
                self._changed("starting the engine")
                await loop.run_in_executor(None, self._engines.start)
                started = True
            else:
                await asyncio.sleep(pause)
                pause = min(_PAUSE_SECONDS_MOST, pause * 1.5)
        return None

    def _may_start(self) -> bool:
        now = clock.monotonic()
        while self._starts and self._starts[0] < now - _STARTS_SECONDS:
            self._starts.popleft()
        self._starts.append(now)
        return len(self._starts) <= _STARTS_MOST

    def _take(self, client: Client) -> None:
        self._client = client
        self._lost.clear()
        asyncio.get_running_loop().add_reader(client.fileno(), self._read)
        self._changed("")
        self._ready()

    def _read(self) -> None:
        if self._client is None:
            return
        try:
            messages = self._client.poll()
        except (WireClosedError, AxtuiError, OSError):
            self._lose()
            return
        if messages:
            self._heard(messages)

    def _lose(self) -> None:
        self.close()
        self._lost.set()
