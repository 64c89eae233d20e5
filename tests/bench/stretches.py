"""The longest time for which the workbench takes no key, for each of the heaviest things a user does.

One project has 100,000 jobs, another a job that has written a gigabyte. What is printed is processor time of the
longest callback of the event loop after the keys, with the functions it was most often seen in; see probe.py.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench import output
from tests.bench.journals import write_finished
from tests.bench.probe import read_stretches
from tests.bench.table import Figure, format_machine, format_table, quantity_figure

_JOBS, _OUTPUT_NBYTES = 100_000, 1 << 30
_GOAL_MS, _READ_SECONDS, _LOOK_SECONDS = 50.0, 15.0, 4.0
_OPEN = """
import sys
from pathlib import Path
from axtui.project.config import read_project
from axtui.tui.app import AxtuiApp
from tests.bench.probe import watch_loop
root = Path(sys.argv[1])
app = AxtuiApp(read_project(root))
watch_loop(root / "stretches")
app.run()
"""
_LIST = (
    ("a letter in the filter", ("/", "f")),
    ("one more", ("e",)),
    ("!, then a letter: nearly all are left", ("\x7f\x7f", "!m")),
    ("all jobs again", ("\x1b", "\x1b")),
    ("all repeats unfolded", ("=",)),
    ("to the last job of them", ("G",)),
    ("as a table, sorted", ("t", "t", "t")),
)
_OUTPUT = (
    ("to the output, and its beginning", ("3", "g")),
    ("to its end", ("G",)),
    ("a search through all of it", ("/", "77777", "\r")),
    ("the match before", ("N",)),
    ("only lines that match", ("\x1b", "&", "999", "\r")),
)


def measure(project: Path, shown: str, actions: Sequence[tuple[str, Sequence[str]]]) -> list[Figure]:
    """Open a project and do one thing after the other; return the longest stretch of each."""
    screen = output.Screen(project, _OPEN)
    found = []
    try:
        began = time.monotonic()
        screen.wait_for(shown)
        screen.watch(_READ_SECONDS)
        found.append(_longest(project, "opened: until all is read", began))
        for what, presses in actions:
            began = time.monotonic()
            for keys in presses:
                screen.press(keys)
                screen.watch(0.5)
            screen.watch(_LOOK_SECONDS)
            found.append(_longest(project, what, began))
    finally:
        screen.close()
    return found


def _longest(project: Path, what: str, began: float) -> Figure:
    stretches = read_stretches(project / "stretches", began)
    if stretches:
        print(f"{what}: {', '.join(stretches[0].seen)}")
    return quantity_figure(what, 1000 * stretches[0].seconds if stretches else 0.0, "ms", _GOAL_MS)


def figures() -> list[Figure]:
    """Measure both projects."""
    with tempfile.TemporaryDirectory() as name:
        write_finished(Path(name) / "jobs", _JOBS)
        found = measure(Path(name) / "jobs", "csvimport", _LIST)
        directory = output.make_project(Path(name) / "output", 10_000)
        _write_much(directory / "analysis.1.out")
        return [*found, *measure(Path(name) / "output", "3 Output", _OUTPUT)]


def _write_much(path: Path) -> None:
    lines = "".join(f"line {number:,} of very many that one job has written\n" for number in range(100_000)).encode()
    with open(path, "wb") as handle:
        for _ in range(_OUTPUT_NBYTES // len(lines)):
            handle.write(lines)


def main() -> None:
    """Measure and print."""
    found = figures()
    print(format_machine())
    print(format_table(found))


if __name__ == "__main__":
    main()
