"""List jobs, the newest last."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from axtui.base.clock import format_seconds
from axtui.base.text import safe
from axtui.project.config import Project, find_root, read_project
from axtui.store.record import JobRecord, read_job
from axtui.store.workdir import Workdir

EXAMPLE = "axtui jobs csvimport -n 20"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("method", nargs="?", default="", metavar="METHOD", help="only jobs of this method")
    parser.add_argument("-n", "--most", type=int, default=0, metavar="N", help="only the newest N")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print a line a job."""
    project = read_project(find_root(Path.cwd()))
    records = find_jobs(project, arguments.method, arguments.most)
    if arguments.json:
        print(json.dumps([summarise_job(record) for record in records], indent=1))
        return 0
    for record in records:
        print(_line(summarise_job(record)))
    return 0


def find_jobs(project: Project, method: str, most: int) -> list[JobRecord]:
    """Return the jobs of all workdirs, oldest first; the newest `most` of each where that is not 0."""
    found: list[JobRecord] = []
    for name, path in project.workdirs.items():
        chosen: list[JobRecord] = []
        if not path.is_dir():
            continue
        for jobid in reversed(Workdir(name, path).jobids()):
            record = read_job(path / jobid)
            if not method or record.method == method:
                chosen.append(record)
            if most and len(chosen) == most:
                break
        found += reversed(chosen)
    return found


def summarise_job(record: JobRecord) -> dict[str, Any]:
    """Return what a list says of a job."""
    setup, post = record.setup, record.post
    return {
        "job": record.jobid,
        "method": record.method,
        "state": record.state,
        "reason": record.reason,
        "started": setup.get("starttime"),
        "seconds": post.get("exectime", {}).get("total", record.error.get("seconds")),
        "caption": setup.get("caption", ""),
        "is_build": setup.get("is_build", False),
    }


def _line(job: dict[str, Any]) -> str:
    when = datetime.fromtimestamp(job["started"]).strftime("%Y-%m-%d %H:%M:%S") if job["started"] else ""
    took = format_seconds(job["seconds"]) if job["seconds"] is not None else ""
    text = job["reason"] or job["caption"]
    return safe(f"{job['job']:<12} {job['method']:<28} {job['state']:<9} {when:<19} {took:>8}  {text}".rstrip())
