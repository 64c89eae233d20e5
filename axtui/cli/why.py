"""Say why a job was built, and whether it is still current.

For a job: what differed from the nearest job there was, and why those of its inputs came anew. For a method: the same
for its jobs in the last build, and for one that was reused, why it could be.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from axtui.base.clock import format_seconds
from axtui.base.records import Record
from axtui.base.text import safe
from axtui.build.history import Answer, History, last_answers
from axtui.build.job_spec import find_job
from axtui.build.present import Present, Standing
from axtui.cli.job import add_job_argument
from axtui.cli.tree import format_tree, terminal_width, wrap
from axtui.event.journal import read_last_builds
from axtui.event.reasons import Branch, Reason, branches
from axtui.project.config import Project, find_root, read_project
from axtui.store.record import JobRecord

EXAMPLE = "axtui why dev-42   or   axtui why csvimport"


@dataclass(frozen=True)
class Told:
    """What there is to say of one job. `reason` is None where its record does not say it as data."""

    record: JobRecord
    reason: Reason | None
    answers: tuple[Answer, ...]
    standing: Standing

    def to_record(self) -> Record:
        """Return it as JSON."""
        return {
            "job": self.record.jobid,
            "method": self.record.method,
            "state": self.record.state,
            "why": self.reason.to_record() if self.reason else None,
            "sentences": [str(text) for text in self.record.setup.get("why", [])],
            "last_build": [
                {"build": each.build, "row": each.row, "reused": each.reused, "because": each.because}
                for each in self.answers
            ],
            "now": self.standing.to_record(),
        }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_job_argument(parser)
    parser.add_argument("--json", action="store_true", help="print a JSON list with what is known of each job")


def run(arguments: argparse.Namespace) -> int:
    """Print why, a tree a job."""
    told = explain(read_project(find_root(Path.cwd())), arguments.job)
    if arguments.json:
        print(json.dumps([each.to_record() for each in told], indent=1))
        return 0
    width = terminal_width()
    for each in told:
        for line in _lines(each, width):
            print(line)
    return 0


def explain(project: Project, spec: str) -> list[Told]:
    """Return what there is to say of the job that a name means, or of those that a method has in the last build.

    Raises:
        NoSuchJobError: There is none.
    """
    history, present = History(project), Present(project)
    answers = last_answers(read_last_builds(project.journal))
    names = dict.fromkeys(each.job for each in answers if each.method == spec)
    records = [record for name in names if (record := history.read(name))] or [find_job(project, spec)]
    return [
        Told(
            record,
            history.explain(record),
            tuple(each for each in answers if each.job == record.jobid),
            present.look(record),
        )
        for record in records
    ]


def _lines(told: Told, width: int) -> Iterator[str]:
    yield from wrap(safe(_headline(told)), width)
    found = (*_built(told), *_answered(told), *([] if told.record.setup.get("is_build") else [_now(told.standing)]))
    yield from format_tree(found, width)


def _headline(told: Told) -> str:
    record = told.record
    seconds = record.post.get("exectime", {}).get("total")
    started = record.setup.get("starttime")
    when = f" {datetime.fromtimestamp(started):%Y-%m-%d %H:%M:%S}" if started else ""
    took = f" in {format_seconds(seconds)}" if seconds is not None else ""
    state = "built" if record.state == "finished" else record.state
    return f"{record.jobid}  {record.method}  {state}{when}{took}"


def _built(told: Told) -> tuple[Branch, ...]:
    if told.record.setup.get("is_build"):
        return (
            Branch(f"a build script; it ran because it was {' '.join(map(str, told.record.setup.get('why', [])))}"),
        )
    if told.reason is None:
        below = tuple(Branch(str(text)) for text in told.record.setup.get("why", []))
        return (Branch("built because", below),) if below else ()
    nearest = told.reason.why.nearest
    title = f"built because, compared with {nearest}" if nearest else "built because"
    return (Branch(title, branches(told.reason)),)


def _answered(told: Told) -> Iterator[Branch]:
    for each in told.answers:
        if each.reused:
            reason = each.because or "nothing that it depends on has changed"
            yield Branch(f"reused in the last build (row {each.row}): {reason}")


def _now(standing: Standing) -> Branch:
    if standing.is_current:
        return Branch("now: still current")
    if standing.why is None:
        return Branch("now: nothing of its own differs; it is reused if its inputs come out equal", standing.branches())
    return Branch("now: not current", standing.branches())
