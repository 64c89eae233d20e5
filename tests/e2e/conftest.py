"""The `axtui` command as a user has it: a process of its own, here without a terminal."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from axtui.event.events import Event
from axtui.event.journal import read_journal
from tests.conftest import ProjectDirectory
from tests.program import PROGRAM

SECONDS = 120.0
"""No command of a test takes so long; one that does is stuck."""
WAITS_FOR_GO = """
    until = time.monotonic() + 60
    while not os.path.exists(os.path.join(params.project_directory, "go")):
        assert time.monotonic() < until
        time.sleep(0.005)
"""
"""Lines of a stage of a method with `params`, which last until the project has a file `go`."""
READ = """
from axtui import InputFile
options = {'file': InputFile}
def synthesis(job, options):
    with job.open_input(options.file) as handle: return handle.read()
"""
"""A method whose result is what an input file says."""


@dataclass(frozen=True)
class Command:
    """`axtui`, run in a directory. Its standard input is what is typed, and nothing it prints goes to a terminal."""

    directory: Path
    environment: dict[str, str]

    def __call__(self, *words: str, status: int = 0, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run it with these words, and insist on its exit status."""
        command = [sys.executable, "-P", "-c", PROGRAM, *words]
        done = subprocess.run(
            command,
            cwd=self.directory,
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        said = f"axtui {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
        assert done.returncode == status, said
        return done

    def json(self, *words: str) -> Any:
        """Run it with `--json` and give what it printed."""
        return json.loads(self(*words, "--json").stdout)


def built_by(axtui: Command, project: ProjectDirectory, *words: str, status: int = 0) -> list[str]:
    """Run build scripts; give the method of each job that this finished, in order."""
    before = project.jobs()
    axtui("run", *words, status=status)
    return [job.method for jobid, job in project.jobs().items() if jobid not in before and job.state == "finished"]


def start(axtui: Command, *words: str) -> subprocess.Popen[str]:
    """Start the command without waiting for it."""
    return subprocess.Popen(
        [sys.executable, "-P", "-c", PROGRAM, *words],
        cwd=axtui.directory,
        env=axtui.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def events(project: ProjectDirectory) -> list[Event]:
    """Give everything that has happened in a project, in order."""
    return [entry.event for entry in read_journal(project.root / ".axtui/journal")]


def failure_of(project: ProjectDirectory) -> dict[str, Any]:
    """Give the error record of the newest job, which has failed."""
    job = [*project.jobs().values()][-1]
    assert job.state == "failed"
    return job.error


@pytest.fixture(scope="session")
def command_in(surroundings: dict[str, str]) -> Callable[[Path], Command]:
    """Give the command for any directory."""
    return lambda directory: Command(directory, surroundings)


@pytest.fixture
def axtui(project: ProjectDirectory, command_in: Callable[[Path], Command]) -> Command:
    """Give the command for the test's project."""
    return command_in(project.root)


@pytest.fixture
def built(first: ProjectDirectory, tmp_path: Path) -> ProjectDirectory:
    """Give a copy of the project `first` of a test's file, which was built once for all of its tests, to change."""
    root = tmp_path / "copy"
    shutil.copytree(first.root, root, symlinks=True)
    return ProjectDirectory(root)
