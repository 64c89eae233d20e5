"""Reuse against a simple model: declarations, requests and edits in any order, through the real decision.

The model knows what the program sees: it remembers for each job the values that its functions could name. A job may
answer a request only if those are the same; and it must, where nothing but the declaration of options that nobody
names came in between.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtui.api.request import request_message
from axtui.base.records import format_canonical
from axtui.base.values import encode_value
from axtui.build.code import Code
from axtui.build.facts import Wanted
from axtui.build.identity import identify
from axtui.build.request import make_request
from axtui.build.reuse import Reuse
from axtui.method.description import describe_method
from axtui.store.catalogue import Catalogue
from axtui.store.workdir import Workdir
from tests.unit.store.jobs import make_job, make_workdir

VALUES: list[Any] = [1, 1.0, True, "1", 2, None, -0.0, 0.0, [1], {1}]
NAMES = ("a", "b", "c")


class Model:
    """A project with one method, and all that was ever built in it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        (root / "small").mkdir()
        (root / "small/__init__.py").write_text("")
        self._workdir: Workdir = make_workdir(root)
        self._catalogue = Catalogue({"dev": self._workdir.path}, "dev", root)
        self._code = Code(root, ("small",))
        self._declared: dict[str, Any] = {}
        self._reads: frozenset[str] = frozenset()
        self.built: dict[str, tuple[str, dict[str, Any], str]] = {}
        """By job: its body, its options as the program sees them, the declaration it was built with."""

    def edit(self, declared: dict[str, Any], reads: frozenset[str], constant: int) -> None:
        """Write the method anew: what it declares, what it names, and a constant of its body."""
        self._declared = declared
        self._reads = reads
        named = "".join(f"    options.{name}\n" for name in sorted(reads))
        self._body = f"def synthesis(options):\n{named}    return {constant}\n"
        (self._root / "small/a_one.py").write_text(f"options = {declared!r}\n{self._body}")

    def ask(self, given: dict[str, Any]) -> tuple[str, bool]:
        """Ask for a job as a build script does; give its id, and whether it was there already."""
        self._code.rescan()
        module = ModuleType("a_one")
        exec((self._root / "small/a_one.py").read_text(), module.__dict__)
        description = describe_method("one", module)
        request = make_request(description, request_message("one", given, {}, {}, {}))
        snapshot = self._code.full_snapshot(self._code.snapshot("one"), description)
        identity = identify(request, snapshot.digest, self._catalogue, {}, 2)
        found, _ = Reuse(self._catalogue, self._code).find(Wanted(request, identity, snapshot))
        if found is not None:
            return found.jobid, True
        setup = {"method": "one", "options": request.options, "key": identity.key, "hash": snapshot.digest}
        made = make_job(self._workdir, len(self.built), **setup)
        self._catalogue.add(made.name)
        self.built[made.name] = (self._body, self.seen(given), repr(self._declared))
        return made.name, False

    def seen(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return what the program sees of its options: an option's value, or that there is none of the name."""
        return {**self._declared, **given}

    def may_answer(self, jobid: str, given: dict[str, Any]) -> bool:
        """Tell whether the program of a job would do now what it did: the same text, equal values where it looks."""
        body, seen, _ = self.built[jobid]
        now = self.seen(given)
        is_same = body == self._body and all(same(seen, now, name) for name in self._reads)
        return is_same and all(same(seen, now, name) for name in seen)

    def must_answer(self, given: dict[str, Any]) -> bool:
        """Tell whether some job was built with these values, or with all but new ones that nobody gives or names."""
        now = self.seen(given)
        for jobid, (_, seen, _) in self.built.items():
            new = now.keys() - seen.keys()
            unnamed = all(name not in self._reads and same(self._declared, now, name) for name in new)
            if self.may_answer(jobid, given) and unnamed:
                return True
        return False


def same(first: dict[str, Any], second: dict[str, Any], name: str) -> bool:
    """Tell whether an option is of one type and value in two requests, or in neither."""
    texts = [format_canonical(encode_value(each[name])) if name in each else b"" for each in (first, second)]
    return texts[0] == texts[1]


@pytest.fixture(scope="module", autouse=True)
def cache() -> Iterator[None]:
    """Keep indexes out of the user's cache, and commits from waiting for the disk."""
    patch = pytest.MonkeyPatch()
    with tempfile.TemporaryDirectory() as place:
        patch.setenv("XDG_CACHE_HOME", place)
        patch.setattr("axtui.store.commit.fsync_path", lambda path: None)
        yield
    patch.undo()


# a default of None takes any value as it is, so that every type gets through
_declared = st.dictionaries(st.sampled_from(NAMES), st.sampled_from([None, 1, 2, 1.0, "1", True]), max_size=3)
_edit = st.tuples(st.just("edit"), _declared, st.frozensets(st.sampled_from(NAMES), max_size=2), st.integers(0, 1))
_ask = st.tuples(st.just("ask"), st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES), max_size=2))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(_edit, _ask, _ask), min_size=2, max_size=14))
def test_a_job_answers_exactly_what_it_would_do_again(steps: list[Any]) -> None:
    """Never a job of another program or of other values; always one where only unused declarations came in between."""
    with tempfile.TemporaryDirectory() as place:
        model = Model(Path(place))
        model.edit({"a": 1}, frozenset(), 0)
        for step in steps:
            if step[0] == "edit":
                model.edit(*step[1:])
                continue
            given = convertible(model, step[1])
            must = model.must_answer(given)
            jobid, reused = model.ask(given)
            assert not reused or model.may_answer(jobid, given), (jobid, given, json.dumps(model.built[jobid][1:2]))
            assert reused or not must, given


def convertible(model: Model, given: dict[str, Any]) -> dict[str, Any]:
    """Leave out what the method would refuse or turn into another value, so that the model need not convert."""
    forms = model._declared
    return {
        name: value
        for name, value in given.items()
        if name in forms and (forms[name] is None or type(value) is type(forms[name]))
    }


def test_one_key_could_not_do_it(tmp_path: Path) -> None:
    """A job without an option answers a request at any default of it; a job with one default none at another."""
    model = Model(tmp_path)
    model.edit({"a": 1}, frozenset(), 0)
    first = model.ask({})
    model.edit({"a": 1, "b": 5}, frozenset(), 0)
    new = model.ask({})
    given_apart = model.ask({"b": 6})
    model.edit({"a": 1, "b": 6}, frozenset(), 0)
    other = model.ask({})
    model.edit({"a": 2, "b": 6}, frozenset(), 0)
    changed = model.ask({})
    explicit = model.ask({"a": 1})

    assert [first, new, given_apart] == [("dev-0", False), ("dev-0", True), ("dev-1", False)]
    assert [other, changed, explicit] == [("dev-1", True), ("dev-2", False), ("dev-1", True)]


def test_an_option_that_the_code_names_already_runs(tmp_path: Path) -> None:
    """A program that asked for an option before there was one may do otherwise once it is declared."""
    model = Model(tmp_path)
    model.edit({"a": 1}, frozenset({"b"}), 0)
    first = model.ask({})
    model.edit({"a": 1, "b": None}, frozenset({"b"}), 0)

    assert (first, model.ask({})) == (("dev-0", False), ("dev-1", False))
