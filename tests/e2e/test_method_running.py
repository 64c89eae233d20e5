"""What a running method may do: files, results of slices, statuses, subjobs, `axtui.g`; through the command."""

from __future__ import annotations

import pickle
from typing import Any

from tests.conftest import ProjectDirectory
from tests.e2e.conftest import Command, failure_of


def finish(project: ProjectDirectory, axtui: Command, text: str, **others: str) -> Any:
    """Run the method `one` and give its job, which must have finished."""
    for name, source in {**others, "one": text}.items():
        project.method(name, source)
    project.script("urd.build('one')")
    axtui("run")
    job = next(each for each in reversed(project.jobs().values()) if each.method == "one")
    assert job.state == "finished"
    return job


def result(job: Any) -> Any:
    """Unpickle what a job returned."""
    return pickle.loads((job.directory / "result.pickle").read_bytes())


def test_saved_files_and_their_handles(project: ProjectDirectory, axtui: Command) -> None:
    """A handle says where its file is and reads it back, also in synthesis; background saves are waited for."""
    job = finish(
        project,
        axtui,
        """
import pickle
def prepare(job):
    early = job.save({'n': 1}, 'early', background=True)
    dropped = job.json_save([1], 'dropped.json')
    dropped.remove()
    assert (early.filename, early.path) == ('early', job.filename('early')) and early.load() == {'n': 1}
    assert dropped.load() == [1] and early.jobwithfile('x')[1:] == ('early', False, 'x')
    return early
def analysis(sliceno, job, prepare_res):
    assert prepare_res.load() == {'n': 1}
    try: pickle.dumps(prepare_res)
    except TypeError as error: assert 'jobwithfile' in str(error)
    return job.save(sliceno * 10, 'part', sliceno=sliceno, background=True), job.json_save({}, 'gone', sliceno=sliceno)
def synthesis(job, analysis_res):
    loaded = []
    for part, gone in analysis_res:
        gone.remove()
        loaded.append((part.filename, part.load(), part.jobwithfile().load(int(part.filename[-1]))))
    try: next(analysis_res)
    except RuntimeError as error: loaded.append("don't re-use it" in str(error))
    job.save(1, 'late', background=True)
    assert job.files() == set()
    return loaded
""",
    )

    assert result(job) == [("part.0", 0, 0), ("part.1", 10, 10), True]
    assert job.post["registered"] == ["early", "late", "part.0", "part.1", "result.pickle"]


def test_files_are_read_and_written(project: ProjectDirectory, axtui: Command) -> None:
    """A file is read with or without `with`, written only whole; patterns pass over what is registered or temporary."""
    job = finish(
        project,
        axtui,
        """
from pathlib import Path
from axtui import blob
from axtui.extras import json_save, json_load, job_params
def synthesis(job):
    with job.open(Path('a.txt'), 'x') as handle: handle.write('text')
    assert job.open('a.txt').read() == 'text' and job.open('a.txt', 'rb').read() == b'text'
    refused = []
    for mode in ('a', 'r+', 'w+'):
        try: job.open('a.txt', mode)
        except AssertionError: refused.append(mode)
    for wrong in (lambda: job.open('b.txt', 'w').write('x'), lambda: job.post):
        try: wrong()
        except (AttributeError, FileNotFoundError) as error: refused.append(type(error).__name__)
    Path('deep/er').mkdir(parents=True)
    for name in ('deep/x.dat', 'deep/er/y.dat', 'z.txt', 'Analysis.mine'): Path(name).write_text('')
    job.save(1, 'temporary.dat', temp=True)
    found = [sorted(job.register_files(pattern)) for pattern in ('*.dat', '**/*.dat', '**/*', '**/*')]
    Path('z.txt').unlink(); Path('z.txt').write_text('again')
    blob.save([3], 'blobbed'); json_save({'a': 1}, 'j.json')
    assert blob.load('blobbed') == [3] and json_load('j.json').a == 1 and job_params().method == 'one'
    job.input_filename('a', 'b')
    return refused, found
""",
    )

    refused, found = result(job)
    assert refused == ["a", "r+", "w+", "AttributeError", "FileNotFoundError"]
    assert found == [[], ["deep/er/y.dat", "deep/x.dat"], ["z.txt"], []]
    assert "temporary.dat" not in job.post["registered"]


def test_slices_may_return_dicts_that_make_their_values(project: ProjectDirectory, axtui: Command) -> None:
    """Outer defaultdicts whose factory cannot be pickled become dicts, by position; the others stay what they are."""
    job = finish(
        project,
        axtui,
        """
from collections import Counter, defaultdict
def analysis(sliceno):
    deep = defaultdict(lambda: defaultdict(lambda: 0))
    deep['a'][sliceno] += 1
    counted = defaultdict(Counter)
    counted['x'][sliceno % 1] += 1
    return deep, counted
def synthesis(analysis_res):
    deep, counted = analysis_res.merge_auto()
    return type(deep), type(counted), deep, counted
""",
    )

    kinds, merged = result(job)[:2], result(job)[2:]
    assert [kind.__name__ for kind in kinds] == ["dict", "defaultdict"]
    assert merged == ({"a": {0: 1, 1: 1}}, {"x": {0: 2}})


