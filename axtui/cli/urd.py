"""Show urd lists: which there are, their timestamps, their entries.

PATH is LIST/ (its timestamps), LIST/since/TIMESTAMP (those after one), LIST or LIST/TIMESTAMP (an entry, the latest
unless said otherwise), each also with USER/ in front, or :LIST: or :LIST/TIMESTAMP:ENTRY (a job of an entry).
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from pathlib import Path
from typing import Any

from axtui.api.joblist import JobList, NamedJob
from axtui.base.errors import UrdError
from axtui.base.text import safe
from axtui.build.script_options import current_user
from axtui.build.timestamps import normal_timestamp
from axtui.build.urd_entry import Entry
from axtui.build.urd_lists import UrdLists
from axtui.build.urd_spec import find_job, find_place, parse_job
from axtui.project.config import find_root, read_project
from axtui.store.urd_file import urd_directory

EXAMPLE = "axtui urd words/   or   axtui urd words/2024-06-01   or   axtui urd ':words:csvimport'"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("path", nargs="*", metavar="PATH", help="what to show (default: the name of every list)")
    parser.add_argument("--json", action="store_true", help="print a JSON list with what each PATH is")


def run(arguments: argparse.Namespace) -> int:
    """Print what each path is."""
    lists = UrdLists(urd_directory(read_project(find_root(Path.cwd())).root))
    user = current_user()
    paths: list[str] = arguments.path
    found: list[Any] = [_find(lists, path, user) for path in paths] if paths else [*lists.names()]
    if arguments.json:
        print(json.dumps(found, indent=1))
    else:
        for line in (line for each in found for line in _lines(each)):
            print(safe(line))
    for line in lists.damage:
        print(f"axtui urd: {safe(line)}", file=sys.stderr)
    return 0


def _find(lists: UrdLists, path: str, user: str) -> Any:
    """Return what a path is: a job id, a list of timestamps with captions, or an entry."""
    job = parse_job(path)
    if job and job[1]:
        return find_job(lists, *job, user)
    name, since, timestamp = path.partition("/since/")
    if since or path.endswith("/"):
        return _find_timestamps(lists, name.rstrip("/"), timestamp or "0", user)
    return _describe(*find_place(lists, job[0] if job else path, user))


def _find_timestamps(lists: UrdLists, name: str, timestamp: str, user: str) -> list[dict[str, str]]:
    path = name if "/" in name else f"{user}/{name}"
    names = lists.names()
    if path not in names:
        near = ", ".join(difflib.get_close_matches(path, names, cutoff=0.0))
        raise UrdError(
            f"there is no urd list {path!r:.80}; {f'the nearest are {near}' if near else 'there is none yet'}"
        )
    entries = lists.since(path, normal_timestamp(timestamp))
    return [{"timestamp": entry.timestamp, "caption": entry.caption} for entry in entries]


def _describe(path: str, entry: Entry) -> dict[str, Any]:
    return {
        "list": path,
        "timestamp": entry.timestamp,
        "build_job": entry.build_job,
        "caption": entry.caption,
        "deps": {where: dep.timestamp for where, dep in entry.deps.items()},
        "joblist": [list(pair) for pair in entry.joblist],
    }


def _lines(found: Any) -> list[str]:
    if isinstance(found, str):
        return [found]
    if isinstance(found, list):
        width = max((len(each["timestamp"]) for each in found), default=0)
        return [f"{each['timestamp']:<{width}}  {each['caption']}".rstrip() for each in found]
    deps = [f"{path}/{timestamp}" for path, timestamp in found["deps"].items()] or [""]
    jobs = JobList(NamedJob(job, name) for name, job in found["joblist"])
    return [
        f"timestamp: {found['timestamp']}",
        f"build job: {found['build_job']}",
        f"caption  : {found['caption']}",
        *(f"{'' if number else 'deps':<9}: {dep}" for number, dep in enumerate(deps)),
        *jobs.pretty.split("\n"),
    ]
