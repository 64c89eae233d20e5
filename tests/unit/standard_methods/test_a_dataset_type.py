"""dataset_type: new columns beside inherited ones, bad values, chains, other slices."""

from __future__ import annotations

import json
from datetime import time
from typing import Any

import pytest

from axtui import Dataset
from axtui.base.errors import DatasetUsageError, UserError
from axtui.dataset.hashing import hash_value
from axtui.dsutil import strptime
from axtui.standard_methods import a_dataset_type
from tests.unit.dataset.desk import Desk
from tests.unit.standard_methods.running import csvimport, dataset_type
from tests.unit.standard_methods.staging import run_method

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


@pytest.mark.parametrize(
    ("timezone", "wanted"),
    [
        ("UTC", ["2020-01-02 12:00:00+00:00", "2020-07-02 12:00:00+00:00"]),
        ("Europe/Stockholm", ["2020-01-02 11:00:00+00:00", "2020-07-02 10:00:00+00:00"]),
        ("EST5EDT,M3.2.0,M11.1.0", ["2020-01-02 17:00:00+00:00", "2020-07-02 16:00:00+00:00"]),
    ],
)
def test_local_times_become_utc(desk: Desk, timezone: str, wanted: list[str]) -> None:
    """With a timezone, datetimes are read as local times there, and flagged; what counts from 1970 is not local."""
    source = Dataset(csvimport(desk, "a,b,c\n2020-01-02 12:00,0,1:00\n2020-07-02 12:00,0,2:00\n")[0])
    types = {"a": "datetime:%Y-%m-%d %H:%M", "b": "datetime:%s", "c": "time:%H:%M"}

    job, _ = dataset_type(desk, source, column2type=types, timezone=timezone)

    found = list(Dataset(job).iterate("roundrobin"))
    assert [str(row[0]) for row in found] == wanted
    assert {str(row[1]) for row in found} == {"1970-01-01 00:00:00+00:00"}
    assert [row[2] for row in found] == [time(1), time(2)]


def test_lines_that_move_can_be_chained(desk: Desk, source: Dataset) -> None:
    """With chain_slices, each slice of the source becomes a dataset; together they have every line in its place."""
    job, names = dataset_type(desk, source, column2type={"a": "int64_10"}, hashlabel="a", chain_slices=True)

    chain = Dataset(job).chain()
    assert sorted(names) == ["default", "default.0", "default.1"]
    assert chain == [f"{job}/default.0", f"{job}/default.1", job]
    assert [sorted(ds.iterate(None, "a")) for ds in chain] == [list(range(n, 20, 3)) for n in range(3)]
    for sliceno in range(3):
        wanted = sorted(n for n in range(20) if hash_value(n) % 3 == sliceno)
        assert sorted(value for ds in chain for value in ds.iterate(sliceno, "a", hashlabel="a")) == wanted


@pytest.mark.parametrize("chain_slices", [False, True])
def test_bad_lines_are_kept_apart_where_lines_move(desk: Desk, chain_slices: bool) -> None:
    """Bad lines are kept once, whether the hash column or another is bad."""
    text = "h,b\n" + "".join(f"{n},{n}\n" for n in range(30)) + "x,1\ny,z\n5,w\n"
    source = Dataset(csvimport(desk, text)[0])
    types = {"h": "int64_10", "b": "number"}

    job, _ = dataset_type(desk, source, column2type=types, hashlabel="h", filter_bad=True, chain_slices=chain_slices)

    assert sorted(Dataset(job).iterate_chain(None, ["h", "b"])) == [(n, n) for n in range(30)]
    assert sorted(Dataset(job, "bad").iterate(None, ["h", "b"])) == [(b"5", b"w"), (b"x", b"1"), (b"y", b"z")]


def test_the_hash_column_may_have_a_default(desk: Desk) -> None:
    """A bad hash value goes where its default belongs."""
    source = Dataset(csvimport(desk, "h,b\n1,1\nx,2\n7,3\n")[0])

    job, _ = dataset_type(desk, source, column2type={"h": "int64_10"}, defaults={"h": "7"}, hashlabel="h")

    found = {sliceno: sorted(Dataset(job).iterate(sliceno, ["h", "b"])) for sliceno in range(3)}
    assert found[hash_value(7) % 3][-2:] == [(7, b"2"), (7, b"3")]


def test_a_hashlabel_stays_or_goes(desk: Desk, source: Dataset) -> None:
    """None keeps the source's hashlabel, "" gives it up, and one that is left out is gone."""
    hashed = Dataset(dataset_type(desk, source, column2type={"a": "int64_10"}, hashlabel="a")[0])

    kept = Dataset(dataset_type(desk, hashed, column2type={"b": "number"})[0])
    cleared = Dataset(dataset_type(desk, hashed, column2type={"b": "number"}, hashlabel="")[0])
    gone = Dataset(dataset_type(desk, hashed, column2type={"b": "number"}, discard_untyped=True)[0])

    assert (kept.hashlabel, kept.columns["a"].location) == ("a", f"{hashed}/default")
    assert (cleared.hashlabel, gone.hashlabel) == (None, None)
    assert cleared.lines == gone.lines == hashed.lines


