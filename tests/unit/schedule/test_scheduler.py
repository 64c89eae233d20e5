"""Which job runs when: inputs in, actions out, no process anywhere."""

from __future__ import annotations

import cProfile
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from axtui.schedule.scheduler import Scheduler
from axtui.schedule.tasks import (
    Action,
    Answer,
    AnswerCancelled,
    Cancelled,
    Ended,
    HandOver,
    LockAnswered,
    LookAgain,
    LookedAgain,
    Refuse,
    Start,
    Stop,
    Ticked,
    TryLock,
    Unlock,
    Wanted,
)


def want(scheduler: Scheduler, task: int, key: str = "", parent: int = 0, method: str = "m") -> list[Action]:
    """Ask for a job whose lock is free and which is not there, and return what is done in the end."""
    key = key or f"key {task}"
    actions = scheduler.handle(Wanted(task, key, method, parent))
    if actions != [TryLock(task)]:
        return actions
    assert scheduler.handle(LockAnswered(task, True)) == [LookAgain(task)]
    return scheduler.handle(LookedAgain(task, False))


def test_a_job_is_locked_looked_for_and_started() -> None:
    """Nothing starts before its key is locked and it was looked for once more."""
    scheduler = Scheduler(2)

    assert scheduler.handle(Wanted(1, "k", "m", 0)) == [TryLock(1)]
    assert scheduler.handle(LockAnswered(1, True)) == [LookAgain(1)]
    assert scheduler.handle(LookedAgain(1, False)) == [Start(1)]
    assert scheduler.handle(Ended(1)) == [Unlock(1), Answer(1, 1)]


def test_a_job_that_was_built_meanwhile_is_not_started() -> None:
    """What is there after the lock was got answers the request."""
    scheduler = Scheduler(2)
    scheduler.handle(Wanted(1, "k", "m", 0))
    scheduler.handle(LockAnswered(1, True))

    assert scheduler.handle(LookedAgain(1, True)) == [Unlock(1), Answer(1, 1)]
    assert not scheduler.has_locking()


def test_a_busy_lock_is_tried_again() -> None:
    """While somebody else builds the job it is tried at every tick, and nothing else waits for it."""
    scheduler = Scheduler(1)
    scheduler.handle(Wanted(1, "k", "m", 0))
    assert scheduler.handle(LockAnswered(1, False)) == []
    assert scheduler.has_locking()

    assert want(scheduler, 2) == [Start(2)]
    assert scheduler.handle(Ticked()) == [TryLock(1)]
    assert scheduler.handle(LockAnswered(1, True)) == [LookAgain(1)]
    assert scheduler.handle(LookedAgain(1, True)) == [Unlock(1), Answer(1, 1)]
    assert scheduler.handle(Ticked()) == []


def test_no_more_run_than_may() -> None:
    """The next one starts when one ends, in the order they were wanted."""
    scheduler = Scheduler(2)

    started = [want(scheduler, task) for task in (1, 2, 3, 4)]

    assert started == [[Start(1)], [Start(2)], [], []]
    assert scheduler.handle(Ended(2)) == [Unlock(2), Answer(2, 2), Start(3)]
    assert scheduler.handle(Ended(1)) == [Unlock(1), Answer(1, 1), Start(4)]


def test_equal_jobs_are_one() -> None:
    """Who wants what is wanted already waits for it and gets its answer, once each."""
    scheduler = Scheduler(2)
    want(scheduler, 1, "k")

    assert [want(scheduler, task, "k") for task in (2, 3)] == [[], []]
    assert [scheduler.leader(task) for task in (1, 2, 3, 99)] == [1, 1, 1, 99]
    assert scheduler.handle(Ended(1)) == [Unlock(1), Answer(1, 1), Answer(2, 1), Answer(3, 1)]
    assert want(scheduler, 4, "k") == [Start(4)]


def test_a_waiting_job_lends_its_place() -> None:
    """Jobs that build jobs, a hundred deep and one at a time, come to an end."""
    scheduler = Scheduler(1)

    for depth in range(1, 101):
        assert want(scheduler, depth, parent=depth - 1) == [Start(depth)]
    for depth in range(100, 0, -1):
        assert scheduler.handle(Ended(depth)) == [Unlock(depth), Answer(depth, depth)]


