"""From the save of a file to the first line of the rebuilt job's code: for the method's own file, and for a helper.

axtui is driven as the workbench drives it, without a screen: a client of the engine passes on what the watcher sees.
The Accelerator does not watch; its time is that of an `ax run` started at the very moment of the save. The floor is
the watcher and one fork. Each save replaces the file in one step, with a number that was not there before.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path

from axtui.engine.client import reach_engine
from axtui.event.events import BuildFinished, parse_entry
from axtui.project.config import Project, read_project
from axtui.watch.watcher import follow
from tests.bench.jobs import parse_arguments
from tests.bench.sides import AcceleratorSide, AxtuiSide, axtui_environment, find_ax
from tests.bench.table import Figure, format_machine, format_seconds, format_table, time_figure

GOAL_SECONDS = 0.1
_GIVE_UP_SECONDS = 30.0
_BEFORE = 10
"""Jobs that the script asks for before the one that is saved; they are reused."""

_METHOD = """
import time

from .helper import NUMBER

MINE = 0


def synthesis():
    now = time.time()
    with open("STARTS", "a") as starts:
        starts.write(f"{now!r}\\n")
    return MINE, NUMBER
"""

_OTHER = """
options = {"number": 0}


def synthesis():
    return options.number
"""

_SCRIPT = f"""
def main(urd):
    for number in range({_BEFORE}):
        urd.build("other", number=number)
    urd.build("saved")
"""


def write_package(directory: Path, starts: Path) -> Path:
    """Write a package whose method `saved` adds to the file `starts` when its code begins to run."""
    package = directory / "saving"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "helper.py").write_text("NUMBER = 0\n")
    (package / "a_saved.py").write_text(_METHOD.replace("STARTS", str(starts)))
    (package / "a_other.py").write_text(_OTHER)
    (package / "build.py").write_text(_SCRIPT)
    return package


def save_number(path: Path, name: str, number: int) -> float:
    """Give the file's constant another value, in one step as editors do; return the wall time of the save."""
    lines = path.read_text().splitlines()
    changed = [f"{name} = {number}" if line.startswith(f"{name} =") else line for line in lines]
    temporary = path.with_name(f".{path.name}.saving")
    temporary.write_text("\n".join(changed) + "\n")
    at = time.time()
    temporary.replace(path)
    return at


def last_start(starts: Path, known: int) -> float | None:
    """Return when the job's code began, once there are more lines than `known`, else None."""
    try:
        lines = starts.read_text().split("\n")[:-1]
    except FileNotFoundError:
        return None
    return float(lines[known]) if len(lines) > known else None


async def measure_floor(project: Project, rounds: int) -> list[float]:
    """Save a file that no method imports; take the time until a fork of this process, told by the watcher, runs."""
    path, told = project.root / "saving" / "nobody.py", project.root / "floor"
    path.write_text("NUMBER = 0\n")
    hints = follow(project)
    waiting = asyncio.ensure_future(anext(hints))
    seconds = []
    for number in range(1, rounds + 1):
        while await asyncio.wait([waiting], timeout=0.3) != (set(), {waiting}):  # until the watcher is quiet
            waiting = asyncio.ensure_future(anext(hints))
        at = save_number(path, "NUMBER", number)
        await waiting
        seconds.append(_fork_and_look(told) - at)
    waiting.cancel()
    return seconds


def measure_accelerator(ax: Path, rounds: int, file: str, name: str) -> list[float]:
    """Save, and start `ax run` at once."""
    with tempfile.TemporaryDirectory() as directory:
        starts = Path(directory) / "starts"
        side = AcceleratorSide(ax, Path(directory) / "project", write_package(Path(directory) / "source", starts))
        try:
            side.run()
            return [_save_and_run(side, starts, file, name, number) for number in range(1, rounds + 1)]
        finally:
            side.stop()


