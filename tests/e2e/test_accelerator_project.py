"""A project written for the Accelerator: it opens and builds with nothing changed but the import lines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ProjectDirectory
from tests.e2e.conftest import Command

CONF = """
slices: 3
workdirs:
\tdev workdirs/dev
\tother workdirs/other
target workdir: dev
method packages:
\tmypkg auto-discover
\tlisted
\taccelerator.standard_methods
urd: local
result directory: ./results
input directory: ./input
interpreters: old /usr/bin/python3
"""

COUNT_WORDS = """
from axtui import OptionEnum, OptionString, JobWithFile, status
from . import textutil

description = 'Count words in a text column.'
options = dict(
    column=OptionString('body'),
    case=OptionEnum('keep fold').fold,
    minimum=1,
    stopwords=set(),
    extra=JobWithFile,
)
datasets = ('source', 'previous')
jobs = (['models'],)
depend_extra = (textutil,)

def prepare(job):
    dw = job.datasetwriter(hashlabel='word', previous=datasets.previous)
    dw.add('word', 'unicode')
    dw.add('n', 'int64')
    return dw

def analysis(sliceno):
    counts = {}
    chain = datasets.source.chain(stop_ds={datasets.previous.job: 'source'} if datasets.previous else None)
    for word in textutil.words(chain.iterate(sliceno, options.column), options.case):
        if word not in options.stopwords:
            counts[word] = counts.get(word, 0) + 1
    return counts, sum(counts.values())

def synthesis(job, prepare_res, analysis_res):
    counts = {}
    total = 0
    for part, n in analysis_res:
        total += n
        for w, c in part.items():
            counts[w] = counts.get(w, 0) + c
    write = prepare_res.get_split_write()
    with status('writing') as update:
        for ix, (w, c) in enumerate(sorted(counts.items())):
            if c >= options.minimum:
                write(w, c)
            if ix % 100000 == 0:
                update('writing %d' % (ix,))
    job.json_save({'total': total}, 'summary.json')
    return total
"""
TEXTUTIL = """
def words(lines, case):
    for line in lines:
        for word in line.split():
            yield word.lower() if case == 'fold' else word
"""
BUILD_DAILY = """
from axtui import Job

def main(urd, job):
    imported = urd.build('csvimport', filename='day.csv')
    typed = urd.build('dataset_type', source=imported, column2type={'body': 'unicode:utf-8', 'day': 'date:%Y-%m-%d'})
    counted = urd.build('count_words', source=typed, name='words', column='body', stopwords={'a', 'the'})
    counted.link_result('summary.json', 'words/day.json')
    urd.build('plain')
    assert isinstance(counted, Job) and job.is_build
    rows = sorted(counted.dataset().iterate(None, ('word', 'n')))
    print(counted.load(), counted.json_load('summary.json').total, counted.dataset().shape, rows)
"""


@pytest.fixture
def theirs(tmp_path: Path) -> ProjectDirectory:
    """Make a project as `ax init` and its authors would have left it."""
    made = ProjectDirectory(tmp_path / "theirs")
    made.write("accelerator.conf", CONF)
    made.write("input/day.csv", "day,body\n2024-06-01,The cat saw a dog\n2024-06-01,a Dog ran\n2024-06-02,the end\n")
    made.write("mypkg/__init__.py", "")
    made.write("mypkg/methods.conf", "count_words\n")
    made.write("mypkg/textutil.py", TEXTUTIL)
    made.write("mypkg/a_count_words.py", COUNT_WORDS)
    made.write("mypkg/build_daily.py", BUILD_DAILY)
    made.write("listed/__init__.py", "")
    made.write("listed/methods.conf", "plain   # the only one\n")
    made.write("listed/a_plain.py", "def synthesis(): pass\n")
    made.write("listed/a_plain_too.py", "def synthesis(): pass\n")
    made.write("listed/build.py", "def main(urd): urd.build('plain_too')\n")
    return made


@pytest.fixture
def axtui(theirs: ProjectDirectory, command_in: Callable[[Path], Command]) -> Command:
    """Give the command, in a folder of their project."""
    return command_in(theirs.root / "mypkg")


def test_their_project_builds(theirs: ProjectDirectory, axtui: Command) -> None:
    """Configuration, methods, helpers, the script: all work as they are; a second run builds nothing."""
    done = axtui("run", "daily")
    again = axtui("run", "daily")

    counts = "[('cat', 1), ('dog', 2), ('end', 1), ('ran', 1), ('saw', 1)]"
    assert done.stdout == again.stdout == f"6 6 (2, 5) {counts}\n"
    assert theirs.methods() == ["csvimport", "dataset_type", "count_words", "plain"]
    assert (theirs.root / "results/words/day.json").resolve().parent.name == "dev-3"
    assert (theirs.root / "workdirs/other/.slices").read_text() == "3\n"


SHIM = """
import importlib, importlib.abc, importlib.util, sys
import axtui

