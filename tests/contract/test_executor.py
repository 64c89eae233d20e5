"""What holds for every executor: what is reported when, what a job that succeeds leaves, and how others are told.

Both run the same methods; ends that only a process of its own can come to are asked of the forking one alone.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

from axtui.base.records import format_lines
from axtui.base.wire import Message
from axtui.build.code import Code, open_code
from axtui.engine.loop import SelectLoop
from axtui.execute.executor import (
    Executor,
    FileDigested,
    JobCommitted,
    JobLost,
    JobSaid,
    MethodDescribed,
    MethodFailed,
    Report,
)
from axtui.execute.forking import ForkingExecutor
from axtui.execute.in_process import InProcessExecutor
from axtui.execute.process import become_subreaper, find_descendants
from axtui.method.snapshot import Snapshot
from axtui.project.config import read_project
from axtui.project.limits import Limits
from axtui.store import layout
from axtui.store.record import read_job
from axtui.store.workdir import Workdir
from tests.conftest import ProjectDirectory
from tests.unit.store.jobs import setup_of

SECONDS = 30.0
"""Nothing here takes so long."""


class Bench:
    """An executor with a loop and a project, and what it has reported."""

    def __init__(self, kind: type[ForkingExecutor] | type[InProcessExecutor], project: ProjectDirectory) -> None:
        self.files = project
        self.project = read_project(project.root)
        self.project.private.mkdir()
        self.workdir = Workdir("dev", self.project.workdirs["dev"])
        self.workdir.prepare(self.project.slices)
        self.loop = SelectLoop()
        self.reports: list[Report] = []
        self.hear: Callable[[Report], None] = lambda report: None
        self.executor: Executor = kind(self.loop, self._take, self.project, self.code().sources)

    def code(self) -> Code:
        """Look at the project's methods."""
        code = open_code(self.project)
        code.rescan()
        return code

    def _take(self, report: Report) -> None:
        self.reports.append(report)
        self.hear(report)

    def until(self, condition: Callable[[], object]) -> None:
        """Let the loop turn until something holds."""
        is_late: list[bool] = []
        self.loop.call_later(SECONDS, lambda: is_late.append(True))
        while not condition():
            self.loop.turn()
            assert not is_late, f"it has said no more than {self.reports}"

    def describe(self, method: str) -> MethodDescribed | MethodFailed:
        """Have a method imported."""
        snapshot = self.code().snapshot(method)
        self.executor.describe(method, snapshot.module, snapshot)
        kinds = (MethodDescribed, MethodFailed)
        self.until(lambda: any(isinstance(each, kinds) and each.method == method for each in self.reports))
        return next(each for each in reversed(self.reports) if isinstance(each, kinds))

    def start(self, method: str, limits: Limits | None = None) -> str:
        """Start a job; return its id."""
        snapshot = self.code().snapshot(method)
        directory = self._make_job(method, snapshot)
        self.executor.start_job(directory, method, snapshot, limits or {})
        return directory.name

    def start_script(self, script: str) -> str:
        """Start a build script; return its id."""
        snapshot = self.code().script(script)
        directory = self._make_job(script, snapshot, is_build=True, options={"script": script})
        self.executor.start_script(directory, snapshot)
        return directory.name

    def _make_job(self, method: str, snapshot: Snapshot, **more: object) -> Path:
        jobid = self.workdir.allocate(1)
        directory = self.workdir.path / jobid
        places = {"input_directory": str(self.project.input_directory), "project_directory": str(self.project.root)}
        setup = setup_of(jobid, method=method, module=snapshot.module, package="small", seed=1, **{**places, **more})
        (directory / layout.SETUP).write_bytes(format_lines({**setup, "options": more.get("options", {})}))
        return directory

    def end(self, jobid: str) -> JobCommitted | JobLost:
        """Wait for the end of a job."""
        self.until(lambda: self.ends(jobid))
        return self.ends(jobid)[0]

    def ends(self, jobid: str) -> list[JobCommitted | JobLost]:
        """Return how a job has ended; once, if at all."""
        kinds = (JobCommitted, JobLost)
        return [each for each in self.reports if isinstance(each, kinds) and each.jobid == jobid]

    def run(self, text: str) -> tuple[str, JobCommitted | JobLost]:
        """Run a method that has this source, as a new job."""
        self.files.method("one", text)
        jobid = self.start("one")
        return jobid, self.end(jobid)


