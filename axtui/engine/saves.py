"""Saves: noticed once the files have come to rest, and held back where a build that runs is not to be disturbed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from axtui.base.errors import UserError
from axtui.engine.changes import Change
from axtui.engine.loop import SelectLoop

SETTLE_SECONDS = 0.02

Stamps = Mapping[Path, Any]


class Settling:
    """Waits until the files are the same at two looks 20 ms apart; a half-written file must not start a job.

    Args:
        loop: Has the timers.
        stamps: Gives the stat of every file.
        settled: Is called when they are at rest.
    """

    def __init__(self, loop: SelectLoop, stamps: Callable[[], Stamps], settled: Callable[[], None]) -> None:
        self._loop = loop
        self._stamps = stamps
        self._settled = settled
        self._is_waiting = False

    def begin(self) -> None:
        """Begin to wait; where that goes on already, nothing is begun."""
        if not self._is_waiting:
            self._is_waiting = True
            before = self._stamps()
            self._loop.call_later(SETTLE_SECONDS, lambda: self._look(before))

    def _look(self, before: Stamps) -> None:
        self._is_waiting = False
        if self._stamps() != before:
            self.begin()
        else:
            self._settled()


class HeldSaves:
    """What was saved while a build ran, and what is to become of it.

    Args:
        choice: What the project wants: "restart" the build, "wait" for its end, or "ask".
    """

    def __init__(self, choice: str) -> None:
        self._wanted = choice
        self._choice = choice
        self._change: Change | None = None

    @property
    def choice(self) -> str:
        """What is to become of what is held."""
        return self._choice

    def hold(self, change: Change, is_building: bool) -> bool:
        """Hold a change back if it is not to end the build that runs; return whether that is so."""
        if not is_building or self._wanted == "restart":
            return False
        before = self._change or Change()
        methods, files = before.methods | change.methods, dict.fromkeys((*before.files, *change.files))
        self._change = replace(change, methods=methods, files=tuple(files), is_any=True)
        self._choice = self._wanted
        return True

    def answer(self, choice: str) -> None:
        """Take what a user wants with what is held.

        Raises:
            UserError: Nothing is held, or that is no answer.
        """
        if self._change is None:
            raise UserError("no save waits for an answer")
        if choice not in ("restart", "wait", "drop"):
            raise UserError(f"a save is answered with restart, wait or drop, not {choice!r:.20}")
        self._choice = choice
        if choice == "drop":
            self.forget()

    def take(self, is_building: bool) -> Change | None:
        """Return what is to be built now, and hold it no longer; None where there is nothing, or not yet."""
        is_due = self._choice == "restart" or (self._choice == "wait" and not is_building)
        change = self._change if is_due else None
        if change is not None:
            self.forget()
        return change

    def forget(self) -> None:
        """Hold nothing: a build begins, which sees every file as it is."""
        self._change = None
