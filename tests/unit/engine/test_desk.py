"""The desk: requests in any order, none of which waits for another that is not an input of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from axtui.base.wire import Message
from axtui.build.code import Code
from axtui.build.script_options import ScriptOptions
from axtui.engine import inputfiles
from axtui.engine.askers import Asker, Outcome
from axtui.engine.builds import Build
from axtui.engine.desk import Desk
from axtui.engine.tickets import Ticket
from axtui.event.events import Event, JobCancelled, JobRequested, JobReused, RequestRefused
from axtui.execute.executor import FileDigested, MethodDescribed
from axtui.method.description import describe_method
from axtui.method.forms import InputFile, OptionDefault
from axtui.method.snapshot import Snapshot
from axtui.project.config import read_project
from axtui.store.catalogue import Catalogue
from axtui.store.index import in_memory
from axtui.store.workdir import Workdir
from tests.conftest import make_project
from tests.unit.store.jobs import make_job

OPTIONS: dict[str, Any] = {"text": "", "texts": [], "file": OptionDefault(InputFile)}


class Office:
    """A desk with a script that asks, and everything around it played by the test."""

    def __init__(self, root: Path) -> None:
        made = make_project(root)
        for name in ("one", "two"):
            made.method(name, "def synthesis(): pass\n")
        self.root = root
        project = read_project(root)
        code = Code(project.source_directory, project.packages)
        code.rescan()
        self.events: list[Event] = []
        self.replies: dict[int, Message] = {}
        self.said: list[str] = []
        """What was said, in order: "answer", or the kind of an event."""
        self.passed: list[Ticket] = []
        self.described: list[tuple[str, Snapshot]] = []
        self.read: list[tuple[int, str]] = []
        self.later: deque[Callable[[], None]] = deque()
        self.turns = 0
        self.is_outdated = False
        self.workdir = Workdir("dev", project.workdirs["dev"])
        self.workdir.prepare(project.slices)
        self.catalogue = Catalogue(project.workdirs, project.target, project.root, in_memory)
        self.catalogue.refresh()
        self.desk = Desk(project, code, self.catalogue, self._publish, self._reply)
        self.desk.use(self)  # type: ignore[arg-type]
        self.desk.pass_on = self.passed.append
        self.desk.call_later = lambda _, callback: self.later.append(callback)
        self.build = Build(1, "build", "dev-0", "asked", 0.0, ScriptOptions())
        self.desk.askers["dev-0"] = Asker(self.build, 0, "", "dev")

    def describe(self, method: str, module: str, snapshot: Snapshot) -> None:
        """Be asked to import a method."""
        self.described.append((method, snapshot))

    def is_described(self, method: str, snapshot: Snapshot) -> bool:
        """Be asked whether what was imported still holds."""
        return not self.is_outdated

    def digest(self, number: int, path: str) -> None:
        """Be asked to read a file."""
        self.read.append((number, Path(path).name))

    def ask(self, tag: int, method: str = "one", **options: Any) -> None:
        """Send a request."""
        groups: Message = {"options": options, "datasets": {}, "jobs": {}, "keywords": {}}
        self.desk.ask("dev-0", {"do": "build", "method": method, "tag": tag, **groups})

    def run(self) -> None:
        """Let everything go on that can."""
        while self.later:
            self.turns += 1
            self.later.popleft()()

    def know(self, method: str = "one") -> None:
        """Have a method imported."""
        module = ModuleType(method)
        module.__dict__.update(options=OPTIONS, synthesis=lambda: None, __file__=f"a_{method}.py")
        snapshot = next(snapshot for name, snapshot in self.described if name == method)
        description = describe_method(method, module)
        self.desk.take_description(MethodDescribed(method, snapshot.content, description))
        self.run()

    def start(self) -> None:
        """Have `one` imported with a request, tag 1, that is passed on."""
        self.ask(1)
        self.run()
        self.know()

    def tags(self) -> list[int]:
        """Give the tags of what was passed on."""
        return [ticket.tag for ticket in self.passed]

    def _publish(self, event: Event) -> None:
        self.said.append(type(event).__name__)
        self.events.append(event)

    def _reply(self, jobid: str, message: Message) -> None:
        self.said.append("answer")
        assert jobid == "dev-0"
        assert message["tag"] not in self.replies
        self.replies[message["tag"]] = message


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Give an office."""
    return Office(tmp_path / "project")


