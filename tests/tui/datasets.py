"""A recorded build whose jobs hold real datasets, written by the API that jobs write them with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from axtui.api import context
from axtui.api.context import Context
from axtui.api.current import CurrentJob
from axtui.event.events import BuildFinished
from tests.tui.recorded import Recorded

NASTY = "\x1b[31mred\x1b]0;title\x07 [/bold] [@click=app.quit]x"
ROWS = 1000
OLD = "def analysis(sliceno):\n    return sliceno\n\n\ndef synthesis():\n    return 1\n"
NEW = "def analysis(sliceno):\n    return sliceno + 1\n\n\ndef synthesis():\n    return 1\n"


def write_dataset(rec: Recorded, jobid: str, columns: dict[str, Any], rows: Any, name: str = "default") -> None:
    """Write a dataset into the directory of a job, made here where it is not there yet; rows are dealt out in turn."""
    root = rec.root / "workdirs/dev"
    (root / jobid).mkdir(exist_ok=True)
    place = {"workdirs": {"dev": root}, "directory": root / jobid, "input_directory": root}
    context.use(Context(slices=rec.slices, jobid=jobid, stage="synthesis", **place))  # type: ignore[arg-type]
    writer = CurrentJob(jobid).datasetwriter(name=name, columns=columns)
    write = writer.get_split_write()
    for row in rows:
        write(*row)
    writer.finish()
    context.use(Context())


def record_data(root: Path) -> Recorded:
    """Write a project: `make` in two versions, of which the newer has two datasets, and `use`, which reads it."""
    rec = Recorded(root)
    rec.begin()
    rec.job("dev-1", "make", OLD, options={"days": 7}, result="{'rows': 10}\n")
    rec.built("make.1", "dev-1", seconds=2.0)
    rec.say(BuildFinished(rec.build, "finished", 3.0, 1, 0, 0))
    rec.begin()
    rows = ((f"c{n % 5}", None if n == 3 else n, n / 4) for n in range(ROWS))
    write_dataset(rec, "dev-2", {"carrier": "unicode", "flight": ("int64", True), "hours": "float64"}, rows)
    write_dataset(rec, "dev-2", {NASTY: "unicode", "what": "pickle"}, [(NASTY, {"a": 1})], "nasty")
    rec.job("dev-2", "make", NEW, options={"days": 8}, result="{'rows': 11}\n", datasets=("default", "nasty"))
    rec.built("make.1", "dev-2", why="option days: 7 → 8", seconds=4.0)
    rec.job("dev-3", "use", inputs={"source": "dev-2"})
    rec.built("use.1", "dev-3", ("dev-2",))
    rec.say(BuildFinished(rec.build, "finished", 3.0, 2, 0, 0))
    return rec
