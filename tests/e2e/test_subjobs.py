"""Jobs that build jobs, through the command."""

from __future__ import annotations

import pytest

from tests.conftest import ProjectDirectory
from tests.e2e.conftest import Command, built_by, failure_of
from tests.e2e.test_submit import MEET

OUTER = """
from axtui import build
def synthesis(job):
    one = build('inner', n=1)
    return one.load() + build('inner', n=2).load()
"""
INNER = "options = {'n': 0}\ndef synthesis(options): return options.n * 10\n"


def test_subjobs_are_built_and_reused(project: ProjectDirectory, axtui: Command) -> None:
    """A job builds others as a script does; what exists is reused, by it and by the script."""
    project.method("outer", OUTER)
    project.method("inner", INNER)
    project.script("urd.build('inner', n=2)\nprint(urd.build('outer').load())\nprint(len(urd.joblist))")

    done = axtui("run")
    again = built_by(axtui, project)

    assert done.stdout == "30\n2\n"
    assert project.methods() == ["inner", "outer", "inner"]
    outer = next(job for job in project.jobs().values() if job.method == "outer")
    assert outer.post["subjobs"] == {"dev-3": True, "dev-1": False}
    assert project.jobs()["dev-3"].setup["parent"] == outer.jobid
    assert again == []


def test_an_edited_subjob_rebuilds_what_was_built_with_it(project: ProjectDirectory, axtui: Command) -> None:
    """A job whose subjob's source changed is not current; it runs again, and so does the subjob."""
    project.method("outer", OUTER)
    project.method("inner", INNER)
    project.script("print(urd.build('outer').load())")
    axtui("run")

    project.method("inner", INNER.replace("* 10", "* 100"))
    done = axtui("run")

    assert done.stdout == "300\n"
    assert "was built with dev-2, which is of an older source" in done.stderr


def test_a_failing_subjob_is_an_error_in_its_parent(project: ProjectDirectory, axtui: Command) -> None:
    """The parent and the script get a JobError that names job, method and failing part, and can go on."""
    project.method("outer", OUTER)
    project.method(
        "inner", "options = {'n': 0}\ndef analysis(sliceno):\n    if sliceno == 1: raise ValueError('no luck')\n"
    )
    project.method(
        "careful",
        "from axtui import build, JobError\ndef prepare():\n"
        "    try: build('inner')\n"
        "    except JobError as error: return error\n"
        "def synthesis(prepare_res):\n"
        "    return prepare_res.method, list(prepare_res.status), 'no luck' in prepare_res.format_msg()\n",
    )
    project.script("print(urd.build('careful').load())\nurd.build('outer')")

    done = axtui("run", status=1)

    assert done.stdout == "('inner', ['analysis(1)'], True)\n"
    assert "JobError" in failure_of(project)["message"] or project.jobs()
    states = {job.method: job.state for job in project.jobs().values()}
    assert states == {"careful": "finished", "inner": "failed", "outer": "failed"}
    outer = next(job for job in project.jobs().values() if job.method == "outer")
    assert "JobError: Failed to build" in outer.error["message"]


def test_deep_subjobs_do_not_wait_for_each_other(project: ProjectDirectory, axtui: Command) -> None:
    """Jobs in jobs, far deeper than jobs may run side by side, come to an end."""
    project.write(
        "axtui.toml", (project.root / "axtui.toml").read_text().replace("slices", "parallel_jobs = 1\nslices", 1)
    )
    project.method(
        "deep",
        "from axtui import build\noptions = {'n': 12}\ndef synthesis(options):\n"
        "    return 0 if not options.n else 1 + build('deep', n=options.n - 1).load()\n",
    )
    project.script("print(urd.build('deep').load())")

    assert axtui("run").stdout == "12\n"


def test_a_job_that_asks_for_itself_is_refused(project: ProjectDirectory, axtui: Command) -> None:
    """A circle is an error with its methods, and nothing hangs."""
    project.method("one", "from axtui import build\ndef synthesis(): build('two')\n")
    project.method("two", "from axtui import build\ndef synthesis(): build('one')\n")
    project.script("urd.build('one')")

    done = axtui("run", status=1)

    assert "a job cannot wait for itself: one -> two -> one" in done.stderr


def test_no_subjobs_in_analysis(project: ProjectDirectory, axtui: Command) -> None:
    """Slices build nothing; the error says where one may."""
    project.method("one", "from axtui import build\ndef analysis(sliceno): build('two')\n")
    project.script("urd.build('one')")

    axtui("run", status=1)

    error = failure_of(project)
    assert error["part"].startswith("analysis(")
    assert "prepare and synthesis" in error["message"] or "no engine is attached here" in error["message"]


