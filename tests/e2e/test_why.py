"""Why jobs were built, what two of them have otherwise, where a file comes from: `why`, `diff`, `trace`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ProjectDirectory, make_project
from tests.e2e.conftest import READ, Command

HELPER = "LIMIT = 3\ndef double(x): return 2 * x\ndef triple(x): return 3 * x\n"

CHANGES = [["changed", "function", "double"]]
DOUBLE = {"kind": "source", "name": "helper.py", "before": None, "now": None, "changes": CHANGES}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, command_in: Callable[[Path], Command]) -> ProjectDirectory:
    """Give a project that was built twice: dev-1 to dev-3, then with another helper and input file dev-5 to dev-7."""
    project = make_project(tmp_path_factory.mktemp("why") / "project")
    project.write("helper.py", HELPER)
    project.write("data/a.txt", "hello")
    project.method("read", READ)
    project.method(
        "one",
        "from helper import double\noptions = {'n': 1}\njobs = ('source',)\n"
        "def synthesis(options, jobs): return double(options.n) + len(jobs.source.load())\n",
    )
    project.method("two", "jobs = ('one', 'source')\ndef synthesis(jobs): return jobs.one.load()\n")
    project.script(
        "source = urd.build('read', file='a.txt')\none = urd.build('one', n=2, source=source)\n"
        "two = urd.build('two', one=one, source=source)\ntwo.link_result(linkname='sub/out.pickle')"
    )
    command_in(project.root)("run")
    project.write("helper.py", HELPER.replace("2 * x", "x + x + 1"))
    project.write("data/a.txt", "goodbye")
    command_in(project.root)("run")
    return project


@pytest.fixture
def project(built: ProjectDirectory) -> ProjectDirectory:
    """Give that copy to the command."""
    return built


def test_why_follows_inputs(axtui: Command) -> None:
    """A job says what differs, and below each input that came anew why that one did; each job once."""
    lines = [line.strip("│├└─ ") for line in axtui("why", "dev-7").stdout.splitlines()]

    assert lines[0].startswith("dev-7  two  built ")
    assert lines[1:] == [
        "built because, compared with dev-3",
        "input one: dev-2 → dev-6",
        "dev-6 one, compared with dev-2",
        "source changed: helper.py: double()",
        "input source: dev-1 → dev-5",
        "dev-5 read, compared with dev-1",
        "input file changed: a.txt",
        "input source: dev-1 → dev-5",
        "dev-5: as told above",
        "now: still current",
    ]


def test_why_is_data(built: ProjectDirectory, axtui: Command) -> None:
    """The same as JSON, which is what the job's own record holds."""
    (told,) = axtui.json("why", "dev-6")

    assert told["why"]["nearest"] == "dev-2"
    assert told["why"]["differences"] == [
        {
            "kind": "source",
            "name": "helper.py",
            "before": None,
            "now": None,
            "changes": [["changed", "function", "double"]],
        },
        {"kind": "input", "name": "jobs.source", "before": "dev-1", "now": "dev-5"},
    ]
    assert [each["job"] for each in told["why"]["inputs"]] == ["dev-5"]
    assert told["now"]["current"]
    stored = built.jobs()["dev-6"].setup["reason"]
    assert stored == {name: value for name, value in told["why"].items() if name not in ("job", "inputs")}


def test_a_first_job_was_never_built_before(axtui: Command) -> None:
    """It has nothing to be compared with."""
    text = axtui("why", "two~").stdout

    assert "dev-3  two  built" in text
    assert "two was never built" in text


def test_a_job_that_is_not_current_says_what_differs_now(built: ProjectDirectory, axtui: Command) -> None:
    """The source that was edited since, by function; what is after it is reused if that comes out equal."""
    built.write("helper.py", HELPER)

    text = axtui("why", "one").stdout
    (one,) = axtui.json("why", "one")
    (two,) = axtui.json("why", "two")

    assert "now: not current" in text
    assert one["now"]["why"]["differences"] == [
        {
            "kind": "source",
            "name": "helper.py",
            "before": None,
            "now": None,
            "changes": [["changed", "function", "double"]],
        }
    ]
    assert not two["now"]["current"]
    assert two["now"]["why"] is None
    assert [each["job"] for each in two["now"]["inputs"]] == ["dev-6"]


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (lambda p: p.write("data/a.txt", "another"), "input file changed: a.txt"),
        (lambda p: (p.root / "data/a.txt").unlink(), "No such file or directory"),
        (lambda p: p.method("read", "def synthesis(:"), "a_read.py:1: "),
        (lambda p: (p.root / "small/a_read.py").unlink(), "Unknown method read"),
        (lambda p: (p.root / "workdirs/dev/dev-5/result.pickle").unlink(), "dev-5 is damaged: result.pickle"),
    ],
    ids=["input file", "input file gone", "broken", "method gone", "damaged"],
)
def test_whatever_makes_it_run_again_is_told(
    built: ProjectDirectory, axtui: Command, change: Callable[[ProjectDirectory], Any], wanted: str
) -> None:
    """An input file, a method that does not parse, one that is gone, damage."""
    change(built)

    text = axtui("why", "dev-5").stdout

    assert "now: not current" in text
    assert wanted in text


