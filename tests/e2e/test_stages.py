"""What a method may do in its stages, through the command."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from tests.conftest import ProjectDirectory
from tests.e2e.conftest import Command, failure_of


def run_method(project: ProjectDirectory, axtui: Command, text: str, call: str = "urd.build('one')") -> Any:
    """Run a method and give its job, which must have finished."""
    project.method("one", text)
    project.script(call)
    axtui("run")
    job = [*project.jobs().values()][-1]
    assert job.state == "finished"
    return job


def load(job: Any, name: str = "result.pickle") -> Any:
    """Unpickle a file of a job."""
    return pickle.loads((job.directory / name).read_bytes())


def test_every_parameter_by_name(project: ProjectDirectory, axtui: Command) -> None:
    """Each stage gets what its parameters name; what prepare returned is the very object in analysis and synthesis."""
    job = run_method(
        project,
        axtui,
        """
options = {"n": 3}
def prepare(slices, sliceno, running, params, job):
    assert job == params.jobid
    return [slices, sliceno, running, params.method, lambda: 5]
def analysis(sliceno, slices, prepare_res, options, running):
    return sliceno, prepare_res[4](), options.n, running
def synthesis(prepare_res, analysis_res, running, params, options, datasets, jobs, job):
    return prepare_res[:4], list(analysis_res), running, params.options.n, len(datasets), len(jobs), str(job)
""",
    )

    assert load(job) == (
        [2, -1, "prepare", "one"],
        [(0, 5, 3, "analysis"), (1, 5, 3, "analysis")],
        "synthesis",
        3,
        0,
        0,
        job.jobid,
    )


def test_globals_hold_the_parameters_too(project: ProjectDirectory, axtui: Command) -> None:
    """A function of the module can use `options` without being given it."""
    job = run_method(project, axtui, "options = {'n': 1}\ndef synthesis(): return options.n\n", "urd.build('one', n=4)")

    assert load(job) == 4


MERGED = {
    "numbers": ("sliceno + 1", 3),
    "lists": ("[sliceno]", [0, 1]),
    "sets": ("{sliceno, 'both'}", {0, 1, "both"}),
    "dicts": ("{sliceno: 'x'}", {0: "x", 1: "x"}),
    "counters": ("Counter('ab' if sliceno else 'a')", {"a": 2, "b": 1}),
    "nested": ("{'a': {sliceno: 1}, sliceno: {'b': 2}}", {"a": {0: 1, 1: 1}, 0: {"b": 2}, 1: {"b": 2}}),
    "one empty": ("{} if sliceno else {'a': 1}", {"a": 1}),
    "all empty": ("[]", []),
}


def test_merge_auto(project: ProjectDirectory, axtui: Command) -> None:
    """What the slices returned becomes one value of its kind."""
    names = {kind: f"merge_{number}" for number, kind in enumerate(MERGED)}
    for kind, name in names.items():
        project.method(
            name,
            "from collections import Counter\n"
            f"def analysis(sliceno): return {MERGED[kind][0]}\n"
            "def synthesis(analysis_res): return analysis_res.merge_auto()\n",
        )
    project.script(f"for name in {[*names.values()]}: urd.build(name)")

    axtui("run")

    found = {job.method: load(job) for job in project.jobs().values()}
    assert {kind: found[name] for kind, name in names.items()} == {kind: MERGED[kind][1] for kind in MERGED}


def test_merge_auto_by_position(project: ProjectDirectory, axtui: Command) -> None:
    """Where the slices return tuples, each position is merged by itself."""
    job = run_method(
        project,
        axtui,
        "def analysis(sliceno): return sliceno, [sliceno], {sliceno}\n"
        "def synthesis(analysis_res):\n    a, b, c = analysis_res.merge_auto()\n    return a, b, c\n",
    )

    assert load(job) == (1, [0, 1], {0, 1})


def test_merge_auto_refuses_doubles(project: ProjectDirectory, axtui: Command) -> None:
    """A key that two slices have is an error, unless the later one may win."""
    text = (
        "def analysis(sliceno): return {{'k': sliceno}}\n"
        "def synthesis(analysis_res): return analysis_res.merge_auto({})\n"
    )
    project.method("one", text.format(""))
    project.script("urd.build('one')")
    axtui("run", status=1)

    assert "Duplicate key 'k'" in failure_of(project)["message"]
    assert load(run_method(project, axtui, text.format("allow_overwrite=True"))) == {"k": 1}


@pytest.mark.parametrize("stage", ["prepare", "synthesis"])
def test_finish_early(project: ProjectDirectory, axtui: Command, stage: str) -> None:
    """A job may end where it knows enough; what is left does not run."""
    job = run_method(
        project,
        axtui,
        f"def prepare(job):\n    if '{stage}' == 'prepare': job.finish_early('early')\n"
        f"def analysis(sliceno):\n    if '{stage}' == 'prepare': raise ValueError\n"
        "def synthesis(job):\n    try: job.finish_early('early')\n    except Exception: raise SystemError\n",
    )

    assert load(job) == "early"


def test_finish_early_in_analysis(project: ProjectDirectory, axtui: Command) -> None:
    """In analysis all slices do it, without a result, and synthesis does not run; only some is an error."""
    text = "def analysis(sliceno, job):\n    if sliceno in {0}: job.finish_early()\ndef synthesis(): raise ValueError\n"
    job = run_method(project, axtui, text.format("(0, 1)"))
    project.method("one", text.format("(1,)"))
    axtui("run", status=1)

    assert not (job.directory / "result.pickle").exists()
    assert "only some slices finished early" in failure_of(project)["message"]


def test_files_of_a_job(project: ProjectDirectory, axtui: Command) -> None:
    """Saved, written and registered files are the job's output; temporary ones are gone, failed writes never appear."""
    job = run_method(
        project,
        axtui,
        """
import pathlib
def prepare(job):
    job.save([1], "kept")
    job.save([2], "gone", temp=True)
    job.json_save({"b": (1,), "a": {2}}, "data.json")
def analysis(sliceno, job):
    job.save(sliceno, "part", sliceno=sliceno)
    with job.open("text", "w", sliceno=sliceno) as handle:
        handle.write("é")
def synthesis(job):
    with job.open("data.bin", "wb") as handle:
        handle.write(b"\\xff")
    try:
        with job.open("half", "w") as handle:
            handle.write("half")
            raise ValueError
    except ValueError:
        pass
    pathlib.Path("by_hand.txt").write_text("x")
    pathlib.Path("folder").mkdir()
    pathlib.Path("folder/deep.txt").write_text("x")
    assert job.register_files("folder/*") == {"folder/deep.txt"}
    assert job.load("gone") == [2] and job.json_load("data.json").a == [2]
    assert job.open("text", sliceno=1)
""",
    )

    registered = ["data.bin", "data.json", "folder/deep.txt", "kept", "part.0", "part.1", "text.0", "text.1"]
    assert job.post["registered"] == registered
    assert json.loads((job.directory / "data.json").read_text()) == {"a": [2], "b": [1]}
    assert (
        job.directory / "data.json"
    ).read_text() == '{\n    "a": [\n        2\n    ],\n    "b": [\n        1\n    ]\n}\n'
    assert (job.directory / "text.1").read_bytes() == "é".encode()
    assert not (job.directory / "gone").exists()
    assert not (job.directory / "half").exists()
    assert (job.directory / "by_hand.txt").exists()


