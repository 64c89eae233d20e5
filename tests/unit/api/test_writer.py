"""Writing datasets from jobs: every way of writing, and every misuse."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pytest

from axtui import Dataset, DatasetWriter
from axtui.api import context, gathering
from axtui.base.errors import DatasetUsageError, NoSuchDatasetError
from axtui.dataset.hashing import hash_value
from tests.unit.dataset.desk import Desk

N = {"n": "int64"}


def slices_of(ds: Dataset, column: str = "n") -> list[list[Any]]:
    """Return a column, slice by slice."""
    return [list(ds.iterate(sliceno, column)) for sliceno in range(3)]


def test_split_writers_go_round(desk: Desk) -> None:
    """Without a hashlabel rows go to the slices in turn from 0, however they are given."""
    writer = desk.job().datasetwriter(columns={**N, "t": "ascii"})
    writer.get_split_write()(0, "a")
    writer.get_split_write_list()([1, "b"])
    writer.get_split_write_dict()({"t": "c", "n": 2})
    writer.write_arrays({"t": ["d", "e"], "n": np.array([3, 4])})
    writer.get_split_write()(t="f", n=5)

    assert slices_of(writer.finish()) == [[0, 3], [1, 4], [2, 5]]


def test_many_split_rows_keep_their_turn(desk: Desk) -> None:
    """Row i is in slice i modulo slices, over as many flushes as it takes."""
    ds = desk.dataset(N, [(n,) for n in range(40_000)])

    assert slices_of(ds) == [list(range(start, 40_000, 3)) for start in range(3)]


@pytest.mark.parametrize("by_arrays", [False, True])
def test_split_writers_follow_the_hashlabel(desk: Desk, by_arrays: bool) -> None:
    """With a hashlabel each row is in the slice of its hash, in order, None in slice 0."""
    writer = desk.job().datasetwriter(columns={"n": ("int64", True)}, hashlabel="n")
    values = [*range(100), None]
    if by_arrays:
        writer.write_arrays({"n": values})
    else:
        write = writer.get_split_write()
        for value in values:
            write(value)

    ds = writer.finish()

    assert slices_of(ds) == [[v for v in values if hash_value(v) % 3 == sliceno] for sliceno in range(3)]
    assert ds.hashlabel == "n"


def test_slices_are_written_one_by_one(desk: Desk) -> None:
    """After set_slice, rows and arrays go to that slice, in the order in which they came."""
    writer = desk.job("prepare").datasetwriter(columns=N)
    for sliceno in range(3):
        writer.set_slice(sliceno)
        writer.write(sliceno)
        writer.write_list([sliceno + 10])
        writer.write_arrays({"n": [sliceno + 20]})
        writer.write_dict({"n": sliceno + 30})

    assert slices_of(writer.finish()) == [[sliceno + 10 * k for k in range(4)] for sliceno in range(3)]


def test_prepare_finishes_what_it_wrote(desk: Desk) -> None:
    """A writer that was written to in prepare is a dataset for analysis; the others stay open."""
    job = desk.job("prepare")
    done, later = job.datasetwriter(columns=N, name="done"), job.datasetwriter(columns=N, name="later")
    done.get_split_write()(7)

    gathering.end_prepare()

    assert list(Dataset(job, "done").iterate(None, "n")) == [7]
    later.get_split_write()(8)
    assert desk.finish() == ["done", "later"]


@pytest.mark.parametrize("by_name", [False, True])
def test_analysis_writes_its_own_slice(desk: Desk, by_name: bool) -> None:
    """Writers from prepare, inherited or asked for by name, write the slice that runs; all is one dataset."""
    job = desk.job("prepare")
    made = job.datasetwriter(columns={**N, "t": ("unicode", True)}, name="some")

    def work(sliceno: int) -> None:
        writer = job.datasetwriter(name="some") if by_name else made
        for n in range(sliceno * 10):
            writer.write(n, None if n else "first")

    desk.analyse(work)

    assert desk.finish() == ["some"]
    ds = Dataset(job, "some")
    assert slices_of(ds) == [[], list(range(10)), list(range(20))]
    assert (ds.min("n"), ds.max("n"), list(ds.iterate(2, "t"))[:2]) == (0, 19, ["first", None])


def test_every_file_is_accounted_for(desk: Desk) -> None:
    """Each file of a dataset is in the job's digests with its size and SHA-256, wherever it was written."""
    job = desk.job("prepare")
    writer = job.datasetwriter(columns=N)
    desk.analyse(lambda sliceno: writer.write(sliceno))
    desk.finish()
    here = context.current()

    files = {
        str(path.relative_to(here.directory)): path.read_bytes() for path in here.directory.rglob("*") if path.is_file()
    }

    assert here.digests == {name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in files.items()}
    assert len(files) == 4


