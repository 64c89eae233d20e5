"""A client finds the engine, or has one started."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from axtui.base.errors import EngineError
from axtui.engine import client
from axtui.engine.place import socket_path
from axtui.project.config import Project, read_project
from tests.conftest import ProjectDirectory


@pytest.fixture
def configured(project: ProjectDirectory, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Give a project without an engine, whose socket lies below it."""
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    (project.root / ".axtui").mkdir(mode=0o700)
    return read_project(project.root)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Give a socket for somebody who answers."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as made:
        yield made


def _process(code: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-S", "-c", code])


def test_an_engine_that_left_for_another_is_started_again(
    configured: Project, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that was there may have been about to leave: who finds neither of them starts a third."""
    started: list[subprocess.Popen[bytes]] = []

    def start(project: Project) -> subprocess.Popen[bytes]:
        started.append(_process(""))
        if len(started) == 2:
            listener.bind(str(socket_path(project)))
            listener.listen()
        return started[-1]

    monkeypatch.setattr(client, "start_engine", start)

    client.reach_engine(configured).close()

    assert len(started) == 2
    assert [each.wait() for each in started] == [0, 0]


def test_an_engine_that_cannot_run_is_told_at_once(configured: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the last line of its log."""
    (configured.private / "engine.log").write_text("before\naxtui engine: the reason\n")
    monkeypatch.setattr(client, "start_engine", lambda project: _process("raise SystemExit(1)"))

    with pytest.raises(EngineError, match=r"^the reason$"):
        client.reach_engine(configured)


def test_an_engine_that_never_answers_is_not_said_to_be_gone(
    configured: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says how long it was waited for."""
    process = _process("import time; time.sleep(100)")
    monkeypatch.setattr(client, "start_engine", lambda project: process)
    monkeypatch.setattr(client, "_START_SECONDS", 0.1)

    with pytest.raises(EngineError, match=r"does not answer for 0\.1 s; it may still come$"):
        client.reach_engine(configured)

    process.kill()
    process.wait()
