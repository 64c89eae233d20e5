"""A thousand trivial jobs, ten layers of a hundred, from scratch and with nothing to do; 2 slices.

From scratch a round has a new project, so that neither side finds anything. The script itself takes the time of its
calls, with the same two lines on both sides. Axtui also builds them by `urd.submit`: all are asked for at once.
Projects are deleted when all is measured, for some file systems make files slowly where many were just deleted.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.sides import AcceleratorSide, AxtuiSide, Side, find_ax
from tests.bench.table import Figure, format_machine, format_table, ratio_figure, time_figure

LAYERS, WIDTH = 10, 100

_METHOD = """
options = {"number": 0}
jobs = ("below",)


def synthesis():
    return options.number
"""

_SCRIPT = f"""
import time


def main(urd):
    began = time.monotonic()
    below = [None] * {WIDTH}
    for layer in range({LAYERS}):
        below = [urd.build("step", number=layer * {WIDTH} + at, below=below[at]) for at in range({WIDTH})]
    with open("CALLS", "a") as calls:
        calls.write("%r\\n" % (time.monotonic() - began,))
"""


@dataclass
class Times:
    """Seconds, a value a round: the command from scratch, and by submit; with nothing to do, the calls within that."""

    scratch: list[float] = field(default_factory=list)
    submitted: list[float] = field(default_factory=list)
    nothing: list[float] = field(default_factory=list)
    calls: list[float] = field(default_factory=list)

    def median(self, name: str) -> float:
        """Return the median of one of the four."""
        return statistics.median(getattr(self, name))


def write_package(directory: Path, calls: Path) -> Path:
    """Write the method package; its script adds the seconds that its calls took to the file `calls`."""
    package = directory / "trivial"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "a_step.py").write_text(_METHOD)
    (package / "build.py").write_text(_SCRIPT.replace("CALLS", str(calls)))
    (package / "build_submitted.py").write_text(_SCRIPT.replace("CALLS", os.devnull).replace("urd.build", "urd.submit"))
    return package


def measure(make: Callable[[Path, Path], Side], times: Times, where: Path) -> None:
    """Make one round: in a new project, run the script from scratch once and with nothing to do three times."""
    place = Path(tempfile.mkdtemp(dir=where))
    calls = place / "calls"
    side = make(place / "project", write_package(place / "source", calls))
    try:
        times.scratch.append(side.run())
        times.nothing.extend(side.run() for _ in range(3))
    finally:
        side.stop()
    seconds = [float(line) for line in calls.read_text().split()]
    times.calls.extend(value / (LAYERS * WIDTH) for value in seconds[1:])


def measure_submitted(times: Times, where: Path) -> None:
    """Make one round of axtui alone: from scratch, by submit."""
    place = Path(tempfile.mkdtemp(dir=where))
    side = AxtuiSide(place / "project", write_package(place / "source", place / "calls"))
    times.submitted.append(side.run("submitted"))
    side.stop()


def figures(ax: Path | None, rounds: int) -> list[Figure]:
    """Measure both sides in turn, so that whatever else the machine does meets both; without an `ax` only axtui's."""
    ours, theirs = Times(), Times()
    with tempfile.TemporaryDirectory() as name:
        for _ in range(rounds):
            measure(AxtuiSide, ours, Path(name))
            measure_submitted(ours, Path(name))
            if ax is not None:
                measure(lambda root, package: AcceleratorSide(ax, root, package), theirs, Path(name))
    return [
        ratio_figure("1,000 jobs from scratch", *_both(ours, theirs, "scratch"), 1 / 3),
        ratio_figure("the same by submit", *_both(ours, theirs, "submitted", "scratch"), 1 / 3),
        ratio_figure("a call with nothing to do", *_both(ours, theirs, "calls"), 1 / 8),
        ratio_figure("the command, 1,000 calls with nothing to do", *_both(ours, theirs, "nothing"), 1.0),
        time_figure("the same", ours.median("nothing"), 1.0),
    ]


def _both(ours: Times, theirs: Times, name: str, of_theirs: str = "") -> tuple[float, float | None]:
    return ours.median(name), theirs.median(of_theirs or name) if theirs.scratch else None


def parse_arguments(words: Sequence[str] | None = None, rounds: int = 3) -> argparse.Namespace:
    """Read the arguments every bench takes: `--ax PATH`, `--rounds N`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--ax", help="the Accelerator's command; default: beside this Python, else on PATH")
    parser.add_argument("--rounds", type=int, default=rounds, help=f"default: {rounds}")
    return parser.parse_args(words)


def main() -> None:
    """Measure and print."""
    arguments = parse_arguments()
    print(format_machine())
    print(format_table(figures(find_ax(arguments.ax), arguments.rounds)))


if __name__ == "__main__":
    main()