@pytest.fixture(params=[ForkingExecutor, InProcessExecutor])
def bench(request: pytest.FixtureRequest, project: ProjectDirectory) -> Iterator[Bench]:
    """Give each executor."""
    yield from make_bench(request.param, project)


@pytest.fixture
def forking(project: ProjectDirectory) -> Iterator[Bench]:
    """Give the executor whose jobs have processes of their own."""
    yield from make_bench(ForkingExecutor, project)


def make_bench(kind: type[ForkingExecutor] | type[InProcessExecutor], project: ProjectDirectory) -> Iterator[Bench]:
    """Make a bench, and end what it started."""
    become_subreaper()
    made = Bench(kind, project)
    before = (os.getcwd(), sys.path[:], sys.meta_path[:])
    yield made
    made.executor.close()
    assert find_descendants() == []
    assert (os.getcwd(), sys.path, sys.meta_path) == before
    assert not [name for name in sys.modules if name.partition(".")[0] == "small"]


def test_a_method_is_described(bench: Bench) -> None:
    """Its options, stages and limits are reported under the content that was imported."""
    bench.files.method("one", "options = {'n': 3}\nlimits = {'seconds': 5}\ndef analysis(sliceno): pass\n")

    report = bench.describe("one")

    assert isinstance(report, MethodDescribed)
    assert report.content == bench.code().snapshot("one").content
    assert [*report.description.options] == ["n"]
    assert (report.description.stages, report.description.limits) == (("analysis",), {"seconds": 5.0})


def test_a_method_that_cannot_be_imported_is_reported(bench: Bench) -> None:
    """With the cause and the line; another method is described all the same."""
    bench.files.method("one", "x = 1\nraise ValueError('not today')\n")
    bench.files.method("two", "def synthesis(): pass\n")

    broken, fine = bench.describe("one"), bench.describe("two")

    assert isinstance(broken, MethodFailed)
    assert (broken.failure.message, broken.failure.line) == ("ValueError: not today", 2)
    assert isinstance(fine, MethodDescribed)


def test_a_job_that_succeeds_is_committed(bench: Bench) -> None:
    """One report, when the commit record is on the disk; results of stages and slices went from one to the next."""
    jobid, end = bench.run(
        "def prepare(job):\n    with job.open('a.txt', 'w') as handle: handle.write('a')\n    return 5\n"
        "def analysis(sliceno, prepare_res): return {sliceno: prepare_res + sliceno}\n"
        "def synthesis(analysis_res, prepare_res, job):\n"
        "    job.json_save([prepare_res, sorted(analysis_res.merge_auto().items())], 'all.json')\n    return 7\n"
    )

    record = read_job(bench.workdir.path / jobid)
    assert isinstance(end, JobCommitted)
    assert (record.state, end.output) == ("finished", record.post["output"])
    assert {"a.txt", "all.json", "result.pickle"} == set(record.post["registered"])
    assert json.loads((record.directory / "all.json").read_text()) == [5, [[0, 5], [1, 6]]]
    assert len(bench.ends(jobid)) == 1


def test_the_same_job_comes_out_the_same(bench: Bench) -> None:
    """Its output digest depends on what it made alone; datasets that slices wrote are part of it."""
    text = (
        "from axtui import DatasetWriter\n"
        "def prepare():\n    dw = DatasetWriter()\n    dw.add('n', 'int64')\n    return dw\n"
        "def analysis(sliceno, prepare_res):\n    for n in range(sliceno + 2): prepare_res.write(n)\n"
        "def synthesis(): return 3\n"
    )

    ends = [bench.run(text)[1] for _ in range(2)]

    record = read_job(bench.workdir.path / ends[1].jobid)
    assert all(isinstance(end, JobCommitted) for end in ends)
    assert len({end.output for end in ends if isinstance(end, JobCommitted)}) == 1
    assert [*record.post["datasets"]] == ["default"]
    assert '"lines": [2, 3]' in (record.directory / "datasets/default/dataset.json").read_text()


def test_stages_are_reported_in_order(bench: Bench) -> None:
    """Each before what it does, all before the end."""
    jobid, _ = bench.run("def prepare(): pass\ndef analysis(sliceno): pass\ndef synthesis(): pass\n")

    said = [each.message["stage"] for each in bench.reports if isinstance(each, JobSaid) and each.jobid == jobid]
    assert said == ["prepare", "analysis", "synthesis"]
    assert isinstance(bench.reports[-1], JobCommitted)


