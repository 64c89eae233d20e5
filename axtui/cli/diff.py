"""Compare two jobs: source by function, options, inputs, files, result, times.

What the second has otherwise than the first is told.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from axtui.base.clock import format_seconds
from axtui.base.text import safe
from axtui.build.comparison import Comparison, compare_jobs
from axtui.build.job_spec import JobFinder
from axtui.build.outcome import FilePair
from axtui.cli.job import add_job_argument
from axtui.cli.jobs import summarise_job
from axtui.cli.tree import format_tree, terminal_width
from axtui.event.reasons import Branch
from axtui.event.sentences import sentence
from axtui.project.config import find_root, read_project
from axtui.store.record import JobRecord

EXAMPLE = "axtui diff dev-41 dev-42 --source   or   axtui diff csvimport~ csvimport"
_FILES_MOST = 20
_PREVIEW_LINES = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_job_argument(parser, "before")
    add_job_argument(parser, "now")
    parser.add_argument("-u", "--source", action="store_true", help="print the sources that differ line by line")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print what differs between two jobs."""
    finder = JobFinder(read_project(find_root(Path.cwd())))
    compared = compare_jobs(finder.find(arguments.before), finder.find(arguments.now))
    sources = compared.diff_sources() if arguments.source else {}
    if arguments.json:
        print(json.dumps(_record(compared, sources), indent=1))
        return 0
    for line in (*_lines(compared), *(line for lines in sources.values() for line in lines)):
        print(safe(line))
    return 0


def _record(compared: Comparison, sources: dict[str, list[str]]) -> dict[str, Any]:
    before, now = compared.before, compared.now
    return {
        "before": summarise_job(before),
        "now": summarise_job(now),
        "differences": [each.to_record() for each in compared.why.differences],
        "same_output": compared.is_same,
        "files": [each.to_record() for each in compared.files],
        "result": dict(zip(("before", "now"), compared.previews, strict=True)),
        "times": {"before": before.post.get("exectime"), "now": now.post.get("exectime")},
        "source": {name: "\n".join(lines) for name, lines in sources.items()},
    }


def _lines(compared: Comparison) -> Iterator[str]:
    before, now, why = compared.before, compared.now, compared.why
    methods = dict.fromkeys((before.method, now.method))
    yield safe(f"{before.jobid} → {now.jobid}  {' → '.join(methods)}")
    asked = tuple(Branch(sentence(each)) for each in why.differences)
    found = [
        Branch("what it is made of", asked) if asked else Branch("what it is made of: the same"),
        _tell_outcome(compared),
        _tell_times(before, now),
    ]
    yield from format_tree(found, terminal_width())


def _tell_outcome(compared: Comparison) -> Branch:
    same, pairs = compared.is_same, compared.files
    if same is None:
        states = ", ".join(f"{each.jobid} is {each.state}" for each in (compared.before, compared.now) if not each.post)
        return Branch(f"what came out: cannot be compared, {states}")
    others = [each for each in pairs if not each.is_equal]
    told = [Branch(_tell_file(each)) for each in others[:_FILES_MOST]]
    if len(others) > _FILES_MOST:
        told.append(Branch(f"and {len(others) - _FILES_MOST} more files"))
    equal = len(pairs) - len(others)
    told += [Branch(f"{equal} {'file is' if equal == 1 else 'files are'} equal")] if equal else []
    return Branch(f"what came out: {'the same' if same else 'another output'}", (*told, *_tell_result(compared)))


def _tell_file(pair: FilePair) -> str:
    if pair.before is None or pair.now is None:
        nbytes = (pair.before or pair.now or (0, ""))[0]
        return f"{pair.name}: {'is new' if pair.now else 'is gone'}, {nbytes:,} bytes"
    if pair.before[0] == pair.now[0]:
        return f"{pair.name}: other content, {pair.now[0]:,} bytes"
    return f"{pair.name}: {pair.before[0]:,} → {pair.now[0]:,} bytes"


def _tell_result(compared: Comparison) -> Iterator[Branch]:
    shown = compared.diff_results()
    if shown:
        left = len(shown) - 2 * _PREVIEW_LINES
        told = [Branch(line) for line in shown[: 2 * _PREVIEW_LINES]]
        yield Branch("result", (*told, *([Branch(f"and {left} more lines")] if left > 0 else ())))


def _tell_times(before: JobRecord, now: JobRecord) -> Branch:
    old, new = (each.post.get("exectime", {}) for each in (before, now))
    stages = [name for name in ("prepare", "analysis", "synthesis") if old.get(name) or new.get(name)]
    told = tuple(Branch(f"{name} {_seconds(old, name)} → {_seconds(new, name)}") for name in stages)
    return Branch(f"time {_seconds(old, 'total')} → {_seconds(new, 'total')}", told if len(told) > 1 else ())


def _seconds(times: dict[str, Any], name: str) -> str:
    return format_seconds(times[name]) if name in times else "-"
