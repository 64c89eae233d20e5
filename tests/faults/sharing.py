"""Several people on one workdir: two clones of a project, two runs in each, all at the same moment, again and again."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from axtui.store.record import read_job
from tests.faults.killing import METHOD, SECONDS
from tests.program import PROGRAM

PEOPLE = ("anna", "bert")
SCRIPTS = ("build", "build_other")
_SCRIPT = """
def main(urd):
    for number in {numbers}:
        urd.build("work", round={round}, number=number)
"""
_CONFIG = 'slices = 2\n[workdirs]\ndev = "../workdir/dev"\n[methods]\npackages = ["shared"]\n'
NUMBERS = {"build": range(4), "build_other": range(2, 6)}
"""Two of the jobs are the same for both scripts."""


@dataclass
class Tally:
    """What came of the rounds."""

    rounds: int = 0
    runs: int = 0
    failed: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    """How many requests were answered by each job."""
    built: Counter[str] = field(default_factory=Counter)
    """How many finished jobs each key has."""


def make_projects(top: Path) -> None:
    """Write a clone of the project for each of the people, below one directory, with one workdir."""
    for name in PEOPLE:
        package = top / name / "shared"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("")
        (package / "a_work.py").write_text(METHOD)
        (top / name / "axtui.toml").write_text(_CONFIG)


def run_at_once(top: Path, environment: dict[str, str], rounds: int) -> Tally:
    """Let everybody run every script at the same moment; so many times."""
    tally = Tally()
    for number in range(rounds):
        _write_scripts(top, number)
        runs = [_start(top / name, script, environment) for name in PEOPLE for script in SCRIPTS]
        for run in runs:
            _end(run, tally)
        tally.rounds += 1
    records = [read_job(path) for path in (top / "workdir/dev").glob("dev-*")]
    tally.built.update(str(each.setup["key"]) for each in records if each.state == "finished" and each.setup["key"])
    return tally


def _write_scripts(top: Path, number: int) -> None:
    for name in PEOPLE:
        for script, numbers in NUMBERS.items():
            text = _SCRIPT.format(round=number, numbers=list(numbers))
            (top / name / "shared" / f"{script}.py").write_text(text)


def _start(root: Path, script: str, environment: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, "run", script, "--json"]
    return subprocess.Popen(
        command, cwd=root, env=environment, stdin=subprocess.DEVNULL, stdout=-1, stderr=-1, text=True
    )


def _end(run: subprocess.Popen[str], tally: Tally) -> None:
    try:
        out, said = run.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        run.kill()
        out, said = run.communicate()
        said = f"hangs: {said}"
    tally.runs += 1
    events = [json.loads(line) for line in out.split("\n") if line.startswith("{")]
    answers = [event["job"] for event in events if event["event"] in ("JobFinished", "JobReused")]
    tally.answers.update(answers)
    if run.returncode != 0 or len(answers) != len(NUMBERS["build"]):
        what = f"{run.returncode}, {len(answers)} answers, {said.strip()}, {events[-1:]}"
        tally.failed.append(f"round {tally.rounds}: {what}")
