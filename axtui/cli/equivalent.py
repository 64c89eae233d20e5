"""Declare that an edit of a method cannot matter, so that the jobs of its older source go on answering.

`declare` runs a job of the older source once more with the present one, aside, and compares what comes out, before it
writes a line into `equivalent.jsonl` in the project; with `--check slice` only prepare and one slice, with
`--check none` nothing is run. `digests` shows what can be declared, also as a line for the source itself.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from axtui.base.errors import BuildError, UserError
from axtui.base.records import Record
from axtui.base.text import safe
from axtui.build.code import open_code
from axtui.build.equivalence import (
    CHECKS,
    FILE_NAME,
    Equivalence,
    Equivalences,
    append_equivalence,
    append_revocation,
)
from axtui.build.job_spec import find_job, newest_jobs
from axtui.build.renewal import renew_record
from axtui.build.script_options import current_user
from axtui.engine.client import engine_environment
from axtui.method.snapshot import Snapshot
from axtui.project.config import Project, find_root, read_project
from axtui.store.record import JobRecord

EXAMPLE = "axtui equivalent declare csvimport --why 'only renamed a variable'   or   axtui equivalent digests csvimport"
_LETTERS = 12
"""So much of a digest is shown; as much, or less, may be given where it is one alone."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("--json", action="store_true", help="print what `list` or `digests` finds as JSON")
    actions = parser.add_subparsers(dest="do", metavar="list | digests | declare | revoke")
    actions.add_parser("list", help="what is declared (also without a word)")
    digests = actions.add_parser("digests", help="the code digests of a method: the present one, and those of its jobs")
    declare = actions.add_parser("declare", help="let jobs of an older source answer")
    revoke = actions.add_parser("revoke", help="take a declaration back")
    for each in (digests, declare, revoke):
        each.add_argument("method", metavar="METHOD")
    for each in (declare, revoke):
        each.add_argument("old", metavar="OLD", nargs="?", help="an older digest, or a job of it (the newest such job)")
        each.add_argument("--why", default="", help="kept with it")
    declare.add_argument("--check", choices=CHECKS, default="whole", help="what is run and compared (whole)")
    declare.add_argument("--slice", type=int, default=0, metavar="N", help="the slice for --check slice (0)")


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked."""
    project = read_project(find_root(Path.cwd()))
    match arguments.do:
        case "digests":
            return _show_digests(project, arguments.method, arguments.json)
        case "declare":
            return _declare(project, arguments)
        case "revoke":
            return _revoke(project, arguments)
    return _list(project, arguments.json)


def _list(project: Project, as_json: bool) -> int:
    known = _read(project)
    if as_json:
        print(json.dumps([each.__dict__ for each in known.all()], indent=1))
        return 0
    for each in known.all():
        checked = {"none": "not checked", "slice": "one slice checked", "whole": "checked"}[each.checked]
        why = f": {each.why}" if each.why else ""
        text = f"{each.method}  {_short(each.old)} → {_short(each.new)}  {checked}, {each.who} {each.when}{why}"
        print(safe(text))
    return 0


def _show_digests(project: Project, method: str, as_json: bool) -> int:
    snapshot, records = _look(project, method)
    accepted = _read(project).accepted(method, snapshot)
    counts = Counter(str(record.setup["hash"]) for record in records)
    found = [
        {
            "digest": digest,
            "jobs": counts[digest],
            "present": digest == snapshot.digest,
            "accepted": digest in accepted,
        }
        for digest in dict.fromkeys((snapshot.digest, *counts))
    ]
    if as_json:
        print(json.dumps(found, indent=1))
        return 0
    for each in found:
        state = "the present source" if each["present"] else "accepted" if each["accepted"] else "of another source"
        print(f"{each['digest']}  {each['jobs']} job{'' if each['jobs'] == 1 else 's'}, {state}")
    _show_line(snapshot, [str(each["digest"]) for each in found if not each["present"]])
    return 0


def _show_line(snapshot: Snapshot, older: list[str]) -> None:
    own = snapshot.modules[snapshot.module].own
    if own and own.equivalent[0] and not snapshot.equivalent:
        print(f"equivalent_hashes in {snapshot.path.name} is for {own.equivalent[0]!r:.70}, not for the present source")
    if older:
        print(f"in {snapshot.path.name}, as long as nothing else in it is edited:")
        print(f"equivalent_hashes = {{{snapshot.meaning!r}: ({older[0]!r},)}}")


def _declare(project: Project, arguments: argparse.Namespace) -> int:
    method = arguments.method
    snapshot, records = _look(project, method)
    old = _find_old(project, method, arguments.old, [each for each in records if _code(each) != snapshot.digest])
    if old == snapshot.digest:
        raise UserError(f"{_short(old)} is the digest of the present source of {method}; there is nothing to declare")
    if arguments.check != "none":
        chosen = [record for record in records if _code(record) == old and not record.post["subjobs"]]
        if not chosen:
            raise UserError(f"no job of {_short(old)} was built without subjobs; --check none believes you")
        found = _check(project, chosen[0], arguments.slice if arguments.check == "slice" else -1)
        if found["fault"]:
            raise BuildError(f"nothing is declared: {found['fault']}")
        if found["differs"]:
            names = ", ".join(found["differs"])
            print(safe(f"nothing is declared: {chosen[0].jobid} comes out otherwise: {names}"), file=sys.stderr)
            return 1
        print(safe(f"{chosen[0].jobid} comes out the same: {', '.join(found['compared'])}"))
    when = datetime.now(UTC).isoformat(timespec="seconds")
    made = Equivalence(
        method, old, snapshot.digest, current_user(), when, arguments.why, arguments.check, snapshot.declared
    )
    _write(lambda: append_equivalence(project.root / FILE_NAME, made))
    print(safe(f"jobs of {_short(old)} answer for {method} ({_short(snapshot.digest)})"))
    return 0


def _revoke(project: Project, arguments: argparse.Namespace) -> int:
    there = [each for each in _read(project).all() if each.method == arguments.method]
    chosen = [each for each in there if not arguments.old or each.old.startswith(arguments.old)]
    if len(chosen) != 1:
        known = ", ".join(_short(each.old) for each in there) or "none"
        raise UserError(f"{len(chosen)} declarations fit; of {arguments.method} there are {known}")
    when = datetime.now(UTC).isoformat(timespec="seconds")
    _write(lambda: append_revocation(project.root / FILE_NAME, chosen[0], current_user(), when, arguments.why))
    print(safe(f"jobs of {_short(chosen[0].old)} do not answer for {arguments.method} any more"))
    return 0


def _write(append: Any) -> None:
    try:
        append()
    except OSError as error:
        raise UserError(f"{FILE_NAME} cannot be written: {error.strerror}") from None


def _read(project: Project) -> Equivalences:
    known = Equivalences(project.root / FILE_NAME)
    known.refresh()
    for line in known.damage:
        print(f"axtui equivalent: {safe(line)}", file=sys.stderr)
    return known


def _look(project: Project, method: str) -> tuple[Snapshot, list[JobRecord]]:
    """Return a method as it is now, with what its newest job declared besides its imports, and its finished jobs."""
    code = open_code(project)
    code.rescan()
    code.place(method)
    records = [renew_record(record) for record in newest_jobs(project, method) if record.state == "finished"]
    extra = records[0].setup.get("extra") if records else None
    return code.current_snapshot(method, *(extra or ([], []))), records


def _find_old(project: Project, method: str, given: str | None, others: list[JobRecord]) -> str:
    """Return the digest that is meant: a job's, one that begins so, or that of the newest job of another source."""
    digests = list(dict.fromkeys(map(_code, others)))
    if given is None:
        if not digests:
            raise UserError(f"every job of {method} is of the present source; there is nothing to declare")
        return digests[0]
    found = [digest for digest in digests if digest.startswith(given)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UserError(f"{given} may be {' or '.join(map(_short, found))}")
    return _code(renew_record(find_job(project, given)))


def _check(project: Project, record: JobRecord, sliceno: int) -> Record:
    words = ["-m", "axtui.execute.rerun", str(project.root), record.jobid, str(sliceno)]
    command = [sys.executable, "-P", "-s", *words]
    done = subprocess.run(command, env=engine_environment(), capture_output=True, text=True, check=False)
    try:
        found: Record = json.loads(done.stdout)
    except ValueError:
        reason = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]
        raise BuildError(f"{record.jobid} could not be run again: {reason}") from None
    return found


def _code(record: JobRecord) -> str:
    return str(record.setup.get("hash", ""))


def _short(digest: str) -> str:
    return digest[:_LETTERS]
