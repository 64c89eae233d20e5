"""Modules that are not plain source of the project: editable installs, C extensions, names that Python has taken."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ProjectDirectory
from tests.e2e.conftest import Command, built_by

FINDER = """\
import importlib.util, sys
class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "outside":
            place = {place!r} + "/outside"
            file = place + "/__init__.py"
            return importlib.util.spec_from_file_location(name, file, submodule_search_locations=[place])
sys.meta_path.append(Finder)
"""
INSTALLS = {"a path": "import sys; sys.path.append({place!r})\n", "a finder": FINDER}


@pytest.mark.parametrize("how", [*INSTALLS])
def test_an_editable_install_is_followed(project: ProjectDirectory, axtui: Command, tmp_path: Path, how: str) -> None:
    """A package that is installed by a path or a finder of its own counts as the project's: its edit runs again."""
    site = ProjectDirectory(tmp_path / "site")
    site.write("sitecustomize.py", INSTALLS[how].format(place=str(tmp_path / "src")))
    source = ProjectDirectory(tmp_path / "src")
    source.write("outside/__init__.py", "from outside.deep import VALUE")
    source.write("outside/deep.py", "VALUE = 1")
    path = os.pathsep.join((str(site.root), axtui.environment["PYTHONPATH"]))
    command = Command(project.root, {**axtui.environment, "PYTHONPATH": path})
    project.method("one", "import outside\ndef synthesis(): return outside.VALUE\n")
    project.script("print(urd.build('one').load())")
    first = command("run").stdout

    source.write("outside/deep.py", "VALUE = 1  # one")
    commented = built_by(command, project)
    source.write("outside/deep.py", "VALUE = 2")

    assert (first, commented, command("run").stdout) == ("1\n", [], "2\n")
    job = [*project.jobs().values()][-1]
    assert (job.directory / "method/outside/deep.py").read_text() == "VALUE = 2"


def extension_of(name: str) -> Path:
    """Return the file of a C extension of Python's own, or skip where it is built in."""
    spec = importlib.util.find_spec(name)
    if spec is None or not (spec.origin or "").endswith(tuple(importlib.machinery.EXTENSION_SUFFIXES)):
        pytest.skip(f"{name} is no file here")
    return Path(str(spec.origin))


def test_a_c_extension_of_the_project_is_followed(project: ProjectDirectory, axtui: Command) -> None:
    """It is hashed byte by byte, imported from the project, and stored with the job."""
    origin = extension_of("_bisect")
    project.write("fast/__init__.py", "")
    copy = project.root / "fast" / origin.name
    shutil.copy(origin, copy)
    project.method("one", "from fast import _bisect\ndef synthesis(): return _bisect.__file__\n")
    project.script("print(urd.build('one').load())")
    first = axtui("run").stdout
    again = built_by(axtui, project)

    with open(copy, "ab") as handle:
        handle.write(b"\0")

    assert first == f"{copy}\n"
    assert (again, built_by(axtui, project)) == ([], ["one"])
    job = [*project.jobs().values()][-1]
    assert (job.directory / "method/fast/_bisect.so").read_bytes() == copy.read_bytes()


@pytest.mark.parametrize("method", ["import signal\ndef synthesis(): return signal.X\n"])
def test_a_name_that_python_has_taken_is_refused(project: ProjectDirectory, axtui: Command, method: str) -> None:
    """Of two modules of one name it must not be one that is hashed and the other that runs."""
    project.method("one", method)
    project.method("two", "def synthesis(): return 2\n")
    project.script("print(urd.build('two').load())\nurd.build('one')")
    project.write("signal.py", "X = 1")

    done = axtui("run", status=1)

    assert done.stdout == "2\n"
    assert f"{project.root}/signal.py has the name of a module that is loaded already ('signal', from " in done.stderr
    assert "which would run in its place; wanted another name" in done.stderr
    os.rename(project.root / "signal.py", project.root / "my_signal.py")
    project.method("one", method.replace("signal", "my_signal"))
    assert built_by(axtui, project) == ["one"]


EDITS: dict[str, Callable[[ProjectDirectory], object]] = {
    "into a package": lambda project: (
        (project.root / "helper.py").unlink(),
        project.write("helper/__init__.py", "VALUE = 2"),
    ),
    "a package's own": lambda project: project.write("tools/__init__.py", "from tools.deep import VALUE as V, more"),
    "two levels down": lambda project: project.write("tools/deep.py", "VALUE = 5\nmore = 1"),
    "a glob gains a file": lambda project: project.write("small/rules/new.txt", "x"),
    "a declared file": lambda project: project.write("small/rules/old.txt", "y"),
}


@pytest.mark.parametrize("what", [*EDITS])
def test_edits_of_what_a_method_rests_on(project: ProjectDirectory, axtui: Command, what: str) -> None:
    """Each is one run, and no more after it; the last run has what is there now."""
    project.write("helper.py", "VALUE = 1")
    project.write("tools/__init__.py", "from tools.deep import VALUE as V")
    project.write("tools/deep.py", "VALUE = 1\nmore = 1")
    project.write("small/rules/old.txt", "x")
    project.method(
        "one",
        "import glob, os\nimport helper\nimport tools\ndepend_extra = ('rules/*.txt',)\n"
        "FOUND = os.path.dirname(__file__) + '/rules/*.txt'\n"
        "def synthesis(): return helper.VALUE, tools.V, [open(each).read() for each in sorted(glob.glob(FOUND))]\n",
    )
    project.script("print(urd.build('one').load())")
    before = axtui("run").stdout

    EDITS[what](project)

    assert built_by(axtui, project) == ["one"]
    assert built_by(axtui, project) == []
    assert (axtui("run").stdout == before) == (what == "a package's own")


def test_a_deleted_helper_breaks_its_method_alone(project: ProjectDirectory, axtui: Command) -> None:
    """The error names what cannot be imported; the other method's job is reused, and a repair builds."""
    project.write("helper.py", "VALUE = 1")
    project.method("one", "import helper\ndef synthesis(): return helper.VALUE\n")
    project.method("two", "def synthesis(): return 2\n")
    project.script("urd.build('two')\nurd.build('one')")
    axtui("run")
    (project.root / "helper.py").unlink()

    done = axtui("run", status=1)

    assert "method one cannot be imported: ModuleNotFoundError: No module named 'helper'" in done.stderr
    assert "0 built, 1 reused, 1 failed" in done.stderr
    project.write("helper.py", "VALUE = 1")
    assert built_by(axtui, project) == []
