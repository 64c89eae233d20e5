"""Datasets for the screen: pages from anywhere in flat memory, conditions, histograms, pickles left alone, damage."""

from __future__ import annotations

import threading
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from axtui.api import context
from axtui.api.context import Context
from axtui.tui.condition import parse_condition
from axtui.tui.data_facts import DataError
from axtui.tui.data_reader import OpenDataset, open_dataset
from axtui.tui.scans import Filter, Histogram
from tests.unit.dataset.desk import Desk

LINES = 1_200_000
_loaded: list[object] = []


class Trap:
    """Says so when it is unpickled."""

    def __reduce__(self) -> Any:
        return _loaded.append, (1,)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Return a place to make jobs with three slices."""
    yield Desk(tmp_path)
    context.use(Context())


def opened(desk: Desk, reference: str = "dev-0") -> OpenDataset:
    """Open a dataset as the screen does."""
    return open_dataset(lambda job: desk.root / job, reference)


def small(desk: Desk) -> OpenDataset:
    """Make a dataset with a column of many types."""
    columns = {
        "b": "bytes", "c": "complex64", "d": "date", "f": "float64", "i": ("int64", True), "j": "json",
        "m": "number", "p": "pickle", "s": ("unicode", True), "t": "datetime", "y": "bool",
    }  # fmt: skip
    rows: list[tuple[Any, ...]] = [
        (bytes([n]), complex(n, 1), date(2020, 1, n + 1), n / 2 if n else float("nan"), None if n == 3 else n, {"n": n},
         2.5 if n == 1 else 10**30 if n == 2 else n, Trap(), None if n == 4 else f"text {n}",
         datetime(2020, 1, n + 1, tzinfo=UTC if n % 2 else None), n > 3)
        for n in range(9)
    ]  # fmt: skip
    desk.dataset(columns, rows)
    return opened(desk)


def found(dataset: OpenDataset, column: str, text: str) -> int:
    """Return how many lines fulfil a condition."""
    columns = dataset.facts.columns
    current = next(each for each in columns if each.name == column)
    scan = Filter(dataset, parse_condition(text, columns, current))
    scan.run()
    assert not scan.trouble and scan.is_exact
    assert len(scan.numbers(0, scan.count)) == scan.count
    return scan.count


@pytest.mark.parametrize(
    ("column", "text", "lines"),
    [
        ("i", "> 5", 3), ("i", "= None", 1), ("i", "!= None", 8), ("i", "4", 1), ("i", "<= 2.5", 3), ("i", "f >= 4", 1),
        ("f", "nan", 1), ("d", "< 2020-01-03", 2), ("t", ">= 2020-01-08", 2), ("s", "text", 8), ("s", "= text 5", 1),
        ("s", "None", 1), ("y", "yes", 5), ("b", r"\x04", 1), ("m", "> 8", 1), ("m", "2.5", 1), ("j", '~ "n":7', 1),
        ("c", "~ 3+1", 1), ("p", "~ pickle", 9),
    ],
)  # fmt: skip
def test_lines_are_found_by_value(desk: Desk, column: str, text: str, lines: int) -> None:
    """A condition finds the lines whose value fulfils it, whatever the type; no value fulfils only None."""
    assert found(small(desk), column, text) == lines


def test_the_very_value_is_looked_for(desk: Desk) -> None:
    """The condition made from a cell finds that line, for every type that can be compared."""
    dataset = small(desk)
    counts = {}
    for column in dataset.facts.columns:
        scan = Filter(dataset, dataset.condition_at(column, 5))
        scan.run()
        counts[column.name] = scan.count if 5 in scan.numbers(0, scan.count) else -1

    assert {name: count for name, count in counts.items() if count != 1} == {"p": 9, "y": 5}


@pytest.mark.parametrize(("column", "text"), [("i", "soon"), ("d", "> 5"), ("y", "= maybe"), ("i", f"= {10**30}")])
def test_a_value_of_another_type_is_refused(desk: Desk, column: str, text: str) -> None:
    """What is no value of the column's type is refused with the type."""
    dataset = small(desk)
    with pytest.raises(DataError, match="is no such value"):
        found(dataset, column, text)


