"""Rows and arrays of 3.37 million flights (a year, ten times over) in 2 slices, in CPU time of the process that works.

The same methods run on both sides and measure themselves, so that neither start nor engine counts. Arrays, which the
Accelerator does not have, are compared with its rows.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.jobs import parse_arguments
from tests.bench.sides import AcceleratorSide, AxtuiSide, Side, find_ax
from tests.bench.table import Figure, format_machine, format_table, ratio_figure

_DATA = Path(__file__).resolve().parents[2] / "axtui" / "demo" / "data"
_TIMES = 10

_WRITE = f"""
import csv
import gzip
import glob
import time

description = "Write the flights, and say how many seconds of CPU time that took."
TYPES = dict(carrier="ascii", delay=("int64", True), distance="int64", flight="int64", tailnum=("unicode", True))


def read():
    rows = []
    for name in sorted(glob.glob("{_DATA}/flights-2013-*.csv.gz")):
        with gzip.open(name, "rt") as file:
            for row in csv.DictReader(file):
                delay = row["dep_delay"]
                rows.append((
                    row["carrier"], int(delay) if delay not in ("", "NA") else None, int(row["distance"]),
                    int(row["flight"]), row["tailnum"] or None,
                ))
    return rows


def synthesis(job):
    rows = read()
    writer = job.datasetwriter(columns=TYPESSETTINGS)
    began = time.process_time()
    FILL
    writer.finish()
    return time.process_time() - began
"""

_FILL_ROWS = f"""write = writer.get_split_write()
    for _ in range({_TIMES}):
        for row in rows:
            write(*row)"""

_MAKE_ARRAYS = """import numpy as np
    import pyarrow as pa
    columns = list(zip(*rows))
    arrays = dict(zip(TYPES, [
        pa.array(columns[0]), pa.array(columns[1]), np.array(columns[2]), np.array(columns[3]), pa.array(columns[4])
    ]))
    began = time.process_time()
