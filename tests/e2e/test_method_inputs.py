"""What a method is given: options as declared, datasets and jobs, files of other jobs; through the command."""

from __future__ import annotations

from typing import Any

from tests.conftest import ProjectDirectory
from tests.e2e.conftest import Command, failure_of


def run(project: ProjectDirectory, axtui: Command, script: str, **methods: str) -> str:
    """Write methods and a script, run it, and give what it printed."""
    for name, text in methods.items():
        project.method(name, text)
    project.script(script)
    return axtui("run").stdout


def test_options_have_their_types(project: ProjectDirectory, axtui: Command) -> None:
    """Dicts are DotDicts at any depth, tuples lists, sets and moments what they were, however they are reached."""
    said = run(
        project,
        axtui,
        "from datetime import date, timedelta\nfrom pathlib import Path\n"
        "print(urd.build('one', d={'a': {'b': [{'c': 1}]}}, t=(1, 2), s={'x'}, when=date(2024, 6, 1), p='a/b',\n"
        "                long=timedelta(hours=1), flag='off', word='fold', kinds={3, 'y'}).load())",
        one="""
from datetime import date, timedelta
from pathlib import Path, PurePath
from axtui import DotDict, OptionEnum
options = dict(d={}, t=(), s=set(), when=date, p=Path('x'), q=PurePath, long=timedelta, flag=True,
               word=OptionEnum('keep fold').keep, kinds=set, none=None)
def prepare(options, params):
    assert options is params.options
def synthesis(params):
    assert type(options.d.a.b[0]) is DotDict and options.d.a.b[0].c == params.options.d.a.b[0].c == 1
    assert (options.t, options.s, options.when, options.p) == ([1, 2], {'x'}, date(2024, 6, 1), Path('a/b'))
    assert isinstance(options.p, Path) and options.q is None and options.long == timedelta(hours=1)
    assert (options.flag, options.word, options.kinds, options.none) == (False, 'fold', {3, 'y'}, None)
    return sorted(options)
""",
    )

    assert said == "['d', 'flag', 'kinds', 'long', 'none', 'p', 'q', 's', 't', 'when', 'word']\n"


MAKES = """
options = {'n': 0}
jobs = ('previous',)
def prepare(job):
    dw = job.datasetwriter(columns={'n': 'int64'})
    job.datasetwriter({'other': 'int64'}, name='second').get_split_write()
    return dw
def analysis(sliceno, job, prepare_res):
    prepare_res.write(sliceno)
    job.save(sliceno, 'part', sliceno=sliceno)
def synthesis(job, options):
    job.json_save({'n': options.n}, 'n.json')
    return options.n
"""


def test_inputs_in_all_forms(project: ProjectDirectory, axtui: Command) -> None:
    """Scalars and lists, given as job, dataset, text or list with gaps; what is not given is false and empty."""
    said = run(
        project,
        axtui,
        "a = urd.build('makes', n=1)\nb = urd.build('makes', n=2, previous=a)\n"
        "print(urd.build('one', ds=a, named=b.dataset('second'), many=[a, None, b.dataset('second'), ''], job=b,\n"
        "                jobs_=[a, None, b], text=f'{a}, {b}').load())\n"
        "print(urd.build('one', ds=a, job=b).load())",
        makes=MAKES,
        one="""
from axtui import Dataset, Job
from axtui.build import JobList
from axtui.dataset import DatasetList, NoDataset
from axtui.job import NoJob
datasets = ('ds', 'named', 'unset', ['many'], ['text'])
jobs = ('job', 'no', ['jobs_'])
def synthesis(job):
    assert isinstance(datasets.ds, Dataset) and datasets.ds.name == 'default'
    assert datasets.ds.columns['n'].type == 'int64'
    assert isinstance(jobs.job, Job) and jobs.job.load() == 2 and jobs.job.params.options.n == 2
    assert datasets.unset is NoDataset and not NoDataset and NoDataset.lines[77] == 0 and NoDataset.columns == {}
    assert NoDataset.job == NoJob and NoDataset.shape == (0, 0)
    assert jobs.no is NoJob and not NoJob and NoJob.files() == set() and len(NoJob.datasets) == 0
    assert NoJob.load() is None and NoJob.json_load() is None and NoJob.load('x', default=3) == 3
    assert type(datasets.many) is DatasetList and type(jobs.jobs_) is JobList
    assert job.params.datasets.ds == str(datasets.ds)
    return [[str(each) for each in group] for group in (datasets.many, datasets.text, jobs.jobs_)]
""",
    )

    assert said == ("[['dev-1', '', 'dev-2/second', ''], ['dev-1', 'dev-2'], ['dev-1', '', 'dev-2']]\n[[], [], []]\n")


def test_files_of_other_jobs(project: ProjectDirectory, axtui: Command) -> None:
    """A JobWithFile may stand alone, in a list and in a dict; a slice number is wanted exactly when it is sliced."""
    said = run(
        project,
        axtui,
        "from axtui import JobWithFile\na = urd.build('makes', n=1)\n"
        "print(urd.build('one', f=a.withfile('n.json', extra={'why': 1}),\n"
        "                l=[(a, 'part', True), JobWithFile(a, 'n.json')],\n"
        "                d={'k': a.withfile('part', sliced=True)}).load())",
        makes=MAKES,
        one="""
from axtui import JobWithFile
options = {'f': JobWithFile, 'l': [JobWithFile], 'd': {'k': JobWithFile}, 'unset': JobWithFile}
def analysis(sliceno):
    return options.l[0].load(sliceno), options.d.k.filename(sliceno).endswith('part.%d' % sliceno)
def synthesis(analysis_res):
    assert isinstance(options.f, JobWithFile) and options.f.extra == {'why': 1} and options.unset is None
    refused = []
    for wrong in (lambda: options.f.load(0), lambda: options.l[0].load(), lambda: JobWithFile(options.f.job, '/x')):
        try: wrong()
        except AssertionError: refused.append(True)
    with options.f.open() as handle:
        text = handle.read()
    return options.f.json_load().n, text == options.l[1].open().read(), list(analysis_res), len(refused)
""",
    )

    assert said == "(1, True, [(0, True), (1, True)], 3)\n"


