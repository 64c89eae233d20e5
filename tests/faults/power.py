"""Cutting the power under a build, again and again, and looking at what is there afterwards.

What counts as acknowledged was told before the cut: a sync that is under way when the disk is shut down was seen to
return as if all were well.

Run as a program in a mount namespace of its own, it prints its tally as JSON.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from axtui.event.journal import read_journal
from axtui.store import layout
from axtui.store.record import JobRecord, read_job
from tests.faults.killing import find_processes
from tests.faults.power_disk import SECONDS, Disk, wait
from tests.faults.power_project import ANSWERS, write_project, write_script
from tests.program import PROGRAM

_CHANCES = {"frozen": 1, "log flushed": 2, "nothing flushed": 7}
_ROUNDS = 5
"""Rounds on one file system; the first of them is the first build of a fresh project."""


@dataclass
class Tally:
    """What came of the rounds.

    Attributes:
        cuts: How many there were of each kind.
        forgotten: How many of them lost a file that was written, and not synced, just before.
        acknowledged: How many jobs somebody was told of before a cut, or by the build after it.
        states: In how many of what state a look after a cut found the jobs.
        wrong: A sentence for each thing that must not be.
        starts: Seconds from `axtui run` after a cut to the first answer that its script had.
    """

    rounds: int = 0
    cuts: dict[str, int] = field(default_factory=dict)
    forgotten: int = 0
    acknowledged: int = 0
    states: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)


def cut_at_random(place: Path, kind: str, rounds: int, seed: int) -> Tally:
    """Build, cut, look, and build again; so many times, on a fresh file system every few."""
    chance, tally, disk = random.Random(seed), Tally(), Disk(place, kind)
    while tally.rounds < rounds:
        disk.make()
        cuts = PowerCuts(disk, place / "told", chance, tally)
        try:
            for number in range(1, 1 + min(_ROUNDS, rounds - tally.rounds)):
                cuts.round(number)
        finally:
            cuts.kill_all()
        disk.unmount()
    return tally


class PowerCuts:
    """A project on a disk of its own, over several cuts; its cache lies on that disk, or on another one."""

    def __init__(self, disk: Disk, told: Path, chance: random.Random, tally: Tally) -> None:
        self._disk = disk
        self._root = disk.path / "above/project"
        self._told = told
        self._printed = told.with_name("printed")
        self._chance = chance
        self._tally = tally
        cache = chance.choice([os.environ["XDG_CACHE_HOME"], os.fspath(disk.path / "cache")])
        self._environment = {**os.environ, "XDG_CACHE_HOME": cache}
        self._acknowledged: set[str] = set()
        self._in_round: set[str] = set()
        self._sessions: set[str] = set()
        self._cut = ""
        write_project(self._root)
        os.sync()
        told.write_text("")

    def round(self, number: int) -> None:
        """Build, cut the power, look, and build again."""
        write_script(self._root, number, self._told)
        self._in_round = set()
        self._tally.rounds += 1
        before = len(self._read_told())
        run = self._start()
        self._wait_for_moment(run, before)
        how = self._chance.choices([*_CHANCES], [*_CHANCES.values()])[0]
        (self._disk.path / "witness").write_text(how)
        printed, told = self._printed.read_bytes(), self._read_told()[before:]
        self._disk.cut(how)
        self.kill_all()
        self._end(run)
        self._disk.unmount()
        self._disk.mount()
        self._cut = f"cut {self._tally.rounds} (round {number}, {how}, {len(told)} told)"
        self._tally.cuts[how] = self._tally.cuts.get(how, 0) + 1
        self._take(parse_events(printed), told)
        self._look()
        self._build_again()

    def kill_all(self) -> None:
        """Kill every process of the project, until there is none."""
        wait(lambda: not self._kill())

    def _kill(self) -> list[int]:
        pids = [pid for group in find_processes(self._root).values() for pid in group]
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        return pids

    def _wait_for_moment(self, run: subprocess.Popen[str], before: int) -> None:
        """Wait until so many answers have come and a random moment more, or until the script has ended."""
        wanted = self._chance.randint(0, ANSWERS)
        more = self._chance.uniform(0.0, 0.02 if wanted else 0.7) * self._chance.choice([0, 1, 1])
        wait(lambda: len(self._read_told()) - before >= wanted or run.poll() is not None)
        time.sleep(more)

    def _start(self) -> subprocess.Popen[str]:
        with open(self._printed, "wb") as out:
            return subprocess.Popen(
                [sys.executable, "-c", PROGRAM, "run", "--json"],
                cwd=self._root,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.PIPE,
                text=True,
            )

    def _end(self, run: subprocess.Popen[str]) -> str:
        """Wait until the command has ended; return what it said to stderr."""
        try:
            return run.communicate(timeout=SECONDS)[1].strip()
        except subprocess.TimeoutExpired:
            run.kill()
            self._complain("`axtui run` hung")
            return run.communicate()[1].strip()

    def _read_told(self) -> list[str]:
        return self._told.read_text().split("\n")[:-1]

    def _take(self, events: list[dict[str, Any]], told: list[str]) -> None:
        """Take note of what was acknowledged: by what the command printed, and by what the script was answered."""
        jobs = {event["job"] for event in events if event["event"] in ("JobFinished", "JobReused")}
        jobs |= {line for line in told if not line.startswith("urd ")}
        if any(event["event"] == "BuildFinished" and event["outcome"] == "finished" for event in events):
            jobs |= {event["job"] for event in events if event["event"] == "BuildStarted"}
        self._tally.acknowledged += len(jobs - self._acknowledged)
        self._acknowledged |= jobs
        self._in_round |= jobs
        self._sessions |= {line.partition(" ")[2] for line in told if line.startswith("urd ")}

    def _complain(self, what: str) -> None:
        self._tally.wrong.append(f"{self._cut}: {what}")

    # -- looking ------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Look at everything that lies there after the cut, before a build."""
        witness = self._disk.path / "witness"
        self._tally.forgotten += not witness.exists() or not witness.read_bytes()
        witness.unlink(missing_ok=True)
        records = {record.jobid: record for record in self._read_jobs()}
        for record in records.values():
            self._tally.states[record.state] = self._tally.states.get(record.state, 0) + 1
            if damage := find_wrong(record):
                self._complain(f"{record.jobid} is {record.state}, but {damage}")
        for jobid in self._acknowledged - {name for name, record in records.items() if record.state == "finished"}:
            found = records.get(jobid)
            self._complain(f"{jobid} was acknowledged and is {f'{found.state}: {found.reason}' if found else 'gone'}")
        for link in self._root.glob("results/**/*"):
            if link.is_symlink() and not link.exists():
                self._complain(f"the result {link.name} leads to {os.readlink(link)}, which is not there")
        self._look_with_commands()

    def _look_with_commands(self) -> None:
        listed = {each["job"] for each in self._ask("jobs") if each["state"] == "finished"}
        if lost := self._acknowledged - listed:
            self._complain(f"`axtui jobs` does not say that {sorted(lost)} are finished")
        if self._sessions:
            there = {each["timestamp"] for found in self._ask("urd", "rounds/") for each in found}
            if lost := self._sessions - there:
                self._complain(f"the urd list has lost {sorted(lost)}")

    def _ask(self, *words: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, *words, "--json"],
            cwd=self._root,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        if done.returncode or done.stderr:
            self._complain(f"`axtui {' '.join(words)}` ended with {done.returncode}: {done.stderr.strip()}")
        return json.loads(done.stdout) if done.returncode == 0 else []

    def _build_again(self) -> None:
        """Build the rest: what was acknowledged is reused, and the script finds everything right."""
        before = {record.jobid for record in self._read_jobs()}
        known = self._asked(self._in_round)
        told = len(self._read_told())
        began = time.monotonic()
        run = self._start()
        wait(lambda: len(self._read_told()) > told or run.poll() is not None)
        self._tally.starts.append(round(time.monotonic() - began, 3))
        said = self._end(run)
        events = parse_events(self._printed.read_bytes())
        if run.returncode:
            self._complain(f"the build after it ended with {run.returncode}: {said}")
        if again := known - {event["job"] for event in events if event["event"] == "JobReused"}:
            self._complain(f"{sorted(again)} were acknowledged and not reused")
        if taken := before & {event["job"] for event in events if event["event"] == "JobFinished"}:
            self._complain(f"{sorted(taken)} were built in directories that were there")
        self._take(events, self._read_told()[told:])
        numbers = [entry.seq for entry in read_journal(self._root / ".axtui/journal")]
        if numbers != sorted(set(numbers)):
            self._complain("the numbers in the journal do not rise")

    def _asked(self, jobids: set[str]) -> set[str]:
        """Return which of some jobs the script asked for by itself; subjobs of those that exist are not asked for."""
        jobs = [each for each in self._read_jobs() if each.jobid in jobids and not each.setup.get("is_build")]
        return {job.jobid for job in jobs}.difference(*(job.post.get("subjobs", {}) for job in jobs))

    def _read_jobs(self) -> list[JobRecord]:
        return [read_job(path) for path in self._root.glob("workdirs/*/*-*")]


