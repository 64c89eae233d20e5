"""dataset.json: what its digest covers, and what is done with a damaged one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from axtui import Dataset
from axtui.base.errors import DatasetError, NoSuchDatasetError
from axtui.dataset import record
from axtui.dataset.record import FILE, content_digest, read_dataset, write_dataset
from tests.unit.dataset.desk import Desk

COLUMN = {"type": "int64", "none": False, "min": 1, "max": 2, "holds": None, "from": None}
RECORD: dict[str, Any] = {
    "name": "default",
    "caption": "of birds",
    "filename": "birds.csv",
    "hashlabel": "a",
    "previous": {"dataset": "dev-1", "digest": "p"},
    "parent": "dev-2",
    "compression": None,
    "lines": [2, 0],
    "slices": [{"nbytes": 100, "digest": "f"}, None],
    "columns": {"a": COLUMN, "b": {**COLUMN, "from": {"dataset": "dev-2", "column": "c", "digest": "s"}}},
}


def changed(**changes: Any) -> dict[str, Any]:
    """Return the record with something else in it."""
    return {"version": 2, **RECORD, **changes}


def test_records_come_back(tmp_path: Path) -> None:
    """What was written is read, with its digest."""
    write_dataset(tmp_path, RECORD)

    found = read_dataset(tmp_path)

    assert (found.caption, found.lines, found.previous, found.parents) == ("of birds", (2, 0), "dev-1", ("dev-2",))
    assert found.columns["b"].origin and found.columns["b"].origin.column == "c"
    assert found.digest == content_digest(changed())


@pytest.mark.parametrize(
    "change",
    [
        {"hashlabel": None},
        {"lines": [1, 1]},
        {"slices": [{"nbytes": 100, "digest": "g"}, None]},
        {"previous": {"dataset": "dev-1", "digest": "q"}},
        {"previous": None},
        {"columns": {"a": COLUMN}},
        {"columns": {"b": RECORD["columns"]["b"], "a": COLUMN}},
        {"columns": {**RECORD["columns"], "a": {**COLUMN, "type": "int32"}}},
        {"columns": {**RECORD["columns"], "b": {**COLUMN, "from": {"dataset": "dev-2", "column": "c", "digest": "t"}}}},
    ],
)
def test_the_digest_covers_content(change: dict[str, Any]) -> None:
    """Columns, types, lines, files, hashlabel, inherited sources and the chain before each change the digest."""
    assert content_digest(changed(**change)) != content_digest(changed())


@pytest.mark.parametrize(
    "change",
    [
        {"name": "other"},
        {"caption": "of bees"},
        {"filename": None},
        {"parent": "dev-9"},
        {"previous": {"dataset": "dev-9", "digest": "p"}},
        {"columns": {"a": COLUMN, "b": {**COLUMN, "from": {"dataset": "dev-9", "column": "c", "digest": "s"}}}},
    ],
)
def test_the_digest_says_nothing_of_who(change: dict[str, Any]) -> None:
    """Job ids, captions and names leave the digest as it is, so that equal data is equal."""
    assert content_digest(changed(**change)) == content_digest(changed())


def test_equal_data_has_equal_digests(desk: Desk) -> None:
    """Two jobs that write the same have the same digest; one other value, or another chain, has another."""
    rows = [(number, f"{number % 7}") for number in range(100)]
    columns = {"a": "int64", "b": "ascii"}
    one, two = desk.dataset(columns, rows), desk.dataset(columns, rows, caption="again")

    other = desk.dataset(columns, [*rows[:-1], (99, "x")])
    chained = [desk.dataset(columns, rows, previous=previous) for previous in (one, two, other)]

    assert one.digest == two.digest != other.digest
    assert chained[0].digest == chained[1].digest != chained[2].digest


def test_a_cut_record_is_damaged(tmp_path: Path) -> None:
    """Cut anywhere, a record gives a DatasetError that names the file, and nothing else."""
    whole = write_dataset(tmp_path, RECORD).rstrip()

    for length in range(len(whole)):
        (tmp_path / FILE).write_bytes(whole[:length])
        with pytest.raises(DatasetError, match=FILE):
            read_dataset(tmp_path)


@pytest.mark.parametrize(
    ("key", "value"),
    [("lines", [3, 0]), ("version", 3), ("columns", {}), ("lines", [-1, 0]), ("slices", []), ("name", 1)],
)
def test_a_changed_record_is_damaged(tmp_path: Path, key: str, value: Any) -> None:
    """A record that is well-formed JSON but not what was written is refused."""
    written = json.loads(write_dataset(tmp_path, RECORD))

    (tmp_path / FILE).write_text(json.dumps({**written, key: value}))

    with pytest.raises(DatasetError, match=f"{FILE}: "):
        read_dataset(tmp_path)


def test_no_record_no_dataset(tmp_path: Path) -> None:
    """Where nothing is, there is no such dataset."""
    with pytest.raises(NoSuchDatasetError, match="no dataset in"):
        read_dataset(tmp_path)


def test_a_short_file_is_named(desk: Desk) -> None:
    """A slice that lost its end gives a DatasetError with the file and both sizes."""
    ds = desk.dataset({"a": "int64"}, [(number,) for number in range(9)])
    path = ds.path / "1.arrow"
    nbytes = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(
        DatasetError, match=f"1.arrow is damaged: it has {nbytes - 1} bytes and was written with {nbytes}"
    ):
        list(ds.iterate(None, "a"))


def test_a_file_of_rubbish_is_named(desk: Desk) -> None:
    """A file of the right size that is no Arrow file gives a DatasetError with its name."""
    ds = desk.dataset({"a": "int64"}, [(number,) for number in range(9)])
    path = ds.path / "0.arrow"
    path.write_bytes(b"x" * path.stat().st_size)

    with pytest.raises(DatasetError, match=r"0\.arrow is damaged"):
        ds.arrays(0)


def test_a_lost_file_is_named(desk: Desk) -> None:
    """A slice whose file is gone gives a DatasetError with its name."""
    ds = desk.dataset({"a": "int64"}, [(1,)])
    (ds.path / "0.arrow").unlink()

    with pytest.raises(DatasetError, match=r"cannot read .*0.arrow"):
        list(ds.iterate(0, "a"))


def test_a_lost_parent_is_named(desk: Desk) -> None:
    """Who reads an inherited column whose dataset is gone is told which."""
    parent = desk.dataset({"a": "int64"}, [(1,), (2,), (3,)])
    child = desk.dataset({"b": "int64"}, [(1,), (2,), (3,)], parent=parent)
    (parent.path / FILE).unlink()

    with pytest.raises(NoSuchDatasetError, match=f"column 'a' .* lies in {parent}, which is gone"):
        list(Dataset(str(child)).iterate(None, "a"))


def test_columns_are_parsed_when_wanted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening a chain looks into no column, and reads each dataset.json once."""
    ds = None
    for n in range(20):
        ds = desk.dataset({"a": "int64", "b": "ascii"}, [(n, "")], previous=ds)
    record._read.cache_clear()
    parsed = []
    monkeypatch.setattr(record, "_parse_column", lambda name, raw: parsed.append(name))
    read = []
    monkeypatch.setattr(record, "read_limited", lambda path, limit: read.append(path) or Path(path).read_bytes())

    chain = Dataset(str(ds)).chain()

    assert (len(chain), chain.lines(), chain[0].shape) == (20, 20, (2, 1))
    assert Dataset(str(ds)).chain() == chain
    assert (parsed, len(read)) == ([], 20)
