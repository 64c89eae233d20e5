"""From the command to the first frame with the last build's jobs in it, in a terminal of 160 by 45 characters.

The project has a thousand jobs, built before; no engine runs. The Accelerator has no workbench to compare with.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import tempfile
import termios
import time
from pathlib import Path

from tests.bench.jobs import parse_arguments, write_package
from tests.bench.sides import AXTUI, AxtuiSide, axtui_environment
from tests.bench.table import Figure, format_machine, format_table, time_figure

_GIVE_UP_SECONDS = 30.0
_COLUMNS, _LINES = 160, 45


def first_frame(project: Path, shown: bytes) -> float:
    """Start the workbench in a terminal, return after how many seconds `shown` is on it, and end it.

    Raises:
        RuntimeError: It ended before, or took too long.
    """
    began = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(project)
        os.execvpe(AXTUI[0], AXTUI, dict(axtui_environment(), TERM="xterm-256color", COLORTERM="truecolor"))
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", _LINES, _COLUMNS, 0, 0))
    try:
        return _seen(terminal, shown, began) - began
    finally:
        _end(pid, terminal)


def figures(rounds: int) -> list[Figure]:
    """Build a project once and open the workbench on it several times."""
    with tempfile.TemporaryDirectory() as name:
        side = AxtuiSide(Path(name) / "project", write_package(Path(name) / "source", Path(name) / "calls"))
        side.run()
        first_frame(side.root, b"step")  # the first start also compiles what no command has imported before
        seconds = [first_frame(side.root, b"step") for _ in range(rounds)]
    return [time_figure("first frame, with the 1,000 jobs of the last build", statistics.median(seconds), 0.7)]


def _seen(terminal: int, shown: bytes, began: float) -> float:
    """Read what comes to the terminal until `shown` is in it and nothing more is ready to be read."""
    text = b""
    while time.perf_counter() - began < _GIVE_UP_SECONDS:
        if not select.select([terminal], [], [], 1.0)[0]:
            continue
        try:
            text += os.read(terminal, 1 << 16)
        except OSError:
            break
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