"""

_FILL_SLICES = f"""{_MAKE_ARRAYS}
    for sliceno in range(2):
        writer.set_slice(sliceno)
        for _ in range({_TIMES // 2}):
            writer.write_arrays(arrays)"""

_FILL_DEALT = f"""{_MAKE_ARRAYS}
    for _ in range({_TIMES}):
        writer.write_arrays(arrays)"""

_TIMED = """
import time
from collections import deque

import numpy as np

datasets = ("source",)


def timed(function):
    times = []
    for _ in range(3):
        began = time.process_time()
        result = function()
        times.append(time.process_time() - began)
    return min(times), result
"""

_READ = f"""{_TIMED}

def consume(columns):
    for sliceno in range(2):
        deque(datasets.source.iterate(sliceno, columns), 0)


def total():
    return sum(sum(datasets.source.iterate(sliceno, "distance")) for sliceno in range(2))


def means():
    sums, counts = {{}}, {{}}
    for sliceno in range(2):
        for carrier, distance in datasets.source.iterate(sliceno, ["carrier", "distance"]):
            sums[carrier] = sums.get(carrier, 0) + distance
            counts[carrier] = counts.get(carrier, 0) + 1
    return {{carrier: sums[carrier] / counts[carrier] for carrier in sorted(sums)}}


def synthesis():
    return dict(
        int=timed(lambda: consume("distance")),
        text=timed(lambda: consume("tailnum")),
        mixed=timed(lambda: consume(["tailnum", "delay"])),
        sum=timed(total),
        mean=timed(means),
    )
"""

_READ_ARRAYS = f"""{_TIMED}

def total():
    return int(sum(datasets.source.arrays(sliceno, "distance")["distance"].sum() for sliceno in range(2)))


def means():
    found = datasets.source.arrays(None, ["carrier", "distance"], text="codes")
    carrier = found["carrier"]
    sums = np.bincount(carrier.codes, found["distance"], len(carrier.values))
    means = sums / np.bincount(carrier.codes, minlength=len(carrier.values))
    return dict(sorted(zip(carrier.values.tolist(), means.tolist())))


def synthesis():
    return {{"sum by arrays": timed(total), "mean by arrays": timed(means)}}
"""

_SCRIPT = """
import json


def main(urd):
    rows = urd.build("write_rows")
    found = dict(rows=rows.load(), **urd.build("read_rows", source=rows).load())
    MORE
    with open("OUT", "w") as file:
        json.dump(found, file)
"""

_MORE = """packed = urd.build("write_packed")
    found["arrays"] = urd.build("write_arrays").load()
    found["dealt"] = urd.build("write_dealt").load()
    found |= urd.build("read_arrays", source=rows).load()
    found["packed"] = packed.path"""


def write_package(directory: Path, out: Path, is_axtui: bool) -> Path:
    """Write the method package; its script writes what the methods measured to `out`, as JSON."""
    package = directory / "flights"
    package.mkdir(parents=True)
    methods = {"write_rows": _method(_FILL_ROWS), "read_rows": _READ}
    if is_axtui:
        methods |= {"write_arrays": _method(_FILL_SLICES), "write_dealt": _method(_FILL_DEALT)}
        methods |= {"write_packed": _method(_FILL_SLICES, ', compression="zstd"'), "read_arrays": _READ_ARRAYS}
    (package / "__init__.py").write_text("")
    for name, source in methods.items():
        (package / f"a_{name}.py").write_text(source)
    more = _MORE if is_axtui else 'found["packed"] = rows.path'
    (package / "build.py").write_text(_SCRIPT.replace("MORE", more).replace("OUT", str(out)))
    return package


def _method(fill: str, settings: str = "") -> str:
    return _WRITE.replace("FILL", fill).replace("SETTINGS", settings)


def measure(ax: Path | None, round_number: int, root: Path) -> dict[str, Any]:
    """Run one side once in a project of its own; `ax` is None for axtui. Return what its methods measured."""
    here = root / f"{'axtui' if ax is None else 'ax'}-{round_number}"
    package = write_package(here / "source", here / "out.json", ax is None)
    side: Side = AxtuiSide(here / "project", package) if ax is None else AcceleratorSide(ax, here / "project", package)
    try:
        side.run()
    finally:
        side.stop()
    found: dict[str, Any] = json.loads((here / "out.json").read_text())
    files = (path for path in Path(found["packed"]).rglob("*") if path.is_file() and path.parent.name != "method")
    found["MB"] = sum(path.stat().st_size for path in files) / 1e6
    return found


def figures(ax: Path | None, rounds: int) -> list[Figure]:
    """Measure both sides in turn; without an `ax` only axtui's.

    Raises:
        RuntimeError: The two sides computed different results.
    """
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as name:
        for number in range(rounds):
            ours.append(measure(None, number, Path(name)))
            if ax is not None:
                theirs.append(measure(ax, number, Path(name)))
    _compare([each["sum"][1] for each in ours + theirs] + [each["sum by arrays"][1] for each in ours])
    return [
        _figure("iterating an int column", ours, theirs, "int"),
        _figure("iterating a text column", ours, theirs, "text"),
        _figure("iterating a text and an int column", ours, theirs, "mixed"),
        _figure("a sum by arrays, against rows", ours, theirs, "sum", "sum by arrays", 0.1),
        _figure("means of groups by arrays, against rows", ours, theirs, "mean", "mean by arrays", 0.1),
        _figure("writing five columns by rows", ours, theirs, "rows"),
        _figure("writing them by arrays, slice by slice, against rows", ours, theirs, "rows", "arrays", 0.1),
        _figure("the same, dealt out to the slices", ours, theirs, "rows", "dealt", 0.1),
        _figure("the files with zstd, against gzip", ours, theirs, "MB", "MB", 2.0, "MB"),
    ]


def _figure(
    what: str,
    ours: list[dict[str, Any]],
    theirs: list[dict[str, Any]],
    name: str,
    our_name: str = "",
    most: float = 1.0,
    unit: str = "s",
) -> Figure:
    best = min(_number(each[our_name or name]) for each in ours)
    other = min((_number(each[name]) for each in theirs), default=None)
    return ratio_figure(what, best, other, most, unit)


def _number(found: Any) -> float:
    return float(found[0] if isinstance(found, list) else found)


def _compare(values: list[Any]) -> None:
    if any(value != values[0] for value in values):
        raise RuntimeError(f"the sides disagree: {values}")


def main() -> None:
    """Measure and print."""
    arguments = parse_arguments(rounds=2)
    print(format_machine())
    print(format_table(figures(find_ax(arguments.ax), arguments.rounds)))


if __name__ == "__main__":
    main()
