"""The workbench, its engine and real jobs, in a real terminal."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ProjectDirectory
from tests.tui.terminal import Terminal

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]

WAITING = """
import os
import time

options = {"go": ""}


def synthesis(options):
    print("waiting", flush=True)
    while not os.path.exists(options.go):
        time.sleep(0.01)
    print("went on")
    return 1
"""
AFTER = """
jobs = ("before",)


def synthesis(jobs):
    return jobs.before.load() + 1
"""


@pytest.fixture
def terminal(project: ProjectDirectory, surroundings: dict[str, str]) -> Iterator[Terminal]:
    """Give a terminal in a project whose first job waits for the file `go`."""
    project.method("waiting", WAITING)
    project.method("after", AFTER)
    project.script(f"first = urd.build('waiting', go={str(project.root / 'go')!r})\nurd.build('after', before=first)")
    terminal = Terminal(project.root.parent, surroundings)
    yield terminal
    terminal.close()


def open_workbench(terminal: Terminal, project: ProjectDirectory) -> None:
    """Type the command."""
    terminal.type(f"clear; cd {project.root} && {sys.executable} -m axtui.cli.main; echo ENDED $?", "Enter")


def find_screen(project: ProjectDirectory) -> int:
    """Return the process id of the screen: the child of the front."""
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdecimal():
            try:
                words = (path / "cmdline").read_bytes().split(b"\0")
                here = (path / "cwd").readlink() == project.root
            except OSError:
                continue
            if here and b"axtui.cli.main" in words:
                found.append(int(path.name))
    return max(found)


def row(screen: str, method: str) -> str:
    """Return the line of the job list that shows a method's job."""
    parts = [line.split("┃") for line in screen.splitlines() if line.startswith("┃")]
    return next((part[1] for part in parts if f" {method} " in part[1]), "")


def test_a_build_goes_on_without_its_screen(terminal: Terminal, project: ProjectDirectory) -> None:
    """Kill the workbench while a job runs: the terminal is whole, the job ends, the next workbench shows it."""
    open_workbench(terminal, project)
    terminal.wait(lambda screen: "▶" in row(screen, "waiting"))
    os.kill(find_screen(project), signal.SIGKILL)
    said = terminal.wait(lambda screen: "ENDED 137" in screen)
    (project.root / "go").touch()

    open_workbench(terminal, project)

    screen = terminal.wait(lambda screen: "✔" in row(screen, "waiting") and "✔" in row(screen, "after"))
    assert "jobs continue; run axtui to come back" in said
    assert "built in" in screen.splitlines()[0] or terminal.wait(lambda screen: "built in" in screen.splitlines()[0])
    assert project.methods() == ["waiting", "after"]


def test_a_save_builds_what_depends_on_it(terminal: Terminal, project: ProjectDirectory) -> None:
    """Save a method: its job alone is built again, and says why; a save that does not parse is a red row."""
    (project.root / "go").touch()
    open_workbench(terminal, project)
    terminal.wait(lambda screen: "built in" in screen.splitlines()[0])

    project.method("after", AFTER.replace("+ 1", "+ 2"))

    terminal.wait(lambda screen: "Δ" in row(screen, "after") and "built in" in screen.splitlines()[0])
    assert project.methods() == ["waiting", "after", "after"]
    project.method("after", AFTER.replace("(jobs)", "(jobs"))
    broken = terminal.wait(lambda screen: "✘" in row(screen, "after"))
    assert "a_after.py:5" in row(broken, "after")
    assert "✔" in row(broken, "waiting")


def test_cancelling_ends_the_job(terminal: Terminal, project: ProjectDirectory) -> None:
    """x on a running row ends its process, and the row says so."""
    open_workbench(terminal, project)
    terminal.wait(lambda screen: "▶" in row(screen, "waiting"))
    terminal.type("j", "x")

    terminal.wait(lambda screen: "⊗" in row(screen, "waiting"))
