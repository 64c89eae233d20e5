"""The bases: processes that have imported what loaders need, and fork them.

A process with numpy and pyarrow takes three times as long to be forked and to exit, and each page and each mapped file
costs each job. So there are two: the light base is forked from the engine when next to nothing is imported, and holds
what every loader needs; the data base is forked from the light one, and imports the data libraries too. That takes half
a second, in which the engine, which needs none of them, serves; only who wants a process of the data base waits for it.

A base hands what it forks to the engine: each is forked twice, so that its parent dies and the engine, a subreaper,
becomes its parent, with all that this means for who dies with whom and who reaps whom.
"""

from __future__ import annotations

import gc
import importlib
import os
import pickle
import socket
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from axtui.execute.light import used_heavy
from axtui.execute.process import begin_child, exit_now
from axtui.method.find import source_roots
from axtui.method.snapshot import Snapshot
from axtui.method.sources import Sources
from axtui.project.config import Project

if TYPE_CHECKING:
    from axtui.execute.executor import Loop

_LIBRARIES = (
    *("numpy", "pyarrow", "pyarrow.compute", "pyarrow.csv", "pandas", "axtui.api.writer"),
    "importlib.metadata",
)
"""What nearly every job of a method with datasets needs. pyarrow imports pandas, where it is installed, at the first
array it makes of a list; half a second in every job. The last says versions of what a method imports."""
_GC_OBJECTS = 20_000
"""Work on data makes many objects and little rubbish that refers to itself; looking for it at each 700 costs more."""
_HEAD_NBYTES = 16
_READY = b"%*d" % (_HEAD_NBYTES, 0)
_PAUSE_SECONDS = 0.0002
_LOADER, _SCRIPT = "axtui.execute.loader", "axtui.execute.script"
"""Imported by the bases themselves, while the engine goes on."""


class Base:
    """The engine's hold on a base.

    Args:
        channel: Where it is reached; None for one that is not there, and forks nothing.
    """

    def __init__(self, channel: socket.socket | None) -> None:
        self._channel = channel
        self._waiting: list[Callable[[], None]] = []
        self.is_ready = channel is None
        """Whether what it is asked for is not kept waiting by its imports."""

    def watch(self, loop: Loop) -> None:
        """Hear from the loop when it is ready."""
        if self._channel is not None and not self.is_ready:
            loop.add_reader(self._channel.fileno(), lambda: self._hear(loop))

    def when_ready(self, do: Callable[[], None]) -> None:
        """Do something at once or as soon as it is ready; also where it dies before that."""
        if self.is_ready:
            do()
        else:
            self._waiting.append(do)

    def fork_loader(self, channel: socket.socket, method: str, snapshot: Snapshot) -> int:
        """Fork a loader, and return its number, 0 where there is no base or it has died."""
        return self._ask(channel, {"method": method, "snapshot": replace(snapshot, files={})})

    def fork_script(
        self, connection: socket.socket, directory: Path, snapshot: Snapshot, environment: Mapping[str, str] | None
    ) -> int:
        """Fork the process of a build script, and return its number, 0 where there is no base or it has died."""
        return self._ask(connection, {"script": directory, "snapshot": snapshot, "environment": environment})

    def _ask(self, channel: socket.socket, order: dict[str, Any]) -> int:
        if self._channel is None:
            return 0
        data = pickle.dumps(order)
        try:
            self._await()
            socket.send_fds(self._channel, [b"%*d" % (_HEAD_NBYTES, len(data))], [channel.fileno()])
            self._channel.sendall(data)
            return int(self._channel.recv(_HEAD_NBYTES) or b"0")
        except OSError:
            return 0

    def _hear(self, loop: Loop) -> None:
        assert self._channel is not None
        loop.remove_reader(self._channel.fileno())
        with suppress(OSError):
            self._await()
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            each()

    def _await(self) -> None:
        if self._channel is not None and not self.is_ready:
            self.is_ready = True
            self._channel.recv(_HEAD_NBYTES, socket.MSG_WAITALL)


class Bases:
    """Both bases of an engine; best made before anything else is imported. Not there where this process has the data
    libraries already, or off Linux: loaders are forked from it itself then. `pid` is the one that is its child."""

    def __init__(self, project: Project) -> None:
        self.pid = 0
        self.light, self.data = Base(None), Base(None)
        if sys.platform == "linux" and not used_heavy():
            engine = os.getpid()
            ours, theirs = zip(*(socket.socketpair() for _ in range(2)), strict=True)
            self.pid = os.fork()
            if self.pid == 0:
                _be_light(_Server(theirs[0], engine, project), _Server(theirs[1], engine, project))
            for each in theirs:
                each.close()
            self.light, self.data = map(Base, ours)

    def watch(self, loop: Loop) -> None:
        """Hear from the loop when they are ready."""
        self.light.watch(loop)
        self.data.watch(loop)


def _be_light(light: _Server, data: _Server) -> None:
    """Be the light base, and never return. The data base dies with it."""
    try:
        begin_child(light.engine, "load", [light.channel.fileno(), data.channel.fileno()])
        importlib.import_module(_LOADER)
        this = os.getpid()
        if os.fork() == 0:
            _be_data(this, data)
        data.channel.close()
        light.serve()
    finally:
        exit_now(0)


def _be_data(parent: int, server: _Server) -> None:
    """Be the data base, and never return."""
    try:
        begin_child(parent, "load data", [server.channel.fileno()])
        import_data_libraries()
        importlib.import_module(_SCRIPT)
        gc.set_threshold(_GC_OBJECTS, 10, 10)
        server.serve()
    finally:
        exit_now(0)


def import_data_libraries() -> None:
    """Import what methods with datasets need, once, before anything is forked: a fork then costs a millisecond."""
    for name in _LIBRARIES:
        with suppress(ImportError):
            importlib.import_module(name)


class _Server:
    """What a base does: it takes orders, and forks."""

    def __init__(self, channel: socket.socket, engine: int, project: Project) -> None:
        self.channel = channel
        self.engine = engine
        self._project = project

    def serve(self) -> None:
        """Say that this process is ready, and fork what is asked for until the engine is gone."""
        gc.collect()
        gc.freeze()
        self.channel.sendall(_READY)
        while True:
            head, fds, _, _ = socket.recv_fds(self.channel, _HEAD_NBYTES, 1, socket.MSG_WAITALL)
            if not head:
                break
            order = self.channel.recv(int(head), socket.MSG_WAITALL)
            self._fork(socket.socket(fileno=fds[0]), order)

    def _fork(self, channel: socket.socket, order: bytes) -> None:
        between = os.fork()
        if between == 0:
            with suppress(OSError):
                between = os.getpid()
                found = os.fork()
                if found == 0:
                    self._obey(between, channel, pickle.loads(order))
                self.channel.send(b"%d" % found)
            os._exit(0)
        channel.close()
        os.waitpid(between, 0)

    def _obey(self, between: int, channel: socket.socket, order: dict[str, Any]) -> None:
        """Be what was ordered, and never return; it begins when it is the engine's child."""
        try:
            while os.getppid() == between:
                time.sleep(_PAUSE_SECONDS)
            sources = Sources(source_roots(self._project.source_directory))
            snapshot = order["snapshot"]
            if "method" in order:
                run_loader = importlib.import_module(_LOADER).run_loader
                run_loader(channel, self.engine, order["method"], snapshot, sources, self._project)
            else:
                run_script = importlib.import_module(_SCRIPT).run_script
                run_script(
                    order["script"], channel, self.engine, snapshot, sources, self._project, order["environment"]
                )
        finally:
            exit_now(1)
