"""Files that a method reads without having declared them: noticed, shown, and checked before its job is reused."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ProjectDirectory
from tests.e2e.conftest import Command, built_by

READS = {
    "by a relative path": "import os\ndef synthesis():\n    os.chdir('{root}')\n    return open('rules.json').read()\n",
    "in synthesis": "def synthesis(): return open('{root}/rules.json').read()\n",
    "in a slice": "def analysis(sliceno): return open('{root}/rules.json').read()\n"
    "def synthesis(analysis_res): return list(analysis_res)\n",
    "by a path object": "from pathlib import Path\ndef synthesis(): return Path('{root}/rules.json').read_bytes()\n",
    "by its descriptor": "import os\ndef synthesis(): return os.read(os.open('{root}/rules.json', os.O_RDONLY), 99)\n",
    "while it is imported": "RULES = open('{root}/rules.json').read()\ndef synthesis(): return RULES\n",
    "as a default": "import json\noptions = {{'n': json.load(open('{root}/rules.json'))}}\n"
    "def synthesis(options): return options.n\n",
}


@pytest.mark.parametrize("how", [*READS])
def test_a_file_that_was_read_is_followed(project: ProjectDirectory, axtui: Command, how: str) -> None:
    """An edit of it runs the job again, with what is there now; a touch of it and a second run do not."""
    project.method("one", READS[how].format(root=project.root))
    path = project.write("rules.json", "1")
    project.script("print(urd.build('one').load())")
    first = axtui("run").stdout
    os.utime(path, ns=(10**18, 10**18))
    touched = built_by(axtui, project)

    project.write("rules.json", "2")
    second = axtui("run").stdout
    again = built_by(axtui, project)

    assert (first.replace("1", "2"), touched, again) == (second, [], [])
    assert project.methods() == ["one", "one"]
    last = [*project.jobs().values()][-1]
    assert [*last.post["opened"]] == ["rules.json"]


def opened_by(project: ProjectDirectory, axtui: Command, body: str) -> dict[str, Any]:
    """Run a method of this body; give what its record says it has opened undeclared."""
    project.method("one", body)
    axtui("run")
    return dict([*project.jobs().values()][-1].post["opened"])


def test_what_is_declared_or_the_jobs_own_is_not_undeclared(project: ProjectDirectory, axtui: Command) -> None:
    """Input files, depend_extra, modules, files of jobs, what the job wrote itself, directories: none is undeclared."""
    project.write("data/words.txt", "alpha")
    project.write("small/extra.txt", "beta")
    project.write("helper.py", "x = 1")
    project.script("urd.build('one', file='words.txt')")
    body = f"""
from axtui import InputFile
import helper, os, json
options = {{"file": InputFile}}
depend_extra = ("extra.txt",)

def synthesis(job, options):
    late = __import__("hel" + "per")
    open(os.path.join(os.path.dirname(__file__), "extra.txt")).read()
    job.open_input(options.file).read()
    with open("own.txt", "w") as handle: handle.write("x")
    with open({str(project.root)!r} + "/cache.txt", "w") as handle: handle.write("x")
    open({str(project.root)!r} + "/cache.txt").read()
    open("own.txt").read()
    os.close(os.open({str(project.root)!r}, os.O_RDONLY))
    open(job.path + "/setup.json").read()
    open("/etc/hostname").read()
"""
    assert opened_by(project, axtui, body) == {}


def test_an_input_file_named_by_a_text_is_followed(project: ProjectDirectory, axtui: Command) -> None:
    """As in methods that were written without InputFile: the file's content counts all the same."""
    project.method(
        "one", "options = {'file': ''}\ndef synthesis(job, options): return job.open_input(options.file).read()\n"
    )
    project.script("print(urd.build('one', file='words.txt').load())")
    project.write("data/words.txt", "alpha")
    first = axtui("run").stdout

    project.write("data/words.txt", "gamma")

    assert (first, axtui("run").stdout) == ("alpha\n", "gamma\n")
    job = [*project.jobs().values()][-1]
    assert [*job.post["opened"]] == ["input:words.txt"]
    assert job.setup["why"][0] == "dev-1 read input:words.txt, which is another one now"


def test_a_file_that_was_not_there_is_followed(project: ProjectDirectory, axtui: Command) -> None:
    """A program that does without a file does otherwise once there is one."""
    project.method(
        "one",
        f"def synthesis():\n    try: return open({str(project.root / 'local.txt')!r}).read()\n"
        "    except FileNotFoundError: return 'none'\n",
    )
    project.script("print(urd.build('one').load())")
    first = [axtui("run").stdout, built_by(axtui, project)]

    project.write("local.txt", "some")

    assert [*first, axtui("run").stdout] == ["none\n", [], "some\n"]


def test_a_file_that_changes_after_it_was_read_makes_the_job_unrepeatable(
    project: ProjectDirectory, axtui: Command
) -> None:
    """What was read is nowhere any more: the job is kept with a note, and the next request runs again."""
    path = project.write("rules.txt", "a")
    project.method(
        "one",
        f"import os\ndef synthesis():\n    text = open({str(path)!r}).read()\n"
        f"    os.system('echo longer > ' + {str(path)!r})\n    return text\n",
    )
    project.script("urd.build('one')")

    assert built_by(axtui, project) == ["one"]
    job = [*project.jobs().values()][-1]
    assert job.post["notes"] == ["the rules.txt changed while it was read; this job will not be reused"]
    assert built_by(axtui, project) == ["one"]


def test_undeclared_files_are_shown(project: ProjectDirectory, axtui: Command) -> None:
    """`axtui job` names them, and modules that were found while it ran."""
    project.write("late_one.py", "VALUE = 1")
    project.write("rules.txt", "a")
    project.script("urd.build('one')")
    opened_by(
        project,
        axtui,
        f"def synthesis():\n    open({str(project.root / 'rules.txt')!r})\n    __import__('late_' + str('one'))\n",
    )

    shown = axtui("job", "one").stdout

    assert "  undeclared module late_one\n            rules.txt\n" in shown


def test_a_moved_project_runs_nothing(project: ProjectDirectory, axtui: Command, command_in: Any) -> None:
    """Jobs with helpers, undeclared files, depend_extra, input files and subjobs hold at another path."""
    project.write("helper.py", "x = 1")
    project.write("small/extra.txt", "beta")
    project.write("rules.txt", "a")
    project.write("data/words.txt", "alpha")
    project.method(
        "one",
        "from axtui import InputFile\nimport helper, os\noptions = {'file': InputFile}\ndepend_extra = ('extra.txt',)\n"
        "def synthesis(options):\n    return open(os.path.dirname(__file__) + '/../rules.txt').read()\n",
    )
    project.method("two", "from axtui import build\ndef synthesis(): return build('one', file='words.txt').load()\n")
    project.script("print(urd.build('two').load())")
    assert axtui("run").stdout == "a\n"
    axtui("run")
    moved = ProjectDirectory(project.root.with_name("elsewhere"))
    os.rename(project.root, moved.root)

    done = command_in(moved.root)("run")

    assert done.stdout == "a\n"
    assert "0 built, 1 reused" in done.stderr
    assert json.loads(command_in(moved.root)("jobs", "--json").stdout)
    assert sorted(moved.methods()) == ["one", "two"]
    assert Path(moved.root).is_dir()