def test_a_lent_place_is_taken_by_one() -> None:
    """Two jobs wanted by one waiting job do not run side by side where one may run."""
    scheduler = Scheduler(1)
    want(scheduler, 1)

    assert want(scheduler, 2, parent=1) == [Start(2)]
    assert want(scheduler, 3) == []
    assert scheduler.handle(Ended(2)) == [Unlock(2), Answer(2, 2)]
    assert scheduler.handle(Ended(1)) == [Unlock(1), Answer(1, 1), Start(3)]


def test_joining_lends_too() -> None:
    """A job that waits for one that is queued for somebody else gives its place, so that it can run."""
    scheduler = Scheduler(1)
    want(scheduler, 1)
    assert want(scheduler, 2, "k") == []

    assert want(scheduler, 3, "k", parent=1) == [Start(2)]
    assert scheduler.handle(Ended(2)) == [Unlock(2), Answer(2, 2), Answer(3, 2)]


@pytest.mark.parametrize("length", [1, 2, 5])
def test_a_circle_is_refused(length: int) -> None:
    """A job that asks, through whatever others, for itself is told the methods of the circle."""
    scheduler = Scheduler(9)
    for task in range(1, length + 1):
        want(scheduler, task, f"k{task}", task - 1, f"m{task}")

    refused = want(scheduler, 99, "k1", length, "m1")

    assert refused == [Refuse(99, (*(f"m{task}" for task in range(1, length + 1)), "m1"))]
    assert scheduler.handle(Ended(length))[:2] == [Unlock(length), Answer(length, length)]


def test_a_circle_through_a_joined_job_is_refused() -> None:
    """Two scripts that want each other's jobs through theirs would wait for ever."""
    scheduler = Scheduler(9)
    want(scheduler, 1, "a", method="a")
    want(scheduler, 2, "b", method="b")
    want(scheduler, 3, "b", parent=1, method="b")

    assert want(scheduler, 4, "a", parent=2, method="a") == [Refuse(4, ("a", "b", "a"))]


def test_a_diamond_is_no_circle() -> None:
    """The same job wanted by two that do not wait for each other is built once."""
    scheduler = Scheduler(9)
    want(scheduler, 1, "top")
    want(scheduler, 2, "left", parent=1)
    want(scheduler, 3, "right", parent=1)
    assert want(scheduler, 4, "shared", parent=2) == [Start(4)]

    assert want(scheduler, 5, "shared", parent=3) == []
    assert scheduler.handle(Ended(4)) == [Unlock(4), Answer(4, 4), Answer(5, 4)]


def test_cancelling_a_locking_job() -> None:
    """It holds no lock yet; it is answered and forgotten."""
    scheduler = Scheduler(1)
    scheduler.handle(Wanted(1, "k", "m", 0))
    scheduler.handle(LockAnswered(1, False))

    assert scheduler.handle(Cancelled(1)) == [AnswerCancelled(1)]
    assert scheduler.handle(Ticked()) == []


def test_time_passes_while_a_job_is_looked_for() -> None:
    """A task that has its lock is not locked again, and does not start twice; cancelled, it gives its lock back."""
    scheduler = Scheduler(1)
    scheduler.handle(Wanted(1, "k", "m", 0))
    scheduler.handle(LockAnswered(1, True))

    assert scheduler.handle(Ticked()) == []
    assert scheduler.handle(LockAnswered(1, True)) == []
    assert scheduler.handle(LookedAgain(1, False)) == [Start(1)]
    assert scheduler.handle(LookedAgain(1, False)) == []
    scheduler.handle(Wanted(2, "l", "m", 0))
    scheduler.handle(LockAnswered(2, True))
    assert scheduler.handle(Cancelled(2)) == [Unlock(2), AnswerCancelled(2)]


def test_cancelling_a_queued_job() -> None:
    """It gives its lock back."""
    scheduler = Scheduler(1)
    want(scheduler, 1)
    want(scheduler, 2)

    assert scheduler.handle(Cancelled(2)) == [Unlock(2), AnswerCancelled(2)]
    assert scheduler.handle(Ended(1)) == [Unlock(1), Answer(1, 1)]


@pytest.mark.parametrize("hard", [False, True])
def test_cancelling_a_running_job(hard: bool) -> None:
    """It is stopped, and answered when it has ended."""
    scheduler = Scheduler(1)
    want(scheduler, 1)

    assert scheduler.handle(Cancelled(1, hard)) == [Stop(1, hard)]
    assert scheduler.handle(Ended(1)) == [Unlock(1), Answer(1, 1)]


