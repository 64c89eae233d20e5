"""dataset_filter_columns, dataset_rename_columns, dataset_merge: datasets made of columns that stay where they are."""

from __future__ import annotations

from typing import Any

import pytest

from axtui import Dataset, DatasetUsageError
from axtui.standard_methods import a_dataset_filter_columns, a_dataset_merge, a_dataset_rename_columns
from tests.unit.dataset.desk import Desk
from tests.unit.standard_methods.staging import run_method


@pytest.fixture
def source(desk: Desk) -> Dataset:
    """Return a dataset of two lines, hashed on a, that follows another."""
    before = desk.dataset({"a": "int32"}, [])
    columns = {"a": "int32", "b": "ascii", "c": "float64"}
    return desk.dataset(columns, [(1, "x", 0.5), (2, "y", 1.5)], hashlabel="a", previous=before)


@pytest.mark.parametrize(
    ("options", "columns", "hashlabel"),
    [
        ({"keep_columns": ["a", "b"]}, ["a", "b"], "a"),
        ({"keep_columns": {"c"}}, ["c"], None),
        ({"discard_columns": ["c", "unheard of"]}, ["a", "b"], "a"),
    ],
)
def test_columns_are_left_out(desk: Desk, source: Dataset, options: Any, columns: list[str], hashlabel: Any) -> None:
    """What is kept, or not discarded, stays where it is; unknown discards do not matter."""
    job, _ = run_method(desk, a_dataset_filter_columns, source=source, **options)

    found = Dataset(job)
    assert list(found.columns) == columns and found.parent == source and found.hashlabel == hashlabel
    assert list(found.iterate(None)) == list(source.iterate(None, columns))
    assert found.previous is None


def test_a_filtered_dataset_follows_its_previous(desk: Desk, source: Dataset) -> None:
    """The chain is that of the parameter, not the source's."""
    first, _ = run_method(desk, a_dataset_filter_columns, source=source, keep_columns=["b"])

    job, _ = run_method(desk, a_dataset_filter_columns, source=source, previous=first, keep_columns=["b"])

    assert Dataset(job).previous == first


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "exactly one of keep_columns and discard_columns is wanted, found neither"),
        ({"keep_columns": ["a"], "discard_columns": ["b"]}, "found both"),
        ({"discard_columns": ["a", "b", "c"]}, "leaves no column of dev-1"),
        ({"keep_columns": ["x"]}, "x"),
    ],
)
def test_filters_that_cannot_be(desk: Desk, source: Dataset, options: Any, message: str) -> None:
    """Both, neither, nothing left, and a column to keep that is not there."""
    with pytest.raises(DatasetUsageError, match=message):
        run_method(desk, a_dataset_filter_columns, source=source, **options)


def test_columns_are_renamed(desk: Desk, source: Dataset) -> None:
    """New names, None for a column that goes; the hashlabel follows, and the chain is the source's."""
    job, _ = run_method(desk, a_dataset_rename_columns, source=source, rename={"a": "z", "b": None, "c": "a"})

    found = Dataset(job)
    assert list(found.iterate(None, ["z", "a"])) == list(source.iterate(None, ["a", "c"]))
    assert (sorted(found.columns), found.hashlabel, found.previous) == (["a", "z"], "z", source.previous)


@pytest.mark.parametrize("rename", [{"x": "y"}, {"a": "b"}, {"a": None, "b": None, "c": None}])
def test_names_that_cannot_be(desk: Desk, source: Dataset, rename: Any) -> None:
    """Unknown columns, a name twice, nothing left."""
    with pytest.raises(DatasetUsageError):
        run_method(desk, a_dataset_rename_columns, source=source, rename=rename)


def test_merging_from_left_to_right(desk: Desk) -> None:
    """The columns of all, where the last of a name wins; steps on the way have numbers as names."""
    base = desk.dataset({"a": "int32", "b": "int32"}, [(n, -n) for n in range(5)])
    one, _ = run_method(desk, a_dataset_rename_columns, source=base, rename={"a": "c", "b": None})
    two, _ = run_method(desk, a_dataset_rename_columns, source=base, rename={"b": "a", "a": None})
    before = desk.dataset({"a": "int32"}, [])

    job, _ = run_method(desk, a_dataset_merge, source=[base, Dataset(one), Dataset(two)], previous=before)

    found = Dataset(job)
    assert list(found.columns) == ["a", "b", "c"] and found.previous == before
    assert sorted(found.iterate(None)) == sorted((-n, -n, n) for n in range(5))
    assert found.parent == (f"{job}/0", two) and Dataset(job, "0").columns.keys() == {"a", "b", "c"}


def test_unrelated_datasets_are_merged_if_asked(desk: Desk) -> None:
    """Without a common ancestor it takes allow_unrelated."""
    one, two = desk.dataset({"a": "int32"}, [(1,)]), desk.dataset({"b": "int32"}, [(2,)])

    with pytest.raises(DatasetUsageError, match="no common ancestor"):
        run_method(desk, a_dataset_merge, source=[one, two])
    job, _ = run_method(desk, a_dataset_merge, source=[one, two], allow_unrelated=True)

    assert list(Dataset(job).iterate(None)) == [(1, 2)]


def test_merging_takes_two(desk: Desk) -> None:
    """One dataset alone is refused."""
    with pytest.raises(DatasetUsageError, match="at least two datasets"):
        run_method(desk, a_dataset_merge, source=[desk.dataset({"a": "int32"}, [])])
