"""dataset_sort against a plain model: order, stability, None and NaN, slices, triggers, and more than memory holds."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time
from functools import cmp_to_key
from itertools import groupby, pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtui import Dataset, DatasetUsageError
from axtui.standard_methods import a_dataset_sort
from axtui.standard_methods.round_robin import split_evenly
from tests.unit.dataset.desk import Desk
from tests.unit.dataset.strategies import VALUES
from tests.unit.standard_methods.staging import run_method

FEW = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
SORTABLE = sorted(set(VALUES) - {"json", "pickle", "complex32", "complex64"})
NAN = float("nan")


def compare(one: Any, other: Any) -> int:
    """Compare two values of a column as dataset_sort says."""
    if one is None or other is None:
        is_date = isinstance(one if other is None else other, (date, time))
        return ((one is None) - (other is None)) * (1 if is_date else -1)
    if one != one or other != other:
        return (one != one) - (other != other)
    if isinstance(one, (datetime, time)):
        one, other = (value.replace(tzinfo=None, fold=0) for value in (one, other))
    return (one > other) - (one < other)


def model(rows: list[Any], columns: list[int], is_descending: bool) -> list[Any]:
    """Return rows in order."""

    def compare_rows(one: Any, other: Any) -> int:
        return next((found for i in columns if (found := compare(one[i], other[i]))), 0)

    return sorted(rows, key=cmp_to_key(compare_rows), reverse=is_descending)


def some(kind: str) -> st.SearchStrategy[Any]:
    """Return values of a type, None among them, equal ones often."""
    values = VALUES[kind]
    if kind in ("float32", "float64", "number"):
        values |= st.sampled_from([NAN, 0.0, -0.0, math.inf])
    if kind == "number":
        large = st.integers(2**53 - 2, 2**53 + 2) | st.integers(2**63 - 2, 2**63 + 2) | st.integers(2**70, 2**70 + 2)
        values |= st.builds(
            lambda n, sign, is_float: float(n) * sign if is_float else n * sign,
            large,
            st.sampled_from([1, -1]),
            st.booleans(),
        )
        values |= st.integers(-3, 3) | st.sampled_from([0.5, -2.5, 1.0])
    return st.none() | values | st.sampled_from([_FIRST[kind]])


_FIRST: dict[str, Any] = dict.fromkeys(("int32", "int64", "number"), 7) | {
    "bool": True,
    "float32": 7.0,
    "float64": 7.0,
    "bytes": b"7",
    "ascii": "7",
    "unicode": "é",
    "date": date(2020, 1, 1),
    "datetime": datetime(2020, 1, 1),
    "time": time(7),
}
"""A value of each type that comes often."""


def same(one: list[Any], other: list[Any]) -> bool:
    """Tell whether rows are the same to the letter: NaN like NaN, 1 unlike 1.0."""
    return repr(one) == repr(other)


@FEW
@given(data=st.data(), kinds=st.lists(st.sampled_from(SORTABLE), min_size=1, max_size=3), is_descending=st.booleans())
def test_each_slice_is_sorted(desk: Desk, data: Any, kinds: list[str], is_descending: bool) -> None:
    """Each slice is what a plain stable sort of it gives, for all types, values and both orders."""
    rows = data.draw(st.lists(st.tuples(*map(some, kinds)), max_size=25))
    columns = {f"c{i}": (kind, True) for i, kind in enumerate(kinds)} | {"n": "int32"}
    source = desk.dataset(columns, [(*row, n) for n, row in enumerate(rows)])
    order = data.draw(st.permutations(range(len(kinds))))

    job, _ = run_method(
        desk,
        a_dataset_sort,
        source=source,
        sort_columns=[f"c{i}" for i in order],
        sort_order="descending" if is_descending else "ascending",
    )

    for sliceno in range(desk.slices):
        wanted = model(list(source.iterate(sliceno)), list(order), is_descending)
        assert same(list(Dataset(job).iterate(sliceno)), wanted)


@FEW
@given(
    data=st.data(),
    kinds=st.lists(st.sampled_from(SORTABLE), min_size=1, max_size=2),
    is_descending=st.booleans(),
    is_small=st.booleans(),
)
def test_runs_are_merged(desk: Desk, data: Any, kinds: list[str], is_descending: bool, is_small: bool) -> None:
    """Where memory holds only a few lines, the order is the same, across slices and over datasets of a chain."""
    rows = data.draw(st.lists(st.tuples(*map(some, kinds)), max_size=30))
    rows *= data.draw(st.integers(1, 3))
    columns = {f"c{i}": (kind, True) for i, kind in enumerate(kinds)} | {"n": "int32"}
    numbered = [(*row, n) for n, row in enumerate(rows)]
    half = data.draw(st.integers(0, len(rows)))
    one = desk.dataset(columns, numbered[:half])
    source = desk.dataset(columns, numbered[half:], previous=one)

    with pytest.MonkeyPatch.context() as patch:
        if is_small:
            make_small(patch)
        job, _ = run_method(
            desk,
            a_dataset_sort,
            source=source,
            sort_columns=[f"c{i}" for i in range(len(kinds))],
            sort_order="descending" if is_descending else "ascending",
            sort_across_slices=True,
        )

    wanted = model(list(source.iterate_chain(None)), list(range(len(kinds))), is_descending)
    starts = split_evenly(len(rows), desk.slices)
    assert same(list(Dataset(job).iterate(None)), wanted)
    assert Dataset(job).lines == [stop - start for start, stop in pairwise(starts)]


def make_small(patch: pytest.MonkeyPatch) -> None:
    """Let memory hold a few lines only, in batches of a few, merged by twos."""
    patch.setattr("axtui.standard_methods.copying.BATCH_NBYTES", 100)
    patch.setattr("axtui.standard_methods.a_dataset_sort.spare_nbytes", lambda processes: 1000)
    patch.setattr("axtui.standard_methods.sort_lines._MOST_RUNS", 2)
    patch.setattr("axtui.standard_methods.sort_lines._FEWEST_LINES", 2)


@pytest.mark.parametrize("is_small", [False, True])
@FEW
@given(values=st.lists(st.sampled_from([None, "a", "b", "c", "d"]), max_size=25), is_descending=st.booleans())
def test_a_trigger_keeps_values_together(desk: Desk, is_small: bool, values: list[Any], is_descending: bool) -> None:
    """No value of the trigger column is in two slices; each begins at the first change after its even share."""
    rows = [(value, n) for n, value in enumerate(values)]
    source = desk.dataset({"a": ("ascii", True), "n": "int64"}, rows)

    with pytest.MonkeyPatch.context() as patch:
        if is_small:
            make_small(patch)
        job, _ = run_method(
            desk,
            a_dataset_sort,
            source=source,
            sort_columns=["a", "n"],
            sort_order="descending" if is_descending else "ascending",
            sort_across_slices=True,
            trigger_column="a",
        )

    wanted = model(rows, [0, 1], is_descending)
    ends = [0]
    for _, group in groupby(wanted, key=lambda row: row[0]):
        ends.append(ends[-1] + len(list(group)))
    starts = [next(end for end in ends if end >= start) for start in split_evenly(len(rows), 3)]
    assert list(Dataset(job).iterate(None)) == wanted
    assert Dataset(job).lines == [stop - start for start, stop in pairwise(starts)]


@pytest.mark.parametrize("bound", [2.0**63, 1e300, math.inf])
def test_large_integers_are_sorted_among_larger_floats(desk: Desk, bound: float) -> None:
    """Also where a float is the largest value of the column, so that no integer tells how large they get."""
    values = [bound, 2**63, 2**62, -1.5]
    source = desk.dataset({"n": "number"}, [(value,) for value in values])

    job, _ = run_method(desk, a_dataset_sort, source=source, sort_columns=["n"], sort_across_slices=True)

    assert list(Dataset(job).iterate(None, "n")) == sorted(values)


def test_text_is_in_order_of_code_points(desk: Desk) -> None:
    """Neither case nor language matters, and what lies beyond 16 bits comes after all that does not."""
    texts = ["b", "B", "é", "z", "", "\uffff", "\U00010000", "a"]
    source = desk.dataset({"t": "unicode"}, [(text,) for text in texts])

    job, _ = run_method(desk, a_dataset_sort, source=source, sort_columns=["t"], sort_across_slices=True)

    assert list(Dataset(job).iterate(None, "t")) == sorted(texts)


def test_flags_of_times_do_not_matter_and_stay(desk: Desk) -> None:
    """UTC and naive datetimes are in one order, equal ones as they came, with their flags."""
    values = [datetime(2020, 1, 2), datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 1), None]
    source = desk.dataset({"d": ("datetime", True)}, [(value,) for value in values])

    job, _ = run_method(desk, a_dataset_sort, source=source, sort_columns=["d"], sort_across_slices=True)

    assert list(Dataset(job).iterate(None, "d")) == [values[1], values[2], values[0], None]


def test_everything_comes_along(desk: Desk) -> None:
    """Columns of all types follow, json and pickles too; the hashlabel stays within slices, and goes across."""
    rows = [(n % 2 == 0, complex(n, 1), {"n": [n]}, (n,), -n) for n in range(20)]
    columns = {"b": "bool", "c": "complex64", "j": "json", "p": "pickle", "z": "int64"}
    source = desk.dataset(columns, rows, hashlabel="z", filename="f")

    within, _ = run_method(desk, a_dataset_sort, source=source, sort_columns=["z"])
    across, _ = run_method(desk, a_dataset_sort, source=source, sort_columns=["z"], sort_across_slices=True)

    assert list(Dataset(across).iterate(None)) == rows[::-1]
    assert [Dataset(job).hashlabel for job in (within, across)] == ["z", None]
    assert (Dataset(within).filename, Dataset(within).lines) == ("f", source.lines)


def test_only_what_is_new_after_previous(desk: Desk) -> None:
    """The chain stops at the source of the previous dataset's job; with nothing new an empty dataset follows."""
    one = desk.dataset({"n": "int32"}, [(2,), (1,)])
    two = desk.dataset({"n": "int32"}, [(4,), (3,)], previous=one)
    first, _ = run_method(desk, a_dataset_sort, source=one, sort_columns=["n"], sort_across_slices=True)

    job, _ = run_method(desk, a_dataset_sort, source=two, previous=first, sort_columns=["n"], sort_across_slices=True)
    empty, _ = run_method(desk, a_dataset_sort, source=two, previous=job, sort_columns=["n"])

    assert list(Dataset(job).iterate(None, "n")) == [3, 4] and Dataset(job).previous == first
    assert Dataset(empty).shape == (1, 0) and Dataset(empty).previous == job


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sort_columns": []}, "sort_columns is empty"),
        ({"sort_columns": ["x"]}, "sort_columns: dev-0 has no column 'x'; it has a, j, k"),
        ({"sort_columns": ["j"]}, "column 'j' of dev-0 is json, which has no order to sort by"),
        ({"sort_columns": ["k"]}, "column 'k' of dev-0 is complex64, which has no order to sort by"),
        ({"sort_columns": ["a"], "trigger_column": "a"}, "trigger_column has no meaning without sort_across_slices"),
        (
            {"sort_columns": ["a"], "trigger_column": "k", "sort_across_slices": True},
            "trigger_column is one of sort_columns (a), found 'k'",
        ),
    ],
)
def test_what_cannot_be_sorted(desk: Desk, options: Any, message: str) -> None:
    """What is missing or has no order is refused before anything is written."""
    source = desk.dataset({"a": "int32", "j": "json", "k": "complex64"}, [(1, {}, 1j)])

    with pytest.raises(DatasetUsageError) as raised:
        run_method(desk, a_dataset_sort, source=source, **options)

    assert message in str(raised.value)


def test_other_columns_along_the_chain(desk: Desk) -> None:
    """A chain whose columns differ is refused."""
    one = desk.dataset({"a": "int32", "b": "int32"}, [(1, 1)])
    two = desk.dataset({"a": "int32"}, [(1,)], previous=one)

    with pytest.raises(DatasetUsageError, match="dev-0 has a column 'b' and dev-1 has not"):
        run_method(desk, a_dataset_sort, source=two, sort_columns=["a"])


def test_runs_without_lines_are_merged(desk: Desk) -> None:
    """Memory for a few lines, a chain that begins with an empty dataset, and slices that hold nothing but None."""
    columns = {"a": ("ascii", True), "n": "int32"}
    one = desk.dataset(columns, [])
    source = desk.dataset(columns, [(None, n) for n in range(27)], previous=one)

    with pytest.MonkeyPatch.context() as patch:
        make_small(patch)
        job, _ = run_method(desk, a_dataset_sort, source=source, sort_columns=["a"], sort_across_slices=True)

    assert sorted(n for _, n in Dataset(job).iterate(None)) == list(range(27))