def parse_events(printed: bytes) -> list[dict[str, Any]]:
    """Return what `axtui run --json` printed in whole lines."""
    return [json.loads(line) for line in printed.split(b"\n")[:-1] if line.startswith(b"{")]


def find_wrong(record: JobRecord) -> str:
    """Say what is wrong with a job: a record, a size or digest that is not as committed, an empty preview; or ""."""
    if record.state == "damaged":
        return record.reason
    for name, (nbytes, digest) in record.post["files"].items() if record.state == "finished" else ():
        try:
            data = (record.directory / name).read_bytes()
        except OSError as error:
            return f"{name}: {error.strerror}"
        if len(data) != nbytes or hashlib.sha256(data).hexdigest() != digest:
            return f"{name} has {len(data.strip(bytes(1)))} bytes that are not zero, committed were {nbytes}"
        if name == layout.RESULT and not (record.directory / layout.PREVIEW).read_bytes().strip(b"\0"):
            return "its result cannot be looked at"
    return ""


def main() -> None:
    """Do rounds: the place for everything, the kind of file system, how many, and a seed."""
    place, kind, rounds, seed = sys.argv[1:]
    print(json.dumps(asdict(cut_at_random(Path(place), kind, int(rounds), int(seed)))))


if __name__ == "__main__":
    main()
