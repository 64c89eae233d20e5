"""Compare two jobs: source by function, options, inputs, files, result, times.

What the second has otherwise than the first is told.
"""

from __future__ import annotations

import argparse
import difflib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from axtui.base.clock import format_seconds
from axtui.base.errors import RecordError, UserError
from axtui.base.files import read_limited
from axtui.base.text import safe
from axtui.build.facts import Facts, facts_of_setup
from axtui.build.history import compare_facts
from axtui.build.job_spec import JobFinder
from axtui.build.outcome import FilePair, pair_files
from axtui.cli.job import add_job_argument
from axtui.cli.jobs import summarise_job
from axtui.cli.tree import format_tree, terminal_width
from axtui.event.reasons import Branch
from axtui.event.sentences import sentence
from axtui.event.why import Why
from axtui.project.config import find_root, read_project
from axtui.store import layout
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
    pair = finder.find(arguments.before), finder.find(arguments.now)
    for record in pair:
        if not record.setup:
            raise UserError(f"{record.jobid} cannot be compared, it is {record.state}: {record.reason}")
    old, new = (facts_of_setup(record.directory, record.setup) for record in pair)
    why = compare_facts(pair[1].method, new, old)
    sources = _diff_sources(why, old, new) if arguments.source else {}
    if arguments.json:
        print(json.dumps(_record(*pair, why, sources), indent=1))
        return 0
    for line in _lines(*pair, why):
        print(line)
    for text in sources.values():
        print("\n".join(safe(line) for line in text.splitlines()))
    return 0


def _record(before: JobRecord, now: JobRecord, why: Why, sources: dict[str, str]) -> dict[str, Any]:
    return {
        "before": summarise_job(before),
        "now": summarise_job(now),
        "differences": [each.to_record() for each in why.differences],
        "same_output": _is_same(before, now),
        "files": [each.to_record() for each in pair_files(before.post, now.post)],
        "result": {"before": _preview(before), "now": _preview(now)},
        "times": {"before": before.post.get("exectime"), "now": now.post.get("exectime")},
        "source": sources,
    }


def _is_same(before: JobRecord, now: JobRecord) -> bool | None:
    """Tell whether they came out the same; None where one is not finished."""
    return before.post["output"] == now.post["output"] if before.post and now.post else None


def _lines(before: JobRecord, now: JobRecord, why: Why) -> Iterator[str]:
    methods = dict.fromkeys((before.method, now.method))
    yield safe(f"{before.jobid} → {now.jobid}  {' → '.join(methods)}")
    asked = tuple(Branch(sentence(each)) for each in why.differences)
    found = [
        Branch("what it is made of", asked) if asked else Branch("what it is made of: the same"),
        _tell_outcome(before, now),
        _tell_times(before, now),
    ]
    yield from format_tree(found, terminal_width())


def _tell_outcome(before: JobRecord, now: JobRecord) -> Branch:
    same = _is_same(before, now)
    if same is None:
        states = ", ".join(f"{each.jobid} is {each.state}" for each in (before, now) if not each.post)
        return Branch(f"what came out: cannot be compared, {states}")
    pairs = pair_files(before.post, now.post)
    others = [each for each in pairs if not each.is_equal]
    told = [Branch(_tell_file(each)) for each in others[:_FILES_MOST]]
    if len(others) > _FILES_MOST:
        told.append(Branch(f"and {len(others) - _FILES_MOST} more files"))
    equal = len(pairs) - len(others)
    told += [Branch(f"{equal} {'file is' if equal == 1 else 'files are'} equal")] if equal else []
    return Branch(f"what came out: {'the same' if same else 'another output'}", (*told, *_tell_result(before, now)))


def _tell_file(pair: FilePair) -> str:
    if pair.before is None or pair.now is None:
        nbytes = (pair.before or pair.now or (0, ""))[0]
        return f"{pair.name}: {'is new' if pair.now else 'is gone'}, {nbytes:,} bytes"
    if pair.before[0] == pair.now[0]:
        return f"{pair.name}: other content, {pair.now[0]:,} bytes"
    return f"{pair.name}: {pair.before[0]:,} → {pair.now[0]:,} bytes"


def _tell_result(before: JobRecord, now: JobRecord) -> Iterator[Branch]:
    old, new = _preview(before), _preview(now)
    if old != new:
        lines = difflib.ndiff(old.splitlines(), new.splitlines())
        shown = [line for line in lines if line[:1] in "+-"]
        left = len(shown) - 2 * _PREVIEW_LINES
        told = [Branch(line) for line in shown[: 2 * _PREVIEW_LINES]]
        yield Branch("result", (*told, *([Branch(f"and {left} more lines")] if left > 0 else ())))


def _preview(record: JobRecord) -> str:
    """Return the stored preview of a result; "" where there is none, or none that can be read."""
    try:
        data = read_limited(record.directory / layout.PREVIEW, layout.PREVIEW_NBYTES)
    except (OSError, RecordError):
        return ""
    return data.decode("utf-8", "replace")


def _tell_times(before: JobRecord, now: JobRecord) -> Branch:
    old, new = (each.post.get("exectime", {}) for each in (before, now))
    stages = [name for name in ("prepare", "analysis", "synthesis") if old.get(name) or new.get(name)]
    told = tuple(Branch(f"{name} {_seconds(old, name)} → {_seconds(new, name)}") for name in stages)
    return Branch(f"time {_seconds(old, 'total')} → {_seconds(new, 'total')}", told if len(told) > 1 else ())


def _seconds(times: dict[str, Any], name: str) -> str:
    return format_seconds(times[name]) if name in times else "-"


def _diff_sources(why: Why, before: Facts, now: Facts) -> dict[str, str]:
    """Return a unified diff of each source that differs, by its name."""
    names = [each.name for each in why.differences if each.kind == "source"]
    found = {}
    for name in names:
        old, new = (_read_source(facts, name) for facts in (before, now))
        where = (f"{before.job}/{name}", f"{now.job}/{name}")
        found[name] = "\n".join(difflib.unified_diff(old, new, *where, lineterm=""))
    return found


def _read_source(facts: Facts, name: str) -> list[str]:
    piece = facts.find_piece(name)
    data = piece.read() if piece else b""
    return (data or b"").decode("utf-8", "replace").splitlines()
