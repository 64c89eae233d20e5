"""A method that asks for it is tried again when its job fails; each attempt is a job, and the last one counts."""

from __future__ import annotations

import re

from tests.conftest import ProjectDirectory, wait_until
from tests.e2e.conftest import Command, events
from tests.e2e.engines import attached

FLAKY = (
    "retries = 2\n"
    "def synthesis():\n"
    "    with open('../../../tries', 'a+') as handle:\n"
    "        handle.write('x')\n        handle.flush()\n        handle.seek(0)\n        tries = len(handle.read())\n"
    "    if tries < 3: raise ValueError(f'try {tries}')\n    return tries\n"
)


def test_the_attempt_that_succeeds_is_the_job(project: ProjectDirectory, axtui: Command) -> None:
    """Failed attempts are failed jobs of their own; each next one says which attempt it is, and why."""
    project.method("one", FLAKY)
    project.script("print(urd.build('one').load())")

    done = axtui("run")

    jobs = project.jobs()
    assert done.stdout == "3\n"
    assert [(jobid, job.state, job.setup["attempt"]) for jobid, job in jobs.items()] == [
        ("dev-1", "failed", [1, 3]),
        ("dev-2", "failed", [2, 3]),
        ("dev-3", "finished", [3, 3]),
    ]
    assert jobs["dev-3"].setup["why"][0] == "attempt 3 of 3: dev-2 failed in synthesis: ValueError: try 2"
    assert re.search(r"dev-1 +attempt 1 of 3 failed in synthesis: ValueError: try 1 \(a_one\.py:8\)", done.stderr)
    assert "1 built, 0 reused\n" in done.stderr
    assert "attempt 2 of 3" in axtui("job", "dev-2").stdout
    assert axtui("run").stdout == "3\n"
    assert len(project.jobs()) == 3


def test_the_last_failure_is_the_jobs(project: ProjectDirectory, axtui: Command) -> None:
    """When no attempt succeeds, the script gets the error of the last one; without `retries` there is one attempt."""
    project.method("one", "retries = 1\ndef synthesis(): raise ValueError('no')\n")
    project.method("two", "def synthesis(): raise ValueError('no')\n")
    project.script(
        "from axtui import JobError\n"
        "for name in ('one', 'two'):\n    try: urd.build(name)\n    except JobError as error: print(error.job)"
    )

    done = axtui("run")

    assert done.stdout == "dev-2\ndev-3\n"
    assert [job.state for job in project.jobs().values()] == ["failed"] * 3
    assert "0 built, 0 reused, 2 failed" in done.stderr


def test_who_depends_on_it_waits_for_the_last_attempt(project: ProjectDirectory, axtui: Command) -> None:
    """A job that asked for it as a subjob, and one that has its handle as an input, see only what came of it."""
    project.method("flaky", FLAKY)
    project.method("after", "jobs = ('source',)\ndef synthesis(jobs): return jobs.source.load() + 1\n")
    project.method("around", "from axtui import subjobs\ndef synthesis(): return subjobs.build('flaky').load() + 2\n")
    project.script(
        "print(urd.submit('after', source=urd.submit('flaky')).result().load())\n"
        "import pathlib\npathlib.Path('../../../tries').unlink(missing_ok=True)\n"
    )
    first = axtui("run").stdout
    project.method("flaky", FLAKY.replace("return tries", "return tries * 10"))
    project.script("print(urd.build('around').load())")

    second = axtui("run").stdout

    assert (first, second) == ("4\n", "32\n")
    assert [job.method for job in project.jobs().values() if job.state == "failed"] == ["flaky"] * 4


def test_a_time_limit_counts_for_each_attempt(project: ProjectDirectory, axtui: Command) -> None:
    """A job that ran too long has failed, and is tried again; the configuration may ask for it."""
    project.method("one", "import signal\nlimits = {'seconds': 0.2}\ndef synthesis(): signal.pause()\n")
    project.write("axtui.toml", f"{(project.root / 'axtui.toml').read_text()}[limits.one]\nretries = 1\n")
    project.script("urd.build('one')")

    axtui("run", status=1)

    messages = [job.error["message"] for job in project.jobs().values()]
    assert messages == ["ran longer than its limit of 0.2 s"] * 2


def test_what_is_cancelled_or_refused_is_not_tried_again(project: ProjectDirectory, axtui: Command) -> None:
    """Somebody wanted it stopped, or it never was a job."""
    project.method("one", "import signal\nretries = 5\noptions = {'n': 0}\ndef synthesis(): signal.pause()\n")
    project.script(
        "try: urd.build('one', no_such=1)\nexcept Exception as error: print(type(error).__name__)\nurd.build('one')"
    )
    with attached(axtui) as client:
        client.request("build", script="build", cause="asked", options={})
        wait_until(lambda: [job for job in project.jobs().values() if (job.directory / "output").is_dir()])
        client.request("cancel", build=1)
        wait_until(lambda: "BuildFinished" in kinds(project))

    assert [job.state for job in project.jobs().values()] == ["failed"]
    assert {"JobCancelled", "RequestRefused"} <= kinds(project)
    assert "AttemptFailed" not in kinds(project)


def kinds(project: ProjectDirectory) -> set[str]:
    """Give the kinds of events that have happened."""
    return {type(event).__name__ for event in events(project)}
