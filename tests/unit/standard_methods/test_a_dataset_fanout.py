"""dataset_fanout against a plain model: names, lines, columns, types along a chain, earlier jobs, very many values."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtui import Dataset, DatasetUsageError, Job
from axtui.standard_methods import a_dataset_fanout, a_dataset_fanout_collect
from tests.unit.dataset.desk import Desk
from tests.unit.dataset.strategies import VALUES
from tests.unit.standard_methods.staging import run_method

FEW = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def _collecting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the subjob run at once, in this process."""

    def build(method: str, options: Any, datasets: Any, jobs: Any) -> Any:
        assert method == "dataset_fanout_collect"
        found = [a_dataset_fanout_collect.analysis(n, options, datasets, jobs) for n in range(desk.slices)]
        return SimpleNamespace(load=lambda: a_dataset_fanout_collect.synthesis(found))

    monkeypatch.setattr("axtui.build", build, raising=False)


def fanout(desk: Desk, source: Dataset, previous: Any = None, **options: Any) -> tuple[Job, dict[str, Dataset]]:
    """Run it; return the job and its datasets by name."""
    jobs = {"previous": previous} if previous else {}
    job, _ = run_method(desk, a_dataset_fanout, jobs=jobs, source=source, **options)
    return job, {ds.name: ds for ds in job.datasets}


KINDS = sorted(set(VALUES) - {"pickle"})


@FEW
@given(data=st.data(), kind=st.sampled_from(KINDS), is_small=st.booleans())
def test_a_dataset_for_each_value(desk: Desk, data: Any, kind: str, is_small: bool) -> None:
    """For values of all types there is a dataset for each text of one, with its lines in their slices and order."""
    some = [*data.draw(st.lists(VALUES[kind], max_size=3)), None]
    values = [value for value in data.draw(st.lists(st.sampled_from(some), max_size=30)) if len(repr(value)) < 60]
    source = desk.dataset({"k": (kind, True), "n": "int64"}, list(zip(values, range(len(values)), strict=True)))

    with pytest.MonkeyPatch.context() as patch:
        if is_small:
            patch.setattr("axtui.standard_methods.copying.BATCH_NBYTES", 100)
            patch.setattr("axtui.standard_methods.a_dataset_fanout.spare_nbytes", lambda processes: 1000)
        _, found = fanout(desk, source, column="k")

    rows = [list(source.iterate(sliceno)) for sliceno in range(desk.slices)]
    assert set(found) == {str(value) for part in rows for value, _ in part}
    for name, ds in found.items():
        assert list(ds.columns) == ["n"]
        for sliceno, part in enumerate(rows):
            assert list(ds.iterate(sliceno, "n")) == [n for value, n in part if str(value) == name]


def test_zeros_have_two_names(desk: Desk) -> None:
    """It is the text that counts: 0.0 and -0.0 are equal, and so are 1 and 1.0."""
    source = desk.dataset({"k": "number", "n": "int32"}, [(value, 0) for value in (0.0, -0.0, 1, 1.0, 2**70)])

    _, found = fanout(desk, source, column="k")

    assert set(found) == {"0.0", "-0.0", "1", "1.0", str(2**70)}


def test_the_values_may_be_of_several_types(desk: Desk) -> None:
    """Along a chain the column of the values may change its type: they are told apart by their texts alone."""
    first = desk.dataset({"k": "int64", "n": "int32"}, [(1, 0), (2, 1)])
    second = desk.dataset({"k": "ascii", "n": "int32"}, [("1", 2), ("x", 3)], previous=first)

    _, found = fanout(desk, second, column="k")

    assert {name: list(ds.iterate(None, "n")) for name, ds in found.items()} == {"1": [0, 2], "2": [1], "x": [3]}


def test_columns_of_a_chain(desk: Desk) -> None:
    """Only common columns are kept; ascii and unicode, int32 and float64 become wider; None if it was anywhere."""
    one = desk.dataset(
        {"k": "ascii", "t": "ascii", "v": "int32", "w": "int32", "only": "bool"}, [("a", True, "x", 1, 2)]
    )
    two = desk.dataset(
        {"k": "unicode", "t": ("unicode", True), "v": "float64", "w": "int64"},
        [("a", "é", 0.5, 2**40), ("b", None, 2.0, 3)],
        previous=one,
        filename="f",
    )

    _, found = fanout(desk, two, column="k")

    kinds = {name: (column.type, column.none_support) for name, column in found["a"].columns.items()}
    assert kinds == {"t": ("unicode", True), "v": ("number", False), "w": ("int64", False)}
    assert sorted(found["a"].iterate(None)) == [("x", 1, 2), ("é", 0.5, 2**40)]
    assert list(found["b"].iterate(None)) == [(None, 2.0, 3)]
    assert [type(v) for v in sorted(found["a"].iterate(None, "v"), reverse=True)] == [int, float]
    assert (found["a"].filename, found["a"].previous) == ("f", None)


