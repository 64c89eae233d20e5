"""What makes two requests the same job, beside edits of source: packages, files of jobs, seeds, options."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import ProjectDirectory
from tests.e2e.conftest import Command, built_by
from tests.e2e.test_reuse import result


def install(site: Path, version: str) -> None:
    """Install a package in a directory, as an installer does: its old description goes, a new one comes."""
    for old in site.glob("invented-*.dist-info"):
        (old / "METADATA").unlink()
        old.rmdir()
    place = site / f"invented-{version}.dist-info"
    place.mkdir(parents=True)
    (place / "METADATA").write_text(f"Metadata-Version: 2.1\nName: invented\nVersion: {version}\n")
    (site / "invented.py").write_text(f"__version__ = {version!r}\n")


@pytest.fixture
def site(axtui: Command, tmp_path: Path) -> tuple[Path, Command]:
    """Give a directory of packages, and the command of a Python that has it."""
    place = tmp_path / "site-packages"
    install(place, "1.0")
    start = tmp_path / "start"
    start.mkdir()
    (start / "sitecustomize.py").write_text(f"import sys; sys.path.append({str(place)!r})\n")
    path = os.pathsep.join((str(start), axtui.environment["PYTHONPATH"]))
    return place, Command(axtui.directory, {**axtui.environment, "PYTHONPATH": path})


@pytest.mark.parametrize("where", ["method", "project"])
def test_a_declared_package_counts(project: ProjectDirectory, site: tuple[Path, Command], where: str) -> None:
    """Its upgrade runs the job again, in the same project, while an engine runs; going back finds the older job."""
    place, command = site
    declared = "depend_packages = ('invented', 'python')\n" if where == "method" else ""
    project.method("one", f"import invented\n{declared}def synthesis(): return invented.__version__\n")
    if where == "project":
        config = (project.root / "axtui.toml").read_text()
        project.write("axtui.toml", config + 'depend_packages = ["invented"]\n')
    project.script("print(urd.build('one').load())")
    first = [command("run").stdout, built_by(command, project)]

    install(place, "2.0")
    second = command("run").stdout
    install(place, "1.0")

    assert [*first, second, command("run").stdout] == ["1.0\n", [], "2.0\n", "1.0\n"]
    assert project.methods() == ["one", "one"]
    assert next(iter(project.jobs().values())).setup["packages"]["invented"] == "1.0"


def test_other_packages_are_recorded_and_shown(project: ProjectDirectory, site: tuple[Path, Command]) -> None:
    """An upgrade runs nothing, but the job says which versions are others now than those it ran with."""
    place, command = site
    project.method("one", "import invented\ndef synthesis(): return invented.__version__\n")
    project.script("urd.build('one')")
    built_by(command, project)
    before = command("job", "one").stdout

    install(place, "2.0")

    assert built_by(command, project) == []
    assert "versions" not in before
    assert "  versions  invented 1.0; now 2.0\n" in command("job", "one").stdout


def test_a_package_that_is_not_there_is_told(project: ProjectDirectory, axtui: Command) -> None:
    """Before any directory is made."""
    project.method("one", "depend_packages = ('no-such-package',)\ndef synthesis(): return 1\n")
    project.script("urd.build('one')")

    done = axtui("run", status=1)

    assert "one: depend_packages names 'no-such-package', which is not installed here" in done.stderr
    assert project.jobs() == {}


@pytest.mark.parametrize("form", ["JobWithFile", "[JobWithFile]", "{'k': JobWithFile}", "None"])
def test_a_file_of_a_job_is_what_that_job_came_out_as(project: ProjectDirectory, axtui: Command, form: str) -> None:
    """Its job rebuilt with equal output runs nothing; with other output it does; so do two files changed about."""
    wrapped = {"[": "[{}]", "{": "{{'k': {}}}"}.get(form[0], "{}")
    taken = {"[": "options.file[0]", "{": "options.file.k"}.get(form[0], "options.file")
    make = "def synthesis(job):\n    with job.open('out.txt', 'w') as handle: handle.write('a' * 3)\n"
    project.method("make", make)
    project.method(
        "take",
        f"from axtui import JobWithFile\noptions = {{'file': {form}}}\n"
        f"def synthesis(options):\n    with {taken}.open() as handle: return handle.read()\n",
    )
    given = wrapped.format("urd.build('make').withfile('out.txt')")
    project.script(f"print(urd.build('take', file={given}).load())")
    first = axtui("run").stdout

    project.method("make", make.replace("'a' * 3", "'aa' + 'a'"))
    equal = built_by(axtui, project)
    project.method("make", make.replace("'a' * 3", "'b' * 3"))

    assert (first, equal, axtui("run").stdout) == ("aaa\n", ["make"], "bbb\n")
    assert project.methods() == ["make", "take", "make", "make", "take"]


def test_a_file_that_is_no_output_is_known_by_its_job(project: ProjectDirectory, axtui: Command) -> None:
    """A file that was not registered is in no digest, so another job's is another one."""
    make = (
        "def synthesis(job):\n    with job.open('kept.txt', 'w') as handle: handle.write('x')\n"
        "    job.register_file('kept.txt')\n    open('own.txt', 'w').write('a')\n"
    )
    project.method("make", make)
    project.method(
        "take",
        "from axtui import JobWithFile\noptions = {'file': JobWithFile}\n"
        "def synthesis(options):\n    with options.file.open() as handle: return handle.read()\n",
    )
    project.script("print(urd.build('take', file=urd.build('make').withfile('own.txt')).load())")
    first = axtui("run").stdout

    project.method("make", make.replace("write('a')", "write('b')"))

    assert (first, axtui("run").stdout) == ("a\n", "b\n")