def test_columns_are_inherited(desk: Desk) -> None:
    """A parent's columns are there without being copied, through several datasets; new ones of the same name win."""
    first = desk.dataset({"a": "int64", "b": "ascii", "c": "int64"}, [(n, f"{n}", -n) for n in range(10)])
    second = desk.dataset({"b": "float64", "c": None}, [(n / 2,) for n in range(10)], parent=first)
    third = desk.dataset({"d": "bool"}, [(n > 5,) for n in range(10)], parent=second)

    assert sorted(third.columns) == ["a", "b", "d"]
    assert list(third.iterate("roundrobin")) == [(n, n / 2, n > 5) for n in range(10)]
    assert third.columns["a"].location == "dev-0/default"
    assert np.shares_memory(third.arrays(0)["b"], second.arrays(0)["b"])


def test_defaults_stand_in(desk: Desk) -> None:
    """A default is written for what the type refuses; unhashable values go to the default's slice."""
    writer = desk.job().datasetwriter(hashlabel="a")
    writer.add("a", "int64", default=5)
    write = writer.get_split_write()
    for value in (1, "x", None):
        write(value)

    ds = writer.finish()

    assert sorted(ds.iterate(None, "a")) == [1, 5, 5]
    assert list(ds.iterate(hash_value(5) % 3, "a", filters=lambda a: a == 5)) == [5, 5]


def test_own_writers_follow_each_other(desk: Desk) -> None:
    """Writers may be each other's previous; they are finished in an order that allows it."""
    job = desk.job()
    first = job.datasetwriter(columns=N, name="z")
    second = job.datasetwriter(columns=N, name="a", previous=first)
    third = job.datasetwriter(columns=N, previous=f"{job}/a")
    for writer in (third, second, first):
        writer.get_split_write()(1)

    assert desk.finish() == ["z", "a", "default"]
    assert Dataset(job).chain() == [f"{job}/z", f"{job}/a", job]


def test_foreign_lines_are_refused(desk: Desk) -> None:
    """A line of another slice raises at the write, by row and by array, also with one column."""
    writer = desk.job().datasetwriter(columns=N, hashlabel="n")
    writer.set_slice(0)
    foreign = next(n for n in range(100) if hash_value(n) % 3 != 0)

    assert not writer.hashcheck(foreign) and writer.hashcheck(0)
    with pytest.raises(DatasetUsageError, match=f"Attempted to write data for wrong slice: {foreign} in column n"):
        writer.write(foreign)
    with pytest.raises(DatasetUsageError, match="wrong slice"):
        writer.write_arrays({"n": [0, foreign]})


def test_foreign_lines_are_left_out_if_asked(desk: Desk) -> None:
    """With enable_hash_discard each slice keeps its own lines of everything."""
    job = desk.job("prepare")
    job.datasetwriter(columns={**N, "t": "ascii"}, hashlabel="n")

    def work(sliceno: int) -> None:
        writer = job.datasetwriter()
        writer.enable_hash_discard()
        for n in range(50):
            writer.write(n, "x")
        writer.write_arrays({"n": range(50, 60), "t": ["y"] * 10})

    desk.analyse(work)
    desk.finish()

    assert slices_of(Dataset(job)) == [[n for n in range(60) if hash_value(n) % 3 == sliceno] for sliceno in range(3)]


def test_one_slice_alone(desk: Desk) -> None:
    """A writer for a single slice is that slice's, which may split there."""
    job = desk.job("prepare")
    writer = job.datasetwriter(columns=N, for_single_slice=1)

    def work(sliceno: int) -> None:
        if sliceno == 1:
            write = writer.get_split_write()
            for n in range(6):
                write(n)

    desk.analyse(work)
    desk.finish()

    assert slices_of(Dataset(job)) == [[0, 3], [1, 4], [2, 5]]
    job = desk.job("prepare")
    writer = job.datasetwriter(columns=N, for_single_slice=1)
    with pytest.raises(RuntimeError, match=r"DatasetUsageError: .* is for slice 1 alone, found slice 0"):
        desk.analyse(lambda sliceno: writer.write(1))


def test_slices_may_be_missing_if_said(desk: Desk) -> None:
    """A slice that was never set is an error, unless that is allowed."""
    job = desk.job()
    strict, lax = job.datasetwriter(columns=N, name="strict"), job.datasetwriter(columns=N, allow_missing_slices=True)
    for writer in (strict, lax):
        writer.set_slice(1)
        writer.write(1)

    assert lax.finish().lines == [0, 1, 0]
    with pytest.raises(DatasetUsageError, match=r"Not all slices written, missing \{0, 2\}"):
        strict.finish()


