"""What a job directory says to its readers: the request that the job was built from, typed, and what it printed."""

from __future__ import annotations

import os
from pathlib import Path

from axtui.base.dotdict import DotDict, dotted
from axtui.base.errors import NoSuchJobError
from axtui.base.records import Record
from axtui.base.values import decode_value
from axtui.store import layout
from axtui.store.commit import find_files
from axtui.store.record import read_job


def read_params(directory: Path, jobid: str) -> DotDict:
    """Read the parameters of a job from its setup.json; a finished job has `endtime` and `exectime` too.

    The options of a finished build script also say where its jobs are listed, as `urd-list`.

    Raises:
        NoSuchJobError: There is no such job, or its record is damaged.
    """
    record = read_job(directory)
    if not record.setup:
        raise NoSuchJobError(f"there is no usable job {jobid} in {directory.parent}: {record.reason}")
    times: Record = {key: record.post[key] for key in ("endtime", "exectime") if key in record.post}
    params = typed_params({**record.setup, **times})
    params.options.update({key: record.post[key] for key in ("urd-list",) if key in record.post})
    return params


def typed_params(setup: Record) -> DotDict:
    """Turn the record of a request into what `params` holds."""
    options = {key: dotted(decode_value(value)) for key, value in setup["options"].items()}
    return DotDict({**dotted({**setup, "options": None}), "options": DotDict(options)})


def read_output(directory: Path) -> dict[str | int, str]:
    """Return captured output by stage ("prepare", "synthesis") and slice number, stdout before stderr."""
    parts: dict[str | int, list[str]] = {}
    order = {"prepare": -1, "synthesis": 1 << 30}
    for path in sorted(find_files(directory, layout.OUTPUT)):
        parsed = layout.parse_output_name(os.path.basename(path))
        if parsed:
            stage, sliceno, _ = parsed
            key: str | int = sliceno if stage == "analysis" else stage
            text = (directory / path).read_bytes().decode("utf-8", "backslashreplace")
            parts.setdefault(key, []).insert(0, text)
    keys = sorted(parts, key=lambda key: key if isinstance(key, int) else order[key])
    return {key: "".join(parts[key]) for key in keys}
