"""Jobs that build jobs, through the command."""

from __future__ import annotations

import pytest

from tests.conftest import ProjectDirectory
from tests.e2e.conftest import Command, built_by, failure_of

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
