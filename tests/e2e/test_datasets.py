"""Datasets in real jobs: every way of writing in its stage, links, merges, copies, and what goes between stages."""

from __future__ import annotations

import pickle
import shutil
from typing import Any

import pytest

from tests.conftest import ProjectDirectory
from tests.e2e.conftest import Command, failure_of

_SOURCE = """
def synthesis(job):
    dw = job.datasetwriter(columns=dict(n='int64', t=('unicode', True), j='json'), hashlabel='n')
    write = dw.get_split_write_dict()
    for n in range(1000):
        write(dict(n=n, t=None if n % 9 == 0 else f'å{n % 4}', j={'n': n}))
"""

_WORK = """
from axtui import Dataset
from axtui.dsutil import typed_writer

datasets = ('source', 'previous')

def prepare(job):
    copied = job.datasetwriter(name='copied', columns=datasets.source.columns, hashlabel='n', copy_mode=True,
                               previous=datasets.previous, compression='zstd')
    job.datasetwriter(name='more', columns={'double': 'number'}, parent=datasets.source)
    job.datasetwriter(name='own', columns={'half': 'float64'}, parent=datasets.source, meta_only=True)
    linked = datasets.source.link_to_here('linked', rename={'t': 'text', 'j': None})
    return copied, linked

def analysis(sliceno, job, prepare_res):
    copied, linked = prepare_res
    for row in datasets.source.iterate(sliceno, copy_mode=True):
        copied.write_list(row)
    double = job.datasetwriter(name='more').writers['double']
    own = job.datasetwriter(name='own')
    with typed_writer('float64')(own.column_filename('half')) as half:
        for n in linked.iterate(sliceno, 'n', hashlabel='n'):
            double.write(2 * n)
            half.write(n / 2)
    own.set_lines(sliceno, half.count)
    return linked, linked.lines[sliceno]

def synthesis(job, analysis_res, prepare_res):
    found = list(analysis_res)
    return found, [type(ds).__name__ for ds, _ in found], type(prepare_res[1]).__name__
"""

_MERGE = """
jobs = ('work',)
datasets = ('source',)

def synthesis():
    merged = jobs.work.dataset('more').merge(jobs.work.dataset('own'), previous=None)
    assert merged.hashlabel == 'n' and len(merged.parent) == 2
    rows = list(merged.iterate(None, ['n', 'double', 'half', 't']))
    copied = sorted(jobs.work.dataset('copied').iterate(None, ['n', 't']), key=lambda row: row[0])
    stop = [str(ds) for ds in jobs.work.dataset('copied').chain(stop_ds={jobs.work: 'source'})]
    return rows, copied, stop, sorted(jobs.work.dataset('linked').columns)
"""


def build(project: ProjectDirectory, axtui: Command) -> list[Any]:
    """Build the three jobs; return them in order."""
    for name, text in (("source", _SOURCE), ("work", _WORK), ("merge", _MERGE)):
        project.method(name, text)
    project.script(
        """
source = urd.build('source')
work = urd.build('work', source=source, previous=source)
urd.build('merge', work=work, source=source)
"""
    )
    axtui("run")
    return list(project.jobs().values())


def result(job: Any) -> Any:
    """Return what a job returned."""
    return pickle.loads((job.directory / "result.pickle").read_bytes())


def test_every_way_of_writing_meets(project: ProjectDirectory, axtui: Command) -> None:
    """Cells copied, columns written one by one, files of single columns, links and merges all give the right rows."""
    _, work, merge = build(project, axtui)

    rows, copied, stop, linked = result(merge)
    text = [None if n % 9 == 0 else f"å{n % 4}" for n in range(1000)]
    assert sorted(rows) == [(n, 2 * n, n / 2, text[n]) for n in range(1000)]
    assert copied == list(zip(range(1000), text, strict=True)) and linked == ["n", "text"]
    assert stop == [f"{work.directory.name}/copied"]
    found, between, inherited = result(work)
    assert sum(lines for _, lines in found) == 1000 and {str(ds) for ds, _ in found} == {
        f"{work.directory.name}/linked"
    }
    assert (between, inherited) == (["str", "str"], "Dataset")


def test_what_is_gone_is_named(project: ProjectDirectory, axtui: Command) -> None:
    """Who reads columns of a job that was removed is told which job that was."""
    source, work, _ = build(project, axtui)
    shutil.rmtree(source.directory)
    project.method(
        "read", "jobs = ('work',)\ndef synthesis():\n    list(jobs.work.dataset('linked').iterate(None, 'n'))"
    )
    project.script(f"urd.build('read', work='{work.directory.name}')")

    axtui("run", status=1)

    message = failure_of(project)["traceback"]
    assert "column 'n' of " in message and f"lies in {source.directory.name}, which is gone" in message


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("datasets.source.link_to_here()", "in analysis"),
        ("job.datasetwriter(name='x', columns={'a': 'int64'})", "in analysis"),
    ],
)
def test_analysis_makes_no_datasets(project: ProjectDirectory, axtui: Command, body: str, message: str) -> None:
    """What every slice would make is refused, with a sentence."""
    project.method("source", _SOURCE)
    project.method("one", f"datasets = ('source',)\ndef prepare():\n    pass\ndef analysis(sliceno, job):\n    {body}")
    project.script("urd.build('one', source=urd.build('source'))")

    axtui("run", status=1)

    assert message in failure_of(project)["traceback"]