def test_finishing_early_keeps_what_was_saved(project: ProjectDirectory, axtui: Command) -> None:
    """A job that ends in prepare waits for what it saves in the background, and finishes its datasets."""
    job = finish(
        project,
        axtui,
        """
def prepare(job):
    write = job.datasetwriter(columns={'n': 'int64'}).get_split_write()
    write(1)
    job.save('later', 'file', background=True)
    job.finish_early({'done': True})
def synthesis(): raise ValueError
""",
    )

    assert result(job) == {"done": True}
    assert job.post["registered"] == ["file", "result.pickle"]
    assert list(job.post["datasets"]) == ["default"]


def test_a_traceback_has_the_status(project: ProjectDirectory, axtui: Command) -> None:
    """What was shown when it failed stands in the traceback, as a tree; what was caught before does not."""
    project.method(
        "one",
        "from axtui import status\ndef work():\n    with status('inner') as update:\n        update('row 7')\n"
        "        raise ValueError('no luck')\n"
        "def synthesis():\n    try:\n        with status('caught'): raise KeyError\n    except KeyError: pass\n"
        "    try:\n        with status('outer'): work()\n"
        "    except ValueError as error: raise RuntimeError('told') from error\n",
    )
    project.script("urd.build('one')")

    axtui("run", status=1)

    told = failure_of(project)["traceback"]
    tail = told[told.index("Status when the exception occurred:") :].splitlines()
    assert [line.split(" (")[0] for line in tail[1:3]] == ["    outer", "        row 7"]
    assert tail[3] == "RuntimeError: told"
    assert "caught" not in told.partition("Status when")[2]


def test_subjobs_by_every_door(project: ProjectDirectory, axtui: Command) -> None:
    """`from axtui import build` builds, whatever was imported before; `subjobs.jobs` has what was built, by name."""
    job = finish(
        project,
        axtui,
        """
import axtui.build, axtui.subjobs
from axtui import build
from axtui.build import JobList, JobError
def prepare():
    axtui.subjobs.build('other', n=1, name='first', caption='for a test')
def synthesis(job):
    build('other', n=2)
    again = build('other', n=1)
    built = axtui.subjobs.jobs
    assert type(built) is JobList and again.parent == job
    try: build('fails')
    except JobError as error: failed = error.method, list(error.status)
    return built.as_tuples, built['first'].load(), failed
""",
        other="options = {'n': 0}\ndef synthesis(options): return options.n\n",
        fails="def synthesis(): exit()\n",
    )

    named, first, failed = result(job)
    assert [name for name, _ in named] == ["first", "other", "other"]
    assert named[0][1] == named[2][1]
    assert first == 1
    assert failed == ("fails", ["launcher"])
    assert job.post["subjobs"] == {named[0][1]: True, named[1][1]: True}


def test_an_unhandled_subjob_error_comes_first(project: ProjectDirectory, axtui: Command) -> None:
    """The traceback of a job whose subjob failed begins with what happened there."""
    project.method("inner", "def analysis(sliceno): raise ValueError('deep down')\n")
    project.method("one", "from axtui import build\ndef synthesis(): build('inner')\n")
    project.script("urd.build('one')")

    axtui("run", status=1)

    outer = next(job for job in project.jobs().values() if job.method == "one")
    assert outer.error["traceback"].index("deep down") < outer.error["traceback"].index("build('inner')")


def test_everything_by_g(project: ProjectDirectory, axtui: Command) -> None:
    """Code that is given no parameters finds them in `axtui.g`, in every stage; so do those nobody asks for."""
    job = finish(
        project,
        axtui,
        """
from axtui import g
def seen(): return g.running, g.sliceno, g.slices, str(g.job), g.options.n, g.params.method
options = {'n': 3}
def prepare(server_url, subjob_cookie): return seen()
def analysis(sliceno, update_top_status):
    update_top_status('all together')
    return seen(), g.prepare_res[0], g.subjob_cookie
def synthesis(analysis_res, prepare_res):
    return prepare_res, list(analysis_res), seen(), g.datasets, hasattr(g, 'nothing')
""",
    )

    rest = (2, job.jobid, 3, "one")
    assert result(job) == (
        ("prepare", -1, *rest),
        [(("analysis", 0, *rest), "prepare", None), (("analysis", 1, *rest), "prepare", None)],
        ("synthesis", -1, *rest),
        {},
        False,
    )


def test_what_params_hold(project: ProjectDirectory, axtui: Command) -> None:
    """Every parameter of the request that authors know, in the order of nobody's business."""
    job = finish(
        project,
        axtui,
        "datasets = ('source',)\ndef synthesis(params, job):\n    return {k: params[k] for k in ('caption', 'datasets',"
        " 'hash', 'input_directory', 'jobid', 'jobs', 'method', 'options', 'package', 'parent', 'seed', 'slices',"
        " 'starttime', 'version', 'versions')}, job.params == params\n",
    )

    params, is_same = result(job)
    assert is_same
    assert (params["jobid"], params["method"], params["package"]) == (job.jobid, "one", "small")
    assert (params["slices"], params["caption"], params["parent"]) == (2, "", "dev-0")
    assert params["datasets"] == {"source": None}
    assert 0 <= params["seed"] < 1 << 63
    assert params["input_directory"] == str(project.root / "data")
    assert {"python", "python_path"} <= set(params["versions"])
