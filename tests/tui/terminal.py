"""A real terminal for tests: a tmux server of its own with one shell in it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path


class Terminal:
    """A tmux server of its own with one shell in it."""

    def __init__(self, directory: Path, environment: Mapping[str, str] = os.environ) -> None:
        self._socket = str(directory / "tmux")
        self._environment = {name: value for name, value in environment.items() if name not in ("NO_COLOR", "TMUX")}
        size = ("-x", "160", "-y", "45")
        self.run("-f", "/dev/null", "new-session", "-d", "-s", "t", *size, "bash --norc")

    def run(self, *words: str) -> str:
        """Run a tmux command."""
        return subprocess.run(
            ["tmux", "-S", self._socket, *words], capture_output=True, text=True, check=True, env=self._environment
        ).stdout

    def type(self, *keys: str) -> None:
        """Press keys."""
        self.run("send-keys", "-t", "t", *keys)

    def screen(self) -> str:
        """Return what is on the screen."""
        return self.run("capture-pane", "-p", "-t", "t")

    def modes(self) -> str:
        """Return what a program may have left switched on."""
        names = ("alternate_on", "cursor_flag", "mouse_any_flag", "mouse_sgr_flag", "keypad_flag")
        return self.run("display", "-p", "-t", "t", " ".join(f"#{{{name}}}" for name in names)).strip()

    def wait(self, holds: Callable[[str], bool]) -> str:
        """Look at the screen until something holds of it."""
        for _ in range(600):
            screen = self.screen()
            if holds(screen):
                return screen
            time.sleep(0.025)
        raise AssertionError(f"never held; the screen:\n{self.screen()}")

    def close(self) -> None:
        """End the server and the shell."""
        self.run("kill-server")