def _save_and_run(side: AcceleratorSide, starts: Path, file: str, name: str, number: int) -> float:
    known = len(starts.read_text().splitlines())
    at = save_number(side.root / "saving" / file, name, number)
    side.run()
    began = last_start(starts, known)
    if began is None:  # it has not seen the change: the helper is no part of what it hashes
        raise RuntimeError(f"the save of {file} built nothing")
    return began - at


def _fork_and_look(told: Path) -> float:
    pid = os.fork()
    if pid == 0:
        told.write_text(repr(time.time()))
        os._exit(0)
    os.waitpid(pid, 0)
    return float(told.read_text())


class Headless:
    """A client that does what the workbench does: it passes on what the watcher sees, and hears events."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._client = reach_engine(project)
        self._ended = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Headless:
        asyncio.get_running_loop().add_reader(self._client.fileno(), self._hear)
        self._client.request("attach", since=0)
        self._client.request("watch", on=True)
        self._tasks.append(asyncio.create_task(self._follow()))
        return self

    async def __aexit__(self, *_: object) -> None:
        asyncio.get_running_loop().remove_reader(self._client.fileno())
        for task in self._tasks:
            task.cancel()
        self._client.close()

    async def ended(self) -> None:
        """Wait for the end of the next build that has not been waited for."""
        await asyncio.wait_for(self._ended.wait(), _GIVE_UP_SECONDS)
        self._ended.clear()

    def build(self) -> None:
        """Ask for a build."""
        self._client.request("build", script="build", cause="asked", saved=[], force=[])

    async def _follow(self) -> None:
        async for paths in follow(self._project):
            self._client.request("hint", paths=list(paths))

    def _hear(self) -> None:
        for message in self._client.poll():
            if "entry" in message and isinstance(parse_entry(message["entry"]).event, BuildFinished):
                self._ended.set()


async def measure_axtui(project: Project, starts: Path, rounds: int, file: str, name: str) -> list[float]:
    """Save, and let the watcher tell."""
    async with Headless(project) as client:
        client.build()
        await client.ended()
        seconds = []
        for number in range(1, rounds + 1):
            known = len(starts.read_text().splitlines())
            at = save_number(project.root / "saving" / file, name, number)
            await client.ended()
            began = last_start(starts, known)
            if began is None:
                raise RuntimeError(f"the save of {file} built nothing")
            seconds.append(began - at)
        return seconds


def figures(ax: Path | None, rounds: int) -> list[Figure]:
    """Measure both files on both sides, each in a project of its own, then the floor."""
    os.environ.update(axtui_environment())  # the engine that this process starts has it from here
    found = []
    for file, name, what in (("a_saved.py", "MINE", "its own file"), ("helper.py", "NUMBER", "a helper")):
        ours = statistics.median(_in_project(lambda *place: measure_axtui(*place, rounds, file, name)))  # noqa: B023
        theirs = _accelerator_median(ax, file, name)
        goal = f"≤ {format_seconds(GOAL_SECONDS)}"
        found.append(Figure(f"save of {what} to its first line", ours, theirs, goal, ours <= GOAL_SECONDS))
    floor = statistics.median(_in_project(lambda project, _: measure_floor(project, rounds)))
    return [*found, time_figure("the floor: the watcher and a fork", floor)]


def _in_project(measure: Callable[[Project, Path], Coroutine[None, None, list[float]]]) -> list[float]:
    with tempfile.TemporaryDirectory() as directory:
        starts = Path(directory) / "starts"
        side = AxtuiSide(Path(directory) / "project", write_package(Path(directory) / "source", starts))
        return asyncio.run(measure(read_project(side.root), starts))


def _accelerator_median(ax: Path | None, file: str, name: str) -> float | None:
    """Return the median of five saves; None where a save built nothing: it does not hash helpers unless told to."""
    try:
        return statistics.median(measure_accelerator(ax, 5, file, name)) if ax else None
    except RuntimeError:
        return None


def main() -> None:
    """Measure and print."""
    arguments = parse_arguments(rounds=20)
    print(format_machine())
    print(format_table(figures(find_ax(arguments.ax), arguments.rounds)))


if __name__ == "__main__":
    main()