def test_files_register_themselves(project: ProjectDirectory, axtui: Command) -> None:
    """Where a job registers nothing, what lies in its directory is its output; folders are not looked into."""
    job = run_method(
        project,
        axtui,
        "import pathlib\ndef synthesis(job):\n    job.save(1, 'gone', temp=True)\n"
        "    pathlib.Path('a.txt').write_text('x')\n    pathlib.Path('d').mkdir()\n"
        "    pathlib.Path('d/b').write_text('')\n",
    )

    assert job.post["registered"] == ["a.txt"]


def test_names_outside_the_job_are_refused(project: ProjectDirectory, axtui: Command) -> None:
    """A job writes below its own directory, and not over its own records."""
    project.method(
        "one",
        "from axtui import AxtuiError\ndef synthesis(job):\n    refused = []\n"
        "    for name in ('../x', '/tmp/x', 'setup.json', 'post.json', 'method/x', 'a/../../x', 'fine'):\n"
        "        try:\n            with job.open(name, 'w') as handle: handle.write('x')\n"
        "        except AxtuiError as error: refused.append(type(error).__name__)\n    return refused\n",
    )
    project.script("print(urd.build('one').load())")

    assert axtui("run").stdout == f"{['UnsafePathError'] * 6}\n"


def test_linked_results(project: ProjectDirectory, axtui: Command) -> None:
    """A link in the result directory leads to the job's file, and to the new job's after a rebuild."""
    text = "def synthesis(job): job.json_save({'n': 1}, 'out.json')\n"
    call = "job = urd.build('one')\njob.link_result('out.json', 'deep/answer.json')\njob.link_result('out.json', 'd/')"
    run_method(project, axtui, text, call)
    first = (project.root / "results/deep/answer.json").read_text()
    run_method(project, axtui, text.replace("1}", "2}"), call)

    link = project.root / "results/deep/answer.json"
    assert link.is_symlink()
    assert json.loads(first) == {"n": 1}
    assert json.loads(link.read_text()) == {"n": 2}
    assert json.loads((project.root / "results/d/out.json").read_text()) == {"n": 2}


