"""Edits that are declared not to matter: by a line in the source, by the command, checked or not, and taken back."""

from __future__ import annotations

import json

import pytest

from tests.conftest import ProjectDirectory
from tests.e2e.conftest import Command, built_by

ONE = """\
from axtui import DatasetWriter
options = {"n": 3}

def prepare(job):
    return job.datasetwriter(columns={"x": "number"})

def analysis(sliceno, prepare_res, options):
    prepare_res.write(sliceno * 10)
    return sliceno

def synthesis(analysis_res, options):
    return sum(analysis_res) + options.n
"""
CLEANED = ONE.replace("sliceno * 10", "10 * sliceno")
WRONG = ONE.replace("sliceno * 10", "11 * sliceno")
LATER = ONE.replace("+ options.n", "+ options.n + 1")


@pytest.fixture
def built(project: ProjectDirectory, axtui: Command) -> ProjectDirectory:
    """Give a project with one job."""
    project.method("one", ONE)
    project.script("print(urd.build('one').load())")
    assert axtui("run").stdout == "4\n"
    return project


@pytest.mark.parametrize("check", ["none", "slice", "whole"])
def test_a_declared_edit_runs_nothing(built: ProjectDirectory, axtui: Command, check: str) -> None:
    """The older job answers, the file says who declared what and how it was checked, and taken back it runs."""
    built.method("one", CLEANED)

    axtui("equivalent", "declare", "one", "--check", check, "--why", "other order")

    assert built_by(axtui, built) == []
    told = axtui.json("equivalent")
    assert [(each["method"], each["checked"], each["why"]) for each in told] == [("one", check, "other order")]
    assert len((built.root / "equivalent.jsonl").read_text().splitlines()) == 1
    assert f"one  {told[0]['old'][:12]} → {told[0]['new'][:12]}" in axtui("equivalent", "list").stdout
    axtui("equivalent", "revoke", "one", told[0]["old"][:12])
    assert axtui.json("equivalent") == []
    assert len((built.root / "equivalent.jsonl").read_text().splitlines()) == 2
    assert built_by(axtui, built) == ["one"]


def test_an_edit_that_matters_is_not_believed(built: ProjectDirectory, axtui: Command) -> None:
    """What comes out otherwise is named, nothing is written and nothing is left; an unchecked part is not seen."""
    built.method("one", WRONG)
    jobs = list(built.jobs())

    whole = axtui("equivalent", "declare", "one", status=1).stderr
    sliced = axtui("equivalent", "declare", "one", "--check", "slice", "--slice", "1", status=1).stderr
    lucky = axtui("equivalent", "declare", "one", "--check", "slice", "--slice", "0").stdout

    assert whole == "nothing is declared: dev-1 comes out otherwise: default\n"
    assert sliced == "nothing is declared: dev-1 comes out otherwise: datasets/default/1.arrow\n"
    assert lucky.startswith("dev-1 comes out the same: datasets/default/0.arrow\n")
    assert list(built.jobs()) == jobs
    assert not [*(built.root / ".axtui").glob("check-*")]


def test_a_result_that_differs_is_seen(built: ProjectDirectory, axtui: Command) -> None:
    """The whole check compares the result too."""
    built.method("one", LATER)

    assert "dev-1 comes out otherwise: result.pickle" in axtui("equivalent", "declare", "one", status=1).stderr


def test_a_new_option_with_code_can_be_declared(built: ProjectDirectory, axtui: Command) -> None:
    """Code that uses a new option which does nothing at its default; the older job answers that, and nothing else."""
    text = ONE.replace('{"n": 3}', '{"n": 3, "scale": 1}').replace("+ options.n", "+ options.n * options.scale")
    built.method("one", text)
    axtui("equivalent", "declare", "one")

    assert built_by(axtui, built) == []
    built.script("print(urd.build('one', scale=2).load())")
    assert axtui("run").stdout == "7\n"
    built.script("print(urd.build('one').load())")
    built.method("one", text.replace('"scale": 1', '"scale": 3'))
    assert axtui("run").stdout == "10\n"


