"""The workbench in a terminal of 160 by 45 characters: from the command to the first frame with jobs in it, and what it
takes while it stands there.

One project has a thousand jobs, built before; others have only a journal, of a build of 2,000 and of 100,000 jobs. No
engine runs at the start. The Accelerator has no workbench to compare with.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.jobs import parse_arguments, write_package
from tests.bench.journals import write_finished, write_running
from tests.bench.sides import AXTUI, AxtuiSide, axtui_environment
from tests.bench.table import Figure, format_machine, format_table, quantity_figure, time_figure

_GIVE_UP_SECONDS = 30.0
_COLUMNS, _LINES = 160, 45
_REST_SECONDS, _LOOK_SECONDS = 4.0, 10.0
WITHOUT_ENGINE = (
    sys.executable,
    "-c",
    "from pathlib import Path; from axtui.tui.app import AxtuiApp; from axtui.project.config import read_project;"
    "AxtuiApp(read_project(Path.cwd())).run()",
)
"""The workbench as it looks at the journal alone: jobs that run there go on running."""


@dataclass(frozen=True)
class Opened:
    """A program in a terminal: its process, the terminal, and when it was started."""

    pid: int
    terminal: int
    began: float


@contextmanager
def opened(project: Path, command: Sequence[str] = AXTUI) -> Iterator[Opened]:
    """Start a program in a terminal, and end it."""
    began = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(project)
        os.execvpe(command[0], command, dict(axtui_environment(), TERM="xterm-256color", COLORTERM="truecolor"))
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", _LINES, _COLUMNS, 0, 0))
    try:
        yield Opened(pid, terminal, began)
    finally:
        _end(pid, terminal)


def first_frame(project: Path, shown: bytes) -> float:
    """Start the workbench, return after how many seconds `shown` is on the screen, and end it.

    Raises:
        RuntimeError: It ended before, or took too long.
    """
    with opened(project) as program:
        return _seen(program.terminal, shown, program.began) - program.began


def standing(project: Path, shown: bytes, command: Sequence[str] = AXTUI) -> float:
    """Return what part of a core the workbench takes while it stands there for some seconds, engine not counted.

    Raises:
        RuntimeError: It ended before, or took too long.
    """
    with opened(project, command) as program:
        _seen(program.terminal, shown, program.began)
        _watch(program.terminal, _REST_SECONDS)  # what is put off until the first frame is there
        before, began = _cpu_seconds(program.pid), time.perf_counter()
        _watch(program.terminal, _LOOK_SECONDS)
        return (_cpu_seconds(program.pid) - before) / (time.perf_counter() - began)


def _watch(terminal: int, seconds: float) -> None:
    """Read what comes to the terminal for so long."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        if select.select([terminal], [], [], 0.1)[0]:
            os.read(terminal, 1 << 16)


def _cpu_seconds(pid: int) -> float:
    """Return the processor time of a process and of its children, the front's screen among them."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    found = 0.0
    for each in (pid, *map(int, children)):
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        found += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


def figures(rounds: int) -> list[Figure]:
    """Build a project once and open the workbench on it several times."""
    with tempfile.TemporaryDirectory() as name:
        side = AxtuiSide(Path(name) / "project", write_package(Path(name) / "source", Path(name) / "calls"))
        side.run()
        first_frame(side.root, b"step")  # the first start also compiles what no command has imported before
        seconds = [first_frame(side.root, b"step") for _ in range(rounds)]
    with tempfile.TemporaryDirectory() as name:
        return [
            time_figure("first frame, with the 1,000 jobs of the last build", statistics.median(seconds), 0.7),
            *_journal_figures(Path(name), rounds),
        ]


def _journal_figures(directory: Path, rounds: int) -> list[Figure]:
    found = []
    for jobs, most in ((2_000, 0.5), (100_000, 1.0)):
        root = directory / str(jobs)
        write_finished(root, jobs)
        seconds = [first_frame(root, b"csvimport") for _ in range(rounds)]
        found.append(time_figure(f"first frame, {jobs:,} jobs", statistics.median(seconds), most))
    write_running(directory / "running", 8)
    idle, busy = standing(directory / "2000", b"csvimport"), standing(directory / "running", b"busy", WITHOUT_ENGINE)
    found.append(quantity_figure("at rest with 2,000 jobs, of one core", 100 * idle, "%", 1.0))
    found.append(quantity_figure("eight jobs running, of one core", 100 * busy, "%", 5.0))
    return found


def _seen(terminal: int, shown: bytes, began: float) -> float:
    """Read what comes to the terminal until `shown` is in it and nothing more is ready to be read."""
    text = b""
    while time.perf_counter() - began < _GIVE_UP_SECONDS:
        if not select.select([terminal], [], [], 1.0)[0]:
            continue
        try:
            came = os.read(terminal, 1 << 16)
        except OSError:
            break
        text += came
        if b"\x1b[c" in came:
            os.write(terminal, b"\x1b[?62;22c")  # what it is; every terminal answers that at once
        if shown in text:
            return time.perf_counter()
    raise RuntimeError(f"the workbench did not show {shown!r}; the last it wrote was {text[-500:]!r}")


def _end(pid: int, terminal: int) -> None:
    os.write(terminal, b"q")
    until = time.monotonic() + 5
    while time.monotonic() < until:
        if os.waitpid(pid, os.WNOHANG)[0]:
            break
        _drain(terminal)
    else:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    os.close(terminal)


def _drain(terminal: int) -> None:
    """Read what the program writes while it leaves; it would wait for ever on a full terminal."""
    if select.select([terminal], [], [], 0.02)[0]:
        try:
            os.read(terminal, 1 << 16)
        except OSError:
            time.sleep(0.02)


def main() -> None:
    """Measure and print."""
    arguments = parse_arguments(rounds=7)
    print(format_machine())
    print(format_table(figures(arguments.rounds)))


if __name__ == "__main__":
    main()
