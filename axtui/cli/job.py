"""Show a job: what it was asked, what it made, why it was built, where it lies."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from axtui.base.clock import format_seconds
from axtui.base.text import safe
from axtui.base.values import decode_value
from axtui.build.job_spec import find_job
from axtui.cli.jobs import summarise_job
from axtui.method.packages import changed_versions
from axtui.project.config import find_root, read_project
from axtui.project.limits import tell_limits
from axtui.store import layout
from axtui.store.peaks import peaks_of, tell_peaks
from axtui.store.record import JobRecord, find_damage, undeclared

EXAMPLE = "axtui job dev-42   or   axtui job csvimport~1 --python"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_job_argument(parser)
    parser.add_argument("--json", action="store_true", help="print the job's records as JSON")
    parser.add_argument("--python", action="store_true", help="open a Python prompt in which `job` is the job")


def add_job_argument(parser: argparse.ArgumentParser, name: str = "job") -> None:
    """Declare an argument that names a job."""
    how = "a job id, a method for its newest job, or :LIST:ENTRY; ~N goes N jobs of its method back, ^ to `previous`"
    parser.add_argument(name, metavar="JOB", help=f"{how}, .NAME to an input")


def run(arguments: argparse.Namespace) -> int:
    """Print a job."""
    project = read_project(find_root(Path.cwd()))
    record = find_job(project, arguments.job)
    if arguments.python:
        from axtui.cli.prompt import open_prompt

        open_prompt(project, record)
        return 0
    if arguments.json:
        told = {**summarise_job(record), "path": str(record.directory)}
        print(json.dumps({**told, "setup": record.setup, "post": record.post, "error": record.error}, indent=1))
        return 0
    for line in _lines(record):
        print(safe(line))
    return 0


def _lines(record: JobRecord) -> list[str]:
    setup, post = record.setup, record.post
    lines = [
        f"{record.jobid}  {record.method}  {record.state}{': ' + record.reason if record.reason else ''}",
        f"  path      {record.directory}",
        *_list("why", setup.get("why", [])),
        *_list("caption", [setup["caption"]] if setup.get("caption") else []),
        *_list("options", [f"{key} = {decode_value(value)!r:.100}" for key, value in setup.get("options", {}).items()]),
        *_list("datasets", [f"{key} = {_reference(value)}" for key, value in setup.get("datasets", {}).items()]),
        *_list("jobs", [f"{key} = {_reference(value)}" for key, value in setup.get("jobs", {}).items()]),
        *_list("limits", tell_limits(setup)),
        *_list("made", post.get("datasets", {})),
        *_list("files", [f"{name}  {post['files'][name][0]:,} bytes" for name in post.get("registered", [])]),
        *_list("undeclared", undeclared(post)),
        *_list("subjobs", post.get("subjobs", {})),
        *_list("times", _times(post.get("exectime", {}))),
        *_list("memory", filter(None, [tell_peaks(peaks_of(record))])),
        *_list("notes", post.get("notes", [])),
        *_list("versions", _versions(setup.get("versions", {}))),
        *_list("source", [place for place, _ in setup.get("sources", {}).values() if place]),
    ]
    damage = find_damage(record.directory, post["files"]) if post else ""
    if damage:
        lines.append(f"  damage    {damage}")
    if record.error:
        lines += ["  error", *(f"    {line}" for line in str(record.error.get("traceback", "")).splitlines())]
    preview = record.directory / layout.PREVIEW
    if post and preview.is_file():
        with open(preview, encoding="utf-8", errors="replace") as handle:
            lines += _list("result", filter(None, [handle.read(1000).rstrip()]))
    return lines


def _versions(recorded: dict[str, Any]) -> list[str]:
    """Say which versions are others than those that the job ran with."""
    return [f"{name} {then}; now {now or 'not installed'}" for name, then, now in changed_versions(recorded)]


def _list(title: str, items: Any) -> list[str]:
    texts = [str(item) for item in items]
    return [f"  {title if index == 0 else '':<9} {text}" for index, text in enumerate(texts)]


def _reference(value: Any) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value or "-")


def _times(exectime: dict[str, Any]) -> list[str]:
    stages = [f"{stage} {format_seconds(exectime[stage])}" for stage in ("prepare", "analysis", "synthesis")
              if exectime.get(stage)]  # fmt: skip
    return [f"{format_seconds(exectime['total'])} ({', '.join(stages)})"] if exectime else []
