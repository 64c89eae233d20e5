"""dataset_hashpart and dataset_sort of 3.37 million flights, the twelve months ten times over; 2 slices.

The Accelerator does the same work on the same rows, made by the same script. polars and duckdb sort the same columns
from a file to a file, which is what dataset_sort across slices does; their times are without the start of Python.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa

from axtui import Dataset
from axtui.api import context
from axtui.api.context import Context
from axtui.demo.project.flights.build import FLIGHT
from tests.bench.jobs import parse_arguments
from tests.bench.sides import AcceleratorSide, AxtuiSide, Side, find_ax
from tests.bench.table import Figure, format_machine, format_table, ratio_figure

_DATA = Path(__file__).resolve().parents[2] / "axtui/demo/data"
_SORT = ["tailnum", "time_hour"]

_TENFOLD = """
datasets = ("source",)


def prepare(job, datasets):
    columns = {name: (column.type, column.none_support) for name, column in datasets.source.columns.items()}
    return job.datasetwriter(columns=columns)


def analysis(sliceno, datasets, prepare_res):
    write = prepare_res.write_list
    for _ in range(10):
        for row in datasets.source.iterate_chain(sliceno):
            write(row)
"""

_SCRIPT = f"""
import time

TYPES = {{name: spec.replace("+None", "") for name, spec in {FLIGHT!r}.items()}}
DEFAULTS = {{name: None for name, spec in {FLIGHT!r}.items() if "+None" in spec and spec.startswith("int")}}
WORK = {{
    "hashpart": ("dataset_hashpart", {{"hashlabel": "dest"}}),
    "sort": ("dataset_sort", {{"sort_columns": {_SORT!r}}}),
    "across": ("dataset_sort", {{"sort_columns": {_SORT!r}, "sort_across_slices": True}}),
}}


def main(urd):
    imported = None
    for month in range(1, 13):
        imported = urd.build("csvimport", filename=f"DATA/flights-2013-{{month:02}}.csv.gz", previous=imported)
    typed = urd.build("dataset_type", source=imported, column2type=TYPES, defaults=DEFAULTS)
    source = urd.build("tenfold", source=typed)
    for name, (method, options) in WORK.items():
        began = time.monotonic()
        urd.build(method, options=options, datasets={{"source": source}}, force_build=True)
        with open("TIMES", "a") as times:
            times.write(f"{{name}} {{time.monotonic() - began!r}} {{source}}\\n")
"""

_POLARS = """
import sys, time
import polars
began = time.perf_counter()
polars.read_ipc(sys.argv[1]).sort(sys.argv[3:], maintain_order=True).write_ipc(sys.argv[2])
print(time.perf_counter() - began)
"""

_DUCKDB = """
import sys, time
import duckdb
import pyarrow as pa
duckdb.sql("SET enable_progress_bar = false")
began = time.perf_counter()
flights = pa.ipc.open_file(pa.memory_map(sys.argv[1])).read_all()
order = ", ".join(f"{name} NULLS FIRST" for name in sys.argv[3:])
found = duckdb.sql(f"SELECT * FROM flights ORDER BY {order}").arrow()
with pa.ipc.new_file(sys.argv[2], found.schema) as writer:
    for batch in found:
        writer.write_batch(batch)
print(time.perf_counter() - began)
"""


def write_package(directory: Path, times: Path) -> Path:
    """Write the method package; its script adds what each piece of work took, in seconds, to the file `times`."""
    package = directory / "sorting"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "a_tenfold.py").write_text(_TENFOLD)
    (package / "build.py").write_text(_SCRIPT.replace("TIMES", str(times)).replace("DATA", str(_DATA)))
    return package


def measure(make: Callable[[Path, Path], Side], directory: Path, rounds: int) -> tuple[dict[str, float], str]:
    """Run the script in a new project; return the median seconds of each piece of work, and the job with the rows."""
    times = directory / "times"
    side = make(directory / "project", write_package(directory / "source", times))
    try:
        for _ in range(rounds):
            side.run()
    finally:
        side.stop()
    lines = [line.split() for line in times.read_text().splitlines()]
    medians = {name: statistics.median(float(s) for other, s, _ in lines if other == name) for name, *_ in lines}
    return medians, lines[0][2]


def measure_other(code: str, flights: Path, rounds: int) -> float:
    """Return the median seconds in which another library sorts a file into a file."""
    result = flights.with_name("sorted.arrow")
    command = (sys.executable, "-c", code, str(flights), str(result), *_SORT)
    return statistics.median(
        float(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(rounds)
    )


def figures(ax: Path | None, rounds: int) -> list[Figure]:
    """Measure all; without an `ax` the Accelerator's side is left out."""
    with tempfile.TemporaryDirectory() as name:
        ours, source = measure(AxtuiSide, _made(Path(name) / "ours"), rounds)
        flights = Path(name) / "flights.arrow"
        _export(Path(name) / "ours/project/workdirs/dev", source, flights)
        programs = {"polars": _POLARS, "duckdb": _DUCKDB}
        others = {what: measure_other(code, flights, rounds) for what, code in programs.items() if find_spec(what)}
        theirs: dict[str, float] = {}
        if ax is not None:
            directory = _made(Path(name) / "theirs")
            theirs, _ = measure(lambda root, package: AcceleratorSide(ax, root, package), directory, 1)
    found = [
        ratio_figure("dataset_hashpart of 3.37 million flights", ours["hashpart"], theirs.get("hashpart"), 1 / 5),
        ratio_figure("dataset_sort within 2 slices", ours["sort"], theirs.get("sort"), 1 / 5),
        ratio_figure("dataset_sort across slices", ours["across"], theirs.get("across"), 1 / 5),
    ]
    for what, seconds in others.items():
        found.append(ratio_figure(f"dataset_sort across slices, beside {what} instead", ours["across"], seconds, 2.0))
    return found


def _made(directory: Path) -> Path:
    directory.mkdir()
    return directory


def _export(workdir: Path, source: str, path: Path) -> None:
    """Write the rows as one Arrow file, uncompressed, for the others to read."""
    context.use(Context(workdirs={"dev": workdir}))
    table = Dataset(source).to_arrow()
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table)


def main() -> None:
    """Measure and print."""
    arguments = parse_arguments()
    print(format_machine())
    print(format_table(figures(find_ax(arguments.ax), arguments.rounds)))


if __name__ == "__main__":
    main()