def test_nothing_is_unpickled(desk: Desk) -> None:
    """Pages, whole values, filters and histograms never load a pickle."""
    dataset = small(desk)
    _loaded.clear()

    page = dataset.page(["p"], 0, 9)
    whole = dataset.whole("p", 2)
    scan = Histogram(dataset, "p")
    scan.run()

    assert all(cell.startswith("pickle, ") for cell in page.cells[0]) and whole[0].startswith("pickle, ")
    assert sum(bar.lines for bar in scan.bars(99)) == 9
    assert _loaded == []


def test_a_histogram_counts_each_line_once(desk: Desk) -> None:
    """Bins, or values, and what has none make up all lines."""
    dataset = small(desk)
    told = {}
    for name in "bcdfijmsty":
        scan = Histogram(dataset, name)
        scan.run()
        told[name] = sum(bar.lines for bar in scan.bars(99)) + scan.missing, scan.trouble

    assert told == dict.fromkeys("bcdfijmsty", (9, ""))


def test_pages_from_anywhere_take_flat_memory(desk: Desk) -> None:
    """Jumping through a compressed dataset of many lines holds no more than a page and, while reading, a batch."""
    desk.slices = 2
    writer = desk.job().datasetwriter(columns={"n": "int64", "x": "float64"}, compression="zstd")
    for sliceno in range(2):
        writer.set_slice(sliceno)
        numbers = np.arange(LINES // 2) + sliceno * LINES // 2
        writer.write_arrays({"n": numbers, "x": np.sin(numbers)})
    writer.finish()
    dataset = opened(desk)
    places = [0, 1, LINES // 2 - 3, LINES // 2, LINES - 60, *range(7, LINES, LINES // 40)]
    dataset.page(["n", "x"], 5, 60)
    before = pa.total_allocated_bytes()
    tracemalloc.start()

    held = []
    for place in places:
        cells = dataset.page(["n", "x"], place, 60).cells[0]
        held.append((cells[0], cells[-1], pa.total_allocated_bytes() - before))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [(int(first), int(last)) for first, last, _ in held] == [(p, min(p + 60, LINES) - 1) for p in places]
    assert max(nbytes for _, _, nbytes in held) < 1 << 16
    assert peak < 4 << 20


def test_a_stopped_scan_says_how_far_it_came(desk: Desk) -> None:
    """A scan that is stopped is over, is not exact, and keeps what it found."""
    dataset = small(desk)
    scan = Histogram(dataset, "i")
    scan.stop()
    scan.run()

    assert scan.is_over and not scan.is_exact and scan.done == 0


@pytest.mark.parametrize("damage", ["cut", "zeros", "gone", "record"])
def test_damage_is_one_sentence(desk: Desk, damage: str) -> None:
    """Whatever happened to the files, reading says it and nothing else is raised."""
    dataset = small(desk)
    directory = desk.root / "dev-0/datasets/default"
    path = directory / "0.arrow"
    data = path.read_bytes()
    path.unlink()
    if damage == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif damage == "zeros":
        path.write_bytes(bytes(len(data)))
    elif damage == "record":
        path.write_bytes(data)
        (directory / "dataset.json").write_text('{"version": 2, "columns": 7}')
    with pytest.raises(DataError) as told:
        opened(desk).page(["i", "s"], 0, 9)
    scan = Histogram(dataset, "i")
    scan.run()

    assert "\n" not in str(told.value)
    assert scan.is_over and (damage == "record" or scan.trouble)


def test_a_dataset_elsewhere_is_told(desk: Desk) -> None:
    """A reference into a workdir that is not configured, and one to no dataset, are told."""
    small(desk)
    for reference, directory in (("dev-0/none", desk.root / "dev-0"), ("other-3", None)):
        with pytest.raises(DataError):
            open_dataset(lambda job, directory=directory: directory, reference)  # type: ignore[misc]


def test_scans_and_pages_may_run_at_once(desk: Desk) -> None:
    """Pages are read while a scan runs in another thread, and both are right."""
    desk.slices = 1
    desk.dataset({"n": "int64"}, [(n,) for n in range(200_000)])
    dataset = opened(desk)
    scan = Histogram(dataset, "n")
    thread = threading.Thread(target=scan.run)

    thread.start()
    cells = [dataset.page(["n"], place, 3).cells[0] for place in range(0, 199_990, 4001)]
    thread.join()

    assert cells == [[str(place + at) for at in range(3)] for place in range(0, 199_990, 4001)]
    assert sum(bar.lines for bar in scan.bars(0)) == 200_000