def test_a_hash_column_that_gets_a_type_is_hashed_anew(desk: Desk, source: Dataset) -> None:
    """Where the hash column itself is typed, lines go where the typed values belong."""
    hashed = Dataset(dataset_type(desk, source, column2type={"b": "number"}, hashlabel="a")[0])

    job, _ = dataset_type(desk, hashed, column2type={"a": "int32_10"})

    found = [value for sliceno in range(3) for value in Dataset(job).iterate(sliceno, "a", hashlabel="a")]
    assert sorted(found) == list(range(20))
    for sliceno in range(3):
        assert {hash_value(value) % 3 for value in Dataset(job).iterate(sliceno, "a")} <= {sliceno}


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"rename": {"b": "z"}}, {"a": 1, "b": b"2", "c": b"x", "z": b"2"}),
        ({"rename": {"b": "c"}}, {"a": 1, "b": b"2", "c": b"2"}),
        ({"rename": {"b": "c", "c": "b"}}, {"a": 1, "b": b"x", "c": b"2"}),
        ({"rename": {"b": "z"}, "filter_bad": True}, {"a": 1, "b": b"2", "c": b"x", "z": b"2"}),
        ({"rename": {"b": "z"}, "discard_untyped": True}, {"a": 1}),
        ({"rename": {"b": None, "q": "r"}}, {"a": 1, "c": b"x"}),
        (
            {"rename": {"a": "z"}, "column2type": {"a": "number", "z": "float64"}},
            {"a": 1, "b": b"2", "c": b"x", "z": 1.0},
        ),
        ({"rename": {"b": "a"}}, {"a": 2, "b": b"2", "c": b"x"}),
    ],
)
def test_renaming_hides_nothing(desk: Desk, options: dict[str, Any], wanted: dict[str, Any]) -> None:
    """A new name is a further one, and wins over a column that had it; None leaves a column out."""
    source = Dataset(csvimport(desk, "a,b,c\n1,2,x\n")[0])

    job, _ = dataset_type(desk, source, **{"column2type": {"a": "int64_10"}, **options})

    ds = Dataset(job)
    assert dict(zip(sorted(ds.columns), next(iter(ds.iterate(None))), strict=True)) == wanted


def test_numbers_with_a_comma(desk: Desk) -> None:
    """numeric_comma needs no locale; the error shows the text as it was."""
    source = Dataset(csvimport(desk, "a;b\n1,5;2,5\n", separator=";")[0])

    job, _ = dataset_type(desk, source, column2type={"a": "float64", "b": "number"}, numeric_comma=True)

    assert list(Dataset(job).iterate(None)) == [(1.5, 2.5)]
    with pytest.raises(RuntimeError, match=r'Failed to convert "2,5" from .* column b slice 0 line 1'):
        dataset_type(desk, source, column2type={"b": "float64"})


def test_length_and_previous_bound_the_chain(desk: Desk, source: Dataset) -> None:
    """Only so many datasets are typed, and none that the previous job had."""
    second = Dataset(csvimport(desk, "a,b,c\n100,1,x\n", previous=source)[0])

    job, names = dataset_type(desk, second, column2type={"a": "int64_10"}, length=1)

    assert (names, list(Dataset(job).iterate_chain(None, "a"))) == (["default"], [100])


@pytest.mark.parametrize(
    "options", [{}, {"filter_bad": True}, {"hashlabel": "a"}, {"hashlabel": "a", "chain_slices": True}]
)
def test_nothing_new_is_a_dataset_without_lines(desk: Desk, source: Dataset, options: dict[str, Any]) -> None:
    """Where the previous job had the same source, the chain goes on with the same columns and no lines."""
    job, _ = run_method(desk, a_dataset_type, source=source, column2type={"a": "int64_10"}, **options)

    again, _ = run_method(desk, a_dataset_type, source=source, previous=job, column2type={"a": "int64_10"}, **options)

    new, old = Dataset(again), Dataset(job)
    assert (new.lines, new.hashlabel) == ([0, 0, 0], old.hashlabel)
    assert {name: column.type for name, column in new.columns.items()} == {"a": "int64", "b": "bytes", "c": "bytes"}
    assert list(new.iterate_chain(None, "a")) == list(old.iterate_chain(None, "a"))


