"""The fold of events into what is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtui.event import events as ev
from axtui.tui.state import Board


class Told:
    """A board that is told events one by one."""

    def __init__(self) -> None:
        self.board = Board()
        self.seq = 0
        self.build = 0

    def say(self, *events: ev.Event) -> None:
        """Tell events; a second passes with each."""
        for event in events:
            self.seq += 1
            self.board.apply(ev.Entry(self.seq, 1e9 + self.seq, float(self.seq), event))

    def begin(self, script: str = "build") -> None:
        """Begin a build."""
        self.build += 1
        self.say(ev.BuildStarted(self.build, script, "dev-99", "asked"))

    def end(self, outcome: str = "finished") -> None:
        """End the build."""
        self.say(ev.BuildFinished(self.build, outcome, 3.0, 1, 1, 0))

    def ask(self, row: str, *inputs: str, parent: str = "") -> None:
        """Ask for a job."""
        self.say(ev.JobRequested(self.build, row, row.partition(".")[0], parent, "", "", inputs))

    def reuse(self, row: str, job: str, *inputs: str) -> None:
        """Ask for a job and answer with one that exists."""
        self.ask(row, *inputs)
        self.say(ev.JobReused(self.build, row, job, 1.5, "", inputs))

    def start(self, row: str, job: str, *inputs: str) -> None:
        """Ask for a job and start it."""
        self.ask(row, *inputs)
        self.say(ev.JobStarted(self.build, row, job, 2, ("source changed",), 4.0, inputs))

    def built(self, row: str, job: str, *inputs: str) -> None:
        """Ask for a job and let it run."""
        self.start(row, job, *inputs)
        self.say(ev.JobFinished(self.build, row, job, 2.5))

    def failed(self, row: str, job: str, *inputs: str) -> None:
        """Ask for a job and let it fail."""
        self.start(row, job, *inputs)
        self.say(ev.JobFailed(self.build, row, job, 0.5, "synthesis", "boom", "a_b.py", 7))

    def states(self) -> dict[str, str]:
        """Return each row's state, in the order of the rows."""
        return {row.row: row.shown for row in self.board.table}


@pytest.fixture
def told() -> Told:
    """Give a board with a build of three jobs in a chain, all built."""
    told = Told()
    told.begin()
    told.built("a.1", "dev-1")
    told.built("b.1", "dev-2", "dev-1")
    told.built("c.1", "dev-3", "dev-2/default")
    told.end()
    return told


def test_a_job_goes_from_waiting_to_built() -> None:
    """Each event of a job moves its row on, and the row keeps what was said."""
    told = Told()
    told.begin()

    told.ask("a.1")
    waiting = told.states()["a.1"]
    told.say(ev.JobStarted(1, "a.1", "dev-1", 2, ("first time",), 9.0), ev.StageStarted(1, "a.1", "dev-1", "analysis"))
    running = told.states()["a.1"]
    told.say(ev.JobFinished(1, "a.1", "dev-1", 2.5, "dev-0", ("left a process",)))

    row = told.board.table.rows["a.1"]
    assert (waiting, running, row.state) == ("waiting", "running", "built")
    assert (row.job, row.seconds, row.expected, row.why) == ("dev-1", 2.5, 9.0, ("first time",))
    assert row.notes == ("same output as dev-0", "left a process")
    assert [name for name, _ in row.stages] == ["analysis", ""]


def test_an_event_twice_counts_once(told: Told) -> None:
    """What was read from the journal changes nothing when the engine tells it again."""
    before = told.states()

    told.board.apply(ev.Entry(1, 0.0, 0.0, ev.BuildStarted(7, "other", "dev-1", "asked")))

    assert told.states() == before
    assert told.board.build is not None
    assert told.board.build.number == 1


def test_rows_stay_while_a_new_build_comes_to_them(told: Told) -> None:
    """A new build takes no row away and moves none; what it has not come to is expected."""
    told.begin()
    told.reuse("a.1", "dev-1")

    assert told.states() == {"a.1": "reused", "b.1": "expected", "c.1": "expected"}


def test_rows_that_nobody_asks_for_vanish_at_a_good_end(told: Told) -> None:
    """A row goes when a build ended well without it."""
    told.begin()
    told.reuse("a.1", "dev-1")
    told.reuse("c.1", "dev-3", "dev-2")
    told.end()

    assert list(told.states()) == ["a.1", "c.1"]


def test_a_new_row_stands_where_the_script_asks_for_it(told: Told) -> None:
    """A job between two others gets its row between them."""
    told.begin()
    told.reuse("a.1", "dev-1")
    told.built("new.1", "dev-9", "dev-1")
    told.reuse("b.1", "dev-2", "dev-1")

    assert list(told.states()) == ["a.1", "new.1", "b.1", "c.1"]


