"""Datasets as authors see them."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from axtui import Dataset, DatasetChain, DatasetList, NoDataset
from axtui.base.errors import DatasetUsageError, NoSuchDatasetError
from tests.unit.dataset.desk import Desk


@pytest.fixture
def chain(desk: Desk) -> DatasetChain:
    """Return a chain of four datasets of two lines, in jobs dev-0 to dev-3; n goes from 0 to 7."""
    previous: Any = None
    for start in range(0, 8, 2):
        previous = desk.dataset({"n": "int64"}, [(start,), (start + 1,)], previous=previous)
    found: DatasetChain = previous.chain()
    return found


def test_references_come_in_many_forms(desk: Desk) -> None:
    """A job, `job/name`, a pair, a dataset: all name the same; the str is the shortest."""
    desk.dataset({"a": "int64"}, [(1,)])
    named = desk.job().datasetwriter(columns={"a": "int64"}, name="x y", allow_missing_slices=True).finish()

    assert Dataset("dev-0") == Dataset("dev-0/default") == Dataset(("dev-0", "default")) == "dev-0"
    assert Dataset("dev-1", "x y") == Dataset(named) == Dataset(("dev-1", "x y")) == "dev-1/x y"
    assert (named.name, named.job, named.quoted, Dataset("dev-0").quoted) == (
        "x y",
        "dev-1",
        "'dev-1/x y'",
        "dev-0/default",
    )


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\nb", "100%", "\\", "å", "a\ud800", "\udcff"])
def test_any_text_is_a_name(desk: Desk, name: str) -> None:
    """Datasets of any name are written, found and listed."""
    writer = desk.job().datasetwriter(columns={"a": "int64"}, name=name)
    writer.get_split_write()(1)

    written = desk.finish()

    assert written == [name]
    assert list(Dataset("dev-0", name).iterate(None, "a")) == [1]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("number", [1, 2.5, 1 << 70, None]),
        ("complex64", [1 + 2j, None]),
        ("datetime", [datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC), datetime(2024, 1, 2, fold=1), None]),
        ("json", [{"a": [1, None]}, "x", None]),
        ("unicode", ["å", "", None]),
    ],
)
def test_a_column_gives_the_values_of_its_arrays(desk: Desk, kind: str, values: list[Any]) -> None:
    """What record_batches gives is for Python what was written."""
    ds = desk.dataset({"a": (kind, True)}, [(value,) for value in values])

    found = [value for batch in ds.record_batches(None) for value in ds.columns["a"].values(batch.column(0))]

    assert found == list(ds.iterate(None, "a"))
    assert sorted(map(repr, found)) == sorted(map(repr, values))


def test_attributes_are_what_was_written(desk: Desk) -> None:
    """What the writer was given, and what it found, is there to read."""
    parent = desk.dataset({"a": "number"}, [(1,), (2.5,)])
    ds = desk.dataset(
        {"b": ("ascii", True)}, [("x",), (None,)], parent=parent, caption="c", filename="f", previous=parent
    )

    assert (ds.caption, ds.filename, ds.parent, ds.previous, ds.hashlabel) == ("c", "f", parent, parent, None)
    assert (ds.lines, ds.shape, ds.min("a"), ds.max("a"), ds.min("b"), ds.max("q")) == (
        [1, 1, 0],
        (2, 2),
        1,
        2.5,
        None,
        None,
    )
    assert [(each.type, each.none_support, each.location) for each in ds.columns.values()] == [
        ("number", False, "dev-0/default"),
        ("ascii", True, "dev-1/default"),
    ]
    assert parent.previous is None and parent.caption == "dev-0"


def test_missing_datasets_say_what_there_is(desk: Desk) -> None:
    """A dataset that is not there is named, with those that the job has."""
    desk.dataset({"a": "int64"}, [(1,)])

    with pytest.raises(NoSuchDatasetError, match="dev-0 has no dataset 'x'; it has default"):
        Dataset("dev-0", "x")
    with pytest.raises(NoSuchDatasetError, match="there is no job dev-9"):
        Dataset("dev-9")


@pytest.mark.parametrize(("jobid", "name"), [("", None), (None, None), ("dev-0/a", "b"), (7, None)])
def test_wrong_references_are_refused(jobid: Any, name: str | None) -> None:
    """Nothing, what is no text, and a dataset named twice are usage errors."""
    with pytest.raises(DatasetUsageError):
        Dataset(jobid, name)


def test_no_dataset_is_empty() -> None:
    """NoDataset is false, an empty text, and has nothing."""
    assert not NoDataset and str(NoDataset) == ""
    assert (NoDataset.lines[17], NoDataset.columns, NoDataset.shape, NoDataset.chain()) == (0, {}, (0, 0), [])
    assert list(Dataset.iterate_list(0, "a", [NoDataset])) == list(NoDataset.iterate_chain(None, "a")) == []
    assert (NoDataset.chain_within_job(), NoDataset.arrays(None), NoDataset.to_arrow().num_rows) == ([], {}, 0)
    assert (NoDataset.parent, NoDataset.previous, NoDataset.min("a"), NoDataset.fs_name) == (None, None, None, "")


def test_pickles_are_text(chain: DatasetChain) -> None:
    """A dataset is pickled as its reference, so that whoever loads it needs nothing."""
    loaded = pickle.loads(pickle.dumps(chain[0]))

    assert type(loaded) is str and loaded == "dev-0"
    assert [type(each) for each in pickle.loads(pickle.dumps({"a": chain}))["a"]] == [str] * 4
    assert copy.deepcopy([chain[0]])[0] is copy.copy(chain[0]) is chain[0]


@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        ({}, ["dev-0", "dev-1", "dev-2", "dev-3"]),
        ({"length": 2}, ["dev-2", "dev-3"]),
        ({"reverse": True}, ["dev-3", "dev-2", "dev-1", "dev-0"]),
        ({"stop_ds": "dev-1"}, ["dev-2", "dev-3"]),
        ({"stop_ds": ("dev-1", "default")}, ["dev-2", "dev-3"]),
        ({"stop_ds": "dev-3"}, []),
        ({"stop_ds": "dev-1", "length": 1}, ["dev-3"]),
        ({"stop_ds": "dev-1", "reverse": True}, ["dev-3", "dev-2"]),
        ({"stop_ds": NoDataset}, ["dev-0", "dev-1", "dev-2", "dev-3"]),
        ({"stop_ds": None}, ["dev-0", "dev-1", "dev-2", "dev-3"]),
        ({"stop_ds": {None: "source"}}, ["dev-0", "dev-1", "dev-2", "dev-3"]),
        ({"stop_ds": {NoDataset: "source"}}, ["dev-0", "dev-1", "dev-2", "dev-3"]),
        ({"length": 0}, []),
    ],
)
def test_chains(chain: DatasetChain, how: dict[str, Any], wanted: list[str]) -> None:
    """A chain is the datasets by previous, oldest first, as far as asked."""
    found = chain[-1].chain(**how)

    assert found == wanted and type(found) is DatasetChain


def test_chains_can_stay_in_a_job(desk: Desk) -> None:
    """Where a chain leaves the job, chain_within_job stops."""
    before = desk.dataset({"a": "int64"}, [(1,)])
    job = desk.job()
    first = job.datasetwriter(columns={"a": "int64"}, name="first", previous=before)
    last = job.datasetwriter(columns={"a": "int64"}, previous=first)
    for writer in (first, last):
        writer.get_split_write()(1)
    desk.finish()

    assert Dataset("dev-1").chain_within_job() == ["dev-1/first", "dev-1"]


def test_lists_know_their_datasets(chain: DatasetChain) -> None:
    """Bounds, lines and columns over all datasets; slices and sums stay chains."""
    assert (chain.min("n"), chain.max("n"), chain.lines(), chain.lines(0)) == (0, 7, 8, 4)
    assert chain.column_counts() == {"n": 4} and chain.column_count("n", "int64", False) == 4
    assert chain.with_column("n", types=["ascii"]) == [] and not chain.none_support("n")
    assert chain.range("n", 3, 5) == ["dev-1", "dev-2"]
    assert type(chain[1:]) is DatasetChain and type(chain + chain) is DatasetChain
    assert list(DatasetList(chain[:2]).iterate(None, "n")) == [0, 1, 2, 3]


def test_other_tools_take_datasets(desk: Desk) -> None:
    """The Arrow stream has all lines and the plain types, whatever the files narrowed."""
    pytest.importorskip("polars")
    import duckdb
    import pandas
    import polars

    ds = desk.dataset({"a": "int64", "b": ("unicode", True)}, [(n, None if n % 5 == 0 else "word") for n in range(60)])

    table = pa.table(ds)

    assert table.schema.types == [pa.int64(), pa.string()]
    assert table.to_pydict() == {name: list(ds.iterate(None, name)) for name in "ab"}
    assert polars.from_arrow(table).height == len(pandas.DataFrame.from_arrow(ds)) == 60  # type: ignore[attr-defined]
    assert duckdb.sql("select sum(a), count(b) from ds").fetchall() == [(1770, 48)]


def test_files_open_as_they_are(desk: Desk) -> None:
    """A slice's file is an Arrow file that polars reads without axtui."""
    polars = pytest.importorskip("polars")
    columns = {"b": "bool", "c": "complex64", "d": "date", "i": "int64", "n": "number", "t": "unicode"}
    ds = desk.dataset(columns, [(True, 1j, __import__("datetime").date(2020, 1, 1), 3, 2**70, "x")] * 30)

    frame = polars.read_ipc(ds.path / "0.arrow")

    assert frame.shape == (10, 6) and frame["i"].sum() == 30 and frame["t"].to_list() == ["x"] * 10