def test_chains_and_links(project: ProjectDirectory, axtui: Command) -> None:
    """Jobs follow `jobs.previous`, oldest first; a file of another job becomes one of this job, which is reused."""
    said = run(
        project,
        axtui,
        "job = None\nfor n in range(4): job = urd.build('makes', n=n, previous=job)\n"
        "print([each.load() for each in job.chain()], [each.number for each in job.chain(2, reverse=True)])\n"
        "print(job.chain(stop_job='dev-2'), job.chain(stop_job={job: 'previous'}))\n"
        "one = urd.build('one', last=job)\nprint(one.load(), sorted(one.files()), one.files('*.json'))\n"
        "print(one.parent == one.build_job, one.build_job.is_build, one.workdir, one.number)\n"
        "print(urd.build('one', last=job) == one)",
        makes=MAKES,
        one="""
jobs = ('last',)
def synthesis(job):
    jobs.last.link_to_here('n.json')
    try: jobs.last.link_to_here('gone')
    except AssertionError as error: assert 'gone' in str(error)
    try: jobs.last.link_result('n.json')
    except AssertionError as error: assert 'build scripts alone' in str(error)
    return job.json_load('n.json').n, jobs.last.json_load('gone', default=5)
""",
    )

    assert said.splitlines() == [
        "[0, 1, 2, 3] [4, 3]",
        "JobList(['dev-3', 'dev-4']) JobList(['dev-4'])",
        "(3, 5) ['n.json', 'result.pickle'] {'n.json'}",
        "True True dev 5",
        "True",
    ]


def test_what_cannot_be_is_refused_before_a_job_is_made(project: ProjectDirectory, axtui: Command) -> None:
    """Wrong options, unknown names, jobs that are not there: each is one error with name and value; no job is made."""
    calls = {
        "n='x'": "ServerError: Submit failed: Failed to convert option n of 'x' on method one",
        "flag='maybe'": "ServerError: Submit failed: Failed to convert option flag of 'maybe'",
        "options={'z': 1}": "ServerError: Submit failed: Unknown option z on method one",
        "z=1": "BuildError: Keyword z not in options/datasets/jobs for method one",
        "same=1": "BuildError: Keyword same has several targets",
        "datasets={'z': 'dev-1'}": "ServerError: Submit failed: Unknown datasets on one: z",
        "ds=('dev-0', 'x')": "ServerError: Submit failed: datasets parameter ds on one is",
        "ds='dev-77'": "NoSuchJobError: there is no finished job 'dev-77'",
        "job='nowhere-1'": "NoSuchWorkdirError: nowhere-1: there is no workdir 'nowhere'; there are dev",
        "f=('dev-78', 'x')": "NoSuchJobError: there is no finished job 'dev-78'",
        "n=b'x'": "AssertionError: one: bytes is not supported in data",
        "why_build=True": "BuildError: Keyword why_build not in options",
    }
    body = "".join(
        f"    try: build('one', {call})\n    except Exception as e: found.append((type(e).__name__, str(e)))\n"
        for call in calls
    )
    said = run(
        project,
        axtui,
        "for pair in urd.build('asks').load(): print(*pair, sep=': ')",
        one="from axtui import JobWithFile\noptions = {'n': 1, 'flag': False, 'same': 1, 'f': JobWithFile}\n"
        "datasets = ('ds', 'same')\njobs = ('job',)\n"
        "def synthesis(): pass\n",
        asks=f"from axtui import build\ndef synthesis():\n    found = []\n{body}    return found\n",
    )

    for line, wanted in zip(said.splitlines(), calls.values(), strict=True):
        assert line.startswith(wanted)
    assert project.methods() == ["asks"]


def test_a_method_may_do_nothing(project: ProjectDirectory, axtui: Command) -> None:
    """Without any function a job still has its parameters; it has no result and no output."""
    said = run(
        project,
        axtui,
        "job = urd.build('one', n='7')\n"
        "print(job.params.options, job.files(), job.output(), job.datasets, job.load(default=0))",
        one="options = {'n': 3}\n",
    )

    assert said == "DotDict(n=7) set()  [] 0\n"


def test_parameters_that_no_stage_has(project: ProjectDirectory, axtui: Command) -> None:
    """A name that the stage does not have, prepare_res without prepare, analysis without sliceno: each is told."""
    texts: dict[str, tuple[str, Any]] = {
        "def synthesis(prepare_res): pass": ("AttributeError: synthesis asks for 'prepare_res'", "synthesis"),
        "def prepare(analysis_res): pass": ("AttributeError: prepare asks for 'analysis_res'", "prepare"),
        "def analysis(job): pass": ("TypeError: analysis has no parameter sliceno", "analysis("),
    }
    for text, (wanted, part) in texts.items():
        project.method("one", text + "\n")
        project.script("urd.build('one')")

        axtui("run", status=1)

        error = failure_of(project)
        assert error["message"].startswith(wanted)
        assert error["part"].startswith(part)
