"""csvexport: every option, every type, one file or one a slice."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtui import Dataset
from axtui.base.errors import DatasetUsageError, UserError
from axtui.standard_methods import a_csvexport
from tests.unit.dataset.desk import Desk
from tests.unit.standard_methods.running import csvimport
from tests.unit.standard_methods.staging import run_method


def export(desk: Desk, source: Any, filename: str = "result.csv", **options: Any) -> bytes:
    """Export and return the file."""
    job, _ = run_method(desk, a_csvexport, source=[source], filename=filename, **options)
    return (Path(job.path) / filename).read_bytes()


@pytest.fixture
def source(desk: Desk) -> Dataset:
    """Return a dataset of 5 lines in 3 slices: a whole numbers, b text."""
    return desk.dataset({"a": "int64", "b": ("unicode", True)}, [(n, f"t{n}" if n % 2 else None) for n in range(5)])


def test_lines_come_slice_by_slice(desk: Desk, source: Dataset) -> None:
    """All columns, sorted, with their labels; first the lines of slice 0, then those of slice 1."""
    assert export(desk, source) == b"a,b\n0,None\n3,t3\n1,t1\n4,None\n2,None\n"


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"labels": ["b", "a"], "separator": "\t"}, b"b\ta\nNone\t0\n"),
        ({"labelsonfirstline": False}, b"0,None\n3,t3\n"),
        ({"line_separator": "\r\n"}, b"a,b\r\n0,None\r\n"),
        ({"none_as": ""}, b"a,b\n0,\n"),
        ({"none_as": {"b": "-"}}, b"a,b\n0,-\n"),
        ({"none_as": {"a": "-"}}, b"a,b\n0,None\n"),
        ({"quote_fields": '"', "lazy_quotes": False}, b'"a","b"\n"0","None"\n'),
        ({"quote_fields": "xx", "lazy_quotes": False}, b"xxaxx,xxbxx\nxx0xx,xxNonexx\n"),
        ({"quote_fields": "'", "separator": ""}, b"'a''b'\n'0''None'\n"),
    ],
)
def test_options(desk: Desk, source: Dataset, options: dict[str, Any], wanted: bytes) -> None:
    """Each option does what the reference says."""
    assert export(desk, source, **options).startswith(wanted)


@pytest.mark.parametrize(
    ("quote", "value", "wanted"),
    [
        ('"', "plain", "plain"),
        ('"', "a,b", '"a,b"'),
        ('"', '"a', '"""a"'),
        ('"', "a'", '"a\'"'),
        ('"', 'a"b', 'a"b'),
        ('"', "a\nb", '"a\nb"'),
        ("|", "a'", "a'"),
        ("|", "|a", "|||a|"),
        ("", 'a,"b', 'a,"b'),
    ],
)
def test_quotes_where_they_are_needed(desk: Desk, quote: str, value: str, wanted: str) -> None:
    """Lazily, a field is quoted if it has the separator, or begins or ends with a quote; quotes inside are doubled."""
    source = desk.dataset({"a": "unicode", "b": "unicode"}, [(value, "x")])

    assert export(desk, source, quote_fields=quote, labelsonfirstline=False) == f"{wanted},x\n".encode()


VALUES = [
    ("bytes", b"\xc3\xa5", "å"),
    ("bytes", b"\xe5a", "\\xe5a"),
    ("ascii", "x", "x"),
    ("unicode", "å", "å"),
    ("int32", -5, "-5"),
    ("int64", 2**62, str(2**62)),
    ("number", 2**70, str(2**70)),
    ("number", 1.0, "1.0"),
    ("float64", 1e-5, "1e-05"),
    ("float64", float("nan"), "nan"),
    ("float32", 0.5, "0.5"),
    ("complex64", 1 + 2j, "(1+2j)"),
    ("bool", True, "True"),
    ("date", date(2020, 1, 2), "2020-01-02"),
    ("time", time(3, 4, 5), "03:04:05"),
    ("time", time(3, 4, 5, 6), "03:04:05.000006"),
    ("datetime", datetime(2020, 1, 2, 3), "2020-01-02 03:00:00"),
    ("datetime", datetime(2020, 1, 2, 3, tzinfo=UTC), "2020-01-02 03:00:00+00:00"),
    ("json", {"b": [1, None], "a": "x"}, '{"a": "x", "b": [1, null]}'),
    ("pickle", {1}, "{1}"),
]


@pytest.mark.parametrize(("kind", "value", "text"), VALUES)
def test_types(desk: Desk, kind: str, value: Any, text: str) -> None:
    """Each type is written as the reference says; None as None, or as null in json."""
    source = desk.dataset({"a": (kind, True), "b": "ascii"}, [(value, "x"), (None, "y"), (value, "z")])

    found = export(desk, source, labelsonfirstline=False, separator="|").decode().splitlines()

    assert found == [f"{text}|x", f"{'null' if kind == 'json' else 'None'}|y", f"{text}|z"]