def test_bad_datasets_have_the_name_of_theirs(desk: Desk, source: Dataset) -> None:
    """In a chain each dataset has its own bad lines."""
    second = Dataset(csvimport(desk, "a,b,c\nx,1,x\n2,2,2\n", previous=source)[0])

    job, names = dataset_type(desk, second, column2type={"a": "int64_10"}, filter_bad=True)

    assert sorted(names) == ["0", "0.bad", "bad", "default"]
    assert list(Dataset(job, "bad").iterate(None, "a")) == [b"x"]
    assert Dataset(job, "0.bad").lines == [0, 0, 0]


def test_none_stays_none(desk: Desk) -> None:
    """None in the source is None whatever the type; empty text only where the spec says so."""
    source = desk.dataset({"a": ("ascii", True), "b": ("unicode", True)}, [("", None), (None, "x"), ("7", "")])

    job, _ = dataset_type(desk, source, column2type={"a": "int64_10+None", "b": "bytes"})

    assert list(Dataset(job).iterate("roundrobin")) == [(None, None), (None, b"x"), (7, b"")]


def test_the_caption_and_the_file_are_kept(desk: Desk, source: Dataset) -> None:
    """The caption is the option's, the filename the source's, and the chain goes on from previous."""
    first, _ = dataset_type(desk, source, column2type={"a": "int64_10"}, caption="mine", compression=9)

    ds = Dataset(first)
    assert (ds.caption, ds.filename, ds.columns["a"].compression) == ("mine", source.filename, "zstd")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"column2type": {"q": "ascii"}}, "has no column 'q'; it has a, b, c"),
        ({"column2type": {}}, "column2type is empty"),
        ({"column2type": {"a": "int16"}}, "no type spec 'int16'"),
        ({"defaults": {"b": "1"}}, "column 'b' is given no type"),
        ({"defaults": {"a": "x"}}, "the default 'x' of column 'a' is no int64"),
        ({"timezone": "Europe/Pariss"}, "there is no timezone 'Europe/Pariss'"),
        ({"timezone": "CET-1CEST,rubbish"}, "there is no timezone 'CET-1CEST,rubbish'"),
        ({"hashlabel": "z"}, "gets no column 'z' to be the hashlabel"),
        ({"hashlabel": "c", "discard_untyped": True}, "gets no column 'c' to be the hashlabel"),
        ({"column2type": {"a": "date:%Q"}}, "there is no code %Q"),
    ],
)
def test_wrong_use_is_refused(desk: Desk, source: Dataset, options: dict[str, Any], message: str) -> None:
    """What the options cannot be is said before anything is written."""
    with pytest.raises(DatasetUsageError, match=message):
        dataset_type(desk, source, **{"column2type": {"a": "int64_10"}, **options})


def test_text_that_utf8_does_not_have(desk: Desk, source: Dataset) -> None:
    """A lone surrogate is refused in a default, and fits no value in the pattern of a date."""
    with pytest.raises(UserError, match=r"the default of column 'a' has a lone surrogate at position 0"):
        dataset_type(desk, source, column2type={"a": "int64_10"}, defaults={"a": "\udcff"})
    with pytest.raises(RuntimeError, match='Failed to convert "'):
        dataset_type(desk, source, column2type={"a": "date:%Y\udcff"})
    with pytest.raises(ValueError, match="does not fit"):
        strptime("2024\udcff", "%Y-")


def test_typed_columns_are_not_typed_again(desk: Desk) -> None:
    """Only text has a type to be given."""
    source = desk.dataset({"a": "int64"}, [(1,)])

    with pytest.raises(DatasetUsageError, match=r"column 'a' of .* is int64, wanted text or bytes"):
        dataset_type(desk, source, column2type={"a": "number"})


@pytest.mark.parametrize(
    "options", [{"hashlabel": "n"}, {"filter_bad": True}, {"hashlabel": "n", "chain_slices": True}]
)
def test_json_and_pickles_are_copied_as_they_are(desk: Desk, options: dict[str, Any]) -> None:
    """Where lines move or are sorted out, untyped json and pickles keep their values, beside text that becomes json."""
    columns = {"j": "json", "n": "int64", "p": "pickle", "t": ("ascii", True), "u": "unicode"}
    rows = [({"n": [n, None]}, n, {n}, None if n == 3 else f"[{n}]", "\u00e5") for n in range(9)]
    source = desk.dataset(columns, [*rows, (None, 9, None, "x", "y")])

    job, _ = dataset_type(desk, source, column2type={"t": "json"}, **{"filter_bad": True, **options})

    wanted = [(*row[:3], row[3] and json.loads(row[3]), row[4]) for row in rows]
    assert sorted(Dataset(job).chain().iterate(None), key=lambda row: row[1]) == wanted
    assert list(Dataset(job, "bad").iterate(None)) == [(None, 9, None, "x", "y")]