def test_length_limits_the_chain(desk: Desk) -> None:
    """Values of older datasets do not count."""
    one = desk.dataset({"k": "ascii", "n": "int32"}, [("a", 1)])
    two = desk.dataset({"k": "ascii", "n": "int32"}, [("b", 2)], previous=one)

    assert set(fanout(desk, two, column="k", length=1)[1]) == {"b"}


def test_datasets_follow_those_of_an_earlier_job(desk: Desk) -> None:
    """Each goes on from the one of its name; what only the earlier job has gets a dataset without lines."""
    one = desk.dataset({"k": "ascii", "n": "int32"}, [("a", 1), ("b", 2)])
    two = desk.dataset({"k": "ascii", "n": "int32"}, [("b", 3), ("c", 4)], previous=one)
    first, before = fanout(desk, one, column="k")

    _, found = fanout(desk, two, previous=first, column="k")

    assert {name: list(ds.iterate(None, "n")) for name, ds in found.items()} == {"a": [], "b": [3], "c": [4]}
    assert {name: ds.previous for name, ds in found.items()} == {"a": before["a"], "b": before["b"], "c": None}
    assert list(found["b"].iterate_chain(None, "n")) == [2, 3]


def test_nothing_new(desk: Desk) -> None:
    """Where the earlier job has had the whole chain there are its names, without lines."""
    one = desk.dataset({"k": "ascii", "n": "int32"}, [("a", 1)])
    first, _ = fanout(desk, one, column="k")

    _, found = fanout(desk, one, previous=first, column="k")

    assert {name: ds.shape for name, ds in found.items()} == {"a": (1, 0)}


@pytest.mark.parametrize(("hashlabel", "kept"), [("n", "n"), ("k", None), (None, None)])
def test_the_hashlabel_stays(desk: Desk, hashlabel: str | None, kept: str | None) -> None:
    """Lines do not change slices, so the hashlabel is kept, unless its column is the one that goes."""
    source = desk.dataset({"k": "ascii", "n": "int32"}, [("a", n) for n in range(9)], hashlabel=hashlabel)

    assert fanout(desk, source, column="k")[1]["a"].hashlabel == kept


def test_thousands_of_values(desk: Desk) -> None:
    """Two thousand datasets are made with no more than a hundred open files, though each has lines in every slice."""
    import resource

    source = desk.dataset({"k": "int32", "n": "int32"}, [(n % 2000, n) for n in range(6000)])
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))
    try:
        _, found = fanout(desk, source, column="k")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert len(found) == 2000
    assert sorted(found["17"].iterate(None, "n")) == [17, 2017, 4017]


@pytest.mark.parametrize(
    ("columns", "rows", "column", "message"),
    [
        ({"a": "int32"}, [(1,)], "x", "column: dev-0 has no column 'x'; it has a"),
        ({"a": "int32"}, [(1,)], "a", "no column in common beside 'a'"),
        ({"a": "ascii", "b": "bool"}, [("x" * 300, True)], "a", "at most 255 bytes on the disk, found 300"),
    ],
)
def test_what_cannot_be(desk: Desk, columns: Any, rows: Any, column: str, message: str) -> None:
    """A column that is not there, one that leaves nothing, and a value that cannot be a name."""
    with pytest.raises(DatasetUsageError, match=message):
        fanout(desk, desk.dataset(columns, rows), column=column)


def test_types_that_do_not_go_together(desk: Desk) -> None:
    """Text and numbers have no common type, and the message says where each is."""
    one = desk.dataset({"k": "ascii", "v": "ascii"}, [])
    two = desk.dataset({"k": "ascii", "v": "int32"}, [], previous=one)

    with pytest.raises(DatasetUsageError, match="column 'v' do not go into one: ascii in dev-0, int32 in dev-1"):
        fanout(desk, two, column="k")
