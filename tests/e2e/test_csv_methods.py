"""csvimport, csvimport_zip and csvexport through the command."""

from __future__ import annotations

import json
import zipfile

import pytest

from tests.conftest import ProjectDirectory
from tests.e2e.conftest import Command, built_by, failure_of

SHOW = """
import json
from axtui import Dataset
def show(job, *names):
    found = {name: Dataset(job, name) for name in names or [ds.name for ds in job.datasets]}
    print(json.dumps({name: [[ds.name for ds in each.chain()], each.filename,
        [[v.decode() for v in row] for row in each.iterate("roundrobin")]] for name, each in found.items()}))
"""


def put_zip(project: ProjectDirectory) -> None:
    """Write a zip of three files, one of them in a directory."""
    with zipfile.ZipFile(project.root / "data" / "z.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b 1.csv", "x\n1\n")
        archive.writestr("d/a.csv", "x\n2\n3\n")
        archive.writestr("d/", "")
        archive.writestr("b_1.csv", "x\n4\n")


@pytest.mark.parametrize(
    ("options", "chain", "names"),
    [
        ("", ["b_1.csv", "d_a.csv", "b_1.csv_"], ["b_1.csv", "b_1.csv_", "d_a.csv", "default"]),
        ("strip_dirs=True", ["b_1.csv", "a.csv", "b_1.csv_"], ["a.csv", "b_1.csv", "b_1.csv_", "default"]),
        ("chaining='by_filename'", ["b_1.csv", "b_1.csv_", "d_a.csv"], ["b_1.csv", "b_1.csv_", "d_a.csv", "default"]),
        ("chaining='by_dsname', strip_dirs=True", ["a.csv", "b_1.csv", "b_1.csv_"], None),
        ("inside_filenames={'d/a.csv': 'two', 'b_1.csv': 'one'}", ["two", "one"], ["default", "one", "two"]),
        ("include_re='^b'", ["b_1.csv", "b_1.csv_"], None),
        ("exclude_re='^b'", ["d_a.csv"], ["d_a.csv", "default"]),
        ("exclude_re='^b', chaining='off'", ["d_a.csv"], ["d_a.csv", "default"]),
        ("chaining='off'", None, ["b_1.csv", "b_1.csv_", "d_a.csv"]),
    ],
)
def test_the_files_of_a_zip(
    project: ProjectDirectory, axtui: Command, options: str, chain: list[str] | None, names: list[str] | None
) -> None:
    """Files are chosen, named and chained as the options say; the last is default too."""
    put_zip(project)
    project.script(SHOW + f"show(urd.build('csvimport_zip', filename='z.zip', {options}))")

    found = json.loads(axtui("run").stdout)

    if names is not None:
        assert sorted(found) == names
    if chain is not None:
        assert found["default"][0] == [*chain[:-1], "default"]
        assert found["default"][1:] == found[chain[-1]][1:]
    else:
        assert all(each[0] == [name] for name, each in found.items())


def test_a_zip_goes_on_after_previous(project: ProjectDirectory, axtui: Command) -> None:
    """The first file follows the previous dataset; files keep their names; nothing is read twice."""
    put_zip(project)
    project.script(
        SHOW
        + "first = urd.build('csvimport_zip', filename='z.zip', include_re='^b 1')\n"
        + "show(urd.build('csvimport_zip', filename='z.zip', previous=first), 'default', 'b_1.csv')"
    )

    found = json.loads(axtui("run").stdout)

    assert found["default"][0] == ["default", "b_1.csv", "d_a.csv", "default"]
    assert found["b_1.csv"][1:] == ["b 1.csv", [["1"]]]
    jobs = [job.method for job in project.jobs().values()]
    assert sorted(jobs).count("csvimport") == 3
    assert built_by(axtui, project) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("filename='z.zip', inside_filenames={'q': 'x'}", "z.zip has no file 'q'; it has b 1.csv, d/a.csv, b_1.csv"),
        ("filename='z.zip', include_re='('", "is no regular expression"),
        ("filename='z.zip', include_re='q'", "has no files to import"),
        ("filename='z.zip', chaining='by_dict'", "chaining by_dict needs inside_filenames"),
        ("filename='z.zip', inside_filenames={'d/a.csv': 'x', 'b_1.csv': 'x'}", "gives the name 'x' to several files"),
        ("filename='plain.csv'", "plain.csv is no zip file"),
    ],
)
def test_what_is_no_zip_is_told(project: ProjectDirectory, axtui: Command, options: str, message: str) -> None:
    """A file that is not there, and a file that is no zip, are named."""
    put_zip(project)
    (project.root / "data" / "plain.csv").write_text("a,b\n1,2\n")
    project.script(f"urd.build('csvimport_zip', {options})")

    axtui("run", status=1)

    assert message in json.dumps(failure_of(project)).replace("\\\\", "\\")


def test_only_what_is_new_is_exported(project: ProjectDirectory, axtui: Command) -> None:
    """With chain_source and a previous job, the chain is exported from what that job had on; files are linked."""
    for name in ("a", "b", "c"):
        (project.root / "data" / f"{name}.csv").write_text(f"x\n{name}\n")
    project.script(
        "done = last = None\n"
        "for name in 'abc':\n"
        "    last = urd.build('csvimport', filename=name + '.csv', previous=last)\n"
        "    if name != 'b':\n"
        "        done = urd.build('csvexport', source=[last], chain_source=True, previous=done)\n"
        "        print(done.open('result.csv').read().split())\n"
    )

    assert axtui("run").stdout.splitlines() == ["['x', 'a']", "['x', 'b', 'c']"]


def test_a_changed_further_file_is_read_again(project: ProjectDirectory, axtui: Command) -> None:
    """The content of every file of more_files is part of what a job is."""
    (project.root / "data" / "a.csv").write_text("x\n1\n")
    (project.root / "data" / "b.csv").write_text("x\n2\n")
    project.script("urd.build('csvimport', filename='a.csv', more_files=['b.csv'])")

    assert built_by(axtui, project) == ["csvimport"]
    assert built_by(axtui, project) == []
    (project.root / "data" / "b.csv").write_text("x\n3\n")
    assert built_by(axtui, project) == ["csvimport"]
