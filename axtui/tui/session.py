"""Where a user left off in a project: which job, pane, filter. Kept in the user's state directory, one file a project.

It is a convenience and nothing else: a file that is missing, damaged or of another version gives the beginning, and one
that cannot be written is not.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from axtui.base.errors import RecordError
from axtui.base.files import atomic_write, read_limited
from axtui.base.records import digest, format_record, parse_record
from axtui.tui.layout import LEFT_PARTS

_NBYTES = 64 << 10


@dataclass(frozen=True)
class Session:
    """A place on the main screen. `folds` is whether repeats are folded, None where that is left to the list;
    `left` how wide the jobs are, in fortieths of the screen."""

    row: str = ""
    pane: str = "jobs"
    zoomed: bool = False
    filter: str = ""
    folds: bool | None = None
    left: int = LEFT_PARTS


def session_path(root: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """Return where the session of a project is kept."""
    base = environment.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return Path(base) / "axtui" / "sessions" / f"{digest(os.fsencode(root))[:16]}.json"


def read_session(path: Path) -> Session:
    """Read a session; what is not as it must be is as if it had never been written."""
    try:
        record = parse_record(read_limited(path, _NBYTES))
    except (OSError, RecordError):
        return Session()
    known = {field.name: record[field.name] for field in fields(Session) if field.name in record}
    good: dict[str, Any] = {name: value for name, value in known.items() if isinstance(value, _KINDS[name])}
    return Session(**good)


def write_session(path: Path, session: Session) -> None:
    """Write a session, if it can be written."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_write(path, format_record(vars(session)) + b"\n")


_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "row": str, "pane": str, "zoomed": bool, "filter": str, "folds": (bool, type(None)), "left": int,
}  # fmt: skip
