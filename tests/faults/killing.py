"""Killing a process of a build at random, again and again, and looking at what that did."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from axtui.store.record import read_job
from tests.program import PROGRAM

VICTIMS = ("slice", "job", "loader", "engine", "client")
SECONDS = 60.0
"""Nothing here takes so long; a command that does hangs."""
LATEST_SECONDS = 0.25
"""So long after its start a build is killed at the latest; about as long it takes where an engine runs already."""
JOBS = 8
"""So many jobs a build has."""

METHOD = """
import time

options = {"round": 0, "number": 0}


def analysis(sliceno, options):
    end = time.monotonic() + 0.004
    while time.monotonic() < end:
        pass
    return options.round * options.number + sliceno


def synthesis(analysis_res, job, options):
    job.json_save([options.round, options.number], "numbers.json")
    return analysis_res.merge_auto()
"""
_SCRIPT = """
def main(urd):
    for number in range({jobs}):
        urd.build("work", round={round}, number=number)
"""
_CONFIG = 'slices = 2\n[workdirs]\ndev = "workdirs/dev"\n[methods]\npackages = ["killed"]\n'


@dataclass
class Tally:
    """What came of the rounds. `starts` are the seconds until a new engine had answered a build of nothing."""

    rounds: int = 0
    kills: dict[str, int] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    lost: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    hung: list[str] = field(default_factory=list)
    said: str = ""
    starts: list[float] = field(default_factory=list)


def make_project(root: Path) -> None:
    """Write a project with one method of two slices."""
    package = root / "killed"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "a_work.py").write_text(METHOD)
    (root / "axtui.toml").write_text(_CONFIG)


def kill_at_random(root: Path, environment: dict[str, str], rounds: int, seed: int) -> Tally:
    """Build, kill one process of the build at a random moment, build again; so many times."""
    chance = random.Random(seed)
    tally = Tally()
    for number in range(rounds):
        (root / "killed/build.py").write_text(_SCRIPT.format(round=number + 1, jobs=JOBS))
        _kill_once(root, environment, chance, tally)
        _build_again(root, environment, tally)
        tally.rounds += 1
    tally.damaged = [jobid for jobid in sorted(tally.acknowledged) if not is_whole(root, jobid)]
    return tally


def _kill_once(root: Path, environment: dict[str, str], chance: random.Random, tally: Tally) -> None:
    run = _start(root, environment)
    kind = chance.choice(VICTIMS)
    time.sleep(chance.uniform(0.0, LATEST_SECONDS))
    if _kill(root, run, kind):
        tally.kills[kind] = tally.kills.get(kind, 0) + 1
    events = _end(run, kind, tally)
    tally.acknowledged.update(event["job"] for event in events if event["event"] == "JobFinished")


def _kill(root: Path, run: subprocess.Popen[str], kind: str) -> bool:
    """Kill a process of a kind as soon as there is one; False if the build ended without."""
    until = time.monotonic() + SECONDS
    while run.poll() is None and time.monotonic() < until:
        for pid in [run.pid] if kind == "client" else find_processes(root).get(kind, [])[:1]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                return True
    return False


def _build_again(root: Path, environment: dict[str, str], tally: Tally) -> None:
    is_cold = not find_processes(root).get("engine")
    began = time.monotonic()
    run = _start(root, environment)
    events = _end(run, "the build after it", tally)
    if is_cold and events:
        tally.starts.append(time.monotonic() - began)
    if run.returncode != 0:
        tally.lost.append(f"round {tally.rounds}: the build after the kill ended with {run.returncode}: {tally.said}")
    answers = {event["job"] for event in events if event["event"] in ("JobFinished", "JobReused")}
    rows = {event["row"] for event in events if event["event"] in ("JobFinished", "JobReused")}
    if len(rows) != JOBS:
        tally.lost.append(f"round {tally.rounds}: {len(rows)} of {JOBS} jobs were answered")
    tally.acknowledged |= answers


def find_processes(root: Path) -> dict[str, list[int]]:
    """Return the processes of a project's engine by kind."""
    marker = f"AXTUI_PROJECT={root}".encode()
    found: dict[str, list[int]] = {}
    for name in os.listdir("/proc"):
        if not name.isdecimal():
            continue
        try:
            parts = Path(f"/proc/{name}/environ").read_bytes().split(b"\0")
            title = Path(f"/proc/{name}/comm").read_text().strip()
        except OSError:
            continue
        if marker in parts:
            kind = {"slice": "slice", "load": "loader", "job": "job"}.get(title.split()[0], "engine")
            found.setdefault("job" if title.startswith("dev-") else kind, []).append(int(name))
    return found


def is_whole(root: Path, jobid: str) -> bool:
    """Tell whether a job is finished and every file of it has the size and digest that were committed."""
    record = read_job(root / "workdirs/dev" / jobid)
    if record.state != "finished":
        return False
    for name, (nbytes, digest) in record.post["files"].items():
        data = (record.directory / name).read_bytes()
        if len(data) != nbytes or hashlib.sha256(data).hexdigest() != digest:
            return False
    return True


def _start(root: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "run", "--json"],
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _end(run: subprocess.Popen[str], what: str, tally: Tally) -> list[dict[str, object]]:
    try:
        out, said = run.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        run.kill()
        out, said = run.communicate()
        tally.hung.append(f"round {tally.rounds}: {what}")
    lines = [line for line in out.split("\n")[:-1] if line.startswith("{")]
    tally.said = said.strip()
    return [json.loads(line) for line in lines]
