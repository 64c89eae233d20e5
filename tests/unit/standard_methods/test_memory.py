"""Files larger than memory: imported and typed in a process that may not hold them."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from axtui import Dataset
from tests.unit.dataset.desk import Desk
from tests.unit.standard_methods.running import csvimport, dataset_type

_DATA_NBYTES = 50 << 20
"""How much more a process may have than it had: a third of the file. Stacks of threads count too."""


def run_limited(work: Callable[[], None], nbytes: int) -> int:
    """Run `work` in a process that may have `nbytes` more data than this one; return how it ended."""
    process = os.fork()
    if process == 0:
        code = 1
        try:
            now = _data_nbytes()
            resource.setrlimit(resource.RLIMIT_DATA, (now + nbytes, now + nbytes))
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def _data_nbytes() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmData"))


@pytest.fixture
def large(desk: Desk) -> Path:
    """Return a file of 150 MB."""
    path = desk.root / "large.csv"
    block = b"".join(
        b"%07d,%d,text of line %d,2020-01-02 03:04:%02d\n" % (n, n * n, n % 97, n % 60) for n in range(5000)
    )
    with path.open("wb") as handle:
        handle.write(b"a,b,c,d\n")
        while handle.tell() < 3 * _DATA_NBYTES:
            handle.write(block)
    return path


def test_the_limit_forbids_holding_the_file(large: Path) -> None:
    """What the next tests allow is too little for the file itself."""
    assert run_limited(lambda: print(len(large.read_bytes())), _DATA_NBYTES) == 1


TYPES = {"a": "int32_10", "b": "int64_10", "c": "ascii", "d": "datetime:%Y-%m-%d %H:%M:%S"}


@pytest.mark.slow
@pytest.mark.parametrize("options", [{"types": TYPES}, {"quotes": '"', "comment": "#", "lineno_label": "n"}])
def test_a_file_is_imported_in_little_memory(desk: Desk, large: Path, options: dict[str, object]) -> None:
    """A file three times as large as what the process may have is imported, typed or not."""

    def work() -> None:
        job, result, _ = csvimport(desk, b"", "none.csv", **{"filename": large.name, **options})
        assert result["num_lines"] == sum(Dataset(job).lines) > 3_000_000

    assert run_limited(work, _DATA_NBYTES) == 0


@pytest.mark.slow
def test_a_dataset_is_typed_in_little_memory(desk: Desk, large: Path) -> None:
    """So is a dataset, also where its lines move to other slices."""
    source = Dataset(csvimport(desk, b"", "none.csv", filename=large.name)[0])

    def work() -> None:
        dataset_type(desk, source, column2type=TYPES)
        dataset_type(desk, source, column2type=TYPES, hashlabel="a")

    assert run_limited(work, _DATA_NBYTES) == 0