def test_a_writer_that_could_not_be_finished_can_be_completed_or_discarded(desk: Desk) -> None:
    """Its files are closed by then; that stands in nobody's way."""
    job = desk.job()
    completed, discarded = job.datasetwriter(columns=N, name="completed"), job.datasetwriter(columns=N, name="gone")
    for writer in (completed, discarded):
        writer.set_slice(1)
        writer.write(3)
        with pytest.raises(DatasetUsageError, match="Not all slices written"):
            writer.finish()

    completed.set_slice(0)
    completed.set_slice(2)
    discarded.discard()

    assert completed.finish().lines == [0, 1, 0]
    with pytest.raises(DatasetUsageError):
        discarded.finish()


def test_discarded_is_gone(desk: Desk) -> None:
    """A discarded dataset leaves no file, and its name is free."""
    job = desk.job()
    writer = job.datasetwriter(columns=N)
    writer.get_split_write()(1)
    writer.discard()

    again = job.datasetwriter(columns=N)
    again.get_split_write()(2)

    assert list(again.finish().iterate(None, "n")) == [2]
    with pytest.raises(DatasetUsageError, match="was discarded"):
        writer.get_split_write()


def test_finishing_again_is_the_same(desk: Desk) -> None:
    """finish returns the dataset each time; writing after it is refused."""
    writer = desk.job().datasetwriter(columns=N)
    write = writer.get_split_write()
    write(1)

    assert writer.finish() == writer.finish() == "dev-0"
    with pytest.raises(DatasetUsageError, match="was finished"):
        writer.write(2)


@pytest.mark.parametrize("how", ["finish", "discard"])
def test_a_kept_function_writes_no_more(desk: Desk, how: str) -> None:
    """A write function that somebody kept refuses rows once the dataset is ended: none is dropped in silence."""
    writer = desk.job().datasetwriter(columns=N)
    write = writer.get_split_write()
    write(1)
    getattr(writer, how)()

    with pytest.raises(DatasetUsageError, match="takes no more lines"):
        write(2)


def test_none_is_refused_by_name(desk: Desk) -> None:
    """None without none support says column, type, job and dataset."""
    write = desk.job().datasetwriter(columns=N, name="d").get_split_write()

    with pytest.raises(ValueError, match=r"Refusing to write None value .* \(column n \(type int64\) in dev-0/d\)"):
        write(None)


