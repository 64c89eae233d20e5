"""What a run of a build script was asked to do, besides its name: from the command line to the `urd` object."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from axtui.base.errors import UserError
from axtui.base.records import Record

NOBODY = "NO-USER"
FORCE_BUILD = "force_build"
"""The flag that has every job built anew."""
WHY_BUILD = "why_build"
"""The flag with which a script ends before the first job that would run, and says what is near it."""


@dataclass(frozen=True)
class ScriptOptions:
    """Options of a run.

    Attributes:
        flags: Words for the script; `force_build` and `why_build` mean something to axtui too.
        workdir: Where new jobs go, "" for the project's target.
        horizon: The latest timestamp that counts as latest, "" for none.
        user: Whose urd lists the script writes.
        concurrency: How many analysis processes a job may have at once, by method; by "" for all other methods.
    """

    flags: tuple[str, ...] = ()
    workdir: str = ""
    horizon: str = ""
    user: str = NOBODY
    concurrency: Mapping[str, int] = field(default_factory=dict)

    def to_record(self) -> Record:
        """Return them as JSON."""
        return {**asdict(self), "flags": list(self.flags)}

    def again(self) -> ScriptOptions:
        """Return the options for running the script again on its own account; what was forced or asked was once."""
        return replace(self, flags=tuple(flag for flag in self.flags if flag not in (FORCE_BUILD, WHY_BUILD)))


def parse_script_options(record: Mapping[str, Any]) -> ScriptOptions:
    """Read options from JSON; what is missing is as if it was not given, but the user is the one of this process."""
    texts = {name: str(record.get(name) or "") for name in ("workdir", "horizon")}
    flags = tuple(str(flag) for flag in record.get("flags") or ())
    limits = {str(method): int(limit) for method, limit in (record.get("concurrency") or {}).items()}
    user = str(record.get("user") or current_user())
    return ScriptOptions(flags=flags, user=user, concurrency=limits, **texts)


def parse_concurrency(words: Iterable[str]) -> dict[str, int]:
    """Read limits as they are given to a command: `N` or `method=N`, the later ones first in weight.

    Raises:
        UserError: One is of another form, or its number is less than 1.
    """
    limits = {}
    for word in words:
        method, _, number = word.rpartition("=")
        if not number.isdecimal() or int(number) < 1 or word.startswith("="):
            raise UserError(f"concurrency {word!r}: wanted N or method=N, with N at least 1")
        limits[method] = int(number)
    return limits


def current_user() -> str:
    """Return whose urd lists this process writes: by $URD_AUTH (`user:password`), else $USER, else nobody's."""
    return os.environ.get("URD_AUTH", "").partition(":")[0] or os.environ.get("USER") or NOBODY
