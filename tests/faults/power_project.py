"""The project that is built while the power is cut: jobs of every shape, and a script that says what it was told of.

The script writes a line to a file on another disk as soon as it has been answered: the id of a job, or the time stamp
of an urd session. At its end it reads back what it built, so that a run that ends well has found everything right.
"""

from __future__ import annotations

import os
from pathlib import Path

MANY = 70
"""Files of the job with many of them, which is more than are synced one by one."""
ANSWERS = 10
"""How often the script is answered in a round, which it tells each time."""

_SMALL = """
options = {"round": 0, "number": 0}


def synthesis(job, options):
    print("round", options.round, "number", options.number)
    job.json_save([options.round, options.number], "numbers.json")
    return options.round * 100 + options.number
"""
_MANY = """
import os

options = {"round": 0, "files": 0}


def analysis(sliceno, slices, job, options):
    for number in range(sliceno, options.files, slices):
        with job.open(f"part.{number}", "w") as handle:
            handle.write(f"{options.round} " * (number * 20))


def synthesis(job, options):
    os.makedirs("deep/er")
    with open("deep/er/file", "wb") as handle:
        handle.write(bytes([options.round % 256]) * 50_000)
    job.register_files("deep/**/*")
"""
_TABLE = """
options = {"round": 0, "lines": 0}
jobs = ("previous",)


def prepare(job, jobs):
    previous = jobs.previous.dataset() if jobs.previous else None
    writer = job.datasetwriter(columns={"n": "int64", "text": "unicode", "x": "float64"}, previous=previous)
    job.datasetwriter(name="other", columns={"n": "int64"})
    return writer


def analysis(sliceno, slices, prepare_res, job, options):
    other = job.datasetwriter(name="other")
    for line in range(sliceno, options.lines, slices):
        prepare_res.write(line, f"{options.round}-{line}", line / 3)
        other.write(line)
    return options.lines


def synthesis(analysis_res):
    return max(analysis_res)
"""
_PARENT = """
from axtui import subjobs

options = {"round": 0}


def synthesis(job, options):
    first = subjobs.build("small", round=options.round, number=50)
    second = subjobs.build("small", round=options.round, number=51)
    first.link_to_here("numbers.json")
    return first.load() + second.load()
"""
_LATE = """
import importlib

options = {"round": 0}


def synthesis(options):
    return importlib.import_module("cut.helping").double(options.round)
"""
_HELPING = "def double(value):\n    return 2 * value\n"
_SCRIPT = '''
import os

ROUND = {round}
TOLD = {told!r}


def main(urd):
    told = os.open(TOLD, os.O_WRONLY | os.O_APPEND)
    tell = lambda what: os.write(told, f"{{what}}\\n".encode())
    urd.begin("rounds", ROUND, update=True)
    before = urd.get("rounds", f"<{{ROUND}}").joblist.get("table")
    handles = [urd.submit("small", round=ROUND, number=number) for number in (0, 1)]
    jobs = [urd.build("small", round=ROUND, number=2)]
    tell(jobs[0])
    jobs[0].link_result("numbers.json", f"{{ROUND}}/numbers.json")
    jobs += [each.result() for each in handles]
    for job in jobs[1:]:
        tell(job)
    many = urd.build("many", round=ROUND, files={files})
    tell(many)
    table = urd.build("table", round=ROUND, lines=4_000, previous=before)
    tell(table)
    parent = urd.build("parent", round=ROUND)
    tell(parent)
    parent.link_result("result.pickle", "newest.pickle")
    late = urd.build("late", round=ROUND)
    tell(late)
    for number, workdir in ((3, "other"), (4, "dev")):
        tell(urd.build("small", round=ROUND, number=number, workdir=workdir))
    urd.finish("rounds")
    tell(f"urd {{ROUND}}")
    look(jobs, many, table, parent, late)


def look(jobs, many, table, parent, late):
    """Hold what was built against what must come out."""
    assert sorted(job.load() for job in jobs) == [ROUND * 100 + number for number in (0, 1, 2)]
    assert len(many.files("part.*")) == {files}
    assert many.open("part.7").read() == f"{{ROUND}} " * 140
    assert many.open("deep/er/file", "rb").read() == bytes([ROUND % 256]) * 50_000
    for each in table.dataset().chain():
        rows = sorted(each.iterate(None, ("n", "text", "x")))
        round = each.job.params.options.round
        assert rows == [(line, f"{{round}}-{{line}}", line / 3) for line in range(4_000)], each
    assert sorted(table.dataset("other").iterate(None, "n")) == [*range(4_000)]
    assert table.load() == 4_000
    assert parent.load() == ROUND * 200 + 101
    assert parent.json_load("numbers.json") == [ROUND, 50]
    assert late.load() == 2 * ROUND
'''
_CONFIG = """
slices = 2
target = "dev"
results = "results"
[workdirs]
dev = "workdirs/dev"
other = "workdirs/other"
[methods]
packages = ["cut"]
"""
_METHODS = {"small": _SMALL, "many": _MANY, "table": _TABLE, "parent": _PARENT, "late": _LATE}


def write_project(root: Path) -> None:
    """Write the project; what builds leave is not there yet."""
    package = root / "cut"
    package.mkdir(parents=True)
    for name, text in _METHODS.items():
        (package / f"a_{name}.py").write_text(text)
    (package / "__init__.py").write_text("")
    (package / "helping.py").write_text(_HELPING)
    (root / "axtui.toml").write_text(_CONFIG)


def write_script(root: Path, round: int, told: Path) -> None:
    """Write and sync the script of a round, and nothing else: what builds left unsynced stays so."""
    with open(root / "cut/build.py", "w") as handle:
        handle.write(_SCRIPT.format(round=round, told=str(told), files=MANY))
        handle.flush()
        os.fsync(handle.fileno())