@pytest.mark.slow
def test_what_builds_itself_for_ever_ends(project: ProjectDirectory, axtui: Command) -> None:
    """A hundred levels below the job that the script asked for are built; the next one is refused by name."""
    project.method(
        "deep",
        "from axtui import build, ServerError\noptions = {'n': 0, 'top': 0}\ndef synthesis(options):\n"
        "    if not options.n: return 'bottom'\n"
        "    try: return build('deep', n=options.n - 1, top=options.top).load()\n"
        "    except ServerError as error: return str(error)\n",
    )
    project.script("for n in (100, 101): print(urd.build('deep', n=n, top=n).load())")

    done = axtui("run")

    assert done.stdout == "bottom\nSubmit failed: Too deep subjob nesting: deep is level 101\n"


TOTAL = """
datasets, jobs = ('source',), ('maker',)
def analysis(sliceno): return sum(datasets.source.iterate(sliceno, 'n'))
def synthesis(analysis_res): return analysis_res.merge_auto()
"""
MAKER = """
from axtui import build
options = {'lines': 3}
def synthesis(job, options):
    write = (dw := job.datasetwriter(columns={'n': 'int64', 'text': 'ascii'})).get_split_write()
    for n in range(options.lines): write(n, str(n))
    made = dw.finish()
    few = build('dataset_filter_columns', source=made, keep_columns=['text']).dataset()
    file = build('opener', file=job.save('saved', 'a.pickle').jobwithfile())
    return build('total', source=made, maker=job).load(), sorted(few.iterate(None, 'text')), file.load()
"""
OPENER = """
from axtui import JobWithFile
options = {'file': JobWithFile}
def synthesis(options): return options.file.load()
"""
OWN_INPUTS = """
from axtui import g
for lines in (3, 3, 4): print(urd.build('maker', lines=lines).load())
dw = g.job.datasetwriter(columns={'n': 'int64'})
dw.get_split_write()(42)
for reference in (dw.finish(), g.job, g.job + '/gone', 'dev-99'):
    try: print(urd.build('total', source=reference).load())
    except Exception as error: print(error)
"""


def test_what_a_running_job_has_finished_is_an_input_of_its_subjobs(project: ProjectDirectory, axtui: Command) -> None:
    """Its datasets, its files and itself, at each run anew; what is not finished, or is of another job, is refused."""
    for name, source in {"total": TOTAL, "maker": MAKER, "opener": OPENER}.items():
        project.method(name, source)
    project.script(OWN_INPUTS)

    first = axtui("run")
    again = axtui("run")

    refused = "job dev-0 has not finished a dataset 'gone'\nthere is no finished job 'dev-99'\n"
    three = "(3, ['0', '1', '2'], 'saved')\n"
    assert first.stdout == f"{three}{three}(6, ['0', '1', '2', '3'], 'saved')\n42\n42\n{refused}"
    assert again.stdout == first.stdout.replace("dev-0", "dev-10")
    assert (project.methods().count("maker"), project.methods().count("total")) == (2, 4)
    for words in (("why", "dev-4"), ("why", "maker"), ("trace", "workdirs/dev/dev-9"), ("jobs",)):
        axtui(*words)


SUBMITS = """
import os
from axtui import subjobs
options = {'place': ''}
def prepare():
    one = subjobs.submit('meet', name='a', options={'name': 'a', 'other': 'b'})
    return one, subjobs.submit('meet', name='b', options={'name': 'b', 'other': 'a'})
def analysis(sliceno): return sliceno
def synthesis(prepare_res, analysis_res):
    one, two = prepare_res
    both = subjobs.submit('total', parts=[one, two])
    last = subjobs.build('total', parts=[both], name='last')
    return last.load(), [(job.method, str(job)) for job in subjobs.jobs], one.result().load()
"""
TOTAL_OF_JOBS = "jobs = (['parts'],)\ndef synthesis(jobs): return sum(job.load() for job in jobs.parts)\n"


def test_a_job_submits_subjobs(project: ProjectDirectory, axtui: Command) -> None:
    """Two that wait for each other, over the stages of their job; handles are inputs; the list is in order."""
    project.write("axtui.toml", "parallel_jobs = 2\n" + (project.root / "axtui.toml").read_text())
    project.method(
        "meet", MEET.replace('open(place + options.name, "x")', 'open(place + options.name, "w")') + "    return 5\n"
    )
    project.method("total", TOTAL_OF_JOBS)
    project.method("outer", SUBMITS)
    project.script("print(urd.build('outer').load())")

    first = axtui("run").stdout
    again = axtui("run")

    built = "[('a', 'dev-2'), ('b', 'dev-3'), ('total', 'dev-4'), ('last', 'dev-5')]"
    assert first == again.stdout == f"(10, {built}, 5)\n"
    assert "0 built, 1 reused" in again.stderr
    outer = project.jobs()["dev-1"]
    assert outer.post["subjobs"] == {f"dev-{number}": True for number in (2, 3, 4, 5)}