class Shim(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        if name.startswith("accelerator."):
            return importlib.util.spec_from_loader(name, self)
    def create_module(self, spec):
        return importlib.import_module(spec.name.replace("accelerator", "axtui", 1))
    def exec_module(self, module):
        pass

sys.meta_path.insert(0, Shim())
sys.modules["accelerator"] = axtui
"""
DOORS = """
import accelerator
import accelerator.build, accelerator.dataset
from accelerator import build, JobError, DotDict
from accelerator.build import JobList
from accelerator.colour import red
from accelerator.dataset import Dataset, DatasetWriter, SkipSlice
from accelerator.extras import json_encode
from accelerator.job import Job, NoJob, JobWithFile
from accelerator.subjobs import jobs as built

def prepare(job):
    return DatasetWriter(columns={'n': 'int64'})
def analysis(sliceno, prepare_res):
    from accelerator import g
    assert g.sliceno == sliceno
    prepare_res.write(sliceno)
def synthesis(job):
    from accelerator import JobError as same
    from accelerator.error import JobError as again
    assert JobError is same is again is accelerator.build.JobError
    assert build('plain') == built[-1] and type(built) is JobList
    return DotDict(n=red('x', force=True))
"""


def test_their_imports_answered_by_a_shim(theirs: ProjectDirectory, command_in: Callable[[Path], Command]) -> None:
    """Where something outside answers `accelerator.X` with `axtui.X`, not even the import lines change."""
    for name, text in (("a_count_words", COUNT_WORDS), ("build_daily", BUILD_DAILY), ("a_doors", DOORS)):
        theirs.write(f"mypkg/{name}.py", text.replace("from axtui", "from accelerator"))
    theirs.write("mypkg/build_doors.py", "def main(urd): print(urd.build('doors').load().n)\n")
    theirs.write("shim/accelerator/__init__.py", SHIM)
    made = command_in(theirs.root)
    path = f"{theirs.root / 'shim'}:{made.environment['PYTHONPATH']}"
    axtui = Command(theirs.root, {**made.environment, "PYTHONPATH": path})

    daily = axtui("run", "daily")
    doors = axtui("run", "doors")

    assert daily.stdout.startswith("6 6 (2, 5) ")
    assert doors.stdout == "\x1b[31mx\x1b[39m\n"


def test_what_is_not_listed_is_no_method(theirs: ProjectDirectory, axtui: Command) -> None:
    """A package without auto-discover has the methods that its list names, and all its build scripts."""
    done = axtui("run", "listed.build", status=1)

    assert "Unknown method plain_too" in done.stderr


def test_an_error_in_their_configuration_is_told(theirs: ProjectDirectory, axtui: Command) -> None:
    """One line with file and line, and the status of wrong use."""
    theirs.write("accelerator.conf", CONF + "slices: 4\n")

    done = axtui("run", "daily", status=2)

    assert f"{theirs.root}/accelerator.conf: line 15: 'slices' stands twice" in done.stderr


def test_a_method_of_two_packages_concerns_no_other(theirs: ProjectDirectory, axtui: Command) -> None:
    """It is refused with both packages named, where it is asked for; what else there is builds."""
    theirs.write("mypkg/a_plain.py", "def synthesis(): pass\n")
    theirs.write("listed/methods.conf", "plain\nplain_too\n")
    theirs.write("listed/build.py", "def main(urd):\n    urd.build('plain_too')\n    urd.build('plain')\n")

    done = axtui("run", "listed.build", status=1)

    assert "BuildError: method 'plain' is defined both in mypkg and in listed" in done.stderr
    assert theirs.methods() == ["plain_too"]
