"""The fixtures of the command, and a small disk of a test's own."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ProjectDirectory, processes_of, wait_until
from tests.e2e.conftest import axtui, command_in

__all__ = ["axtui", "command_in"]


@dataclass(frozen=True)
class SmallDisk:
    """A file system in memory that a project's workdirs lie on."""

    path: Path

    def remount(self, options: str) -> None:
        """Mount it again with other options, "ro", "rw" or "size=8m", when no engine has a file of it open any more."""
        command = ["mount", "-o", f"remount,{options}", str(self.path)]
        wait_until(lambda: subprocess.run(command, capture_output=True, check=False).returncode == 0)


@pytest.fixture
def disk(project: ProjectDirectory) -> Iterator[SmallDisk]:
    """Give a disk of 4 MB for the workdirs; without the right to mount one the test is left out."""
    path = project.root / "workdirs"
    path.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=755", "none", str(path)], capture_output=True)
    if made.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield SmallDisk(path)
        wait_until(lambda: not processes_of(project.root))
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)