def test_hashes_repeat(project: ProjectDirectory, axtui: Command) -> None:
    """The order of a set is the same in every run, and so is the seed of equal jobs."""
    text = "def synthesis(params): return list({f'word {n}' for n in range(50)}), params.seed\n"
    call = "urd.build('one', force_build=True)"
    first = run_method(project, axtui, text, call)
    second = run_method(project, axtui, text, call)

    assert first.jobid != second.jobid
    assert load(first) == load(second)
    assert first.post["output"] == second.post["output"]


def test_output_goes_to_its_files(project: ProjectDirectory, axtui: Command) -> None:
    """What each stage and slice prints is in its own file, byte by byte; files that nothing was written to are gone."""
    job = run_method(
        project,
        axtui,
        "import sys, os\n"
        "def prepare(): print('in prepare')\n"
        "def analysis(sliceno): print('slice', sliceno, file=sys.stderr)\n"
        "def synthesis(): os.write(1, b'\\xff\\0\\r raw'); os.system('echo from a child')\n",
    )

    output = {path.name: path.read_bytes() for path in (job.directory / "output").iterdir()}
    assert output == {
        "prepare.out": b"in prepare\n",
        "analysis.0.err": b"slice 0\n",
        "analysis.1.err": b"slice 1\n",
        "synthesis.out": b"\xff\0\r rawfrom a child\n",
    }


def test_a_stage_starts_in_the_job_directory(project: ProjectDirectory, axtui: Command) -> None:
    """Whatever a stage does to its directory and its streams, the next one starts afresh."""
    job = run_method(
        project,
        axtui,
        "import os, sys\n"
        "def prepare():\n    os.chdir('/'); os.umask(0o777); sys.stdout.close()\n"
        "def analysis(sliceno):\n    os.chdir('/'); os.close(1); os.close(2); return os.getcwd()\n"
        "def synthesis(analysis_res, job):\n    print('still here'); return os.getcwd(), sys.stdin.read()\n",
    )

    assert load(job) == (str(job.directory), "")
    assert (job.directory / "output/synthesis.out").read_text() == "still here\n"


def test_progress_and_status_are_seen(project: ProjectDirectory, axtui: Command) -> None:
    """What a method says of itself is in the job's progress file, by slice."""
    from axtui.store.progress import read_progress

    job = run_method(
        project,
        axtui,
        "from axtui import progress, status\n"
        "def analysis(sliceno):\n    with status('counting') as update:\n"
        "        progress(3 + sliceno, 10)\n        update('more')\n",
    )

    first, second, process = read_progress(job.directory / "progress")
    assert [(each.state, each.done, each.total) for each in (first, second)] == [("done", 3, 10), ("done", 4, 10)]
    assert process.state == "done"


def test_build_scripts_see_their_jobs(project: ProjectDirectory, axtui: Command) -> None:
    """A job list counts, finds by name and tells times; a job has its parameters, files and output."""
    project.method(
        "one", "options = {'n': 1}\ndef synthesis(options, job):\n    print('hi')\n    job.json_save(options.n)\n"
    )
    project.script(
        "for n in range(3): urd.build('one', n=n, name=f'run{n % 2}', caption='c')\n"
        "jobs = urd.joblist\n"
        "print(len(jobs), jobs[-1] == jobs['run0'], len(jobs.find('run0')), jobs.get('gone'))\n"
        "job = jobs[1]\n"
        "print(job.method, job.params.method, job.params.options.n)\n"
        "print(sorted(job.files()), job.json_load(), job.output())\n"
        "print(jobs[0].params.caption, jobs.exectime[0] > 0, urd.info.slices)"
    )

    done = axtui("run")

    assert done.stdout.splitlines() == [
        "3 True 2 None",
        "run1 one 1",
        "['result.json'] 1 hi",
        "",
        "c True 2",
    ]