def test_cancelling_one_of_equal_jobs() -> None:
    """Who joined is let go and the job goes on; where the first is let go, the next one takes over."""
    scheduler = Scheduler(1)
    want(scheduler, 9)
    want(scheduler, 1, "k")
    want(scheduler, 2, "k")
    want(scheduler, 3, "k")

    assert scheduler.handle(Cancelled(3)) == [AnswerCancelled(3)]
    assert scheduler.handle(Cancelled(1)) == [Unlock(1), AnswerCancelled(1), TryLock(2)]
    assert scheduler.handle(LockAnswered(2, True)) == [LookAgain(2)]
    assert scheduler.handle(LookedAgain(2, False)) == []
    assert scheduler.handle(Ended(9)) == [Unlock(9), Answer(9, 9), Start(2)]


def test_cancelling_a_running_job_that_others_want() -> None:
    """It goes on for the first of them; when none is left it is stopped."""
    scheduler = Scheduler(1)
    for task in (1, 2, 3):
        want(scheduler, task, "k")
    want(scheduler, 4)

    assert scheduler.handle(Cancelled(1)) == [HandOver(1, 2), AnswerCancelled(1)]
    assert scheduler.group(3) == [2, 3]
    assert scheduler.handle(Cancelled(2)) == [HandOver(2, 3), AnswerCancelled(2)]
    assert scheduler.handle(Cancelled(3)) == [Stop(3, False)]
    assert scheduler.handle(Ended(3)) == [Unlock(3), Answer(3, 3), Start(4)]


def test_what_a_job_waits_for_is_handed_over_too() -> None:
    """It lends its place still, and a circle through it is still one."""
    scheduler = Scheduler(1)
    want(scheduler, 1, "k")
    want(scheduler, 2, "k")
    assert want(scheduler, 3, "l", parent=1) == [Start(3)]

    assert scheduler.handle(Cancelled(1)) == [HandOver(1, 2), AnswerCancelled(1)]
    assert want(scheduler, 4, "k", parent=3) == [Refuse(4, ("m", "m", "m"))]
    assert want(scheduler, 5) == []
    assert scheduler.handle(Ended(3)) == [Unlock(3), Answer(3, 3)]
    assert scheduler.handle(Ended(2)) == [Unlock(2), Answer(2, 2), Start(5)]


def test_wanting_a_job_that_is_being_stopped() -> None:
    """It runs anew when the stopped one has ended; that one answers only who wanted it before."""
    scheduler = Scheduler(1)
    want(scheduler, 1, "k")
    assert scheduler.handle(Cancelled(1)) == [Stop(1, False)]

    assert want(scheduler, 2, "k") == []
    assert scheduler.group(2) == [1]
    assert scheduler.handle(Cancelled(1, True)) == [Stop(1, True)]
    assert scheduler.handle(Ended(1)) == [Unlock(1), Answer(1, 1), TryLock(2)]
    assert scheduler.handle(LockAnswered(2, True)) == [LookAgain(2)]
    assert scheduler.handle(LookedAgain(2, False)) == [Start(2)]


def test_thousands_of_jobs_take_no_longer_each() -> None:
    """What is done for one job does not grow with how many wait: counted as calls, not as time."""

    def count_calls(tasks: int) -> int:
        scheduler = Scheduler(2)
        profile = cProfile.Profile()
        profile.enable()
        for task in range(1, tasks + 1):
            want(scheduler, task)
        for task in range(1, tasks + 1):
            scheduler.handle(Ended(task))
        profile.disable()
        return sum(entry.callcount for entry in profile.getstats())

    assert count_calls(2000) < 11 * count_calls(200)


def test_what_comes_too_late_does_nothing() -> None:
    """A task that is not there any more can be answered, ended and cancelled without effect."""
    scheduler = Scheduler(1)
    for event in (LockAnswered(5, False), LockAnswered(5, True), LookedAgain(5, False), Ended(5), Cancelled(5)):
        assert scheduler.handle(event) == []


