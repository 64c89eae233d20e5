"""Fixtures for all tests: small projects in a temporary directory, and surroundings that are nobody's."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from axtui.store.record import JobRecord, read_job

# how long an example takes says nothing on a machine that does other things too
settings.register_profile("axtui", deadline=None)
settings.load_profile("axtui")

TREE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class ProjectDirectory:
    """A project on disk with a method package `small`, and what a test wants to know of its jobs."""

    root: Path

    def write(self, name: str, text: str) -> Path:
        """Write a file of the project, of which nothing is cached by whoever looks."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def method(self, name: str, text: str) -> Path:
        """Write the method `name` of the package `small`."""
        return self.write(f"small/a_{name}.py", text)

    def script(self, text: str, name: str = "build") -> Path:
        """Write a build script; `text` is the body of `main(urd)`, a statement a line."""
        body = "".join(f"    {line}\n" for line in text.strip().splitlines())
        return self.write(f"small/{name}.py", f"def main(urd):\n{body}")

    def jobs(self) -> dict[str, JobRecord]:
        """Read every job of the workdir "dev" that is not a build script's run, by id, in order of number."""
        found = (read_job(path) for path in (self.root / "workdirs/dev").glob("dev-*"))
        jobs = sorted(found, key=lambda job: int(job.jobid.rpartition("-")[2]))
        return {job.jobid: job for job in jobs if not job.setup.get("is_build")}

    def methods(self) -> list[str]:
        """Give the method of each finished job, in order."""
        return [job.method for job in self.jobs().values() if job.state == "finished"]


def make_project(root: Path) -> ProjectDirectory:
    """Make an empty project: two slices, workdir "dev", package `small` without methods."""
    made = ProjectDirectory(root)
    made.write("small/__init__.py", "")
    made.write(
        "axtui.toml",
        'slices = 2\ntarget = "dev"\ninput = "data"\nresults = "results"\n'
        '[workdirs]\ndev = "workdirs/dev"\n[methods]\npackages = ["small"]\n',
    )
    (made.root / "data").mkdir()
    return made


@pytest.fixture
def project(tmp_path: Path) -> ProjectDirectory:
    """Give an empty project of the test's own."""
    return make_project(tmp_path / "project")


@pytest.fixture(scope="session")
def surroundings() -> Iterator[dict[str, str]]:
    """Give an environment with runtime, cache and configuration directories of its own, without colour.

    They lie directly in the temporary directory, because the path of a socket may have 107 characters at most.
    """
    place = Path(tempfile.mkdtemp(prefix="axtui-"))
    made = {key: str(place / name) for key, name in _DIRECTORIES.items()}
    for path in made.values():
        Path(path).mkdir(mode=0o700)
    path = os.pathsep.join(filter(None, (str(TREE), os.environ.get("PYTHONPATH", ""))))
    yield {**os.environ, **made, "PYTHONPATH": path, "NO_COLOR": "1", "TERM": "dumb"}
    shutil.rmtree(place, ignore_errors=True)


_DIRECTORIES = {"XDG_RUNTIME_DIR": "run", "XDG_CACHE_HOME": "cache", "XDG_CONFIG_HOME": "config"}


def wait_until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait until something holds, looking often; it is a failure where it does not hold in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not so within {seconds} s"
        time.sleep(0.01)


def processes_of(root: Path) -> list[int]:
    """Return the living processes of a project's engine; they carry the project in their environment."""
    marker = f"AXTUI_PROJECT={root}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parts = (entry / "environ").read_bytes().split(b"\0")
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if marker in parts and state not in "ZX":
            found.append(int(entry.name))
    return found
