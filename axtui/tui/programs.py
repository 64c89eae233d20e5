"""Other programs that get the terminal for a while: the user's editor and pager. Decides nothing.

The screen is suspended, not stopped: events are folded and saves are watched while an editor is open. A pager reads
lines from us, made safe, so that no output drives the terminal whatever the pager lets through.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

if TYPE_CHECKING:
    from axtui.tui.app import AxtuiApp

_PLUS = frozenset(
    {"vi", "vim", "nvim", "gvim", "view", "ex", "nano", "pico", "emacs", "emacsclient", "joe", "jed", "jmacs", "mg"}
    | {"ne", "mcedit", "micro", "kak", "gedit", "zile"}
)
_GOTO = frozenset({"code", "code-insiders", "codium", "vscodium", "cursor", "windsurf", "positron"})
_COLON = frozenset({"subl", "sublime_text", "hx", "helix", "zed", "zeditor"})
_OPTION = frozenset({"kate", "idea", "pycharm", "charm", "webstorm"})
_WINDOWED = _GOTO | _OPTION | {"subl", "sublime_text", "zed", "zeditor", "gvim", "gedit"}
_LINE_PAGERS = frozenset({"less", "more", "most", "vim", "nvim", "view"})


@dataclass(frozen=True)
class Command:
    """A program with its arguments; `windowed` if it opens a window of its own and needs no terminal."""

    words: Sequence[str]
    windowed: bool = False

    @property
    def name(self) -> str:
        """What people call it."""
        return Path(self.words[0]).name


class NoProgramError(Exception):
    """There is no such program; the text says which one was looked for, and where."""


def editor_command(path: Path, line: int, environment: Mapping[str, str] = os.environ) -> Command:
    """Return how to open a file at a line (from 1) with $VISUAL or $EDITOR, else with what is installed.

    Raises:
        NoProgramError: It is not installed.
    """
    words = _choose(environment, ("VISUAL", "EDITOR"), ("nano", "vim", "vi"))
    name = Path(words[0]).name
    if name in _PLUS:
        words += [f"+{line}", str(path)]
    elif name in _GOTO:
        words += [*(() if {"-g", "--goto"} & set(words) else ("-g",)), f"{path}:{line}"]
    elif name in _COLON:
        words += [f"{path}:{line}"]
    elif name in _OPTION:
        words += ["--line", str(line), str(path)]
    else:
        words += [str(path)]
    return Command(words, name in _WINDOWED)


def pager_command(line: int, environment: Mapping[str, str] = os.environ) -> Command:
    """Return how to page through what comes on standard input, from a line (from 1) on, with $PAGER or less.

    Raises:
        NoProgramError: It is not installed.
    """
    words = _choose(environment, ("PAGER",), ("less", "more"))
    name = Path(words[0]).name
    if name == "less":
        words += ["-R"]
    if name in _LINE_PAGERS:
        words += [f"+{line}"]
    return Command([*words, "-"] if name in ("vim", "nvim", "view") else words)


async def run_program(app: AxtuiApp, command: Command, feed: Iterator[bytes] | None = None) -> str:
    """Run a program until it ends, with the terminal unless it is windowed. Return what went wrong, or "".

    Args:
        app: The app that owns the terminal.
        command: The program.
        feed: What it reads on standard input, as fast as it reads.
    """
    try:
        if command.windowed:
            return await _run(command, None, quiet=True)
        with app.away(), app.batch_update(), app.suspend():
            return await _run(command, feed)
    except SuspendNotSupported:
        return f"{command.name} needs the terminal, which cannot be lent here"
    except OSError as error:
        return f"{command.name} cannot be started: {error.strerror}"


def prompt_command(jobid: str) -> Command:
    """Return how to open a Python prompt in which `job` is a job."""
    return Command([sys.executable, "-P", "-s", "-m", "axtui.cli.main", "job", "--python", "--", jobid])


def _choose(environment: Mapping[str, str], names: Sequence[str], defaults: Sequence[str]) -> list[str]:
    """Return the words of the first variable that is set, else the first default that is installed."""
    for name in names:
        with contextlib.suppress(ValueError):
            words = shlex.split(environment.get(name, ""))
            if words and shutil.which(words[0], path=environment.get("PATH")) is None:
                raise NoProgramError(f"{name} is {words[0]!r}, which is not installed")
            if words:
                return words
    for default in defaults:
        if shutil.which(default, path=environment.get("PATH")):
            return [default]
    raise NoProgramError(f"{' and '.join(names)} are not set, and there is no {' or '.join(defaults)}")


async def _run(command: Command, feed: Iterator[bytes] | None, quiet: bool = False) -> str:
    nowhere = asyncio.subprocess.DEVNULL if quiet else None
    stdin = asyncio.subprocess.PIPE if feed is not None else nowhere
    process = await asyncio.create_subprocess_exec(
        *command.words, stdin=stdin, stdout=nowhere, stderr=nowhere, start_new_session=quiet
    )
    try:
        if feed is not None and process.stdin is not None:
            await _write(process.stdin, feed)
        code = await process.wait()
    finally:
        if process.returncode is None and not quiet:
            process.terminate()
    return f"{command.name} ended with status {code}" if code > 0 else ""


async def _write(stdin: asyncio.StreamWriter, feed: Iterator[bytes]) -> None:
    """Write until everything is written, or the reader has gone."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        for chunk in feed:
            stdin.write(chunk)
            await stdin.drain()
            await asyncio.sleep(0)
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        stdin.close()
        await stdin.wait_closed()
