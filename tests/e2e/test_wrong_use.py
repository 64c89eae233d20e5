"""Wrong use: one clear sentence on stderr, no traceback, exit status 2; 1 where the build began and failed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ProjectDirectory
from tests.e2e.conftest import Command, built_by
from tests.program import PROGRAM


def refused(axtui: Command, *words: str, status: int = 2) -> str:
    """Run a command that must be refused; give the sentence."""
    done = axtui(*words, status=status)
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    (line,) = done.stderr.splitlines()
    return line


def complained(project: ProjectDirectory, axtui: Command, call: str) -> str:
    """Run a build script whose request must be refused; give all that was said. No job is made."""
    project.script(call)
    done = axtui("run", status=1)
    assert "Traceback" not in done.stderr
    assert project.jobs() == {}
    return done.stderr


@pytest.mark.parametrize("words", [[], ["run"], ["jobs"], ["job", "dev-1"], ["log", "dev-1"]])
def test_no_project_here(tmp_path: Path, command_in: Callable[[Path], Command], words: list[str]) -> None:
    """Every command that needs a project says where it looked and how to make one."""
    sentence = refused(command_in(tmp_path), *words)

    assert f"no axtui.toml in {tmp_path} or above it; `axtui init` makes a project" in sentence


def test_no_terminal(project: ProjectDirectory, axtui: Command) -> None:
    """`axtui` without a terminal builds with plain lines and says so."""
    project.method("one", "def synthesis(): return 1\n")
    project.script("urd.build('one')")

    done = axtui()

    assert "axtui: no terminal to draw on; building with plain lines" in done.stderr
    assert "\x1b" not in done.stderr + done.stdout
    assert project.methods() == ["one"]


def test_unknown_command(axtui: Command) -> None:
    """The commands that there are are named."""
    done = axtui("biuld", status=2)

    assert "there is no command 'biuld'; there are demo, debug, diff, equivalent, graph, init, " in done.stderr


@pytest.mark.parametrize(
    "words", [["run", "--fast"], ["jobs", "-n", "many"], ["log"], ["log", "dev-1", "--stage", "x"]]
)
def test_wrong_words(axtui: Command, words: list[str]) -> None:
    """A word that a command does not take is told, with how it is used."""
    done = axtui(*words, status=2)

    assert done.stderr.startswith(f"usage: axtui {words[0]}")
    assert f"axtui {words[0]}: error: " in done.stderr


@pytest.mark.parametrize("command", ["demo", "init", "run", "jobs", "job", "log", "version", "screenshot"])
def test_every_command_has_help(axtui: Command, command: str) -> None:
    """With an example."""
    assert "example: axtui " in axtui(command, "--help").stdout


def test_unknown_script(project: ProjectDirectory, axtui: Command) -> None:
    """The scripts that there are are named; no build begins."""
    project.script("pass", "build_weekly")

    sentence = refused(axtui, "run", "monthly")

    assert "No build script 'monthly' in small; there are small.build_weekly" in sentence
    assert not list((project.root / "workdirs/dev").glob("dev-*"))


def test_no_package(project: ProjectDirectory, axtui: Command) -> None:
    """A package that is configured and not there is named."""
    project.write("axtui.toml", 'slices = 2\n[methods]\npackages = ["gone"]\n')

    assert "gone" in refused(axtui, "run")


CONFIGURATIONS = {
    "slice = 2": "unknown key 'slice'; the nearest known one is 'slices'",
    "slices = 'two'": "slices is 'two'; wanted a whole number",
    "slices = = 2": "axtui.toml: ",
    "target = 'prod'": "target is 'prod', but the workdirs are dev",
    "[workdirs]\ndev = '/dev/null/x'": "workdir dev cannot be made: ",
}


@pytest.mark.parametrize("text", [*CONFIGURATIONS])
def test_a_configuration_that_cannot_be(project: ProjectDirectory, axtui: Command, text: str) -> None:
    """File, key and what was wanted."""
    project.write("axtui.toml", text)
    project.script("pass")

    assert CONFIGURATIONS[text] in refused(axtui, "run")


def test_another_slice_count(project: ProjectDirectory, axtui: Command) -> None:
    """A workdir has its slice count for ever; both numbers are named."""
    project.script("pass")
    axtui("run")
    project.write("axtui.toml", (project.root / "axtui.toml").read_text().replace("slices = 2", "slices = 3"))

    sentence = refused(axtui, "run")

    assert "workdir dev has 2 slices" in sentence
    assert "the project asks for 3" in sentence


ODD = "odd\udcff"
"""What Python has of the bytes `odd\\xff`."""
ODD_WORDS = {
    f"run {ODD}": "the build script 'odd\\udcff' has a name that is not UTF-8",
    f"run -w {ODD}": "workdir 'odd\\udcff' does not exist",
    f"log {ODD}": "'odd\\udcff' is no job here",
    f"trace {ODD}": "cannot be followed: No such file or directory",
    f"urd {ODD}": "is no urd list",
    f"init {ODD}": "odd\\udcff/data' is not UTF-8; wanted a directory with another name",
    f"demo {ODD}": "odd\\udcff' is not UTF-8; wanted a directory with another name",
}


@pytest.mark.parametrize("words", [*ODD_WORDS])
def test_words_that_are_not_utf8(project: ProjectDirectory, axtui: Command, words: str) -> None:
    """Names of other bytes are a sentence too, which shows them in a way that any terminal takes."""
    project.script("pass")

    assert ODD_WORDS[words] in refused(axtui, *words.split())


def test_a_package_with_files_that_are_not_utf8(project: ProjectDirectory, axtui: Command) -> None:
    """Methods and scripts of such names cannot be used; the others can, with input files of such names."""
    project.method("one", "from axtui import InputFile\noptions = {'file': InputFile}\ndef synthesis(): return 1\n")
    project.method(ODD, "def synthesis(): return 1\n")
    project.script("pass", f"build_{ODD}")
    project.write(f"data/{ODD}", "x")
    project.script("print(urd.build('one', file='odd\\udcff').params.options.file.encode('ascii', 'backslashreplace'))")

    done = axtui("run")

    assert project.methods() == ["one"]
    assert "odd\\\\udcff" in done.stdout
    assert "'odd\\udcff' of small is in a file whose name is not UTF-8" in complain_of_odd(project, axtui)


def complain_of_odd(project: ProjectDirectory, axtui: Command) -> str:
    """Ask for the method that cannot be; give what was said."""
    project.script("urd.build('odd\\udcff')")
    return axtui("run", status=1).stderr


REQUESTS = {
    "urd.build('nothing')": "Unknown method nothing",
    "urd.build('one', options={'m': 1})": "Submit failed: Unknown option m on method one",
    "urd.build('one', m=1)": "Keyword m not in options/datasets/jobs for method one",
    "urd.build('one', x=1)": "Keyword x has several targets on method one: options, jobs",
    "urd.build('one', n='many')": "Failed to convert option n of 'many' on method one: invalid literal",
    "urd.build('one', n=b'1')": "is not supported in data: b'1'",
    "urd.build('one', datasets={'y': 'dev-1'})": "Submit failed: Unknown datasets on one: y",
    "urd.build('one', previous='dev-77')": "there is no finished job 'dev-77'",
    "urd.build('one', source='dev-77')": "there is no finished job 'dev-77'",
    "urd.build('one', previous=3)": "jobs parameter previous on one is 3, not a string as required",
    "urd.build('reader')": "Missing required options {file} on method reader",
    "urd.build('reader', file='gone.csv')": "option file of reader: there is no input file",
    "urd.build('one', workdir='prod')": "Workdir prod does not exist",
    "urd.build('csvimport', filename='gone.csv')": "option filename of csvimport: there is no input file",
}


@pytest.mark.parametrize("call", [*REQUESTS])
def test_a_request_that_cannot_be(project: ProjectDirectory, axtui: Command, call: str) -> None:
    """Names of methods, options and inputs are checked before a directory is made."""
    project.method(
        "one", "options = {'n': 1, 'x': 1}\ndatasets = ('source',)\njobs = ('previous', 'x')\ndef synthesis(): pass\n"
    )
    project.method("reader", "from axtui import InputFile\noptions = {'file': InputFile}\ndef synthesis(): pass\n")

    assert REQUESTS[call] in complained(project, axtui, call)


MISSING = {
    "source='dev-0/gone'": "NoSuchDatasetError",
    "source='dev-77'": "NoSuchJobError",
    "previous='prod-1'": "NoSuchWorkdirError",
}


@pytest.mark.parametrize("given", [*MISSING])
def test_a_missing_input_is_caught_by_either_name(project: ProjectDirectory, axtui: Command, given: str) -> None:
    """As the job that cannot be built, as in the Accelerator, and as what is not there; whoever catches nothing sees
    one sentence."""
    project.method("one", "datasets = ('source',)\njobs = ('previous',)\ndef synthesis(): pass\n")
    call = f"urd.build('one', {given})"
    project.script(
        f"import axtui, axtui.error, axtui.build\nfor kind in (axtui.{MISSING[given]}, axtui.error.{MISSING[given]}, "
        f"axtui.build.JobError, axtui.NoSuchWhateverError):\n    try: {call}\n"
        f"    except kind as error: print(error.status == {{'server': str(error)}}, error.method, repr(error.job))"
    )
    caught = axtui("run").stdout
    said = complained(project, axtui, call)

    assert caught == "True one ''\n" * 4
    assert said.count(MISSING[given]) == 1
    assert "Traceback" not in said
    assert not project.jobs()


def test_a_missing_input_file_is_caught_as_a_failed_job(project: ProjectDirectory, axtui: Command) -> None:
    """A script that does without the job of a file that is not there catches a JobError; there is no such job."""
    project.script(
        "from axtui import JobError\n"
        "try:\n    urd.build('csvimport', filename='gone.csv')\n"
        "except JobError as error:\n    print([error.job, error.method, [*error.status]])"
    )

    assert axtui("run").stdout == "['', 'csvimport', ['server']]\n"


def test_a_broken_method_stops_nothing_else(project: ProjectDirectory, axtui: Command) -> None:
    """It is told with its line; the others build, and what exists is reused; repaired, it builds."""
    project.method("good", "def synthesis(): return 1\n")
    project.method("bad", "def synthesis(:\n    return 1\n")
    project.method("unimportable", "import nothing_of_the_kind\ndef synthesis(): return 1\n")
    project.method("wrong", "options = 3\ndef synthesis(): return 1\n")
    project.script("urd.build('good')")
    first = axtui("run")
    reused = axtui("run")

    said = {}
    for name in ("bad", "unimportable", "wrong"):
        project.script(f"urd.build('good')\nurd.build('{name}')")
        said[name] = axtui("run", status=1).stderr
    project.method("bad", "def synthesis():\n    return 1\n")
    project.script("urd.build('good')\nurd.build('bad')")
    repaired = built_by(axtui, project)

    assert "1 built" in first.stderr
    assert "1 reused" in reused.stderr
    assert "a_bad.py:1: " in said["bad"]
    assert "method unimportable cannot be imported: ModuleNotFoundError: No module named" in said["unimportable"]
    assert "wrong: options is 3, wanted a dict" in said["wrong"]
    assert all("Traceback" not in text for text in said.values())
    assert repaired == ["bad"]


@pytest.mark.parametrize("text", ["def main(urd:\n", "import nothing_of_the_kind\ndef main(urd): pass\n", "x = 1\n"])
def test_a_broken_script_is_told(project: ProjectDirectory, axtui: Command, text: str) -> None:
    """A script that does not parse, import or have a `main` fails with a sentence."""
    project.write("small/build.py", text)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "run"],
        cwd=axtui.directory,
        env=axtui.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert any(
        word in done.stderr for word in ("build.py:1", "No module named 'nothing_of_the_kind'", "has no main(urd)")
    )


def test_init_where_a_project_is(project: ProjectDirectory, axtui: Command) -> None:
    """A project is not written over."""
    assert "there is a project in" in refused(axtui, "init")


def test_a_new_project_builds_at_once(tmp_path: Path, command_in: Callable[[Path], Command]) -> None:
    """`axtui init` and `axtui run` are all that it takes."""
    axtui = command_in(tmp_path)
    axtui("init", "clicks", "--slices", "2")

    done = command_in(tmp_path / "clicks")("run")

    assert done.stdout == "17984 primes\n"
    assert (tmp_path / "clicks/results/primes.json").is_symlink()