@pytest.mark.parametrize("stage", ["prepare", "synthesis"])
def test_a_job_waits_for_what_it_has_submitted(project: ProjectDirectory, axtui: Command, stage: str) -> None:
    """Also where it never asks for the result: it is a subjob all the same, and its edit builds the job again."""
    project.method("inner", INNER)
    project.method("outer", f"from axtui import subjobs\ndef {stage}(): subjobs.submit('inner', n=3)\n")
    project.script("urd.build('outer')")
    first = built_by(axtui, project)
    reused = built_by(axtui, project)
    project.method("inner", INNER.replace("* 10", "* 20"))

    assert (sorted(first), reused) == (["inner", "outer"], [])
    assert project.jobs()["dev-1"].post["subjobs"] == {"dev-2": True}
    assert sorted(built_by(axtui, project)) == ["inner", "outer"]


@pytest.mark.parametrize("asks", [False, True])
def test_a_submitted_subjob_that_fails(project: ProjectDirectory, axtui: Command, asks: bool) -> None:
    """Fails its job where nobody has looked at it, and not where somebody has; what does not need it ends first."""
    project.method("inner", "options = {'n': 0}\njobs = ('below',)\ndef synthesis(options): return 1 // options.n\n")
    asking = (
        "    try: bad.result()\n    except JobError as error: print(error)\n"
        "    try: after.result()\n    except BuildError as error: print(error)\n"
    )
    project.method(
        "outer",
        "from axtui import subjobs, BuildError, JobError\ndef synthesis():\n    bad = subjobs.submit('inner')\n"
        "    after = subjobs.submit('inner', n=2, below=bad)\n    subjobs.submit('inner', n=1)\n"
        + (asking if asks else ""),
    )
    project.script("urd.build('outer')")

    done = axtui("run", status=0 if asks else 1)

    states = sorted((job.method, job.state) for job in project.jobs().values())
    assert states == [("inner", "failed"), ("inner", "finished"), ("outer", "finished" if asks else "failed")]
    outer = project.jobs()["dev-1"]
    if asks:
        assert "inner was not built: its input inner (dev-2) failed" in axtui("log", "dev-1").stdout
    else:
        assert outer.error["message"].startswith("JobError: Failed to build dev-2 (inner)")
        assert "its input inner (dev-2) failed" in outer.error["traceback"]
        assert "dev-1" in done.stderr


def test_a_job_that_ends_before_its_subjobs_takes_them_along(project: ProjectDirectory, axtui: Command) -> None:
    """By a mistake of its own: what runs is stopped, what waits for that is answered, and the build ends."""
    project.method("slow", "import signal\njobs = ('below',)\ndef synthesis(): signal.pause()\n")
    project.method(
        "outer",
        "import os, time\nfrom axtui import subjobs\ndef synthesis(params):\n    slow = subjobs.submit('slow')\n"
        "    subjobs.submit('slow', below=slow)\n"
        "    place = params.project_directory + '/workdirs/dev/dev-2/progress'\n    until = time.monotonic() + 60\n"
        "    while not os.path.exists(place): assert time.monotonic() < until\n    raise KeyError('mine')\n",
    )
    project.script("urd.build('outer')")

    done = axtui("run", status=1)

    assert "KeyError: 'mine'" in done.stderr
    assert "finished in" in done.stderr or "failed in" in done.stderr
    assert "dev-1, which asked for it, has ended" in done.stderr
    assert len(project.jobs()) == 2


@pytest.mark.parametrize("call", ["build", "submit"])
def test_what_only_a_script_may_say_is_refused(project: ProjectDirectory, axtui: Command, call: str) -> None:
    """`why_build`, `force_build`, `workdir`, `concurrency` are no keywords of subjobs, as in the Accelerator."""
    project.method("inner", INNER)
    project.method(
        "outer",
        f"from axtui import subjobs, BuildError\ndef synthesis():\n"
        "    for name in ('why_build', 'force_build', 'workdir', 'concurrency'):\n"
        f"        try:\n            found = subjobs.{call}('inner', **{{name: True}})\n"
        "            print(getattr(found, 'result', lambda: found)())\n"
        "        except BuildError as error: print(error)\n",
    )
    project.script("urd.build('outer')\nprint(urd.joblist[-1].output('synthesis'))")

    said = axtui("run").stdout.split("\n")

    wanted = "Keyword {} not in options/datasets/jobs for method inner"
    assert said[:4] == [wanted.format(name) for name in ("why_build", "force_build", "workdir", "concurrency")]
