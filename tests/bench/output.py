"""The output pane under load: memory for a million lines, how soon a key shows, and how much goes to the terminal.

The workbench runs in a terminal of 160 by 45 characters, on a project in which one job is being built. Eight processes
write its output as slices do, 50,000 lines a second each in bursts; the keys are pressed by this process, which takes
the time until something is drawn. The Accelerator has no workbench to compare with.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.jobs import parse_arguments
from tests.bench.sides import axtui_environment
from tests.bench.table import Figure, format_machine, format_table, quantity_figure, time_figure
from tests.tui.recorded import Recorded

_COLUMNS, _LINES = 160, 45
_LINES_MANY = 1_000_000
_MEMORY_MB, _KEY_SECONDS, _KILOBYTES_A_SECOND = 50, 0.033, 10
_SLICES, _RATE, _BURSTS = 8, 50_000, 20
_GIVE_UP_SECONDS = 60.0
_OPEN = """
import sys
from pathlib import Path
from axtui.project.config import read_project
from axtui.tui.app import AxtuiApp
AxtuiApp(read_project(Path(sys.argv[1]))).run()
"""
_WRITE = """
import sys, time
path, rate, bursts, parent = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
import os
number, due = 0, time.monotonic()
with open(path, "a") as handle:
    while os.getppid() == parent:
        lines = (f"line {number + each} of this slice, with a value of {each}\\n" for each in range(rate // bursts))
        handle.write("".join(lines))
        handle.flush()
        number += rate // bursts
        due += 1 / bursts
        time.sleep(max(0.0, due - time.monotonic()))
"""


class Screen:
    """The workbench in a terminal of its own."""

    def __init__(self, project: Path, program: str = _OPEN) -> None:
        self.written = 0
        self.text = b""
        """The last that was written."""
        pid, self._terminal = pty.fork()
        if pid == 0:
            environment = dict(axtui_environment(), TERM="xterm-256color", COLORTERM="truecolor")
            for size in ("COLUMNS", "LINES"):  # would be believed over the terminal's own
                environment.pop(size, None)
            os.execvpe(sys.executable, [sys.executable, "-c", program, str(project)], environment)
        self.pid = pid
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", _LINES, _COLUMNS, 0, 0))

    def read(self, seconds: float) -> bytes:
        """Return what is written next, b"" if nothing is for so long.

        Raises:
            RuntimeError: The workbench has ended.
        """
        if not select.select([self._terminal], [], [], seconds)[0]:
            return b""
        try:
            data = os.read(self._terminal, 1 << 16)
        except OSError:
            raise RuntimeError(f"the workbench ended; the last it wrote was {self.text[-500:]!r}") from None
        self.written += len(data)
        self.text = (self.text + data)[-200_000:]
        return data

    def wait_for(self, wanted: str) -> None:
        """Read until something has been written that matches.

        Raises:
            RuntimeError: It never was.
        """
        until = time.monotonic() + _GIVE_UP_SECONDS
        while not re.search(wanted.encode(), self.text):
            self.read(0.5)
            if time.monotonic() > until:
                raise RuntimeError(f"the workbench never showed {wanted!r}; the last was {self.text[-500:]!r}")

    def forget(self) -> None:
        """Wait only for what is written from now on."""
        self.text = b""

    def press(self, keys: str) -> None:
        """Press keys."""
        os.write(self._terminal, keys.encode())

    def line(self) -> int:
        """Return which line the cursor of the output is on."""
        return int(re.findall(rb"line ([\d,]+) of [\d,]+ ", self.text)[-1].replace(b",", b""))

    def watch(self, seconds: float) -> float:
        """Return how many bytes a second are written."""
        before, began = self.written, time.monotonic()
        while (left := began + seconds - time.monotonic()) > 0:
            self.read(left)
        return (self.written - before) / (time.monotonic() - began)

    def memory(self) -> int:
        """Return what the process takes, in bytes."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def cpu(self) -> float:
        """Return the processor time that the process has used, in seconds."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """End it."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._terminal)


def make_project(root: Path, lines: int) -> Path:
    """Write a project with one running job that has written so many lines; return where its output goes."""
    rec = Recorded(root, slices=_SLICES)
    rec.begin()
    directory = rec.job("dev-1", "noisy", finished=False)
    rec.start("noisy.1", "dev-1")
    with open(directory / "output" / "analysis.0.out", "w") as handle:
        for first in range(0, lines, 10_000):
            some = range(first, first + 10_000)
            handle.write("".join(f"line {number} of many that one job has written\n" for number in some))
    return directory / "output"


@contextlib.contextmanager
def writing(output: Path) -> Iterator[None]:
    """Let eight processes write like slices."""
    command = [sys.executable, "-c", _WRITE]
    numbers = [str(_RATE), str(_BURSTS), str(os.getpid())]
    writers = [
        subprocess.Popen([*command, str(output / f"analysis.{sliceno}.out"), *numbers]) for sliceno in range(_SLICES)
    ]
    try:
        yield
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()


def measure_memory(root: Path) -> int:
    """Return by how much the workbench grows when it shows a million lines, searched through, in bytes."""
    sizes = []
    for name, lines in (("few", 0), ("many", _LINES_MANY)):
        make_project(root / name, lines)
        screen = Screen(root / name)
        try:
            screen.wait_for("3 Output")
            if lines:
                screen.wait_for("1,000,000 lines")
                for keys in ("3", "/", "7777", "\r"):
                    screen.press(keys)
                    screen.watch(0.5)
                screen.wait_for(r"/7777 [\d, of]+[^\d, of+]")
            screen.watch(0.5)
            sizes.append(screen.memory())
        finally:
            screen.close()
    return sizes[1] - sizes[0]


def measure_keys(screen: Screen, presses: int) -> list[float]:
    """Return the seconds from each of many keys, up and down in turn, to the number of the line it went to."""
    line = screen.line()
    seconds = []
    for number in range(presses):
        while screen.read(0.0):  # what was on its way before
            pass
        screen.forget()
        line += -1 if number % 2 == 0 else 1
        began = time.perf_counter()
        screen.press("kj"[number % 2])
        screen.wait_for(f"line {line:,} of")
        seconds.append(time.perf_counter() - began)
        time.sleep(0.02)
    return seconds


def leave_end(screen: Screen) -> None:
    """Go to the output, and up a few lines."""
    for keys in ("\x1b", "3"):
        screen.press(keys)
        screen.watch(0.5)
    screen.forget()
    screen.press("k")
    screen.wait_for(r"line [\d,]+ of [\d,]+ ")
    line = screen.line()
    for above in range(1, 4):
        screen.press("k")
        screen.wait_for(f"line {line - above:,} of")


def figures(presses: int) -> list[Figure]:
    """Measure all of it."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        memory = measure_memory(root)
        output = make_project(root / "live", 10_000)
        screen = Screen(root / "live")
        try:
            screen.wait_for("FOLLOW · 10,000 lines")
            leave_end(screen)
            floor = sorted(measure_keys(screen, presses))
            screen.press("F")
            with writing(output):
                screen.wait_for(r"FOLLOW[^\n]*\d,\d{3} lines")
                screen.watch(3.0)  # until the first drawings, which may follow each other at once, are over
                cpu, began = screen.cpu(), time.monotonic()
                following = screen.watch(5.0)
                share = (screen.cpu() - cpu) / (time.monotonic() - began)
                leave_end(screen)
                screen.watch(1.0)
                away = screen.watch(3.0)
                keys = sorted(measure_keys(screen, presses))
        finally:
            screen.close()
    worst, floor_worst = (each[int(presses * 0.95)] for each in (keys, floor))
    return [
        quantity_figure("memory for 1,000,000 lines of output, searched", memory / 1e6, "MB", _MEMORY_MB),
        time_figure(f"key to screen, p95 of {presses}, while 8 slices write 50,000 lines/s each", worst, _KEY_SECONDS),
        time_figure("  the median of these", statistics.median(keys)),
        time_figure("  p95 while nothing is written: what the machine and Textual take", floor_worst),
        quantity_figure("  to the terminal, the end followed", following / 1e3, "kB/s", _KILOBYTES_A_SECOND),
        quantity_figure("  to the terminal, scrolled up", away / 1e3, "kB/s", _KILOBYTES_A_SECOND),
        quantity_figure("  processor while the end is followed", share * 100, "% of a core"),
    ]


def main() -> None:
    """Measure and print."""
    arguments = parse_arguments(rounds=200)
    print(format_machine())
    print(format_table(figures(arguments.rounds)))


if __name__ == "__main__":
    main()
