"""What a build would do, without doing it: asks for a rehearsal, and prints what came of it as a table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

from axtui.base.clock import format_seconds
from axtui.base.errors import EngineError, RecordError
from axtui.base.records import Record, format_record, parse_record
from axtui.base.text import safe
from axtui.build.script_options import ScriptOptions
from axtui.cli.tree import terminal_width, wrap
from axtui.engine.client import engine_environment
from axtui.project.config import Project

_GLYPHS = {"reuse": "=", "same": "=", "build": ">", "build or reuse": "?", "refused": "!"}
_NARROWEST, _INDENT = 36, 6
"""With less room than this beside a row its reasons stand below it, so far from the edge."""
_ORDER = ("reuse", "build", "build or reuse")


def run_dry(project: Project, scripts: Sequence[str], as_json: bool, options: ScriptOptions) -> int:
    """Rehearse scripts and print what a build would do; return 0, or 1 where one of them fails by itself.

    Raises:
        EngineError: Nothing can be said; the message says why.
    """
    told = _rehearse(project, {"scripts": [*scripts], "options": options.to_record()})
    if as_json:
        print(json.dumps(told, indent=1))
    else:
        for script in told["scripts"]:
            if script["output"]:
                print("\n".join(safe(line) for line in script["output"].rstrip("\n").split("\n")), file=sys.stderr)
            for line in _lines(script, project, terminal_width()):
                print(line)
    return 1 if any(script["failed"] for script in told["scripts"]) else 0


def _rehearse(project: Project, request: Record) -> Record:
    """Run the rehearsal in a process of its own, which may import and fork as the engine does."""
    try:
        with tempfile.TemporaryDirectory(prefix="axtui-rehearsal-", ignore_cleanup_errors=True) as place:
            done = _run_process(project, {**request, "place": place})
    except OSError as error:
        raise EngineError(f"a rehearsal needs a temporary directory and a process: {error}") from None
    try:
        if done.returncode == 0:
            return parse_record(done.stdout)
    except RecordError:
        pass
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    raise EngineError(lines[-1].removeprefix("axtui rehearsal: ") if lines else "the rehearsal was killed")


def _run_process(project: Project, request: Record) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-P", "-s", "-m", "axtui.engine.rehearsal", str(project.root)]
    return subprocess.run(
        [*command, format_record(request).decode("ascii")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=project.root,
        env=engine_environment(),
        check=False,
    )


def _lines(script: Record, project: Project, width: int) -> Iterator[str]:
    yield safe(script["script"])
    for row in script["rows"]:
        yield from _row_lines(row, width)
    names = {row["job"]: row["name"] or row["method"] for row in script["rows"]}
    if script["failed"]:
        place = _place(script["failed"], project)
        yield from wrap(safe(f"! the script fails{place}: {script['failed']['message']}"), width)
    if script["stopped"]:
        job = script["stopped"]["job"]
        yield from wrap(
            safe(
                f"it can be known up to here{_place(script['stopped'], project)}, where the script needs what "
                f"{job} ({names.get(job, 'a job')}) would make; what it does after that depends on it"
            ),
            width,
        )
    yield from wrap(_total(script["totals"]), width)


def _row_lines(row: Record, width: int) -> Iterator[str]:
    seconds = format_seconds(row["seconds"]) if row["seconds"] is not None else "-"
    head = safe(f"  {_GLYPHS[row['state']]} {row['name'] or row['method']:<28} {row['job']:<12} {seconds:>8}  ")
    indent = len(head)
    if width and width - indent < _NARROWEST:
        yield head.rstrip()
        head = " " * _INDENT
        indent = _INDENT
    first, *others = wrap(safe(_say(row)), width - indent if width else 0)
    yield head + first
    yield from (" " * indent + line for line in others)


def _say(row: Record) -> str:
    reasons = "; ".join(row["sentences"])
    match row["state"]:
        case "reuse":
            return f"would be reused {row['text']}".rstrip()
        case "same":
            return "the same job as above"
        case "refused":
            return f"would be refused: {row['text']}"
        case "build or reuse":
            return f"would be built, or {row['if_equal']} reused if its inputs come out equal: {reasons}"
    return f"would be built: {reasons}"


def _place(told: Record, project: Project) -> str:
    return f" ({os.path.relpath(told['file'], project.root)}:{told['line']})" if told["file"] else ""


def _total(totals: dict[str, Any]) -> str:
    counts = [f"{totals[state]} {_PAST[state]}" for state in _ORDER if totals[state] or state != "build or reuse"]
    least, most = totals["seconds"], totals["seconds_at_most"]
    time = f"about {format_seconds(least)} of jobs' time"
    if most > least:
        time += f", at most {format_seconds(most)}"
    unknown = f"; {totals['never_timed']} never ran before" if totals["never_timed"] else ""
    return f"would be: {', '.join(counts)}; {time}, going by past runs{unknown}"


_PAST = {"reuse": "reused", "build": "built", "build or reuse": "built or reused"}
