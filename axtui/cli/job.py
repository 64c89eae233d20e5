"""Show a job: what it was asked, what it made, why it was built, where it lies."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from axtui.base.clock import format_seconds
from axtui.base.errors import NoSuchJobError
from axtui.base.ids import parse_jobid
from axtui.base.text import safe
from axtui.base.values import decode_value
from axtui.cli.jobs import find_jobs, summarise_job
from axtui.project.config import Project, find_root, read_project
from axtui.store import layout
from axtui.store.record import JobRecord, find_damage, read_job

EXAMPLE = "axtui job dev-42   or   axtui job csvimport~1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("job", metavar="ID", help="a job id, or a method for its newest job (~N: the Nth before it)")
    parser.add_argument("--json", action="store_true", help="print the job's records as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print a job."""
    record = find_job(read_project(find_root(Path.cwd())), arguments.job)
    if arguments.json:
        told = {**summarise_job(record), "path": str(record.directory)}
        print(json.dumps({**told, "setup": record.setup, "post": record.post, "error": record.error}, indent=1))
        return 0
    for line in _lines(record):
        print(safe(line))
    return 0


def find_job(project: Project, spec: str) -> JobRecord:
    """Return the job that an id, or a method with an optional `~N`, means.

    Raises:
        NoSuchJobError: There is none.
    """
    parts = parse_jobid(spec)
    if parts and parts[0] in project.workdirs:
        record = read_job(project.workdirs[parts[0]] / spec)
        if record.state != "gone":
            return record
        raise NoSuchJobError(f"there is no job {spec} in {project.workdirs[parts[0]]}")
    method, tilde, text = spec.partition("~")
    back = int(text) if text.isdecimal() else 1 if tilde else 0
    found = find_jobs(project, method, 0)
    if not method or back >= len(found):
        raise NoSuchJobError(f"{spec!r} is no job here: neither an id like {project.target}-42 nor a method that ran")
    return found[-1 - back]


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
        *_list("made", post.get("datasets", {})),
        *_list("files", [f"{name}  {post['files'][name][0]:,} bytes" for name in post.get("registered", [])]),
        *_list("subjobs", post.get("subjobs", {})),
        *_list("times", _times(post.get("exectime", {}))),
        *_list("notes", post.get("notes", [])),
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
            lines.append(f"  result    {handle.read(1000).rstrip()}")
    return lines


def _list(title: str, items: Any) -> list[str]:
    texts = [str(item) for item in items]
    return [f"  {title if index == 0 else '':<9} {text}" for index, text in enumerate(texts)]


def _reference(value: Any) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value or "-")


def _times(exectime: dict[str, Any]) -> list[str]:
    stages = [f"{stage} {format_seconds(exectime[stage])}" for stage in ("prepare", "analysis", "synthesis")
              if exectime.get(stage)]  # fmt: skip
    return [f"{format_seconds(exectime['total'])} ({', '.join(stages)})"] if exectime else []
