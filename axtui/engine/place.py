"""Where a project's engine is reached, and the lock that lets there be one."""

from __future__ import annotations

import fcntl
import os
import socket
import time
from contextlib import suppress
from pathlib import Path

from axtui.base import clock
from axtui.base.errors import EngineError
from axtui.base.records import digest
from axtui.project.config import Project

_SOCKET_PATH_NBYTES = 100
_LEAVE_SECONDS = 5.0
_TRY_SECONDS = 0.01


def socket_path(project: Project) -> Path:
    """Return the path of the engine's socket, in a directory that only this user can enter.

    Raises:
        EngineError: The directory belongs to somebody else, or others can enter it.
    """
    name = digest(os.fsencode(project.root))[:16] + ".sock"
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and os.access(runtime, os.W_OK):
        return _private(Path(runtime) / "axtui") / name
    path = _private(project.private) / "engine.sock"
    if len(os.fsencode(path)) <= _SOCKET_PATH_NBYTES:
        return path
    import tempfile  # brings in much that the light base, which is forked first, has no need of

    return _private(Path(tempfile.gettempdir()) / f"axtui-{os.getuid()}") / name


def _private(directory: Path) -> Path:
    with suppress(FileExistsError):
        directory.mkdir(mode=0o700, parents=True)
    info = directory.stat(follow_symlinks=False)
    if info.st_uid != os.getuid():
        raise EngineError(f"{directory} belongs to user {info.st_uid}; the engine's socket needs one of your own")
    if info.st_mode & 0o077:
        directory.chmod(0o700)
    return directory


def lock_engine(project: Project) -> int | None:
    """Become the project's engine, waiting for one that is leaving.

    Returns:
        The descriptor that holds the lock; None where there is an engine that answers, or one that will not leave.
    """
    path = _private(project.private) / "engine.lock"
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    deadline = clock.monotonic() + _LEAVE_SECONDS
    while not _try_lock(fd):
        if is_answering(project) or clock.monotonic() > deadline:
            os.close(fd)
            return None
        time.sleep(_TRY_SECONDS)
    return fd


def is_answering(project: Project) -> bool:
    """Tell whether somebody listens on the project's socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(socket_path(project)))
        except OSError:
            return False
    return True


def _try_lock(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
