"""What a job prints, as it comes."""

from __future__ import annotations

import json
import os
from pathlib import Path

from axtui.cli.follow import Follower
from axtui.store import layout
from axtui.store.lock import write_owner
from tests.unit.store.jobs import make_workdir, start_job


def test_lines_come_whole_and_in_order_until_the_job_ends(tmp_path: Path) -> None:
    """What is there comes stage by stage; a line that is not finished waits for its end, or for that of the job."""
    job = start_job(make_workdir(tmp_path), 1)
    output = job / layout.OUTPUT
    owner = write_owner(job, "engine")
    (output / "synthesis.err").write_bytes(b"oh\n")
    (output / "analysis.10.out").write_bytes(b"ten\n")
    (output / "analysis.2.out").write_bytes(b"two\nhal")
    (output / "prepare.out").write_bytes(b"first\n")
    (output / "other").write_bytes(b"not output\n")

    lines = Follower(job).follow()
    there = [next(lines) for _ in range(4)]
    with open(output / "analysis.2.out", "ab") as handle:
        handle.write(b"f\nlast")
    came = next(lines)
    (job / layout.ERROR).write_text(json.dumps({"message": "no luck"}))
    os.close(owner)
    left = list(lines)

    assert [(line.label, line.data) for line in there] == [
        ("prep", b"first"), ("s2", b"two"), ("s10", b"ten"), ("syn!", b"oh"),
    ]  # fmt: skip
    assert (came.label, came.data) == ("s2", b"half")
    assert [(line.label, line.data) for line in left] == [("s2", b"last")]