def test_a_reused_job_says_why_it_could_be(built: ProjectDirectory, axtui: Command) -> None:
    """By the inputs that came out equal, or because nothing changed; both for a method in the last build."""
    built.write("helper.py", HELPER.replace("2 * x", "1 + x + x"))
    axtui("run")

    (two,) = axtui.json("why", "two")
    (read,) = axtui.json("why", "read")

    assert two["job"] == "dev-7"
    assert two["last_build"] == [{"build": 3, "row": "two.1", "reused": True, "because": "because dev-9 ≡ dev-6"}]
    assert "reused in the last build (row two.1): because dev-9 ≡ dev-6" in axtui("why", "two").stdout
    assert read["last_build"][0]["because"] == ""


def test_a_record_without_data_is_told_in_its_sentences(built: ProjectDirectory, axtui: Command) -> None:
    """A job whose record was written before there was data, or was written by somebody else."""
    path = built.root / "workdirs/dev/dev-7/setup.json"
    lines = [line for line in path.read_text().splitlines() if not line.startswith('"reason"')]
    path.write_text("\n".join(lines))

    (told,) = axtui.json("why", "dev-7")
    text = axtui("why", "dev-7").stdout

    assert told["why"] is None
    assert told["sentences"] == ["input one: dev-2 → dev-6", "input source: dev-1 → dev-5"]
    assert "└─ input source: dev-1 → dev-5" in text


def test_two_jobs_are_compared(axtui: Command) -> None:
    """Source by function, inputs, files, result, times; line by line where that is wanted."""
    text = axtui("diff", "one~", "one").stdout
    source = axtui("diff", "-u", "one~", "one").stdout
    told = axtui.json("diff", "dev-2", "dev-6")
    same = axtui.json("diff", "dev-6", "dev-6")

    assert text.splitlines()[0] == "dev-2 → dev-6  one"
    for part in ("source changed: helper.py: double()", "input source: dev-1 → dev-5", "- 9", "+ 12", "time "):
        assert part in text
    assert "-def double(x): return 2 * x\n+def double(x): return x + x + 1\n" in source
    assert [each["kind"] for each in told["differences"]] == ["source", "input"]
    assert told["same_output"] is False
    assert [each["name"] for each in told["files"]] == ["result.pickle"]
    assert told["result"] == {"before": "9\n", "now": "12\n"}
    assert (same["differences"], same["same_output"]) == ([], True)


def test_a_result_is_traced(built: ProjectDirectory, axtui: Command) -> None:
    """From the link in the result directory to the job, its source, its inputs, down to the input file."""
    for link in (built.root / "results").rglob("*.pickle"):  # links say where the project was when they were made
        target = built.root / "workdirs/dev" / Path(*link.readlink().parts[-2:])
        link.unlink()
        link.symlink_to(target)
    text = axtui("trace", "results/sub/out.pickle").stdout
    told = axtui.json("trace", "workdirs/dev/dev-7/result.pickle")

    assert text.splitlines()[0] == "results/sub/out.pickle is result.pickle of dev-7"
    for part in (
        "jobs.one: dev-6 one",
        "small/a_one.py, helper.py",
        "n = 2",
        "input file a.txt",
        "dev-5 read, as told",
    ):
        assert part in text
    assert (told["job"], told["name"]) == ("dev-7", "result.pickle")
    one, source = told["inputs"]
    assert (one["job"], one["parameter"], one["options"]) == ("dev-6", "jobs.one", {"n": 2})
    assert one["inputs"][0]["input_files"][0]["name"] == "a.txt"
    assert source == {"job": "dev-5", "parameter": "jobs.source", "repeated": True}


