"""Datasets three times the memory that the engine and its jobs are given, through the command."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ProjectDirectory
from tests.program import PROGRAM

LINES, LINE_NBYTES = 20_000, 216

ROWS = f"""
import numpy as np
import pyarrow as pa

options = {{"nbytes": 0, "kind": "bytes"}}

def prepare(job, options):
    return job.datasetwriter(columns={{"key": "int64", "text": options.kind, "value": "float64"}})

def analysis(sliceno, slices, options, prepare_res):
    random = np.random.default_rng(sliceno)
    low, high, arrow = {{"bytes": (0, 256, pa.binary()), "ascii": (97, 123, pa.string())}}[options.kind]
    for _ in range(options.nbytes // slices // ({LINES * LINE_NBYTES}) + 1):
        data = pa.py_buffer(random.integers(low, high, {LINES} * 200, dtype=np.uint8))
        offsets = pa.py_buffer(np.arange(0, {LINES} * 200 + 1, 200, dtype=np.int32))
        text = pa.Array.from_buffers(arrow, {LINES}, [None, offsets, data])
        key, value = random.integers(-2**62, 2**62, {LINES}), random.random({LINES})
        prepare_res.write_arrays({{"key": key, "text": text, "value": value}})
"""

CHECK = """
datasets = ("source",)

def synthesis(datasets):
    last = -2**63
    for batch in datasets.source.batches(None, ["key"]):
        keys = batch["key"]
        assert keys[0] >= last and (keys[1:] >= keys[:-1]).all()
        last = int(keys[-1])
    return datasets.source.lines
"""

SCRIPT = """
import json
rows = urd.build("rows", nbytes=NBYTES)
hashed = urd.build("dataset_hashpart", source=rows, hashlabel="text")
found = urd.build("dataset_sort", source=hashed, sort_columns=["key"], sort_across_slices=True)
print(json.dumps(urd.build("check", source=found).load()))
sums = [urd.build("dataset_checksum", source=ds).load()["sum"] for ds in (rows, found)]
print(json.dumps(len(set(sums))))
"""

EXPORT = """
import json
texts = urd.build("rows", nbytes=NBYTES, kind="ascii")
exported = urd.build("csvexport", source=[texts], filename="texts.csv")
plain = urd.build("csvimport", filename=exported.filename("texts.csv"))
types = {"key": "int64_10", "text": "ascii", "value": "float64"}
typed = urd.build("dataset_type", source=plain, column2type=types)
sums = [urd.build("dataset_checksum", source=ds).load()["sum"] for ds in (texts, typed)]
print(json.dumps([texts.dataset().lines, sums[0] == sums[1]]))
"""

RUN = (sys.executable, "-c", PROGRAM, "run")


def run(project: ProjectDirectory, surroundings: dict[str, str], limit: int | None = None) -> list[Any]:
    """Run the build script, all processes under a limit; give what it printed, a JSON value a line."""
    done = subprocess.run(
        RUN,
        cwd=project.root,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        preexec_fn=limit and (lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))),
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.slow
def test_rewriting_three_times_the_memory(project: ProjectDirectory, surroundings: dict[str, str]) -> None:
    """Hashing, sorting and summing succeed, the lines are all there and in order, and temporary files are gone.

    The limit is that of all processes that the command starts.
    """
    limit = 200 << 20
    project.method("rows", ROWS)
    project.method("check", CHECK)
    project.script(SCRIPT.replace("NBYTES", str(3 * limit)))

    lines, sums = run(project, surroundings, limit)

    assert sum(lines) * LINE_NBYTES >= 3 * limit and max(lines) - min(lines) <= 1 and sums == 1
    left = [path.name for path in Path(project.root).glob("workdirs/dev/*/*") if path.is_file()]
    assert not [name for name in left if name.startswith(("run.", "targets", "digests"))]


@pytest.mark.slow
def test_there_and_back_three_times_the_memory(project: ProjectDirectory, surroundings: dict[str, str]) -> None:
    """A dataset is exported as text, imported and typed, and has the same lines; the limit is each job's."""
    limit = 256 << 20
    configuration = (project.root / "axtui.toml").read_text()
    project.write("axtui.toml", f"{configuration}[limits]\nmemory = {limit}\n")
    project.method("rows", ROWS)
    project.script(EXPORT.replace("NBYTES", str(3 * limit)))

    ((lines, is_same),) = run(project, surroundings)

    assert is_same and sum(lines) * LINE_NBYTES >= 3 * limit