def test_chains_stop_at_a_parameter(desk: Desk, chain: DatasetChain) -> None:
    """`{job: parameter}` stops at what that job was given; any dataset of it stands for the job; unset is no stop."""
    job = desk.job()
    named = chain[0].link_to_here("named")
    given = {"options": {}, "datasets": {"source": "dev-1", "other": None}, "jobs": {}}
    setup = {"jobid": str(job), "method": "m", "slices": 3, **given}
    (desk.root / job / "setup.json").write_text(json.dumps(setup))

    for key in (job, named, str(named)):
        assert chain[-1].chain(stop_ds={key: "source"}) == ["dev-2", "dev-3"]
        assert chain[-1].chain(stop_ds={key: "other"}) == chain
    assert list(chain[-1].iterate_chain(None, "n", stop_ds={job: "source"})) == [4, 5, 6, 7]
    with pytest.raises(NoSuchDatasetError, match="no job dev-77"):
        chain[-1].chain(stop_ds="dev-77")


def test_frames_take_datasets_and_chains(desk: Desk, chain: DatasetChain) -> None:
    """pyarrow, pandas and duckdb take the stream as it is; for polars, and duckdb with a chain, there is to_arrow."""
    duckdb, pandas, polars = (pytest.importorskip(name) for name in ("duckdb", "pandas", "polars"))
    ds, wanted = chain[-1], list(range(8))

    tabled = chain.to_arrow()

    assert sorted(pa.RecordBatchReader.from_stream(chain).read_all()["n"].to_pylist()) == wanted
    assert sorted(pandas.DataFrame.from_arrow(ds)["n"]) == [6, 7] and sorted(tabled.to_pandas()["n"]) == wanted
    assert sorted(polars.from_arrow(tabled)["n"].to_list()) == wanted
    assert duckdb.sql("select sum(n), count(*) from tabled").fetchall() == [(28, 8)]
    assert duckdb.sql("select max(n) from ds").fetchall() == [(7,)]
    assert ds.to_arrow("n", 0).num_rows == 1 and DatasetChain().to_arrow().num_columns == 0


def test_frames_are_written(desk: Desk) -> None:
    """What other tools make is written as it is: batches, tables, frames; columns are found by name."""
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    columns = {"a": "int64", "t": ("unicode", True), "c": ("unicode", True)}
    writer = desk.job().datasetwriter(columns=columns, allow_missing_slices=True)
    writer.set_slice(0)
    values = {"t": ["x", None, "å"], "a": [1, 2, 3], "c": ["u", "u", None]}
    table = pa.table({**values, "c": pa.array(values["c"]).dictionary_encode()})

    writer.write_batch(table)
    writer.write_batch(table.to_batches()[0])
    writer.write_batch(polars.DataFrame(values).with_columns(polars.col("c").cast(polars.Categorical)))
    writer.write_batch(pandas.DataFrame(values).astype({"c": "category"}))
    with pytest.raises(DatasetUsageError, match="found t, a"):
        writer.write_batch(table.drop_columns("c"))
    with pytest.raises(TypeError, match="wanted a record batch, a table or a frame, found 7"):
        writer.write_batch(7)

    assert list(writer.finish().iterate(None)) == [(1, "u", "x"), (2, "u", None), (3, None, "å")] * 4