def built(office: Office, index: int, job: str) -> None:
    """Have a request answered that was passed on."""
    ticket = office.passed[index]
    office.desk.settle(ticket, {"job": job, "reused": False}, Outcome(ticket.label, job))
    office.run()


def test_a_method_that_takes_long_to_import_holds_up_no_other(office: Office) -> None:
    """What was asked for later is passed on first, and shown in the order of asking all the same."""
    office.ask(1, "one")
    office.ask(2, "two")
    office.run()
    office.know("two")

    assert office.tags() == [2]
    office.know("one")
    assert office.tags() == [2, 1]
    assert [each.row for each in office.events if isinstance(each, JobRequested)] == ["one.1", "two.1"]


def test_what_was_asked_for_first_goes_first(office: Office) -> None:
    """Also where others were asked for just before its method was imported."""
    office.ask(1)
    office.run()
    office.ask(2)
    office.ask(3)
    office.know()

    assert office.tags() == [1, 2, 3]


def test_handles_are_filled_in_when_their_jobs_are_there(office: Office) -> None:
    """A job, a dataset, a dataset called default and a file; the request waits for all of them."""
    office.start()
    office.ask(2)
    handles = [{"$handle": 1}, {"$handle": [2, "d"]}, {"$handle": [1, "default"]}]
    office.ask(3, texts=[*handles, "plain"], text={"$handle": 2})
    office.run()
    assert office.tags() == [1, 2]

    built(office, 1, "dev-22")
    assert office.tags() == [1, 2]
    built(office, 0, "dev-11")

    assert office.tags() == [1, 2, 3]
    assert office.passed[2].message["options"] == {"texts": ["dev-11", "dev-22/d", "dev-11", "plain"], "text": "dev-22"}
    assert office.replies == {
        1: {"job": "dev-11", "reused": False, "tag": 1},
        2: {"job": "dev-22", "reused": False, "tag": 2},
    }


def test_a_file_of_a_handle(office: Office) -> None:
    """It becomes a file of the job, with all that was said of it."""
    from axtui.engine.askers import fill

    filled = fill({"options": {"f": {"$handle": [4, "n", True, {"$set": [1]}]}}}, {4: Outcome("x", "dev-4")})

    assert filled == {"options": {"f": {"$file": ["dev-4", "n", True, {"$set": [1]}]}}}


def test_a_failure_is_known_before_the_other_inputs_end(office: Office) -> None:
    """Who depends on it is told at once, and says which it was."""
    office.start()
    office.ask(2)
    office.ask(3, texts=[{"$handle": 1}, {"$handle": 2}])
    office.run()

    ticket = office.passed[1]
    office.desk.settle(ticket, {"error": {}}, Outcome("one", fault="one (dev-2) failed"))
    office.run()

    assert office.replies[3]["error"]["text"] == "one was not built: its input one (dev-2) failed"
    assert [each.why for each in office.events if isinstance(each, JobCancelled)] == ["its input one (dev-2) failed"]
    assert not office.desk.open_tickets(1)


def test_a_failure_at_the_head_of_a_long_chain(office: Office) -> None:
    """It reaches the end, further than Python nests calls, and the loop can look at other things in between."""
    office.start()
    for tag in range(2, 5002):
        office.ask(tag, text={"$handle": tag - 1})
    office.run()

    office.desk.settle(office.passed[0], {"error": {}}, Outcome("one", fault="one (dev-1) failed"))
    office.run()

    assert len(office.replies) == 5001
    assert office.replies[5001]["error"]["text"] == (
        "one was not built: its input one was not built: one (dev-1) failed"
    )
    assert office.turns > 5


@pytest.mark.parametrize("handle", [2, 3, 0, -1, [7, "d"], "1", [1], [1, 2, 3], [None, "d"], {}])
def test_a_handle_that_is_none(office: Office, handle: object) -> None:
    """One of no earlier request, or of another form, is refused; nothing waits for ever."""
    office.start()
    office.ask(2, text={"$handle": handle})
    office.run()

    assert "handle" in office.replies[2]["error"]["text"]
    assert any(isinstance(event, RequestRefused) for event in office.events)


