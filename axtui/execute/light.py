"""The light base: a process without numpy and pyarrow, from which loaders of methods are forked that need neither.

A process with those libraries takes three times as long to be forked and to exit, and each page and each mapped file
costs each job. The base is forked from the engine before that imports them, or anything else that loaders do without.
It hands its loaders to the engine: each is forked twice, so that its parent dies and the engine, a subreaper, becomes
its parent, with all that this means for who dies with whom and who reaps whom.
"""

from __future__ import annotations

import gc
import importlib
import os
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path

from axtui.base.records import Record, format_record, parse_message
from axtui.execute.process import begin_child, exit_now
from axtui.method.find import source_roots
from axtui.method.snapshot import Snapshot
from axtui.method.sources import Source, Sources
from axtui.project.config import Project

_HEAVY = ("numpy", "pyarrow")
_WORDS = (b"dataset", b"arrow", b"column")
"""What a source says that works with datasets, in whatever case."""
_HEAD_NBYTES = 16
_PAUSE_SECONDS = 0.0002

_LOADER = "axtui.execute.loader"
"""Imported by the base itself, while the engine goes on."""


def is_light(snapshot: Snapshot) -> bool:
    """Tell whether a method seems to need no data library: it imports Python's own and its project's modules alone, and
    does not speak of datasets. One that turns out to need them imports them itself, and tells by `used_heavy`."""
    if not all(name.partition(".")[0] in sys.stdlib_module_names for name in snapshot.absent):
        return False
    return all(
        source.path.suffix == ".py" and not any(word in source.data.lower() for word in _WORDS)
        for source in snapshot.modules.values()
    )


def used_heavy() -> bool:
    """Tell whether this process has imported a data library."""
    return any(name in sys.modules for name in _HEAVY)


class LightBase:
    """The engine's hold on the base; made before the data libraries are imported, best before anything else is."""

    def __init__(self, project: Project) -> None:
        self._engine = os.getpid()
        self._project = project
        self._channel, theirs = socket.socketpair()
        self.pid = 0
        if sys.platform == "linux" and not used_heavy():
            self.pid = os.fork()
            if self.pid == 0:
                self._serve(theirs)
        theirs.close()

    def fork_loader(self, channel: socket.socket, method: str, snapshot: Snapshot) -> int:
        """Fork a loader, and return its number, 0 where there is no base or it has died."""
        if not self.pid:
            return 0
        order = format_record({"method": method, **_format_snapshot(snapshot)})
        try:
            socket.send_fds(self._channel, [b"%*d" % (_HEAD_NBYTES, len(order))], [channel.fileno()])
            self._channel.sendall(order)
            return int(self._channel.recv(_HEAD_NBYTES) or b"0")
        except OSError:
            return 0

    def _serve(self, channel: socket.socket) -> None:
        """Be the base, and never return."""
        try:
            begin_child(self._engine, "load", [channel.fileno()])
            importlib.import_module(_LOADER)
            gc.collect()
            gc.freeze()
            while True:
                head, fds, _, _ = socket.recv_fds(channel, _HEAD_NBYTES, 1, socket.MSG_WAITALL)
                if not head:
                    break
                order = parse_message(channel.recv(int(head), socket.MSG_WAITALL))
                self._fork(channel, socket.socket(fileno=fds[0]), order)
        finally:
            exit_now(0)

    def _fork(self, channel: socket.socket, loader_channel: socket.socket, order: Record) -> None:
        between = os.fork()
        if between == 0:
            with suppress(OSError):
                between = os.getpid()
                loader = os.fork()
                if loader == 0:
                    self._be_loader(between, loader_channel, order)
                channel.send(b"%d" % loader)
            os._exit(0)
        loader_channel.close()
        os.waitpid(between, 0)

    def _be_loader(self, between: int, channel: socket.socket, order: Record) -> None:
        try:
            while os.getppid() == between:
                time.sleep(_PAUSE_SECONDS)
            sources = Sources(source_roots(self._project.source_directory))
            run_loader = importlib.import_module(_LOADER).run_loader
            run_loader(channel, self._engine, order["method"], _parse_snapshot(order), sources, self._project)
        finally:
            exit_now(1)


def _format_snapshot(snapshot: Snapshot) -> Record:
    """Return what a loader needs of a snapshot, as JSON."""
    modules = {
        name: [os.fspath(source.path), source.data.decode("latin-1"), source.digest, source.is_package]
        for name, source in snapshot.modules.items()
    }
    return {"module": snapshot.module, "digest": snapshot.digest, "modules": modules}


def _parse_snapshot(record: Record) -> Snapshot:
    modules = {
        name: Source(name, Path(path), data.encode("latin-1"), digest, (), is_package)
        for name, (path, data, digest, is_package) in record["modules"].items()
    }
    return Snapshot(record["module"], record["digest"], modules, {}, ())
