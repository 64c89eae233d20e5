"""dataset_unroundrobin: the former round-robin order, split evenly or where a column changes."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtui import Dataset, DatasetUsageError
from axtui.standard_methods import a_dataset_unroundrobin
from tests.unit.dataset.desk import Desk
from tests.unit.standard_methods.staging import run_method

FEW = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


def uneven(desk: Desk, counts: list[int], kinds: dict[str, Any], row: Any) -> Dataset:
    """Return a dataset with so many lines in its slices; `row` gives the line with a number."""
    writer = desk.job().datasetwriter(columns=kinds)
    number = 0
    for sliceno, count in enumerate(counts):
        writer.set_slice(sliceno)
        for _ in range(count):
            writer.write(*row(number))
            number += 1
    return writer.finish()


@FEW
@given(counts=st.lists(st.integers(0, 9), min_size=3, max_size=3))
def test_the_former_order(desk: Desk, counts: list[int]) -> None:
    """All slices one after the other give what iterating in turn gave, split evenly, however long slices were."""
    source = uneven(desk, counts, {"j": "json", "n": "int32"}, lambda n: ({"n": n}, n))

    job, _ = run_method(desk, a_dataset_unroundrobin, source=source)

    found = Dataset(job)
    assert list(found.iterate(None)) == list(source.iterate("roundrobin"))
    assert max(found.lines) - min(found.lines) <= 1 and sorted(found.lines, reverse=True) == found.lines


@FEW
@given(values=st.lists(st.sampled_from([1.0, 2.0, None, float("nan")]), max_size=25).map(lambda v: sorted(v, key=repr)))
def test_a_trigger_delays_the_switch(desk: Desk, values: list[Any]) -> None:
    """With trigger_column no run of equal values is cut, and each slice begins at the first change after its share."""
    source = desk.dataset({"v": ("float64", True), "w": "int32"}, [(v, n) for n, v in enumerate(values)])

    job, _ = run_method(desk, a_dataset_unroundrobin, source=source, trigger_column="v")

    ends, total = [0], 0
    for _, run in groupby(values, key=repr):
        total += len(list(run))
        ends.append(total)
    size, more = divmod(total, 3)
    starts = [min(end for end in ends if end >= n * size + min(n, more)) for n in range(4)]
    assert list(Dataset(job).iterate(None, "w")) == list(range(total))
    assert Dataset(job).lines == [b - a for a, b in pairwise(starts)]


def test_many_batches(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only a few lines are in memory at a time, the order is the same."""
    monkeypatch.setattr("axtui.standard_methods.copying.BATCH_NBYTES", 100)
    source = uneven(desk, [40, 3, 25], {"n": "int64", "t": "ascii"}, lambda n: (n, f"text {n}"))

    job, _ = run_method(desk, a_dataset_unroundrobin, source=source)

    assert list(Dataset(job).iterate(None)) == list(source.iterate("roundrobin"))


def test_where_it_comes_from(desk: Desk) -> None:
    """File name and previous are kept and set; the hashlabel is gone, for lines are in other slices."""
    source = desk.dataset({"n": "int64"}, [(n,) for n in range(5)], hashlabel="n", filename="f")
    before = desk.dataset({"n": "int64"}, [])

    job, _ = run_method(desk, a_dataset_unroundrobin, source=source, previous=before)

    found = Dataset(job)
    assert (found.filename, found.previous, found.hashlabel) == ("f", before, None)


def test_a_trigger_that_is_not_there(desk: Desk) -> None:
    """The message names the option and what there is."""
    source = desk.dataset({"n": "int64"}, [(1,)])

    with pytest.raises(DatasetUsageError, match="trigger_column: dev-0 has no column 'x'; it has n"):
        run_method(desk, a_dataset_unroundrobin, source=source, trigger_column="x")