def test_a_file_that_is_being_read_holds_up_nothing_else(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a request without a file, nor one of another file; one that is not new is read once for all who ask."""
    monkeypatch.setattr(inputfiles, "is_fresh", lambda _: False)
    office.start()
    for name in ("big", "small"):
        (office.root / "data" / name).write_text(name)
    office.ask(2, file="big")
    office.ask(3, file="small")
    office.ask(4, file="big")
    office.ask(5)
    office.run()
    assert office.tags() == [1, 5]
    assert [name for _, name in office.read] == ["big", "small"]

    office.desk.take_digest(FileDigested(office.read[1][0], "b" * 64, ""))
    office.run()
    assert office.tags() == [1, 5, 3]

    office.desk.take_digest(FileDigested(office.read[0][0], "a" * 64, ""))
    office.run()
    assert office.tags() == [1, 5, 3, 2, 4]
    office.ask(6, file="big")
    office.run()
    assert office.tags()[-1] == 6
    assert len(office.read) == 2
    files = [ticket.wanted.identity.files for ticket in office.passed if ticket.wanted and ticket.tag in (2, 3)]
    assert files == [{"file": "b" * 64}, {"file": "a" * 64}]


def test_a_file_that_was_just_written_is_read_for_each(office: Office) -> None:
    """Another edit of it might not show in its stat."""
    office.start()
    (office.root / "data/new").write_text("1")
    for tag in (2, 3):
        office.ask(tag, file="new")
    office.run()

    assert [name for _, name in office.read] == ["new", "new"]


def test_a_file_that_cannot_be_read(office: Office) -> None:
    """The answer names option, file and reason."""
    office.start()
    (office.root / "data/new").write_text("1")
    office.ask(2, file="new")
    office.run()
    office.desk.take_digest(FileDigested(office.read[0][0], "", "Input/output error"))
    office.run()

    path = office.root / "data/new"
    wanted = {"server": f"option file of one: {path} cannot be read (Input/output error)"}
    assert office.replies[2]["error"]["status"] == wanted


def test_what_is_cancelled_while_it_waits_is_answered_once(office: Office) -> None:
    """Whatever comes for it later, and what depends on it is cancelled too."""
    office.ask(1)
    office.ask(2, text={"$handle": 1})
    office.run()
    office.desk.cancel(office.desk.open_tickets(1)[0], "you")
    office.know()

    assert not office.passed
    assert office.replies[1]["error"]["text"] == "one was not built: you"
    assert office.replies[2]["error"]["text"] == "one was not built: its input one was cancelled"


def test_a_request_of_who_has_ended(office: Office) -> None:
    """It is dropped."""
    office.ask(1)
    office.run()
    del office.desk.askers["dev-0"]
    office.know()

    assert not office.passed
    assert not office.desk.open_tickets(1)


def test_a_method_is_imported_again_where_its_import_rests_on_something_that_changed(office: Office) -> None:
    """The next request waits for that, and takes what it brings even if it should be outdated by then too."""
    office.start()
    office.is_outdated = True
    office.ask(2, text="x")
    office.run()

    assert office.tags() == [1]
    assert [method for method, _ in office.described] == ["one", "one"]
    office.know()
    assert office.tags() == [1, 2]


def finish(office: Office) -> None:
    """Have dev-5 be what request 1 would have built, and ask for it again."""
    office.start()
    wanted = office.passed[0].wanted
    assert wanted is not None
    made = {"key": wanted.identity.key, "hash": wanted.identity.code, "options": wanted.request.options}
    make_job(office.workdir, 5, method="one", **made)
    office.catalogue.add("dev-5")
    office.said.clear()
    office.ask(2)
    office.run()


def test_a_job_that_is_there_is_the_answer(office: Office) -> None:
    """Whoever asked is not kept waiting while everybody else is told; one event has all that a request would have."""
    finish(office)

    assert office.replies == {2: {"job": "dev-5", "reused": True, "tag": 2}}
    assert office.said == ["answer", "JobReused"]
    assert office.events[-1] == JobReused(1, "one.2", "dev-5", 1.0, "", (), "one")
    assert office.build.counts["reused"] == 1


def test_a_job_that_is_gone_is_no_answer(office: Office) -> None:
    """It is looked for at each request, also where it was the answer just before."""
    finish(office)

    (office.workdir.path / "dev-5/charts/a.svg").unlink()
    office.ask(3)
    office.run()

    assert office.tags() == [1, 3]
    assert office.passed[1].fault.startswith("dev-5 is damaged: charts/a.svg")
