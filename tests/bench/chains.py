"""Two chains of jobs that compute in one process: each job built after the other, and submitted.

Both are of one project with two jobs at a time, in one round one after the other, so that the ratio says what running
side by side brings, whatever else the machine does.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from tests.bench.jobs import parse_arguments
from tests.bench.sides import AxtuiSide
from tests.bench.table import Figure, format_machine, format_seconds, format_table

LENGTH = 4
MOST = 0.6
"""The goal, on two cores: submitted, the chains take at most this part of what they take built in turn."""
_JOB_STEPS = 6_000_000
"""Some tenths of a second of one core."""

_METHOD = f"""
options = {{"seed": 0}}
jobs = ("below",)


def synthesis(options):
    value = options.seed
    for _ in range({_JOB_STEPS}):
        value = (value * 1103515245 + 12345) & 0x7FFFFFFF
    return value
"""

_SCRIPT = f"""
import time


def main(urd):
    # a seed of its own for each run, so that nothing is reused
    seed = time.time_ns()
    urd.build("step", seed=-1)
    for ask in (urd.build, urd.submit):
        began = time.monotonic()
        last = [None, None]
        for number in range({LENGTH}):
            seed += 2
            last = [ask("step", seed=seed + chain, below=last[chain]) for chain in range(2)]
        assert len(urd.joblist) in (1 + 2 * {LENGTH}, 1 + 4 * {LENGTH})
        with open("SECONDS", "a") as seconds:
            seconds.write("%r\\n" % (time.monotonic() - began,))
"""


def measure(rounds: int) -> tuple[float, float]:
    """Return the seconds of the two chains, built one job after the other and submitted: medians of some rounds."""
    with tempfile.TemporaryDirectory() as name:
        package, seconds = Path(name) / "source" / "chains", Path(name) / "seconds"
        package.mkdir(parents=True)
        script = _SCRIPT.replace("SECONDS", str(seconds))
        for file, text in (("__init__.py", ""), ("a_step.py", _METHOD), ("build.py", script)):
            (package / file).write_text(text)
        side = AxtuiSide(Path(name) / "project", package)
        for _ in range(rounds):
            side.run()
        side.stop()
        found = [float(line) for line in seconds.read_text().split()]
    return statistics.median(found[0::2]), statistics.median(found[1::2])


def figures(rounds: int) -> list[Figure]:
    """Measure; the figure compares axtui with itself, so its ratio is in its name."""
    built, submitted = measure(rounds)
    what = f"two chains of {LENGTH} by submit, {submitted / built:.2f} of {format_seconds(built)} by build"
    return [Figure(what, submitted, None, f"{MOST} of build", submitted <= MOST * built)]


def main() -> None:
    """Measure and print."""
    print(format_machine())
    print(format_table(figures(parse_arguments().rounds)))


if __name__ == "__main__":
    main()
