"""Iterating over rows: what is asked for, in which order, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from axtui import Dataset, DatasetList, SkipDataset, SkipSlice
from axtui.base.errors import DatasetError, DatasetUsageError
from axtui.dataset.hashing import hash_value
from tests.unit.dataset.desk import Desk

ROWS = [(number, f"t{number}", number % 2 == 0) for number in range(20)]
SLICES = [list(range(start, 20, 3)) for start in range(3)]
ALL = [number for numbers in SLICES for number in numbers]


@pytest.fixture
def ds(desk: Desk) -> Dataset:
    """Return a dataset of 20 lines in three slices, with columns n, t, even."""
    return desk.dataset({"even": "bool", "n": "int64", "t": "ascii"}, [(even, n, t) for n, t, even in ROWS])


@pytest.fixture
def chain(desk: Desk, ds: Dataset) -> Dataset:
    """Return a dataset of three more lines, 100 to 102, whose previous is `ds`."""
    rows = [(n % 2 == 0, n, f"t{n}") for n in range(100, 103)]
    return desk.dataset({"even": "bool", "n": "int64", "t": "ascii"}, rows, previous=ds)


def test_one_slice_or_all(ds: Dataset) -> None:
    """A slice gives its lines in write order, None gives slice after slice, roundrobin the order of writing."""
    slices = [list(ds.iterate(sliceno, "n")) for sliceno in range(3)]

    assert slices == SLICES
    assert list(ds.iterate(None, "n")) == ALL
    assert list(ds.iterate("roundrobin", "n")) == list(range(20))


def test_columns_decide_the_shape(ds: Dataset) -> None:
    """A str gives bare values, a list tuples in its order, nothing all columns sorted by name."""
    assert next(ds.iterate(0, "t")) == "t0"
    assert next(ds.iterate(0, ["t"])) == ("t0",)
    assert next(ds.iterate(0, ("t", "n"))) == ("t0", 0)
    assert next(ds.iterate(0)) == (True, 0, "t0")


@pytest.mark.parametrize(
    ("wishes", "wanted"),
    [
        ({"filters": {"n": lambda n: n > 15}}, [16, 17, 18, 19]),
        ({"filters": {"even": None}}, list(range(0, 20, 2))),
        ({"filters": {"even": None, "n": lambda n: n < 5}}, [0, 2, 4]),
        ({"filters": lambda n: n % 7 == 0}, [0, 7, 14]),
        ({"translators": {"n": lambda n: -n}}, [-n for n in range(20)]),
        ({"translators": {"n": {1: "one"}}}, [None, "one", *[None] * 18]),
        ({"translators": lambda n: n * 2, "filters": lambda n: n < 6}, [0, 2, 4]),
        ({"translators": {"n": str}, "filters": {"n": lambda n: n == "3"}}, ["3"]),
        ({"range": {"n": (5, 8)}}, [5, 6, 7]),
        ({"range": {"n": (None, 2)}}, [0, 1]),
        ({"range": {"t": ("t18", None)}}, [*range(2, 10), 18, 19]),
        ({"range": {"n": (100, None)}}, []),
        ({"range": {"n": (18, 100)}, "sloppy_range": True}, list(range(20))),
        ({"slice": 17}, [17, 18, 19]),
        ({"slice": slice(-3, None)}, [17, 18, 19]),
        ({"slice": slice(2, 9, 3)}, [2, 5, 8]),
    ],
)
def test_wishes(ds: Dataset, wishes: dict[str, Any], wanted: list[Any]) -> None:
    """Filters, translators, ranges and slices give the rows that plain Python would, in the same order."""
    found = list(ds.iterate("roundrobin", "n", **wishes))

    assert found == wanted


def test_functions_of_rows_get_tuples(ds: Dataset) -> None:
    """With several columns, translators and filters that are functions get the whole tuple."""
    found = list(ds.iterate(0, ["n", "t"], translators=lambda row: row[::-1], filters=lambda row: row[1] > 14))

    assert found == [("t15", 15), ("t18", 18)]


def test_nothing_is_called_ahead(ds: Dataset) -> None:
    """A translator that raises for one row lets the rows before it through."""
    rows = ds.iterate(0, "n", translators={"n": lambda n: 1 // (9 - n)})

    assert [next(rows) for _ in range(3)] == [0, 0, 0]
    with pytest.raises(ZeroDivisionError):
        next(rows)


def test_callbacks_see_datasets_and_slices(chain: Dataset) -> None:
    """A callback of one argument is called once a dataset, one of two for each slice; both around the rows."""
    seen: list[Any] = []

    rows = list(chain.iterate_chain(None, "n", pre_callback=lambda ds: seen.append(ds.shape)))
    list(chain.iterate_chain(None, "n", post_callback=lambda ds, sliceno: seen.append(sliceno)))

    assert seen == [(3, 20), (3, 3), 0, 1, 2, 0, 1, 2]
    assert len(rows) == 23


def test_callbacks_can_skip_and_stop(chain: Dataset) -> None:
    """SkipDataset, SkipSlice and StopIteration leave out a dataset, a slice, and all that comes."""

    def skip_large(ds: Dataset) -> None:
        if ds.shape[1] > 3:
            raise SkipDataset

    def skip_first(ds: Dataset, sliceno: int) -> None:
        if sliceno == 0:
            raise SkipSlice

    def stop(ds: Dataset) -> None:
        raise StopIteration

    assert list(chain.iterate_chain(None, "n", pre_callback=skip_large)) == [100, 101, 102]
    assert list(chain.iterate(None, "n", pre_callback=skip_first)) == [101, 102]
    assert list(chain.iterate_chain(None, "n", post_callback=stop)) == ALL


def test_ranges_skip_datasets(chain: Dataset) -> None:
    """Datasets whose bounds lie outside a range are never opened."""
    (chain.chain()[0].path / "0.arrow").unlink()

    assert list(chain.iterate_chain(None, "n", range={"n": (50, None)})) == [100, 101, 102]


def test_rehash_is_hashing(desk: Desk, ds: Dataset) -> None:
    """Rehashing on the way gives each slice the lines that a dataset hashed on the column has there."""
    hashed = desk.dataset({"n": "int64"}, [(n,) for n in range(20)], hashlabel="n")

    for sliceno in range(3):
        rehashed = list(ds.iterate(sliceno, "t", hashlabel="n", rehash=True))

        assert sorted(rehashed) == sorted(f"t{n}" for n in hashed.iterate(sliceno, "n", hashlabel="n"))


def test_empty_datasets_iterate(desk: Desk) -> None:
    """A dataset without lines gives none, also in turn."""
    ds = desk.dataset({"n": "int64"}, [])

    assert [list(ds.iterate(how, "n")) for how in (None, 0, "roundrobin")] == [[], [], []]


@pytest.mark.parametrize(
    ("wishes", "error"),
    [
        ({"columns": "x"}, DatasetError),
        ({"hashlabel": "n"}, DatasetUsageError),
        ({"hashlabel": "x", "rehash": True}, DatasetUsageError),
        ({"range": {"n": (0, 1), "t": ("", "z")}}, DatasetUsageError),
        ({"slice": 1, "hashlabel": "n", "rehash": True}, DatasetUsageError),
        ({"slice": -1, "filters": {"n": None}}, DatasetUsageError),
        ({"slice": 21}, DatasetUsageError),
        ({"slice": slice(5, 2)}, DatasetUsageError),
        ({"slice": slice(0, 5, 0)}, DatasetUsageError),
        ({"sliceno": 3}, DatasetUsageError),
        ({"sliceno": "all"}, DatasetUsageError),
    ],
)
def test_what_cannot_be_is_refused(ds: Dataset, wishes: dict[str, Any], error: type[Exception]) -> None:
    """What does not go together, and what is not there, raises before the first row."""
    with pytest.raises(error):
        ds.iterate(**{"sliceno": 0, "columns": "n", **wishes})


@pytest.fixture
def changing(desk: Desk) -> Dataset:
    """Return a chain of four datasets whose column x changes its type, the last one without lines."""
    first = desk.dataset({"x": "int64", "t": "ascii"}, [(t, n) for n, t in enumerate("abcd", 1)])
    second = desk.dataset({"x": "number", "t": "unicode"}, [("å", 2.5), ("b", 2**70)], previous=first)
    third = desk.dataset({"x": "float64", "t": "bytes"}, [(b"z", 1.5)], previous=second)
    return desk.dataset({"x": "int64"}, [], previous=third)


def test_types_may_change_along_a_chain(changing: Dataset) -> None:
    """Each dataset gives its own type's values; ranges, filters, turns and rehashing work across them."""
    chain = changing.previous.chain() if changing.previous else DatasetList()
    wanted = [("a", 1), ("d", 4), ("b", 2), ("c", 3), ("å", 2.5), ("b", 2**70), (b"z", 1.5)]

    assert list(chain.iterate(None, ["t", "x"])) == wanted
    assert list(chain.iterate("roundrobin", "x")) == [1, 2, 3, 4, 2.5, 2**70, 1.5]
    assert sorted(chain.iterate(None, "x", range={"x": (2, 4)})) == [2, 2.5, 3]
    assert list(chain.iterate(None, "x", filters={"t": lambda t: t == "b"})) == [2, 2**70]
    rehashed = [list(chain.iterate(sliceno, "x", hashlabel="x", rehash=True)) for sliceno in range(3)]
    assert all(hash_value(x) % 3 == sliceno for sliceno, values in enumerate(rehashed) for x in values)
    assert sum(map(len, rehashed)) == 7
    assert list(changing.iterate_chain(None, "x")) == [x for _, x in wanted]


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ({"range": {"n": 5}}, r"\(start, stop\), found 5"),
        ({"slice": "x"}, "found 'x'"),
        ({"slice": slice(0.5, 2)}, r"found slice\(0\.5"),
        ({"slice": slice(None, None, -1)}, "step of a slice is positive"),
        ({"slice": -1, "range": {"n": (0, 1)}}, "negative slice"),
        ({"hashlabel": "x", "rehash": True, "sliceno": None}, "has no column 'x'"),
        ({"hashlabel": "j", "rehash": True}, "'j' is json, which has no hash"),
        ({"rehash": True}, "rehash needs a hashlabel"),
        ({"hashlabel": "n", "rehash": True, "sliceno": "roundrobin"}, "do not go together"),
    ],
)
def test_refusals_say_what_was_found(desk: Desk, wishes: dict[str, Any], message: str) -> None:
    """Each wish that cannot be has a sentence that names it."""
    ds = desk.dataset({"j": "json", "n": "int64"}, [([], 1)])

    with pytest.raises(DatasetUsageError, match=message):
        ds.iterate(**{"sliceno": 0, "columns": "n", **wishes})
    with pytest.raises(TypeError, match="unexpected keyword argument 'filter'"):
        ds.iterate(0, "n", filter=bool)


def test_arguments_come_in_their_order(ds: Dataset) -> None:
    """Arguments may be given by position, in the order of the documentation; numpy's integers are slice numbers."""
    seen: list[Any] = []

    found = list(ds.iterate(np.int64(1), "n", {"n": (4, 15)}, False, None, seen.append, None, None, str))

    assert (found, seen) == (["4", "7", "10", "13"], [ds])
