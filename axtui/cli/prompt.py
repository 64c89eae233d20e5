"""A Python prompt in which `job` is one job of the project: look at its result, files and datasets by hand."""

from __future__ import annotations

import code
import sys
from contextlib import suppress

from axtui import Dataset, Job
from axtui.api import context
from axtui.base.text import safe
from axtui.project.config import Project
from axtui.store import layout
from axtui.store.record import JobRecord


def open_prompt(project: Project, record: JobRecord) -> None:
    """Let the user type Python until ctrl+d; nothing that is typed is recorded in the job.

    `job` is an `axtui.Job`, `Job` and `Dataset` open any other; modules of the project can be imported.
    """
    context.use(
        context.Context(
            workdirs=project.workdirs,
            slices=project.slices,
            root=project.root,
            input_directory=project.input_directory,
            result_directory=project.result_directory,
        )
    )
    sys.path.insert(0, str(project.root))
    names = {"__name__": "__console__", "job": Job(record.jobid), "Job": Job, "Dataset": Dataset}
    with suppress(ImportError):  # Python can be built without it; then there is no editing and no completion
        import readline
        import rlcompleter

        readline.set_completer(rlcompleter.Completer(names).complete)
        readline.parse_and_bind("tab: complete")
    code.interact(banner="\n".join(map(safe, _banner(record))), local=names, exitmsg="")


def _banner(record: JobRecord) -> list[str]:
    tries = ["job.params", "job.files()", "job.output()"]
    if (record.directory / layout.RESULT).is_file():
        tries.insert(0, "job.load()")
    if record.post.get("datasets"):
        tries.append("job.dataset().to_arrow()")
    state = record.state if record.state == "finished" else f"{record.state}: not all of it is there"
    return [f"job is {record.jobid}, {record.method}, {state}", f"try {', '.join(tries)}; ctrl+d leaves"]
