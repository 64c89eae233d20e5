"""What tests of the screen share: an engine that says what the test says, waiting, and the screen as text."""

from __future__ import annotations

import asyncio
import functools
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from axtui.base.wire import Message, WireClosedError
from axtui.event.events import Entry, format_entry
from axtui.project.config import Project
from axtui.tui.app import AxtuiApp
from axtui.tui.screenshot import text_of

WIDE = (160, 45)
NARROW = (80, 24)
HIGH = (160, 60)


def in_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Run a test in an event loop of its own."""

    @functools.wraps(test)
    def run(*args: Any, **fixtures: Any) -> None:
        asyncio.run(asyncio.wait_for(test(*args, **fixtures), 30))

    return run


class FakeClient:
    """A connection whose other end is the test."""

    def __init__(self) -> None:
        self._mine, self._theirs = socket.socketpair()
        self._messages: list[Message] = []
        self.requests: list[Message] = []
        self.is_lost = False

    def fileno(self) -> int:
        """Return the descriptor to wait on."""
        return self._mine.fileno()

    def request(self, do: str, **fields: Any) -> int:
        """Note a request."""
        self.requests.append({"do": do, **fields})
        return len(self.requests)

    def poll(self) -> list[Message]:
        """Return what the test said."""
        if self.is_lost:
            raise WireClosedError("closed")
        self._mine.recv(1 << 16)
        messages, self._messages = self._messages, []
        return messages

    def close(self) -> None:
        """Close both ends."""
        self._mine.close()
        self._theirs.close()

    def say(self, *entries: Entry) -> None:
        """Let the engine tell of events."""
        self.answer(*({"entry": format_entry(entry)} for entry in entries))

    def answer(self, *messages: Message) -> None:
        """Let the engine send messages."""
        self._messages.extend(json.loads(json.dumps(message)) for message in messages)
        self._theirs.send(b"x")

    def lose(self) -> None:
        """Break the connection."""
        self.is_lost = True
        self._theirs.send(b"x")

    def asked(self, do: str) -> list[Message]:
        """Return the requests of one kind."""
        return [request for request in self.requests if request["do"] == do]


class FakeEngines:
    """Gives out connections, a new one each time; none as long as `is_down`."""

    def __init__(self) -> None:
        self.clients: list[FakeClient] = []
        self.starts = 0
        self.is_down = False

    @property
    def client(self) -> FakeClient:
        """The newest connection."""
        return self.clients[-1]

    def find(self) -> FakeClient | None:
        """Attach."""
        if self.is_down:
            return None
        self.clients.append(FakeClient())
        return self.clients[-1]

    def start(self) -> None:
        """Start one."""
        self.starts += 1
        self.is_down = False


async def settle(pilot: Pilot[None]) -> None:
    """Wait until every message was handled and everything that was due has been drawn."""
    app = pilot.app
    assert isinstance(app, AxtuiApp)
    await pilot.pause()
    while app.is_busy:
        await pilot.pause()


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Wait until something holds; the test's own time limit is the end of it."""
    for _ in range(2000):
        await pilot.pause()
        if holds():
            return
    raise AssertionError(f"never held; the screen:\n{text_of(pilot.app)}")


@asynccontextmanager
async def opened(
    project: Project, size: tuple[int, int] = WIDE, engines: FakeEngines | None = None
) -> AsyncIterator[tuple[AxtuiApp, Pilot[None]]]:
    """Open the workbench on a project without a terminal."""
    app = AxtuiApp(project, engines)
    async with app.run_test(size=size) as pilot:
        if engines is not None:
            await until(pilot, lambda: bool(engines.clients) and bool(engines.client.requests))
        await settle(pilot)
        yield app, pilot


def lines_of(app: AxtuiApp) -> list[str]:
    """Return the lines on the screen."""
    return text_of(app).splitlines()


def jobs_of(app: AxtuiApp) -> list[str]:
    """Return what stands in the job list while it has the focus, a line a row."""
    parts = [line.split("┃") for line in lines_of(app)]
    return [part[1] for part in parts if len(part) > 2 and part[1].strip()]


def line_with(app: AxtuiApp, text: str) -> str:
    """Return the first line that has a text in it."""
    return next((line for line in lines_of(app) if text in line), "")
