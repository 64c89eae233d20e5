"""Why a job is built: from the parts of the key that decided it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtui.base.errors import RecordError
from axtui.base.records import digest_of, format_record, parse_record
from axtui.build.difference import compare
from axtui.build.facts import Facts, Wanted, facts_of_request, read_facts
from axtui.build.identity import identify
from axtui.build.why import explain, explain_reuse
from axtui.event.sentences import sentences
from axtui.event.why import Change, Difference, Why, parse_why
from axtui.method.snapshot import Snapshot, take_snapshot
from axtui.method.sources import Sources
from axtui.store.catalogue import Catalogue
from axtui.store.workdir import Workdir
from tests.unit.build.conftest import CODE, request
from tests.unit.store.jobs import make_job


def wanted(catalogue: Catalogue, snapshot: Snapshot, files: Any = MappingProxyType({}), **changes: Any) -> Wanted:
    """Put together what a request was decided from."""
    made = request(method="count", **changes)
    return Wanted(made, identify(made, snapshot.digest, catalogue, dict(files), 2), snapshot)


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    """Give the snapshot of a method with a helper."""
    for name, text in {"small/__init__.py": "", "small/a_count.py": "import helper", "helper.py": "x = 1"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return take_snapshot(Sources((tmp_path,)), "small.a_count")


def built_before(workdir: Workdir, catalogue: Catalogue, snapshot: Snapshot, **setup: Any) -> None:
    """Let dev-7 be a job of the method as it is now."""
    sources = {name: [f"method/{name}", source.digest] for name, source in snapshot.modules.items()}
    make_job(workdir, 7, **{"hash": snapshot.digest, "sources": sources, "options": {"n": 1}, **setup})
    catalogue.add("dev-7")


def why(catalogue: Catalogue, wants: Wanted) -> tuple[str, ...]:
    """Return why it is built, compared with dev-7."""
    return sentences(explain(wants, catalogue, "dev-7", ""))


def test_an_option_that_differs_is_told(workdir: Workdir, catalogue: Catalogue, snapshot: Snapshot) -> None:
    """From what to what, as the user writes it; one that is new had no value."""
    built_before(workdir, catalogue, snapshot)
    wants = wanted(catalogue, snapshot, options={"n": 2, "when": {"$date": "2020-01-02"}})

    assert why(catalogue, wants) == ("option n: 1 → 2", "option when: not there → datetime.date(2020, 1, 2)")


def test_a_source_that_differs_is_told(workdir: Workdir, catalogue: Catalogue, snapshot: Snapshot) -> None:
    """By the file's name, also where it is the helper's or gone."""
    before = {name: ["", source.digest] for name, source in snapshot.modules.items()}
    sources = {**before, "helper": ["method/helper.py", "other"], "old": ["", "x"]}
    built_before(workdir, catalogue, snapshot, hash="0" * 64, sources=sources)
    (workdir.path / "dev-7/method/helper.py").write_text("x = 0")

    assert why(catalogue, wanted(catalogue, snapshot)) == (
        "source changed: helper.py: x",
        "source changed: old.py is gone",
    )


def test_a_declared_file_that_differs_is_told(
    workdir: Workdir, catalogue: Catalogue, snapshot: Snapshot, tmp_path: Path
) -> None:
    """By its name; it counts byte by byte, and one that is as it was is no difference."""
    files = {name: (tmp_path / name, b"new") for name in ("a.sql", "b.sql")}
    now = Snapshot(snapshot.module, "1" * 64, snapshot.modules, files, ())
    built_before(workdir, catalogue, now, hash="0" * 64)
    directory = workdir.path / "dev-7"
    setup = directory / "setup.json"
    setup.write_text(
        setup.read_text().replace(
            '"sources": {', '"sources": {"a.sql": ["method/a.sql", ""], "b.sql": ["method/b.sql", ""], '
        )
    )
    (directory / "method/a.sql").write_bytes(b"old")
    (directory / "method/b.sql").write_bytes(b"new")

    found = compare(facts_of_request(wanted(catalogue, now)), read_facts(directory))

    assert found == (Difference("source", "a.sql"),)


def test_an_input_file_that_differs_is_told(workdir: Workdir, catalogue: Catalogue, snapshot: Snapshot) -> None:
    """By its name."""
    built_before(workdir, catalogue, snapshot, input_files={"file": ["a.csv", "old", []]})
    wants = wanted(catalogue, snapshot, {"file": "new"}, input_files={"file": "a.csv"})

    assert why(catalogue, wants) == ("input file changed: a.csv",)


def test_an_input_that_differs_is_told(workdir: Workdir, catalogue: Catalogue, snapshot: Snapshot) -> None:
    """From which job to which; one with equal output is no difference."""
    identity = identify(request(jobs={"a": "dev-1"}), CODE, catalogue, {}, 2)
    built_before(workdir, catalogue, snapshot, jobs={"a": "dev-1"}, inputs=identity.inputs)

    assert why(catalogue, wanted(catalogue, snapshot, jobs={"a": "dev-3"})) == ("input a: dev-1 → dev-3",)
    assert why(catalogue, wanted(catalogue, snapshot, jobs={"a": None})) == ("input a: dev-1 → nothing",)
    assert why(catalogue, wanted(catalogue, snapshot, jobs={"a": "dev-2"})) == ("asked to run again",)


def test_a_fault_is_the_reason(catalogue: Catalogue, snapshot: Snapshot) -> None:
    """Where a job of this very key cannot be used, that is why."""
    found = explain(wanted(catalogue, snapshot), catalogue, "dev-1", "dev-1 is damaged")

    assert found == Why("count", "unfit", "dev-1", "dev-1 is damaged")
    assert sentences(found) == ("dev-1 is damaged",)


def test_a_method_that_never_ran_is_told(catalogue: Catalogue, snapshot: Snapshot) -> None:
    """There is nothing to compare with."""
    wants = wanted(catalogue, snapshot)
    new = Wanted(request(method="new"), wants.identity, snapshot)

    found = explain(new, catalogue, "", "")

    assert found == Why("new", "new")
    assert sentences(found) == ("new was never built",)


def test_a_forced_job_says_so_first(workdir: Workdir, catalogue: Catalogue, snapshot: Snapshot) -> None:
    """That it was asked to run in any case; and what differs, where something does."""
    built_before(workdir, catalogue, snapshot)

    found = explain(wanted(catalogue, snapshot, options={"n": 2}), catalogue, "dev-7", "", force=True)

    assert found.cause == "forced"
    assert sentences(found) == ("asked to run again", "option n: 1 → 2")


def test_reuse_through_an_equal_input_is_told(catalogue: Catalogue, snapshot: Snapshot) -> None:
    """A job built from dev-1 answers a request with dev-2, because they came out the same."""
    before = identify(request(jobs={"a": "dev-1"}), CODE, catalogue, {}, 2)
    wants = wanted(catalogue, snapshot, jobs={"a": "dev-2"})
    found = catalogue.get("dev-4")
    assert found is not None
    job = replace(found, inputs=before.inputs, code=wants.identity.code, options=("n",))

    assert explain_reuse(wants, job) == "because dev-2 ≡ dev-1"
    same = Wanted(wants.request, replace(wants.identity, inputs=before.inputs), snapshot)
    assert explain_reuse(same, job) == ""


def test_reuse_through_what_is_declared_or_new_is_told(catalogue: Catalogue, snapshot: Snapshot) -> None:
    """A source that counts as equal, and options that the method has only since the job was built."""
    wants = wanted(catalogue, snapshot, options={"n": 1, "m": None})
    found = catalogue.get("dev-4")
    assert found is not None

    assert explain_reuse(wants, replace(found, code="0" * 64, options=("n",))) == (
        "because its source is declared equivalent, m is new and at default"
    )
    assert explain_reuse(wants, replace(found, code=wants.identity.code, options=())) == (
        "because m, n are new and at default"
    )


_ODD: list[Any] = [
    {"input_files": {"file": 3}},
    {"options": {"n": {"$set": 3}}},
    {"jobs": {"a": {}}},
    {"sources": {"helper": 3}},
]


@pytest.mark.parametrize("odd", _ODD, ids=repr)
def test_an_order_that_somebody_made_up_is_compared_or_not(
    workdir: Workdir, catalogue: Catalogue, snapshot: Snapshot, odd: dict[str, Any]
) -> None:
    """A job with fields of other forms is damaged or differs; the reasons are sentences in any case."""
    built_before(workdir, catalogue, snapshot, hash="0" * 64, **odd)

    reasons = why(catalogue, wanted(catalogue, snapshot, {"file": "x"}, input_files={"file": "a"}, jobs={"a": "dev-1"}))

    assert all(isinstance(reason, str) for reason in reasons)
    assert reasons


def facts(parts: dict[str, Any]) -> Facts:
    """Make up what a job is made of."""
    references = {group: dict(parts[group]) for group in ("datasets", "jobs")}
    return Facts("", parts, parts["options"], references, dict.fromkeys(parts["files"], "a.csv"), {})


_VALUES = st.sampled_from([None, True, 1, 1.0, 0, "1", [1], {"$set": [1]}])
_SOME = st.dictionaries(st.sampled_from("ab"), _VALUES, max_size=2)
_INPUTS = st.dictionaries(st.sampled_from("ab"), st.sampled_from(["x", "y", None]), max_size=2)
_MADE_OF = st.fixed_dictionaries(
    {"method": st.just("m"), "code": st.sampled_from("cd"), "options": _SOME, "datasets": _INPUTS, "jobs": _INPUTS,
     "files": st.dictionaries(st.sampled_from("ab"), st.sampled_from("xy"), max_size=2), "slices": st.integers(2, 3)},
    optional={"packages": _SOME, "later": _VALUES},
)  # fmt: skip


@given(_MADE_OF, _MADE_OF)
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_differs_exactly_where_the_keys_are_equal(now: dict[str, Any], before: dict[str, Any]) -> None:
    """Whatever is in the key, also what only a later version puts there, is told where it differs, and nothing else."""
    found = compare(facts(now), facts(before))

    assert (found == ()) == (digest_of(now) == digest_of(before))


@pytest.mark.parametrize(
    "why",
    [
        Why("m", "new"),
        Why("m", "unfit", "dev-1", "dev-1 is damaged"),
        Why(
            "m",
            "differs",
            "dev-1",
            "",
            (
                Difference(
                    "source", "a/b.py", changes=(Change("changed", "method", "A.f"), Change("added", "name", "X"))
                ),
                Difference("source", "old.py", lacks="now"),
                Difference("option", "n", None, {"$set": [1]}),
                Difference("option", "m", now=None, lacks="before"),
                Difference("input", "jobs.one", ["dev-1", None], ["dev-2", None]),
            ),
        ),
    ],
    ids=lambda why: why.cause,
)
def test_why_survives_json(why: Why) -> None:
    """What is written into a record is read back the same; None is another thing than nothing."""
    assert parse_why(parse_record(format_record(why.to_record()))) == why


@pytest.mark.parametrize(
    "odd", [None, {}, [], {"method": 1, "cause": "new", "nearest": "", "fault": "", "differences": 3},
            {"method": "m", "cause": "new", "nearest": "", "fault": "", "differences": [{"kind": "x"}]}], ids=repr
)  # fmt: skip
def test_what_is_no_reason_is_refused(odd: Any) -> None:
    """A record that somebody made up is refused with one sentence."""
    with pytest.raises(RecordError, match="not why a job was built"):
        parse_why(odd)


def test_a_long_value_is_cut_in_records() -> None:
    """A list of ten thousand names is not written thrice."""
    record = Difference("option", "names", ["x" * 9] * 10_000, 1).to_record()

    assert len(record["before"]) < 1100
    assert record["before"].endswith("characters)")