@pytest.mark.parametrize("compression", ["zstd", "lz4"])
def test_compression_on_request(desk: Desk, compression: str) -> None:
    """Compressed files are smaller and hold the same."""
    rows = [(n // 100, f"line {n // 10}") for n in range(30_000)]
    plain = desk.dataset({**N, "t": "ascii"}, rows)

    small = desk.dataset({**N, "t": "ascii"}, rows, compression=compression)

    assert list(small.iterate(None)) == list(plain.iterate(None))
    assert (small.path / "0.arrow").stat().st_size < (plain.path / "0.arrow").stat().st_size / 2


def misuse(desk: Desk, what: str) -> None:
    """Do one thing that cannot work."""
    job = desk.job("prepare")
    hashed = desk.dataset(N, [(n,) for n in range(9)], hashlabel="n") if "parent" in what else None
    job = desk.job("prepare")
    writer = job.datasetwriter(columns=N)
    match what:
        case "duplicate name":
            job.datasetwriter(columns=N)
        case "unknown type":
            writer.add("x", "int16")
        case "duplicate column":
            writer.add("n", "int64")
        case "late column":
            writer.get_split_write()
            writer.add("x", "int64")
        case "column in another stage":
            context.current().stage = "synthesis"
            writer.add("x", "int64")
        case "absent hashlabel":
            job.datasetwriter(columns=N, name="x", hashlabel="q").get_split_write()
        case "hashlabel without hash":
            job.datasetwriter(columns={"j": "json"}, name="x", hashlabel="j").get_split_write()
        case "write before set_slice":
            writer.write(1)
        case "set_slice out of range":
            writer.set_slice(3)
        case "split after set_slice":
            writer.set_slice(0)
            writer.get_split_write()
        case "set_slice after split":
            writer.get_split_write()
            writer.set_slice(0)
        case "split with missing slices":
            job.datasetwriter(columns=N, name="x", allow_missing_slices=True).get_split_write()
        case "discard without hashlabel":
            writer.set_slice(0)
            writer.enable_hash_discard()
        case "discard before set_slice":
            job.datasetwriter(columns=N, name="x", hashlabel="n").enable_hash_discard()
        case "finish unstarted":
            writer.finish()
        case "no columns":
            job.datasetwriter(name="x").get_split_write()
        case "leaving out without parent":
            job.datasetwriter(columns={"q": None}, name="x")
        case "leaving out what parent has not":
            job.datasetwriter(columns={"q": None}, name="x", parent=hashed)
        case "hashlabel unlike parent":
            job.datasetwriter(columns={"m": "int64"}, name="x", parent=hashed, hashlabel="m")
        case "split under hashed parent":
            job.datasetwriter(columns={"m": "int64"}, name="x", parent=hashed).get_split_write()
        case "lines unlike parent":
            other = job.datasetwriter(columns={"n": "int64"}, name="x", parent=hashed)
            other.get_split_write()(1)
            other.finish()
        case "unfinished previous":
            other = job.datasetwriter(columns=N, name="x", previous=writer)
            other.get_split_write()(1)
            other.finish()
        case "unfinished previous by name":
            other = job.datasetwriter(columns=N, name="x", previous=str(job))
            other.get_split_write()(1)
            other.finish()
        case "unknown compression":
            job.datasetwriter(columns=N, name="x", compression="brotli")
        case "single column writers":
            _ = writer.writers
        case "arrays of other columns":
            writer.write_arrays({"m": [1]})
        case "arrays of two lengths":
            job.datasetwriter(columns={**N, "m": "int64"}, name="x").write_arrays({"n": [1], "m": [1, 2]})
        case "new writer in analysis":
            context.current().stage = "analysis"
            job.datasetwriter(columns=N, name="x")
        case "unknown writer in analysis":
            context.current().stage = "analysis"
            job.datasetwriter(name="x")
        case "set_slice in analysis":
            context.current().stage = "analysis"
            writer.set_slice(0)
        case "split in analysis":
            context.current().stage = "analysis"
            writer.get_split_write()
        case "finish in analysis":
            context.current().stage = "analysis"
            writer.finish()


@pytest.mark.parametrize(
    "what",
    [
        *("duplicate name", "unknown type", "duplicate column", "late column", "column in another stage"),
        *("absent hashlabel", "hashlabel without hash", "write before set_slice", "set_slice out of range"),
        *("split after set_slice", "set_slice after split", "split with missing slices", "discard without hashlabel"),
        *("discard before set_slice", "finish unstarted", "no columns", "leaving out without parent"),
        *(
            "leaving out what parent has not",
            "hashlabel unlike parent",
            "split under hashed parent",
            "lines unlike parent",
        ),
        *("unfinished previous", "unfinished previous by name", "unknown compression", "single column writers"),
        *("arrays of other columns", "arrays of two lengths", "new writer in analysis", "unknown writer in analysis"),
        *("set_slice in analysis", "split in analysis", "finish in analysis"),
    ],
)
def test_misuse_is_refused(desk: Desk, what: str) -> None:
    """What cannot work is a usage error, at once."""
    with pytest.raises(DatasetUsageError) as caught:
        misuse(desk, what)

    assert type(caught.value) is DatasetUsageError


def test_missing_parents_are_named(desk: Desk) -> None:
    """A parent that is not there is refused when the writer is made; a previous one when it is finished."""
    job = desk.job()

    with pytest.raises(NoSuchDatasetError, match="no job dev-77"):
        job.datasetwriter(columns=N, parent="dev-77")
    writer = job.datasetwriter(columns=N, previous="dev-88")
    writer.get_split_write()(1)
    with pytest.raises(NoSuchDatasetError, match="no job dev-88"):
        writer.finish()


def test_writers_belong_to_jobs() -> None:
    """Where no job runs, there is nothing to write to."""
    with pytest.raises(DatasetUsageError, match="in a job or a build script"):
        DatasetWriter(N)


def test_a_slice_can_be_closed_early(desk: Desk) -> None:
    """A slice that is closed before its end has its lines, and takes no more of them in any way."""
    writer = desk.job("prepare").datasetwriter(columns=N)

    def analysis(sliceno: int) -> list[str]:
        writer.write(sliceno)
        write = writer.write
        writer.close_slice()
        said = []
        for again in (write, lambda n: writer.write(n), lambda n: writer.write_arrays({"n": [n]})):
            with pytest.raises(DatasetUsageError) as raised:
                again(7)
            said.append(str(raised.value))
        return said

    said = desk.analyse(analysis)

    assert slices_of(writer.finish()) == [[0], [1], [2]]
    assert all("no more lines" in text for texts in said for text in texts)
