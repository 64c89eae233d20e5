"""What a run of a build script was asked to do, besides its name: from the command line to the `urd` object."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from axtui.base.records import Record

NOBODY = "NO-USER"


@dataclass(frozen=True)
class ScriptOptions:
    """Options of a run.

    Attributes:
        flags: Words for the script; `force_build` means something to axtui too.
        workdir: Where new jobs go, "" for the project's target.
        horizon: The latest timestamp that counts as latest, "" for none.
        user: Whose urd lists the script writes.
    """

    flags: tuple[str, ...] = ()
    workdir: str = ""
    horizon: str = ""
    user: str = NOBODY

    def to_record(self) -> Record:
        """Return them as JSON."""
        return {**asdict(self), "flags": list(self.flags)}


def parse_script_options(record: Mapping[str, Any]) -> ScriptOptions:
    """Read options from JSON; what is missing is as if it was not given, but the user is the one of this process."""
    texts = {name: str(record.get(name) or "") for name in ("workdir", "horizon")}
    flags = tuple(str(flag) for flag in record.get("flags") or ())
    return ScriptOptions(flags=flags, user=str(record.get("user") or current_user()), **texts)


def current_user() -> str:
    """Return whose urd lists this process writes: by $URD_AUTH (`user:password`), else $USER, else nobody's."""
    return os.environ.get("URD_AUTH", "").partition(":")[0] or os.environ.get("USER") or NOBODY