def test_a_subjob_stands_below_its_parent(told: Told) -> None:
    """Jobs that a job builds follow it, before the script's next row, however deep."""
    told.begin()
    told.start("a.1", "dev-4")
    told.ask("sub.1", parent="a.1")
    told.ask("subsub.1", parent="sub.1")
    told.ask("sub.2", parent="a.1")

    table = told.board.table
    assert list(told.states()) == ["a.1", "sub.1", "subsub.1", "sub.2", "b.1", "c.1"]
    assert [table.depth(table.rows[key]) for key in table.order] == [0, 1, 2, 1, 0, 0]


def test_what_needs_a_failed_job_is_blocked_at_the_end(told: Told) -> None:
    """Blocked is said when the build ended without a row below the failure, not before."""
    told.begin()
    told.reuse("a.1", "dev-1")
    told.failed("b.1", "dev-4", "dev-1")
    during = told.states()["c.1"]
    told.end("failed")

    assert during == "expected"
    assert told.states() == {"a.1": "reused", "b.1": "failed", "c.1": "blocked"}
    assert told.board.table.rows["c.1"].message == "b"
    assert told.board.failures == ["b.1"]


def test_what_does_not_need_the_failed_job_is_only_not_reached(told: Told) -> None:
    """A row that the script did not come to is neither blocked nor gone."""
    told.begin()
    told.failed("a.1", "dev-4")
    told.board.table.rows["c.1"].inputs = ()
    told.end("failed")

    assert told.states() == {"a.1": "failed", "b.1": "blocked", "c.1": "expected"}


def test_a_save_marks_what_will_run_again(told: Told) -> None:
    """Stale rows and those after them are marked, and stay so until a build answers."""
    told.say(ev.SourcesChanged(("flights/a_b.py",), ("b",), ("b.1",), ("c.1",)))
    marked = told.states()
    told.begin()
    told.reuse("a.1", "dev-1")

    assert marked == {"a.1": "built", "b.1": "stale", "c.1": "stale"}
    assert told.board.table.rows["b.1"].message == "source changed"
    assert told.board.table.rows["c.1"].message == "comes after b"
    assert told.states() == {"a.1": "reused", "b.1": "stale", "c.1": "stale"}


def test_what_an_upgrade_of_axtui_changed_is_not_called_the_projects(told: Told) -> None:
    """Rows of axtui's own methods say where they changed, and so does what happened, unless others changed too."""
    told.say(ev.SourcesChanged((), ("b",), ("b.1",), ("c.1",), ("b",)))
    messages = [told.board.table.rows[key].message for key in ("b.1", "c.1")]
    told.say(ev.SourcesChanged((), ("a", "b"), ("a.1", "b.1"), ("c.1",), ("b",)))

    assert messages == ["changed in axtui", "comes after b"]
    assert [each.text for each in told.board.happened][-2:] == [
        "axtui's b changed since the last build → 1 stale, 1 after them",
        "sources differ from those of the last build → 2 stale, 1 after them",
    ]
    assert told.board.table.rows["a.1"].message == "source changed"
    assert told.board.stale.own == 2


def test_a_save_says_what_it_causes(told: Told) -> None:
    """How many jobs are stale, how many come after them, and what that takes where the number of slots is known."""
    save = ev.SourcesChanged(("flights/a_b.py",), ("b",), ("b.1",), ("c.1",))
    board = Board(slots=1)
    for number, key in enumerate(("b.1", "c.1")):
        board.past.add(key, 4.0 + number)
        board.apply(ev.Entry(number + 1, 1.0, 1.0, ev.JobRequested(1, key, key[0], "", "", "", ())))

    told.say(save)
    board.apply(ev.Entry(3, 2.0, 2.0, save))

    assert told.board.happened[-1].text == "saved a_b.py → 1 stale, 1 after them"
    assert board.happened[-1].text == "saved a_b.py → 1 stale, 1 after them, about 9.0s"


def test_a_save_that_waits_counts_what_runs_too(told: Told) -> None:
    """A job that runs stays running, and is among what the save causes, with all the time that it takes."""
    told.begin()
    told.start("b.1", "dev-9")
    told.board.past.add("b.1", 4.0)
    told.say(ev.SourcesChanged(("flights/a_b.py",), ("b",), ("b.1",), ("c.1",)), ev.SaveHeld(1, ("a_b.py",), "ask"))

    assert told.states()["b.1"] == "running"
    assert (told.board.stale.own, len(told.board.stale.messages)) == (1, 2)
    assert told.board.seconds_due(1) >= 4.0
    told.begin()
    assert told.board.stale.messages == {}


def test_stages_of_another_job_of_the_row_are_not_its_own(told: Told) -> None:
    """Two builds that run at once may both run a row; the stages shown are those of the job shown."""
    told.begin()
    told.start("b.1", "dev-9")
    told.say(ev.StageStarted(1, "b.1", "dev-8", "analysis"), ev.StageStarted(1, "b.1", "dev-9", "synthesis"))

    assert [stage for stage, _ in told.board.table.rows["b.1"].stages] == ["synthesis"]


