"""Job directories for tests: made and committed as the job process does it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from axtui.base.records import Record, digest, format_lines
from axtui.store import layout
from axtui.store.commit import build_manifest, commit_job
from axtui.store.workdir import Workdir


def make_workdir(root: Path, name: str = "dev") -> Workdir:
    """Make a workdir with two slices."""
    workdir = Workdir(name, root / name)
    workdir.prepare(2)
    return workdir


def setup_of(name: str, /, **changes: Any) -> Record:
    """Return the order of a job."""
    return {
        "version": 1,
        "jobid": name,
        "method": "count",
        "options": {"n": 1},
        "datasets": {},
        "jobs": {},
        "slices": 2,
        "key": "a" * 64,
        "hash": "b" * 64,
        "parameters": "c" * 64,
        "inputs": {},
        "input_files": {},
        "extra": [[], []],
        "starttime": 1_600_000_000.0,
        "is_build": False,
        "caption": "",
        "why": ["count was never built"],
        "sources": {},
        **changes,
    }


def start_job(workdir: Workdir, number: int, /, **setup: Any) -> Path:
    """Make the directory of a job that was started."""
    directory = workdir.path / f"{workdir.name}-{number}"
    directory.mkdir()
    (directory / layout.OUTPUT).mkdir()
    (directory / layout.METHOD).mkdir()
    (directory / layout.METHOD / "a_count.py").write_text("def synthesis(): return 1\n")
    (directory / layout.SETUP).write_bytes(format_lines(setup_of(directory.name, **setup)))
    return directory


def commit(directory: Path, post: Record | None = None) -> Path:
    """Commit a job that has a result and a file below a folder."""
    (directory / layout.RESULT).write_bytes(b"\x80\x04K\x01.")
    (directory / "charts").mkdir()
    (directory / "charts/a.svg").write_text("<svg/>")
    names = [layout.RESULT, "charts/a.svg", "method/a_count.py"]
    record = {**finished_post(directory), "registered": [layout.RESULT, "charts/a.svg"], **(post or {})}
    commit_job(directory, build_manifest(directory, names, {}), record)
    return directory


def finished_post(directory: Path) -> Record:
    """Return what the commit record of a job says besides its files."""
    return {
        "outcome": "finished",
        "setup": digest((directory / layout.SETUP).read_bytes()),
        "registered": [],
        "datasets": {},
        "subjobs": {},
        "links": [],
        "output": "d" * 64,
        "observed": {},
        "repeatable": True,
        "notes": [],
        "starttime": 1.0,
        "endtime": 2.0,
        "exectime": {"prepare": 0.0, "analysis": 0.5, "per_slice": [0.5, 0.4], "synthesis": 0.5, "total": 1.0},
    }


def make_job(workdir: Workdir, number: int, post: Record | None = None, **setup: Any) -> Path:
    """Make a finished job."""
    return commit(start_job(workdir, number, **setup), post)


def forge_post(directory: Path, **changes: Any) -> None:
    """Write another commit record with a digest that fits, as somebody hostile would."""
    record = json.loads((directory / layout.POST).read_bytes().splitlines()[0])
    line = json.dumps({**record, **changes}).encode()
    (directory / layout.POST).write_bytes(line + b"\n" + digest(line).encode() + b"\n")
