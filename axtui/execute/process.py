"""What every forked process does first, and how processes are ended.

Linux first: elsewhere the kernel's help is missing, and what it does is left out.
"""

from __future__ import annotations

import ctypes
import faulthandler
import os
import signal
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from axtui.store import layout

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_PR_SET_CHILD_SUBREAPER = 36
_IOLBF = 1
_ENGINE_SETS = (
    *("AXTUI_PROJECT", "AXTUI_ENGINE", "PYTHONHASHSEED"),
    *("OPENBLAS_NUM_THREADS", "JE_ARROW_MALLOC_CONF", "MIMALLOC_ARENA_RESERVE"),
)
"""What an engine has in its environment for itself and all that it forks."""
_libc = ctypes.CDLL(None, use_errno=True)


def begin_child(parent: int, name: str, keep: Iterable[int]) -> None:
    """Make this freshly forked process die with its parent, and let go of everything but some descriptors.

    PDEATHSIG is not inherited, so each child sets it; the parent may be dead before it is set, so that is looked at.
    """
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    _prctl(_PR_SET_NAME, name.encode("ascii", "replace")[:15])
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    close_others(keep)


def close_others(keep: Iterable[int]) -> None:
    """Close every descriptor above 2 that is not to be kept; a lock that a child keeps outlives its owner."""
    first = 3
    for fd in sorted(set(keep)):
        os.closerange(first, fd)
        first = fd + 1
    os.closerange(first, os.sysconf("SC_OPEN_MAX"))


def become_subreaper() -> None:
    """Take in every descendant whose parent dies, so that none can slip away by forking twice."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def redirect(directory: Path, stage: str, sliceno: int = -1) -> None:
    """Send stdout and stderr of this process straight to the stage's files, and start in the job directory.

    A file makes Python and C write in blocks; line buffering keeps what was printed before a kill. A crash, and the
    signal USR1, write the stacks of all threads to stderr.
    """
    flush_streams()
    os.chdir(directory)
    _reopen(0, os.devnull, os.O_RDONLY)
    for fd, stream in ((1, "out"), (2, "err")):
        path = f"{directory}/{layout.OUTPUT}/{layout.output_name(stage, stream, sliceno)}"
        _reopen(fd, path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    faulthandler.enable(2)
    faulthandler.register(signal.SIGUSR1, 2)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = _line_buffered(1)
    sys.stderr = _line_buffered(2)


def keep_streams() -> None:
    """Fill the places of stdin, stdout and stderr where they were closed, so that no pipe of ours takes them."""
    while (fd := os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)) < 3:
        os.set_inheritable(fd, True)
    os.close(fd)


def line_buffer_c() -> None:
    """Let what C code prints be written line by line too."""
    with suppress(ValueError, AttributeError):
        _libc.setvbuf(ctypes.c_void_p.in_dll(_libc, "stdout"), None, _IOLBF, 0)


def flush_streams() -> None:
    """Write out what this process has printed, as far as it can be."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    _libc.fflush(None)


def take_environment(environment: Mapping[str, str] | None) -> None:
    """Have the environment of another process, but for what the engine sets for all that it forks; None keeps ours."""
    if environment is not None:
        ours = {name: os.environ[name] for name in _ENGINE_SETS if name in os.environ}
        os.environ.clear()
        os.environ.update({**environment, **ours})
        time.tzset()


def exit_now(code: int) -> None:
    """End this process without unwinding what its parent has on the stack."""
    flush_streams()
    os._exit(code)


def find_descendants() -> list[int]:
    """Return the children of this process, adopted ones included."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", "rb") as handle:
            return [int(word) for word in handle.read().split()]
    except OSError:
        return []


def end_descendants(spare: Iterable[int] = ()) -> list[str]:
    """Kill and reap every descendant but some, until none is left. Return their names."""
    spared = set(spare)
    names: list[str] = []
    for _ in range(1000):
        found = [pid for pid in find_descendants() if pid not in spared]
        if not found:
            break
        for pid in found:
            names.append(_process_name(pid))
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in found:
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)
    return [name for name in names if name]


def describe_end(code: int) -> str:
    """Say how a process ended, from what `os.waitstatus_to_exitcode` gives."""
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = "unknown"
        return f"killed by signal {-code} ({name})"
    return f"ended with exit status {code} before it had finished"


def oom_kills() -> int:
    """Return how often the kernel has killed a process for want of memory since the machine started."""
    with suppress(OSError, ValueError):
        for line in Path("/proc/vmstat").read_text().splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    return 0


def end_strays(project: Path, engine: str) -> int:
    """Kill processes that engines of this project left behind when they were killed. Return how many.

    Every process of an engine carries `AXTUI_PROJECT` and `AXTUI_ENGINE` in its environment from the engine's exec
    on. A process may fork while it is looked for, so it is over when two passes in a row find nothing. An engine that
    is just starting is left alone; it is known by its session and its name, which `begin_child` changes in others.
    """
    marker = f"AXTUI_PROJECT={project}".encode()
    ours = f"AXTUI_ENGINE={engine}".encode()
    count = quiet = 0
    while quiet < 2:
        strays = [pid for pid in _pids() if _is_stray(pid, marker, ours)]
        quiet = 0 if strays else quiet + 1
        count += len(strays)
        for pid in strays:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if strays:
            time.sleep(0.005)
    return count


def _pids() -> list[int]:
    with suppress(OSError):
        return [int(name) for name in os.listdir("/proc") if name.isdecimal()]
    return []


def _is_stray(pid: int, marker: bytes, ours: bytes) -> bool:
    try:
        parts = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(")")
        state, _, _, session = rest.split()[:4]
    except (OSError, ValueError):
        return False
    is_starting_engine = int(session) == pid and name.startswith("python")
    return marker in parts and ours not in parts and state not in "ZX" and not is_starting_engine


def _process_name(pid: int) -> str:
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    name, _, rest = state.partition("(")[2].rpartition(")")
    return "" if rest.split()[:1] == ["Z"] else name


def _reopen(fd: int, path: str, flags: int) -> None:
    opened = os.open(path, flags | os.O_CLOEXEC, 0o644)
    if opened != fd:
        os.dup2(opened, fd)
        os.close(opened)
    else:
        os.set_inheritable(fd, True)


def _line_buffered(fd: int) -> TextIO:
    return open(fd, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)


def _prctl(option: int, value: object) -> None:
    with suppress(AttributeError):
        _libc.prctl(option, value, 0, 0, 0)