def test_a_broken_method_marks_its_rows_and_nothing_else(told: Told) -> None:
    """A method that does not parse shows on its rows with file and line, until it is repaired."""
    told.say(ev.MethodBroken("b", "flights/a_b.py", 7, "SyntaxError: invalid syntax", ("b.1",)))
    broken = told.states()
    problem = told.board.table.rows["b.1"].problem
    told.say(ev.MethodRepaired("b"))

    assert broken == {"a.1": "built", "b.1": "broken", "c.1": "built"}
    assert problem == ("SyntaxError: invalid syntax", "flights/a_b.py", 7)
    assert told.states() == {"a.1": "built", "b.1": "built", "c.1": "built"}
    assert told.board.failures == []


def test_a_broken_method_without_rows_is_kept(told: Told) -> None:
    """A method that no build asked for is known as broken too."""
    told.say(ev.MethodBroken("other", "flights/a_other.py", 3, "SyntaxError"))

    assert told.board.broken["other"].line == 3
    assert told.board.failures == ["!other"]


def test_a_refused_request_is_a_failed_row(told: Told) -> None:
    """A request that made no job fails its row, which has no job then."""
    told.begin()
    told.ask("b.1")
    told.say(ev.RequestRefused(2, "b.1", "b", "option 'days' is 'x'; wanted a whole number", "build.py", 4))

    row = told.board.table.rows["b.1"]
    assert (row.state, row.job, row.file, row.line) == ("failed", "", "build.py", 4)


def test_a_killed_engine_ends_what_ran(told: Told) -> None:
    """When another engine starts, what the last one ran is not shown as running any more."""
    told.begin()
    told.start("a.1", "dev-4")
    told.say(ev.EngineStarted(2, "boot"))

    assert told.states()["a.1"] == "cancelled"
    assert not told.board.is_building


def test_each_script_has_its_rows(told: Told) -> None:
    """Another script shows its own jobs; the first one's come back with it."""
    told.begin("other")
    told.reuse("x.1", "dev-7")
    told.end()
    other = told.states()
    told.begin("build")

    assert list(other) == ["x.1"]
    assert list(told.states()) == ["a.1", "b.1", "c.1"]


def test_changes_are_told_once(told: Told) -> None:
    """`take` names the rows that changed since the last call, and whether rows came or went."""
    told.board.take()
    told.begin()
    told.board.take()
    told.reuse("a.1", "dev-1")

    changes = told.board.take()

    assert changes.rows == {"a.1"}
    assert not changes.relaid
    assert not told.board.take().any


def test_users_and_followers_follow_the_inputs(told: Told) -> None:
    """What reads a job directly, and what needs it however far down."""
    table = told.board.table
    first = table.rows["a.1"]

    assert [row.row for row in told.board.users(first)] == ["b.1"]
    assert [row.row for row in told.board.followers([first])] == ["b.1", "c.1"]


def test_the_eta_is_what_is_left_of_known_times(told: Told) -> None:
    """A running job counts what is left of what it took before, a stale one all of it; what it hangs on is named."""
    told.say(ev.SourcesChanged((), ("b",), ("b.1",), ()))
    told.begin()
    told.start("a.1", "dev-4")
    began = told.board.table.rows["a.1"].began

    found = told.board.estimate(began + 1.0, 1)
    assert found.seconds == pytest.approx(1.5 + 2.5)
    assert found.path == ("a.1", "b.1")


def test_the_fold_needs_no_screen(tmp_path: Path) -> None:
    """The board is for plain commands too: importing it imports no Textual."""
    import subprocess
    import sys

    code = "import sys, axtui.tui.state; print('textual' in sys.modules or 'rich' in sys.modules)"

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "False"


def test_a_failed_script_is_pointed_to(told: Told) -> None:
    """When no job failed but the script did, the script's own row is what failed."""
    told.begin()
    told.say(ev.BuildFinished(2, "failed", 0.1, 0, 0, 0, "ValueError: no such thing"))

    build = told.board.build
    assert told.board.failures == ["@script"]
    assert build is not None
    assert build.to_row().problem[0] == "ValueError: no such thing"


def test_paths_are_shown_inside_the_project() -> None:
    """What the engine names with its whole path is shown relative to the project."""
    board = Board("/home/ann/clicks")

    board.apply(ev.Entry(1, 0.0, 0.0, ev.MethodBroken("b", "/home/ann/clicks/flights/a_b.py", 7, "SyntaxError")))

    assert board.broken["b"].file == "flights/a_b.py"


def test_an_attempt_that_failed_is_a_note(told: Told) -> None:
    """The row runs on with the next attempt; it is no failure of the build, and what was tried stays to be read."""
    told.begin()
    told.start("b.1", "dev-5")

    told.say(ev.AttemptFailed(told.build, "b.1", "dev-5", 0.5, "synthesis", "boom", 1, 2))
    told.say(ev.JobStarted(told.build, "b.1", "dev-6", 2, ("attempt 2 of 2",), 4.0))
    told.say(ev.JobFinished(told.build, "b.1", "dev-6", 2.5))

    row = told.board.table.rows["b.1"]
    assert (row.state, row.job, told.board.failures) == ("built", "dev-6", [])
    assert row.notes == ("attempt 1 of 2 failed (dev-5): boom",)