def test_what_no_job_made_is_not_traced(built: ProjectDirectory, axtui: Command) -> None:
    """One sentence says what was found: a file from elsewhere, nothing at all, a link that leads to itself."""
    (built.root / "loop").symlink_to("loop")

    assert "which no job has made" in axtui("trace", "helper.py", status=2).stderr
    assert "nothing cannot be followed: No such file or directory" in axtui("trace", "nothing", status=2).stderr
    assert "loop cannot be followed" in axtui("trace", "loop", status=2).stderr


def test_jobs_are_named_by_list_method_and_step(built: ProjectDirectory, axtui: Command) -> None:
    """The same names that other commands take; one that means no job is refused in one sentence."""
    built.script(
        "urd.begin('tester/words', '2024-01-01')\nsource = urd.build('read', file='a.txt')\n"
        "one = urd.build('one', n=2, source=source)\nurd.finish('tester/words')",
        name="build_words",
    )
    Command(axtui.directory, {**axtui.environment, "USER": "tester"})("run", "words")

    found = [axtui.json("job", spec)["job"] for spec in (":tester/words:one~", "one!", "two.one.source")]

    assert found == ["dev-2", "dev-6", "dev-5"]
    said = axtui("why", "one~5", status=2).stderr
    assert said == "axtui why: 'one~5': one has no 5 jobs before dev-6\n"


def test_json_is_json_alone(axtui: Command) -> None:
    """What `--json` prints can be parsed as it is."""
    for words in (("why", "two"), ("diff", "dev-1", "dev-5"), ("trace", "workdirs/dev/dev-7")):
        assert json.loads(axtui(*words, "--json").stdout)


def test_why_build_gives_the_nearest_jobs(built: ProjectDirectory, axtui: Command) -> None:
    """It builds nothing, has no row, and gives old values by group, the nearest job first; {} where one is reused."""
    built.script(
        "source = urd.build('read', file='a.txt')\none = urd.build('one', n=2, source=source)\n"
        "print(urd.build('one', n=2, source=source, why_build=True))\n"
        "print(urd.build('one', n=3, source=None, why_build=True))\n"
        "print(urd.build('two', one=urd.submit('one', n=2, source=source), source='dev-1', why_build=True))\n"
        "print(urd.joblist_all.as_tuples)\n"
        "try: urd.build('one', nope=1, why_build=True)\n"
        "except Exception as error: print(error)"
    )
    before = built.jobs()

    done = axtui("run")

    near = {"dev-2": {"source": {"helper.py": ["double()"]}, "jobs": {"source": "dev-1"}}}
    assert done.stdout.splitlines() == [
        str({"one": {"dev-6": {}, **near}}),
        str({"one": {"dev-6": {"options": {"n": 2}, "jobs": {"source": "dev-5"}},
                     "dev-2": {"source": near["dev-2"]["source"], "options": {"n": 2}, "jobs": {"source": "dev-1"}}}}),
        str({"two": {"dev-7": {"jobs": {"source": "dev-5"}}, "dev-3": {"jobs": {"one": "dev-2"}}}}),
        "[('read', 'dev-5'), ('one', 'dev-6'), ('one', 'dev-6')]",
        "Keyword nope not in options/datasets/jobs for method one",
    ]  # fmt: skip
    assert "0 built, 3 reused\n" in done.stderr
    assert built.jobs().keys() == before.keys()


@pytest.mark.parametrize("call", ["build", "submit"])
def test_the_flag_why_build_ends_before_a_job_would_run(built: ProjectDirectory, axtui: Command, call: str) -> None:
    """What exists is reused; the first call that would run a job tells what is near it, and the script ends."""
    built.script(
        f"source = urd.{call}('read', file='a.txt')\none = urd.{call}('one', n=5, source=source)\nprint('not reached')"
    )
    before = built.jobs()

    done = axtui("run", "-f", "why_build", status=0)

    assert done.stdout.splitlines() == [
        "Would build one from __init__.py, a_one.py, helper.py with",
        "  options  n = 5",
        "  jobs     source = dev-5",
        "Nearest existing jobs:",
        "  dev-6        option n: 2 → 5",
        "  dev-2        source changed: helper.py: double()",
        "               option n: 2 → 5",
        "               input source: dev-1 → dev-5",
    ]
    assert built.jobs().keys() == before.keys()
    assert "it was only asked why it would run" in done.stderr
    assert not (built.root / "urd/tester").exists()
