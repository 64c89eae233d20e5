"""Importing 3.37 million flights (a year, ten times over) from one CSV file, with types, in 2 slices.

axtui's csvimport takes the types itself; the Accelerator's user calls csvimport and dataset_type. The script takes the
time of its calls. polars (read_csv and write_ipc) and duckdb (into a table of a database file) read the same file in a
process of their own, timed without its start; they find the types themselves, and sync nothing to the disk.
"""

from __future__ import annotations

import gzip
import json
import statistics
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from tests.bench.jobs import parse_arguments
from tests.bench.sides import AcceleratorSide, AxtuiSide, Side, find_ax, plain_environment
from tests.bench.table import Figure, format_machine, format_table, ratio_figure

_DATA = Path(__file__).resolve().parents[2] / "axtui" / "demo" / "data"
_TIMES = 10
_NUMBERS = ("year", "month", "day", "sched_dep_time", "flight", "distance")
_GAPS = ("dep_delay", "arr_delay", "air_time")
_TEXTS = ("carrier", "tailnum", "origin", "dest")
_TYPES = (
    dict.fromkeys(_NUMBERS, "int32_10")
    | dict.fromkeys(_GAPS, "int32_10+None")
    | dict.fromkeys(_TEXTS, "ascii")
    | {"time_hour": "datetime:%Y-%m-%dT%H:%M:%SZ"}
)
_MOST = 1.3

_SCRIPT = """
import json
import time


def main(urd):
    began = time.monotonic()
    CALLS
    seconds = time.monotonic() - began
    rows = job.dataset().iterate(None, ["distance", "dep_delay"])
    found = [0, 0, 0]
    for distance, delay in rows:
        found = [found[0] + 1, found[1] + distance, found[2] + (delay or 0)]
    with open("OUT", "w") as file:
        json.dump([seconds, found], file)
"""
_AXTUI = """job = urd.build("csvimport", filename="FILE", types=TYPES, none_as=["NA"])"""
_AX = """job = urd.build("csvimport", filename="FILE")
    job = urd.build("dataset_type", source=job, column2type=TYPES, defaults=GAPS)"""

_OTHER = """
import json
import time
import {module}
began = time.perf_counter()
{work}
seconds = time.perf_counter() - began
{look}
with open("HERE/out.json", "w") as file:
    json.dump([seconds, found], file)
"""
_OTHERS = {
    "polars": _OTHER.format(
        module="polars",
        work="""table = polars.read_csv("FILE", null_values=["NA"], try_parse_dates=True)
table.write_ipc("HERE/flights.arrow")""",
        look="found = [table.height, int(table['distance'].sum()), int(table['dep_delay'].sum())]",
    ),
    "duckdb": _OTHER.format(
        module="duckdb",
        work="""db = duckdb.connect("HERE/flights.duckdb")
db.execute("create table flights as from read_csv('FILE', nullstr='NA'); checkpoint")""",
        look="""sums = "select count(*), sum(distance), sum(dep_delay) from flights"
found = [int(value) for value in db.execute(sums).fetchone()]""",
    ),
}


def write_flights(path: Path) -> None:
    """Write the file that all read."""
    months = [gzip.decompress(each.read_bytes()) for each in sorted(_DATA.glob("flights-2013-*.csv.gz"))]
    label, _, _ = months[0].partition(b"\n")
    with path.open("wb") as handle:
        handle.write(label + b"\n")
        for _ in range(_TIMES):
            for month in months:
                handle.write(month.partition(b"\n")[2])


def measure_side(ax: Path | None, file: Path, here: Path) -> tuple[float, list[int]]:
    """Import once in a new project; return seconds, and lines and sums of what came. `ax` is None for axtui."""
    package = here / "flights"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    calls = _AXTUI if ax is None else _AX
    for name, text in (("FILE", str(file)), ("TYPES", repr(_TYPES)), ("GAPS", repr(dict.fromkeys(_GAPS)))):
        calls = calls.replace(name, text)
    (package / "build.py").write_text(_SCRIPT.replace("CALLS", calls).replace("OUT", str(here / "out.json")))
    side: Side = AxtuiSide(here / "project", package) if ax is None else AcceleratorSide(ax, here / "project", package)
    try:
        side.run()
    finally:
        side.stop()
    seconds, found = json.loads((here / "out.json").read_text())
    return seconds, found


def measure_other(name: str, file: Path, here: Path) -> tuple[float, list[int]]:
    """Read once with another library; return as `measure_side`."""
    here.mkdir(parents=True)
    program = _OTHERS[name].replace("FILE", str(file)).replace("HERE", str(here))
    subprocess.run([sys.executable, "-c", program], env=plain_environment(), stdout=subprocess.DEVNULL, check=True)
    seconds, found = json.loads((here / "out.json").read_text())
    return seconds, found


def figures(ax: Path | None, rounds: int) -> list[Figure]:
    """Measure all sides in turn, so that whatever else the machine does meets each."""
    seconds: dict[str, list[float]] = {}
    answers: list[list[int]] = []
    others = [name for name in _OTHERS if find_spec(name)]
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as name:
            root = Path(name)
            write_flights(root / "flights.csv")
            for side in ["axtui", *(["accelerator"] if ax else []), *others]:
                if side in _OTHERS:
                    took, found = measure_other(side, root / "flights.csv", root / side)
                else:
                    took, found = measure_side(ax if side != "axtui" else None, root / "flights.csv", root / side)
                seconds.setdefault(side, []).append(took)
                answers.append(found)
    if any(found != answers[0] for found in answers):
        raise RuntimeError(f"not all read the same: {answers}")
    median = {side: statistics.median(times) for side, times in seconds.items()}
    ours = median["axtui"]
    made = [ratio_figure("csvimport of 3.37 million flights, typed", ours, median.get("accelerator"), 1 / 4)]
    best = min((median[name] for name in others), default=None)
    for name in others:
        met = ours <= _MOST * median[name] if median[name] == best else None
        goal = f"ratio ≤ {_MOST}" if met is not None else ""
        made.append(Figure(f"the same against {name} (in the Accelerator's place)", ours, median[name], goal, met))
    return made


def main() -> None:
    """Measure and print."""
    arguments = parse_arguments(rounds=1)
    print(format_machine())
    print(format_table(figures(find_ax(arguments.ax), arguments.rounds)))


if __name__ == "__main__":
    main()