class Machine(RuleBasedStateMachine):
    """An engine, other engines and users that do anything in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.parallel = 2
        self.scheduler = Scheduler(self.parallel)
        self.tasks: dict[int, Wanted] = {}
        self.open: set[int] = set()
        self.running: set[int] = set()
        self.locked: set[int] = set()
        self.asked: set[int] = set()
        self.looking: set[int] = set()
        self.answered: dict[int, int] = {}

    def do(self, event: Any) -> None:
        """Hand something in and carry out what comes out, checking each action."""
        actions = self.scheduler.handle(event)
        for action in actions:
            match action:
                case TryLock(task=task):
                    assert task in self.open
                    self.asked.add(task)
                case LookAgain(task=task):
                    self.looking.add(task)
                case Start(task=task):
                    assert task in self.locked
                    assert task not in self.running
                    self.running.add(task)
                case Stop(task=task):
                    assert task in self.running
                case HandOver(task=task, to=to):
                    assert self.tasks[task].key == self.tasks[to].key
                    for held in (self.running, self.locked):
                        held.remove(task)
                        held.add(to)
                    for number, wanted in self.tasks.items():
                        if wanted.parent == task:
                            self.tasks[number] = replace(wanted, parent=to)
                case Unlock(task=task):
                    assert task in self.locked
                    self.locked.discard(task)
                case Answer(task=task) | AnswerCancelled(task=task) | Refuse(task=task):
                    self.answered[task] = self.answered.get(task, 0) + 1
                    self.open.discard(task)
        if any(isinstance(action, Start) for action in actions):
            assert len(self.running - self.waiting()) <= self.parallel

    def waiting(self) -> set[int]:
        """Return the jobs that wait for a job of their own, and so lend their place."""
        return {self.tasks[task].parent for task in self.open}

    @rule(key=st.sampled_from("abcde"), data=st.data())
    def want(self, key: str, data: st.DataObject) -> None:
        """A script, or a running job that waits for nothing yet, wants a job."""
        free = sorted(self.running & self.open - self.waiting())
        parent = data.draw(st.sampled_from([0, *free]))
        task = len(self.tasks) + 1
        self.tasks[task] = Wanted(task, key, key, parent)
        self.open.add(task)
        self.do(self.tasks[task])

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), held=st.booleans())
    def answer_lock(self, data: st.DataObject, held: bool) -> None:
        """The kernel says who has the lock; another engine may."""
        task = data.draw(st.sampled_from(sorted(self.asked)))
        self.asked.discard(task)
        if task not in self.open:
            return
        if held:
            self.locked.add(task)
        self.do(LockAnswered(task, held))

    @precondition(lambda self: self.looking)
    @rule(data=st.data(), found=st.booleans())
    def look(self, data: st.DataObject, found: bool) -> None:
        """The job is there by now, or it is not."""
        task = data.draw(st.sampled_from(sorted(self.looking)))
        self.looking.discard(task)
        if found:
            self.running.discard(task)
        self.do(LookedAgain(task, found))

    @precondition(lambda self: self.running - self.waiting())
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        """A job that waits for nothing ends."""
        task = data.draw(st.sampled_from(sorted(self.running - self.waiting())))
        self.running.discard(task)
        self.do(Ended(task))

    @precondition(lambda self: self.open and not self.asked)
    @rule(data=st.data(), hard=st.booleans())
    def cancel(self, data: st.DataObject, hard: bool) -> None:
        """Somebody wants a job no more."""
        self.do(Cancelled(data.draw(st.sampled_from(sorted(self.open))), hard))

    @precondition(lambda self: not self.asked)
    @rule()
    def tick(self) -> None:
        """Time passes."""
        self.do(Ticked())

    @invariant()
    def one_job_a_key(self) -> None:
        """Two running jobs never have one key, and none has two locks."""
        keys = [self.tasks[task].key for task in self.running]
        assert len(keys) == len(set(keys))

    @invariant()
    def each_is_answered_at_most_once(self) -> None:
        """Nobody gets two answers."""
        assert all(count == 1 for count in self.answered.values())

    def teardown(self) -> None:
        """Let everything come to its end: then everybody has an answer and every lock is given back."""
        for _ in range(20 * len(self.tasks) + 20):
            if not self.open:
                break
            for task in sorted(self.asked):
                self.asked.discard(task)
                if task in self.open:
                    self.locked.add(task)
                    self.do(LockAnswered(task, True))
            for task in sorted(self.looking):
                self.looking.discard(task)
                self.do(LookedAgain(task, False))
            for task in sorted(self.running - self.waiting())[:1]:
                self.running.discard(task)
                self.do(Ended(task))
            if not self.asked:
                self.do(Ticked())
        assert not self.open
        assert not self.locked
        assert set(self.answered) == set(self.tasks)


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
