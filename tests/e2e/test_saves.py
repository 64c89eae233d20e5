"""A save while a build runs: what becomes of both is what the project wants; and jobs that are removed."""

from __future__ import annotations

import pytest

from axtui.engine.client import EngineClient
from axtui.event.events import BuildFinished, BuildStarted, Event, JobStarted, Noted, SaveHeld
from tests.conftest import ProjectDirectory, wait_until
from tests.e2e.conftest import WAITS_FOR_GO, Command, events
from tests.e2e.engines import attached

SLOW = f"""
import os, time
options = {{"number": 1}}
def synthesis(params):
{WAITS_FOR_GO}
    return 5
"""


def happened(project: ProjectDirectory, kind: type[Event]) -> list[Event]:
    """Give every event of a kind."""
    return [event for event in events(project) if isinstance(event, kind)]


def ask(client: EngineClient, do: str, **fields: object) -> dict[str, object]:
    """Send a request and wait for its answer."""
    number = client.request(do, **fields)
    while True:
        message = client.wire.receive()
        if message.get("re") == number:
            return message


def begin(project: ProjectDirectory, client: EngineClient) -> None:
    """Build a job; make it slow, which builds it again, and save it once more while it runs."""
    project.method("slow", "def synthesis(): return 1\n")
    project.script("urd.build('slow')")
    ask(client, "build", script="build", cause="asked", force=[])
    wait_until(lambda: bool(happened(project, BuildFinished)))
    project.method("slow", SLOW)
    ask(client, "hint", paths=[])
    wait_until(lambda: len(happened(project, JobStarted)) == 2)
    project.method("slow", SLOW.replace("return 5", "return 6"))
    ask(client, "hint", paths=[])
    wait_until(lambda: bool(happened(project, SaveHeld)))


def configure(project: ProjectDirectory, choice: str) -> None:
    """Say what a save does during a build."""
    path = project.root / "axtui.toml"
    path.write_text(f'during_build = "{choice}"\n' + path.read_text())


READ = SLOW.replace("{", "{'file': InputFile, ").replace("import os", "from axtui import InputFile\nimport os")
FIRST = {
    "method": (SLOW, "", lambda project: project.method("slow", SLOW.replace("return 5", "return 6"))),
    "helper": ("import helper" + SLOW, "", lambda project: project.write("helper.py", "x = 2")),
    "input file": (READ, ", file='a.txt'", lambda project: project.write("data/a.txt", "other")),
    "script": (SLOW, "", lambda project: project.script("urd.build('slow', number=7)")),
}


@pytest.mark.parametrize("what", [*FIRST])
def test_a_save_during_the_very_first_build_is_seen(project: ProjectDirectory, axtui: Command, what: str) -> None:
    """Though no build has ended yet that tells what was used: the job is stopped, and one of what was saved built."""
    source, given, save = FIRST[what]
    project.write("helper.py", "x = 1")
    project.write("data/a.txt", "words")
    project.method("slow", source)
    project.script(f"urd.build('slow'{given})")
    with attached(axtui) as client:
        ask(client, "build", script="build", cause="asked", force=[])
        wait_until(lambda: len(happened(project, JobStarted)) == 1)
        save(project)
        ask(client, "hint", paths=[])
        wait_until(lambda: len(happened(project, JobStarted)) == 2)
        project.write("go", "")
        wait_until(lambda: len(happened(project, BuildFinished)) == 2)

    assert [event.cause for event in happened(project, BuildStarted)] == ["asked", "saved"]  # type: ignore[attr-defined]
    assert [event.outcome for event in happened(project, BuildFinished)] == ["superseded", "finished"]  # type: ignore[attr-defined]
    last = [*project.jobs().values()][-1]
    assert last.state == "finished"
    again = axtui("run")
    assert "0 built, 1 reused" in again.stderr


