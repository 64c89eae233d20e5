"""From any way of writing to any way of reading: the same lines, whatever the types, batches, slices and chain."""

from __future__ import annotations

from datetime import datetime, time
from itertools import chain as links
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtui import Dataset, DatasetChain
from axtui.dataset import writer
from axtui.dataset.codes import TextCodes
from axtui.dataset.types import find_type, to_list
from tests.unit.dataset.desk import Desk
from tests.unit.dataset.strategies import HASHABLE, VALUES

Rows = list[tuple[Any, ...]]
chained = links.from_iterable
ORDERED = sorted(set(HASHABLE) - {"ascii", "bytes", "complex32", "complex64", "unicode"})


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], Rows, Rows]:
    """Draw types of columns, and the lines of two datasets: few different values, so that some repeat, and None."""
    kinds = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=4))
    cells = [st.sampled_from([None, *draw(st.lists(VALUES[kind], min_size=1, max_size=12))]) for kind in kinds]
    lines = st.lists(st.tuples(*cells), max_size=40)
    return kinds, draw(lines), draw(lines)


def write(desk: Desk, kinds: list[str], rows: Rows, how: str, **arguments: Any) -> Dataset:
    """Write lines as a dataset: row by row, as arrays that are dealt out, or as arrays slice by slice."""
    columns = {f"c{at}": (kind, True) for at, kind in enumerate(kinds)}
    if how == "rows":
        return desk.dataset(columns, rows, **arguments)
    dw = desk.job().datasetwriter(columns=columns, **arguments)
    for sliceno in range(desk.slices if how == "slices" else 1):
        mine = rows
        if how == "slices":
            dw.set_slice(sliceno)
            mine = rows[sliceno :: desk.slices]
        for start in range(0, max(1, len(mine)), 7):
            part = mine[start : start + 7]
            dw.write_arrays({name: [row[at] for row in part] for at, name in enumerate(columns)})
    return dw.finish()


def plain(value: Any) -> Any:
    """Return a value as arrays have it: without flags of UTC and fold."""
    if isinstance(value, datetime | time):
        value = value.replace(tzinfo=None, fold=0)
    if isinstance(value, time):
        return ((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond
    return value


def listed(array: Any) -> list[Any]:
    """Return the values of a numpy array, None where there is none."""
    if isinstance(array, TextCodes):
        return [None if code < 0 else array.values[code] for code in array.codes]
    if array.dtype.kind == "m":
        return np.ma.MaskedArray(array.astype(np.int64), np.ma.getmaskarray(array)).tolist()
    found: list[Any] = array.tolist()
    return found


def same(found: list[Any], wanted: list[Any]) -> bool:
    """Tell whether values are equal and, but for numbers, of equal types."""
    return found == wanted and [repr(v) for v in found if not isinstance(v, int | float)] == [
        repr(v) for v in wanted if not isinstance(v, int | float)
    ]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=tables(),
    how=st.sampled_from(["rows", "dealt", "slices"]),
    compression=st.sampled_from([None, "zstd", "lz4"]),
    hold=st.sampled_from([64, 1 << 20]),
    is_hashed=st.booleans(),
)
def test_all_ways_of_reading_agree_with_what_was_written(
    desk: Desk, table: tuple[list[str], Rows, Rows], how: str, compression: str | None, hold: int, is_hashed: bool
) -> None:
    """Two chained datasets, in small batches or whole, are read by rows, arrays and Arrow as they were written."""
    kinds, *lots = table
    hashlabel = "c0" if is_hashed and how != "slices" and kinds[0] in HASHABLE else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer, "HOLD_NBYTES", hold)
        patch.setattr(writer, "_FEWEST_NBYTES", hold)
        last: Any = None
        for rows in lots:
            last = write(desk, kinds, rows, how, previous=last, compression=compression, hashlabel=hashlabel)
    names = [f"c{at}" for at in range(len(kinds))]

    chain = last.chain()
    for ds, rows in zip(chain, lots, strict=True):
        expected = rows if hashlabel is None else hashed(ds, rows)
        turns = [expected[sliceno :: desk.slices] for sliceno in range(desk.slices)] if hashlabel is None else expected
        by_slice = [list(ds.iterate(sliceno, names)) for sliceno in range(desk.slices)]
        assert all(same(list(chained(one)), list(chained(two))) for one, two in zip(by_slice, turns, strict=True))
        for at, (name, kind) in enumerate(zip(names, kinds, strict=True)):
            check_bounds(ds, name, kind, [row[at] for row in rows])
    check_readers(chain, kinds, [row for ds in chain for row in ds.iterate(None, names)])


def hashed(ds: Dataset, rows: Rows) -> list[Rows]:
    """Return the lines of each slice by the hash of their first value, each hashed by itself."""
    from axtui.dataset.hashing import hash_as

    kind = find_type(ds.columns["c0"].type)
    slices: list[Rows] = [[] for _ in ds.lines]
    for row in rows:
        slices[hash_as(kind, row[0]) % len(slices)].append(row)
    return slices


def check_bounds(ds: Dataset, name: str, kind: str, values: list[Any]) -> None:
    """See that minimum and maximum of a column are those of its values, whatever their flags."""
    there = [plain(value) for value in values if value is not None]
    column = ds.columns[name]
    if kind not in ORDERED or not there:
        assert (column.min, column.max) == (None, None)
    else:
        assert (plain(column.min), plain(column.max)) == (min(there), max(there))


def check_readers(chain: DatasetChain, kinds: list[str], rows: Rows) -> None:
    """Compare arrays, pieces of them and Arrow with the lines of a chain, dataset after dataset."""
    for at, kind in enumerate(kinds):
        name, wanted = f"c{at}", [plain(row[at]) if kind not in ("json", "pickle") else row[at] for row in rows]
        is_text = kind in ("ascii", "unicode", "bytes")
        for text in ("object", "codes") if is_text else ("object",):
            assert same(listed(chain.arrays(None, name, text=text)[name]), wanted)
            pieces = [listed(piece[name]) for piece in chain.batches(None, name, lines=5, text=text)]
            assert same(list(chained(pieces)), wanted)
        for text in ("plain", "codes"):
            read = [to_list(find_type(kind), piece.column(0)) for ds in chain for piece in arrow(ds, name, text)]
            assert same(list(chained(read)), [row[at] for row in rows])


def arrow(ds: Dataset, name: str, text: str) -> list[pa.RecordBatch]:
    """Return a column as record batches of a few lines."""
    return list(ds.record_batches(None, [name], 6, text=text))
