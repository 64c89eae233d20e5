"""The project's methods as they are now, and whether a job that exists may be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtui.base.errors import BuildError, MethodError, UserError
from axtui.build.code import Code
from axtui.build.facts import Wanted
from axtui.build.identity import Identity
from axtui.build.request import Request
from axtui.build.reuse import Reuse
from axtui.store.catalogue import Catalogue
from axtui.store.workdir import Workdir
from tests.unit.store.jobs import make_job, make_workdir

KEY = "e" * 64


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a project with a good method, a broken one, a helper and a script."""
    (tmp_path / "small").mkdir()
    for name, text in {
        "small/__init__.py": "",
        "small/a_good.py": "import helper\ndef synthesis(): pass\n",
        "small/a_bad.py": "def synthesis(:\n",
        "small/build.py": "def main(urd): pass\n",
        "helper.py": "x = 1\n",
    }.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def code(root: Path) -> Code:
    """Give its code, looked at once."""
    made = Code(root, ("small",))
    made.rescan()
    return made


def test_a_broken_method_is_one_of_many(code: Code) -> None:
    """It has no digest and an error with its line; the others have theirs."""
    assert {name for name in code.methods if name in ("good", "bad")} == {"good", "bad"}
    assert code.digests()["bad"] == ""
    assert len(code.digests()["good"]) == 64
    assert "a_bad.py:1: " in str(code.broken()["bad"])
    assert "good" not in code.broken()
    with pytest.raises(MethodError, match=r"a_bad\.py:1"):
        code.snapshot("bad")


def test_what_is_not_there_is_refused(code: Code) -> None:
    """A method or a script of no such name."""
    with pytest.raises(BuildError, match="Unknown method gone"):
        code.snapshot("gone")
    with pytest.raises(BuildError, match=r"No build script 'gone' in small; there are small\.build"):
        code.script("gone")
    assert code.script("build").module == "small.build"


def test_edits_are_seen_at_the_next_look(code: Code, root: Path) -> None:
    """Until then every answer is of one moment."""
    before = code.snapshot("good")
    (root / "helper.py").write_text("x = 22\n")
    (root / "small/a_new.py").write_text("def synthesis(): pass\n")

    assert code.snapshot("good") is before
    assert "new" not in code.methods
    code.rescan()
    assert code.snapshot("good").digest != before.digest
    assert "new" in code.methods


def test_a_package_that_is_gone_is_told(root: Path) -> None:
    """The look says so."""
    with pytest.raises(UserError, match="there is no method package 'gone'"):
        Code(root, ("gone",)).rescan()


@pytest.fixture
def workdir(tmp_path: Path) -> Workdir:
    """Give an empty workdir."""
    return make_workdir(tmp_path)


def fault(workdir: Workdir, code: Code) -> tuple[str, str]:
    """Look for a job of the key; give its id, or why there is none that can be used."""
    catalogue = Catalogue({"dev": workdir.path}, "dev", workdir.path.parent)
    catalogue.refresh()
    identity = Identity(KEY, "c" * 64, {}, {}, parts={"options": {}})
    wanted = Wanted(Request("count", {}, {}, {}, {}), identity, code.snapshot("good"))
    found, reason = Reuse(catalogue, code).find(wanted)
    catalogue.close()
    return found.jobid if found else "", reason


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the index of these tests out of the user's cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_the_newest_whole_job_answers(workdir: Workdir, code: Code) -> None:
    """Of several jobs of a key the newest that is undamaged; without one there is no reason either."""
    assert fault(workdir, code) == ("", "")
    for number in (1, 2, 3):
        make_job(workdir, number, key=KEY)
    (workdir.path / "dev-3/result.pickle").unlink()

    assert fault(workdir, code) == ("dev-2", "")


def test_why_none_can_be_used_is_told(workdir: Workdir, code: Code) -> None:
    """The reason is that of the newest job."""
    make_job(workdir, 1, key=KEY)
    (workdir.path / "dev-1/result.pickle").write_bytes(b"")

    assert fault(workdir, code) == ("", "dev-1 is damaged: result.pickle has 0 bytes, committed were 5")


def test_an_observed_module_must_be_the_same(workdir: Workdir, code: Code, root: Path) -> None:
    """A module that was imported under a computed name is compared with what it was."""
    make_job(workdir, 1, {"observed": {"helper": code.observed_digest("helper")}}, key=KEY)
    before = fault(workdir, code)

    (root / "helper.py").write_text("x = 22\n")
    code.rescan()

    assert before == ("dev-1", "")
    assert fault(workdir, code) == ("", "dev-1 imported helper, which is another one now")


def test_subjobs_must_be_there_and_current(workdir: Workdir, code: Code, root: Path) -> None:
    """A job is as good as the jobs that it was built with."""
    digest = code.snapshot("good").digest
    make_job(workdir, 1, method="good", hash=digest)
    make_job(workdir, 2, {"subjobs": {"dev-1": True}}, key=KEY)
    before = fault(workdir, code)
    (root / "helper.py").write_text("x = 22\n")
    code.rescan()
    edited = fault(workdir, code)
    (root / "helper.py").write_text("x = 1\n")
    code.rescan()
    (workdir.path / "dev-1/result.pickle").unlink()
    damaged = fault(workdir, code)

    assert before == ("dev-2", "")
    assert edited == ("", "dev-2 was built with dev-1, which is of an older source")
    assert damaged[1].startswith("dev-2 was built with dev-1, which is damaged: result.pickle")


def test_a_subjob_that_is_gone_is_told(workdir: Workdir, code: Code) -> None:
    """Also where its method is."""
    make_job(workdir, 2, {"subjobs": {"dev-1": True}}, key=KEY)

    assert fault(workdir, code) == ("", "dev-2 was built with dev-1, which is gone")