@pytest.mark.parametrize("filename", ["x.csv.gz", "x.gz.csv", "x.gz.%d"])
def test_names_decide_on_gzip(desk: Desk, source: Dataset, filename: str) -> None:
    """`.gz` at the end or `.gz.` inside compresses."""
    data = export(desk, source, filename, compression=9)

    assert gzip.decompress(data) == export(desk, source)


@pytest.mark.parametrize(
    ("filename", "names"),
    [("x%02d.csv", ["x00.csv", "x01.csv", "x02.csv"]), ("x.csv", ["x.csv.0", "x.csv.1", "x.csv.2"])],
)
def test_a_file_a_slice(desk: Desk, source: Dataset, filename: str, names: list[str]) -> None:
    """Sliced, each slice has a file with labels of its own, and nothing else is left."""
    job, _ = run_method(desk, a_csvexport, source=[source], filename=filename, sliced=True)

    found = {path.name: path.read_text() for path in Path(job.path).glob("x*")}
    assert found == dict(zip(names, ["a,b\n0,None\n3,t3\n", "a,b\n1,t1\n4,None\n", "a,b\n2,None\n"], strict=True))


@pytest.mark.parametrize("sliced", [False, True])
def test_parquet_by_its_name(desk: Desk, source: Dataset, sliced: bool) -> None:
    """A name that ends in .parquet gives a Parquet file with the types of the columns."""
    name = "x%d.parquet" if sliced else "x.parquet"
    job, _ = run_method(desk, a_csvexport, source=[source], filename=name, sliced=sliced)

    tables = [pq.read_table(path) for path in sorted(Path(job.path).glob("x*.parquet"))]
    assert [value for table in tables for value in table["a"].to_pylist()] == [0, 3, 1, 4, 2]
    assert len(tables) == (3 if sliced else 1)
    assert str(tables[0].schema.field("b").type) == "string"


def test_chains_go_back_to_the_previous_job(desk: Desk) -> None:
    """With chain_source the chain of a source is exported; after a previous job, only what is new of it."""
    first = desk.dataset({"a": "int64"}, [(1,)])
    second = desk.dataset({"a": "int64"}, [(2,)], previous=first)

    alone = export(desk, second, chain_source=True)

    assert alone == b"a\n1\n2\n"


def test_nothing_new_is_the_labels_alone(desk: Desk) -> None:
    """Where the previous job exported the same chain, there are no lines, but still columns."""
    source = desk.dataset({"a": "int64", "b": "int64"}, [(1, 2)])
    job, _ = run_method(desk, a_csvexport, source=[source], chain_source=True)

    again, _ = run_method(desk, a_csvexport, jobs={"previous": job}, source=[source], chain_source=True)

    assert (Path(again.path) / "result.csv").read_text() == "a,b\n"


def test_several_sources_follow_each_other(desk: Desk, source: Dataset) -> None:
    """Slice 0 of every source comes before slice 1 of any; columns that one has not are an error."""
    other = desk.dataset({"a": "ascii", "b": "number", "c": "bool"}, [("x", 1.5, True), ("y", 2, False)])

    job, _ = run_method(desk, a_csvexport, source=[source, other], labels=["a"], labelsonfirstline=False)

    assert (Path(job.path) / "result.csv").read_text().split() == ["0", "3", "x", "1", "4", "y", "2"]
    with pytest.raises(DatasetUsageError, match="has no column 'c'; it has a, b"):
        run_method(desk, a_csvexport, source=[source, other])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"compression": 0}, "compression is a level from 1 to 9, found 0"),
        ({"filename": "x%s%s", "sliced": True}, "takes no slice number"),
        ({"separator": "\udcff"}, "separator has a lone surrogate at position 0"),
        ({"line_separator": "\udcff"}, "line_separator has a lone surrogate"),
        ({"quote_fields": "a\udcff"}, "quote_fields has a lone surrogate at position 1"),
        ({"none_as": "\udcff"}, "none_as has a lone surrogate"),
        ({"none_as": {"b": "\udcff"}}, "none_as has a lone surrogate"),
        ({"source": []}, "wanted at least one dataset"),
    ],
)
def test_wrong_use_is_refused(desk: Desk, source: Dataset, options: dict[str, Any], message: str) -> None:
    """What the options cannot be is said before anything is written."""
    with pytest.raises(UserError, match=message):
        run_method(desk, a_csvexport, **{"source": [source], **options})


texts = st.text(st.sampled_from("ab,\"'\n\r é"), max_size=5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(rows=st.lists(st.tuples(texts, texts), min_size=1, max_size=6))
def test_what_is_exported_is_read_again(desk: Desk, rows: list[tuple[str, str]]) -> None:
    """Python's csv, and csvimport, read from an exported file what was in the dataset."""
    source = desk.dataset({"a": "unicode", "b": "unicode"}, rows)
    wanted = list(source.iterate(None))

    data = export(desk, source, quote_fields='"', lazy_quotes=False)

    assert [tuple(row) for row in csv.reader(io.StringIO(data.decode(), newline=""))] == [("a", "b"), *wanted]
    job, _, _ = csvimport(desk, data, quotes='"', newlines_in_values=True)
    assert list(Dataset(job).iterate("roundrobin")) == [(a.encode(), b.encode()) for a, b in wanted]