FAILURES = {
    "prepare": ("def prepare(): raise ValueError('no')\n", "prepare", "ValueError: no"),
    "a slice": ("def analysis(sliceno): assert sliceno == 0, 'odd'\n", r"analysis\(1\)", "AssertionError: odd"),
    "synthesis": ("def synthesis(): return 1 / 0\n", "synthesis", "ZeroDivisionError: division by zero"),
    "exit": ("import sys\ndef synthesis(): sys.exit(0)\n", "launcher", r".*called exit\(0\)"),
    "unpicklable": ("def synthesis(): return lambda: 1\n", "synthesis", "TypeError: result cannot be pickled"),
    "memory": ("def synthesis(): return bytearray(1 << 60)\n", "synthesis", "out of memory: MemoryError"),
    "disk": (
        "def synthesis():\n    with open('/dev/full', 'w') as f: f.write('x')\n",
        "synthesis",
        "disk full: OSError",
    ),
    "a parameter": ("def synthesis(optoins): pass\n", "synthesis", "AttributeError: synthesis asks for 'optoins'"),
}


@pytest.mark.parametrize("how", [*FAILURES])
def test_a_job_that_fails_is_lost_with_its_cause(bench: Bench, how: str) -> None:
    """One report; part and message are those of its record, and it is not finished."""
    text, part, message = FAILURES[how]

    jobid, end = bench.run(text)

    record = read_job(bench.workdir.path / jobid)
    assert isinstance(end, JobLost)
    assert re.fullmatch(part, end.failure.part)
    assert re.match(message, end.failure.message)
    assert (record.state, record.error["message"]) == ("failed", end.failure.message)
    assert len(bench.ends(jobid)) == 1


def test_a_failure_harms_no_other_job(bench: Bench) -> None:
    """The next job of the same executor is as any."""
    bench.run("def synthesis(): raise ValueError\n")

    _, end = bench.run("def synthesis(): return 1\n")

    assert isinstance(end, JobCommitted)


def is_request(report: Report) -> TypeGuard[JobSaid]:
    """Tell whether a job asks for another one."""
    return isinstance(report, JobSaid) and report.message.get("do") == "build"


ASKS = "from axtui import subjobs\ndef synthesis(): return subjobs.build('other', n=3)\n"


def test_a_job_asks_and_is_answered(bench: Bench) -> None:
    """What a job says is reported; the answer reaches it, also an answer that it asked for something wrong."""
    asked: list[Message] = []

    def hear(report: Report) -> None:
        if is_request(report):
            asked.append(report.message)
            error = {"class": "BuildError", "text": "there is no other"}
            bench.executor.answer(report.jobid, {"error": error, "tag": report.message["tag"]})

    bench.hear = hear
    _, end = bench.run(ASKS)

    assert [(each["method"], each["keywords"]) for each in asked] == [("other", {"n": 3})]
    assert isinstance(end, JobLost)
    assert end.failure.message == "BuildError: there is no other"


def test_a_job_that_waits_can_be_stopped(bench: Bench) -> None:
    """It is lost, once, and not finished; to stop it again, or one that there never was, does nothing."""
    bench.hear = lambda report: bench.executor.stop(report.jobid, False) if is_request(report) else None

    jobid, end = bench.run(ASKS)
    bench.executor.stop(jobid, False)
    bench.executor.stop("dev-99", True)
    bench.executor.answer(jobid, {"tag": 1})
    _, other = bench.run("def synthesis(): return 1\n")

    assert isinstance(end, JobLost)
    assert len(bench.ends(jobid)) == 1
    assert read_job(bench.workdir.path / jobid).state == "failed"
    assert isinstance(other, JobCommitted)


def test_a_script_runs_jobs(bench: Bench) -> None:
    """A script's request is reported, its answer comes while the executor runs the job, and its end is as of a job."""
    bench.files.method("two", "def synthesis(): return 11\n")
    bench.files.script("return urd.build('two').load() + 1")

    asked: dict[str, JobSaid] = {}

    def hear(report: Report) -> None:
        if is_request(report):
            asked[bench.start("two")] = report
        elif isinstance(report, JobCommitted) and report.jobid in asked:
            said = asked[report.jobid]
            bench.executor.answer(said.jobid, {"job": report.jobid, "reused": False, "tag": said.message["tag"]})

    bench.hear = hear
    script = bench.start_script("build")
    end = bench.end(script)

    assert isinstance(end, JobCommitted), end
    assert len(asked) == 1
    assert read_job(bench.workdir.path / script).post["status"] == 12


