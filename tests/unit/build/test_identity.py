"""The key of a job: what is in it and what is not; and why a job is built, from the same facts."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from axtui.base.errors import NoSuchDatasetError, NoSuchJobError
from axtui.build.identity import Identity, identify
from axtui.build.request import Request
from axtui.build.why import Wanted, explain, explain_reuse
from axtui.method.snapshot import Snapshot, take_snapshot
from axtui.method.sources import Sources
from axtui.store.catalogue import Catalogue
from axtui.store.workdir import Workdir
from tests.unit.store.jobs import make_job, make_workdir

CODE = "c" * 64


@pytest.fixture
def workdir(tmp_path: Path) -> Workdir:
    """Give a workdir in which dev-1 and dev-2 are the same in all that counts, and the others are not."""
    made = make_workdir(tmp_path)
    datasets: dict[str, Any] = {"datasets": {"default": "e", "more": "f"}}
    make_job(made, 1, datasets)
    make_job(made, 2, {**datasets, "notes": ["later"], "endtime": 99.0}, caption="again", starttime=5.0, key="9" * 64)
    make_job(made, 3, {**datasets, "output": "0" * 64})
    make_job(made, 4, datasets, parameters="1" * 64)
    make_job(made, 5, datasets, method="other")
    return made


@pytest.fixture
def catalogue(workdir: Workdir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    """Give the catalogue of that workdir."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = Catalogue({"dev": workdir.path}, "dev", tmp_path)
    made.refresh()
    return made


def request(**changes: Any) -> Request:
    """Make a typed request."""
    fields: dict[str, Any] = {"method": "one", "options": {"n": 1}, "datasets": {}, "jobs": {}, "input_files": {}}
    return Request(**{**fields, **changes})


def key(
    catalogue: Catalogue, code: str = CODE, files: Any = MappingProxyType({}), slices: int = 2, **changes: Any
) -> str:
    """Return the key of a request."""
    return identify(request(**changes), code, catalogue, dict(files), slices).key


def test_every_part_is_in_the_key(catalogue: Catalogue) -> None:
    """Method, code, options, inputs by their names, files, slice count: with another one it is another job."""
    keys = [
        key(catalogue),
        key(catalogue, method="two"),
        key(catalogue, code="d" * 64),
        key(catalogue, options={"n": 2}),
        key(catalogue, options={"n": 1, "m": None}),
        key(catalogue, files={"file": "x"}),
        key(catalogue, files={"file": "y"}),
        key(catalogue, files={"other": "x"}),
        key(catalogue, slices=3),
        key(catalogue, jobs={"a": "dev-1"}),
        key(catalogue, jobs={"b": "dev-1"}),
        key(catalogue, jobs={"a": ["dev-1"]}),
        key(catalogue, jobs={"a": None}),
        key(catalogue, jobs={"a": []}),
        key(catalogue, jobs={"a": ["dev-1", None]}),
        key(catalogue, datasets={"a": "dev-1"}),
        key(catalogue, datasets={"a": "dev-1/more"}),
    ]

    assert len(set(keys)) == len(keys)


def test_order_counts_in_lists_only(catalogue: Catalogue) -> None:
    """The order of options does not count; that of listed inputs does."""
    assert key(catalogue, options={"a": 1, "b": 2}) == key(catalogue, options={"b": 2, "a": 1})
    lists = [["dev-1", "dev-3"], ["dev-3", "dev-1"]]
    assert len({key(catalogue, jobs={"a": each}) for each in lists}) == 2


@pytest.mark.parametrize("group", ["jobs", "datasets"])
def test_an_input_is_what_it_made(catalogue: Catalogue, group: str) -> None:
    """A job that came out as another one, of the same method and parameters, is the same input; any other is not."""
    first, same, *others = (key(catalogue, **{group: {"a": f"dev-{number}"}}) for number in (1, 2, 3, 4, 5))

    assert first == same
    assert len({first, *others}) == 4


def test_an_input_that_is_not_there_is_refused(catalogue: Catalogue) -> None:
    """The error names the job, or the dataset and those that there are."""
    with pytest.raises(NoSuchJobError, match="there is no finished job 'dev-9'"):
        key(catalogue, jobs={"a": "dev-9"})
    with pytest.raises(NoSuchJobError, match="there is no finished job 'rubbish'"):
        key(catalogue, datasets={"a": "rubbish"})
    with pytest.raises(NoSuchDatasetError, match="job dev-1 has no dataset 'gone'; it has default, more"):
        key(catalogue, datasets={"a": ["dev-1/gone"]})


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
    return explain(wants, catalogue, "dev-7", "")


def test_an_option_that_differs_is_told(workdir: Workdir, catalogue: Catalogue, snapshot: Snapshot) -> None:
    """From what to what, as the user writes it; one that is new had no value."""
    built_before(workdir, catalogue, snapshot)
    wants = wanted(catalogue, snapshot, options={"n": 2, "when": {"$date": "2020-01-02"}})

    assert why(catalogue, wants) == ("option n: 1 → 2", "option when: not there → datetime.date(2020, 1, 2)")


def test_a_source_that_differs_is_told(workdir: Workdir, catalogue: Catalogue, snapshot: Snapshot) -> None:
    """By the file's name, also where it is the helper's or gone."""
    before = {name: ["", source.digest] for name, source in snapshot.modules.items()}
    sources = {**before, "helper": ["", "other"], "old": ["", "x"]}
    built_before(workdir, catalogue, snapshot, hash="0" * 64, sources=sources)

    assert why(catalogue, wanted(catalogue, snapshot)) == ("source changed: helper.py, old is gone",)


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
    assert explain(wanted(catalogue, snapshot), catalogue, "", "dev-1 is damaged") == ("dev-1 is damaged",)


def test_a_method_that_never_ran_is_told(catalogue: Catalogue, snapshot: Snapshot) -> None:
    """There is nothing to compare with."""
    wants = wanted(catalogue, snapshot)
    new = Wanted(request(method="new"), wants.identity, snapshot)

    assert explain(new, catalogue, "", "") == ("new was never built",)


def test_reuse_through_an_equal_input_is_told(catalogue: Catalogue, snapshot: Snapshot) -> None:
    """A job built from dev-1 answers a request with dev-2, because they came out the same."""
    before = identify(request(jobs={"a": "dev-1"}), CODE, catalogue, {}, 2)
    wants = wanted(catalogue, snapshot, jobs={"a": "dev-2"})
    found = catalogue.get("dev-4")
    assert found is not None
    job = type(found)(
        **{**{name: getattr(found, name) for name in found.__dataclass_fields__}, "inputs": before.inputs}
    )

    assert explain_reuse(wants, job) == "because dev-2 ≡ dev-1"
    same = Wanted(wants.request, Identity(before.key, CODE, before.inputs, {}), snapshot)
    assert explain_reuse(same, job) == ""


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