def test_new_options_at_their_default_run_nothing(project: ProjectDirectory, axtui: Command) -> None:
    """Also with a form that has to be imported; given otherwise, or named by the code, they do."""
    one = "options = {'n': 1}\ndef synthesis(options): return options.n\n"
    project.method("one", one)
    project.script("print(urd.build('one').load())")
    built_by(axtui, project)
    new = "from axtui import OptionEnum\n" + one.replace("1}", "1, 'm': [int], 'how': OptionEnum('fast slow').fast}")
    project.method("one", new)
    at_default = built_by(axtui, project)
    project.script("print(urd.build('one', how='slow').load())")
    given = built_by(axtui, project)
    project.script("print(urd.build('one', how='fast', n='1', m=[]).load())")
    explicit = built_by(axtui, project)
    project.method("one", new.replace("options.n\n", "options.n, options.m\n"))

    assert (at_default, given, explicit) == ([], ["one"], [])
    assert built_by(axtui, project) == ["one"]


def test_a_form_of_another_type_is_another_value(project: ProjectDirectory, axtui: Command) -> None:
    """The number that becomes a text runs again; one that may be anything from now on, and is what it was, does not."""
    one = "options = {'n': 1}\ndef synthesis(options): return repr(options.n)\n"
    project.method("one", one)
    project.script("urd.build('one', n=1)")
    built_by(axtui, project)
    runs = []
    for form in ("None", "'1'", "1.0", "True", "{1}", "1"):
        project.method("one", one.replace("{'n': 1}", f"{{'n': {form}}}"))
        project.script(f"urd.build('one', n={'[1]' if form == '{1}' else 1})")
        runs.append((form, built_by(axtui, project), result(project, "one")))

    assert [form for form, built, _ in runs if built] == ["'1'", "1.0", "True", "{1}"]
    assert [value for _, built, value in runs if built] == ["'1'", "1.0", "True", "{1}"]


def test_a_default_of_a_subjob_counts(project: ProjectDirectory, axtui: Command) -> None:
    """A job that has built another one with its default runs again where that is another one."""
    inner = "options = {'n': 1}\ndef synthesis(options): return options.n\n"
    project.method("inner", inner)
    project.method("outer", "from axtui import build\ndef synthesis(): return build('inner').load()\n")
    project.script("print(urd.build('outer').load())")
    first = [axtui("run").stdout, built_by(axtui, project)]
    project.method("inner", inner.replace("1}", "1, 'm': 2}"))
    new = built_by(axtui, project)

    project.method("inner", inner.replace("1}", "5}"))

    assert [*first, new, axtui("run").stdout] == ["1\n", [], [], "5\n"]


def test_equal_jobs_give_equal_bytes(project: ProjectDirectory, axtui: Command) -> None:
    """The seed comes from the key, and sets of text have one order: in another project, by another engine, the same."""
    method = (
        "import random\ndef synthesis(params):\n    random.seed(params.seed)\n"
        "    return params.seed, random.random(), list({'alpha', 'beta', 'gamma', 'delta', 'epsilon'}), hash('x')\n"
    )
    other = ProjectDirectory(project.root.with_name("other"))
    for each in (project, other):
        for name in ("axtui.toml", "small/__init__.py"):
            each.write(name, (project.root / name).read_text())
        each.method("one", method + "options = {'n': 1}\n")
        each.script("urd.build('one')\nurd.build('one', n=2)")
        (each.root / "data").mkdir(exist_ok=True)
        environment = {**axtui.environment, "PYTHONHASHSEED": str(len(str(each.root)))}
        Command(each.root, environment)("run")

    jobs = [[*each.jobs().values()] for each in (project, other)]
    outputs = [[job.post["output"] for job in each] for each in jobs]
    assert outputs[0] == outputs[1]
    assert outputs[0][0] != outputs[0][1]
    assert [job.setup["seed"] for job in jobs[0]] == [job.setup["seed"] for job in jobs[1]]
    assert jobs[0][0].setup["seed"] != jobs[0][1].setup["seed"]
