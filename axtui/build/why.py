"""Why a job has to be built: what differs from the nearest job that exists, from the facts the decision was made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from axtui.base.errors import RecordError
from axtui.base.records import Record, read_record
from axtui.base.values import decode_value
from axtui.build.identity import Identity
from axtui.build.request import Request
from axtui.method.snapshot import Snapshot
from axtui.store import layout
from axtui.store.catalogue import Catalogue
from axtui.store.index import Finished

_CANDIDATES = 3
_MANY = 3
_SETUP_NBYTES = 64 << 20


@dataclass(frozen=True)
class Wanted:
    """All that a request was decided from."""

    request: Request
    identity: Identity
    snapshot: Snapshot


def explain(wanted: Wanted, catalogue: Catalogue, before: str, fault: str) -> tuple[str, ...]:
    """Return sentences on what differs from the nearest job, the weightiest first.

    Args:
        wanted: The request and its identity.
        catalogue: The jobs there are.
        before: The job that answered this row in the last build, "" without one.
        fault: Why a job of this very key cannot be used, "" where there is none.
    """
    if fault:
        return (fault,)
    found = catalogue.get(before) if before else None
    if found:
        return _differences(wanted, found, catalogue) or ("asked to run again",)
    others = catalogue.latest(wanted.request.method, _CANDIDATES)
    if not others:
        return (f"{wanted.request.method} was never built",)
    nearest = min((_differences(wanted, job, catalogue) for job in others), key=len)
    return nearest or ("asked to run again",)


def _differences(wanted: Wanted, job: Finished, catalogue: Catalogue) -> tuple[str, ...]:
    try:
        setup = _read_setup(catalogue.directory(job.jobid))
    except (OSError, RecordError):
        return (f"{job.jobid} cannot be read",)
    return (
        *_source_differences(wanted.snapshot, setup),
        *_option_differences(wanted.request.options, setup["options"]),
        *_file_differences(wanted, setup.get("input_files", {})),
        *_input_differences(wanted, setup),
    )


@lru_cache(256)
def _read_setup(directory: Path) -> Record:
    """Read the order of a finished job; it never changes, and neighbours in a build are compared with the same few."""
    return read_record(directory / layout.SETUP, _SETUP_NBYTES)


def _source_differences(snapshot: Snapshot, setup: Record) -> list[str]:
    if setup.get("hash") == snapshot.digest:
        return []
    before = setup.get("sources", {})
    names = [name for name, source in snapshot.modules.items() if before.get(name, ["", ""])[1] != source.digest]
    names += [name for name in before if name not in snapshot.modules and name not in snapshot.files]
    what = ", ".join(_file_name(snapshot, name) for name in names)
    return [f"source changed: {what or 'a declared file, or what it could import'}"]


def _file_name(snapshot: Snapshot, name: str) -> str:
    source = snapshot.modules.get(name)
    return source.path.name if source else f"{name} is gone"


def _option_differences(now: dict[str, Any], before: dict[str, Any]) -> list[str]:
    changed = [name for name in now if now[name] != before.get(name)]
    if len(changed) > _MANY:
        return [f"options {', '.join(changed)} differ"]
    return [f"option {name}: {_short(before, name)} → {_short(now, name)}" for name in changed]


def _short(options: dict[str, Any], name: str) -> str:
    if name not in options:
        return "not there"
    try:
        return f"{decode_value(options[name])!r:.40}"
    except RecordError:
        return f"{options[name]!r:.40}"


def _file_differences(wanted: Wanted, before: dict[str, list[Any]]) -> list[str]:
    names = wanted.request.input_files
    now = wanted.identity.files
    changed = [
        name for name in now if name in before and before[name][0] == names[name] and before[name][1] != now[name]
    ]
    return [f"input file changed: {names[name]}" for name in changed]


def _input_differences(wanted: Wanted, setup: Record) -> list[str]:
    found = []
    before_inputs = setup.get("inputs", {})
    for group in ("datasets", "jobs"):
        now: dict[str, Any] = getattr(wanted.request, group)
        for name, value in now.items():
            before = setup[group].get(name)
            if _identities(value, wanted.identity.inputs) != _identities(before, before_inputs):
                found.append(f"input {name}: {_list(before)} → {_list(value)}")
    return found


def _identities(value: Any, inputs: dict[str, str]) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [inputs.get(item, "") if item else "" for item in values]


def _list(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "nothing")


def explain_reuse(wanted: Wanted, job: Finished) -> str:
    """Say why a job answers a request that names other inputs than it was built from, "" where it names the same."""
    if wanted.identity.inputs == job.inputs:
        return ""
    now = set(wanted.identity.inputs)
    before = set(job.inputs)
    pairs = [
        f"{reference} ≡ {other}"
        for reference in sorted(now - before)
        for other in sorted(before - now)
        if job.inputs[other] == wanted.identity.inputs[reference]
    ]
    return f"because {', '.join(pairs[:3])}" if pairs else ""
