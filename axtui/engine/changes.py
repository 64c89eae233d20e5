"""What a look at the project's files brings: methods that build differently, broke, or were repaired."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from axtui.base import clock
from axtui.base.errors import BuildError, MethodError, UserError
from axtui.base.files import full_stamp
from axtui.build.code import NO_EXTRA, Code, Extra
from axtui.engine.builds import Row, find_stale
from axtui.event.events import Event, MethodBroken, MethodRepaired, Noted, SourcesChanged
from axtui.method.snapshot import BrokenSourceError
from axtui.store.index import Finished

_COARSE_SECONDS = 0.02
"""So much the clock that stamps files may be behind the one that is asked for the time."""


@dataclass(frozen=True)
class Change:
    """What one look found. `methods` build differently now; `is_any` tells whether the last build would come out
    differently, `is_repaired` whether something that was broken can be used again."""

    events: tuple[Event, ...] = ()
    methods: frozenset[str] = frozenset()
    files: tuple[str, ...] = ()
    is_any: bool = False
    is_repaired: bool = False


class Changes:
    """Compares the project's files with how they were at the last look.

    The first look compares them with `built`: a job of the last build by method. It starts no build.
    """

    def __init__(self, root: Path, code: Code, built: dict[str, Finished]) -> None:
        self._root = root
        self._code = code
        self._built = built
        self._has_looked = False
        self._digests: dict[str, str] = {}
        self._extra: dict[str, Extra] = {}
        """What methods declared in `depend_extra` at the last look, as far as that was known."""
        self._looked_at = 0.0
        self._broken: dict[str, str] = {}
        self._stamps: dict[Path, list[int]] = {}
        self._scripts: dict[str, str] = {}
        """The digest of each script that was run or looked at."""
        self._note = ""

    def look(self, rows: dict[str, Row], script: str, input_files: dict[str, list[int]]) -> Change:
        """Look at the files and say what is different.

        Args:
            rows: The rows of the last build.
            script: Its build script, "" where there was none.
            input_files: The input files it read, with their stamps.
        """
        began = clock.wall()
        events: list[Event] = self._rescan()
        used = {row.method for row in rows.values()}
        is_first = not self._has_looked
        if is_first:
            self._learn_extra()
        digests = self._code.digests(used)
        broken = {name: (str(self._code.path(name)), error) for name, error in self._code.broken(used).items()}
        script_changed = self._look_at_script(script, broken)
        self._has_looked = True
        methods = self._stale_since(digests) if is_first else self._changed_since(digests)
        events += self._tell_broken(broken, rows)
        self._digests.update({name: digest for name, digest in digests.items() if digest})
        self._extra = dict(self._code.extra)
        inputs = _changed_inputs(input_files)
        files = (*self._changed_files(), *inputs)
        self._looked_at = began
        relevant = methods & used
        if methods or (files and (script_changed or inputs)):
            stale, after = find_stale(rows, relevant)
            shown = () if is_first else tuple(os.path.relpath(path, self._root) for path in files)
            ours = tuple(sorted(filter(self._code.is_ours, methods)))
            events.append(SourcesChanged(shown, tuple(sorted(methods)), stale, after, ours))
        is_any = bool(relevant or script_changed or inputs) and not is_first
        is_repaired = any(isinstance(event, MethodRepaired) for event in events)
        return Change(tuple(events), frozenset(methods), files, is_any, is_repaired)

    def script_runs(self, script: str, digest: str) -> None:
        """Take in that a build script runs as it is now; what it was at an earlier look no longer counts."""
        self._scripts[script] = digest

    def _changed_since(self, digests: dict[str, str]) -> set[str]:
        """Return the methods that are other ones than at the last look; one of ours that was not looked at is not."""
        known = {
            name: self._digests.get(name, digest if self._code.is_ours(name) else "")
            for name, digest in digests.items()
        }
        changed = {name for name, digest in digests.items() if digest and digest != known[name]}
        return {name for name in changed if not self._is_told_more(name, known[name])}

    def _is_told_more(self, method: str, known: str) -> bool:
        """Tell whether a method is another one only because by now it is known what it declares."""
        before = self._extra.get(method, NO_EXTRA)
        return self._code.extra.get(method, NO_EXTRA) != before and self._code.digest_with(method, before) == known

    def _stale_since(self, digests: dict[str, str]) -> set[str]:
        """Return the methods that were changed between the last build and the first look."""
        return {name for name in digests if name in self._built and not self._is_current(self._built[name])}

    def _learn_extra(self) -> None:
        """Take what methods declare from their last jobs; those whose jobs are not current will be asked anew."""
        for method, job in self._built.items():
            if any(job.extra) and self._is_current(job):
                modules, files = job.extra
                self._code.learn_extra(method, (tuple(modules), tuple(files)))

    def _is_current(self, job: Finished) -> bool:
        try:
            return self._code.is_current(job)
        except MethodError:
            return True  # it is shown as broken

    def stamps(self) -> dict[Path, list[int]]:
        """Return the stat of every project file that was read, for telling whether a save is still going on."""
        return {path: full_stamp(path) for path in self._code.sources.files()}

    def _rescan(self) -> list[Event]:
        try:
            self._code.rescan()
            note = "; ".join(self._code.faults.values())
        except UserError as error:
            note = str(error)
        self._note, before = note, self._note
        return [Noted(note)] if note and note != before else []

    def _tell_broken(self, broken: dict[str, tuple[str, MethodError]], rows: dict[str, Row]) -> list[Event]:
        events: list[Event] = []
        for name, (path, error) in broken.items():
            if self._broken.get(name) == str(error):
                continue
            line, reason = 0, str(error)
            if isinstance(error, BrokenSourceError):
                path, line, reason = str(error.path), error.line, error.reason
            its_rows = tuple(row.name for row in rows.values() if row.method == name)
            events.append(MethodBroken(name, os.path.relpath(path, self._root), line, reason, its_rows))
        events += [MethodRepaired(name) for name in self._broken if name not in broken]
        self._broken = {name: str(error) for name, (_, error) in broken.items()}
        return events

    def _look_at_script(self, script: str, broken: dict[str, tuple[str, MethodError]]) -> bool:
        """Tell whether the build script means something else than at the last look."""
        if not script:
            return False
        try:
            digest = self._code.script(script).digest
        except MethodError as error:
            broken[script] = (script, error)
            return False
        except (UserError, BuildError):
            return False
        before = self._scripts.get(script, digest)
        self._scripts[script] = digest
        return digest != before

    def _changed_files(self) -> list[str]:
        """Return the files that were saved since the last look; one that was only read since then is none."""
        now = self.stamps()
        changed = [
            str(path) for path, stamp in now.items()
            if (self._stamps[path] != stamp if path in self._stamps else _is_newer(path, self._looked_at))
        ]  # fmt: skip
        self._stamps = now
        return changed


def _changed_inputs(input_files: dict[str, list[int]]) -> list[str]:
    return [path for path, stamp in input_files.items() if full_stamp(path) != stamp]


def _is_newer(path: Path, wall: float) -> bool:
    """Tell whether a file was written, or put in its place, after a wall time."""
    try:
        return os.stat(path).st_ctime >= wall - _COARSE_SECONDS
    except OSError:
        return False
