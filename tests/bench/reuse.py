"""What looking costs where nothing has to be built: the code digest of many methods, and one call that reuses a job.

    python -m tests.bench.reuse [--jobs N]

The package has 127 methods, each with two helpers that import others. The workdir has N jobs (10,000), made by the
store's own writers but for syncing them; the call is made by a build script, over the wire, and timed there.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from axtui.base.records import Record, digest, format_lines
from axtui.build.code import Code
from axtui.store import layout
from axtui.store.commit import build_manifest, commit_job
from axtui.store.workdir import Workdir
from tests.bench.table import Figure, format_machine, format_table, time_figure

METHODS = 127
JOBS = 10_000
CALLS = 400
_ROUNDS = 9
_METHOD = """\
from helpers.part{part} import work
import helpers.common as common

options = {{"n": {number}}}


def synthesis(options):
    return work(options.n) + common.LIMIT
"""
_BUILD = """\
import json, time

def main(urd, job):
    seconds = []
    for number in range({calls}):
        began = time.perf_counter()
        urd.build("m{method}", n=number)
        seconds.append(time.perf_counter() - began)
    with job.open("seconds.json", "w") as handle: json.dump(seconds, handle)
"""


def make_project(root: Path) -> None:
    """Make a project of 127 methods."""
    files = {f"many/a_m{number}.py": _METHOD.format(number=number, part=number % 20) for number in range(METHODS)}
    files |= {f"helpers/part{number}.py": "from helpers.common import LIMIT\n" + _BODY for number in range(20)}
    files |= {"helpers/__init__.py": "", "helpers/common.py": "LIMIT = 3\n", "many/__init__.py": ""}
    files["many/build.py"] = _BUILD.format(calls=CALLS, method=0)
    files["axtui.toml"] = 'slices = 1\n[workdirs]\ndev = "workdirs/dev"\n[methods]\npackages = ["many"]\n'
    for name, text in files.items():
        (root / name).parent.mkdir(exist_ok=True, parents=True)
        (root / name).write_text(text)


_BODY = "\n\n".join(f"def work{number}(x):\n    return x * {number} + LIMIT\n" for number in range(30)) + (
    "\n\ndef work(x):\n    return work3(x)\n"
)


def measure_code(root: Path) -> float:
    """Return the CPU seconds of a look at all methods where nothing has changed, the least of some rounds."""
    code = Code(root, ("many",))
    code.rescan()
    code.digests()
    return min(_timed(lambda: (code.rescan(), code.digests())) for _ in range(_ROUNDS))


def _timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def fill_workdir(root: Path, jobs: int) -> None:
    """Add jobs by the store's own writers; nothing of them need survive, so nothing is synced."""
    workdir = Workdir("dev", root / "workdirs/dev")
    workdir.prepare(1)
    with patch("axtui.store.commit.fsync_path", lambda path: None):
        for number in range(jobs):
            _make_job(workdir.path / workdir.allocate(number), number)


def _make_job(directory: Path, number: int) -> None:
    order: Record = {
        "version": 1, "jobid": directory.name, "method": f"m{number % METHODS}", "is_build": False, "caption": "",
        "options": {"n": -number - 1}, "datasets": {}, "jobs": {}, "slices": 1, "starttime": 1.6e9 + number,
        "key": digest(b"%d" % number), "hash": digest(b"code"), "parameters": digest(b"p%d" % number), "inputs": {},
        "input_files": {}, "extra": [[], []], "why": [], "sources": {}, "declared": {"n": "0"}, "packages": {},
    }  # fmt: skip
    data = format_lines(order)
    (directory / layout.SETUP).write_bytes(data)
    (directory / layout.RESULT).write_bytes(b"\x80\x04K\x01.")
    post: Record = {
        "outcome": "finished", "setup": digest(data), "registered": [layout.RESULT], "datasets": {}, "subjobs": {},
        "links": [], "output": digest(b"o%d" % number), "observed": {}, "opened": {}, "repeatable": True, "notes": [],
        "starttime": 1.6e9 + number, "endtime": 1.6e9 + number + 1, "exectime": {"total": 1.0},
    }  # fmt: skip
    commit_job(directory, build_manifest(directory, [layout.RESULT], {}), post)


def measure_calls(root: Path) -> list[float]:
    """Build CALLS jobs, then run the script again; return how long each call of the second run took, in seconds."""
    for _ in range(2):
        command = [sys.executable, "-c", "import sys; from axtui.cli.main import main; sys.exit(main(['run']))"]
        done = subprocess.run(command, cwd=root, env=_environment(root), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert f"0 built, {CALLS} reused" in done.stderr, done.stderr
    newest = max((root / "workdirs/dev").glob("dev-*/seconds.json"), key=os.path.getmtime)
    return [float(each) for each in json.loads(newest.read_text())]


def _environment(root: Path) -> dict[str, str]:
    (root / "run").mkdir(exist_ok=True, mode=0o700)
    path = os.pathsep.join(filter(None, (str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", ""))))
    return {
        **os.environ,
        "PYTHONPATH": path,
        "XDG_CACHE_HOME": str(root / "cache"),
        "XDG_RUNTIME_DIR": str(root / "run"),
    }


def figures(jobs: int = JOBS) -> list[Figure]:
    """Measure both."""
    with tempfile.TemporaryDirectory(prefix="axtui-") as place:
        root = Path(place)
        make_project(root)
        code = measure_code(root)
        fill_workdir(root, jobs)
        calls = measure_calls(root)
    return [
        time_figure(f"code digests of {METHODS} methods, nothing changed (CPU)", code, 0.05),
        time_figure(f"a call that reuses a job, of {jobs + CALLS:,} jobs (median)", statistics.median(calls), 0.0003),
        time_figure("… the fastest", min(calls)),
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=JOBS)
    print(format_machine())
    print(format_table(figures(parser.parse_args().jobs)))


if __name__ == "__main__":
    main()