def test_files_are_digested(bench: Bench) -> None:
    """Each request is answered under its number, also for a file that is not there."""
    path = bench.files.write("data/a.txt", "abc")

    bench.executor.digest(1, str(path))
    bench.executor.digest(2, str(path) + "gone")
    bench.until(lambda: sum(isinstance(each, FileDigested) for each in bench.reports) == 2)

    found = {each.number: (each.digest[:8], each.error) for each in bench.reports if isinstance(each, FileDigested)}
    assert found == {1: ("ba7816bf", ""), 2: ("", "No such file or directory")}


def test_what_runs_is_the_snapshot(bench: Bench) -> None:
    """A save after the start changes nothing of the job, nor of what the next one of the new source does."""
    bench.files.write("helper.py", "X = 1\n")
    bench.files.method("one", "import helper\ndef synthesis(): return helper.X\n")
    jobid = bench.start("one")
    bench.files.write("helper.py", "X = 22\n")

    first = bench.end(jobid)
    second = bench.end(bench.start("one"))

    previews = [(bench.workdir.path / end.jobid / layout.PREVIEW).read_text().strip() for end in (first, second)]
    assert previews == ["1", "22"]


ENDS = {
    "the job is killed": (
        "import os\ndef synthesis(): os.kill(os.getpid(), 9)\n",
        r"the job process was killed by .* 9 ",
    ),
    "the job exits": ("import os\ndef synthesis(): os._exit(0)\n", "the job process ended with exit status 0"),
    "a slice exits": ("import os\ndef analysis(sliceno): os._exit(0)\n", r"slice \d ended with exit status 0"),
    "a slice kills its job": (
        "import os, signal\ndef analysis(sliceno):\n    if sliceno: os.kill(os.getppid(), 9)\n    signal.pause()\n",
        r"the job process was killed by signal 9",
    ),
    "a slice closes everything": (
        "import os\ndef analysis(sliceno): os.closerange(0, 200)\n",
        r"slice \d ended with exit status \d before it had finished",
    ),
}


@pytest.mark.parametrize("how", [*ENDS])
def test_a_process_that_ends_without_its_message_has_failed(forking: Bench, how: str) -> None:
    """Whatever its exit status; the cause is told, and nothing of it runs on, though some would for ever."""
    jobid, end = forking.run(ENDS[how][0])

    assert isinstance(end, JobLost)
    assert re.match(ENDS[how][1], end.failure.message)
    assert read_job(forking.workdir.path / jobid).state == "failed"


def test_closed_streams_and_another_directory_harm_no_later_stage(forking: Bench) -> None:
    """Each stage begins in the job's directory, with streams of its own."""
    jobid, end = forking.run(
        "import os\ndef prepare():\n    os.close(1); os.close(2); os.chdir('/'); os.umask(0o777)\n"
        "def analysis(sliceno):\n    print('slice', sliceno)\n    os.close(1)\n"
        "def synthesis(job):\n    print('here'); job.json_save(1, 'a.json'); return os.path.basename(os.getcwd())\n"
    )

    directory = forking.workdir.path / jobid
    assert isinstance(end, JobCommitted), end
    assert (directory / "output/analysis.1.out").read_text() == "slice 1\n"
    assert (directory / "output/synthesis.out").read_text() == "here\n"
    assert (directory / layout.PREVIEW).read_text().strip() == repr(jobid)


def test_a_job_that_will_not_end_is_killed(forking: Bench) -> None:
    """One that ignores TERM is gone all the same when it is stopped hard."""
    forking.files.method(
        "one",
        "import signal\ndef synthesis():\n    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "    open('ready', 'w').close()\n    while True: signal.pause()\n",
    )
    jobid = forking.start("one")
    ready = forking.workdir.path / jobid / "ready"
    look_often(forking, ready.exists)

    forking.executor.stop(jobid, True)

    assert isinstance(forking.end(jobid), JobLost)


def look_often(bench: Bench, condition: Callable[[], object]) -> None:
    """Let the loop turn, with a look every few milliseconds at something outside of it."""

    def look() -> None:
        bench.loop.call_later(0.005, look)

    look()
    bench.until(condition)
