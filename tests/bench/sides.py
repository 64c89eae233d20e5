"""The two that are measured, each in a project of its own with the same method package and build script."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Protocol

from tests.program import PROGRAM

_TREE = Path(__file__).resolve().parents[2]
_START_SECONDS = 30.0

AXTUI = (sys.executable, "-c", PROGRAM)


class Side(Protocol):
    """A project that can be run, on one of the two."""

    root: Path

    def run(self) -> float:
        """Run the build script once and return the wall time of the whole command, in seconds."""
        ...

    def stop(self) -> None:
        """End what serves the project."""
        ...


class AxtuiSide:
    """A project of axtui; its engine is started by the first run, as a user would have it."""

    def __init__(self, root: Path, package: Path, slices: int = 2) -> None:
        self.root = root
        root.mkdir()
        shutil.copytree(package, root / package.name)
        text = f'slices = {slices}\ntarget = "dev"\n[workdirs]\ndev = "workdirs/dev"\n'
        (root / "axtui.toml").write_text(f'{text}[methods]\npackages = ["{package.name}"]\n', encoding="utf-8")

    def run(self, script: str = "build") -> float:
        """Run `axtui run`."""
        return _timed((*AXTUI, "run", script), self.root, axtui_environment())

    def stop(self) -> None:
        """Nothing to do: an engine that has no client leaves."""


class AcceleratorSide:
    """A project of the Accelerator with its server running."""

    def __init__(self, ax: Path, root: Path, package: Path, slices: int = 2) -> None:
        self.root = root
        self._ax = ax
        command = (ax, "init", "--no-git", "--slices", str(slices), root)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        shutil.copytree(package, root / package.name)
        conf = root / "accelerator.conf"
        text = conf.read_text(encoding="utf-8")
        conf.write_text(text.replace("\tdev auto-discover", f"\t{package.name} auto-discover"), encoding="utf-8")
        with (root / "server.log").open("w") as log:
            self._server = subprocess.Popen(
                (ax, "server"), cwd=root, env=plain_environment(), stdout=log, stderr=log, process_group=0
            )
        self._wait_for_socket()

    def run(self) -> float:
        """Run `ax run`."""
        return _timed((self._ax, "run"), self.root, plain_environment())

    def stop(self) -> None:
        """End the server and everything it started."""
        os.killpg(self._server.pid, signal.SIGTERM)
        try:
            self._server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._server.pid, signal.SIGKILL)
            self._server.wait()

    def _wait_for_socket(self) -> None:
        socket = self.root / ".socket.dir" / "server"
        until = time.monotonic() + _START_SECONDS
        while not socket.exists():
            if self._server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"ax server did not start: {(self.root / 'server.log').read_text()}")
            time.sleep(0.02)


def find_ax(given: str | None) -> Path | None:
    """Return the Accelerator's command: the one given, else the one beside this Python, else the one on PATH."""
    beside = Path(sys.executable).with_name("ax")
    found = given or (str(beside) if beside.exists() else shutil.which("ax"))
    return Path(found) if found else None


def axtui_environment() -> dict[str, str]:
    """Return an environment in which `import axtui` finds this tree, from whatever directory."""
    path = os.pathsep.join(filter(None, (str(_TREE), os.environ.get("PYTHONPATH", ""))))
    return dict(plain_environment(), PYTHONPATH=path)


def plain_environment() -> dict[str, str]:
    """Return this process's environment without what would make Python slower than a user has it."""
    slower = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")
    return {name: value for name, value in os.environ.items() if name not in slower}


def _timed(command: tuple[str | Path, ...], cwd: Path, environment: dict[str, str]) -> float:
    began = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(f"{command} in {cwd} gave {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return seconds