def test_a_save_can_wait_for_the_end_of_the_build(project: ProjectDirectory, axtui: Command) -> None:
    """The running job ends as it began; then the build starts that the save caused."""
    configure(project, "wait")
    with attached(axtui) as client:
        begin(project, client)
        held, before = happened(project, SaveHeld), happened(project, BuildStarted)
        project.write("go", "")
        wait_until(lambda: len(happened(project, BuildFinished)) == 3)

    assert [(event.choice, len(event.files)) for event in held] == [("wait", 1)]  # type: ignore[attr-defined]
    assert len(before) == 2
    assert [event.cause for event in happened(project, BuildStarted)] == ["asked", "saved", "saved"]  # type: ignore[attr-defined]
    assert [event.outcome for event in happened(project, BuildFinished)] == ["finished"] * 3  # type: ignore[attr-defined]
    assert len(project.methods()) == 3


@pytest.mark.parametrize(
    ("choice", "outcomes"), [("restart", ["finished", "superseded", "finished"]), ("drop", ["finished"] * 2)]
)
def test_a_save_can_ask(project: ProjectDirectory, axtui: Command, choice: str, outcomes: list[str]) -> None:
    """Nothing is done until the answer comes; that restarts the build, or leaves it alone."""
    configure(project, "ask")
    with attached(axtui) as client:
        begin(project, client)
        wrong = ask(client, "held", choice="perhaps")
        answer = ask(client, "held", choice=choice)
        project.write("go", "")
        wait_until(lambda: len(happened(project, BuildFinished)) == len(outcomes))
        again = ask(client, "held", choice="restart")

    assert "not 'perhaps'" in str(wrong["error"])
    assert "error" not in answer
    assert sorted(event.outcome for event in happened(project, BuildFinished)) == sorted(outcomes)  # type: ignore[attr-defined]
    assert again["error"] == "no save waits for an answer"


def test_a_word_that_is_no_choice_is_refused(project: ProjectDirectory, axtui: Command) -> None:
    """The configuration names what may stand there."""
    configure(project, "stop")

    assert "during_build is 'stop'; wanted restart, wait or ask" in axtui("jobs", status=2).stderr


def test_a_job_can_be_removed(project: ProjectDirectory, axtui: Command) -> None:
    """Who uses it is named; it goes as a whole, and the next build makes it anew."""
    project.method("first", "def synthesis(): return 1\n")
    project.method("second", "jobs = ('source',)\ndef synthesis(): return jobs.source.load()\n")
    project.script("job = urd.build('first')\nurd.build('second', source=job)\n")
    axtui("run")
    first, second = (next(i for i, job in project.jobs().items() if job.method == name) for name in ("first", "second"))
    with attached(axtui) as client:
        users = [ask(client, "users", job=job) for job in (first, second)]
        removed = ask(client, "remove", job=first)
        gone = [ask(client, do, job=name) for do in ("users", "remove") for name in (first, "../x", "dev-999")]

    assert [answer["users"] for answer in users] == [[second], []]
    assert "error" not in removed
    assert not (project.root / f"workdirs/dev/{first}").exists()
    assert [path.name for path in (project.root / "workdirs/dev").iterdir() if path.name.startswith(".removed")] == []
    assert all("there is no job" in str(answer["error"]) for answer in gone)
    assert [event.message for event in happened(project, Noted)] == [f"{first} was removed"]  # type: ignore[attr-defined]
    axtui("run")
    assert "first" in project.methods()


def test_no_job_is_removed_while_a_build_runs(project: ProjectDirectory, axtui: Command) -> None:
    """It may be about to use it."""
    configure(project, "wait")
    with attached(axtui) as client:
        begin(project, client)
        job = next(i for i, job in project.jobs().items() if job.method == "slow")
        answer = ask(client, "remove", job=job)
        project.write("go", "")
        wait_until(lambda: len(happened(project, BuildFinished)) == 3)

    assert "a build runs" in str(answer["error"])
