"""dataset_checksum: equal for equal rows, else not; independent of order and slices if sorted; the bytes are fixed."""

from __future__ import annotations

import json
import struct
from datetime import UTC, date, datetime, time
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtui import Dataset, DatasetUsageError
from axtui.standard_methods import a_dataset_checksum, a_dataset_checksum_chain
from axtui.standard_methods.checksum_sum import sum_runs, write_runs
from tests.unit.dataset.desk import Desk
from tests.unit.dataset.strategies import VALUES
from tests.unit.standard_methods.staging import run_method

FEW = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
NAN = float("nan")


def head(letter: str, word: bytes) -> bytes:
    """Return the head of a cell."""
    return letter.encode() + word


def cell(kind: str, value: Any) -> tuple[bytes, bytes]:
    """Return head and tail of a value, as checksum_rows.py says they are."""
    if value is None:
        return head("N", bytes(8)), b""
    if kind == "json":
        text = json.dumps(whole(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        return head("j", struct.pack("<Q", len(text))), text
    if isinstance(value, (str, bytes)):
        data = value.encode() if isinstance(value, str) else value
        return head("s", struct.pack("<Q", len(data))), data
    if isinstance(value, complex):
        if value.imag:
            return head("c", struct.pack("<d", value.real or 0.0)), struct.pack("<d", value.imag)
        return cell(kind, value.real)
    if isinstance(value, (int, float)):
        return number(value)
    return moment(value), b""


def whole(value: Any) -> Any:
    """Turn floats that are whole into ints, wherever they are."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [whole(each) for each in value]
    return {key: whole(each) for key, each in value.items()} if isinstance(value, dict) else value


def number(value: Any) -> tuple[bytes, bytes]:
    """Return head and tail of an int or float."""
    if value == value and abs(value) != float("inf") and value == int(value) and -(2**63) <= value < 2**63:
        return head("i", struct.pack("<q", int(value))), b""
    if isinstance(value, float) or (abs(value) < 2**1023 and float(value) == value):
        return head("f", struct.pack("<d", NAN if value != value else value)), b""
    data = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return head("I", struct.pack("<Q", len(data))), data


def moment(value: Any) -> bytes:
    """Return the head of a date or time."""
    if isinstance(value, datetime):
        since = value.replace(tzinfo=None, fold=0) - datetime(1970, 1, 1)
        micro = (since.days * 86400 + since.seconds) * 1000000 + since.microseconds
        return head("u" if value.tzinfo else "t", struct.pack("<q", micro))
    if isinstance(value, date):
        return head("d", struct.pack("<q", (value - date(1970, 1, 1)).days))
    micro = ((value.hour * 60 + value.minute) * 60 + value.second) * 1000000 + value.microsecond
    return head("k" if value.tzinfo else "h", struct.pack("<q", micro))


def model(kinds: list[str], rows: list[tuple[Any, ...]], is_sorted: bool) -> int:
    """Return the sum that the specification says."""
    digests = []
    for row in rows:
        cells = [cell(kind, value) for kind, value in zip(kinds, row, strict=True)]
        digests.append(md5(b"".join(h for h, _ in cells) + b"".join(t for _, t in cells)).digest())
    return int(md5(b"".join(sorted(digests) if is_sorted else digests)).hexdigest(), 16)


@FEW
@given(data=st.data(), kinds=st.lists(st.sampled_from(sorted(set(VALUES) - {"pickle"})), min_size=1, max_size=4))
def test_the_bytes_are_what_is_written_down(desk: Desk, data: Any, kinds: list[str]) -> None:
    """For values of all types, sorted and not, the sum is that of a plain reading of the specification."""
    values = [st.none() | VALUES[kind] for kind in kinds]
    if "float64" in kinds:
        values[kinds.index("float64")] = st.none() | st.floats()
    rows = data.draw(st.lists(st.tuples(*values), max_size=12))
    source = desk.dataset({f"c{i}": (kind, True) for i, kind in enumerate(kinds)}, rows)
    kept = list(source.iterate(None))

    for is_sorted in (True, False):
        _, result = run_method(desk, a_dataset_checksum, source=source, sort=is_sorted)

        assert result.sum == model(kinds, kept, is_sorted)


def test_the_result(desk: Desk) -> None:
    """It has the four things that were promised, and the sum is for ever."""
    source = desk.dataset({"b": "ascii", "a": "int64"}, [(1, "x"), (2, "y")])

    _, result = run_method(desk, a_dataset_checksum, source=source)

    assert result == {
        "sum": 258570755290916051728023211981797538827,
        "sort": True,
        "columns": ["a", "b"],
        "source": source,
    }


def test_order_and_slices_do_not_matter_if_sorted(desk: Desk) -> None:
    """The same lines in another order have the same sum if sorted, and another one if not."""
    rows = [(n % 7, f"t{n % 3}") for n in range(50)]
    one = desk.dataset({"a": "int64", "b": "ascii"}, rows)
    two = desk.dataset({"a": "int64", "b": "ascii"}, rows[::-1], hashlabel="b")

    sums = {sort: [checksum(desk, ds, sort=sort) for ds in (one, two)] for sort in (True, False)}

    assert sums[True][0] == sums[True][1] and sums[False][0] != sums[False][1]


@pytest.mark.parametrize(
    ("kinds", "values"),
    [
        (["int32", "int64", "number", "float64", "bool", "complex64"], [1, 0, None]),
        (["number", "float64", "complex64"], [2.5, -0.0, NAN, float("inf"), 1e300]),
        (["ascii", "unicode"], ["", "x", None]),
        (["number", "float64"], [2**70, 0.5]),
    ],
)
def test_equal_values_have_equal_sums(desk: Desk, kinds: list[str], values: list[Any]) -> None:
    """The type of a column does not matter where the values are equal."""
    sums = {checksum(desk, desk.dataset({"a": (kind, True)}, [(value,) for value in values])) for kind in kinds}

    assert len(sums) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([("ab", "c")], [("a", "bc")]),
        ([("", None)], [(None, "")]),
        ([("a", "b")], [("b", "a")]),
        ([("a", "a")], [("a", "a"), ("a", "a")]),
        ([], [(None, None)]),
    ],
)
def test_other_rows_have_another_sum(desk: Desk, one: Any, other: Any) -> None:
    """Cells do not run into each other, None is not the empty text, and repeated rows count."""
    columns = {"a": ("unicode", True), "b": ("unicode", True)}

    assert checksum(desk, desk.dataset(columns, one)) != checksum(desk, desk.dataset(columns, other))


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("datetime", [datetime(2020, 1, 1), datetime(2020, 1, 1, tzinfo=UTC)]),
        ("time", [time(1, 2), time(1, 2, tzinfo=UTC)]),
        ("number", [2**70, 2**70 + 1]),
    ],
)
def test_values_that_are_nearly_equal(desk: Desk, kind: str, values: list[Any]) -> None:
    """A zone, and the last digit of a large number, matter."""
    assert len({checksum(desk, desk.dataset({"a": kind}, [(value,)])) for value in values}) == len(values)


def test_dicts_in_another_order_are_equal(desk: Desk) -> None:
    """JSON is summed by its value."""
    one = desk.dataset({"a": "json"}, [({"x": 1, "y": [2.0]},)])
    two = desk.dataset({"a": "json"}, [({"y": [2], "x": 1.0},)])

    assert checksum(desk, one) == checksum(desk, two)


def test_some_columns(desk: Desk) -> None:
    """Only the columns named count, and it does not matter what others there are."""
    one = desk.dataset({"a": "int64", "b": "int64"}, [(1, 2)])
    two = desk.dataset({"a": "int64"}, [(1,)])

    assert checksum(desk, one, columns={"a"}) == checksum(desk, two)
    with pytest.raises(DatasetUsageError, match="columns: dev-1 has no column 'x'; it has a"):
        checksum(desk, two, columns={"x"})


@FEW
@given(
    runs=st.lists(st.lists(st.binary(min_size=16, max_size=16) | st.sampled_from([b"a" * 16, b"b" * 16]), max_size=40)),
    together=st.integers(1, 50),
)
def test_many_small_runs(tmp_path: Path, runs: list[list[bytes]], together: int) -> None:
    """However digests are cut into runs and ranges, the sum is that of all of them in order."""
    path = tmp_path / "runs"
    with path.open("wb") as handle:
        lengths = write_runs((b"".join(run) for run in runs), handle, run_lines=10)

    found = sum_runs([(str(path), lengths)], together)

    digests = sorted(digest for run in runs for digest in run)
    assert found == int(md5(b"".join(digests)).hexdigest(), 16)


def test_a_row_very_often(tmp_path: Path) -> None:
    """A row that comes more often than digests are held in memory is counted right."""
    digests = [bytes(range(16))] * 200_001 + [bytes(16)] * 3
    path = tmp_path / "runs"
    with path.open("wb") as handle:
        lengths = write_runs([b"".join(digests)], handle)

    assert sum_runs([(str(path), lengths)]) == int(md5(b"".join(sorted(digests))).hexdigest(), 16)


def test_the_sums_of_a_chain(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chain's sum is the exclusive or of its datasets', each from a job of its own."""
    chain = [desk.dataset({"a": "int64"}, [(0,)])]
    for number in (1, 2):
        chain.append(desk.dataset({"a": "int64"}, [(number,)], previous=chain[-1]))
    sums = {ds: checksum(desk, ds) for ds in chain}

    class Built:
        def __init__(self, source: Dataset) -> None:
            self.source = source

        def load(self) -> Any:
            return a_dataset_checksum.DotDict(sum=sums[self.source], columns=["a"])

    monkeypatch.setattr("axtui.build", lambda method, source, columns, sort: Built(source), raising=False)
    found = {}
    for given_ in ({}, {"chain_length": 2}, {"stop": chain[1]}):
        _, result = run_method(desk, a_dataset_checksum_chain, source=chain[2], **given_)
        found[str(given_)] = (result.sum, result.sources, result.columns, result.sort)

    zero, one, two = (sums[ds] for ds in chain)
    assert list(found.values()) == [
        (zero ^ one ^ two, chain, ["a"], True),
        (one ^ two, chain[1:], ["a"], True),
        (two, chain[2:], ["a"], True),
    ]


def checksum(desk: Desk, source: Dataset, **options: Any) -> Any:
    """Return the sum of a dataset."""
    return run_method(desk, a_dataset_checksum, source=source, **options)[1].sum
