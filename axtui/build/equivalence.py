"""Older code digests that somebody has declared to mean the same: `equivalent.jsonl` in the project.

The file is append-only, a JSON object a line. It is made to be read, and to be kept with the source:

    {"do": "declare", "method", "old", "new", "declared", "who", "when", "why", "checked"}
    {"do": "revoke", "method", "old", "new", "who", "when", "why"}

`checked` is "none", "slice" or "whole"; `declared` has the digest of each option's declaration under the new digest.
A declaration means that jobs of the old digest answer requests of the new one, and of whatever is declared equal to
that; where an older job lacks an option, only as long as that is declared as it was when the two were declared equal.
The last line about a method, an old and a new digest counts. A line that cannot be read says nothing; it is told.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from axtui.base.errors import RecordError
from axtui.base.files import end_last_line, fsync_path, read_limited, write_all
from axtui.base.records import Record, format_record, parse_record
from axtui.method.snapshot import Snapshot

Lacks = frozenset[str] | None
"""Names of options that a job may lack where a request has them at their default; None for any option."""

FILE_NAME = "equivalent.jsonl"
CHECKS = ("none", "slice", "whole")
_NBYTES = 16 << 20
_TEXTS = ("method", "old", "new", "who", "when", "why")


@dataclass(frozen=True)
class Equivalence:
    """One declaration. `when` is UTC as text; `checked` says what was run to compare."""

    method: str
    old: str
    new: str
    who: str
    when: str
    why: str
    checked: str
    declared: dict[str, str] = field(default_factory=dict)


class Equivalences:
    """The declarations that count, as the file was when it was last read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, ...] = ()
        self._valid: dict[tuple[str, str, str], Equivalence] = {}
        self.damage: list[str] = []
        """A sentence for each line that cannot be read."""

    def refresh(self) -> None:
        """Read the file again where it has changed."""
        stamp = _stamp(self._path)
        if stamp != self._stamp:
            self._stamp = stamp
            self._read()

    def all(self) -> list[Equivalence]:
        """Return what counts, oldest first."""
        return list(self._valid.values())

    def accepted(self, method: str, snapshot: Snapshot) -> dict[str, Lacks]:
        """Return the other digests whose jobs answer requests of a method, directly or over others.

        Returns:
            For each digest the options that its jobs may lack; None for any.
        """
        found: dict[str, dict[str, str]] = {}
        pending = [(snapshot.digest, {}), *((each, snapshot.declared) for each in snapshot.equivalent)]
        while pending:
            new, declared = pending.pop()
            if new not in found:
                found[new] = declared
                # what an option was when the older of two declarations was made counts: it is about the older job
                pending += [
                    (each.old, {**declared, **each.declared})
                    for each in self._valid.values()
                    if each.method == method and each.new == new
                ]
        is_open = snapshot.reads is None
        return {
            digest: None
            if is_open
            else frozenset(name for name, its in declared.items() if snapshot.declared.get(name) == its)
            for digest, declared in found.items()
            if digest != snapshot.digest
        }

    def _read(self) -> None:
        self._valid.clear()
        self.damage.clear()
        try:
            data = read_limited(self._path, _NBYTES)
        except FileNotFoundError:
            return
        except (OSError, RecordError) as error:
            self.damage.append(f"{self._path} cannot be read: {error}")
            return
        for number, line in enumerate(data.split(b"\n"), 1):
            try:
                if line.strip():
                    self._take(_parse(line))
            except RecordError as error:
                self.damage.append(f"{self._path} line {number}: {error}")

    def _take(self, record: Record) -> None:
        key = (record["method"], record["old"], record["new"])
        self._valid.pop(key, None)
        if record["do"] == "declare":
            self._valid[key] = Equivalence(**{name: record[name] for name in (*_TEXTS, "checked", "declared")})


def _common(first: dict[str, str], second: dict[str, str]) -> frozenset[str]:
    """Return the names that are declared alike in both."""
    return frozenset(name for name, digest in first.items() if second.get(name) == digest)


def append_equivalence(path: Path, equivalence: Equivalence) -> None:
    """Add a declaration to the file.

    Raises:
        OSError: It cannot be written.
    """
    _append(path, {"do": "declare", **equivalence.__dict__})


def append_revocation(path: Path, equivalence: Equivalence, who: str, when: str, why: str) -> None:
    """Take a declaration back, by a line of its own.

    Raises:
        OSError: It cannot be written.
    """
    names = {"method": equivalence.method, "old": equivalence.old, "new": equivalence.new}
    _append(path, {"do": "revoke", **names, "who": who, "when": when, "why": why})


def _append(path: Path, record: Record) -> None:
    fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        end_last_line(fd)
        write_all(fd, format_record(record) + b"\n")
        os.fsync(fd)
    finally:
        os.close(fd)
    fsync_path(path.parent)


def _parse(line: bytes) -> Record:
    record = parse_record(line)
    if record.get("do") not in ("declare", "revoke"):
        raise RecordError(f"do is {json.dumps(record.get('do'))[:40]}, wanted declare or revoke")
    for name in _TEXTS:
        if not isinstance(record.get(name), str):
            raise RecordError(f"{name} is {json.dumps(record.get(name))[:40]}, wanted a text")
    if record["do"] == "declare" and record.get("checked") not in CHECKS:
        raise RecordError(f"checked is {json.dumps(record.get('checked'))[:40]}, wanted one of {', '.join(CHECKS)}")
    if record["do"] == "declare" and not _are_texts(record.get("declared")):
        raise RecordError(f"declared is {json.dumps(record.get('declared'))[:40]}, wanted digests by option")
    return record


def _are_texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        info = os.stat(path)
    except OSError:
        return ()
    return (info.st_ino, info.st_size, info.st_mtime_ns)
