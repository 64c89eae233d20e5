"""A project that an older axtui built, which counted otherwise: an upgrade by itself builds nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from axtui.base.records import digest
from axtui.store import layout
from tests.conftest import ProjectDirectory
from tests.e2e.conftest import Command, built_by
from tests.unit.store.jobs import forge_post

ONE = "import helper\noptions = {'n': 1}\ndef synthesis(options): return helper.double(options.n)\n"
TWO = "jobs = ('one',)\ndef synthesis(jobs): return jobs.one.load() + 1\n"
HELPER = "def double(x): return 2 * x\n"


@pytest.fixture
def old(project: ProjectDirectory, axtui: Command) -> ProjectDirectory:
    """Give a built project of two jobs and a subjob, whose records are those of the first axtui."""
    project.method("one", ONE)
    project.method("two", TWO)
    project.method("asks", "from axtui import subjobs\ndef synthesis(): return subjobs.build('one', n=3).load()\n")
    project.write("helper.py", HELPER)
    project.script("one = urd.build('one', n=2)\nurd.build('two', one=one)\nprint(urd.build('asks').load())")
    assert built_by(axtui, project) == ["one", "two", "asks", "one"]
    for job in project.jobs().values():
        make_old(job.directory)
    return project


def make_old(directory: Path) -> None:
    """Have a job recorded as an axtui did that counted otherwise: it had other digests, and did not say how."""
    path = directory / layout.SETUP
    setup = json.loads(path.read_bytes())
    del setup["scheme"], setup["declared"], setup["packages"]
    setup.update({name: digest(f"as of old: {setup[name]}".encode()) for name in ("hash", "key")})
    path.write_text(json.dumps(setup))
    forge_post(directory, setup=digest(path.read_bytes()))


def test_nothing_is_built(old: ProjectDirectory, axtui: Command) -> None:
    """Every job answers its request, stands as current, and is of the method's present source."""
    assert all(each["now"]["current"] for each in axtui.json("why", "two"))
    assert axtui("run", "--dry-run").stdout.splitlines()[-1].startswith("would be: 3 reused, 0 built")
    assert built_by(axtui, old) == []
    digests = json.loads(axtui("equivalent", "--json", "digests", "one").stdout)
    assert [(each["jobs"], each["present"]) for each in digests] == [(2, True)]


def test_an_edit_is_seen_and_named(old: ProjectDirectory, axtui: Command) -> None:
    """What was saved since is built, because of that and of nothing else; what came out equal ends it there."""
    old.write("helper.py", HELPER.replace("2 * x", "x + x"))

    assert built_by(axtui, old) == ["one", "asks", "one"]
    (one, *_) = axtui.json("why", "one")
    assert one["sentences"] == ["source changed: helper.py: double()"]


def test_an_option_that_is_new_since_leaves_old_jobs_as_they_are(old: ProjectDirectory, axtui: Command) -> None:
    """As it does with jobs of today, as long as it is at its default."""
    old.method("one", ONE.replace("1}", "1, 'm': 0}"))

    assert built_by(axtui, old) == []
