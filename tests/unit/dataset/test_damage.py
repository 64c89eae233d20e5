"""Files that are not what was written: never a wrong value, always the file and the place."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from axtui import Dataset
from axtui.base.errors import DatasetError
from axtui.dataset import slicefile
from axtui.dataset.checksum import checksum
from axtui.dataset.types import find_type, to_arrow
from tests.unit.dataset.desk import Desk

COLUMNS = {
    "bools": ("bool", True),
    "coded": ("unicode", True),
    "complex": "complex64",
    "days": "datetime",
    "ints": ("int64", True),
    "json": "json",
    "mixed": "number",
    "text": "unicode",
}


def row(n: int) -> tuple[Any, ...]:
    """Return a line with something of everything."""
    day = datetime(2020, 1, 1) + timedelta(n)
    none = None if n % 5 == 0 else n
    mixed = [1, 2.5, 2**70][n % 3]
    return none and n % 3 == 0, none and f"same {n % 3}", complex(n, 1), day, none, {"k": n}, mixed, f"text {n * n}"


def replace(path: Path, data: bytes) -> None:
    """Put another file in a file's place."""
    path.unlink()
    path.write_bytes(data)


@pytest.mark.parametrize("compression", [None, "zstd", "lz4"])
def test_a_flipped_bit_gives_no_wrong_value(desk: Desk, compression: str | None) -> None:
    """Whichever bit of a file is flipped, a column is read as it was written, or an error names the file."""
    ds = desk.dataset(COLUMNS, [row(n) for n in range(300)], compression=compression)
    path = ds.path / "1.arrow"
    written = {name: list(ds.iterate(1, name)) for name in COLUMNS}
    whole = path.read_bytes()
    chosen = random.Random(7)
    found = []

    for _ in range(150):
        data = bytearray(whole)
        data[chosen.randrange(len(data))] ^= 1 << chosen.randrange(8)
        replace(path, data)
        name = chosen.choice(list(COLUMNS))
        try:
            assert list(ds.iterate(1, name)) == written[name]
        except DatasetError as error:
            found.append(str(error))

    assert len(found) > 10 and all(str(path) in message for message in found)


@pytest.mark.parametrize("read", ["iterate", "arrays", "record_batches"])
def test_altered_values_are_placed(desk: Desk, read: str) -> None:
    """A value that was altered on the disk gives file, record batch and column, however it is read."""
    writer = desk.job().datasetwriter(columns={"a": "int64", "b": "int64"}, allow_missing_slices=True)
    writer.set_slice(0)
    for part in range(3):
        writer.write_arrays({"a": np.arange(2_000_000) + part, "b": np.full(2_000_000, 7 << 40)})
    ds = writer.finish()
    path = ds.path / "0.arrow"
    data = bytearray(path.read_bytes())
    data[data.rindex((7 << 40).to_bytes(8, "little"))] = 1
    replace(path, data)
    batches = pa.ipc.open_file(path).num_record_batches

    assert batches > 1 and len(ds.arrays(0, "a")["a"]) == 6_000_000
    with pytest.raises(
        DatasetError, match=rf"0\.arrow is damaged in record batch {batches - 1} of {batches}, column 'b'"
    ):
        list(getattr(ds, read)(0, "b"))


def test_a_batch_is_compared_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A column of a file is compared with its checksum when it is read first, and not again."""
    ds = desk.dataset({"a": "int64", "b": "ascii"}, [(n, f"{n % 3}") for n in range(100)])
    seen = []

    def counted(array: pa.Array, start: int = 0) -> int:
        seen.append(array.type)
        return checksum(array, start)

    monkeypatch.setattr(slicefile, "checksum", counted)
    list(ds.iterate(0, "a"))
    first = len(seen)
    for _ in range(3):
        list(ds.iterate(0, ["a", "b"]))
        ds.arrays(0)

    assert first == 1 and len(seen) == 3


def test_a_dataset_of_version_1_is_read(desk: Desk) -> None:
    """What was written before there were checksums is read as it is."""
    import json

    from axtui.base.records import format_lines
    from axtui.dataset.record import FILE, content_digest

    ds = desk.dataset({"a": "int64"}, [(n,) for n in range(9)])
    record = json.loads((ds.path / FILE).read_bytes())
    del record["check"]
    old = {**record, "version": 1}
    replace(ds.path / FILE, format_lines({**old, "digest": content_digest(old)}))
    for path in ds.path.glob("*.arrow"):
        table = pa.ipc.open_file(path).read_all()
        with pa.ipc.new_file(path.with_suffix(".new"), table.schema) as file:
            file.write_table(table)
        record["slices"][int(path.stem)]["nbytes"] = path.with_suffix(".new").stat().st_size
        replace(path, path.with_suffix(".new").read_bytes())
    old = {**record, "version": 1}
    replace(ds.path / FILE, format_lines({**old, "digest": content_digest(old)}))

    assert sorted(Dataset(str(ds)).iterate(None, "a")) == list(range(9))
    replace(ds.path / FILE, format_lines({**record, "version": 2}))
    with pytest.raises(DatasetError, match="without a check"):
        Dataset(str(ds))


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("int32", [1, None, 3]),
        ("bool", [True, None, False]),
        ("unicode", ["a", None, "bcd", ""]),
        ("bytes", [b"x", b""]),
        ("number", [1, 2.5, None, 2**80]),
        ("complex64", [1j, None, 2]),
        ("datetime", [datetime(2020, 1, 1), None, datetime(2020, 1, 2, fold=1)]),
        ("int64", [None]),
    ],
)
def test_checksums_see_values_only(kind: str, values: list[Any]) -> None:
    """Equal lines have the same checksum wherever they lie in a larger array; any other value gives another."""
    whole = to_arrow(find_type(kind), values * 40)

    for start in range(1, 20):
        part = whole.slice(start, 17)
        copied = pa.concat_arrays([part, whole.slice(0, 0)])
        assert checksum(part) == checksum(copied) != checksum(part.slice(1))
        assert checksum(part, 1) != checksum(part, 2)
    sums = {checksum(whole.slice(0, lines)) for lines in range(30)}
    assert len(sums) == 30
