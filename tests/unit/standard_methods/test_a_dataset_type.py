"""dataset_type: new columns beside inherited ones, bad values, chains, other slices."""

from __future__ import annotations

from typing import Any

import pytest

from axtui import Dataset
from axtui.base.errors import DatasetUsageError
from axtui.dataset.hashing import hash_value
from tests.unit.dataset.desk import Desk
from tests.unit.standard_methods.running import csvimport, dataset_type

TEXT = "a,b,c\n" + "".join(f"{n},{n / 2},t{n % 3}\n" for n in range(20))


@pytest.fixture
def source(desk: Desk) -> Dataset:
    """Return an imported dataset of 20 lines: a whole numbers, b halves, c text."""
    return Dataset(csvimport(desk, TEXT)[0])


def test_new_columns_beside_inherited_ones(desk: Desk, source: Dataset) -> None:
    """What is typed is written, the rest is inherited, and order and slices stay."""
    job, names = dataset_type(desk, source, column2type={"a": "int64_10", "b": "number"})

    ds = Dataset(job)
    assert list(ds.iterate("roundrobin")) == [(n, n / 2, f"t{n % 3}".encode()) for n in range(20)]
    assert (names, ds.parent, ds.caption, ds.columns["c"].location) == (
        ["default"],
        source,
        "typed dataset",
        f"{source}/default",
    )


@pytest.mark.parametrize(
    ("options", "columns"),
    [
        ({"discard_untyped": True}, ["a"]),
        ({"rename": {"c": None}}, ["a", "b"]),
        ({"rename": {"b": "z"}, "column2type": {"z": "float64"}}, ["a", "b", "c", "z"]),
        ({"filter_bad": True, "discard_untyped": True}, ["a"]),
    ],
)
def test_columns_can_be_renamed_and_left_out(desk: Desk, source: Dataset, options: Any, columns: list[str]) -> None:
    """discard_untyped and rename decide which columns there are."""
    job, _ = dataset_type(desk, source, **{"column2type": {"a": "int64_10"}, **options})

    assert sorted(Dataset(job).columns) == columns


def test_chains_are_typed_one_by_one(desk: Desk, source: Dataset) -> None:
    """Each dataset of the chain becomes one; the last is default; after previous only what is new is typed."""
    second = Dataset(csvimport(desk, "a,b,c\n100,1,x\n", previous=source)[0])

    job, names = dataset_type(desk, second, column2type={"a": "int64_10"})

    assert names == ["0", "default"] and Dataset(job).chain() == [f"{job}/0", job]
    assert sorted(Dataset(job).iterate_chain(None, "a")) == [*range(20), 100]


def test_bad_values_stop_with_their_place(desk: Desk, source: Dataset) -> None:
    """The first bad value is shown with dataset, column, slice and line."""
    with pytest.raises(RuntimeError, match=f'Failed to convert "t0" from {source} column c slice 0 line 1'):
        dataset_type(desk, source, column2type={"c": "int64_10"})


def test_bad_lines_are_kept_apart(desk: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    """With filter_bad, lines with a bad value go to "bad" as they were."""
    source = Dataset(csvimport(desk, "a,b\n1,x\nq,y\n3,z\n4,w\n")[0])

    job, names = dataset_type(desk, source, column2type={"a": "int64_10"}, filter_bad=True)

    assert sorted(Dataset(job).iterate(None)) == [(1, b"x"), (3, b"z"), (4, b"w")]
    assert list(Dataset(job, "bad").iterate(None)) == [(b"q", b"y")]
    assert (names, Dataset(job).parent) == (["default", "bad"], None)
    assert "column a: 1 bad values" in capfd.readouterr().out


def test_defaults_stand_in_for_bad_values(desk: Desk) -> None:
    """A default is converted like any value; None as default allows None."""
    source = Dataset(csvimport(desk, "a,b\n1,x\nq,7\n")[0])

    job, _ = dataset_type(desk, source, column2type={"a": "int64_10", "b": "number"}, defaults={"a": "5", "b": None})

    assert list(Dataset(job).iterate("roundrobin")) == [(1, None), (5, 7)]


def test_lines_move_to_their_hash(desk: Desk, source: Dataset) -> None:
    """With a hashlabel each line goes to the slice of its typed value, with all its columns."""
    job, _ = dataset_type(desk, source, column2type={"a": "int64_10"}, hashlabel="a")

    ds = Dataset(job)
    for sliceno in range(3):
        wanted = {(n, f"t{n % 3}".encode()) for n in range(20) if hash_value(n) % 3 == sliceno}
        assert set(ds.iterate(sliceno, ["a", "c"], hashlabel="a")) == wanted


def test_datetimes_can_be_utc(desk: Desk) -> None:
    """With timezone UTC, datetimes are flagged."""
    source = Dataset(csvimport(desk, "a,b\n2020-01-02,\n")[0])

    job, _ = dataset_type(desk, source, column2type={"a": "datetime:%Y-%m-%d"}, timezone="UTC")

    assert [str(value) for value in Dataset(job).iterate(None, "a")] == ["2020-01-02 00:00:00+00:00"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"column2type": {"q": "ascii"}}, "has no column 'q'; it has a, b, c"),
        ({"column2type": {}}, "column2type is empty"),
        ({"column2type": {"a": "int16"}}, "no type spec 'int16'"),
        ({"defaults": {"b": "1"}}, "column 'b' is given no type"),
        ({"defaults": {"a": "x"}}, "the default 'x' of column 'a' is no int64"),
        ({"chain_slices": True}, "chain_slices is not there yet"),
        ({"timezone": "Europe/Paris"}, "timezone 'Europe/Paris' is not there yet"),
        ({"rename": {"b": "z"}}, "renaming 'b' without giving 'z' a type is not there yet"),
    ],
)
def test_wrong_use_is_refused(desk: Desk, source: Dataset, options: dict[str, Any], message: str) -> None:
    """What the options cannot be is said before anything is written."""
    with pytest.raises(DatasetUsageError, match=message):
        dataset_type(desk, source, **{"column2type": {"a": "int64_10"}, **options})


def test_typed_columns_are_not_typed_again(desk: Desk) -> None:
    """Only text has a type to be given."""
    source = desk.dataset({"a": "int64"}, [(1,)])

    with pytest.raises(DatasetUsageError, match=r"column 'a' of .* is int64, wanted text or bytes"):
        dataset_type(desk, source, column2type={"a": "number"})