def test_a_line_in_the_source_does_it_too(built: ProjectDirectory, axtui: Command) -> None:
    """`digests` shows the line to write; the next edit of the source ends what it says, and that is told."""
    built.method("one", CLEANED)
    line = axtui("equivalent", "digests", "one").stdout.splitlines()[-1]
    assert line.startswith("equivalent_hashes = {")
    built.method("one", f"{line}\n{CLEANED}")
    reused = built_by(axtui, built)
    built.method("one", f"{line}\n{LATER}")

    assert reused == []
    assert "equivalent_hashes in a_one.py is for " in axtui("equivalent", "digests", "one").stdout
    assert built_by(axtui, built) == ["one"]


def test_a_damaged_line_says_nothing(built: ProjectDirectory, axtui: Command) -> None:
    """Whatever stands in the file, builds go on; what cannot be read is told with its line."""
    built.method("one", CLEANED)
    axtui("equivalent", "declare", "one", "--check", "none")
    path = built.root / "equivalent.jsonl"
    good = path.read_bytes()
    path.write_bytes(b"\xff\n{}\n[1]\n" + good + b'{"do": "declare", "method": "one"')

    done = axtui("equivalent", "list")

    assert [each["method"] for each in json.loads(axtui("equivalent", "--json").stdout)] == ["one"]
    assert [line.partition(" line ")[2][:1] for line in done.stderr.splitlines()] == ["1", "2", "3", "5"]
    assert built_by(axtui, built) == []
    axtui("equivalent", "revoke", "one")
    assert axtui.json("equivalent") == []


NONSENSE = {
    ("declare", "gone"): "Unknown method gone",
    ("declare", "one"): "every job of one is of the present source; there is nothing to declare",
    ("declare", "one", "dev-1"): "is the digest of the present source of one; there is nothing to declare",
    ("declare", "one", "zzz"): "zzz",
    ("revoke", "one"): "0 declarations fit; of one there are none",
}


@pytest.mark.parametrize("words", [*NONSENSE], ids=" ".join)
def test_nonsense_is_told(built: ProjectDirectory, axtui: Command, words: tuple[str, ...]) -> None:
    """One sentence, status 2, nothing written."""
    done = axtui("equivalent", *words, status=2)

    assert NONSENSE[words] in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (built.root / "equivalent.jsonl").exists()


def test_what_cannot_be_checked_is_told(project: ProjectDirectory, axtui: Command) -> None:
    """Other input, a method that fails or builds subjobs, slices where there are none: nothing is declared."""
    project.write("data/words.txt", "alpha")
    text = "from axtui import InputFile\noptions = {'file': InputFile}\ndef synthesis(): return 1\n"
    project.method("one", text)
    two = "from axtui import build\ndef synthesis(): return build('one', file='words.txt').load()\n"
    project.method("two", two)
    project.script("urd.build('two')")
    axtui("run")
    project.method(
        "two", "from axtui import build\ndef synthesis(): return build('one', file='words.txt').load() + 0\n"
    )
    subjobs = axtui("equivalent", "declare", "two", status=2).stderr
    project.method("one", text.replace("1", "1 + 0"))
    sliced = axtui("equivalent", "declare", "one", "--check", "slice", status=2).stderr
    project.method("one", text.replace("return 1", "raise ValueError('no')"))
    failing = axtui("equivalent", "declare", "one", status=2).stderr
    project.write("data/words.txt", "gamma")
    other = axtui("equivalent", "declare", "one", status=2).stderr

    assert "was built without subjobs; --check none believes you" in subjobs
    assert "nothing is declared: one does not run as dev-2 did: TypeError: one has no analysis" in sliced
    assert "nothing is declared: one does not run as dev-2 did: ValueError: no" in failing
    assert "nothing is declared: the input file words.txt of dev-2 is another one now" in other
    assert not (project.root / "equivalent.jsonl").exists()
